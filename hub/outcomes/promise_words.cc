#include "hub/outcomes/promise_words.h"

#include <vector>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/permits/promise_hold.h"
#include "hub/promises/shown_anew.h"

namespace switchboard::outcomes {

void PromiseWords::Add(const v1::Outcome& outcome, const assignments::Assignment& assignment,
                       const contracts::CompiledContract* contract, const v1::Account* account) {
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
  if (contract != nullptr) word.terms = contract->contract.promises();
  word.owed = account == nullptr ? nullptr : &account->amount_due();
}

absl::StatusOr<std::set<std::string, std::less<>>> PromiseWords::Settle(std::string_view actor) {
  std::set<std::string, std::less<>> not_binding;
  if (said_.empty()) return not_binding;
  RETURN_IF_ERROR(FindZones());
  std::vector<promises::Word> words;
  for (const auto& [outcome_id, said] : said_) words.push_back(said.word);
  ASSIGN_OR_RETURN(const promises::Taken taken, promises_.Take(transaction_, actor, words));
  for (const promises::Word& word : words) {
    const auto found = taken.standings.find(word.key);
    if (found != taken.standings.end() && found->second == v1::PROMISE_STANDING_NOT_BINDING)
      not_binding.insert(word.key.outcome_id);
  }
  RETURN_IF_ERROR(promises::ShowAnew(transaction_, changes_, book_, taken.changed));
  for (const std::string& account_id : taken.changed) {
    ASSIGN_OR_RETURN(const auto owner, book_.HoldOwner(transaction_, account_id));
    if (!owner.has_value()) continue;
    RETURN_IF_ERROR(
        permits::VoidForPromise(transaction_, actor, owner->person_id, account_id).status());
  }
  return not_binding;
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
