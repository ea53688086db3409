#include "hub/edge/calls.h"

#include <chrono>

#include "hub/base/error.h"

namespace switchboard::edge {
namespace {

// A peer that is told to go elsewhere and does not asks again sooner.
constexpr absl::Duration kQuiet = absl::Milliseconds(20);

}  // namespace

bool Calls::Enter(Call* call) {
  std::lock_guard lock(mutex_);
  if (shutting_down_) {
    ++refused_;
    return false;
  }
  calls_.insert(call);
  return true;
}

void Calls::Leave(Call* call) {
  std::lock_guard lock(mutex_);
  calls_.erase(call);
  if (calls_.empty()) over_.notify_all();
}

void Calls::BeginShutdown() {
  std::lock_guard lock(mutex_);
  shutting_down_ = true;
  for (Call* call : calls_) call->Drain();
}

bool Calls::WaitUntilOver(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  return over_.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                        [this] { return calls_.empty(); });
}

void Calls::EndAll() {
  std::lock_guard lock(mutex_);
  for (Call* call : calls_) call->End();
}

void Calls::WaitUntilQuiet(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  for (absl::Duration waited; waited < timeout; waited += kQuiet) {
    const int64_t before = refused_;
    over_.wait_for(lock, absl::ToChronoNanoseconds(kQuiet), [] { return false; });
    if (refused_ == before) return;
  }
}

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
               "the hub is shutting down; try another one, or again after the restart");
}

}  // namespace switchboard::edge
