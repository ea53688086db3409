#include "clients/demo/director/head_office.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "clients/transport/retry.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"

namespace switchboard::demo {
namespace {

using Plan = v1::PaymentPlan;
using Line = v1::ListProposedPlansResponse::Line;

constexpr int32_t kPlansAtATime = 20;
constexpr int64_t kLeastPercent = 60;  // of what is due; less is no settlement
constexpr int32_t kChangedParts = 2;

bool IsBeyond(const Line& plan, Plan::Beyond what) {
  return std::find(plan.beyond().begin(), plan.beyond().end(), what) != plan.beyond().end();
}

absl::CivilDay FirstDayOf(const Line& plan) { return CivilDayOf(plan.instalments(0).due_date()); }

void Refuse(v1::PlanDecision::Reason reason, const char* note, v1::DecidePlanRequest* decision) {
  decision->set_verdict(v1::PlanDecision::VERDICT_REFUSED);
  decision->set_reason(reason);
  decision->set_note(note);
}

// All of it in fewer and larger parts.
void Change(const Line& plan, absl::CivilDay first, v1::DecidePlanRequest* decision) {
  decision->set_verdict(v1::PlanDecision::VERDICT_CHANGED);
  *decision->mutable_amount() = plan.amount();
  Plan::Schedule& schedule = *decision->mutable_plan()->mutable_schedule();
  *schedule.mutable_first_date() = DateOf(first);
  schedule.set_interval(Plan::INTERVAL_TWO_WEEKS);
  schedule.set_count(kChangedParts);
  *decision->mutable_plan()->mutable_waivers() = plan.waivers();
}

// It was decided, corrected, taken back or replaced since it was listed.
bool WaitsNoMore(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == "PLAN_NOT_PENDING" || reason == "PLAN_UNKNOWN";
}

}  // namespace

v1::DecidePlanRequest DecisionOn(const Line& plan, const v1::Money& due, absl::CivilDay today) {
  v1::DecidePlanRequest decision;
  *decision.mutable_key() = plan.key();
  decision.set_outcome_version(plan.outcome_version());
  const bool is_late = FirstDayOf(plan) < today;
  if (IsBeyond(plan, Plan::BEYOND_WAIVER)) {
    Refuse(v1::PlanDecision::REASON_NO_WAIVER, "Nothing is given up on this debt.", &decision);
  } else if (IsBeyond(plan, Plan::BEYOND_PROOFS)) {
    Refuse(v1::PlanDecision::REASON_MEANS, "The means are not shown.", &decision);
  } else if (plan.amount().minor_units() * 100 < due.minor_units() * kLeastPercent) {
    Refuse(v1::PlanDecision::REASON_TOO_LITTLE, "Less than three fifths of the debt.", &decision);
  } else if (IsBeyond(plan, Plan::BEYOND_MONTHS)) {
    Change(plan, is_late ? today + 1 : FirstDayOf(plan), &decision);
    decision.set_reason(v1::PlanDecision::REASON_TOO_LONG);
    decision.set_note("In two parts, two weeks apart.");
  } else if (is_late) {
    Change(plan, today + 1, &decision);
    decision.set_note("In two parts, from tomorrow on.");
  } else {
    decision.set_verdict(v1::PlanDecision::VERDICT_APPROVED);
  }
  return decision;
}

absl::Status HeadOffice::Look(absl::CivilDay today) {
  nothing_waits_ = false;
  v1::ListProposedPlansRequest request;
  request.set_max_plans(kPlansAtATime);
  const absl::StatusOr<v1::ListProposedPlansResponse> waiting = desk_.ProposedPlans(request);
  if (!waiting.ok())
    return transport::MayRetry(waiting.status()) ? absl::OkStatus() : waiting.status();
  nothing_waits_ = waiting->plans().empty();
  for (const Line& plan : waiting->plans()) {
    PlanDecided& decided = decided_.emplace_back();
    decided.request = DecisionOn(plan, due_on_(plan.key().account_id()), today);
    const absl::Status status = desk_.DecidePlan(decided.request).status();
    decided.acknowledged = status.ok();
    if (status.ok() || WaitsNoMore(status)) continue;
    return transport::MayRetry(status) ? absl::OkStatus() : status;
  }
  return absl::OkStatus();
}

}  // namespace switchboard::demo
