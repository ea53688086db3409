#include "hub/edge/reflection_service.h"

#include <utility>

#include "hub/base/mutex.h"
#include "hub/edge/caller.h"
#include "hub/edge/shown_services.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::edge {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

void Refuse(grpc::StatusCode code, const char* why, ServerReflectionResponse& response) {
  response.mutable_error_response()->set_error_code(code);
  response.mutable_error_response()->set_error_message(why);
}

void AnswerFile(const FileDescriptor* file, ServerReflectionResponse& response) {
  if (file == nullptr)
    return Refuse(grpc::StatusCode::NOT_FOUND, "the hub serves this caller nothing of that name",
                  response);
  for (const FileDescriptor* each : WithImports(*file)) {
    google::protobuf::FileDescriptorProto proto;
    each->CopyTo(&proto);
    response.mutable_file_descriptor_response()->add_file_descriptor_proto(
        proto.SerializeAsString());
  }
}

void AnswerServices(const ShownServices& shown, ServerReflectionResponse& response) {
  auto& list = *response.mutable_list_services_response();
  for (const ServiceDescriptor* service : shown.services())
    list.add_service()->set_name(service->full_name());
  list.add_service()->set_name(grpc::reflection::v1alpha::ServerReflection::service_full_name());
}

void AnswerExtensions(const ShownServices& shown, const std::string& type,
                      ServerReflectionResponse& response) {
  if (shown.FileOfSymbol(type) == nullptr) return AnswerFile(nullptr, response);
  auto& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(type);
  for (const int number : shown.ExtensionsOf(type)) numbers.add_extension_number(number);
}

ServerReflectionResponse AnswerTo(const ServerReflectionRequest& request,
                                  const ShownServices& shown) {
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kListServices:
      AnswerServices(shown, response);
      break;
    case ServerReflectionRequest::kFileByFilename:
      AnswerFile(shown.FileNamed(request.file_by_filename()), response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      AnswerFile(shown.FileOfSymbol(request.file_containing_symbol()), response);
      break;
    case ServerReflectionRequest::kFileContainingExtension:
      AnswerFile(shown.FileOfExtension(request.file_containing_extension().containing_type(),
                                       request.file_containing_extension().extension_number()),
                 response);
      break;
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      AnswerExtensions(shown, request.all_extension_numbers_of_type(), response);
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      Refuse(grpc::StatusCode::INVALID_ARGUMENT, "message_request is missing", response);
      break;
  }
  return response;
}

// Reads the next question once the answer before it is written, so that who asks and does not read
// holds one answer.
class ReflectionReactor final
    : public grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse>,
      public Call {
 public:
  ReflectionReactor(const EdgeParts& parts, const std::vector<const ServiceDescriptor*>& services,
                    const grpc::CallbackServerContext& context)
      : parts_(parts), services_(services), context_(context), entered_(parts.calls.Enter(this)) {
    // Refused at once, before anything is asked.
    const absl::Status begun =
        entered_ ? CallerOf(context, parts.connections, parts.trust).status() : ShuttingDown();
    begun.ok() ? ReadNext() : FinishOnce(begun);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return FinishOnce(absl::OkStatus());
    const auto caller = CallerOf(context_, parts_.connections, parts_.trust);
    if (!caller.ok()) return FinishOnce(caller.status());
    response_ = AnswerTo(request_, ShownServices(services_, *caller));
    MutexLock lock(mutex_);
    if (!finished_) StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return FinishOnce(absl::OkStatus());
    ReadNext();
  }
  void OnCancel() override { FinishOnce(absl::CancelledError("the caller is gone")); }
  void OnDone() override {
    if (entered_) parts_.calls.Leave(this);
    delete this;
  }

  // Nothing that was begun is lost with it.
  void Drain() override { FinishOnce(ShuttingDown()); }
  void End() override { FinishOnce(ShuttingDown()); }

 private:
  void ReadNext() {
    MutexLock lock(mutex_);
    if (!finished_) StartRead(&request_);
  }
  void FinishOnce(const absl::Status& status) {
    MutexLock lock(mutex_);
    if (std::exchange(finished_, true)) return;
    Finish(identity::ToGrpc(status));
  }

  const EdgeParts& parts_;
  const std::vector<const ServiceDescriptor*>& services_;
  const grpc::CallbackServerContext& context_;
  ServerReflectionRequest request_;
  ServerReflectionResponse response_;
  Mutex mutex_;
  bool finished_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  const bool entered_;  // the last: from here on the server may end it
};

}  // namespace

grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse>*
ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext* context) {
  return new ReflectionReactor(parts_, services_, *context);
}

}  // namespace switchboard::edge
