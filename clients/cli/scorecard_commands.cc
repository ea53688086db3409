#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::cli {

absl::StatusOr<Result> VendorScorecard(Session& session, const ReportArguments& arguments) {
  v1::ReportVendorsRequest request;
  request.set_vendor_id(arguments.vendor_id);
  if (const auto day = DayOf(arguments.from)) *request.mutable_from_day() = *day;
  if (const auto day = DayOf(arguments.through)) *request.mutable_through_day() = *day;
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ReportVendorsResponse>(request));
  TextTable table({{"vendor", TextTable::Align::kLeft},
                   {"to delete"},
                   {"in time"},
                   {"late"},
                   {"overdue"},
                   {"waived"},
                   {"refused"},
                   {"withdrawals"},
                   {"within 10 s"},
                   {"unmasked"},
                   {"no permit"},
                   {"sub-contractors"}});
  int64_t overdue = 0;
  for (const auto& score : response.scores()) {
    overdue += score.deletions_overdue();
    table.Add({score.vendor_id(), WithCommas(score.deletions_due()),
               WithCommas(score.deletions_in_time()), WithCommas(score.deletions_late()),
               WithCommas(score.deletions_overdue()), WithCommas(score.deletions_waived()),
               WithCommas(score.confirmations_refused()), WithCommas(score.withdrawals()),
               WithCommas(score.withdrawals_in_10_s()), WithCommas(score.unmaskings()),
               WithCommas(score.contacts_without_permit()),
               WithCommas(score.foreign_sub_contractors())});
  }
  Result result;
  result.text = table.Render();
  result.summary = absl::StrCat(Counted(response.scores_size(), "vendor"), ", ",
                                Counted(overdue, "order"), " to delete overdue");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
