#include "hub/permits/last_look.h"

#include <string>
#include <utility>
#include <variant>

namespace switchboard::permits {
namespace {

using masking::ToVendor;

masking::PermitSubject SubjectOf(const Judgement& judgement) {
  masking::PermitSubject subject;
  const auto& guards = judgement.contract->guards;
  const auto guard = guards.find(judgement.assignment.work_type);
  if (guard != guards.end()) subject.guard = guard->second.get();
  subject.person_bytes = judgement.person.SerializeAsString();
  subject.target = judgement.target.value;
  return subject;
}

template <typename Response>
absl::StatusOr<ToVendor<Response>> Look(const Judgement& judgement, const Response& response,
                                        const v1::Permit& permit, WithheldAnswer& withheld) {
  auto looked_at = masking::PermitAnswer::Of(response, SubjectOf(judgement));
  if (auto* message = std::get_if<ToVendor<Response>>(&looked_at)) return std::move(*message);
  withheld.finding = std::get<masking::Finding>(looked_at);
  v1::WithheldRow& row = withheld.row;
  row.set_vendor_id(std::string(judgement.vendor_id));
  row.set_contract_version(judgement.contract->version);
  row.mutable_assigned()->set_assignment_id(judgement.assignment.assignment_id);
  *row.mutable_permit() = permit;
  // It never comes to be, and is kept once however often it is asked for.
  row.mutable_permit()->clear_permit_id();
  row.mutable_permit()->clear_trunk_token();
  row.mutable_permit()->clear_begin_time();
  row.mutable_permit()->clear_expire_time();
  return masking::Withheld();
}

}  // namespace

absl::StatusOr<ToVendor<v1::RequestPermitResponse>> LookOnceMore(
    const Judgement& judgement, const v1::RequestPermitResponse& response,
    WithheldAnswer& withheld) {
  return Look(judgement, response, response.permit(), withheld);
}

absl::StatusOr<ToVendor<v1::PlanContactsResponse>> LookOnceMore(
    const Judgement& judgement, const v1::PlanContactsResponse& response,
    WithheldAnswer& withheld) {
  return Look(judgement, response, response.plan().permit(), withheld);
}

}  // namespace switchboard::permits
