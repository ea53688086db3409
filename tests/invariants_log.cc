#include "tests/invariants_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace switchboard::invariants {

int64_t ForEachEvent(const Ledger& ledger, absl::FunctionRef<void(Logged&)> visit) {
  int64_t unreadable = 0;
  Logged logged;
  for (const v1::AuditEntry& entry : ledger.audit) {
    ++logged.entry;
    for (const std::string& bytes : entry.events()) {
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
