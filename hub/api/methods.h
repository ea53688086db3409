#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "hub/api/permit_streams.h"
#include "hub/base/done.h"
#include "hub/base/error.h"
#include "hub/identity/peer.h"
#include "hub/masking/to_vendor.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/method.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::ingest {
class ImportStream;
}
namespace switchboard::sync {
class Outlet;
class SyncStream;
}  // namespace switchboard::sync

namespace switchboard::api {

class CoreApi;
class VendorApi;
class OperatorApi;
class PrivacyApi;

// One method of a service: the facts that its proto states, and the function that serves it, with
// the types of its messages erased. Whoever carries bytes (gRPC, HTTP) and whoever asks what there
// is to call reads these, so that a method is written down once.
struct Method {
  // Answers one request, as the bytes of its message were received, with the bytes of the response.
  // Errors: INVALID_ARGUMENT, MESSAGE_MALFORMED, and what the function says.
  using Unary =
      std::function<void(const identity::Peer& caller, std::string request, Done<std::string>)>;
  // The methods that are streams, each of its own kind.
  using Import = std::function<std::shared_ptr<ingest::ImportStream>(const identity::Peer& caller)>;
  using Sync = std::function<std::shared_ptr<sync::SyncStream>(const identity::Peer& caller,
                                                               sync::Outlet* outlet)>;
  using Permits = std::function<std::shared_ptr<PermitStream>(const identity::Peer& caller,
                                                              PermitStream::Outlet* outlet)>;

  const google::protobuf::MethodDescriptor* descriptor;
  std::string name;  // as on the wire: "/switchboard.v1.OperatorService/ListVendors"
  std::variant<Unary, Import, Sync, Permits> serve;

  // Who may call it, what it does, how large a request may be.
  const v1::MethodRule& rule() const;
  // The limit of the rule, or the default where it names none.
  size_t request_bytes_max() const;
};

// What a request may hold where the rule says nothing: of a method that reads, and of others.
inline constexpr size_t kReadBytesMax = size_t{4} << 10;
inline constexpr size_t kRequestBytesMax = size_t{4} << 20;

// The rows of one service. The api outlives them.
std::vector<Method> CoreMethods(CoreApi& api);
std::vector<Method> VendorMethods(VendorApi& api);
std::vector<Method> OperatorMethods(OperatorApi& api);
std::vector<Method> PrivacyMethods(PrivacyApi& api);

// ---- making a row ----

// The service that an api serves.
const google::protobuf::ServiceDescriptor& ServiceOf(const CoreApi& api);
const google::protobuf::ServiceDescriptor& ServiceOf(const VendorApi& api);
const google::protobuf::ServiceDescriptor& ServiceOf(const OperatorApi& api);
const google::protobuf::ServiceDescriptor& ServiceOf(const PrivacyApi& api);

// The facts of a method of the service. `request` is null where the function takes the
// bytes. Ends the process when the proto has no such method, or one without a whole rule or with
// other messages: whoever writes a row is told at the first start.
Method MethodOf(const google::protobuf::ServiceDescriptor& service, std::string_view name,
                const google::protobuf::Descriptor* request,
                const google::protobuf::Descriptor& response);
// INVALID_ARGUMENT, MESSAGE_MALFORMED.
absl::Status MalformedRequest(const Method& method);

// What a function answers with, as a message and as bytes.
template <typename Response>
struct AnswerOf {
  using Message = Response;
  static std::string Bytes(const Response& response) { return response.SerializeAsString(); }
};
template <typename Response>
struct AnswerOf<masking::ToVendor<Response>> {
  using Message = Response;
  static const std::string& Bytes(const masking::ToVendor<Response>& response) {
    return response.bytes();
  }
};

// A row of a service from the member that serves it. The function either takes its request parsed,
// or, as std::string, the bytes, where one broken item is to cost only itself. Vendors are answered
// with what was looked at (masking/to_vendor.h), and with nothing else.
template <typename Api, typename Request, typename Response>
Method Row(std::string_view name, Api& api,
           void (Api::*function)(const identity::Peer&, Request, Done<Response>)) {
  static_assert(!std::is_same_v<Api, VendorApi> || masking::kIsToVendor<Response>);
  constexpr bool kRaw = std::is_same_v<Request, std::string>;
  const google::protobuf::Descriptor* request = nullptr;
  if constexpr (!kRaw) request = Request::descriptor();
  Method method =
      MethodOf(ServiceOf(api), name, request, *AnswerOf<Response>::Message::descriptor());
  method.serve = [&api, function, malformed = MalformedRequest(method)](
                     const identity::Peer& caller, std::string bytes, Done<std::string> done) {
    auto answer = [done = std::move(done)](const absl::StatusOr<Response>& response) {
      if (!response.ok()) return done(response.status());
      done(AnswerOf<Response>::Bytes(*response));
    };
    if constexpr (kRaw) {
      (api.*function)(caller, std::move(bytes), std::move(answer));
    } else {
      Request parsed;
      if (!parsed.ParseFromString(bytes)) return answer(malformed);
      (api.*function)(caller, std::move(parsed), std::move(answer));
    }
  };
  return method;
}

// The rows of the streams.
template <typename Api>
Method Row(std::string_view name, Api& api,
           std::shared_ptr<ingest::ImportStream> (Api::*function)(const identity::Peer&)) {
  using Response = v1::ImportAccountsResponse;
  Method method = MethodOf(ServiceOf(api), name, v1::ImportAccountsRequest::descriptor(),
                           *Response::descriptor());
  method.serve = [&api, function](const identity::Peer& caller) { return (api.*function)(caller); };
  return method;
}

template <typename Api>
Method Row(std::string_view name, Api& api,
           std::shared_ptr<sync::SyncStream> (Api::*function)(const identity::Peer&,
                                                              sync::Outlet*)) {
  using Response = v1::SyncResponse;
  Method method =
      MethodOf(ServiceOf(api), name, v1::SyncRequest::descriptor(), *Response::descriptor());
  method.serve = [&api, function](const identity::Peer& caller, sync::Outlet* outlet) {
    return (api.*function)(caller, outlet);
  };
  return method;
}

template <typename Api>
Method Row(std::string_view name, Api& api,
           std::shared_ptr<PermitStream> (Api::*function)(const identity::Peer&,
                                                          PermitStream::Outlet*)) {
  using Response = v1::RequestPermitsResponse;
  Method method = MethodOf(ServiceOf(api), name, v1::RequestPermitsRequest::descriptor(),
                           *Response::descriptor());
  method.serve = [&api, function](const identity::Peer& caller, PermitStream::Outlet* outlet) {
    return (api.*function)(caller, outlet);
  };
  return method;
}

}  // namespace switchboard::api
