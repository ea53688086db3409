#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "hub/base/error.h"

namespace switchboard::edge {

// What requests may make the hub hold at one moment, all peers together: a request lies there as
// bytes, parsed and sealed until it is answered. Small ones, such as a permit or a few stops,
// always find room; their number has bounds of its own (limits.write_queue_max). Thread-safe.
class MemoryBudget {
 public:
  // Requests up to so many bytes are not counted.
  static constexpr int64_t kSmallBytes = 16 << 10;
  // What a request takes while it is served, in its own size. Measured with batches of accounts.
  static constexpr int64_t kTimesHeld = 4;

  explicit MemoryBudget(int64_t bytes_max) : bytes_max_(bytes_max) {}

  // The share of one request, given back when it goes. Outlived by its budget.
  class Share {
   public:
    Share() = default;
    Share(MemoryBudget& of, int64_t bytes) : of_(&of), bytes_(bytes) {}
    Share(Share&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      if (this == &other) return *this;
      GiveBack();
      of_ = std::exchange(other.of_, nullptr);
      bytes_ = std::exchange(other.bytes_, 0);
      return *this;
    }
    ~Share() { GiveBack(); }

   private:
    void GiveBack() {
      if (of_ != nullptr) of_->held_ -= bytes_;
      of_ = nullptr;
    }

    MemoryBudget* of_ = nullptr;
    int64_t bytes_ = 0;
  };

  // Nothing when there is no room now.
  std::optional<Share> Take(size_t request_bytes) {
    const auto size = static_cast<int64_t>(request_bytes);
    if (size <= kSmallBytes) return Share();
    const int64_t bytes = size * kTimesHeld;
    if (held_.fetch_add(bytes) + bytes > bytes_max_) {
      held_ -= bytes;
      return std::nullopt;
    }
    return Share(*this, bytes);
  }

  int64_t held() const { return held_; }

  // RESOURCE_EXHAUSTED, MEMORY_BUSY, with a retry time.
  static absl::Status Busy() {
    return ExhaustedError("MEMORY_BUSY",
                          "the hub holds as much as it may for all requests together",
                          absl::Milliseconds(500));
  }

 private:
  const int64_t bytes_max_;
  std::atomic<int64_t> held_ = 0;
};

}  // namespace switchboard::edge
