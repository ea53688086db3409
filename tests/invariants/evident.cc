#include <unordered_map>
#include <unordered_set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/audit/chain.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/erasures.h"
#include "tests/invariants/invariants.h"

// The validator of I8.

namespace switchboard::invariants {
namespace {

// How often the log names each id, by kind of event.
using Named = std::map<int, std::unordered_map<std::string, int64_t>>;

int64_t TimesNamed(const Named& named, v1::AuditEvent::Kind kind, const std::string& id) {
  const auto ids = named.find(kind);
  if (ids == named.end()) return 0;
  const auto found = ids->second.find(id);
  return found == ids->second.end() ? 0 : found->second;
}

// What an event of the core did, not what followed from it later, nor what a vendor did.
bool IsOfCore(const v1::AuditEvent& event) {
  return !Is(event, v1::AuditEvent::Occurrence::WHAT_PAYMENT_SETTLED) &&
         !Is(event, v1::AuditEvent::Occurrence::WHAT_STOP_END) &&
         !Is(event, v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT);
}

// Fills in what the log names and returns how many events cannot be read.
int64_t NamedIn(const Ledger& ledger, Named& named) {
  return ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    auto& ids = named[event.kind()];
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PLACED:
      case v1::AuditEvent::KIND_WITHDRAWN:
        ++ids[event.assignment_id()];
        break;
      case v1::AuditEvent::KIND_OUTCOME:
        ++ids[absl::StrCat(event.count(), " ", event.vendor_id(), " ", event.subject_id())];
        break;
      case v1::AuditEvent::KIND_EVENT:
        if (IsOfCore(event)) ++ids[event.subject_id()];
        break;
      case v1::AuditEvent::KIND_DISCLOSED:
      case v1::AuditEvent::KIND_HANDED_OVER:
      case v1::AuditEvent::KIND_LEGAL_HOLD:
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
      case v1::AuditEvent::KIND_PERSON_REQUEST:
      case v1::AuditEvent::KIND_PROMISE:
      case v1::AuditEvent::KIND_QUARANTINED:
        ++ids[event.subject_id()];
        break;
      default:
        break;
    }
  });
}

void Require(const Named& named, v1::AuditEvent::Kind kind, const std::string& id, const char* what,
             Violations& violations) {
  if (TimesNamed(named, kind, id) > 0) return;
  violations.push_back(absl::StrCat("the audit log does not name ", what, " ", id));
}

// What has happened once, however often it was sent, stands there once.
void RequireOnce(const Named& named, v1::AuditEvent::Kind kind, const std::string& id,
                 const char* what, Violations& violations) {
  Require(named, kind, id, what, violations);
  const int64_t times = TimesNamed(named, kind, id);
  if (times <= 1) return;
  violations.push_back(absl::StrCat("the audit log names ", what, " ", id, " ", times, " times"));
}

void VerifyChains(const Ledger& ledger, Violations& violations) {
  std::map<std::string, audit::ChainVerifier> verifiers;
  for (const v1::AuditEntry& entry : ledger.audit) {
    absl::Status status = verifiers[entry.chain_id()].Add(entry);
    if (status.ok()) continue;
    violations.emplace_back(status.message());
    return;
  }
}

// Vendors of which a disclosure was erased: what it showed cannot be told any more.
std::unordered_set<std::string> VendorsForgotten(const Ledger& ledger, const Erasures& erasures) {
  std::unordered_set<std::string> forgotten;
  if (erasures.disclosures == 0) return forgotten;
  ForEachEvent(ledger, [&](const Logged& logged) {
    int64_t sequence = 0;
    if (logged.event.kind() == v1::AuditEvent::KIND_DISCLOSED &&
        absl::SimpleAtoi(logged.event.subject_id(), &sequence) &&
        sequence <= erasures.disclosures_through)
      forgotten.insert(logged.event.vendor_id());
  });
  return forgotten;
}

void CheckDisclosures(const Ledger& ledger, const Erasures& erasures, const Named& named,
                      Violations& violations) {
  const auto found = named.find(v1::AuditEvent::KIND_DISCLOSED);
  const auto logged = found == named.end() ? 0 : static_cast<int64_t>(found->second.size());
  const auto there = static_cast<int64_t>(ledger.disclosures.size());
  if (logged != there + erasures.disclosures) {
    violations.push_back(absl::StrCat(there, " disclosures and ", erasures.disclosures, " erased, ",
                                      logged, " in the audit log"));
  }
  const std::unordered_set<std::string> forgotten = VendorsForgotten(ledger, erasures);
  std::unordered_map<std::string, std::unordered_set<std::string>> disclosed;  // by vendor
  for (const auto& disclosure : ledger.disclosures) {
    disclosed[disclosure.vendor_id()].insert(disclosure.assignment_ids().begin(),
                                             disclosure.assignment_ids().end());
  }
  for (const auto& [vendor_id, row] : ledger.shown) {
    if (disclosed[vendor_id].contains(row.assignment_id()) || forgotten.contains(vendor_id))
      continue;
    violations.push_back(absl::StrCat("assignment ", row.assignment_id(), " was shown to ",
                                      vendor_id, " and no disclosure says so"));
  }
}

}  // namespace

Violations Evident(const Ledger& ledger) {
  Violations violations;
  VerifyChains(ledger, violations);
  Named named;
  if (const int64_t unreadable = NamedIn(ledger, named); unreadable > 0) {
    violations.push_back(absl::StrCat(unreadable, " events of the audit log cannot be read"));
  }
  for (const auto& placement : ledger.placements) {
    Require(named, v1::AuditEvent::KIND_PLACED, placement.assignment_id(), "placement", violations);
    // Where no plan decided, somebody did.
    if (placement.why().rule() == v1::PlacementReason::RULE_HANDED_OVER) {
      RequireOnce(named, v1::AuditEvent::KIND_HANDED_OVER, placement.assignment_id(), "hand-over",
                  violations);
    }
    if (!placement.has_withdraw_time()) continue;
    Require(named, v1::AuditEvent::KIND_WITHDRAWN, placement.assignment_id(), "withdrawal",
            violations);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    RequireOnce(named, v1::AuditEvent::KIND_PERMIT_GIVEN, permit.permit_id, "permit", violations);
  }
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_outcome()) continue;
    Require(named, v1::AuditEvent::KIND_OUTCOME,
            absl::StrCat(item.sequence(), " ", item.outcome().vendor_id(), " ",
                         item.outcome().outcome().outcome_id()),
            "outcome", violations);
  }
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_promise()) continue;
    Require(named, v1::AuditEvent::KIND_PROMISE, item.promise().outcome_id(), "promise",
            violations);
  }
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_person_request()) continue;
    Require(named, v1::AuditEvent::KIND_PERSON_REQUEST, item.person_request().request_id(),
            "person's request", violations);
  }
  for (const std::string& hold_id : ledger.holds_answered)
    Require(named, v1::AuditEvent::KIND_LEGAL_HOLD, hold_id, "legal hold", violations);
  const Erasures erasures = FindErasures(ledger);
  // One that was erased and is sent again is new.
  const auto require_event = erasures.events == 0 ? &RequireOnce : &Require;
  for (const std::string& event_id : ledger.acknowledged_events) {
    require_event(named, v1::AuditEvent::KIND_EVENT, event_id, "event", violations);
  }
  for (const auto& item : ledger.quarantine) {
    Require(named, v1::AuditEvent::KIND_QUARANTINED, item.quarantine_id(), "refusal", violations);
  }
  CheckDisclosures(ledger, erasures, named, violations);
  CheckErasures(ledger, erasures, violations);
  return violations;
}

}  // namespace switchboard::invariants
