#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/evidence/hub_reader.h"
#include "clients/demo/evidence/leak_scan.h"
#include "clients/demo/evidence/run_result.h"
#include "clients/demo/evidence/work_folder.h"
#include "clients/demo/people/population.h"
#include "hub/audit/log_check.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "tests/invariants/invariants.h"

namespace switchboard::demo {

// A span of CLOCK_MONOTONIC nanoseconds.
struct Outage {
  std::string who;  // "hub", "database" or a vendor's id
  int64_t from_ns = 0;
  int64_t to_ns = 0;  // serving again, every copy that was cut off caught up
};

// How the core's import went, by its ledger.
struct Imported {
  int64_t accepted = 0;    // records answered and not refused, each once
  int64_t not_placed = 0;  // of them, though accepted
  int64_t from_ns = 0;
  int64_t to_ns = 0;
};

// A stop, payment or closure, by the core's ledger.
struct PostedEvent {
  std::string kind;
  std::string account_id;
  int64_t sent_ns = 0;
  int64_t withdrawn = 0;
};

// What head office asked the hub to take as its decision on a plan.
struct PlanDecided {
  v1::DecidePlanRequest request;
  bool acknowledged = false;  // otherwise the answer was lost, or it came too late
};

// A decision on a plan, by the audit log.
struct PlanLogged {
  std::string vendor_id;
  std::string outcome_id;
  v1::PlanDecision::Verdict verdict = v1::PlanDecision::VERDICT_UNSPECIFIED;
};

// A contract that shows less than the one before, released by the director as two operators while
// work went on.
struct Tightening {
  std::string path;  // of its file
  std::string yaml;
  v1::Contract contract;
  int64_t contract_version = 0;
  int64_t asked_ns = 0;  // when the second operator's call to release it was sent
  // What `switchboard contract plan` printed before, and `history` behind it.
  std::string plan;
  std::string history;
};

// What the vendor received from then on.
struct TighteningSeen {
  int64_t all_again_ns = 0;  // from the call until all live rows had come again; 0: they have not
  int64_t rows_again = 0;
  int64_t values_searched = 0;  // former ones, each in every byte
  int64_t values_found = 0;
  LeakScanResult scan;  // by the tightened contract
};

struct VendorEvidence {
  v1::Contract contract;
  v1::ListVendorsResponse::Vendor at_hub;                  // with the hub's numbers
  v1::ReportPermitsResponse::Vendor permits;               // the same of permits
  int64_t withdrawn_ahead = 0;                             // withdrawals that overtook the feed
  absl::flat_hash_map<std::string, int64_t> withdrawn_ns;  // by assignment, stored the first time
  std::map<std::string, int64_t> refusals;                 // of permits, by reason
  // Of all that it received; the samples are of before the tightening, where there was one.
  LeakScanResult scan;
  TighteningSeen tightened;
};

// Everything that is read from the hub, and from what the core and the vendors wrote down, once all
// is quiet. Times are CLOCK_MONOTONIC nanoseconds.
struct Evidence {
  // What the validators judge. Rows shown to vendors are there with their ids and tokens, and why
  // they were handed over, only: what else they hold is judged by the scan of every byte.
  invariants::Ledger ledger;
  // What the report says beside.
  Imported imported;
  // Paid accounts that the core sent once more, as they had been before they were paid.
  std::set<std::string> sent_late;
  std::vector<PostedEvent> events;
  std::map<std::string, VendorEvidence> vendors;
  std::vector<Outage> outages;
  std::vector<PlanDecided> plans_decided;  // by the director, who is head office here
  std::vector<PlanLogged> plans_logged;
  std::vector<v1::MissingRecording> missing_recordings;  // as the hub finds them
  // Orders to delete, oldest first, each with its assignments and its vendor's word.
  std::vector<v1::FindDeletionOrdersResponse::Line> deletion_orders;
  std::optional<Tightening> tightening;
  v1::RoutingPlan plan;
  // Permits by id, by the audit log.
  absl::flat_hash_map<std::string, PermitSubject> permits;
  int64_t audit_events = 0;
  // The log, recomputed and held against the checkpoints that went to a folder of their own.
  audit::LogReport log;
  std::map<std::string, HubResult> by_hub;
};

// Reads all of it but what the director did, the outages and what only the core may ask the hub.
// REQUIRES: core and vendors have ended, the hub serves. Keeps in memory what the ledger needs,
// about 4 KB for each account. Errors: those of the files and of the hub; DATA_LOSS, LEDGER_BROKEN
// when a line of a ledger cannot be read.
absl::StatusOr<Evidence> Gather(const WorkFolder& folder, const Population& population,
                                HubBooks& hub, std::optional<Tightening> tightening);

// The parts of it, in the order in which they are called. Each adds to `evidence`.
absl::Status ReadTerms(const WorkFolder& folder, Evidence* evidence);
absl::Status ReadCore(const std::string& folder, const Population& population, Evidence* evidence);
absl::Status ReadVendor(const std::string& vendor_id, const std::string& folder,
                        Evidence* evidence);
absl::Status ReadHub(HubBooks& hub, Evidence* evidence);
absl::Status ReadCheckpoints(const std::string& folder, audit::LogSource& log, Evidence* evidence);
absl::Status ScanVendor(const std::string& vendor_id, const std::string& folder,
                        const Population& population, Evidence* evidence);

}  // namespace switchboard::demo
