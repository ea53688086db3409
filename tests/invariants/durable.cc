#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/outcome_keys.h"

// The validator of I1.

namespace switchboard::invariants {
namespace {

// The log is the only place where an event can be seen again.
void CheckEventsKept(const Ledger& ledger, Violations& violations) {
  std::unordered_set<std::string> kept;
  ForEachEvent(ledger, [&](const Logged& logged) {
    if (logged.event.kind() == v1::AuditEvent::KIND_EVENT) kept.insert(logged.event.subject_id());
  });
  for (const std::string& event_id : ledger.acknowledged_events) {
    if (kept.contains(event_id)) continue;
    violations.push_back(absl::StrCat("event ", event_id, " was acknowledged and is lost"));
  }
}

void CheckAccountsKept(const Ledger& ledger, Violations& violations) {
  std::unordered_set<std::string> placed;
  for (const auto& placement : ledger.placements) placed.insert(placement.account_id());
  for (const auto& [id, placement] : FindErasures(ledger).assignments)
    placed.insert(placement.account_id());
  for (const std::string& account_id : ledger.placed_accounts) {
    if (placed.contains(account_id)) continue;
    violations.push_back(absl::StrCat("account ", account_id, " was acknowledged and is lost"));
  }
}

}  // namespace

Violations Durable(const Ledger& ledger) {
  Violations violations;
  CheckAccountsKept(ledger, violations);
  const std::unordered_set<std::string> read = KeysRead(ledger);
  for (const ReportedOutcome& reported : ledger.outcomes_reported) {
    const std::string key = KeyOf(reported.vendor_id, reported.outcome);
    if (Accepted(reported) && !read.contains(key)) {
      violations.push_back(absl::StrCat("outcome ", key, " was acknowledged and is lost"));
    }
  }
  for (const auto& [source, through] : ledger.through) {
    const auto found = ledger.through_afterwards.find(source);
    const int64_t afterwards = found == ledger.through_afterwards.end() ? 0 : found->second;
    if (afterwards < through) {
      violations.push_back(absl::StrCat("source ", source, " was answered through ", through,
                                        " and stands at ", afterwards));
    }
  }
  CheckEventsKept(ledger, violations);
  return violations;
}

}  // namespace switchboard::invariants
