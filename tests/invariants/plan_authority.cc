#include "tests/invariants/plan_authority.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/instalments.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Plan = v1::PaymentPlan;

// Whether something holds, as far as the ledger tells.
struct Holds {
  bool surely = false;
  bool perhaps = false;  // at least
};
Holds Surely(bool holds) { return {holds, holds}; }

// Days on which the contact may have been, by whatever clock, whichever version of the outcome
// says when.
struct Days {
  absl::CivilDay first = absl::CivilDay::max();
  absl::CivilDay last = absl::CivilDay::min();
};

// The plan was judged by the first version that says it as the newest one does.
Days DaysOf(const Versions& versions) {
  const std::string newest = versions.rbegin()->second->promise().SerializeAsString();
  Days days;
  for (const auto& [version, outcome] : versions) {
    if (outcome->promise().SerializeAsString() != newest) continue;
    const absl::CivilDay day = absl::ToCivilDay(
        absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(outcome->start_time())),
        absl::UTCTimeZone());
    days.first = std::min(days.first, day - 1);
    days.last = std::max(days.last, day + 1);
  }
  return days;
}

const v1::Contract::Authority* FindAuthority(const v1::Contract::PlanTerms& terms,
                                             const std::string& level) {
  for (const v1::Contract::Authority& one : terms.authorities())
    if (one.level() == level) return &one;
  return nullptr;
}

bool MayGiveUp(const v1::Contract::Authority& authority, Plan::Waiver::Kind kind) {
  const bool named = std::find(authority.waivers().begin(), authority.waivers().end(), kind) !=
                     authority.waivers().end();
  return named && kind != Plan::Waiver::KIND_PRINCIPAL;
}

Holds TooLong(const Plan& plan, const v1::Contract::Authority& authority, const Days& days) {
  const absl::CivilDay last = DayOf(plan.instalments(plan.instalments_size() - 1).due_date());
  return {last > MonthsLater(days.last, authority.months_max()),
          last > MonthsLater(days.first, authority.months_max())};
}

bool PaysTooLittleAtFirst(const v1::Outcome::Promise& promise,
                          const v1::Contract::Authority& authority) {
  return promise.plan().instalments(0).amount().minor_units() * 100 <
         promise.amount().minor_units() * authority.least_down_percent();
}

bool GivesUpTooMuch(const Plan& plan, const v1::Contract::Authority& authority) {
  return std::any_of(plan.waivers().begin(), plan.waivers().end(),
                     [&](const Plan::Waiver& one) { return !MayGiveUp(authority, one.kind()); });
}

bool ShowsTooLittle(const Plan& plan, const v1::Contract::PlanTerms& terms,
                    const v1::Contract::Authority& authority) {
  int proofs = 0;
  for (const Plan::Document& one : plan.proofs())
    proofs += absl::StartsWith(one.address(), terms.proof_store()) ? 1 : 0;
  return proofs < authority.least_proofs();
}

// Less than all that was due by any truth that the hub may have had then. One that did not know is
// judged by what it says.
Holds Settles(const v1::Outcome::Promise& promise, const v1::Contract::Authority* authority,
              const SentRecords::Records& records, bool known) {
  int64_t covered = promise.amount().minor_units();
  for (const Plan::Waiver& one : promise.plan().waivers()) {
    if (authority != nullptr && MayGiveUp(*authority, one.kind()))
      covered += one.amount().minor_units();
  }
  bool some_more = false, some_not = records.empty() || !known;
  for (const SentRecord* record : records) {
    if (!record->may_count()) continue;
    if (!record->content.has_account()) return {false, known};
    const v1::Money& due = record->content.account().amount_due();
    if (due.currency_code() != promise.amount().currency_code()) continue;
    (due.minor_units() > covered ? some_more : some_not) = true;
  }
  return {some_more && !some_not, known && (some_more || records.empty())};
}

}  // namespace

void CheckAuthority(const Ledger& ledger, const SentRecords& records, const PromiseKey& key,
                    const Versions& versions, const v1::PromiseChange& told,
                    Violations& violations) {
  const std::string& vendor_id = std::get<1>(key);
  const auto terms = ledger.plan_terms.find(vendor_id);
  if (terms == ledger.plan_terms.end()) return;
  const v1::Outcome::Promise& promise = versions.rbegin()->second->promise();
  const Plan& plan = promise.plan();
  const std::set<int> said(told.beyond().begin(), told.beyond().end());
  const auto judge = [&](Plan::Beyond what, Holds holds) {
    const bool is_said = said.contains(what);
    if (is_said ? holds.perhaps : !holds.surely) return;
    violations.push_back(absl::StrCat(NameOf(key), is_said ? " is said to be " : " is ",
                                      Plan::Beyond_Name(what),
                                      is_said ? ", and is not" : ", and nobody says so"));
  };
  const v1::Contract::Authority* authority = FindAuthority(terms->second, plan.agent_level());
  judge(Plan::BEYOND_LEVEL, {authority == nullptr,
                             authority == nullptr || ledger.without_contract.contains(vendor_id)});
  if (said.contains(Plan::BEYOND_LEVEL)) authority = nullptr;
  const Days days = DaysOf(versions);
  if (authority != nullptr) {
    judge(Plan::BEYOND_MONTHS, TooLong(plan, *authority, days));
    judge(Plan::BEYOND_DOWN_PAYMENT, Surely(PaysTooLittleAtFirst(promise, *authority)));
    judge(Plan::BEYOND_WAIVER, Surely(GivesUpTooMuch(plan, *authority)));
    judge(Plan::BEYOND_PROOFS, Surely(ShowsTooLittle(plan, terms->second, *authority)));
  }
  judge(Plan::BEYOND_SETTLEMENT, Settles(promise, authority, records.Of(std::get<0>(key)),
                                         !said.contains(Plan::BEYOND_DUE_UNKNOWN)));
  const absl::CivilDay first = DayOf(plan.instalments(0).due_date());
  judge(Plan::BEYOND_PAST, {first < days.first, first < days.last});
}

}  // namespace switchboard::invariants
