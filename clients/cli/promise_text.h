#pragma once

#include <string>

#include "google/protobuf/repeated_field.h"
#include "switchboard/v1/payment_plan.pb.h"
#include "switchboard/v1/promise.pb.h"

// What promises and plans say, for people.

namespace switchboard::cli {

// How a promise stands, by name: "KEPT"; with words where head office has a part in it: "PENDING:
// waits for head office".
std::string StandingText(v1::PromiseStanding standing);

// Why a plan waits: "it lasts too long; too few proofs of means".
std::string BeyondText(const google::protobuf::RepeatedField<int>& beyond);

// What a plan gives up: "LATE_FEES JPY 500, INTEREST JPY 80". Empty: nothing.
std::string WaiversText(const google::protobuf::RepeatedPtrField<v1::PaymentPlan::Waiver>& waivers);

}  // namespace switchboard::cli
