#include "clients/cli/day_text.h"

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::cli {

std::optional<v1::Date> DayOf(const std::string& text) {
  absl::CivilDay day;
  const bool is_day = text.size() == 10 && absl::ParseCivilTime(text, &day) && day.year() >= 1900 &&
                      day.year() <= 2200;
  if (!is_day) return std::nullopt;
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::string ProblemOfDay(const std::string& text) {
  return DayOf(text).has_value() ? "" : "must be a day, as 2027-04-01";
}

absl::StatusOr<google::protobuf::Timestamp> MomentOf(const std::string& option,
                                                     const std::string& text) {
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 option + ": must be a time with its offset, as 2026-11-30T09:00:00+09:00");
  }
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

}  // namespace switchboard::cli
