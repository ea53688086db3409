#include <algorithm>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/sent_records.h"

// The validator of I7.

namespace switchboard::invariants {
namespace {

using Placement = v1::ListPlacementsResponse::Placement;

// Tokens of `kind` by vendor: the same token at two vendors would let them compare notes.
class Tokens {
 public:
  explicit Tokens(const char* kind) : kind_(kind) {}
  void Add(const std::string& vendor_id, const std::string& token, Violations& violations) {
    if (token.empty()) return;
    const auto [found, added] = owner_.emplace(token, vendor_id);
    if (added || found->second == vendor_id) return;
    violations.push_back(
        absl::StrCat("vendors ", found->second, " and ", vendor_id, " share a token of ", kind_));
  }

 private:
  const char* const kind_;
  std::unordered_map<std::string, std::string> owner_;
};

// Null, and a violation, when the vendor never held it.
const Placement* Check(const PlacementIndex& placements, const std::string& vendor_id,
                       const std::string& assignment_id, const char* did, Violations& violations) {
  const Placement* found = placements.Find(assignment_id);
  if (found != nullptr && found->vendor_id() == vendor_id) return found;
  violations.push_back(absl::StrCat("vendor ", vendor_id, " ", did, " assignment ", assignment_id,
                                    ", which it never held"));
  return nullptr;
}

// What is live in the end, its vendor's contract allows.
void CheckAllowed(const Ledger& ledger, Violations& violations) {
  if (ledger.allowed.empty()) return;
  const SentRecords records(ledger);
  const auto forgotten = PersonsToForget(ledger);
  for (const Placement& placement : ledger.placements) {
    if (placement.has_withdraw_time()) continue;
    const auto allowed = ledger.allowed.find(placement.vendor_id());
    if (allowed == ledger.allowed.end() || forgotten.contains(placement.person_id())) continue;
    const auto say = [&](const std::string& what) {
      violations.push_back(absl::StrCat("vendor ", placement.vendor_id(),
                                        " still holds assignment ", placement.assignment_id(),
                                        " and ", what));
    };
    if (!allowed->second.work_types.contains(placement.work_type())) {
      say(absl::StrCat("may do no ", v1::WorkType_Name(placement.work_type())));
      continue;
    }
    // Of several newest truths any may be the one that the hub has.
    const std::set<std::string> spoken = records.LanguagesOf(placement.person_id());
    const bool serves =
        spoken.empty() || std::any_of(spoken.begin(), spoken.end(), [&](const std::string& one) {
          return allowed->second.languages.contains(one);
        });
    if (!serves) say("does not speak the person's language");
  }
}

}  // namespace

Violations OwnOnly(const Ledger& ledger) {
  Violations violations;
  const PlacementIndex placements(ledger);
  Tokens persons("persons"), accounts("accounts");
  for (const auto& [vendor_id, row] : ledger.shown) {
    Check(placements, vendor_id, row.assignment_id(), "was shown", violations);
    persons.Add(vendor_id, row.person().person_token(), violations);
    accounts.Add(vendor_id, row.account().account_token(), violations);
  }
  for (const ReceivedPermit& permit : ledger.permits)
    Check(placements, permit.vendor_id, permit.assignment_id, "got a permit for", violations);
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_outcome()) continue;
    const v1::RecordedOutcome& recorded = item.outcome();
    const std::string& assignment_id = recorded.outcome().assignment_id();
    const Placement* placement =
        Check(placements, recorded.vendor_id(), assignment_id, "was believed about", violations);
    if (placement == nullptr || recorded.account_id() == placement->account_id()) continue;
    violations.push_back(absl::StrCat("outcome ", item.sequence(), " is about account ",
                                      recorded.account_id(), ", assignment ", assignment_id,
                                      " is not"));
  }
  CheckAllowed(ledger, violations);
  return violations;
}

}  // namespace switchboard::invariants
