#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddConnections(CommandTree& root) {
  CommandTree connections = root.Group("connections", "Who is connected to each hub.",
                                       "connections list\nconnections close --peer vendor/sakura");
  connections.Online("list",
                     "Lists the connections of each hub: who, from where, since when, and with "
                     "which certificate.",
                     "connections list\nconnections list --json connections.json", ConnectionsList);
  auto closed = std::make_shared<ConnectionsCloseArguments>();
  CLI::App& close = connections.Online(
      "close",
      "Closes connections at once. Peers may connect anew, as long as their certificate counts.",
      "connections close --id 17\nconnections close --peer vendor/sakura\n"
      "connections close --serial 5f3a09c1d2e4b6a8",
      [closed](Session& session) { return ConnectionsClose(session, *closed); });
  CLI::Option_group& which = *close.add_option_group("which connections");
  which.add_option("--id", closed->id, "this one, as 'connections list' shows it")
      ->type_name("NUMBER")
      ->check(CLI::PositiveNumber);
  which.add_option("--peer", closed->peer, "all of this peer")->type_name("ROLE/NAME");
  which.add_option("--serial", closed->serial, "all that showed this certificate")
      ->type_name("HEX");
  which.require_option(1);
}

}  // namespace switchboard::cli
