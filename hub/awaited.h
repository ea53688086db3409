#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "hub/base/done.h"
#include "hub/base/mutex.h"

namespace switchboard {

// Waits for one result of an API; its threads run meanwhile.
template <typename T>
class Awaited {
 public:
  Done<T> done() {
    return [this](absl::StatusOr<T> result) {
      MutexLock lock(mutex_);
      result_ = std::move(result);
      ready_.NotifyOne();
    };
  }
  absl::StatusOr<T> Get() {
    MutexLock lock(mutex_);
    while (!result_.has_value()) ready_.Wait(mutex_);
    return *std::move(result_);
  }

 private:
  Mutex mutex_;
  CondVar ready_;
  std::optional<absl::StatusOr<T>> result_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard
