#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "absl/functional/function_ref.h"
#include "tests/invariants/ledger.h"

// How the validators, and who gathers for them, read the audit log. Pure.

namespace switchboard::invariants {

// An event at its place in the log.
struct Logged {
  v1::AuditEvent event;
  int64_t entry = 0;  // from 1; commits are numbered over all chains
};

// Visits every event of the ledger's audit log, commit by commit over all chains, and returns how
// many could not be read. One event is in memory at a time; the visitor may move it away.
int64_t ForEachEvent(const Ledger& ledger, absl::FunctionRef<void(Logged&)> visit);

// Whether the event is an occurrence of this kind.
bool Is(const v1::AuditEvent& event, v1::AuditEvent::Occurrence::What what);

// What the log says was erased.
struct Erasures {
  // By id, as they were: with their person, times and work type.
  std::unordered_map<std::string, v1::ListPlacementsResponse::Placement> assignments;
  std::unordered_set<std::string> account_ids, person_ids;
  int64_t accounts = 0;
  int64_t persons = 0;
  int64_t quarantine = 0;
  int64_t events = 0;  // of the core
  int64_t disclosures = 0;
  int64_t disclosures_through = 0;  // highest sequence
};
Erasures FindErasures(const Ledger& ledger);

// Persons who asked to be deleted, and to whose requests was agreed: of them the hub may have been
// sent anew what is older than what it forgot.
std::unordered_set<std::string> PersonsToForget(const Ledger& ledger);

// Placements by assignment, those that were erased included.
class PlacementIndex {
 public:
  // `ledger` must outlive the index.
  explicit PlacementIndex(const Ledger& ledger);
  // Null when there was none.
  const v1::ListPlacementsResponse::Placement* Find(const std::string& assignment_id) const;

 private:
  const Erasures erasures_;
  std::unordered_map<std::string, const v1::ListPlacementsResponse::Placement*> placements_;
};

// Recorded outcomes by sequence, which is how the log names them.
using OutcomesBySequence = std::unordered_map<int64_t, const v1::RecordedOutcome*>;
OutcomesBySequence IndexOutcomes(const Ledger& ledger);

// The permit that an outcome used, as the hub judged it, or that an earlier version of it did;
// empty for none.
std::string PermitUsed(const v1::RecordedOutcome& outcome);

}  // namespace switchboard::invariants
