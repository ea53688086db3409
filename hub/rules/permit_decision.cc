#include "hub/rules/permit_decision.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::rules {
namespace {

using google::protobuf::util::TimeUtil;

const char* Explanation(v1::Denial::Reason reason) {
  switch (reason) {
    case v1::Denial::REASON_NOT_ASSIGNED:
      return "This assignment is not in your hands; delete it and work the next one.";
    case v1::Denial::REASON_NOT_ALLOWED:
      return "The contract does not allow this work any more; the account goes to somebody else.";
    case v1::Denial::REASON_EXPIRED:
      return "The time for this assignment is up.";
    case v1::Denial::REASON_STOPPED:
      return "The issuer has stopped contact; do not try again before retry_time, or until it is "
             "placed anew.";
    case v1::Denial::REASON_NO_CONTACT_POINT:
      return "This contact point cannot be used; choose another one of the assignment.";
    case v1::Denial::REASON_ACT_NOT_ALLOWED:
      return "The contract does not allow this act, or contact with this party, for this work.";
    case v1::Denial::REASON_SUB_CONTRACTOR:
      return "This sub-contractor is not registered for this work, or the assignment was not "
             "passed "
             "on to it (PassOn).";
    case v1::Denial::REASON_NO_RULES:
      return "No contact rules are known for where the person lives; tell the issuer.";
    case v1::Denial::REASON_RULE:
      return "A contact rule does not allow it now; refusals name each, and retry_time says when.";
    case v1::Denial::REASON_PROMISE_LIVE:
      return "A promise to pay is live; leave the person alone until retry_time.";
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
  if (facts.stopped_until > now) reasons.push_back(v1::Denial::REASON_STOPPED);
  if (!facts.contact_point_usable) reasons.push_back(v1::Denial::REASON_NO_CONTACT_POINT);
  if (!facts.act_allowed) reasons.push_back(v1::Denial::REASON_ACT_NOT_ALLOWED);
  if (!facts.sub_contractor_allowed) reasons.push_back(v1::Denial::REASON_SUB_CONTRACTOR);
  if (!facts.has_rules) reasons.push_back(v1::Denial::REASON_NO_RULES);
  if (!facts.decision.allowed()) reasons.push_back(v1::Denial::REASON_RULE);
  if (facts.promise_until > now) reasons.push_back(v1::Denial::REASON_PROMISE_LIVE);
  if (facts.open_permit_expire_time > now) reasons.push_back(v1::Denial::REASON_PERMIT_OPEN);
  if (facts.budget_spent_until > now) reasons.push_back(v1::Denial::REASON_BUDGET_SPENT);
  return reasons;
}

v1::RuleFinding Describe(const Finding& finding) {
  const v1::RulePack& pack = finding.pack->pack();
  const v1::RulePack::Rule& rule = *finding.rule;
  v1::RuleFinding described;
  described.set_rule_id(rule.rule_id());
  described.set_pack_id(pack.pack_id());
  described.set_pack_version(pack.version());
  described.set_strength(finding.strength);
  described.set_source(rule.source());
  described.set_verification(rule.verification());
  if (finding.counted) described.set_counted(*finding.counted);
  if (rule.has_count()) {
    described.set_at_most(rule.count().at_most());
    *described.mutable_window() = rule.count().window();
  } else if (rule.has_cool_down()) {
    described.set_at_most(0);
    *described.mutable_window() = rule.cool_down().window();
  }
  if (finding.next_time) {
    *described.mutable_allowed_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*finding.next_time));
  }
  return described;
}

v1::Denial MakeDenial(const std::vector<v1::Denial::Reason>& reasons, const PermitFacts& facts) {
  SWITCHBOARD_ASSERT(!reasons.empty());
  v1::Denial denial;
  denial.set_reason(reasons.front());
  for (v1::Denial::Reason reason : reasons) denial.add_all_reasons(reason);
  denial.set_explanation(Explanation(reasons.front()));
  const bool by_rule =
      std::find(reasons.begin(), reasons.end(), v1::Denial::REASON_RULE) != reasons.end();
  if (by_rule) {
    for (const Finding& finding : facts.decision.refusals)
      *denial.add_refusals() = Describe(finding);
    *denial.mutable_clocks() = facts.clocks;
  }
  const bool passes = std::all_of(reasons.begin(), reasons.end(), [&](v1::Denial::Reason reason) {
    return reason == v1::Denial::REASON_PERMIT_OPEN || reason == v1::Denial::REASON_BUDGET_SPENT ||
           reason == v1::Denial::REASON_RULE || reason == v1::Denial::REASON_PROMISE_LIVE ||
           (reason == v1::Denial::REASON_STOPPED && facts.stopped_until < absl::InfiniteFuture());
  });
  if (passes && facts.retry_time_of_rules.has_value()) {
    const absl::Time retry =
        std::max({facts.open_permit_expire_time, facts.budget_spent_until, facts.stopped_until,
                  facts.promise_until, *facts.retry_time_of_rules});
    *denial.mutable_retry_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(retry));
  }
  return denial;
}

}  // namespace switchboard::rules
