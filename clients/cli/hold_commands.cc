// Legal holds: what stays, whatever retention says.

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// "person P-7", "account C-9".
std::string WhoseText(const v1::LegalHold& hold) {
  return hold.account_id().empty() ? "person " + hold.person_id() : "account " + hold.account_id();
}

// "in force", "until 2027-06-30", "2026-12-01 09:00:00 by operator/ito".
std::string EndText(const v1::LegalHold& hold) {
  if (!hold.has_end_time())
    return hold.has_end_day() ? "until " + DayText(hold.end_day()) : "in force";
  const std::string time = UtcText(hold.end_time());
  return hold.ended_by().empty() ? time + " by its day" : time + " by " + hold.ended_by();
}

}  // namespace

absl::StatusOr<Result> LegalHoldPlace(Session& session, const LegalHoldArguments& arguments) {
  v1::PlaceLegalHoldRequest request;
  v1::LegalHold& hold = *request.mutable_hold();
  hold.set_hold_id(arguments.hold_id);
  hold.set_person_id(arguments.person_id);
  hold.set_account_id(arguments.account_id);
  v1::LegalHold::Origin origin = v1::LegalHold::ORIGIN_UNSPECIFIED;
  v1::LegalHold::Origin_Parse("ORIGIN_" + arguments.origin, &origin);
  hold.set_origin(origin);
  hold.set_reference(arguments.reference);
  if (const auto day = DayOf(arguments.until)) *hold.mutable_end_day() = *day;
  hold.set_vendors_keep(arguments.vendors_keep);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::PlaceLegalHoldResponse>(request));
  Result result;
  result.summary = absl::StrCat(
      "legal hold ", arguments.hold_id,
      response.changed() ? " is in force: nothing of " : " was in force already: nothing of ",
      WhoseText(hold), " goes");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> LegalHoldEnd(Session& session, const std::string& hold_id) {
  v1::EndLegalHoldRequest request;
  request.set_hold_id(hold_id);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::EndLegalHoldResponse>(request));
  Result result;
  result.summary = absl::StrCat("legal hold ", hold_id, " has ended");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> LegalHoldList(Session& session, const LegalHoldListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"hold", Align::kLeft},
                   {"on", Align::kLeft},
                   {"origin", Align::kLeft},
                   {"reference", Align::kLeft},
                   {"vendors", Align::kLeft},
                   {"placed (UTC)", Align::kLeft},
                   {"by", Align::kLeft},
                   {"end (UTC)", Align::kLeft}});
  Listing listing(session, arguments.listed, "legal hold");
  v1::ListLegalHoldsRequest request;
  request.set_ended_too(arguments.ended_too);
  v1::ListLegalHoldsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::ListLegalHoldsResponse>(request));
    for (const v1::LegalHold& hold : page.holds()) {
      if (listing.Full()) break;
      request.set_after(hold.hold_id());
      listing.Add(hold);
      table.Add({hold.hold_id(), WhoseText(hold), ShortName(hold.origin()), hold.reference(),
                 hold.vendors_keep() ? "keep" : "delete", UtcText(hold.place_time()),
                 hold.placed_by(), EndText(hold)});
    }
  } while (page.holds_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

}  // namespace switchboard::cli
