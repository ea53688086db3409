#pragma once

#include "absl/status/statusor.h"
#include "hub/masking/permit_answer.h"
#include "hub/permits/judge.h"
#include "switchboard/v1/operator_records.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::permits {

// An answer that the guard on the wire did not let pass, and what it would have shown.
struct WithheldAnswer {
  masking::Finding finding;
  v1::WithheldRow row;
};

// The answer to a request as it may leave. INTERNAL, WITHHELD when it holds what the contract does
// not grant: it is in `withheld` then. REQUIRES: Judge::Aim went well.
absl::StatusOr<masking::ToVendor<v1::RequestPermitResponse>> LookOnceMore(
    const Judgement& judgement, const v1::RequestPermitResponse& response,
    WithheldAnswer& withheld);
absl::StatusOr<masking::ToVendor<v1::PlanContactsResponse>> LookOnceMore(
    const Judgement& judgement, const v1::PlanContactsResponse& response, WithheldAnswer& withheld);

}  // namespace switchboard::permits
