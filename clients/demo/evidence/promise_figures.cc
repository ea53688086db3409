#include "clients/demo/evidence/promise_figures.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::demo {
namespace {

using google::protobuf::util::TimeUtil;
using Decision = v1::PlanDecision;

// Vendor and outcome.
using Key = std::pair<std::string, std::string>;

// What the core read of one outcome.
struct Told {
  const v1::RecordedOutcome* outcome = nullptr;  // the newest version; null: nothing
  const v1::PromiseChange* promise = nullptr;    // what it was told last; null: nothing
};

std::map<Key, Told> ReadAll(const invariants::Ledger& ledger) {
  std::map<Key, Told> all;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (item.has_promise())
      all[{item.promise().vendor_id(), item.promise().outcome_id()}].promise = &item.promise();
    if (!item.has_outcome()) continue;
    const v1::RecordedOutcome& outcome = item.outcome();
    Told& told = all[{outcome.vendor_id(), outcome.outcome().outcome_id()}];
    if (told.outcome == nullptr || told.outcome->outcome().version() < outcome.outcome().version())
      told.outcome = &outcome;
  }
  return all;
}

int64_t CountParts(const v1::PromiseChange& plan, v1::PromiseStanding standing) {
  return std::count_if(plan.instalments().begin(), plan.instalments().end(),
                       [&](const auto& part) { return part.standing() == standing; });
}

void CountPlan(const v1::PromiseChange& plan, PromiseCounts& counts) {
  ++counts.plans;
  counts.waiting += plan.standing() == v1::PROMISE_STANDING_PENDING ? 1 : 0;
  counts.approved += plan.decision().verdict() == Decision::VERDICT_APPROVED ? 1 : 0;
  counts.changed += plan.decision().verdict() == Decision::VERDICT_CHANGED ? 1 : 0;
  counts.refused += plan.decision().verdict() == Decision::VERDICT_REFUSED ? 1 : 0;
  if (plan.standing() != v1::PROMISE_STANDING_OPEN) return;
  ++counts.open_plans[absl::StrCat(CountParts(plan, v1::PROMISE_STANDING_KEPT), " of ",
                                   plan.instalments_size(), " parts kept")];
}

template <typename Message>
bool Equal(const Message& one, const Message& other) {
  return google::protobuf::util::MessageDifferencer::Equals(one, other);
}

std::string NameOf(const Key& key) {
  return absl::StrCat("the promise of ", key.first, "'s outcome ", key.second);
}

// Until when the recording of a call is to be told of; nothing where none is owed.
std::optional<int64_t> RecordingDue(const Evidence& evidence, const v1::RecordedOutcome& recorded) {
  const v1::Outcome& outcome = recorded.outcome();
  const auto vendor = evidence.vendors.find(recorded.vendor_id());
  if (vendor == evidence.vendors.end() || !vendor->second.contract.has_recordings())
    return std::nullopt;
  const bool phone =
      outcome.channel() == v1::CHANNEL_UNSPECIFIED || outcome.channel() == v1::CHANNEL_PHONE;
  if (outcome.result().connection() != v1::CONNECTION_ANSWERED || !phone) return std::nullopt;
  return TimeUtil::TimestampToMicroseconds(outcome.end_time()) +
         TimeUtil::DurationToMicroseconds(vendor->second.contract.recordings().within());
}

class Checks {
 public:
  explicit Checks(const Evidence& evidence) : evidence_(evidence), all_(ReadAll(evidence.ledger)) {
    for (const PlanDecided& decided : evidence.plans_decided)
      asked_[KeyOf(decided)].insert(decided.request.verdict());
  }

  std::vector<std::string> Run() {
    for (const auto& [key, told] : all_) {
      if (told.promise != nullptr) CheckDecision(key, *told.promise);
    }
    CheckDecided();
    CheckRecordings();
    return std::move(mistakes_);
  }

 private:
  static Key KeyOf(const PlanDecided& decided) {
    return {decided.request.key().vendor_id(), decided.request.key().outcome_id()};
  }

  void Require(bool holds, const std::string& name, const std::string& otherwise) {
    if (!holds) mistakes_.push_back(absl::StrCat(name, " ", otherwise));
  }

  // Head office said what the core was told of it, and has left nothing.
  void CheckDecision(const Key& key, const v1::PromiseChange& plan) {
    Require(plan.standing() != v1::PROMISE_STANDING_PENDING, NameOf(key),
            "waits, though head office has decided on all that did");
    if (!plan.has_decision()) return;
    const auto asked = asked_.find(key);
    const Decision::Verdict verdict = plan.decision().verdict();
    Require(asked != asked_.end() && asked->second.contains(verdict), NameOf(key),
            "was decided as head office did not");
    if (verdict == Decision::VERDICT_CHANGED)
      Require(IsAsChanged(key, plan), NameOf(key), "binds otherwise than head office changed it");
  }

  bool IsAsChanged(const Key& key, const v1::PromiseChange& plan) const {
    return std::any_of(evidence_.plans_decided.begin(), evidence_.plans_decided.end(),
                       [&](const PlanDecided& decided) {
                         const v1::DecidePlanRequest& said = decided.request;
                         return KeyOf(decided) == key &&
                                said.plan().schedule().count() == plan.instalments_size() &&
                                Equal(said.plan().schedule().first_date(),
                                      plan.instalments(0).due_date()) &&
                                Equal(said.amount(), plan.amount());
                       });
  }

  // The core and the audit log know what the hub acknowledged to head office, and the log of no
  // other decision.
  void CheckDecided() {
    std::set<std::pair<Key, int>> logged;
    for (const PlanLogged& decision : evidence_.plans_logged) {
      const Key key{decision.vendor_id, decision.outcome_id};
      logged.emplace(key, decision.verdict);
      const auto asked = asked_.find(key);
      Require(asked != asked_.end() && asked->second.contains(decision.verdict), NameOf(key),
              "was decided otherwise by the audit log");
    }
    for (const PlanDecided& decided : evidence_.plans_decided) {
      if (!decided.acknowledged) continue;
      const Key key = KeyOf(decided);
      Require(logged.contains({key, decided.request.verdict()}), NameOf(key),
              "was decided, which the audit log does not name");
      const auto told = all_.find(key);
      const bool is_told = told != all_.end() && told->second.promise != nullptr &&
                           told->second.promise->decision().verdict() == decided.request.verdict();
      Require(is_told, NameOf(key), "was decided, and the core was told otherwise");
    }
  }

  void CheckRecordings() {
    std::map<Key, int64_t> missing;
    for (const v1::MissingRecording& call : evidence_.missing_recordings)
      missing[{call.vendor_id(), call.outcome_id()}] =
          TimeUtil::TimestampToMicroseconds(call.due_time());
    for (const auto& [key, told] : all_) {
      if (told.outcome == nullptr) continue;
      const auto found = missing.find(key);
      const std::optional<int64_t> due = RecordingDue(evidence_, *told.outcome);
      const bool owed = due.has_value() && !told.outcome->outcome().has_recording();
      const std::string name =
          absl::StrCat("the recording of ", key.first, "'s outcome ", key.second);
      if (found == missing.end()) {
        Require(!owed || *due >= evidence_.ledger.end_us, name, "is owed, and nobody misses it");
        continue;
      }
      Require(owed && *due == found->second, name, "is missed, and is not owed since then");
      missing.erase(found);
    }
    for (const auto& [key, due] : missing)
      Require(false, absl::StrCat("the recording of ", key.first, "'s outcome ", key.second),
              "is missed of a call that the core did not read of");
  }

  const Evidence& evidence_;
  const std::map<Key, Told> all_;
  std::map<Key, std::set<int>> asked_;  // verdicts
  std::vector<std::string> mistakes_;
};

}  // namespace

void CountPromises(const Evidence& evidence, RunResult* result) {
  std::map<std::string, PromiseCounts*> by_id;
  for (VendorResult& vendor : result->vendors) by_id[vendor.vendor_id] = &vendor.promises;
  for (const auto& [key, told] : ReadAll(evidence.ledger)) {
    const auto vendor = by_id.find(key.first);
    if (vendor == by_id.end()) continue;
    PromiseCounts& counts = *vendor->second;
    if (told.outcome != nullptr)
      counts.recordings_told += told.outcome->outcome().has_recording() ? 1 : 0;
    if (told.promise == nullptr) continue;
    ++counts.taken;
    ++counts.standings[v1::PromiseStanding_Name(told.promise->standing())];
    if (!told.promise->instalments().empty()) CountPlan(*told.promise, counts);
  }
  for (const v1::MissingRecording& call : evidence.missing_recordings) {
    const auto vendor = by_id.find(call.vendor_id());
    if (vendor != by_id.end()) ++vendor->second->recordings_missing;
  }
  for (const v1::CoreItem& item : evidence.ledger.items_read) {
    if (!item.has_hand_over()) continue;
    ++result->handed_over[absl::StrCat(item.hand_over().from_vendor_id(), " to ",
                                       item.hand_over().to_vendor_id())];
  }
}

std::vector<std::string> PromiseMistakes(const Evidence& evidence) {
  return Checks(evidence).Run();
}

}  // namespace switchboard::demo
