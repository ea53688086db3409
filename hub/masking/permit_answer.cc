#include "hub/masking/permit_answer.h"

#include <optional>
#include <utility>

namespace switchboard::masking {
namespace {

using v1::RequestPermitsResponse;

RequestPermitsResponse AnswerTo(const v1::RequestPermitRequest& asked) {
  RequestPermitsResponse response;
  response.mutable_answer()->set_assignment_id(asked.assignment_id());
  response.mutable_answer()->set_request_id(asked.request_id());
  return response;
}

// Of who has no such work nothing is known that could be told.
const WireGuard& GuardOf(const PermitSubject& subject) {
  static const WireGuard nobodys(v1::Contract(), v1::WORK_TYPE_UNSPECIFIED);
  return subject.guard == nullptr ? nobodys : *subject.guard;
}

}  // namespace

std::variant<ToVendor<v1::RequestPermitResponse>, Finding> PermitAnswer::Of(
    const v1::RequestPermitResponse& response, const PermitSubject& subject) {
  std::string bytes = response.SerializeAsString();
  const auto finding =
      GuardOf(subject).CheckPermit(bytes, {subject.person_bytes, ""}, subject.target);
  if (finding.has_value()) return *finding;
  return ToVendor<v1::RequestPermitResponse>(std::move(bytes));
}

std::variant<ToVendor<v1::PlanContactsResponse>, Finding> PermitAnswer::Of(
    const v1::PlanContactsResponse& response, const PermitSubject& subject) {
  std::string bytes = response.SerializeAsString();
  const auto finding =
      GuardOf(subject).CheckPlan(bytes, {subject.person_bytes, ""}, subject.target);
  if (finding.has_value()) return *finding;
  return ToVendor<v1::PlanContactsResponse>(std::move(bytes));
}

ToVendor<RequestPermitsResponse> PermitAnswer::OnStream(
    const v1::RequestPermitRequest& asked, const ToVendor<v1::RequestPermitResponse>& response) {
  v1::RequestPermitResponse answered = response.Read();
  RequestPermitsResponse message = AnswerTo(asked);
  if (answered.has_denial()) {
    *message.mutable_answer()->mutable_denial() = std::move(*answered.mutable_denial());
  } else {
    *message.mutable_answer()->mutable_permit() = std::move(*answered.mutable_permit());
  }
  return ToVendor<RequestPermitsResponse>(message.SerializeAsString());
}

ToVendor<RequestPermitsResponse> PermitAnswer::Problem(const v1::RequestPermitRequest& asked,
                                                       std::string field, std::string problem) {
  RequestPermitsResponse message = AnswerTo(asked);
  message.mutable_answer()->mutable_problem()->set_field(std::move(field));
  message.mutable_answer()->mutable_problem()->set_problem(std::move(problem));
  return ToVendor<RequestPermitsResponse>(message.SerializeAsString());
}

ToVendor<RequestPermitsResponse> PermitAnswer::Voided(std::string_view permit_id,
                                                      std::string_view assignment_id) {
  RequestPermitsResponse message;
  message.mutable_voided_permit()->set_permit_id(std::string(permit_id));
  message.mutable_voided_permit()->set_assignment_id(std::string(assignment_id));
  return ToVendor<RequestPermitsResponse>(message.SerializeAsString());
}

}  // namespace switchboard::masking
