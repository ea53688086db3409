#include "hub/contracts/terms_check.h"

#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "hub/base/id_text.h"
#include "hub/base/proto_time.h"
#include "hub/base/uri_folder.h"
#include "hub/contracts/head_office.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::contracts {
namespace {

constexpr int kPromiseDaysMax = 366;
constexpr int kPromisesMax = 100;
constexpr int kShiftsMax = 50;
constexpr int kAuthoritiesMax = 20;
constexpr int kProofsMax = 10;
constexpr int kReceiversMax = 50;
constexpr size_t kVendorBytesMax = 32;
constexpr int64_t kRecordingLeastSeconds = 60;
constexpr int64_t kRecordingMostSeconds = 90 * 24 * 60 * 60;
constexpr int64_t kDeletionLeastSeconds = 60 * 60;
constexpr int64_t kDeletionMostSeconds = 366 * 24 * 60 * 60;

bool IsTime(const v1::TimeOfDay& time) {
  return time.hour() >= 0 && time.minute() >= 0 && time.minute() < 60 &&
         time.hour() * 60 + time.minute() <= 24 * 60;
}

// Whether it is a span of so many seconds, both included.
bool IsFrom(const google::protobuf::Duration& span, int64_t least, int64_t most) {
  const bool valid = span.nanos() >= 0 && span.nanos() < 1'000'000'000;
  return valid && span.seconds() >= least &&
         (span.seconds() < most || (span.seconds() == most && span.nanos() == 0));
}

void CheckWaivers(const v1::Contract::Authority& authority, const std::string& path,
                  FieldCheck& check) {
  std::set<int> waived;
  for (const int kind : authority.waivers()) {
    check.Require((kind == v1::PaymentPlan::Waiver::KIND_LATE_FEES ||
                   kind == v1::PaymentPlan::Waiver::KIND_INTEREST) &&
                      waived.insert(kind).second,
                  path + "waivers", "must be LATE_FEES or INTEREST, each once");
  }
  const std::string ceiling = path + "waiver_percent_max";
  if (authority.waivers().empty()) {
    check.Require(authority.waiver_percent_max() == 0, ceiling,
                  "goes with waivers; give both or none");
  } else {
    check.Require(authority.waiver_percent_max() >= 1 && authority.waiver_percent_max() <= 100,
                  ceiling, "must be 1 to 100 with waivers: percent of what is due");
  }
}

}  // namespace

std::optional<FieldProblem> CheckPromiseTerms(const v1::Contract::PromiseTerms& terms) {
  if (terms.days_ahead_max() < 0 || terms.days_ahead_max() > kPromiseDaysMax)
    return FieldProblem{"promises.days_ahead_max", "must be 0 to 366"};
  if (terms.least_percent() < 0 || terms.least_percent() > 100)
    return FieldProblem{"promises.least_percent", "must be 0 to 100"};
  if (terms.count_max() < 0 || terms.count_max() > kPromisesMax)
    return FieldProblem{"promises.count_max", "must be 1 to 100, or left out"};
  const bool counted = terms.count_max() > 0;
  if (terms.within_days() < (counted ? 1 : 0) || terms.within_days() > kPromiseDaysMax)
    return FieldProblem{"promises.within_days", "must be 1 to 366 with count_max"};
  if (!counted && terms.within_days() > 0)
    return FieldProblem{"promises.within_days", "goes with count_max; give both or none"};
  return std::nullopt;
}

std::optional<FieldProblem> CheckRecordingTerms(const v1::Contract::RecordingTerms& terms) {
  if (!terms.has_within() || IsFrom(terms.within(), kRecordingLeastSeconds, kRecordingMostSeconds))
    return std::nullopt;
  return FieldProblem{"recordings.within", "must be from 1min to 90d"};
}

std::optional<FieldProblem> CheckDeletionTerms(const v1::Contract::DeletionTerms& terms) {
  if (!terms.has_within() || IsFrom(terms.within(), kDeletionLeastSeconds, kDeletionMostSeconds))
    return std::nullopt;
  return FieldProblem{"deletion.within", "must be from 1h to 366d"};
}

std::optional<FieldProblem> CheckHeadOffice(const v1::Contract& contract) {
  if (contract.head_office() && contract.collector_kind() != v1::COLLECTOR_KIND_ISSUER)
    return FieldProblem{"collector_kind", "must be ISSUER with head_office"};
  for (int i = 0; i < contract.work_types_size(); ++i) {
    const auto& acts = contract.work_types(i).acts();
    for (int j = 0; j < acts.size(); ++j) {
      if (contract.head_office() || !IsHeadOfficesAlone(contract.work_types(i).acts(j))) continue;
      return FieldProblem{absl::StrCat("work_types[", i, "].acts[", j, "]"),
                          "is head office's alone; leave it out, or set head_office"};
    }
  }
  if (contract.hand_over_to_size() > kReceiversMax) {
    return FieldProblem{"hand_over_to", absl::StrCat("has ", contract.hand_over_to_size(),
                                                     " entries; at most ", kReceiversMax)};
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < contract.hand_over_to_size(); ++i) {
    const std::string& vendor_id = contract.hand_over_to(i);
    const std::string path = absl::StrCat("hand_over_to[", i, "]");
    if (!IsLabel(vendor_id, 1, kVendorBytesMax))
      return FieldProblem{path, "must be 1 to 32 characters of a-z, 0-9 and \"-\""};
    if (vendor_id == contract.vendor_id())
      return FieldProblem{path, "is the vendor itself; leave it out"};
    if (!seen.insert(vendor_id).second) return FieldProblem{path, "stands here twice; keep one"};
  }
  return std::nullopt;
}

std::optional<FieldProblem> CheckPlanTerms(const v1::Contract::PlanTerms& terms) {
  if (terms.authorities().empty() || terms.authorities_size() > kAuthoritiesMax)
    return FieldProblem{"plans.authorities", "must be 1 to 20; leave plans out for none"};
  FieldCheck check;
  if (!terms.proof_store().empty()) {
    check.Uri(terms.proof_store(), "plans.proof_store");
    check.Require(IsUriFolder(terms.proof_store()), "plans.proof_store",
                  "must end with one \"/\", as https://host/path/, and have no \"?\", \"#\" or "
                  "\"..\" in it");
  }
  std::set<std::string> levels;
  for (int i = 0; check.ok() && i < terms.authorities_size(); ++i) {
    const v1::Contract::Authority& one = terms.authorities(i);
    const std::string path = absl::StrCat("plans.authorities[", i, "].");
    check.Require(!one.level().empty() && levels.insert(one.level()).second, path + "level",
                  "must be set, and differ from those before");
    check.Reference(one.level(), path + "level");
    check.Require(one.months_max() >= 1 && one.months_max() <= kPlanMonthsMax, path + "months_max",
                  absl::StrCat("must be 1 to ", kPlanMonthsMax));
    check.Require(one.least_down_percent() >= 0 && one.least_down_percent() <= 100,
                  path + "least_down_percent", "must be 0 to 100");
    check.Require(one.least_proofs() >= 0 && one.least_proofs() <= kProofsMax,
                  path + "least_proofs", "must be 0 to 10");
    CheckWaivers(one, path, check);
  }
  return check.problem();
}

std::optional<FieldProblem> CheckCalendar(const v1::Contract::Calendar& calendar) {
  if (!rules::FindZone(calendar.zone()).has_value())
    return FieldProblem{"calendar.zone", "must be a zone of the IANA database, as Asia/Tokyo"};
  if (calendar.shifts().empty() || calendar.shifts_size() > kShiftsMax)
    return FieldProblem{"calendar.shifts", "must be 1 to 50; leave the calendar out for any time"};
  for (int i = 0; i < calendar.shifts_size(); ++i) {
    const v1::Contract::Shift& shift = calendar.shifts(i);
    const std::string path = absl::StrCat("calendar.shifts[", i, "].");
    for (const int day : shift.weekdays()) {
      if (day == v1::WEEKDAY_UNSPECIFIED || !v1::Weekday_IsValid(day))
        return FieldProblem{path + "weekdays", "must be days from MON to SUN"};
    }
    if (!shift.has_from() || !IsTime(shift.from()) || shift.from().hour() == 24)
      return FieldProblem{path + "from", "must be a time of day as 09:00"};
    if (!shift.has_to() || !IsTime(shift.to()))
      return FieldProblem{path + "to", "must be a time of day as 18:00, at most 24:00"};
  }
  for (int i = 0; i < calendar.closed_days_size(); ++i) {
    FieldCheck check;
    const std::string path = absl::StrCat("calendar.closed_days[", i, "]");
    check.Day(calendar.closed_days(i), path);
    if (!check.ok()) return FieldProblem{path, check.problem()->problem};
    if (i > 0 && CivilDayOf(calendar.closed_days(i)) <= CivilDayOf(calendar.closed_days(i - 1)))
      return FieldProblem{path, "must be later than the one before it"};
  }
  return std::nullopt;
}

}  // namespace switchboard::contracts
