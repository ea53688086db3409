#include "hub/edge/sync_reactor.h"

#include <grpc/support/time.h>

#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::edge {

SyncReactor::SyncReactor(const EdgeParts& parts, const api::Method& method,
                         grpc::CallbackServerContext* context)
    : parts_(parts),
      method_(method),
      begin_(parts.clock.Now()),
      connection_(std::make_shared<Connection>()) {
  {
    MutexLock lock(connection_->mutex);
    connection_->context = context;
  }
  entered_ = parts.calls.Enter(this);
  const auto caller = AdmittedCaller(parts, *context, method);
  if (!entered_ || !caller.ok()) {
    MutexLock lock(mutex_);
    FinishOnce(entered_ ? caller.status() : ShuttingDown());
    return;
  }
  stream_ = std::get<api::Method::Sync>(method.serve)(*caller, this);
  StartRead(&request_);
}

void SyncReactor::OnReadDone(bool ok) {
  if (!ok) return Cancelled() ? OnCancel() : stream_->OnHalfClose();
  if (const absl::Status admitted = AskAgain(); !admitted.ok()) {
    MutexLock lock(mutex_);
    return FinishOnce(admitted);
  }
  const auto received = Receive(parts_, request_, method_);
  v1::SyncRequest request;
  if (!received.ok() || !request.ParseFromString(received->bytes)) {
    MutexLock lock(mutex_);
    return FinishOnce(received.ok() ? api::MalformedRequest(method_) : received.status());
  }
  stream_->OnRequest(request);
  MutexLock lock(mutex_);
  if (!finished_) StartRead(&request_);
}

bool SyncReactor::Cancelled() {
  MutexLock lock(connection_->mutex);
  return connection_->context->IsCancelled();
}

absl::Status SyncReactor::AskAgain() {
  MutexLock lock(connection_->mutex);
  if (connection_->context == nullptr) return absl::CancelledError("the vendor is gone");
  return AdmittedCaller(parts_, *connection_->context, method_).status();
}

void SyncReactor::Send(masking::ToVendor<v1::SyncResponse> message) {
  const absl::Status admitted = AskAgain();
  MutexLock lock(mutex_);
  if (finished_) return;
  if (!admitted.ok()) return FinishOnce(admitted);
  waiting_.push_back(BufferOf(message.bytes()));
  if (waiting_.size() == 1) StartWrite(&waiting_.front());
}

void SyncReactor::Finish(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (finished_) return;
  if (status.ok() && !waiting_.empty()) {
    finish_waits_ = true;
    finish_status_ = status;
    return;
  }
  FinishOnce(status);
}

void SyncReactor::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  if (!waiting_.empty()) waiting_.pop_front();
  if (finished_) return;
  if (!ok) return FinishOnce(absl::CancelledError("the vendor is gone"));
  if (!waiting_.empty()) {
    StartWrite(&waiting_.front());
  } else if (finish_waits_) {
    FinishOnce(finish_status_);
  }
}

void SyncReactor::OnCancel() {
  MutexLock lock(mutex_);
  FinishOnce(absl::CancelledError("the vendor is gone"));
}

void SyncReactor::End() {
  MutexLock lock(mutex_);
  FinishOnce(ShuttingDown());
}

void SyncReactor::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  Count(parts_, method_, begin_, status);
  if (!waiting_.empty()) {
    // The status waits behind the message that is being written, for ever if nobody reads; what
    // would have followed is not needed any more.
    waiting_.erase(waiting_.begin() + 1, waiting_.end());
    const gpr_timespec wait =
        gpr_time_from_micros(absl::ToInt64Microseconds(parts_.unread_end_max), GPR_TIMESPAN);
    unread_.Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), wait),
                [connection = connection_](bool expired) {
                  MutexLock lock(connection->mutex);
                  if (expired && connection->context != nullptr) connection->context->TryCancel();
                });
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>::Finish(identity::ToGrpc(status));
}

void SyncReactor::OnDone() {
  {
    MutexLock lock(connection_->mutex);
    connection_->context = nullptr;
  }
  if (stream_ != nullptr) stream_->Detach();
  if (entered_) parts_.calls.Leave(this);
  delete this;
}

}  // namespace switchboard::edge
