#pragma once

#include "absl/status/statusor.h"
#include "hub/masking/permit_answer.h"
#include "hub/masking/withheld_answer.h"
#include "hub/permits/judge.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::permits {

using masking::WithheldAnswer;

// The answer to a request as it may leave. INTERNAL, WITHHELD when it holds what the contract does
// not grant: it is in `withheld` then. REQUIRES: Judge::Aim went well.
absl::StatusOr<masking::ToVendor<v1::RequestPermitResponse>> LookOnceMore(
    const Judgement& judgement, const v1::RequestPermitResponse& response,
    WithheldAnswer& withheld);
absl::StatusOr<masking::ToVendor<v1::PlanContactsResponse>> LookOnceMore(
    const Judgement& judgement, const v1::PlanContactsResponse& response, WithheldAnswer& withheld);

}  // namespace switchboard::permits
