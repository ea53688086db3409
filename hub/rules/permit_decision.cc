#include "hub/rules/permit_decision.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::rules {
namespace {

const char* Explanation(v1::Denial::Reason reason) {
  switch (reason) {
    case v1::Denial::REASON_NOT_ASSIGNED:
      return "This assignment is not in your hands; delete it and work the next one.";
    case v1::Denial::REASON_NOT_ALLOWED:
      return "The contract does not allow this work any more; the account goes to somebody else.";
    case v1::Denial::REASON_EXPIRED:
      return "The time for this assignment is up.";
    case v1::Denial::REASON_STOPPED:
      return "The issuer has stopped contact; do not try again until it is placed anew.";
    case v1::Denial::REASON_NO_CONTACT_POINT:
      return "This contact point cannot be used; choose another one of the assignment.";
    case v1::Denial::REASON_PERMIT_OPEN:
      return "Somebody has an open permit for this person; use it, release it or wait until it "
             "expires.";
    case v1::Denial::REASON_BUDGET_SPENT:
      return "The budget of permits is spent; ask again at retry_time.";
    default:
      return "";
  }
}

}  // namespace

std::vector<v1::Denial::Reason> ReasonsAgainst(const PermitFacts& facts, absl::Time now) {
  std::vector<v1::Denial::Reason> reasons;
  if (!facts.assignment_live) return {v1::Denial::REASON_NOT_ASSIGNED};
  if (!facts.allowed) reasons.push_back(v1::Denial::REASON_NOT_ALLOWED);
  if (facts.expire_time <= now) reasons.push_back(v1::Denial::REASON_EXPIRED);
  if (facts.stopped) reasons.push_back(v1::Denial::REASON_STOPPED);
  if (!facts.contact_point_usable) reasons.push_back(v1::Denial::REASON_NO_CONTACT_POINT);
  if (facts.open_permit_expire_time > now) reasons.push_back(v1::Denial::REASON_PERMIT_OPEN);
  if (facts.budget_spent_until > now) reasons.push_back(v1::Denial::REASON_BUDGET_SPENT);
  return reasons;
}

v1::Denial MakeDenial(const std::vector<v1::Denial::Reason>& reasons, const PermitFacts& facts) {
  SWITCHBOARD_ASSERT(!reasons.empty());
  v1::Denial denial;
  denial.set_reason(reasons.front());
  for (v1::Denial::Reason reason : reasons) denial.add_all_reasons(reason);
  denial.set_explanation(Explanation(reasons.front()));
  const bool passes = std::all_of(reasons.begin(), reasons.end(), [](v1::Denial::Reason reason) {
    return reason == v1::Denial::REASON_PERMIT_OPEN || reason == v1::Denial::REASON_BUDGET_SPENT;
  });
  if (passes) {
    *denial.mutable_retry_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(std::max(facts.open_permit_expire_time, facts.budget_spent_until)));
  }
  return denial;
}

}  // namespace switchboard::rules
