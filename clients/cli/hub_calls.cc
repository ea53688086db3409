#include "clients/cli/hub_calls.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_join.h"
#include "clients/transport/hub_channels.h"
#include "clients/transport/retry.h"
#include "hub/base/error.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/operator_service.grpc.pb.h"

namespace switchboard::cli {
namespace {

using Hubs = transport::Hubs<v1::OperatorService>;

constexpr int kAnswerBytesMax = 64 * 1024 * 1024;
constexpr absl::Duration kOnlyHubConnectTimeout = absl::Seconds(20);  // nobody else is to be asked
constexpr const char* kHealthStates[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

// grpc.health.v1 in the wire's own terms: gRPC installs no header for it. Both messages have one
// field, 1.
grpc::ByteBuffer HealthRequest(const std::string& service) {
  google::protobuf::Empty request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(1, service);
  grpc::Slice slice(request.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<std::string> HealthState(grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  google::protobuf::Empty response;
  const absl::Status unreadable = Error(absl::StatusCode::kInternal, "ANSWER_MALFORMED",
                                        "the answer is no HealthCheckResponse");
  if (!buffer.DumpToSingleSlice(&slice).ok()) return unreadable;
  if (!response.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) return unreadable;
  uint64_t state = 0;
  const auto& fields = response.GetReflection()->GetUnknownFields(response);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    const bool is_state =
        field.number() == 1 && field.type() == google::protobuf::UnknownField::TYPE_VARINT;
    if (is_state) state = field.varint();
  }
  if (state >= std::size(kHealthStates)) return unreadable;
  return kHealthStates[state];
}

class GrpcHubCalls final : public HubCalls {
 public:
  GrpcHubCalls(const Connection& connection, const transport::Channels& channels,
               std::function<void(std::string_view)> on_wait)
      : connection_(connection), hubs_(channels), on_wait_(std::move(on_wait)) {}

#define HUB_CALL_AS(Method, repeatable)                                                         \
  Answer<v1::Method##Response> Method(const v1::Method##Request& request) override {            \
    return Call<v1::Method##Response>(                                                          \
        repeatable,                                                                             \
        [&](const Hubs::Hub& hub, grpc::ClientContext* context, grpc::CompletionQueue* queue) { \
          return hub.stub->PrepareAsync##Method(context, request, queue);                       \
        });                                                                                     \
  }
#define HUB_CALL(Method) HUB_CALL_AS(Method, true)
  HUB_CALL(ListVendors)
  HUB_CALL(ApplyContract)
  HUB_CALL(ApplyRoutingPlan)
  HUB_CALL(PreviewRouting)
  HUB_CALL(RecallAssignments)
  HUB_CALL_AS(DecideRecall, false)
  HUB_CALL(SetStop)
  HUB_CALL(ListPlacements)
  HUB_CALL(ListDisclosures)
  HUB_CALL(ListQuarantine)
  HUB_CALL(ReadAudit)
  HUB_CALL_AS(StartBackup, false)
  HUB_CALL(GetBackup)
#undef HUB_CALL
#undef HUB_CALL_AS

  Answer<std::string> Health(const std::string& service) override {
    auto answer = Call<grpc::ByteBuffer>(true, [&](const Hubs::Hub& hub,
                                                   grpc::ClientContext* context,
                                                   grpc::CompletionQueue* queue) {
      return grpc::GenericStub(hub.channel)
          .PrepareUnaryCall(context, "/grpc.health.v1.Health/Check", HealthRequest(service), queue);
    });
    if (!answer.ok()) return answer.status();
    return HealthState(*answer);
  }

 private:
  template <typename Response, typename Prepare>
  absl::StatusOr<Response> Call(bool repeatable, const Prepare& prepare) {
    for (size_t left = hubs_.size() - 1;; --left) {
      const auto hub = hubs_.current();
      // The last one is asked without further ado: how that fails tells more.
      if (left == 0 || transport::Connect(*hub->channel, connection_.connect_timeout)) {
        auto answer = Ask<Response>(*hub, prepare);
        const bool enough = left == 0 || !repeatable || !transport::AnotherHubMayDo(answer.status());
        if (answer.ok() || enough) return answer;
      }
      hubs_.TurnFrom(hub->number);
    }
  }

  template <typename Response, typename Prepare>
  absl::StatusOr<Response> Ask(const Hubs::Hub& hub, const Prepare& prepare) {
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         absl::ToChronoNanoseconds(connection_.timeout));
    Response response;
    grpc::Status status;
    auto call = prepare(hub, &context, &queue);
    call->StartCall();
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    const gpr_timespec second = gpr_time_from_millis(1000, GPR_TIMESPAN);
    while (queue.AsyncNext(&tag, &ok, second) == grpc::CompletionQueue::TIMEOUT) {
      if (on_wait_) on_wait_(connection_.hubs[hub.number]);
    }
    queue.Shutdown();
    if (!status.ok()) return identity::FromGrpc(status);
    return response;
  }

  const Connection connection_;
  Hubs hubs_;
  const std::function<void(std::string_view)> on_wait_;
};

}  // namespace

std::string Connection::HubsText() const { return absl::StrJoin(hubs, ","); }

absl::StatusOr<std::unique_ptr<HubCalls>> ConnectToHub(
    const Connection& connection, Clock& clock, std::function<void(std::string_view hub)> on_wait) {
  transport::ChannelOptions options;
  options.connect_timeout =
      connection.hubs.size() > 1 ? connection.connect_timeout : kOnlyHubConnectTimeout;
  options.receive_bytes_max = kAnswerBytesMax;
  options.use_proxy = false;
  transport::ChannelSource source(connection.hubs, connection.tls, nullptr, clock, options);
  ASSIGN_OR_RETURN(const transport::Channels channels, source.Make());
  return std::make_unique<GrpcHubCalls>(connection, channels, std::move(on_wait));
}

}  // namespace switchboard::cli
