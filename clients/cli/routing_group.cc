#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRouting(CommandTree& root) {
  CommandTree routing = root.Group(
      "routing", "Routing plans: which vendor works what.",
      "routing lint plan.yaml\nrouting what-if --plan plan.yaml\nrouting propose plan.yaml\n"
      "routing release 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\nrouting history\nrouting show");
  AddLint(routing, v1::TEXT_KIND_ROUTING_PLAN,
          "Checks plans as far as can be done without the vendors' contracts.", RoutingLint);
  AddReleases(routing, v1::TEXT_KIND_ROUTING_PLAN);
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
