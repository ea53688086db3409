#include "hub/outcomes/named_points.h"

#include <set>

#include "hub/base/error.h"

namespace switchboard::outcomes {

absl::Status NamedPoints::Look(
    storage::Connection& connection, contracts::Contracts& contracts, std::string_view vendor_id,
    absl::Span<const ReceivedOutcome> received,
    const std::map<std::string, assignments::Assignment, std::less<>>& assignments) {
  std::set<std::string> person_ids;
  for (const ReceivedOutcome& one : received) {
    const v1::Outcome& outcome = one.outcome();
    const auto assignment = assignments.find(outcome.assignment_id());
    if (one.problem.has_value() || outcome.contact_point_id().empty() ||
        assignment == assignments.end())
      continue;
    person_ids_.emplace(outcome.assignment_id(), assignment->second.person_id);
    person_ids.insert(assignment->second.person_id);
  }
  if (person_ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(contract_, contracts.Newest(connection, vendor_id));
  ASSIGN_OR_RETURN(persons_, book_.ReadPersons(connection, {person_ids.begin(), person_ids.end()}));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ReceivedOutcome>> NamedPoints::WithCoresId(
    storage::Connection& connection, FormerVersions& former, std::string_view vendor_id,
    const ReceivedOutcome& received) {
  const v1::Outcome& outcome = received.outcome();
  if (!person_ids_.contains(outcome.assignment_id())) return std::nullopt;
  ASSIGN_OR_RETURN(const std::string id, CoresId(connection, former, outcome));
  if (id == outcome.contact_point_id()) return std::nullopt;
  v1::Outcome& read = read_.emplace_back(outcome);
  read.set_contact_point_id(id);
  return ReadAs(sealer_, vendor_id, received, read);
}

absl::StatusOr<std::string> NamedPoints::CoresId(storage::Connection& connection,
                                                 FormerVersions& former,
                                                 const v1::Outcome& outcome) const {
  const std::string& id = outcome.contact_point_id();
  if (id.empty() || Find(outcome) != nullptr) return id;
  if (const v1::Person* person = PersonOf(outcome); person != nullptr) {
    const v1::ContactPoint* point = contract_->FindShown(*person, id);
    if (point != nullptr) return point->contact_point_id();
  }
  ASSIGN_OR_RETURN(const v1::Outcome* before, former.Before(connection, outcome));
  if (before == nullptr) return id;
  const std::string& person_id = person_ids_.find(outcome.assignment_id())->second;
  const bool the_same = contract_->IsShownAs(person_id, before->contact_point_id(), id);
  return the_same ? before->contact_point_id() : id;
}

const v1::ContactPoint* NamedPoints::Find(const v1::Outcome& outcome) const {
  const v1::Person* person = PersonOf(outcome);
  return person == nullptr ? nullptr : book::FindContactPoint(*person, outcome.contact_point_id());
}

// Null: erased.
const v1::Person* NamedPoints::PersonOf(const v1::Outcome& outcome) const {
  const auto person_id = person_ids_.find(outcome.assignment_id());
  if (person_id == person_ids_.end()) return nullptr;
  const auto known = persons_.find(person_id->second);
  return known == persons_.end() ? nullptr : &known->second.person;
}

}  // namespace switchboard::outcomes
