#include "clients/demo/parties/demo_day.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr int32_t kSpeed = 2'400;

const absl::CivilSecond kBeginUtc(2026, 11, 3, 22, 0, 0);

}  // namespace

Rehearsal DemoDayFrom(absl::Time now) {
  return {now, absl::FromCivil(kBeginUtc, absl::UTCTimeZone()), kSpeed};
}

absl::CivilDay DayBeforeDemoDay() { return absl::CivilDay(kBeginUtc) - 1; }

absl::CivilDay DayInTokyo(absl::Time time) {
  return absl::ToCivilDay(time, absl::FixedTimeZone(9 * 60 * 60));
}

std::string TextOfDay(const Rehearsal& day) {
  return absl::StrCat(absl::ToUnixMicros(day.begin), ",", absl::ToUnixMicros(day.clock), ",",
                      day.speed);
}

absl::StatusOr<Rehearsal> DayOfText(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  int64_t begin_us = 0, clock_us = 0;
  Rehearsal day;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &begin_us) ||
      !absl::SimpleAtoi(parts[1], &clock_us) || !absl::SimpleAtoi(parts[2], &day.speed)) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 absl::StrCat("--day ", text, ": must be two times in microseconds and a speed"));
  }
  day.begin = absl::FromUnixMicros(begin_us);
  day.clock = absl::FromUnixMicros(clock_us);
  return day;
}

}  // namespace switchboard::demo
