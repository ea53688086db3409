#include "tests/invariants/audit_reading.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "absl/strings/numbers.h"

namespace switchboard::invariants {

namespace {

// The commits of all chains in one order. Each chain keeps its own; between chains the time
// decides: a group that rests on what another one committed is dated after it.
std::vector<const v1::AuditEntry*> InOneOrder(const Ledger& ledger) {
  std::map<std::string, std::deque<const v1::AuditEntry*>> chains;
  for (const v1::AuditEntry& entry : ledger.audit) chains[entry.chain_id()].push_back(&entry);
  std::vector<const v1::AuditEntry*> order;
  while (!chains.empty()) {
    const auto next =
        std::min_element(chains.begin(), chains.end(), [](const auto& a, const auto& b) {
          return a.second.front()->commit_time_us() < b.second.front()->commit_time_us();
        });
    order.push_back(next->second.front());
    next->second.pop_front();
    if (next->second.empty()) chains.erase(next);
  }
  return order;
}

void Count(const v1::AuditEvent& event, Erasures& erasures) {
  using Erased = v1::AuditEvent::Erased;
  switch (event.erased().what()) {
    case Erased::WHAT_ASSIGNMENT: {
      auto& placement = erasures.assignments[event.assignment_id()];
      placement.set_assignment_id(event.assignment_id());
      placement.set_person_id(event.person_id());
      placement.set_work_type(event.erased().work_type());
      break;
    }
    case Erased::WHAT_ACCOUNT:
      erasures.accounts += event.count();
      erasures.account_ids.insert(event.account_id());
      break;
    case Erased::WHAT_PERSON:
      erasures.persons += event.count();
      erasures.person_ids.insert(event.person_id());
      break;
    case Erased::WHAT_QUARANTINE:
      erasures.quarantine += event.count();
      break;
    case Erased::WHAT_CORE_EVENT:
      erasures.events += event.count();
      break;
    case Erased::WHAT_DISCLOSURE: {
      // Without a sequence they are answers, which no event of their own told of.
      int64_t through = 0;
      if (!absl::SimpleAtoi(event.subject_id(), &through)) break;
      erasures.disclosures += event.count();
      erasures.disclosures_through = std::max(erasures.disclosures_through, through);
      break;
    }
    default:
      break;
  }
}

}  // namespace

int64_t ForEachEvent(const Ledger& ledger, absl::FunctionRef<void(Logged&)> visit) {
  int64_t unreadable = 0;
  Logged logged;
  for (const v1::AuditEntry* entry : InOneOrder(ledger)) {
    ++logged.entry;
    for (const std::string& bytes : entry->events()) {
      if (logged.event.ParseFromString(bytes)) {
        visit(logged);
      } else {
        ++unreadable;
      }
    }
  }
  return unreadable;
}

bool Is(const v1::AuditEvent& event, v1::AuditEvent::Occurrence::What what) {
  return event.kind() == v1::AuditEvent::KIND_EVENT && event.occurrence().what() == what;
}

Erasures FindErasures(const Ledger& ledger) {
  Erasures erasures;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() != v1::AuditEvent::KIND_ERASED) return;
    Count(event, erasures);
  });
  if (erasures.assignments.empty()) return erasures;
  // The rest is what the log said when it happened.
  ForEachEvent(ledger, [&](const Logged& logged) {
    const auto found = erasures.assignments.find(logged.event.assignment_id());
    if (found == erasures.assignments.end()) return;
    if (logged.event.kind() == v1::AuditEvent::KIND_PLACED) {
      found->second.set_vendor_id(logged.event.vendor_id());
      found->second.set_account_id(logged.event.account_id());
      *found->second.mutable_place_time() = logged.event.time();
    } else if (logged.event.kind() == v1::AuditEvent::KIND_WITHDRAWN) {
      *found->second.mutable_withdraw_time() = logged.event.time();
    }
  });
  return erasures;
}

std::unordered_set<std::string> PersonsToForget(const Ledger& ledger) {
  std::unordered_set<std::string> persons;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::PersonRequestStep& step = logged.event.person_request();
    if (step.kind() == v1::PersonRequest::KIND_DELETION &&
        step.state() == v1::PersonRequest::STATE_AGREED)
      persons.insert(logged.event.person_id());
  });
  return persons;
}

PlacementIndex::PlacementIndex(const Ledger& ledger) : erasures_(FindErasures(ledger)) {
  for (const auto& placement : ledger.placements)
    placements_[placement.assignment_id()] = &placement;
  for (const auto& [id, placement] : erasures_.assignments) placements_.emplace(id, &placement);
}

const v1::ListPlacementsResponse::Placement* PlacementIndex::Find(
    const std::string& assignment_id) const {
  const auto found = placements_.find(assignment_id);
  return found == placements_.end() ? nullptr : found->second;
}

OutcomesBySequence IndexOutcomes(const Ledger& ledger) {
  OutcomesBySequence found;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (item.has_outcome()) found[item.sequence()] = &item.outcome();
  }
  return found;
}

std::string PermitUsed(const v1::RecordedOutcome& outcome) {
  if (outcome.outcome().result().connection() == v1::CONNECTION_NOT_PLACED) return "";
  const bool refused = std::any_of(outcome.marks().begin(), outcome.marks().end(), [](int mark) {
    return mark == v1::RecordedOutcome::MARK_PERMIT_NOT_VALID;
  });
  return refused ? "" : outcome.outcome().permit_id();
}

}  // namespace switchboard::invariants
