#include <unordered_map>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/erasures.h"
#include "tests/invariants/instalments.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/outcome_keys.h"

// The validator of I2.

namespace switchboard::invariants {
namespace {

// What the hub recorded reached the core.
void CheckLoggedWereRead(const Ledger& ledger, Violations& violations) {
  const OutcomesBySequence read = IndexOutcomes(ledger);
  ForEachEvent(ledger, [&](const Logged& logged) {
    if (logged.event.kind() != v1::AuditEvent::KIND_OUTCOME) return;
    if (read.contains(logged.event.count())) return;
    violations.push_back(
        absl::StrCat("outcome ", logged.event.count(), " was recorded and never read"));
  });
}

// Of a vendor's own code the hub says the result.
std::string AsReported(v1::Outcome outcome) {
  if (!outcome.vendor_code().empty()) outcome.clear_result();
  return outcome.SerializeAsString();
}

// In a dense order, none twice, each as its vendor wrote it down.
void CheckRead(const Ledger& ledger, Violations& violations) {
  std::unordered_map<std::string, std::string> reported;  // key → content
  for (const ReportedOutcome& one : ledger.outcomes_reported)
    reported.emplace(KeyOf(one.vendor_id, one.outcome), InParts(one.outcome).SerializeAsString());
  std::unordered_set<std::string> read;
  int64_t expected = 1;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (item.sequence() != expected) {
      violations.push_back(
          absl::StrCat("the core read item ", item.sequence(), " where ", expected, " was due"));
    }
    expected = item.sequence() + 1;
    if (!item.has_outcome()) continue;
    const std::string key = KeyOf(item.outcome().vendor_id(), item.outcome().outcome());
    if (!read.insert(key).second)
      violations.push_back(absl::StrCat("outcome ", key, " came twice"));
    const auto source = reported.find(key);
    if (source == reported.end()) {
      violations.push_back(absl::StrCat("outcome ", key, " was reported by nobody"));
    } else if (source->second != AsReported(item.outcome().outcome())) {
      violations.push_back(absl::StrCat("outcome ", key, " arrived altered"));
    }
  }
}

// Those that operators did not let be recorded since.
void CheckRefusedAreKept(const Ledger& ledger, const std::unordered_set<std::string>& read,
                         Violations& violations) {
  int64_t refused = 0;
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    if (!Accepted(one) && one.receipt != v1::ReportOutcomesResponse::STATUS_UNSPECIFIED &&
        !read.contains(KeyOf(one.vendor_id, one.outcome)))
      ++refused;
  }
  int64_t kept = FindErasures(ledger).quarantine;
  for (const auto& item : ledger.quarantine) kept += item.kind() == "outcome" ? 1 : 0;
  for (const auto& rest : ledger.quarantine_rest)
    kept += rest.kind() == "outcome" ? rest.count() : 0;
  if (kept < refused) {
    violations.push_back(
        absl::StrCat(refused, " outcomes were refused, ", kept, " are kept in quarantine"));
  }
}

}  // namespace

Violations Once(const Ledger& ledger) {
  Violations violations;
  CheckRead(ledger, violations);
  const std::unordered_set<std::string> read = KeysRead(ledger);
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    const std::string key = KeyOf(one.vendor_id, one.outcome);
    if (Waits(one) && !read.contains(key))
      violations.push_back(absl::StrCat("outcome ", key, " reached nobody"));
  }
  CheckRefusedAreKept(ledger, read, violations);
  CheckErasedWereConfirmed(ledger, violations);
  CheckLoggedWereRead(ledger, violations);
  return violations;
}

OutcomeCounts CountOutcomes(const Ledger& ledger) {
  OutcomeCounts counts;
  const std::unordered_set<std::string> read = KeysRead(ledger);
  std::unordered_set<std::string> reported;
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    const std::string key = KeyOf(one.vendor_id, one.outcome);
    if (!reported.insert(key).second) continue;
    counts.lost += (Accepted(one) || Waits(one)) && !read.contains(key) ? 1 : 0;
  }
  counts.reported = static_cast<int64_t>(reported.size());
  for (const v1::CoreItem& item : ledger.items_read) counts.read += item.has_outcome() ? 1 : 0;
  counts.doubled = counts.read - static_cast<int64_t>(read.size());
  return counts;
}

}  // namespace switchboard::invariants
