#include "hub/outcomes/promise_words.h"

#include <vector>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/permits/promise_hold.h"

namespace switchboard::outcomes {

void PromiseWords::Add(const v1::Outcome& outcome, const assignments::Assignment& assignment,
                       const contracts::CompiledContract* contract, const v1::Account* account,
                       absl::Time bind_until) {
  // The first version of an outcome without one changes nothing.
  if (!outcome.has_promise() && outcome.version() == 1) return;
  Said& said = said_[outcome.outcome_id()];
  said.person_id = assignment.person_id;
  promises::Word& word = said.word;
  word.key = {assignment.account_id, assignment.vendor_id, outcome.outcome_id()};
  word.version = outcome.version();
  word.assignment_id = assignment.assignment_id;
  word.take_time = TimeOf(outcome.start_time());
  word.promise = outcome.has_promise() ? &outcome.promise() : nullptr;
  word.terms.reset();
  word.plans.reset();
  if (contract != nullptr && contract->TakesPromises(assignment.work_type)) {
    word.terms = contract->contract.promises();
    if (contract->contract.has_plans()) word.plans = contract->contract.plans();
  }
  word.owed = account == nullptr ? nullptr : &account->amount_due();
  word.bind_until = bind_until;
  asked_for_.insert(word.key);
}

void PromiseWords::AddRepeated(const v1::Outcome& outcome,
                               const assignments::Assignment& assignment) {
  if (outcome.has_promise())
    asked_for_.insert({assignment.account_id, assignment.vendor_id, outcome.outcome_id()});
}

absl::StatusOr<std::set<std::string, std::less<>>> PromiseWords::Settle(std::string_view actor) {
  std::set<std::string, std::less<>> not_binding;
  if (!said_.empty()) RETURN_IF_ERROR(SettleSaid(actor));
  if (asked_for_.empty()) return not_binding;
  std::set<std::string> account_ids;
  for (const auto& key : asked_for_) account_ids.insert(key.account_id);
  ASSIGN_OR_RETURN(
      const auto standings,
      promises::StandingsOn(transaction_.connection(), {account_ids.begin(), account_ids.end()}));
  for (const auto& key : asked_for_) {
    const auto found = standings.find(key);
    // One that is not even kept binds nobody either.
    const auto said = said_.find(key.outcome_id);
    const bool promised = said == said_.end() || said->second.word.promise != nullptr;
    if (promised && (found == standings.end() || found->second == v1::PROMISE_STANDING_NOT_BINDING))
      not_binding.insert(key.outcome_id);
  }
  return not_binding;
}

absl::Status PromiseWords::SettleSaid(std::string_view actor) {
  RETURN_IF_ERROR(FindZones());
  std::vector<promises::Word> words;
  for (const auto& [outcome_id, said] : said_) words.push_back(said.word);
  ASSIGN_OR_RETURN(const std::set<std::string> changed, promises_.Take(transaction_, actor, words));
  return permits::FollowPromises(transaction_, actor, book_, changed);
}

// A day of the person's own ends on every clock that may be theirs.
absl::Status PromiseWords::FindZones() {
  std::vector<std::string> person_ids;
  for (const auto& [outcome_id, said] : said_)
    if (said.word.promise != nullptr) person_ids.push_back(said.person_id);
  if (person_ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto persons, book_.ReadPersons(transaction_.connection(), person_ids));
  for (auto& [outcome_id, said] : said_) {
    if (said.word.promise == nullptr) continue;
    const auto person = persons.find(said.person_id);
    if (person != persons.end()) {
      ASSIGN_OR_RETURN(
          const rules::Whereabouts where,
          judge_.WhereIs(transaction_.connection(), person->second.person, transaction_.now()));
      said.word.zones = rules::PossibleZones(where);
    }
    if (said.word.zones.empty()) said.word.zones.push_back(absl::UTCTimeZone());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
