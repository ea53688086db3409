#include "clients/cli/hub_calls.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_join.h"
#include "clients/transport/hub_channels.h"
#include "clients/transport/retry.h"
#include "hub/base/error.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/method.pb.h"
#include "switchboard/v1/operator_service.grpc.pb.h"

namespace switchboard::cli {
namespace {

using Hubs = transport::Hubs<v1::OperatorService>;

constexpr const char* kServices[] = {"switchboard.v1.OperatorService",
                                     "switchboard.v1.PrivacyService"};
constexpr int kAnswerBytesMax = 64 * 1024 * 1024;
constexpr absl::Duration kOnlyHubConnectTimeout = absl::Seconds(20);  // nobody else is to be asked
constexpr const char* kHealthStates[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

// Changes that are the same when they are made twice, or do no more than tell the audit log. Others
// would be answered with an error, or done once more.
constexpr std::string_view kRepeatableChanges[] = {
    "CheckRecording",    "DecidePersonRequest", "DecidePlan",        "DecideUnmasking",
    "DropProposal",      "EndContract",         "EndLegalHold",      "ListProposedPlans",
    "OpenPersonRequest", "PlaceLegalHold",      "ProposeText",       "RecallAssignments",
    "ReleaseText",       "ResumeRetention",     "RetireVendor",      "RotateKeys",
    "SetStop",           "VouchForQuarantine",  "WaiveDeletionOrder"};

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// grpc.health.v1 in the wire's own terms: gRPC installs no header for it. Both messages have one
// field, 1.
grpc::ByteBuffer HealthRequest(const std::string& service) {
  google::protobuf::Empty request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(1, service);
  return BufferOf(request.SerializeAsString());
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

  Answer<std::string> Health(const std::string& service) override {
    ASSIGN_OR_RETURN(grpc::ByteBuffer answer,
                     CallHubs("/grpc.health.v1.Health/Check", HealthRequest(service), true));
    return HealthState(answer);
  }

 protected:
  absl::Status Call(const google::protobuf::MethodDescriptor& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message& response) override {
    const std::string path = "/" + method.service()->full_name() + "/" + method.name();
    ASSIGN_OR_RETURN(grpc::ByteBuffer answer,
                     CallHubs(path, BufferOf(request.SerializeAsString()), MayBeRepeated(method)));
    grpc::Slice slice;
    if (answer.DumpToSingleSlice(&slice).ok() &&
        response.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
      return absl::OkStatus();
    }
    return Error(absl::StatusCode::kInternal, "ANSWER_MALFORMED",
                 "the answer is no " + method.output_type()->name());
  }

 private:
  absl::StatusOr<grpc::ByteBuffer> CallHubs(const std::string& path,
                                            const grpc::ByteBuffer& request, bool repeatable) {
    for (size_t left = hubs_.size() - 1;; --left) {
      const auto hub = hubs_.current();
      // The last one is asked without further ado: how that fails tells more.
      if (left == 0 || transport::Connect(*hub->channel, connection_.connect_timeout)) {
        auto answer = AskHub(*hub, path, request);
        const bool enough =
            left == 0 || !repeatable || !transport::AnotherHubMayDo(answer.status());
        if (answer.ok() || enough) return answer;
      }
      hubs_.TurnFrom(hub->number);
    }
  }

  absl::StatusOr<grpc::ByteBuffer> AskHub(const Hubs::Hub& hub, const std::string& path,
                                          const grpc::ByteBuffer& request) {
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         absl::ToChronoNanoseconds(connection_.timeout));
    grpc::ByteBuffer response;
    grpc::Status status;
    auto call = grpc::GenericStub(hub.channel).PrepareUnaryCall(&context, path, request, &queue);
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

const google::protobuf::MethodDescriptor& HubCalls::MethodOf(
    const google::protobuf::Message& request) {
  const google::protobuf::MethodDescriptor* found = nullptr;
  for (const char* name : kServices) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    SWITCHBOARD_ASSERT(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->input_type() == request.GetDescriptor()) found = service->method(i);
    }
  }
  SWITCHBOARD_ASSERT(found != nullptr);
  return *found;
}

bool MayBeRepeated(const google::protobuf::MethodDescriptor& method) {
  if (method.options().GetExtension(v1::rule).effect() == v1::MethodRule::EFFECT_READS) return true;
  return std::find(std::begin(kRepeatableChanges), std::end(kRepeatableChanges), method.name()) !=
         std::end(kRepeatableChanges);
}

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
