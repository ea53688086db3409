#include "adapters/client/sync_stream.h"

#include <utility>

#include "hub/identity/grpc_status.h"

namespace switchboard::adapters {

std::shared_ptr<SyncStream> SyncStream::Open(v1::VendorService::Stub& stub, Events events) {
  std::shared_ptr<SyncStream> stream(new SyncStream(std::move(events)));
  stream->self_ = stream;
  stub.async()->Sync(&stream->context_, stream.get());
  // Reads and writes are started from outside of reactions; without a hold OnDone could overtake
  // them.
  stream->AddHold();
  stream->StartCall();
  return stream;
}

void SyncStream::Send(v1::SyncRequest request) {
  MutexLock lock(mutex_);
  if (closed_) return;
  if (!is_writing_) {
    is_writing_ = true;
    writing_ = std::move(request);
    StartWrite(&writing_);
    return;
  }
  if (waiting_.has_value()) {  // acks are cumulative, their rejections are not
    request.mutable_ack()->mutable_rejections()->MergeFrom(waiting_->ack().rejections());
  }
  waiting_ = std::move(request);
}

void SyncStream::Read() {
  MutexLock lock(mutex_);
  if (!closed_) StartRead(&response_);
}

void SyncStream::Close() {
  MutexLock lock(mutex_);
  if (closed_) return;
  context_.TryCancel();
  CloseLocked();
}

void SyncStream::CloseLocked() {
  closed_ = true;
  RemoveHold();
}

void SyncStream::OnReadDone(bool ok) {
  if (ok) {
    events_.on_response(std::move(response_));
    return;
  }
  MutexLock lock(mutex_);
  if (!closed_) CloseLocked();
}

void SyncStream::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  is_writing_ = false;
  // After a failed write the read fails too, and says so.
  if (!ok || closed_ || !waiting_.has_value()) return;
  is_writing_ = true;
  writing_ = *std::exchange(waiting_, std::nullopt);
  StartWrite(&writing_);
}

void SyncStream::OnDone(const grpc::Status& status) {
  // Moved out first: when the last reference goes, the object goes.
  std::shared_ptr<SyncStream> self = std::move(self_);
  Events events = std::exchange(events_, Events());
  events.on_done(identity::FromGrpc(status));
  const std::function<void()> on_gone = std::move(events.on_gone);
  events = Events();  // what the functions hold goes too
  self.reset();
  on_gone();
}

}  // namespace switchboard::adapters
