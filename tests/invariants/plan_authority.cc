#include "tests/invariants/plan_authority.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/instalments.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Plan = v1::PaymentPlan;

// What a contract lets a promise be due ahead that does not say it, and the most that it can say.
constexpr int kDaysAheadMax = 366;

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

// `says`: the contract has terms of promises, of which the ledger does not know the days.
Holds BeginsTooLate(const Plan& plan, bool says, const Days& days) {
  const absl::CivilDay first = DayOf(plan.instalments(0).due_date());
  return {first > days.last + kDaysAheadMax, first > days.first + (says ? 0 : kDaysAheadMax)};
}

Holds Either(Holds one, Holds other) {
  return {one.surely || other.surely, one.perhaps || other.perhaps};
}

bool PaysTooLittleAtFirst(const v1::Outcome::Promise& promise,
                          const v1::Contract::Authority& authority) {
  return promise.plan().instalments(0).amount().minor_units() * 100 <
         promise.amount().minor_units() * authority.least_down_percent();
}

// Whether a document is where the issuer wants it, and not only called so: each step of its path is
// a name.
bool IsKept(const std::string& address, const std::string& store) {
  if (store.empty()) return true;
  if (!absl::StartsWith(address, store) || address == store) return false;
  std::string step;
  const std::string path = address.substr(0, address.find_first_of("?#")) + "/";
  for (size_t i = 0; i < path.size(); ++i) {
    const std::string three = path.substr(i, 3);
    for (const char* hidden : {"%2e", "%2f", "%5c"})
      if (absl::EqualsIgnoreCase(three, hidden)) return false;
    if (path[i] == '\\') return false;
    if (path[i] != '/') {
      step += path[i];
      continue;
    }
    if (step == "." || step == "..") return false;
    step.clear();
  }
  return true;
}

bool ShowsTooLittle(const Plan& plan, const v1::Contract::PlanTerms& terms,
                    const v1::Contract::Authority& authority) {
  int proofs = 0;
  for (const Plan::Document& one : plan.proofs())
    proofs += IsKept(one.address(), terms.proof_store()) ? 1 : 0;
  return proofs < authority.least_proofs();
}

// What may have been due by any truth that the hub may have had then.
struct Due {
  std::vector<int64_t> amounts;  // in the currency of the plan
  bool anything = false;         // or any other amount: what was sent was not written down
};

Due DueOf(const SentRecords::Records& records, const std::string& currency_code) {
  Due due;
  due.anything = records.empty();
  for (const SentRecord* record : records) {
    if (!record->may_count()) continue;
    const v1::Money& amount = record->content.account().amount_due();
    if (!record->content.has_account()) {
      due.anything = true;
    } else if (amount.currency_code() == currency_code) {
      due.amounts.push_back(amount.minor_units());
    }
  }
  return due;
}

// Whether something holds whatever was due, or for some of what may have been.
template <typename Test>
Holds ForWhatWasDue(const Due& due, Test test) {
  const auto yes = std::count_if(due.amounts.begin(), due.amounts.end(), test);
  const bool all = yes == static_cast<std::ptrdiff_t>(due.amounts.size());
  return {yes > 0 && all && !due.anything, yes > 0 || due.anything};
}

// What its level lets a plan give up in exchange. A hub that did not know what was due lets it give
// up nothing.
class Waiving {
 public:
  Waiving(const Plan& plan, const v1::Contract::Authority* authority) : authority_(authority) {
    for (const Plan::Waiver& one : plan.waivers()) {
      sum_ += one.amount().minor_units();
      if (authority == nullptr || !MayGiveUp(*authority, one.kind())) {
        names_another_ = true;
      } else {
        named_ += one.amount().minor_units();
      }
    }
  }

  Holds IsTooMuch(const Due& due, bool known) const {
    if (names_another_) return Surely(true);
    if (sum_ == 0 || !known) return Surely(sum_ > 0);
    return ForWhatWasDue(due, [this](int64_t amount) { return !Fits(amount); });
  }
  // What of it counts beside what is paid.
  int64_t Counted(int64_t due) const { return Fits(due) ? named_ : 0; }

 private:
  // Hundredths first, so that nothing is multiplied that is large.
  bool Fits(int64_t due) const {
    if (authority_ == nullptr || due < 0) return false;
    const int64_t percent = authority_->waiver_percent_max();
    return sum_ <= due / 100 * percent + due % 100 * percent / 100;
  }

  const v1::Contract::Authority* const authority_;
  bool names_another_ = false;  // that may not be given up
  int64_t sum_ = 0;
  int64_t named_ = 0;  // of what may
};

// Less than all that was due. A hub that did not know is judged by what it says.
Holds Settles(const v1::Outcome::Promise& promise, const Waiving& waiving, const Due& due,
              bool known) {
  if (!known) return Surely(false);
  return ForWhatWasDue(due, [&](int64_t amount) {
    return amount > promise.amount().minor_units() + waiving.Counted(amount);
  });
}

}  // namespace

void CheckAuthority(const Ledger& ledger, const SentRecords& records, const PromiseWork& work,
                    const PromiseKey& key, const Versions& versions, const v1::PromiseChange& told,
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
  Holds level = work.LacksAct(vendor_id, versions);
  level.surely |= authority == nullptr;
  level.perhaps |= authority == nullptr || ledger.without_contract.contains(vendor_id);
  judge(Plan::BEYOND_LEVEL, level);
  if (said.contains(Plan::BEYOND_LEVEL)) authority = nullptr;
  const Days days = DaysOf(versions);
  const Due due = DueOf(records.Of(std::get<0>(key)), promise.amount().currency_code());
  const bool known = !said.contains(Plan::BEYOND_DUE_UNKNOWN);
  const Waiving waiving(plan, authority);
  if (authority != nullptr) {
    const bool says = ledger.with_promise_terms.contains(vendor_id);
    judge(Plan::BEYOND_MONTHS,
          Either(TooLong(plan, *authority, days), BeginsTooLate(plan, says, days)));
    judge(Plan::BEYOND_DOWN_PAYMENT, Surely(PaysTooLittleAtFirst(promise, *authority)));
    judge(Plan::BEYOND_WAIVER, waiving.IsTooMuch(due, known));
    judge(Plan::BEYOND_PROOFS, Surely(ShowsTooLittle(plan, terms->second, *authority)));
  }
  judge(Plan::BEYOND_SETTLEMENT, Settles(promise, waiving, due, known));
  const absl::CivilDay first = DayOf(plan.instalments(0).due_date());
  judge(Plan::BEYOND_PAST, {first < days.first, first < days.last});
  judge(Plan::BEYOND_WITHDRAWN, work.WasLost(versions));
}

}  // namespace switchboard::invariants
