#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/hub_reader.h"
#include "clients/demo/leak_scan.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::demo {

using Placements =
    absl::flat_hash_map<std::string, v1::ListPlacementsResponse::Placement>;  // by assignment id

// A span of CLOCK_MONOTONIC nanoseconds.
struct Outage {
  std::string who;  // "hub" or a vendor's id
  int64_t from_ns = 0;
  int64_t to_ns = 0;  // serving again, its copy caught up
};

// A stop, payment or closure as the core's ledger has it.
struct PostedEvent {
  std::string event_id;
  std::string kind;
  std::string account_id;
  std::string person_id;
  std::string contact_point_id;
  int64_t sent_ns = 0;
  int64_t acked_ns = 0;
  std::string status;
  int64_t withdrawn = 0;
  int64_t voided = 0;
};

// An outcome as the core's ledger has it.
struct KeptOutcome {
  int64_t sequence = 0;
  std::string vendor_id;
  std::string key;  // outcome id and version
  std::string account_id;
  std::string disposition;
  bool marked = false;
};

struct CoreLedger {
  int64_t accepted = 0;
  int64_t refused = 0;
  int64_t not_placed = 0;
  int64_t import_from_ns = 0;
  int64_t import_to_ns = 0;
  std::vector<PostedEvent> events;
  std::vector<KeptOutcome> outcomes;
};

struct GivenPermit {
  int64_t asked_ns = 0;
  std::string assignment_id;
  std::string contact_point_id;
  std::string permit_id;
};

struct VendorLedger {
  absl::flat_hash_map<std::string, int64_t> withdrawn_ns;  // by assignment, the first time
  std::vector<GivenPermit> permits;
  std::map<std::string, int64_t> denials;                  // by reason
  absl::flat_hash_map<std::string, std::string> outcomes;  // key → assignment
  int64_t starts = 0;
};

// What the audit log says, read in chain order.
struct AuditFacts {
  bool verified = false;
  std::string problem;  // why not
  int64_t entries = 0;
  int64_t events = 0;
  std::map<int, int64_t> kinds;  // by AuditEvent.Kind
  absl::flat_hash_map<std::string, PermitSubject> permits;
  absl::flat_hash_set<std::string> outcome_ids;
  absl::flat_hash_set<std::string> event_ids;
  absl::flat_hash_set<std::string> placed;  // assignment ids
  int64_t permits_after_stop = 0;  // given behind a stop on their account, person or contact point
};

// Everything that is read from the hub, from the core's and from the vendors' ledgers once all is
// quiet.
struct Evidence {
  CoreLedger core;
  std::map<std::string, VendorLedger> vendor_ledgers;
  std::map<std::string, v1::Contract> contracts;
  std::map<std::string, v1::ListVendorsResponse::Vendor> vendors;
  Placements placements;
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>>
      disclosed;  // vendor → assignment ids
  int64_t disclosures = 0;
  std::map<std::string, int64_t> quarantined;  // by "actor kind STATUS field"
  AuditFacts audit;
  std::vector<Outage> outages;
  std::map<std::string, int64_t> workable;  // rows of each vendor's own copy, at the end
};

absl::StatusOr<CoreLedger> ReadCoreLedger(const std::string& folder);
absl::StatusOr<VendorLedger> ReadVendorLedger(const std::string& folder);

// Reads all chains, verifies them, and looks for permits behind stops; `core` says what each event
// was about.
AuditFacts ReadAuditFacts(HubReader& hub, const CoreLedger& core);

}  // namespace switchboard::demo
