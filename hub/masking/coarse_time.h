#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace switchboard::masking {

// A time as vendors see it: the beginning of the whole hour of UTC in which it lies. What one unit
// did at several vendors has one time to the microsecond, by which they could join their rows.
inline google::protobuf::Timestamp CoarseTime(absl::Time time) {
  constexpr int64_t kHourSeconds = 3600;
  google::protobuf::Timestamp shown;
  shown.set_seconds(absl::ToUnixSeconds(time) / kHourSeconds * kHourSeconds);
  return shown;
}

}  // namespace switchboard::masking
