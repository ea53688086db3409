#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/promise_text.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// Disclosures name up to a whole page of assignments each.
constexpr int kDisclosuresPage = 100;

std::string StateOf(const v1::ListPlacementsResponse::Placement& placement) {
  if (placement.has_withdraw_time()) {
    return absl::StrCat("withdrawn ", UtcText(placement.withdraw_time()), " ",
                        ShortName(placement.withdraw_reason()));
  }
  if (!placement.has_pending_recall()) return "live";
  return absl::StrCat("recall final ", UtcText(placement.pending_recall().final_time()),
                      placement.pending_recall().objected() ? " (objected)" : "");
}

// "2026-11-a, early, grade:A: SPLIT, slot 3": plan, segment and stratum, and how it was decided; of
// work that was handed over, from which assignment.
std::string PlacementText(const v1::ListPlacementsResponse::Placement& placement) {
  const v1::PlacementReason& why = placement.why();
  std::string text = why.plan_id();
  if (!why.segment().empty()) absl::StrAppend(&text, ", ", why.segment());
  if (!why.stratum().empty()) absl::StrAppend(&text, ", ", why.stratum());
  const std::string rule = ShortName(why.rule());
  if (!rule.empty()) absl::StrAppend(&text, text.empty() ? "" : ": ", rule);
  const bool split = why.rule() == v1::PlacementReason::RULE_SPLIT ||
                     why.rule() == v1::PlacementReason::RULE_NEXT_IN_SLOT;
  if (split) absl::StrAppend(&text, ", slot ", why.slot(), " at ", WithCommas(why.position()));
  if (!placement.former_assignment_id().empty())
    absl::StrAppend(&text, " from ", placement.former_assignment_id());
  return text;
}

}  // namespace

absl::StatusOr<Result> Placements(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"assignment", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"account", Align::kLeft},
                   {"work type", Align::kLeft},
                   {"no."},
                   {"placed (UTC)"},
                   {"state (UTC)", Align::kLeft},
                   {"why", Align::kLeft, 60}});
  Listing listing(session, arguments, "placement");
  v1::ListPlacementsRequest request;
  request.set_account_id(arguments.id);
  v1::ListPlacementsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::ListPlacementsResponse>(request));
    for (const auto& placement : page.placements()) {
      if (listing.Full()) break;
      request.set_after(placement.assignment_id());
      listing.Add(placement);
      table.Add({placement.assignment_id(), placement.vendor_id(), placement.account_id(),
                 ShortName(placement.work_type()), std::to_string(placement.placement_number()),
                 UtcText(placement.place_time()), StateOf(placement), PlacementText(placement)});
    }
  } while (page.placements_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

absl::StatusOr<Result> Promises(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"made (UTC)", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"outcome", Align::kLeft},
                   {"version"},
                   {"stands", Align::kLeft},
                   {"since (UTC)", Align::kLeft},
                   {"grace days"},
                   {"zones", Align::kLeft, 40}});
  Listing listing(session, arguments, "promise");
  v1::ListPromisesRequest request;
  request.set_account_id(arguments.id);
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ListPromisesResponse>(request));
  for (const auto& promise : response.promises()) {
    listing.Add(promise);
    // Of one that is open it is the end of its time, but of a plan that of its next part alone.
    const bool open = promise.standing() == v1::PROMISE_STANDING_OPEN;
    table.Add({UtcText(promise.take_time()), promise.vendor_id(), promise.outcome_id(),
               std::to_string(promise.outcome_version()), StandingText(promise.standing()),
               absl::StrCat(open ? "next due by " : "", UtcText(promise.since_time())),
               std::to_string(promise.grace_days()), absl::StrJoin(promise.zones(), ", ")});
  }
  return listing.Finish(table);
}

absl::StatusOr<Result> Disclosures(Session& session, const DisclosureArguments& arguments) {
  if (!arguments.account_id.empty() || !arguments.person_id.empty())
    return DisclosureRecord(session, arguments);
  if (!arguments.vendor_id.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 "--vendor: goes with --account or --person");
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table(
      {{"time (UTC)", Align::kLeft}, {"vendor", Align::kLeft}, {"contract"}, {"assignments"}});
  Listing listing(session, arguments.listed, "disclosure");
  v1::ListDisclosuresRequest request;
  request.set_assignment_id(arguments.listed.id);
  request.set_max_disclosures(kDisclosuresPage);
  while (!listing.Full()) {
    ASSIGN_OR_RETURN(const auto page, hub->Ask<v1::ListDisclosuresResponse>(request));
    for (const auto& disclosure : page.disclosures()) {
      if (listing.Full()) break;
      listing.Add(disclosure);
      table.Add({UtcText(disclosure.time()), disclosure.vendor_id(),
                 absl::StrCat("v", disclosure.contract_version()),
                 WithCommas(disclosure.assignment_ids_size())});
    }
    // A page may hold nothing of what was asked for and still not be the last.
    if (page.next() == request.after()) break;
    request.set_after(page.next());
    session.progress.Update(absl::StrCat("disclosures read up to number ", page.next()));
  }
  return listing.Finish(table);
}

}  // namespace switchboard::cli
