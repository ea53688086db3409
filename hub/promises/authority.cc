#include "hub/promises/authority.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/base/uri_folder.h"
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

bool IsListed(const v1::Contract::Authority& authority, const Plan::Waiver& waiver) {
  return waiver.kind() != Plan::Waiver::KIND_PRINCIPAL &&
         absl::c_linear_search(authority.waivers(), waiver.kind());
}

// What a plan gives up, in minor units.
struct GivenUp {
  int64_t all = 0;
  int64_t listed = 0;   // of the kinds that the level may give up
  bool within = false;  // `all` is no more than the level may; of what is not known to be due, none
};

GivenUp GivenUpBy(const Plan& plan, const v1::Contract::Authority& authority,
                  const v1::Money* owed) {
  GivenUp given_up;
  for (const Plan::Waiver& waiver : plan.waivers()) {
    const int64_t amount = waiver.amount().minor_units();
    given_up.all += amount;
    if (IsListed(authority, waiver)) given_up.listed += amount;
  }
  // Amounts, and sums of the three that there may be, have room for a factor of a hundred.
  const bool fits =
      owed != nullptr && given_up.all * 100 <= owed->minor_units() * authority.waiver_percent_max();
  given_up.within = plan.waivers().empty() || fits;
  return given_up;
}

int CountProofs(const Plan& plan, const std::string& store) {
  return static_cast<int>(absl::c_count_if(plan.proofs(), [&store](const Plan::Document& proof) {
    return store.empty() || LiesInUriFolder(proof.address(), store);
  }));
}

}  // namespace

std::vector<Plan::Beyond> BeyondAuthority(const v1::Outcome::Promise& promise, absl::Time take_time,
                                          const v1::Contract::PlanTerms* terms, int days_ahead_max,
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
  const bool known = owed != nullptr && owed->currency_code() == promise.amount().currency_code();
  int64_t covered = promise.amount().minor_units();
  const absl::CivilDay first = CivilDayOf(plan.instalments(0).due_date());
  if (authority != nullptr) {
    const absl::CivilDay last = CivilDayOf(promise.due_date());
    note(!in_some_zone([&](absl::CivilDay day) {
      return last <= MonthsAfter(day, authority->months_max()) && first <= day + days_ahead_max;
    }),
         Plan::BEYOND_MONTHS);
    // Amounts have room for a factor of a hundred.
    note(plan.instalments(0).amount().minor_units() * 100 <
             promise.amount().minor_units() * authority->least_down_percent(),
         Plan::BEYOND_DOWN_PAYMENT);
    const GivenUp given_up = GivenUpBy(plan, *authority, known ? owed : nullptr);
    note(given_up.listed < given_up.all || !given_up.within, Plan::BEYOND_WAIVER);
    if (given_up.within) covered += given_up.listed;
  }
  note(known && covered < owed->minor_units(), Plan::BEYOND_SETTLEMENT);
  note(authority != nullptr && CountProofs(plan, terms->proof_store()) < authority->least_proofs(),
       Plan::BEYOND_PROOFS);
  note(!known, Plan::BEYOND_DUE_UNKNOWN);
  note(!in_some_zone([&](absl::CivilDay day) { return first >= day; }), Plan::BEYOND_PAST);
  return beyond;
}

}  // namespace switchboard::promises
