#include "tests/invariants/told_promises.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/instalments.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

bool EndsThen(v1::PromiseStanding standing) {
  return standing == v1::PROMISE_STANDING_OPEN || standing == v1::PROMISE_STANDING_BROKEN ||
         standing == v1::PROMISE_STANDING_PARTLY_KEPT;
}

// Some are of a plan, where `since_time` of the whole is that of a part.
void NoteEnds(const v1::PromiseChange& change, ToldPromise& told) {
  const auto note = [&told](const auto& one) {
    if (EndsThen(one.standing()) && one.has_since_time()) {
      told.ends_us[DayOf(one.due_date())] = TimeUtil::TimestampToMicroseconds(one.since_time());
    }
  };
  if (change.instalments().empty()) note(change);
  for (const v1::InstalmentStanding& one : change.instalments()) note(one);
}

// One that is said anew after it was taken back is new.
bool Stands(const v1::PromiseChange& change) {
  return change.standing() != v1::PROMISE_STANDING_UNSPECIFIED &&
         change.standing() != v1::PROMISE_STANDING_TAKEN_BACK;
}

bool IsSame(const v1::PlanDecision& one, const v1::PlanDecision& other) {
  return one.verdict() == other.verdict() && one.reason() == other.reason() &&
         one.decide_time() == other.decide_time();
}

bool IsSame(const google::protobuf::RepeatedField<int>& one,
            const google::protobuf::RepeatedField<int>& other) {
  return std::set<int>(one.begin(), one.end()) == std::set<int>(other.begin(), other.end());
}

// What is wrong with how it stands beside what head office was asked and said; empty: nothing.
const char* ProblemOf(const v1::PromiseChange& change) {
  const bool beyond = !change.beyond().empty();
  const bool refused = change.decision().verdict() == v1::PlanDecision::VERDICT_REFUSED;
  if (change.has_decision() && !beyond) return "was decided though it had not to wait";
  switch (change.standing()) {
    case v1::PROMISE_STANDING_PENDING:
      if (!beyond) return "waits for head office, for no reason";
      return change.has_decision() ? "waits for head office, which has decided" : "";
    case v1::PROMISE_STANDING_REFUSED:
      return refused ? "" : "stands refused, and nobody has refused it";
    case v1::PROMISE_STANDING_REPLACED:
      return refused ? "was refused and does not stand so" : "";
    case v1::PROMISE_STANDING_NOT_BINDING:
      return beyond ? "binds nobody, though that is head office's to say" : "";
    case v1::PROMISE_STANDING_TAKEN_BACK:
      return "";
    default:
      if (refused) return "was refused and does not stand so";
      return beyond && !change.has_decision() ? "binds, and head office has not agreed" : "";
  }
}

}  // namespace

ToldPromises::ToldPromises(const Ledger& ledger, const std::map<PromiseKey, Versions>& versions)
    : versions_(versions) {
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

void ToldPromises::Accuse(const PromiseKey& key, const char* what) {
  violations_.push_back(absl::StrCat(NameOf(key), " ", what));
}

const v1::Outcome::Promise* ToldPromises::SaidIn(const PromiseKey& key, int32_t version) const {
  const auto outcome = versions_.find(key);
  if (outcome == versions_.end()) return nullptr;
  const auto said = outcome->second.find(version);
  const bool found = said != outcome->second.end() && said->second->has_promise();
  return found ? &said->second->promise() : nullptr;
}

void ToldPromises::Take(const v1::PromiseChange& change) {
  const PromiseKey key = {change.account_id(), change.vendor_id(), change.outcome_id()};
  ToldPromise& told = told_[key];
  const v1::PromiseChange before = std::exchange(told.newest, change);
  const auto former = Stands(before) ? before.standing() : v1::PROMISE_STANDING_UNSPECIFIED;
  if (change.former_standing() != former) Accuse(key, "changed from what it was not");
  if (!Stands(change)) told.ends_us.clear();
  if (const char* problem = ProblemOf(change); problem[0] != '\0') Accuse(key, problem);
  if (Stands(change)) CheckSuccession(key, before, change);
  CheckParts(key, change);
  NoteEnds(change, told);
  auto& of_account = open_[change.account_id()];
  const bool open = change.standing() == v1::PROMISE_STANDING_OPEN;
  open ? (void)of_account.insert(key) : (void)of_account.erase(key);
  touched_.insert(change.account_id());
}

// As long as the outcome says the same of the plan and of when it was agreed to, why it waits is
// the same too, and what was decided stays; of other words nothing is decided yet.
void ToldPromises::CheckSuccession(const PromiseKey& key, const v1::PromiseChange& before,
                                   const v1::PromiseChange& change) {
  const bool decided_before = Stands(before) && before.has_decision();
  const bool keeps = decided_before && IsSame(before.decision(), change.decision());
  if (change.has_decision() && !keeps) {
    ++decisions_[{change.vendor_id(), change.outcome_id(), change.decision().verdict(),
                  change.decision().reason()}];
  }
  const v1::Outcome::Promise* then = SaidIn(key, before.outcome_version());
  const v1::Outcome::Promise* now = SaidIn(key, change.outcome_version());
  if (!Stands(before) || then == nullptr || now == nullptr) return;
  if (then->SerializeAsString() != now->SerializeAsString()) {
    if (keeps) Accuse(key, "keeps a decision about what it does not say any more");
    return;
  }
  const bool same_contact = before.take_time() == change.take_time() || decided_before;
  if (same_contact && !IsSame(before.beyond(), change.beyond()))
    Accuse(key, "is beyond something else than before, and says the same");
  if (decided_before && !keeps) Accuse(key, "lost what was decided of it");
  if (keeps && before.take_time() != change.take_time())
    Accuse(key, "was decided, and counts from another time than then");
}

// A plan is open until the end of its first part that is not kept.
void ToldPromises::CheckParts(const PromiseKey& key, const v1::PromiseChange& change) {
  if (change.instalments().empty()) {
    if (Stands(change) && !change.beyond().empty())
      Accuse(key, "is beyond an authority, and is no plan");
    return;
  }
  if (change.standing() != v1::PROMISE_STANDING_OPEN) return;
  for (const v1::InstalmentStanding& one : change.instalments()) {
    if (one.standing() == v1::PROMISE_STANDING_KEPT) continue;
    if (one.since_time() != change.since_time())
      Accuse(key, "is open until another time than that of its first part that is not kept");
    return;
  }
}

void ToldPromises::EndCommit() {
  for (const std::string& account_id : touched_) {
    if (open_[account_id].size() > 1)
      violations_.push_back(absl::StrCat("account ", account_id, " has two live promises"));
  }
  touched_.clear();
}

}  // namespace switchboard::invariants
