#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/commitments.h"
#include "tests/invariants/instalments.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/plan_authority.h"
#include "tests/invariants/promise_work.h"
#include "tests/invariants/sent_records.h"
#include "tests/invariants/told_promises.h"

// The validator of I3 that judges promises and plans again: by what the newest versions of outcomes
// say, by what head office decided as the core was told, and by what the core booked, in the slow
// way. It shares no line with the hub's own judgement. Where a day ends is taken from the hub as
// long as it ends there somewhere on earth.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Decision = v1::PlanDecision;

// One that the core was told of, as it is judged.
struct Known {
  const v1::Outcome* said = nullptr;  // the newest version
  const ToldPromise* told = nullptr;
  Commitment commitment;

  const v1::PromiseChange& newest() const { return told->newest; }
  bool is_plan() const { return said->promise().has_plan(); }
};

// From when on it binds: what is beyond an authority, when head office agreed; all else at once.
std::optional<int64_t> BindTime(const v1::PromiseChange& told, int64_t take_us) {
  if (told.standing() == v1::PROMISE_STANDING_NOT_BINDING) return std::nullopt;
  if (told.has_decision()) {
    if (told.decision().verdict() == Decision::VERDICT_REFUSED) return std::nullopt;
    return TimeUtil::TimestampToMicroseconds(told.decision().decide_time());
  }
  if (!told.beyond().empty()) return std::nullopt;
  return take_us;
}

// Whether they are a plan's: days that grow, and a sum that is the whole.
bool MakeSense(const v1::PromiseChange& told) {
  const std::vector<Term> terms = TermsTold(told);
  int64_t sum = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].amount <= 0 || (i > 0 && terms[i].due <= terms[i - 1].due)) return false;
    sum += terms[i].amount;
  }
  return sum == told.amount().minor_units() && terms.back().due == DayOf(told.due_date());
}

// Whether waivers are told of a plan that stands so.
bool GivesUp(v1::PromiseStanding standing) {
  return standing == v1::PROMISE_STANDING_PENDING || standing == v1::PROMISE_STANDING_OPEN ||
         standing == v1::PROMISE_STANDING_KEPT;
}

// Whether the core was told that a plan gives up what was said.
bool GiveUpTheSame(const v1::PromiseChange& told, const v1::Outcome::Promise& said) {
  return std::equal(told.waivers().begin(), told.waivers().end(), said.plan().waivers().begin(),
                    said.plan().waivers().end(), [](const auto& one, const auto& other) {
                      return one.SerializeAsString() == other.SerializeAsString();
                    });
}

// How one that does not bind stands. `bound_us`: when others began to.
Verdict UnboundVerdict(const Known& known, const std::vector<int64_t>& bound_us) {
  Verdict verdict;
  verdict.parts.resize(known.commitment.parts.size());
  verdict.standing = v1::PROMISE_STANDING_PENDING;
  if (known.newest().standing() == v1::PROMISE_STANDING_NOT_BINDING) {
    verdict.standing = v1::PROMISE_STANDING_NOT_BINDING;
  } else if (known.newest().has_decision()) {
    verdict.standing = v1::PROMISE_STANDING_REFUSED;
  } else if (std::any_of(bound_us.begin(), bound_us.end(),
                         [&](int64_t us) { return us > known.commitment.take_us; })) {
    verdict.standing = v1::PROMISE_STANDING_REPLACED;
  }
  return verdict;
}

// What the core was told otherwise; empty: nothing.
Violations Differences(const Known& known, const Verdict& expected) {
  Violations violations;
  const v1::PromiseChange& told = known.newest();
  const std::string name = NameOf(known.commitment.key);
  if (told.standing() != expected.standing) {
    violations.push_back(absl::StrCat(name, " stands ", v1::PromiseStanding_Name(told.standing()),
                                      ", and not ", v1::PromiseStanding_Name(expected.standing)));
    return violations;
  }
  // While there is time the core knows by itself what was paid so far.
  const bool open = told.standing() == v1::PROMISE_STANDING_OPEN;
  const auto right = [open](const v1::Money& paid, int64_t by_us) {
    return open ? paid.minor_units() <= by_us : paid.minor_units() == by_us;
  };
  if (!right(told.paid(), expected.paid)) {
    violations.push_back(
        absl::StrCat(name, " has ", told.paid().minor_units(), " paid, and not ", expected.paid));
  }
  for (int i = 0; i < told.instalments_size(); ++i) {
    const v1::InstalmentStanding& part = told.instalments(i);
    const Verdict::OfPart& one = expected.parts[static_cast<size_t>(i)];
    if (part.standing() != one.standing) {
      violations.push_back(absl::StrCat("part ", i + 1, " of ", name, " stands ",
                                        v1::PromiseStanding_Name(part.standing()), ", and not ",
                                        v1::PromiseStanding_Name(one.standing)));
    }
    if (!right(part.paid(), one.paid)) {
      violations.push_back(absl::StrCat("part ", i + 1, " of ", name, " has ",
                                        part.paid().minor_units(), " paid, and not ", one.paid));
    }
  }
  return violations;
}

class Judging {
 public:
  explicit Judging(const Ledger& ledger)
      : ledger_(ledger),
        records_(ledger),
        work_(ledger),
        versions_(VersionsOf(ledger)),
        told_(ledger, versions_) {
    for (const v1::CoreEvent& event : ledger.payments)
      payments_[event.payment().account_id()].push_back(&event.payment());
    for (const v1::CoreItem& item : ledger.items_read) {
      if (item.has_outcome())
        recorded_us_[&item.outcome().outcome()] =
            TimeUtil::TimestampToMicroseconds(item.record_time());
    }
    // Of what was erased nobody can say what it did to the rest.
    for (const auto& [id, placement] : FindErasures(ledger).assignments)
      forgotten_.insert(placement.account_id());
  }

  Violations Run() {
    violations_ = told_.violations();
    CheckDecisionsAreLogged();
    if (ledger_.end_us == 0) return std::move(violations_);
    std::map<std::string, std::vector<Known>> by_account;
    for (const auto& [key, versions] : versions_) {
      if (forgotten_.contains(std::get<0>(key)) || !versions.rbegin()->second->has_promise())
        continue;
      said_.insert(key);
      const auto told = told_.all().find(key);
      if (told == told_.all().end()) {
        Accuse("the core was told nothing of ", key, "");
      } else {
        by_account[std::get<0>(key)].push_back(
            MakeKnown(key, *versions.rbegin()->second, told->second));
        CheckTerms(by_account[std::get<0>(key)].back(), versions);
      }
    }
    for (const auto& [account_id, all] : by_account) JudgeAccount(all, payments_[account_id]);
    for (const auto& [key, told] : told_.all()) {
      if (said_.contains(key) || forgotten_.contains(std::get<0>(key))) continue;
      if (told.newest.standing() != v1::PROMISE_STANDING_TAKEN_BACK)
        Accuse("", key, " stands although no outcome makes it");
    }
    return std::move(violations_);
  }

 private:
  void Accuse(const char* before, const PromiseKey& key, const char* behind) {
    violations_.push_back(absl::StrCat(before, NameOf(key), behind));
  }

  Known MakeKnown(const PromiseKey& key, const v1::Outcome& said, const ToldPromise& told) {
    Known known{&said, &told, {key, said.promise().amount().currency_code()}};
    Commitment& commitment = known.commitment;
    // What was decided counts from when head office saw it to be made.
    commitment.take_us = TimeUtil::TimestampToMicroseconds(
        told.newest.has_decision() ? told.newest.take_time() : said.start_time());
    commitment.bind_us = BindTime(told.newest, commitment.take_us);
    const bool parted = !told.newest.instalments().empty();
    for (const Term& term : parted ? TermsTold(told.newest) : TermsSaid(said.promise())) {
      const auto end = told.ends_us.find(term.due);
      // When its time is up was never told of what was kept, or replaced, before: by the longest
      // time at least.
      const int64_t latest_us = LatestEnd(term.due, ledger_.grace_days);
      commitment.parts.push_back(
          {term.amount, end == told.ends_us.end() ? latest_us : end->second});
      if (!MayEnd(term.due, ledger_.grace_days, commitment.parts.back().end_us))
        Accuse("no day ends when ", key, " does");
    }
    return known;
  }

  // What it is judged by is what was said, or what head office made of that.
  void CheckTerms(const Known& known, const Versions& versions) {
    const PromiseKey& key = known.commitment.key;
    const v1::PromiseChange& told = known.newest();
    const v1::Outcome::Promise& said = known.said->promise();
    if (told.standing() == v1::PROMISE_STANDING_TAKEN_BACK) return;
    if (told.outcome_version() != known.said->version())
      Accuse("", key, " was told in another version than the newest");
    const bool changed = told.decision().verdict() == Decision::VERDICT_CHANGED;
    const bool same = TermsTold(told) == TermsSaid(said) &&
                      told.amount().minor_units() == said.amount().minor_units() &&
                      (!GivesUp(told.standing()) || GiveUpTheSame(told, said));
    if (told.amount().currency_code() != said.amount().currency_code() ||
        known.is_plan() == told.instalments().empty() || !MakeSense(told) || (!changed && !same))
      Accuse("", key, " was told with other terms than were agreed");
    if (!GivesUp(told.standing()) && !told.waivers().empty())
      Accuse("", key, " is said to give something up, and does not stand so any more");
    if (told.has_decision() && !WasMadeThen(known, versions))
      Accuse("", key, " counts from when no version says that the plan was made");
    if (known.is_plan() && !said.plan().instalments().empty())
      CheckAuthority(ledger_, records_, work_, key, versions, told, violations_);
  }

  // Whether a version that says the same of the plan began when that counts from. One that had not
  // begun when it was recorded counts from then, or from what was known before.
  bool WasMadeThen(const Known& known, const Versions& versions) const {
    const std::string words = known.said->promise().SerializeAsString();
    bool ahead = false;
    bool known_then = false;
    for (const auto& [version, outcome] : versions) {
      const int64_t start_us = TimeUtil::TimestampToMicroseconds(outcome->start_time());
      const bool same = outcome->promise().SerializeAsString() == words;
      const int64_t recorded_us = recorded_us_.at(outcome);
      if (same && start_us == known.commitment.take_us) return true;
      ahead = ahead || (same && start_us > recorded_us);
      known_then = known_then || std::min(start_us, recorded_us) == known.commitment.take_us;
    }
    return ahead && known_then;
  }

  void JudgeAccount(const std::vector<Known>& all, const Payments& payments) {
    std::vector<const Known*> binding;
    std::vector<int64_t> bound_us;
    for (const Known& known : all) {
      if (!known.commitment.bind_us.has_value()) continue;
      if (!known.is_plan()) CheckBound(known);
      binding.push_back(&known);
      bound_us.push_back(*known.commitment.bind_us);
    }
    std::sort(binding.begin(), binding.end(), [](const Known* a, const Known* b) {
      return std::tie(*a->commitment.bind_us, a->commitment.key) <
             std::tie(*b->commitment.bind_us, b->commitment.key);
    });
    for (const Known& known : all) {
      if (known.commitment.bind_us.has_value()) continue;
      if (known.newest().standing() == v1::PROMISE_STANDING_NOT_BINDING) CheckUnbound(known);
      Compare(known, UnboundVerdict(known, bound_us), nullptr);
    }
    for (size_t i = 0; i < binding.size(); ++i) {
      const int64_t replaced_us =
          i + 1 < binding.size() ? *binding[i + 1]->commitment.bind_us : INT64_MAX;
      const auto at = [&](int64_t now_us) {
        return Judge(binding[i]->commitment, replaced_us, payments, now_us);
      };
      const Verdict before = at(ledger_.end_us - ledger_.looked_at_within_us);
      Compare(*binding[i], at(ledger_.end_us), &before);
    }
  }

  // `before`: what the hub may not have looked at since; may be null.
  void Compare(const Known& known, const Verdict& expected, const Verdict* before) {
    const Violations differences = Differences(known, expected);
    if (before != nullptr && Differences(known, *before).empty()) return;
    violations_.insert(violations_.end(), differences.begin(), differences.end());
  }

  // Of one that is no plan, whose vendor had the work and might take it.
  void CheckBound(const Known& known) {
    const PromiseKey& key = known.commitment.key;
    const Versions newest = {{known.said->version(), known.said}};
    if (work_.WasLost(newest).surely) Accuse("", key, " binds, and its vendor had lost the work");
    if (work_.LacksAct(std::get<1>(key), newest).surely)
      Accuse("", key, " binds, and the contract lets its vendor take none in such work");
  }

  // Only a contract's terms or acts, or none in force, work that was lost, or a day that was over,
  // let one not bind; of a plan all but the first are head office's to judge.
  void CheckUnbound(const Known& known) {
    const PromiseKey& key = known.commitment.key;
    const std::string& vendor_id = std::get<1>(key);
    const Versions newest = {{known.said->version(), known.said}};
    if (ledger_.with_promise_terms.contains(vendor_id)) return;
    if (!known.is_plan() && ledger_.without_contract.contains(vendor_id)) return;
    if (!known.is_plan() &&
        (work_.WasLost(newest).perhaps || work_.LacksAct(vendor_id, newest).perhaps))
      return;
    const absl::CivilDay taken =
        absl::ToCivilDay(absl::FromUnixMicros(known.commitment.take_us), absl::UTCTimeZone());
    if (known.is_plan() || TermsSaid(known.said->promise()).back().due > taken)
      Accuse("", key, " binds nobody, for no reason");
  }

  // Nothing was decided without the core hearing of it, and of nothing else.
  void CheckDecisionsAreLogged() {
    if (ledger_.audit.empty() || ledger_.items_read.empty()) return;
    std::map<DecisionName, int64_t> missing = told_.decisions();
    ForEachEvent(ledger_, [&](const Logged& logged) {
      const v1::AuditEvent& event = logged.event;
      if (event.kind() != v1::AuditEvent::KIND_PLAN_DECIDED) return;
      --missing[{event.vendor_id(), event.subject_id(), event.plan().verdict(),
                 event.plan().reason()}];
    });
    for (const auto& [decision, times] : missing) {
      if (times == 0) continue;
      violations_.push_back(absl::StrCat(
          "a decision about ", std::get<0>(decision), "'s outcome ", std::get<1>(decision),
          times > 0 ? " was told to the core, and the log does not name it"
                    : " is named by the log, and the core was not told"));
    }
  }

  const Ledger& ledger_;
  const SentRecords records_;
  const PromiseWork work_;
  const std::map<PromiseKey, Versions> versions_;
  const ToldPromises told_;
  std::map<const v1::Outcome*, int64_t> recorded_us_;
  std::map<std::string, Payments> payments_;  // by account
  std::set<std::string> forgotten_;           // accounts
  std::set<PromiseKey> said_;                 // by newest versions
  Violations violations_;
};

}  // namespace

Violations Promised(const Ledger& ledger) { return Judging(ledger).Run(); }

}  // namespace switchboard::invariants
