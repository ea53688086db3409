#include "hub/reports/permit_report.h"

#include <map>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/contacts/contact_book.h"
#include "hub/feed/confirmations.h"
#include "hub/permits/permit_tally.h"
#include "hub/reports/report_days.h"

namespace switchboard::reports {

absl::StatusOr<v1::ReportPermitsResponse> ReportPermits(storage::Connection& reader,
                                                        const v1::ReportPermitsRequest& request,
                                                        absl::Time now) {
  ASSIGN_OR_RETURN(const ReportDays days, DaysOf(request, now));
  std::map<std::string, v1::ReportPermitsResponse::Vendor> vendors;
  ASSIGN_OR_RETURN(const auto tally,
                   permits::ReadTally(reader, request.vendor_id(), days.from, days.through));
  for (const permits::TallyLine& line : tally) {
    auto& vendor = vendors[line.vendor_id];
    if (line.rule_id.empty()) {
      vendor.set_given(line.counts.given);
      vendor.set_denied(line.counts.denied);
      vendor.set_warned(line.counts.warned);
      vendor.set_voided(line.counts.voided);
      vendor.set_voided_by_stops(line.counts.voided_by_stops);
    } else {
      auto& rule = *vendor.add_rules();
      rule.set_rule_id(line.rule_id);
      rule.set_denied(line.counts.denied);
      rule.set_warned(line.counts.warned);
    }
  }
  ASSIGN_OR_RETURN(
      const auto without,
      contacts::CountWithoutPermit(reader, request.vendor_id(), days.begin_us(), days.end_us()));
  for (const auto& [vendor_id, count] : without) vendors[vendor_id].set_without_permit(count);
  ASSIGN_OR_RETURN(const auto confirmed,
                   feed::ReadConfirmations(reader, request.vendor_id(), days.from, days.through));
  for (const feed::ConfirmationLine& line : confirmed) {
    auto& confirmations = *vendors[line.vendor_id].add_confirmations();
    confirmations.set_within_ms(line.within_ms);
    confirmations.set_count(line.count);
  }
  v1::ReportPermitsResponse response;
  for (auto& [vendor_id, vendor] : vendors) {
    vendor.set_vendor_id(vendor_id);
    *response.add_vendors() = std::move(vendor);
  }
  return response;
}

}  // namespace switchboard::reports
