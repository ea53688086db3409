#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/unread.h"

// The validator of I2 that reads vendors' own codes again. It knows of no days: it judges maps that
// always hold.

namespace switchboard::invariants {
namespace {

// What the newest version, and those applied in the same commit, may have been.
struct InForce {
  int64_t version = 0;  // before the commit that is being read; 0: none
  int64_t now = 0;      // applied in it; 0: none
  int64_t entry = 0;
};

// The result that a version has for a code; null: none.
const v1::Outcome::Result* MeaningOf(const v1::CodeMap& map, const std::string& code) {
  for (const v1::CodeMap::Meaning& meaning : map.meanings()) {
    for (const std::string& one : meaning.codes())
      if (one == code) return &meaning.result();
  }
  return nullptr;
}

void Check(const v1::RecordedOutcome& recorded, const InForce& in_force, const Ledger& ledger,
           Violations& violations) {
  const std::string name =
      absl::StrCat(recorded.vendor_id(), "'s outcome ", recorded.outcome().outcome_id());
  const int64_t version = recorded.code_map_version();
  if (version != in_force.version && (in_force.now == 0 || version != in_force.now)) {
    violations.push_back(absl::StrCat(name, " was read by version ", version,
                                      " of the code map where ", in_force.version,
                                      " was the newest"));
    return;
  }
  for (const v1::CodeMap& map : ledger.code_maps) {
    if (map.vendor_id() != recorded.vendor_id() || map.version() != version) continue;
    const v1::Outcome::Result* meaning = MeaningOf(map, recorded.outcome().vendor_code());
    if (meaning == nullptr ||
        meaning->SerializeAsString() != recorded.outcome().result().SerializeAsString())
      violations.push_back(absl::StrCat(name, " has a result that its code does not mean"));
    return;
  }
  violations.push_back(absl::StrCat(name, " was read by a code map that nobody applied"));
}

bool HasMeaning(const Ledger& ledger, const std::string& vendor_id, int64_t version,
                const std::string& code) {
  for (const v1::CodeMap& map : ledger.code_maps) {
    if (map.vendor_id() == vendor_id && map.version() == version)
      return MeaningOf(map, code) != nullptr;
  }
  return false;
}

// What counts because its code had no meaning has one by no version that may have been the newest.
void CheckWaits(const v1::AuditEvent& event, const UnreadReports& reports, const InForce& in_force,
                const Ledger& ledger, Violations& violations) {
  const v1::Outcome* reported = reports.Find(event);
  if (reported == nullptr) return;
  const auto has_meaning = [&](int64_t version) {
    return HasMeaning(ledger, event.vendor_id(), version, reported->vendor_code());
  };
  if (!has_meaning(in_force.version) || (in_force.now != 0 && !has_meaning(in_force.now))) return;
  violations.push_back(absl::StrCat(event.vendor_id(), "'s outcome ", event.subject_id(),
                                    " was counted unread, and its code has a meaning"));
}

}  // namespace

Violations Mapped(const Ledger& ledger) {
  Violations violations;
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  const UnreadReports reports(ledger);
  std::map<std::string, InForce> in_force;  // by vendor
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_CODE_MAP) {
      InForce& of_vendor = in_force[event.subject_id()];
      if (of_vendor.entry != logged.entry && of_vendor.now != 0) of_vendor.version = of_vendor.now;
      of_vendor.entry = logged.entry;
      of_vendor.now = event.count();
    }
    if (Is(event, v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT)) {
      InForce& of_vendor = in_force[event.vendor_id()];
      if (of_vendor.entry != logged.entry && of_vendor.now != 0) of_vendor = {of_vendor.now, 0, 0};
      CheckWaits(event, reports, of_vendor, ledger, violations);
    }
    if (event.kind() != v1::AuditEvent::KIND_OUTCOME) return;
    const auto found = outcomes.find(event.count());
    if (found == outcomes.end() || found->second->outcome().vendor_code().empty()) return;
    InForce& of_vendor = in_force[found->second->vendor_id()];
    if (of_vendor.entry != logged.entry && of_vendor.now != 0) of_vendor = {of_vendor.now, 0, 0};
    Check(*found->second, of_vendor, ledger, violations);
  });
  return violations;
}

}  // namespace switchboard::invariants
