#include "hub/reports/permit_report.h"

#include <map>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/contacts/contact_book.h"
#include "hub/feed/confirmations.h"
#include "hub/permits/permit_tally.h"

namespace switchboard::reports {
namespace {

constexpr int kDaysMax = 366;

int64_t BeginOf(absl::CivilDay day) {
  return absl::ToUnixMicros(absl::FromCivil(day, absl::UTCTimeZone()));
}

}  // namespace

absl::StatusOr<v1::ReportPermitsResponse> ReportPermits(storage::Connection& reader,
                                                        const v1::ReportPermitsRequest& request,
                                                        absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const absl::CivilDay from = request.has_from_day() ? CivilDayOf(request.from_day()) : today;
  const absl::CivilDay through =
      request.has_through_day() ? CivilDayOf(request.through_day()) : std::max(from, today);
  if (through < from || through - from >= kDaysMax) {
    return FieldInvalid({"through_day", "must not lie before from_day, nor a year behind it"});
  }
  std::map<std::string, v1::ReportPermitsResponse::Vendor> vendors;
  ASSIGN_OR_RETURN(const auto tally,
                   permits::ReadTally(reader, request.vendor_id(), from, through));
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
  ASSIGN_OR_RETURN(const auto without,
                   contacts::CountWithoutPermit(reader, request.vendor_id(), BeginOf(from),
                                                BeginOf(through + 1)));
  for (const auto& [vendor_id, count] : without) vendors[vendor_id].set_without_permit(count);
  ASSIGN_OR_RETURN(const auto confirmed,
                   feed::ReadConfirmations(reader, request.vendor_id(), from, through));
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
