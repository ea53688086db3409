#pragma once

#include <cstdint>
#include <string>

namespace switchboard {

// The delinquency bucket as card issuers in East Asia name it: "M0" current, "M1" 1-30 days past
// due, "M2" 31-60, … "M6" 151-180, "M7+" beyond.
inline std::string Bucket(int32_t days_past_due) {
  if (days_past_due <= 0) return "M0";
  const int32_t months = (days_past_due + 29) / 30;
  return months > 6 ? "M7+" : "M" + std::to_string(months);
}

}  // namespace switchboard
