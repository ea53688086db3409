#include "tests/invariants_log.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

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
