#include <CLI/CLI.hpp>
#include <memory>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddListings(CommandTree& root) {
  auto placed = std::make_shared<ListArguments>();
  CLI::App& placements =
      root.Online("placements", "Lists which vendor has or had which account, and why.",
                  "placements --limit 50\nplacements --account C-1041",
                  [placed](Session& session) { return Placements(session, *placed); });
  AddLimit(placements, placed->limit, "rows");
  placements.add_option("--account", placed->id, "only of this one")->type_name("ID");

  auto shown = std::make_shared<ListArguments>();
  CLI::App& disclosures = root.Online(
      "disclosures", "Lists what was shown to whom, oldest first.",
      "disclosures\ndisclosures --assignment 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --json shown.json",
      [shown](Session& session) { return Disclosures(session, *shown); });
  AddLimit(disclosures, shown->limit, "rows");
  disclosures.add_option("--assignment", shown->id, "only of this one")->type_name("ID");

  auto promised = std::make_shared<ListArguments>();
  CLI::App& promises = root.Online(
      "promises",
      "Lists what was promised on an account, at once or in parts, over all vendors, and how it "
      "stands. PENDING is a plan that waits for head office ('plans list'). Of what is OPEN it "
      "says by when the next part is due, which need not be the last one of a plan. No amounts.",
      "promises --account C-1041\npromises --account C-1041 --json -",
      [promised](Session& session) { return Promises(session, *promised); });
  promises.add_option("--account", promised->id, "the account, by the core's id")
      ->required()
      ->type_name("ID");
}

}  // namespace switchboard::cli
