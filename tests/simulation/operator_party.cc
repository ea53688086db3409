#include "tests/simulation/operator_party.h"

#include "hub/base/error.h"
#include "tests/simulation/code_maps.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {
namespace {

using Api = api::OperatorApi;

// Contracts that were ended are there still.
constexpr char kForgetEnds[] = "UPDATE contract SET to_day = NULL";
// Whoever proposed is somebody else than whoever releases.
constexpr char kForgetProposers[] =
    "UPDATE text_proposal SET proposed_by = 'operator/nobody' WHERE state = 1";
// No row waits to be shown again.
constexpr char kForgetLoosened[] =
    "UPDATE vendor SET loosened_from = 0, loosened_through = 0 WHERE loosened_from > 0";
// What was released last decides in years only.
constexpr char kBeginLater[] =
    "UPDATE contract SET from_day = 40000 WHERE version > 1 AND version = (SELECT MAX(o.version) "
    "FROM contract o WHERE o.vendor_id = contract.vendor_id)";

std::string NameOfStop(const std::string& subject) { return "stop of " + subject; }

}  // namespace

absl::Status OperatorParty::ComeBack() {
  for (const char* vendor_id : kVendors) {
    if (!ended_.contains(vendor_id) || world_.dice.Chance(0.3)) continue;
    Forget(NameOfEnd(vendor_id));
    const ContractTerms terms(world_.dice.Below(kShapes));
    RETURN_IF_ERROR(PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(vendor_id, terms)));
  }
  return absl::OkStatus();
}

void OperatorParty::SpoilBefore() {
  if (world_.Planted(Mistake::kOneWordReleases)) world_.hub.Corrupt(kForgetProposers);
}

void OperatorParty::SpoilBehind() {
  if (world_.Planted(Mistake::kEndForgotten)) world_.hub.Corrupt(kForgetEnds);
  if (world_.Planted(Mistake::kLoosenedNotShown)) world_.hub.Corrupt(kForgetLoosened);
  if (world_.Planted(Mistake::kTightenedLate)) world_.hub.Corrupt(kBeginLater);
}

void OperatorParty::Note(const std::string& name, const std::string& vendor_id, int work_type) {
  if (notes_.contains(name)) return;
  notes_[name] = world_.ledger.stops.size();
  invariants::AcknowledgedStop& stop = world_.ledger.stops.emplace_back();
  stop.event_id = name;
  stop.vendor_id = vendor_id;
  stop.work_type = work_type;
  stop.acknowledged_at = world_.Moment();
}

void OperatorParty::Forget(const std::string& name) {
  const auto found = notes_.find(name);
  if (found == notes_.end()) return;
  world_.ledger.stops[found->second].lift_sent_at = world_.Moment();
  notes_.erase(found);
}

void OperatorParty::Act() {
  if (world_.dice.Chance(0.25)) return LookForPlans();
  if (world_.dice.Chance(0.15)) return LookAtProposals();
  switch (world_.dice.Below(10)) {
    case 0:
    case 1:
      return Recall();
    case 2:
    case 3:
      return Decide();
    case 4:
    case 5:
      return ChangeContract();
    case 6:
      return EndContract();
    case 7:
      return ToggleStop();
    case 8:
      return world_.dice.Chance(0.4) ? RetireReader() : ChangeCodes();
    default:
      if (world_.dice.Chance(0.5)) return ChangePack();
      if (world_.dice.Chance(0.6)) return ChangeCodes();
      return Propose(v1::TEXT_KIND_ROUTING_PLAN, PlanYaml(++plan_version_));
  }
}

void OperatorParty::ChangeCodes() {
  if (alone_) return;
  if (codes_version_ > 0 && world_.dice.Chance(0.4)) return RetryCoded();
  Propose(v1::TEXT_KIND_CODE_MAP, CodeMapYaml(++codes_version_));
}

void OperatorParty::RetryCoded() {
  v1::ListQuarantineRequest request;
  request.set_max_items(50);
  world_.hub.hub().operator_api().ListQuarantine(
      kIto, request, [this](const absl::StatusOr<v1::ListQuarantineResponse>& list) {
        if (!list.ok()) return;
        v1::ReplayQuarantineRequest retry;
        for (const auto& item : list->items()) {
          // A correction that came while what it corrects was waiting was refused for the gap.
          if (item.status() == "STATUS_UNMAPPED" || item.status() == "STATUS_VERSION_GAP")
            retry.add_quarantine_ids(item.quarantine_id());
        }
        if (!retry.quarantine_ids().empty()) Call(retry, &Api::ReplayQuarantine);
      });
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
  Call(request, &Api::RecallAssignments);
}

void OperatorParty::Decide() {
  if (world_.assignment_ids.empty()) return;
  auto any = world_.assignment_ids.begin();
  std::advance(any, world_.dice.Below(static_cast<int64_t>(world_.assignment_ids.size())));
  v1::DecideRecallRequest request;
  request.set_assignment_id(*any);
  request.set_decision(world_.dice.Chance(0.5) ? v1::DecideRecallRequest::DECISION_CANCEL
                                               : v1::DecideRecallRequest::DECISION_FINAL);
  Call(request, &Api::DecideRecall);
}

// A contract that was ended comes back by this too. Some versions lose a work type, an act or a
// language, some begin tomorrow, some end by themselves.
void OperatorParty::ChangeContract() {
  if (alone_) return;
  Dice& dice = world_.dice;
  const std::string vendor_id = kVendors[dice.Below(3)];
  const absl::CivilDay today = absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone());
  ContractTerms terms;
  terms.shape = dice.Below(kShapes);
  if (dice.Chance(0.2)) terms.without = dice.Chance(0.5) ? "CAMPAIGN" : "EARLY_COLLECTIONS";
  if (terms.without == "EARLY_COLLECTIONS")
    world_.ledger.takes_none_in[vendor_id].insert(v1::WORK_TYPE_EARLY_COLLECTIONS);
  terms.reminds = !dice.Chance(0.15);
  terms.japanese_only = dice.Chance(0.2);
  if (dice.Chance(0.2)) terms.from = today + dice.Below(2);
  if (dice.Chance(0.1)) terms.to = terms.from.value_or(today) + 1 + dice.Below(2);
  if (terms.from.has_value() || terms.to.has_value())
    world_.ledger.without_contract.insert(vendor_id);
  Propose(v1::TEXT_KIND_CONTRACT, ContractYaml(vendor_id, terms));
}

// Other caps, for some days or from now on. Of the versions that are there the highest that is in
// force on a day is heard on that day.
void OperatorParty::ChangePack() {
  if (alone_ || !IsPlain(world_.options)) return;
  Dice& dice = world_.dice;
  absl::TimeZone tokyo;
  absl::LoadTimeZone("Asia/Tokyo", &tokyo);
  PackTerms terms;
  terms.version = ++pack_version_;
  terms.contacts_a_day = 2 + dice.Below(4);
  terms.talks = 1 + dice.Below(3);
  terms.of_number = 1 + dice.Below(3);
  terms.voids_open_permits = dice.Chance(0.3);
  const absl::CivilDay today = absl::ToCivilDay(world_.clock.Now(), tokyo);
  if (dice.Chance(0.7)) terms.from = today + dice.Below(2);
  if (dice.Chance(0.5)) terms.to = terms.from.value_or(today) + 1;
  for (const auto& day : {terms.from, terms.to}) {
    if (day.has_value()) world_.turns.insert(absl::FromCivil(*day, tokyo));
  }
  Propose(v1::TEXT_KIND_RULE_PACK, PackYaml(world_.land, terms));
}

void OperatorParty::EndContract() {
  if (alone_ || world_.dice.Chance(0.5)) return;
  const std::string vendor_id = kVendors[world_.dice.Below(3)];
  world_.ledger.without_contract.insert(vendor_id);
  v1::EndContractRequest request;
  request.set_vendor_id(vendor_id);
  const bool today = world_.dice.Chance(0.7);
  if (!today) {
    const absl::CivilDay day = absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + 1;
    request.mutable_first_day_out()->set_year(static_cast<int32_t>(day.year()));
    request.mutable_first_day_out()->set_month(day.month());
    request.mutable_first_day_out()->set_day(day.day());
  }
  CallAlone(kIto, request, &Api::EndContract,
            [this, vendor_id, today](const absl::StatusOr<v1::EndContractResponse>& response) {
              if (!response.ok() || !today) return;
              ended_.insert(vendor_id);
              Note(NameOfEnd(vendor_id), vendor_id, 0);
            });
}

void OperatorParty::LookForPlans() {
  Dice& dice = world_.dice;
  if (!decided_.empty() && dice.Chance(0.2))
    return SendDecision(dice.Pick(decided_), /*outdated=*/false);
  next_plans_.set_max_plans(1 + dice.Below(3));
  auto at_hub = [this, bytes = next_plans_.SerializeAsString()](Network::Answer answer) {
    v1::ListProposedPlansRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().operator_api().ListProposedPlans(
        kIto, std::move(received), AsBytes<v1::ListProposedPlansResponse>(std::move(answer)));
  };
  world_.network.Call(std::move(at_hub), [this](const absl::StatusOr<std::string>& answer) {
    const auto response = FromBytes<v1::ListProposedPlansResponse>(answer);
    world_.Judge(response.status());
    if (absl::IsInvalidArgument(response.status()))
      world_.Accuse("who lists plans that wait heard " + response.status().ToString());
    if (!response.ok()) return;
    next_plans_.clear_after();
    for (const auto& plan : response->plans()) {
      *next_plans_.mutable_after() = plan.key();
      if (plan.beyond().empty()) world_.Accuse("a plan that waits for nothing was listed");
      if (world_.dice.Chance(0.7)) DecideAbout(plan);
    }
  });
}

void OperatorParty::DecideAbout(const v1::ListProposedPlansResponse::Line& plan) {
  Dice& dice = world_.dice;
  v1::DecidePlanRequest request;
  *request.mutable_key() = plan.key();
  request.set_outcome_version(plan.outcome_version());
  const int verdict = dice.Below(4);
  request.set_verdict(v1::PlanDecision::VERDICT_APPROVED);
  if (verdict == 0) {
    request.set_verdict(v1::PlanDecision::VERDICT_REFUSED);
    request.set_reason(v1::PlanDecision::REASON_TOO_LITTLE);
    request.set_note("nothing is given up on this debt");
  } else if (verdict == 1) {
    request.set_verdict(v1::PlanDecision::VERDICT_CHANGED);
    v1::Outcome::Promise agreed;
    *agreed.mutable_amount() = plan.amount();
    if (dice.Chance(0.5)) agreed.mutable_amount()->set_minor_units(1'000 * (1 + dice.Below(5)));
    Divide(1 + dice.Below(4),
           absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + dice.Below(2), 1, agreed);
    *request.mutable_amount() = agreed.amount();
    *request.mutable_plan() = agreed.plan();
    *request.mutable_plan()->mutable_waivers() = plan.waivers();
  }
  const bool outdated = plan.outcome_version() > 1 && dice.Chance(0.2);
  if (outdated) request.set_outcome_version(plan.outcome_version() - 1);
  if (!outdated) decided_.push_back(request);
  SendDecision(request, outdated);
}

void OperatorParty::SendDecision(const v1::DecidePlanRequest& request, bool outdated) {
  auto at_hub = [this, bytes = request.SerializeAsString()](Network::Answer answer) {
    v1::DecidePlanRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().operator_api().DecidePlan(kIto, std::move(received),
                                               AsBytes<v1::DecidePlanResponse>(std::move(answer)));
  };
  world_.network.Call(std::move(at_hub),
                      [this, request, outdated](const absl::StatusOr<std::string>& answer) {
                        TakeDecision(request, outdated, FromBytes<v1::DecidePlanResponse>(answer));
                      });
}

// A plan may have waited until its first day was over.
bool OperatorParty::IsTooLate(const v1::DecidePlanRequest& request,
                              const absl::StatusOr<v1::DecidePlanResponse>& response) {
  const bool changes = request.verdict() == v1::PlanDecision::VERDICT_CHANGED;
  return request.verdict() != v1::PlanDecision::VERDICT_REFUSED &&
         ErrorReason(response.status()) == "FIELD_INVALID" &&
         ErrorMetadata(response.status(), "field") ==
             (changes ? "plan.instalments[0].due_date" : "verdict");
}

void OperatorParty::TakeDecision(const v1::DecidePlanRequest& request, bool outdated,
                                 const absl::StatusOr<v1::DecidePlanResponse>& response) {
  world_.Judge(response.status());
  const std::string reason = ErrorReason(response.status());
  const bool gone =
      reason == "PLAN_UNKNOWN" || reason == "PLAN_NOT_PENDING" || IsTooLate(request, response);
  if (!response.ok()) {
    // What the network and a hub that has no room say decides nothing.
    if (!gone &&
        (absl::IsInvalidArgument(response.status()) || absl::IsNotFound(response.status()) ||
         absl::IsFailedPrecondition(response.status())))
      world_.Accuse("a decision about a plan was answered " + response.status().ToString());
    return;
  }
  if (!response->changed()) return;
  if (outdated) world_.Accuse("a plan was decided by a version that it has not any more");
  const bool refused = request.verdict() == v1::PlanDecision::VERDICT_REFUSED;
  if (refused != (response->standing() == v1::PROMISE_STANDING_REFUSED) ||
      response->standing() == v1::PROMISE_STANDING_PENDING)
    world_.Accuse("a plan stands otherwise than was decided about it");
}

void OperatorParty::ToggleStop() {
  if (alone_) return;
  v1::SetStopRequest request;
  std::string name, vendor_id;
  int work_type = 0;
  if (world_.dice.Chance(0.7)) {
    vendor_id = kVendors[world_.dice.Below(3)];
    name = NameOfStop(vendor_id);
    request.set_vendor_id(vendor_id);
    request.set_stopped(stopped_[vendor_id] = !stopped_[vendor_id]);
    request.set_keep_work(request.stopped() && world_.dice.Chance(0.5));
  } else {
    work_type = v1::WORK_TYPE_EARLY_COLLECTIONS;
    name = NameOfStop("a work type");
    request.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
    request.set_stopped(work_type_stopped_ = !work_type_stopped_);
  }
  const bool stopped = request.stopped();
  if (!stopped) Forget(name);
  CallAlone(kIto, request, &Api::SetStop,
            [this, name, vendor_id, work_type,
             stopped](const absl::StatusOr<v1::SetStopResponse>& response) {
              if (response.ok() && stopped) Note(name, vendor_id, work_type);
            });
}

void OperatorParty::RetireReader() {
  v1::RetireCoreRequest request;
  request.set_core("core/main");
  request.set_reader("audit");
  Call(request, &Api::RetireCore);
}

}  // namespace switchboard::simulation
