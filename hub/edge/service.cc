#include "hub/edge/service.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <utility>
#include <variant>

#include "hub/edge/import_reactor.h"
#include "hub/edge/permit_reactor.h"
#include "hub/edge/sync_reactor.h"
#include "hub/edge/unary_reactor.h"

namespace switchboard::edge {
namespace {

using grpc::internal::RpcMethod;
using Bytes = grpc::ByteBuffer;

template <typename Reactor>
grpc::internal::MethodHandler* StreamOf(const EdgeParts& parts, const api::Method& method) {
  return new grpc::internal::CallbackBidiHandler<Bytes, Bytes>(
      [&parts, &method](grpc::CallbackServerContext* context) {
        return new Reactor(parts, method, context);
      });
}

grpc::internal::MethodHandler* UnaryOf(const EdgeParts& parts, const api::Method& method) {
  return new grpc::internal::CallbackUnaryHandler<Bytes, Bytes>(
      [&parts, &method](grpc::CallbackServerContext* context, const Bytes* request,
                        Bytes* response) {
        return new UnaryReactor(parts, method, *context, *request, response);
      });
}

// Which reactor carries a method, by what serves it.
struct HandlerOf {
  const EdgeParts& parts;
  const api::Method& method;

  auto* operator()(const api::Method::Unary&) const { return UnaryOf(parts, method); }
  auto* operator()(const api::Method::Import&) const {
    return StreamOf<ImportReactor>(parts, method);
  }
  auto* operator()(const api::Method::Sync&) const { return StreamOf<SyncReactor>(parts, method); }
  auto* operator()(const api::Method::Permits&) const {
    return StreamOf<PermitReactor>(parts, method);
  }
};

}  // namespace

// What the code that protoc generates does for its "raw callback" methods, without a class of its
// own for each.
Service::Service(const EdgeParts& parts, std::vector<api::Method> methods)
    : parts_(parts), methods_(std::move(methods)) {
  SWITCHBOARD_ASSERT(!methods_.empty());
  for (size_t i = 0; i < methods_.size(); ++i) {
    const api::Method& method = methods_[i];
    parts_.metrics.rpcs.Touch(method.name, absl::StatusCodeToString(absl::StatusCode::kOk));
    parts_.metrics.rpc_seconds.Touch(method.name);
    const bool unary = std::holds_alternative<api::Method::Unary>(method.serve);
    AddMethod(new grpc::internal::RpcServiceMethod(
        method.name.c_str(), unary ? RpcMethod::NORMAL_RPC : RpcMethod::BIDI_STREAMING, nullptr));
    MarkMethodRawCallback(static_cast<int>(i), std::visit(HandlerOf{parts_, method}, method.serve));
  }
}

}  // namespace switchboard::edge
