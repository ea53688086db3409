#include "hub/edge/sync_reactor.h"

#include <grpc/support/time.h>

namespace switchboard::edge {

SyncReactor::SyncReactor(const EdgeParts& parts, api::VendorApi& desk,
                         grpc::CallbackServerContext* context)
    : parts_(parts), begin_(parts.clock.Now()), call_(std::make_shared<Call>()) {
  call_->context = context;
  auto caller = identity::AuthorizedCaller(*context, parts.trust_domain, kMethod);
  if (!caller.ok()) {
    std::lock_guard lock(mutex_);
    FinishOnce(caller.status());
    return;
  }
  stream_ = desk.OpenStream(caller->name, this);
  StartRead(&request_);
}

void SyncReactor::OnReadDone(bool ok) {
  if (!ok) {
    // Half-closed or gone: a vendor that sends no more acks has ended the stream.
    std::lock_guard lock(mutex_);
    return FinishOnce(absl::OkStatus());
  }
  v1::SyncRequest request;
  if (!request.ParseFromString(BytesOf(request_))) {
    std::lock_guard lock(mutex_);
    return FinishOnce(Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                            "the bytes are no SyncRequest"));
  }
  stream_->OnRequest(request);
  std::lock_guard lock(mutex_);
  if (!finished_) StartRead(&request_);
}

void SyncReactor::Send(v1::SyncResponse response) {
  std::lock_guard lock(mutex_);
  if (finished_) return;
  waiting_.push_back(BufferOf(response));
  if (waiting_.size() == 1) StartWrite(&waiting_.front());
}

void SyncReactor::Finish(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (finished_) return;
  if (status.ok() && !waiting_.empty()) {
    finish_waits_ = true;
    finish_status_ = status;
    return;
  }
  FinishOnce(status);
}

void SyncReactor::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
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
  std::lock_guard lock(mutex_);
  FinishOnce(absl::CancelledError("the vendor is gone"));
}

void SyncReactor::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  parts_.metrics.rpcs.Add(1, kMethod, absl::StatusCodeToString(status.code()));
  parts_.metrics.rpc_seconds.Observe(parts_.clock.Now() - begin_, kMethod);
  if (!waiting_.empty()) {
    // The status waits behind the message that is being written, for ever if nobody reads; what
    // would have followed is not needed any more.
    waiting_.erase(waiting_.begin() + 1, waiting_.end());
    const gpr_timespec wait =
        gpr_time_from_micros(absl::ToInt64Microseconds(parts_.unread_end_max), GPR_TIMESPAN);
    unread_.Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), wait), [call = call_](bool expired) {
      std::lock_guard lock(call->mutex);
      if (expired && call->context != nullptr) call->context->TryCancel();
    });
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>::Finish(identity::ToGrpc(status));
}

void SyncReactor::OnDone() {
  {
    std::lock_guard lock(call_->mutex);
    call_->context = nullptr;
  }
  if (stream_ != nullptr) stream_->Detach();
  delete this;
}

}  // namespace switchboard::edge
