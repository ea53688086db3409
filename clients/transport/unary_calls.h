#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include <grpcpp/client_context.h>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::transport {

// The calls of a client that are under way: counts them, ends them all, waits for the last.
// Thread-safe.
class CallsUnderWay {
 public:
  // Counts one more. `context` (may be null) is cancelled by CancelAll. False once cancelled.
  bool Begin(grpc::ClientContext* context);
  // The context goes: it is cancelled no more.
  void Forget(grpc::ClientContext* context);
  // The last thing a call does, once its context is gone.
  void End();

  // Cancels what is under way; nothing begins any more.
  void CancelAll();
  // Waits for the last End. After CancelAll.
  void WaitForAll();

 private:
  Mutex mutex_;
  CondVar none_;
  std::unordered_set<grpc::ClientContext*> contexts_ SWITCHBOARD_GUARDED_BY(mutex_);
  int count_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  bool cancelled_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

// The deadline of a call that may take `timeout` from now, on the clock that does not step.
void SetTimeout(grpc::ClientContext& context, absl::Duration timeout);

// CANCELLED, CLIENT_STOPPED.
absl::Status ClientStopped();

// Starts one unary call of `stub`; `done` runs once, on a thread of gRPC, or at once when `calls`
// is cancelled. `see` gets the serialized response or error before that; it may be empty.
template <typename Response, typename Async, typename Request>
void StartUnary(CallsUnderWay& calls, Async& stub,
                void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                      std::function<void(grpc::Status)>),
                Request request, absl::Duration timeout,
                const std::function<void(const std::string&)>& see,
                absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
    Request request;
    Response response;
    std::function<void(const std::string&)> see;
    absl::AnyInvocable<void(absl::StatusOr<Response>)> done;
  };
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->see = see;
  call->done = std::move(done);
  if (!calls.Begin(call->context.get())) {
    call->done(ClientStopped());
    return;
  }
  SetTimeout(*call->context, timeout);
  (stub.*method)(call->context.get(), &call->request, &call->response,
                 [&calls, call](grpc::Status status) {
                   if (call->see) {
                     call->see(status.ok() ? call->response.SerializeAsString()
                                           : status.error_message() + status.error_details());
                   }
                   if (status.ok()) {
                     call->done(std::move(call->response));
                   } else {
                     call->done(identity::FromGrpc(status));
                   }
                   // What they hold goes before the call counts as over: gRPC does not bear that
                   // the last reference of a channel goes on a thread of its own.
                   call->done = nullptr;
                   calls.Forget(call->context.get());
                   call->context.reset();
                   calls.End();
                 });
}

}  // namespace switchboard::transport
