#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"

// The days (UTC) of a report that goes by days.

namespace switchboard::reports {

inline constexpr int kReportDaysMax = 366;

struct ReportDays {
  absl::CivilDay from;
  absl::CivilDay through;

  // Microseconds since 1970: of the first moment, and of the first behind them.
  int64_t begin_us() const { return BeginOf(from); }
  int64_t end_us() const { return BeginOf(through + 1); }

 private:
  static int64_t BeginOf(absl::CivilDay day) {
    return absl::ToUnixMicros(absl::FromCivil(day, absl::UTCTimeZone()));
  }
};

// Those of a request that may name from_day and through_day; what it leaves out is today. Errors:
// INVALID_ARGUMENT, FIELD_INVALID.
template <typename Request>
absl::StatusOr<ReportDays> DaysOf(const Request& request, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  ReportDays days;
  days.from = request.has_from_day() ? CivilDayOf(request.from_day()) : today;
  days.through =
      request.has_through_day() ? CivilDayOf(request.through_day()) : std::max(days.from, today);
  if (days.through < days.from || days.through - days.from >= kReportDaysMax)
    return FieldInvalid({"through_day", "must not lie before from_day, nor a year behind it"});
  return days;
}

}  // namespace switchboard::reports
