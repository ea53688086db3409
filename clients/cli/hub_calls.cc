#include "clients/cli/hub_calls.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/operator_service.grpc.pb.h"

namespace switchboard::cli {
namespace {

using Stub = v1::OperatorService::Stub;

constexpr int kAnswerBytesMax = 64 * 1024 * 1024;
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
  GrpcHubCalls(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout,
               std::function<void()> on_wait)
      : stub_(v1::OperatorService::NewStub(channel)),
        generic_(channel),
        timeout_(timeout),
        on_wait_(std::move(on_wait)) {}

#define HUB_CALL(Method)                                                             \
  Answer<v1::Method##Response> Method(const v1::Method##Request& request) override { \
    return Wait<v1::Method##Response>(                                               \
        [&](grpc::ClientContext* context, grpc::CompletionQueue* queue) {            \
          return stub_->PrepareAsync##Method(context, request, queue);               \
        });                                                                          \
  }
  HUB_CALL(ListVendors)
  HUB_CALL(ApplyContract)
  HUB_CALL(ApplyRoutingPlan)
  HUB_CALL(PreviewRouting)
  HUB_CALL(RecallAssignments)
  HUB_CALL(DecideRecall)
  HUB_CALL(SetStop)
  HUB_CALL(ListPlacements)
  HUB_CALL(ListDisclosures)
  HUB_CALL(ListQuarantine)
  HUB_CALL(ReadAudit)
#undef HUB_CALL

  Answer<std::string> Health(const std::string& service) override {
    auto answer =
        Wait<grpc::ByteBuffer>([&](grpc::ClientContext* context, grpc::CompletionQueue* queue) {
          return generic_.PrepareUnaryCall(context, "/grpc.health.v1.Health/Check",
                                           HealthRequest(service), queue);
        });
    if (!answer.ok()) return answer.status();
    return HealthState(*answer);
  }

 private:
  template <typename Response, typename Prepare>
  absl::StatusOr<Response> Wait(const Prepare& prepare) {
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout_));
    Response response;
    grpc::Status status;
    auto call = prepare(&context, &queue);
    call->StartCall();
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    const gpr_timespec second = gpr_time_from_millis(1000, GPR_TIMESPAN);
    while (queue.AsyncNext(&tag, &ok, second) == grpc::CompletionQueue::TIMEOUT) {
      if (on_wait_) on_wait_();
    }
    queue.Shutdown();
    if (!status.ok()) return identity::FromGrpc(status);
    return response;
  }

  const std::unique_ptr<Stub> stub_;
  grpc::GenericStub generic_;
  const absl::Duration timeout_;
  const std::function<void()> on_wait_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HubCalls>> ConnectToHub(const Connection& connection, Clock& clock,
                                                       std::function<void()> on_wait) {
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(connection.tls, clock));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  auto channel = grpc::CreateCustomChannel(connection.hub, credentials, arguments);
  return std::make_unique<GrpcHubCalls>(channel, connection.timeout, std::move(on_wait));
}

}  // namespace switchboard::cli
