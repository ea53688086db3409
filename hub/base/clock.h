#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace switchboard {

// Where the time comes from. A constructor argument everywhere, so that tests and the simulation
// own it; tests/tidy refuses absl::Now() outside this file. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time. May step back; nothing may rely on two readings being ordered.
  virtual absl::Time Now() = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
};

// Never steps back; counts from some moment that says nothing, so that only differences mean
// something.
class SteadyClock final : public Clock {
 public:
  absl::Time Now() override {
    return absl::UnixEpoch() +
           absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
};

// Stands still until it is moved; or goes on by a step at each reading, where a test says so.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(
      absl::Time start = absl::FromUnixSeconds(1767225600))  // 2026-01-01T00:00:00Z
      : micros_(absl::ToUnixMicros(start)) {}

  absl::Time Now() override { return absl::FromUnixMicros(micros_.fetch_add(step_)); }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }
  void StepAtEachReading(absl::Duration by) { step_ = absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> micros_;
  std::atomic<int64_t> step_ = 0;
};

}  // namespace switchboard
