#include "tests/simulation/operator_party.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {
namespace {

constexpr char kActor[] = "operator/ito";

}  // namespace

absl::Status OperatorParty::SetUp() {
  api::OperatorApi& desk = world_.hub.hub().operator_api();
  absl::Status status;
  auto note = [&](const auto& answer) {
    if (status.ok() && !answer.ok()) status = answer.status();
  };
  for (const char* vendor_id : kVendors) {
    v1::ApplyContractRequest request;
    request.set_yaml(ContractYaml(vendor_id, 0));
    desk.ApplyContract(kActor, request, note);
  }
  RETURN_IF_ERROR(world_.hub.WorkAll());
  v1::ApplyRoutingPlanRequest request;
  request.set_yaml(PlanYaml(0));
  desk.ApplyRoutingPlan(kActor, request, note);
  RETURN_IF_ERROR(world_.hub.WorkAll());
  return status;
}

template <typename Request, typename Response>
void OperatorParty::Call(Request request,
                         void (api::OperatorApi::*method)(std::string, Request,
                                                                 Done<Response>)) {
  auto at_hub = [this, method, bytes = request.SerializeAsString()](Network::Answer answer) {
    Request received;
    received.ParseFromString(bytes);
    (world_.hub.hub().operator_api().*method)(kActor, std::move(received),
                                               AsBytes<Response>(std::move(answer)));
  };
  world_.network.Call(std::move(at_hub), [this](const absl::StatusOr<std::string>& answer) {
    world_.Judge(answer.status());
  });
}

void OperatorParty::Act() {
  switch (world_.dice.Below(8)) {
    case 0:
    case 1:
      return Recall();
    case 2:
    case 3:
    case 4:
      return Decide();
    case 5:
      return ChangeContract();
    case 6:
      return ToggleStop();
    default: {
      v1::ApplyRoutingPlanRequest request;
      request.set_yaml(PlanYaml(++plan_version_));
      return Call(request, &api::OperatorApi::ApplyRoutingPlan);
    }
  }
}

void OperatorParty::Recall() {
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_MOVED);
  request.set_place_again(world_.dice.Chance(0.6));
  if (world_.dice.Chance(0.15)) {
    request.set_vendor_id(kVendors[world_.dice.Below(3)]);
  } else {
    for (const std::string& id : world_.assignment_ids) {
      if (world_.dice.Chance(0.1)) request.add_assignment_ids(id);
    }
    if (request.assignment_ids().empty()) return;
  }
  Call(request, &api::OperatorApi::RecallAssignments);
}

void OperatorParty::Decide() {
  if (world_.assignment_ids.empty()) return;
  auto any = world_.assignment_ids.begin();
  std::advance(any, world_.dice.Below(static_cast<int64_t>(world_.assignment_ids.size())));
  v1::DecideRecallRequest request;
  request.set_assignment_id(*any);
  request.set_decision(world_.dice.Chance(0.5) ? v1::DecideRecallRequest::DECISION_CANCEL
                                               : v1::DecideRecallRequest::DECISION_FINAL);
  Call(request, &api::OperatorApi::DecideRecall);
}

void OperatorParty::ChangeContract() {
  v1::ApplyContractRequest request;
  request.set_yaml(ContractYaml(kVendors[world_.dice.Below(3)], world_.dice.Below(3)));
  Call(request, &api::OperatorApi::ApplyContract);
}

void OperatorParty::ToggleStop() {
  v1::SetStopRequest request;
  if (world_.dice.Chance(0.7)) {
    const std::string vendor_id = kVendors[world_.dice.Below(3)];
    request.set_vendor_id(vendor_id);
    request.set_stopped(stopped_[vendor_id] = !stopped_[vendor_id]);
  } else {
    request.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
    request.set_stopped(work_type_stopped_ = !work_type_stopped_);
  }
  Call(request, &api::OperatorApi::SetStop);
}

}  // namespace switchboard::simulation
