#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I3 that judges promises again: by what the newest versions of outcomes say and
// by what the core booked, in the slow way. It shares no line with the hub's own judgement. Where a
// day ends is taken from the hub as long as it ends there somewhere on earth.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// Account, vendor and outcome.
using Key = std::tuple<std::string, std::string, std::string>;

std::string NameOf(const Key& key) {
  return absl::StrCat("the promise of ", std::get<1>(key), "'s outcome ", std::get<2>(key));
}

Key KeyOf(const v1::PromiseChange& change) {
  return {change.account_id(), change.vendor_id(), change.outcome_id()};
}

// What the core was told of one promise.
struct Told {
  v1::PromiseChange newest;
  int64_t end_us = 0;  // of its time; 0: never told
};

// What one promise comes to by what is known in the end.
struct Promise {
  Key key;
  int64_t take_us = 0;
  v1::Outcome::Promise said;
};

bool ToldEnd(v1::PromiseStanding standing) {
  return standing == v1::PROMISE_STANDING_OPEN || standing == v1::PROMISE_STANDING_BROKEN ||
         standing == v1::PROMISE_STANDING_PARTLY_KEPT;
}

// Reads what the core was told, in its order: each change follows from the one before, and when a
// commit is through, no account has two open promises.
class Reading {
 public:
  explicit Reading(const Ledger& ledger) {
    std::string commit;
    for (const v1::CoreItem& item : ledger.items_read) {
      if (!read_.insert(item.sequence()).second) continue;
      const std::string time = item.record_time().SerializeAsString();
      if (time != commit) EndCommit();
      commit = time;
      if (item.has_promise()) Take(item.promise());
    }
    EndCommit();
  }

  const std::map<Key, Told>& told() const { return told_; }
  Violations& violations() { return violations_; }

 private:
  void Take(const v1::PromiseChange& change) {
    const Key key = KeyOf(change);
    Told& told = told_[key];
    const auto before = told.newest.standing();
    // What was taken back may be said anew.
    const auto expected =
        before == v1::PROMISE_STANDING_TAKEN_BACK ? v1::PROMISE_STANDING_UNSPECIFIED : before;
    if (change.former_standing() != expected)
      violations_.push_back(absl::StrCat(NameOf(key), " changed from what it was not"));
    // Another version may have another day.
    if (told.newest.outcome_version() != change.outcome_version()) told.end_us = 0;
    told.newest = change;
    if (ToldEnd(change.standing()))
      told.end_us = TimeUtil::TimestampToMicroseconds(change.since_time());
    const bool open = change.standing() == v1::PROMISE_STANDING_OPEN;
    auto& of_account = open_[change.account_id()];
    open ? (void)of_account.insert(key) : (void)of_account.erase(key);
    touched_.insert(change.account_id());
  }

  void EndCommit() {
    for (const std::string& account_id : touched_) {
      if (open_[account_id].size() > 1)
        violations_.push_back(absl::StrCat("account ", account_id, " has two live promises"));
    }
    touched_.clear();
  }

  std::set<int64_t> read_;
  std::map<Key, Told> told_;
  std::map<std::string, std::set<Key>> open_;  // by account
  std::set<std::string> touched_;
  Violations violations_;
};

// The promises that newest versions of outcomes make, by account.
std::map<std::string, std::vector<Promise>> NewestPromises(const Ledger& ledger) {
  std::map<Key, const v1::RecordedOutcome*> newest;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_outcome()) continue;
    const v1::RecordedOutcome& recorded = item.outcome();
    const v1::RecordedOutcome*& known =
        newest[{recorded.account_id(), recorded.vendor_id(), recorded.outcome().outcome_id()}];
    if (known == nullptr || known->outcome().version() < recorded.outcome().version())
      known = &recorded;
  }
  std::map<std::string, std::vector<Promise>> promises;
  for (const auto& [key, recorded] : newest) {
    if (!recorded->outcome().has_promise()) continue;
    promises[std::get<0>(key)].push_back(
        {key, TimeUtil::TimestampToMicroseconds(recorded->outcome().start_time()),
         recorded->outcome().promise()});
  }
  for (auto& [account_id, all] : promises) {
    std::sort(all.begin(), all.end(), [](const Promise& a, const Promise& b) {
      return std::tie(a.take_us, a.key) < std::tie(b.take_us, b.key);
    });
  }
  return promises;
}

// Whether a day of this promise ends then somewhere on earth.
bool MayEnd(const Promise& promise, int grace_days, int64_t end_us) {
  const auto& due = promise.said.due_date();
  const absl::Time end = absl::FromCivil(
      absl::CivilDay(due.year(), due.month(), due.day()) + grace_days + 1, absl::UTCTimeZone());
  const absl::Duration from_utc = absl::FromUnixMicros(end_us) - end;
  return from_utc >= absl::Hours(-15) && from_utc <= absl::Hours(13);
}

// The latest moment at which that can be.
int64_t LatestEnd(const Promise& promise, int grace_days) {
  const auto& due = promise.said.due_date();
  return absl::ToUnixMicros(
      absl::FromCivil(absl::CivilDay(due.year(), due.month(), due.day()) + grace_days + 1,
                      absl::UTCTimeZone()) +
      absl::Hours(13));
}

v1::PromiseStanding Judge(const Promise& promise, int64_t replaced_us, int64_t end_us,
                          const std::vector<const v1::CoreEvent::Payment*>& payments,
                          int64_t now_us) {
  int64_t paid = 0;
  for (const v1::CoreEvent::Payment* payment : payments) {
    const int64_t pay_us = TimeUtil::TimestampToMicroseconds(payment->pay_time());
    const bool counts = payment->amount().currency_code() == promise.said.amount().currency_code();
    if (counts && pay_us >= promise.take_us && pay_us < end_us && pay_us < replaced_us &&
        pay_us <= now_us) {
      paid += payment->amount().minor_units();
    }
  }
  if (paid >= promise.said.amount().minor_units()) return v1::PROMISE_STANDING_KEPT;
  if (replaced_us < end_us) return v1::PROMISE_STANDING_REPLACED;
  if (now_us < end_us) return v1::PROMISE_STANDING_OPEN;
  return paid > 0 ? v1::PROMISE_STANDING_PARTLY_KEPT : v1::PROMISE_STANDING_BROKEN;
}

// Only a contract's terms, or none in force, or a day that was over, let one not bind.
void CheckUnbound(const Promise& promise, const Ledger& ledger, Violations& violations) {
  const std::string& vendor_id = std::get<1>(promise.key);
  if (ledger.with_promise_terms.contains(vendor_id) || ledger.without_contract.contains(vendor_id))
    return;
  const auto& due = promise.said.due_date();
  const absl::CivilDay taken =
      absl::ToCivilDay(absl::FromUnixMicros(promise.take_us), absl::UTCTimeZone());
  if (absl::CivilDay(due.year(), due.month(), due.day()) > taken)
    violations.push_back(absl::StrCat(NameOf(promise.key), " binds nobody, for no reason"));
}

}  // namespace

Violations Promised(const Ledger& ledger) {
  Reading reading(ledger);
  if (ledger.end_us == 0) return std::move(reading.violations());
  Violations violations = std::move(reading.violations());
  std::map<std::string, std::vector<const v1::CoreEvent::Payment*>> payments;
  for (const v1::CoreEvent& event : ledger.payments)
    payments[event.payment().account_id()].push_back(&event.payment());
  // Of what was erased nobody can say what it did to the rest.
  std::set<std::string> forgotten;
  for (const auto& [id, placement] : FindErasures(ledger).assignments)
    forgotten.insert(placement.account_id());
  const auto promises = NewestPromises(ledger);
  std::set<Key> judged;
  for (const auto& [account_id, all] : promises) {
    if (forgotten.contains(account_id)) continue;
    int64_t replaced_us = INT64_MAX;
    for (auto promise = all.rbegin(); promise != all.rend(); ++promise) {
      judged.insert(promise->key);
      const auto told = reading.told().find(promise->key);
      if (told == reading.told().end()) {
        violations.push_back(absl::StrCat("the core was told nothing of ", NameOf(promise->key)));
        continue;
      }
      const v1::PromiseStanding standing = told->second.newest.standing();
      if (standing == v1::PROMISE_STANDING_NOT_BINDING) {
        CheckUnbound(*promise, ledger, violations);
        continue;
      }
      const int64_t end_us = told->second.end_us;
      if (end_us == 0) {
        // When its time is up was never told: it is kept, or replaced, by the longest time at
        // least.
        const auto expected = Judge(*promise, replaced_us, LatestEnd(*promise, ledger.grace_days),
                                    payments[account_id], ledger.end_us);
        if (expected != standing)
          violations.push_back(absl::StrCat(NameOf(promise->key), " cannot stand ",
                                            v1::PromiseStanding_Name(standing)));
      }
      if (end_us != 0 && !MayEnd(*promise, ledger.grace_days, end_us))
        violations.push_back(absl::StrCat("no day ends when ", NameOf(promise->key), " does"));
      if (end_us != 0) {
        const auto& paid = payments[account_id];
        const auto expected = Judge(*promise, replaced_us, end_us, paid, ledger.end_us);
        const auto before =
            Judge(*promise, replaced_us, end_us, paid, ledger.end_us - ledger.looked_at_within_us);
        if (standing != expected && standing != before) {
          violations.push_back(absl::StrCat(NameOf(promise->key), " stands ",
                                            v1::PromiseStanding_Name(standing), ", and not ",
                                            v1::PromiseStanding_Name(expected)));
        }
      }
      replaced_us = promise->take_us;
    }
  }
  for (const auto& [key, told] : reading.told()) {
    if (judged.contains(key) || forgotten.contains(std::get<0>(key))) continue;
    if (told.newest.standing() != v1::PROMISE_STANDING_TAKEN_BACK)
      violations.push_back(absl::StrCat(NameOf(key), " stands although no outcome makes it"));
  }
  return violations;
}

}  // namespace switchboard::invariants
