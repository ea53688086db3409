#include "hub/edge/calls.h"

#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::edge {
namespace {

// A peer that is told to go elsewhere and does not asks again sooner.
constexpr absl::Duration kQuiet = absl::Milliseconds(20);

}  // namespace

bool Calls::Enter(Call* call) {
  MutexLock lock(mutex_);
  if (shutting_down_) {
    ++refused_;
    return false;
  }
  calls_.insert(call);
  return true;
}

void Calls::Leave(Call* call) {
  MutexLock lock(mutex_);
  calls_.erase(call);
  if (calls_.empty()) over_.NotifyAll();
}

void Calls::BeginShutdown() {
  MutexLock lock(mutex_);
  shutting_down_ = true;
  for (Call* call : calls_) call->Drain();
}

bool Calls::WaitUntilOver(absl::Duration timeout) {
  MutexLock lock(mutex_);
  over_.WaitFor(mutex_, timeout, [this]() SWITCHBOARD_REQUIRES(mutex_) { return calls_.empty(); });
  return calls_.empty();
}

void Calls::EndAll() {
  MutexLock lock(mutex_);
  for (Call* call : calls_) call->End();
}

void Calls::WaitUntilQuiet(absl::Duration timeout) {
  MutexLock lock(mutex_);
  for (absl::Duration waited; waited < timeout; waited += kQuiet) {
    const int64_t before = refused_;
    over_.WaitFor(mutex_, kQuiet, [] { return false; });
    if (refused_ == before) return;
  }
}

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
               "the hub is shutting down; try another one, or again after the restart");
}

}  // namespace switchboard::edge
