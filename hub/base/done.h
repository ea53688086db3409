#pragma once

#include <functional>

#include "absl/status/statusor.h"

namespace switchboard {

// Receives the result of something asynchronous, exactly once, on whichever thread it ended.
template <typename T>
using Done = std::function<void(absl::StatusOr<T>)>;

}  // namespace switchboard
