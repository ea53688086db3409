#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddCores(CommandTree& root) {
  CommandTree core = root.Group("core", "The issuer's cores: what they have sent and read.",
                                "core list\ncore retire main --reader migration-test");
  core.Online("list",
              "Lists who reads the core feed and how far, who of them holds up erasure (or that "
              "nobody reads it), and the sources of imports.",
              "core list\ncore list --json cores.json", CoreList);
  auto retired = std::make_shared<CoreRetireArguments>();
  CLI::App& retire = core.Online(
      "retire",
      "Forgets what a core has read, so that erasure waits for it no longer; should it come back, "
      "it reads again from the beginning. Once no reader is left, outcomes stay until the next one "
      "has confirmed them. Without --reader and --all: its reader without a name.",
      "core retire migration-test\ncore retire main --reader ledger\ncore retire main --all",
      [retired](Session& session) { return CoreRetire(session, *retired); });
  AddText(retire, "CORE", retired->core,
          "the core, as 'core list' shows it; 'main' is 'core/main'");
  CLI::Option* reader =
      retire.add_option("--reader", retired->reader, "only this reader")->type_name("NAME");
  retire.add_flag("--all", retired->all, "every reader of it")->excludes(reader);
}

}  // namespace switchboard::cli
