#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include <grpcpp/client_context.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/core/core_client.h"
#include "clients/transport/hub_channels.h"
#include "clients/transport/hub_round.h"
#include "clients/transport/unary_calls.h"
#include "switchboard/v1/core_service.grpc.pb.h"

namespace switchboard::clients {

// What the calls of a CoreClient share: the channels, the retries, the cancelling. Thread-safe.
class CoreClient::Wire {
 public:
  Wire(CoreClientOptions options, IdMint& ids, std::unique_ptr<transport::ChannelSource> source,
       const transport::Channels& channels);

  // Counts attempts without progress and waits between them.
  class Attempts {
   public:
    explicit Attempts(Wire& wire) : wire_(wire), round_(wire.options_.backoff, wire.hubs_.size()) {}
    // This attempt got somewhere.
    void Progressed();
    // Turns to the next hub, if that may help, and waits until it is time to try again. Errors:
    // `failure` when trying again is of no use or has been tried enough; CANCELLED, CLIENT_STOPPED.
    absl::Status WaitAfter(const absl::Status& failure,
                           const transport::Hubs<v1::CoreService>::Hub& hub);

   private:
    void Wait(absl::Duration delay, bool requested);

    Wire& wire_;
    transport::HubRound round_;
    bool progressed_ = false;
    int rounds_without_progress_ = 0;
  };

  // A blocking unary call with retries; `timeout` is that of one attempt.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(std::string_view method,
                                grpc::Status (v1::CoreService::Stub::*call)(grpc::ClientContext*,
                                                                            const Request&,
                                                                            Response*),
                                const Request& request, absl::Duration timeout);

  void See(std::string_view method, const grpc::Status& status,
           const google::protobuf::MessageLite& response) const;
  void Cancel();
  bool cancelled() const { return cancelled_; }

  const CoreClientOptions& options() const { return options_; }
  transport::Hubs<v1::CoreService>& hubs() { return hubs_; }
  transport::CallsUnderWay& calls() { return calls_; }

 private:
  const CoreClientOptions options_;
  IdMint& ids_;
  const std::unique_ptr<transport::ChannelSource> source_;
  transport::Hubs<v1::CoreService> hubs_;
  transport::CallsUnderWay calls_;
  std::atomic<bool> cancelled_ = false;
};

template <typename Request, typename Response>
absl::StatusOr<Response> CoreClient::Wire::Call(
    std::string_view method,
    grpc::Status (v1::CoreService::Stub::*call)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, absl::Duration timeout) {
  Attempts attempts(*this);
  while (true) {
    grpc::ClientContext context;
    transport::SetTimeout(context, timeout);
    // The only hub there is is worth waiting for; one of several is not.
    context.set_wait_for_ready(hubs_.size() == 1);
    if (!calls_.Begin(&context)) return transport::ClientStopped();
    const auto hub = hubs_.current();
    Response response;
    const grpc::Status status = (hub->stub.get()->*call)(&context, request, &response);
    calls_.Forget(&context);
    calls_.End();
    See(method, status, response);
    if (status.ok()) return response;
    RETURN_IF_ERROR(attempts.WaitAfter(identity::FromGrpc(status), *hub));
  }
}

}  // namespace switchboard::clients
