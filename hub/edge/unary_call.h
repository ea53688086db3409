#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/base/done.h"
#include "hub/base/error.h"
#include "hub/identity/caller.h"
#include "hub/identity/grpc_status.h"
#include "hub/identity/peer.h"
#include "hub/telemetry/metrics.h"

namespace switchboard::edge {

// What every call of the edge needs. Outlives the server.
struct EdgeParts {
  std::string trust_domain;
  Clock& clock;
  telemetry::Metrics& metrics;
  // How long the end of a stream may wait behind messages that its peer does not read.
  absl::Duration unread_end_max = absl::Seconds(10);
};

// The bytes of a request, as the method received them.
inline std::string BytesOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok()) return {};
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

inline grpc::ByteBuffer BufferOf(const google::protobuf::MessageLite& message) {
  grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

// Runs one raw unary call: authorizes the caller, hands the bytes to `serve`, and sends what comes
// back. Raw, so that bytes that are no message get the hub's own typed error, and so that parsing
// can happen off gRPC's threads. `method` is the full name, a literal.
template <typename Response>
grpc::ServerUnaryReactor* ServeUnary(
    const EdgeParts& parts, grpc::CallbackServerContext* context, const char* method,
    const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
    const std::function<void(const identity::Peer&, std::string, Done<Response>)>& serve) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Time begin = parts.clock.Now();
  auto finish = [&parts, reactor, response, method, begin](absl::StatusOr<Response> result) {
    if (result.ok()) *response = BufferOf(*result);
    parts.metrics.rpcs.Add(1, method, absl::StatusCodeToString(result.status().code()));
    parts.metrics.rpc_seconds.Observe(parts.clock.Now() - begin, method);
    reactor->Finish(identity::ToGrpc(result.status()));
  };
  auto caller = identity::AuthorizedCaller(*context, parts.trust_domain, method);
  if (caller.ok()) {
    serve(*caller, BytesOf(*request), finish);
  } else {
    finish(caller.status());
  }
  return reactor;
}

// The same, with the request parsed.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* ServeParsed(
    const EdgeParts& parts, grpc::CallbackServerContext* context, const char* method,
    const grpc::ByteBuffer* buffer, grpc::ByteBuffer* response,
    const std::function<void(const identity::Peer&, Request, Done<Response>)>& serve) {
  return ServeUnary<Response>(
      parts, context, method, buffer, response,
      [&serve, method](const identity::Peer& caller, const std::string& bytes,
                       Done<Response> done) {
        Request request;
        if (!request.ParseFromString(bytes)) {
          return done(Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                            "the bytes are not the request of " + std::string(method)));
        }
        serve(caller, std::move(request), std::move(done));
      });
}

}  // namespace switchboard::edge
