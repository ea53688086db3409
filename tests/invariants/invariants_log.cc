#include "tests/invariants/invariants_log.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

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

std::string DetailOf(const v1::AuditEvent& event, absl::string_view key) {
  const std::string mark = absl::StrCat(key, "=");
  const size_t begin = event.detail().find(mark);
  if (begin == std::string::npos) return "";
  const size_t from = begin + mark.size();
  return event.detail().substr(from, event.detail().find(' ', from) - from);
}

Erasures FindErasures(const Ledger& ledger) {
  Erasures erasures;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() != v1::AuditEvent::KIND_ERASED) return;
    const std::string what = event.detail().substr(0, event.detail().find(' '));
    if (what == "assignment") {
      auto& placement = erasures.assignments[event.assignment_id()];
      placement.set_assignment_id(event.assignment_id());
      placement.set_person_id(event.person_id());
      v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
      v1::WorkType_Parse(DetailOf(event, "work_type"), &work_type);
      placement.set_work_type(work_type);
    }
    if (what == "account") erasures.accounts += event.count();
    if (what == "person") erasures.persons += event.count();
    if (what == "quarantine") erasures.quarantine += event.count();
    if (what == "core_event") erasures.events += event.count();
    if (what != "disclosure") return;
    erasures.disclosures += event.count();
    int64_t through = 0;
    if (absl::SimpleAtoi(event.subject_id(), &through))
      erasures.disclosures_through = std::max(erasures.disclosures_through, through);
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

OutcomesBySequence IndexOutcomes(const Ledger& ledger) {
  OutcomesBySequence found;
  for (const auto& outcome : ledger.outcomes_read) found[outcome.sequence()] = &outcome;
  return found;
}

std::string PermitUsed(const v1::RecordedOutcome& outcome) {
  if (outcome.outcome().version() > 1) return "";
  if (outcome.outcome().disposition() == v1::DISPOSITION_NO_CONTACT) return "";
  const bool refused = std::any_of(outcome.marks().begin(), outcome.marks().end(), [](int mark) {
    return mark == v1::RecordedOutcome::MARK_PERMIT_NOT_VALID;
  });
  return refused ? "" : outcome.outcome().permit_id();
}

}  // namespace switchboard::invariants
