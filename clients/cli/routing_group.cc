#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRouting(CommandTree& root) {
  CommandTree routing = root.Group("routing", "Routing plans: which vendor works what.",
                                   "routing check plan.yaml\nrouting what-if --plan plan.yaml\n"
                                   "routing apply plan.yaml\nrouting show");
  auto checked = std::make_shared<std::string>();
  AddText(routing.Offline("check",
                          "Checks a plan as far as can be done without the vendors' contracts.",
                          "routing check plan.yaml",
                          [checked](Session& session) { return RoutingCheck(session, *checked); }),
          "FILE", *checked, "a YAML file");
  auto applied = std::make_shared<std::string>();
  AddText(routing.Online("apply", "Puts a plan in force for what is imported from now on.",
                         "routing apply plan.yaml",
                         [applied](Session& session) { return RoutingApply(session, *applied); }),
          "FILE", *applied, "a YAML file");
  routing.Online("show", "Shows the plan in force as it was written, and who put it there.",
                 "routing show\nrouting show --json plan.json", RoutingShow);
  auto tried = std::make_shared<std::string>();
  routing
      .Online("what-if",
              "Says who would get what if every known account were placed anew. Changes nothing.",
              "routing what-if\nrouting what-if --plan plan.yaml --json preview.json",
              [tried](Session& session) { return RoutingWhatIf(session, *tried); })
      .add_option("--plan", *tried, "a YAML file (default: the plan in force)")
      ->type_name("FILE");
}

}  // namespace switchboard::cli
