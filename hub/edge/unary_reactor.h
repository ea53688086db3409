#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "hub/base/mutex.h"
#include "hub/edge/edge_parts.h"

namespace switchboard::edge {

// One unary call: authorizes the caller, hands the bytes to the method, and sends what comes back.
// Raw, so that bytes that are no message get the hub's own typed error.
class UnaryReactor final : public grpc::ServerUnaryReactor, public Call {
 public:
  // `method` and `parts` outlive the call; gRPC owns it, `request` and `response`.
  UnaryReactor(const EdgeParts& parts, const api::Method& method,
               const grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
               grpc::ByteBuffer* response);

  void OnCancel() override;
  void OnDone() override;

  void Drain() override {}  // it is answered anyway; what only waits is ended by the hub
  void End() override;

 private:
  // What an answer needs to find the call, if it comes in time.
  struct Place {
    Mutex mutex;  // taken after Calls' own
    // Null once the call has its end.
    UnaryReactor* reactor SWITCHBOARD_GUARDED_BY(mutex) = nullptr;
  };

  // Hands the request over; an error is the answer.
  absl::Status Serve(const grpc::ByteBuffer& request);
  // Whether the caller may still have an answer that shows something.
  absl::Status AskAgain() const;
  static void Answer(Place& place, const absl::StatusOr<std::string>& answer);

  const EdgeParts& parts_;
  const api::Method& method_;
  const grpc::CallbackServerContext& context_;
  const absl::Time begin_;
  grpc::ByteBuffer* const response_;
  const std::shared_ptr<Place> place_;
  MemoryBudget::Share memory_;  // constant after construction, as the next
  bool entered_ = false;
};

}  // namespace switchboard::edge
