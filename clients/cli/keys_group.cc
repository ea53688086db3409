#include <CLI/CLI.hpp>
#include <memory>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddKeys(CommandTree& root) {
  CommandTree keys =
      root.Group("keys", "The keys under which personal data lies sealed in the database.",
                 "keys list\nkeys rotate --wait");
  keys.Online("list",
              "Lists keys, what they are wrapped by, which hub seals by which, and how far a "
              "rotation is. Of none its bytes.",
              "keys list\nkeys list --json keys.json", KeysList);
  auto arguments = std::make_shared<KeysRotateArguments>();
  CLI::App& rotate = keys.Online(
      "rotate",
      "Changes keys while the hubs work. Data keys: every hub takes a new one, every box is sealed "
      "anew, and once none is left the old keys are destroyed, some minutes later at the earliest. "
      "With --wrapping instead what the keys are wrapped by: by the key file or the token that the "
      "hubs' configuration names, at once.",
      "keys rotate\nkeys rotate --wait\nkeys rotate --without hub-3\nkeys rotate --wrapping",
      [arguments](Session& session) { return KeysRotate(session, *arguments); });
  CLI::Option* wrapping =
      rotate.add_flag("--wrapping", arguments->wrapping,
                      "wrap all keys anew by what the configuration names; every hub must have "
                      "been started with it");
  rotate
      .add_option("--without", arguments->without_hubs,
                  "a hub that is gone and is not waited for; it can write no more until it is "
                  "started anew. May be given again")
      ->type_name("HUB")
      ->excludes(wrapping);
  rotate
      .add_flag("--wait", arguments->wait,
                "return when the old keys are destroyed; it goes on also if this is interrupted")
      ->excludes(wrapping);
}

}  // namespace switchboard::cli
