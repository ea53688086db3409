#include "hub/outcomes/telling_ids.h"

#include <vector>

#include "hub/base/error.h"
#include "hub/base/id_text.h"

namespace switchboard::outcomes {

TellingIds::Key TellingIds::KeyOf(const ReceivedOutcome& received) {
  return {received.outcome().outcome_id(), received.outcome().assignment_id()};
}

absl::Status TellingIds::Look(
    storage::Connection& connection, absl::Span<const ReceivedOutcome> received,
    const std::map<std::string, assignments::Assignment, std::less<>>& assignments) {
  std::vector<std::pair<const ReceivedOutcome*, std::string>> doubtful;  // each with its person
  std::set<std::string> person_ids;
  for (const ReceivedOutcome& one : received) {
    if (one.problem.has_value() || one.outcome().version() != 1) continue;
    const auto assignment = assignments.find(one.outcome().assignment_id());
    if (assignment == assignments.end() || !MayGiveAwayPerson(one.outcome().outcome_id())) continue;
    person_ids.insert(assignment->second.person_id);
    doubtful.emplace_back(&one, assignment->second.person_id);
  }
  if (doubtful.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto persons,
                   book_.ReadPersons(connection, {person_ids.begin(), person_ids.end()}));
  for (const auto& [one, person_id] : doubtful) {
    const auto known = persons.find(person_id);
    if (known == persons.end()) continue;
    if (GivesAwayPerson(one->outcome().outcome_id(), known->second.person))
      telling_.insert(KeyOf(*one));
  }
  return absl::OkStatus();
}

std::optional<FieldProblem> TellingIds::ProblemOf(const ReceivedOutcome& received) const {
  if (received.problem.has_value()) return received.problem;
  if (telling_.empty() || !telling_.contains(KeyOf(received))) return std::nullopt;
  return FieldProblem{"outcome_id",
                      "must hold no number and no mailbox of the person's; logs and indexes keep "
                      "ids"};
}

}  // namespace switchboard::outcomes
