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

  auto shown = std::make_shared<DisclosureArguments>();
  CLI::App& disclosures = root.Online(
      "disclosures",
      "Lists what was shown to whom, oldest first: pages of vendors' feeds, or, of one account or "
      "person, field by field, by which mask, when it was acknowledged and until when it had to be "
      "deleted; numbers in permits, unmaskings, look-ups and answers to the person too.",
      "disclosures\ndisclosures --account C-1041\n"
      "disclosures --person P-7 --vendor sakura --json shown.json",
      [shown](Session& session) { return Disclosures(session, *shown); });
  AddLimit(disclosures, shown->listed.limit, "rows");
  CLI::Option_group* what = disclosures.add_option_group("Of what");
  what->require_option(0, 1);
  CLI::Option* assignment =
      what->add_option("--assignment", shown->listed.id, "pages that showed this one")
          ->type_name("ID");
  what->add_option("--account", shown->account_id, "what was shown of it, by the core's id")
      ->type_name("ID");
  what->add_option("--person", shown->person_id, "what was shown of all of their accounts")
      ->type_name("ID");
  disclosures.add_option("--vendor", shown->vendor_id, "only what this one was shown")
      ->excludes(assignment)
      ->type_name("ID");

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
