#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::cli {

void AddLegalHolds(CommandTree& root) {
  CommandTree holds = root.Group(
      "legal-hold",
      "Legal holds: orders by which what is kept of a person stays, whatever retention says.",
      "legal-hold place court-2026-117 --person P-7 --origin COURT --reference \"case 117\"\n"
      "legal-hold list");
  auto placed = std::make_shared<LegalHoldArguments>();
  CLI::App& place = holds.Online(
      "place",
      "Places a hold. From the answer on nothing of this person goes: no work, account, contact, "
      "payment or permit, nor what vendors were shown of them. Repeating it changes nothing.",
      "legal-hold place court-2026-117 --person P-7 --origin COURT --reference \"case 117\"\n"
      "legal-hold place suit-3 --account C-9 --origin LITIGATION --reference \"file 3\" "
      "--until 2027-06-30 --vendors-keep",
      [placed](Session& session) { return LegalHoldPlace(session, *placed); });
  AddText(place, "HOLD", placed->hold_id, "its id, which is yours to choose");
  CLI::Option_group* whose = place.add_option_group("Whose");
  whose->require_option(1);
  whose->add_option("--person", placed->person_id, "this person's, with all accounts")
      ->type_name("PERSON");
  whose->add_option("--account", placed->account_id, "of whoever has or had this account")
      ->type_name("ACCOUNT");
  AddEnum(place, "--origin", placed->origin, v1::LegalHold::Origin_descriptor(), "who ordered it")
      ->required();
  place.add_option("--reference", placed->reference, "where that is written: one line")
      ->required()
      ->type_name("TEXT");
  place
      .add_option("--until", placed->until,
                  "first day (UTC) on which it holds no longer (default: until it is ended)")
      ->check(CLI::Validator(ProblemOfDay, ""))
      ->type_name("YYYY-MM-DD");
  place.add_flag("--vendors-keep", placed->vendors_keep,
                 "vendors keep theirs as well: they are not ordered to delete it");

  auto ended = std::make_shared<std::string>();
  CLI::App& end =
      holds.Online("end", "Ends a hold. What is due since goes with the next sweep of retention.",
                   "legal-hold end court-2026-117",
                   [ended](Session& session) { return LegalHoldEnd(session, *ended); });
  AddText(end, "HOLD", *ended, "the hold's id");

  auto listed = std::make_shared<LegalHoldListArguments>();
  CLI::App& list =
      holds.Online("list", "Lists the holds in force, by id.",
                   "legal-hold list\nlegal-hold list --ended --json holds.json",
                   [listed](Session& session) { return LegalHoldList(session, *listed); });
  list.add_flag("--ended", listed->ended_too, "those that have ended as well");
  AddLimit(list, listed->listed.limit, "holds");
}

}  // namespace switchboard::cli
