#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::cli {

// The hub as an operator reaches it: OperatorService and PrivacyService, method by method, and its
// health. Calls block. Errors: those of the method in its proto, and gRPC's own without a reason.
// Not thread-safe.
class HubCalls {
 public:
  virtual ~HubCalls() = default;

  template <typename Response>
  using Answer = absl::StatusOr<Response>;

  // Asks the method of these services that takes this request. Which one it is, and what may be
  // done with it, is read from the proto, so that a new method needs nothing here.
  template <typename Response, typename Request>
  Answer<Response> Ask(const Request& request) {
    Response response;
    const absl::Status status = Call(MethodOf(request), request, response);
    if (!status.ok()) return status;
    return response;
  }

  // grpc.health.v1 of one service, "SERVING" or another name of its enum; "" asks for the hub as a
  // whole.
  virtual Answer<std::string> Health(const std::string& service) = 0;

 protected:
  // One call. REQUIRES: the messages are those of the method.
  virtual absl::Status Call(const google::protobuf::MethodDescriptor& method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message& response) = 0;

 private:
  static const google::protobuf::MethodDescriptor& MethodOf(
      const google::protobuf::Message& request);
};

// Whether a call that may have reached a hub may be made again at another one: reading may, and so
// may a change that is the same when it is made twice.
bool MayBeRepeated(const google::protobuf::MethodDescriptor& method);

struct Connection {
  std::vector<std::string> hubs;  // "host:port", at least one
  std::string tls;                // folder with tls.crt, tls.key and ca.crt of an operator
  absl::Duration timeout = absl::Seconds(60);         // of each call
  absl::Duration connect_timeout = absl::Seconds(2);  // of each hub, where there is another one

  // "hub-1:8443,hub-2:8443"
  std::string HubsText() const;
};

// Calls the first hub that can be reached over mutual TLS, and stays with it. A call that fails in
// a way that another hub may not is repeated at the next one, if it MayBeRepeated, until each has
// been asked once.
// `on_wait` is called about once a second, with the hub's address, while a call is under way.
// Errors: those of the TLS material. Connects with the first call.
absl::StatusOr<std::unique_ptr<HubCalls>> ConnectToHub(
    const Connection& connection, Clock& clock, std::function<void(std::string_view hub)> on_wait);

}  // namespace switchboard::cli
