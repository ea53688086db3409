#include "hub/edge/import_reactor.h"

namespace switchboard::edge {

ImportReactor::ImportReactor(const EdgeParts& parts, api::CoreApi& desk,
                             grpc::CallbackServerContext* context)
    : parts_(parts), begin_(parts.clock.Now()) {
  auto caller = identity::AuthorizedCaller(*context, parts.trust_domain, kMethod);
  std::lock_guard lock(mutex_);
  if (!caller.ok()) {
    FinishOnce(caller.status());
    return;
  }
  import_ = desk.OpenImport(caller->Actor());
  reading_ = true;
  StartRead(&request_);
}

void ImportReactor::OnReadDone(bool ok) {
  std::lock_guard lock(mutex_);
  reading_ = false;
  if (finished_) return;
  if (!ok) {
    half_closed_ = true;
    return Pump();
  }
  auto turn = std::make_shared<Turn>();
  turns_.push_back(turn);
  ++holders_;
  // Under the lock, so that batches are taken in the order they were read; answers come later.
  import_->Take(BytesOf(request_), [this, turn](absl::StatusOr<v1::ImportAccountsResponse> answer) {
    Answer(turn, std::move(answer));
  });
  Pump();
}

void ImportReactor::Answer(const std::shared_ptr<Turn>& turn,
                           absl::StatusOr<v1::ImportAccountsResponse> answer) {
  {
    std::lock_guard lock(mutex_);
    turn->answer = std::move(answer);
    if (!finished_) Pump();
  }
  Release();
}

// Starts whatever may start: the next answer, the next read, or the end.
void ImportReactor::Pump() {
  if (!writing_ && !turns_.empty() && turns_.front()->answer.has_value()) {
    auto& answer = *turns_.front()->answer;
    if (!answer.ok()) return FinishOnce(answer.status());
    response_ = BufferOf(*answer);
    turns_.pop_front();
    writing_ = true;
    StartWrite(&response_);
  }
  if (!reading_ && !half_closed_ && turns_.size() < kUnderWayMax) {
    reading_ = true;
    StartRead(&request_);
  }
  if (half_closed_ && turns_.empty() && !writing_) FinishOnce(absl::OkStatus());
}

void ImportReactor::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  writing_ = false;
  if (finished_) return;
  if (!ok) return FinishOnce(absl::CancelledError("the core is gone"));
  Pump();
}

void ImportReactor::OnCancel() {
  std::lock_guard lock(mutex_);
  // With a write under way OnWriteDone(false) follows and finishes.
  if (!finished_ && !writing_) FinishOnce(absl::CancelledError("the core is gone"));
}

void ImportReactor::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  parts_.metrics.rpcs.Add(1, kMethod, absl::StatusCodeToString(status.code()));
  parts_.metrics.rpc_seconds.Observe(parts_.clock.Now() - begin_, kMethod);
  Finish(identity::ToGrpc(status));
}

void ImportReactor::OnDone() { Release(); }

void ImportReactor::Release() {
  bool last;
  {
    std::lock_guard lock(mutex_);
    last = --holders_ == 0;
  }
  if (last) delete this;
}

}  // namespace switchboard::edge
