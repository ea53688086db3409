#include "clients/transport/unary_calls.h"

#include <grpc/support/time.h>

namespace switchboard::transport {

bool CallsUnderWay::Begin(grpc::ClientContext* context) {
  MutexLock lock(mutex_);
  if (cancelled_) return false;
  ++count_;
  if (context != nullptr) contexts_.insert(context);
  return true;
}

void CallsUnderWay::Forget(grpc::ClientContext* context) {
  MutexLock lock(mutex_);
  contexts_.erase(context);
}

void CallsUnderWay::End() {
  MutexLock lock(mutex_);
  // Under the lock: once the waiting thread runs, this object may be gone.
  if (--count_ == 0) none_.NotifyAll();
}

void CallsUnderWay::CancelAll() {
  MutexLock lock(mutex_);
  cancelled_ = true;
  for (grpc::ClientContext* context : contexts_) context->TryCancel();
}

void CallsUnderWay::WaitForAll() {
  MutexLock lock(mutex_);
  while (count_ > 0) none_.Wait(mutex_);
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN)));
}

absl::Status ClientStopped() {
  return Error(absl::StatusCode::kCancelled, "CLIENT_STOPPED", "the client was stopped");
}

}  // namespace switchboard::transport
