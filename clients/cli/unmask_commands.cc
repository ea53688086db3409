// What vendors asked to see for a time, and the second person's word.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Unmasking = v1::FindUnmaskingsResponse::Unmasking;

std::string ClassesOf(const Unmasking& one) {
  std::vector<std::string> classes;
  for (const int data_class : one.classes())
    classes.push_back(ShortName(static_cast<v1::DataClass>(data_class)));
  return absl::StrJoin(classes, ", ");
}

// "WAITING", "SHOWN until 2026-11-02 09:30:00", "agreed by operator/ito", "REFUSED by
// operator/ito".
std::string StandingOf(const Unmasking& one) {
  using Response = v1::RequestUnmaskingResponse;
  if (one.state() == Response::STATE_SHOWN && !one.has_show_time())
    return "agreed by " + one.decided_by();
  if (one.state() == Response::STATE_SHOWN)
    return ShortName(one.state()) + " until " + UtcText(one.until_time());
  if (one.state() == Response::STATE_REFUSED)
    return ShortName(one.state()) + " by " + one.decided_by();
  return ShortName(one.state());
}

}  // namespace

absl::StatusOr<Result> UnmaskList(Session& session, const UnmaskListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"unmasking", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"agent", Align::kLeft},
                   {"account", Align::kLeft},
                   {"classes", Align::kLeft},
                   {"why", Align::kLeft},
                   {"asked (UTC)", Align::kLeft},
                   {"standing (UTC)", Align::kLeft}});
  Listing listing(session, arguments.listed, "unmasking");
  v1::FindUnmaskingsRequest request;
  request.set_waiting_only(arguments.waiting_only);
  request.set_vendor_id(arguments.vendor_id);
  v1::FindUnmaskingsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::FindUnmaskingsResponse>(request));
    for (const Unmasking& one : page.unmaskings()) {
      if (listing.Full()) break;
      request.set_after(one.unmasking_id());
      listing.Add(one);
      table.Add({one.unmasking_id(), one.vendor_id(), one.agent_reference(), one.account_id(),
                 ClassesOf(one), ShortName(one.reason()), UtcText(one.ask_time()),
                 StandingOf(one)});
    }
  } while (page.unmaskings_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

absl::StatusOr<Result> UnmaskDecide(Session& session, const std::string& unmasking_id,
                                    bool agreed) {
  v1::DecideUnmaskingRequest request;
  request.set_unmasking_id(unmasking_id);
  request.set_agreed(agreed);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::DecideUnmaskingResponse>(request));
  Result result;
  result.summary =
      absl::StrCat("unmasking ", unmasking_id,
                   agreed ? " may be seen: its vendor has a day to ask again" : " is refused");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
