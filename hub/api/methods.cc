#include "hub/api/methods.h"

#include "hub/identity/authorization.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::api {

const v1::MethodRule& Method::rule() const { return descriptor->options().GetExtension(v1::rule); }

size_t Method::request_bytes_max() const {
  const int32_t bytes = rule().request_bytes_max();
  if (bytes > 0) return static_cast<size_t>(bytes);
  return rule().effect() == v1::MethodRule::EFFECT_READS ? kReadBytesMax : kRequestBytesMax;
}

const google::protobuf::ServiceDescriptor& ServiceOf(const CoreApi&) {
  return *v1::ReadCoreFeedRequest::descriptor()->file()->service(0);
}

const google::protobuf::ServiceDescriptor& ServiceOf(const VendorApi&) {
  return *v1::ReportOutcomesRequest::descriptor()->file()->service(0);
}

const google::protobuf::ServiceDescriptor& ServiceOf(const OperatorApi&) {
  return *v1::ListVendorsRequest::descriptor()->file()->service(0);
}

// Its messages stand in files of their own.
const google::protobuf::ServiceDescriptor& ServiceOf(const PrivacyApi&) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "switchboard.v1.PrivacyService");
  SWITCHBOARD_ASSERT(service != nullptr);
  return *service;
}

Method MethodOf(const google::protobuf::ServiceDescriptor& service, std::string_view name,
                const google::protobuf::Descriptor* request,
                const google::protobuf::Descriptor& response) {
  Method method;
  method.descriptor = service.FindMethodByName(std::string(name));
  SWITCHBOARD_ASSERT(method.descriptor != nullptr);
  SWITCHBOARD_ASSERT(request == nullptr || method.descriptor->input_type() == request);
  SWITCHBOARD_ASSERT(method.descriptor->output_type() == &response);
  method.name = "/" + service.full_name() + "/" + method.descriptor->name();
  const v1::MethodRule* rule = identity::RuleOf(method.name);
  SWITCHBOARD_ASSERT(rule != nullptr);
  SWITCHBOARD_ASSERT(rule->caller() != v1::MethodRule::CALLER_UNSPECIFIED);
  SWITCHBOARD_ASSERT(rule->effect() != v1::MethodRule::EFFECT_UNSPECIFIED);
  SWITCHBOARD_ASSERT(rule->request_bytes_max() >= 0 &&
                     static_cast<size_t>(rule->request_bytes_max()) <= kRequestBytesMax);
  return method;
}

absl::Status MalformedRequest(const Method& method) {
  return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
               "the bytes are no " + method.descriptor->input_type()->name());
}

}  // namespace switchboard::api
