#include "hub/edge/unary_reactor.h"

#include <utility>

#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::edge {

UnaryReactor::UnaryReactor(const EdgeParts& parts, const api::Method& method,
                           const grpc::CallbackServerContext& context,
                           const grpc::ByteBuffer& request, grpc::ByteBuffer* response)
    : parts_(parts),
      method_(method),
      context_(context),
      begin_(parts.clock.Now()),
      response_(response),
      place_(std::make_shared<Place>()) {
  {
    MutexLock lock(place_->mutex);
    place_->reactor = this;
  }
  entered_ = parts.calls.Enter(this);
  const absl::Status begun = entered_ ? Serve(request) : ShuttingDown();
  if (!begun.ok()) Answer(*place_, begun);
}

absl::Status UnaryReactor::Serve(const grpc::ByteBuffer& request) {
  ASSIGN_OR_RETURN(const identity::Peer caller, AdmittedCaller(parts_, context_, method_));
  ASSIGN_OR_RETURN(Received received, Receive(parts_, request, method_));
  memory_ = std::move(received.memory);
  std::get<api::Method::Unary>(method_.serve)(
      caller, std::move(received.bytes),
      [place = place_](const absl::StatusOr<std::string>& answer) { Answer(*place, answer); });
  return absl::OkStatus();
}

void UnaryReactor::Answer(Place& place, const absl::StatusOr<std::string>& answer) {
  MutexLock lock(place.mutex);
  if (place.reactor == nullptr) return;  // cancelled, or ended by the shutdown
  UnaryReactor& call = *std::exchange(place.reactor, nullptr);
  const absl::Status status = answer.ok() ? call.AskAgain() : answer.status();
  if (status.ok()) *call.response_ = BufferOf(*answer);
  Count(call.parts_, call.method_, call.begin_, status);
  call.Finish(identity::ToGrpc(status));
}

// A long poll may have waited for a minute. What a method has changed is said even so: whoever was
// refused would believe it undone.
absl::Status UnaryReactor::AskAgain() const {
  if (method_.rule().effect() != v1::MethodRule::EFFECT_READS) return absl::OkStatus();
  return AdmittedCaller(parts_, context_, method_).status();
}

void UnaryReactor::OnCancel() { Answer(*place_, absl::CancelledError("the caller is gone")); }

void UnaryReactor::End() { Answer(*place_, ShuttingDown()); }

void UnaryReactor::OnDone() {
  if (entered_) parts_.calls.Leave(this);
  delete this;
}

}  // namespace switchboard::edge
