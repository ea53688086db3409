#include "hub/edge/import_reactor.h"

#include <utility>

#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::edge {

ImportReactor::ImportReactor(const EdgeParts& parts, const api::Method& method,
                             grpc::CallbackServerContext* context)
    : parts_(parts), method_(method), begin_(parts.clock.Now()), context_(context) {
  entered_ = parts.calls.Enter(this);
  const auto caller = AdmittedCaller(parts, *context, method);
  MutexLock lock(mutex_);
  if (!entered_ || !caller.ok()) {
    FinishOnce(entered_ ? caller.status() : ShuttingDown());
    return;
  }
  import_ = std::get<api::Method::Import>(method.serve)(*caller);
  Pump();
}

void ImportReactor::OnReadDone(bool ok) {
  MutexLock lock(mutex_);
  reading_ = false;
  if (finished_) return;
  if (!ok) {
    half_closed_ = true;
    return Pump();
  }
  auto received = Receive(parts_, request_, method_);
  if (const auto caller = AdmittedCaller(parts_, *context_, method_); !caller.ok())
    received = caller.status();
  if (!received.ok()) {
    // As with any batch that fails: what came before is answered, nothing behind it is taken.
    draining_ = true;
    turns_.push_back(std::make_shared<Turn>(Turn{received.status(), {}}));
    return Pump();
  }
  // Under the lock, so that batches are taken in the order they were read; answers come later.
  Take(*std::move(received));
  Pump();
}

void ImportReactor::Take(Received received) {
  auto turn = std::make_shared<Turn>();
  turn->memory = std::move(received.memory);
  turns_.push_back(turn);
  ++holders_;
  import_->Take(std::move(received.bytes),
                [this, turn](absl::StatusOr<v1::ImportAccountsResponse> answer) {
                  Answer(turn, std::move(answer));
                });
}

void ImportReactor::Answer(const std::shared_ptr<Turn>& turn,
                           absl::StatusOr<v1::ImportAccountsResponse> answer) {
  {
    MutexLock lock(mutex_);
    turn->answer = std::move(answer);
    turn->memory = MemoryBudget::Share();
    Pump();
  }
  Release();
}

// Starts whatever may start: the next answer, the next read, or the end.
void ImportReactor::Pump() {
  if (finished_ || import_ == nullptr) return;
  if (!writing_ && !turns_.empty() && turns_.front()->answer.has_value()) {
    auto& answer = *turns_.front()->answer;
    if (!answer.ok()) return FinishOnce(answer.status());
    response_ = BufferOf(answer->SerializeAsString());
    turns_.pop_front();
    writing_ = true;
    StartWrite(&response_);
  }
  if (!reading_ && !half_closed_ && !draining_ && turns_.size() < kUnderWayMax) {
    reading_ = true;
    StartRead(&request_);
  }
  if (!turns_.empty() || writing_) return;
  if (half_closed_) {
    // A read also ends when the core has gone.
    FinishOnce(context_->IsCancelled() ? absl::CancelledError("the core is gone")
                                       : absl::OkStatus());
  } else if (draining_) {
    FinishOnce(ShuttingDown());
  }
}

void ImportReactor::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  if (finished_) return;
  if (!ok) return FinishOnce(absl::CancelledError("the core is gone"));
  Pump();
}

void ImportReactor::OnCancel() {
  MutexLock lock(mutex_);
  // With a write under way OnWriteDone(false) follows and finishes.
  if (!writing_) FinishOnce(absl::CancelledError("the core is gone"));
}

void ImportReactor::Drain() {
  MutexLock lock(mutex_);
  draining_ = true;
  Pump();
}

void ImportReactor::End() {
  MutexLock lock(mutex_);
  FinishOnce(ShuttingDown());
}

void ImportReactor::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  Count(parts_, method_, begin_, status);
  Finish(identity::ToGrpc(status));
}

void ImportReactor::OnDone() {
  if (entered_) parts_.calls.Leave(this);
  Release();
}

void ImportReactor::Release() {
  bool last;
  {
    MutexLock lock(mutex_);
    last = --holders_ == 0;
  }
  if (last) delete this;
}

}  // namespace switchboard::edge
