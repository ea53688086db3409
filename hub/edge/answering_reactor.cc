#include "hub/edge/answering_reactor.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <utility>

#include "hub/identity/grpc_status.h"

namespace switchboard::edge {
namespace {

absl::Status PeerGone() { return absl::CancelledError("the peer is gone"); }

}  // namespace

AnsweringReactor::AnsweringReactor(const EdgeParts& parts, const api::Method& method,
                                   grpc::CallbackServerContext* context, size_t under_way_max)
    : parts_(parts),
      method_(method),
      under_way_max_(under_way_max),
      begin_(parts.clock.Now()),
      context_(context),
      call_(std::make_shared<UnderWay>()) {
  {
    MutexLock lock(call_->mutex);
    call_->context = context;
  }
  entered_ = parts.calls.Enter(this);
}

std::optional<identity::Peer> AnsweringReactor::Admit() {
  auto caller = AdmittedCaller(parts_, *context_, method_);
  if (entered_ && caller.ok()) return *std::move(caller);
  MutexLock lock(mutex_);
  FinishOnce(entered_ ? caller.status() : ShuttingDown());
  return std::nullopt;
}

void AnsweringReactor::Start() {
  MutexLock lock(mutex_);
  started_ = true;
  Pump();
}

void AnsweringReactor::OnReadDone(bool ok) {
  auto turn = std::make_shared<Turn>();
  std::string request;
  {
    MutexLock lock(mutex_);
    if (!ok || finished_) {
      reading_ = false;
      half_closed_ = true;
      return Pump();
    }
    auto received = Receive(parts_, request_, method_);
    if (const auto caller = AdmittedCaller(parts_, *context_, method_); !caller.ok())
      received = caller.status();
    turns_.push_back(turn);
    if (!received.ok()) {
      // As with any request that fails: what came before is answered, nothing behind it is taken.
      reading_ = false;
      turn->answer = received.status();
      return Pump();
    }
    request = std::move(received->bytes);
    turn->memory = std::move(received->memory);
    ++holders_;
  }
  // Nothing further is read meanwhile, so that requests are taken in the order they were read.
  Take(std::move(request),
       [this, turn](absl::StatusOr<std::string> answer) { Answer(turn, std::move(answer)); });
  MutexLock lock(mutex_);
  reading_ = false;
  Pump();
}

void AnsweringReactor::Answer(const std::shared_ptr<Turn>& turn,
                              absl::StatusOr<std::string> answer) {
  {
    MutexLock lock(mutex_);
    turn->answer = std::move(answer);
    turn->memory = MemoryBudget::Share();
    Pump();
  }
  Release();
}

void AnsweringReactor::Tell(const std::string& message) {
  const auto caller = AdmittedCaller(parts_, *context_, method_);
  auto turn = std::make_shared<Turn>();
  turn->answer = caller.ok() ? absl::StatusOr<std::string>(message) : caller.status();
  MutexLock lock(mutex_);
  if (finished_) return;
  turns_.push_back(std::move(turn));
  Pump();
}

// Starts whatever may start: the next answer, the next read, or the end.
void AnsweringReactor::Pump() {
  if (finished_ || !started_) return;
  if (!writing_ && !turns_.empty() && turns_.front()->answer.has_value()) {
    auto& answer = *turns_.front()->answer;
    if (!answer.ok()) return FinishOnce(answer.status());
    response_ = BufferOf(*answer);
    turns_.pop_front();
    writing_ = true;
    StartWrite(&response_);
  }
  const bool failed = std::any_of(turns_.begin(), turns_.end(), [](const auto& turn) {
    return turn->answer.has_value() && !turn->answer->ok();
  });
  if (!reading_ && !half_closed_ && !end_status_.has_value() && !failed &&
      turns_.size() < under_way_max_) {
    reading_ = true;
    StartRead(&request_);
  }
  if (!turns_.empty() || writing_) return;
  if (half_closed_) {
    // A read also ends when the peer has gone.
    FinishOnce(context_->IsCancelled() ? PeerGone() : absl::OkStatus());
  } else if (end_status_.has_value()) {
    FinishOnce(*end_status_);
  }
}

void AnsweringReactor::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  if (finished_) return;
  if (!ok) return FinishOnce(PeerGone());
  Pump();
}

void AnsweringReactor::OnCancel() {
  MutexLock lock(mutex_);
  // With a write under way OnWriteDone(false) follows and finishes.
  if (!writing_) FinishOnce(PeerGone());
}

void AnsweringReactor::EndBehindAnswers(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (finished_ || end_status_.has_value()) return;
  end_status_ = status;
  // The end waits behind the answers, for ever if nobody reads them.
  const gpr_timespec wait =
      gpr_time_from_micros(absl::ToInt64Microseconds(parts_.unread_end_max), GPR_TIMESPAN);
  unread_.Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), wait), [call = call_](bool expired) {
    MutexLock call_lock(call->mutex);
    if (expired && call->context != nullptr) call->context->TryCancel();
  });
  Pump();
}

void AnsweringReactor::Drain() { EndBehindAnswers(ShuttingDown()); }

void AnsweringReactor::End() {
  MutexLock lock(mutex_);
  FinishOnce(ShuttingDown());
}

void AnsweringReactor::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  Count(parts_, method_, begin_, status);
  Finish(identity::ToGrpc(status));
}

void AnsweringReactor::OnDone() {
  {
    MutexLock lock(call_->mutex);
    call_->context = nullptr;
  }
  Closed();
  if (entered_) parts_.calls.Leave(this);
  Release();
}

void AnsweringReactor::Release() {
  bool last;
  {
    MutexLock lock(mutex_);
    last = --holders_ == 0;
  }
  if (last) delete this;
}

}  // namespace switchboard::edge
