#include "hub/promises/authority.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/promises/schedule.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::promises {
namespace {

using Plan = v1::PaymentPlan;

const v1::Contract::Authority* AuthorityOf(const v1::Contract::PlanTerms* terms,
                                           const std::string& level) {
  if (terms == nullptr) return nullptr;
  for (const auto& one : terms->authorities())
    if (one.level() == level) return &one;
  return nullptr;
}

bool MayWaive(const v1::Contract::Authority& authority, const Plan::Waiver& waiver) {
  return waiver.kind() != Plan::Waiver::KIND_PRINCIPAL &&
         absl::c_linear_search(authority.waivers(), waiver.kind());
}

// What is paid, and what a level may give up of the debt beside that.
int64_t CoveredBy(const v1::Outcome::Promise& promise, const v1::Contract::Authority* authority) {
  int64_t covered = promise.amount().minor_units();
  for (const Plan::Waiver& waiver : promise.plan().waivers())
    if (authority != nullptr && MayWaive(*authority, waiver))
      covered += waiver.amount().minor_units();
  return covered;
}

int CountProofs(const Plan& plan, const std::string& store) {
  return static_cast<int>(absl::c_count_if(plan.proofs(), [&store](const Plan::Document& proof) {
    return absl::StartsWith(proof.address(), store);
  }));
}

}  // namespace

std::vector<Plan::Beyond> BeyondAuthority(const v1::Outcome::Promise& promise, absl::Time take_time,
                                          const v1::Contract::PlanTerms* terms,
                                          const v1::Money* owed,
                                          const std::vector<absl::TimeZone>& zones) {
  SWITCHBOARD_ASSERT(!zones.empty() && !promise.plan().instalments().empty());
  const Plan& plan = promise.plan();
  const auto in_some_zone = [&](auto holds) {
    return absl::c_any_of(
        zones, [&](absl::TimeZone zone) { return holds(rules::DayAt(zone, take_time)); });
  };
  const v1::Contract::Authority* authority = AuthorityOf(terms, plan.agent_level());
  std::vector<Plan::Beyond> beyond;
  const auto note = [&beyond](bool holds, Plan::Beyond what) {
    if (holds) beyond.push_back(what);
  };
  note(authority == nullptr, Plan::BEYOND_LEVEL);
  if (authority != nullptr) {
    const absl::CivilDay last = CivilDayOf(promise.due_date());
    note(!in_some_zone(
             [&](absl::CivilDay day) { return last <= MonthsAfter(day, authority->months_max()); }),
         Plan::BEYOND_MONTHS);
    // Amounts have room for a factor of a hundred.
    note(plan.instalments(0).amount().minor_units() * 100 <
             promise.amount().minor_units() * authority->least_down_percent(),
         Plan::BEYOND_DOWN_PAYMENT);
    note(!absl::c_all_of(plan.waivers(),
                         [&](const Plan::Waiver& one) { return MayWaive(*authority, one); }),
         Plan::BEYOND_WAIVER);
  }
  const bool known = owed != nullptr && owed->currency_code() == promise.amount().currency_code();
  note(known && CoveredBy(promise, authority) < owed->minor_units(), Plan::BEYOND_SETTLEMENT);
  note(authority != nullptr && CountProofs(plan, terms->proof_store()) < authority->least_proofs(),
       Plan::BEYOND_PROOFS);
  note(!known, Plan::BEYOND_DUE_UNKNOWN);
  const absl::CivilDay first = CivilDayOf(plan.instalments(0).due_date());
  note(!in_some_zone([&](absl::CivilDay day) { return first >= day; }), Plan::BEYOND_PAST);
  return beyond;
}

}  // namespace switchboard::promises
