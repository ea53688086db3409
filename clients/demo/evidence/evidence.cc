#include "clients/demo/evidence/evidence.h"

#include <algorithm>

#include "clients/demo/parties/issuer_core.h"
#include "clients/demo/parties/ledger.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "tests/invariants/invariants_log.h"

namespace switchboard::demo {
namespace {

// What the event stopped, and when the core knew. Nothing of the demo lifts a stop again, and an
// account is handed over once.
invariants::AcknowledgedStop StopOf(const LedgerCells& cells) {
  invariants::AcknowledgedStop stop;
  stop.event_id = std::string(cells[0]);
  const bool of_person = cells[1] == "stop-person" || cells[1] == "stop-contact-point";
  (of_person ? stop.person_id : stop.account_id) = std::string(cells[of_person ? 3 : 2]);
  stop.contact_point_id = std::string(cells[4]);
  stop.acknowledged_at = NumberIn(cells[6]);
  return stop;
}

void ReadEvent(const LedgerCells& cells, Evidence* evidence) {
  evidence->events.push_back(
      {std::string(cells[1]), std::string(cells[2]), NumberIn(cells[5]), NumberIn(cells[8])});
  v1::PostEventsResponse::Status status = v1::PostEventsResponse::STATUS_UNSPECIFIED;
  v1::PostEventsResponse::Status_Parse(std::string(cells[7]), &status);
  if (status != v1::PostEventsResponse::STATUS_ACCEPTED &&
      status != v1::PostEventsResponse::STATUS_REPEATED &&
      status != v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT) {
    return;
  }
  evidence->ledger.acknowledged_events.emplace_back(cells[0]);
  evidence->ledger.stops.push_back(StopOf(cells));
}

absl::Status ReadCoreEvents(const std::string& path, const Population& population,
                            Evidence* evidence) {
  using Receipts = v1::ImportAccountsResponse;
  absl::flat_hash_map<int64_t, Receipts::Status> receipts;  // by sequence; the first counts
  int64_t through = 0;
  RETURN_IF_ERROR(ForEachLine(path, [&](const LedgerCells& cells) {
    if (cells[0] == "receipt" && cells.size() == 3) {
      Receipts::Status status = Receipts::STATUS_UNSPECIFIED;
      Receipts::Status_Parse(std::string(cells[2]), &status);
      receipts.emplace(NumberIn(cells[1]), status);
    } else if (cells[0] == "imported" && cells.size() == 5) {
      through = NumberIn(cells[3]);
      evidence->imported.from_ns = NumberIn(cells[1]);
      evidence->imported.to_ns = NumberIn(cells[2]);
    } else if (cells.size() == 10) {
      ReadEvent(cells, evidence);
    }
    return absl::OkStatus();
  }));
  evidence->ledger.through[kBookSource] = through;
  for (int64_t sequence = 1; sequence <= std::min(through, population.size()); ++sequence) {
    const auto receipt = receipts.find(sequence);
    if (receipt == receipts.end()) {
      evidence->ledger.placed_accounts.push_back(Population::AccountId(sequence - 1));
    }
    const auto status = receipt == receipts.end() ? Receipts::STATUS_UNSPECIFIED : receipt->second;
    const bool refused = status == Receipts::STATUS_INVALID ||
                         status == Receipts::STATUS_OUT_OF_ORDER ||
                         status == Receipts::STATUS_SEQUENCE_REUSED;
    // What was answered as repeated is durable; the answer that said more was lost in a cut.
    evidence->imported.accepted += refused ? 0 : 1;
    evidence->imported.not_placed += status == Receipts::STATUS_NOT_PLACED ? 1 : 0;
  }
  return absl::OkStatus();
}

void ReadAuditEntry(const v1::AuditEntry& entry, Evidence* evidence) {
  evidence->audit_events += entry.events_size();
  // "hub-1", "hub-1.2": each lane of a hub has a chain.
  HubResult& hub = evidence->by_hub[entry.chain_id().substr(0, entry.chain_id().find('.'))];
  hub.audit_chains += entry.sequence() == 1 ? 1 : 0;
  ++hub.audit_entries;
  hub.audit_events += entry.events_size();
  for (const std::string& bytes : entry.events()) {
    v1::AuditEvent event;
    if (!event.ParseFromString(bytes)) continue;
    hub.outcomes += event.kind() == v1::AuditEvent::KIND_OUTCOME ? 1 : 0;
    if (event.kind() != v1::AuditEvent::KIND_PERMIT_GIVEN) continue;
    ++hub.permits_given;
    evidence->permits[event.subject_id()] = {event.account_id(),
                                             invariants::DetailOf(event, "contact_point")};
  }
  evidence->ledger.audit.push_back(entry);
}

}  // namespace

absl::Status ReadTerms(const WorkFolder& folder, Evidence* evidence) {
  using google::protobuf::util::TimeUtil;
  for (const DemoVendor& vendor : DemoVendors()) {
    const std::string file = folder.Of("hub") + "/contracts/" + vendor.id + ".yaml";
    ASSIGN_OR_RETURN(const std::string yaml, ReadWholeFile(file));
    v1::Contract& contract = evidence->vendors[vendor.id].contract;
    ASSIGN_OR_RETURN(contract, contracts::ParseContract(yaml, file));
    evidence->ledger.vendor_groups[vendor.id] = contract.vendor_group();
    evidence->ledger.permit_lifetimes_us[vendor.id] =
        TimeUtil::DurationToMicroseconds(contract.permits().lifetime());
  }
  const std::string file = folder.Of("hub") + "/routing_plan.yaml";
  ASSIGN_OR_RETURN(const std::string yaml, ReadWholeFile(file));
  ASSIGN_OR_RETURN(evidence->plan, routing::ParseRoutingPlan(yaml, file));
  return absl::OkStatus();
}

absl::Status ReadCore(const std::string& folder, const Population& population, Evidence* evidence) {
  RETURN_IF_ERROR(ReadCoreEvents(folder + "/events", population, evidence));
  return ForEachLine(folder + "/outcomes", [&](const LedgerCells& cells) {
    return ReadMessage(cells, 7, &evidence->ledger.outcomes_read.emplace_back());
  });
}

absl::Status ReadHub(HubBooks& hub, Evidence* evidence) {
  invariants::Ledger& ledger = evidence->ledger;
  ASSIGN_OR_RETURN(const v1::ListVendorsResponse vendors, hub.Vendors());
  for (const auto& vendor : vendors.vendors()) {
    evidence->vendors[vendor.vendor_id()].at_hub = vendor;
  }
  RETURN_IF_ERROR(
      hub.ForEachPlacement([&](const auto& placement) { ledger.placements.push_back(placement); }));
  RETURN_IF_ERROR(hub.ForEachDisclosure(
      [&](const auto& disclosure) { ledger.disclosures.push_back(disclosure); }));
  RETURN_IF_ERROR(
      hub.ForEachQuarantined([&](const auto& item) { ledger.quarantine.push_back(item); }));
  for (invariants::Feed& feed : ledger.feeds) {
    const auto& vendor = evidence->vendors[feed.vendor_id].at_hub;
    feed.newest = vendor.newest_sequence();
    feed.acknowledged = vendor.acknowledged_sequence();
    for (const auto& placement : ledger.placements) {
      if (placement.vendor_id() == feed.vendor_id && !placement.has_withdraw_time())
        feed.live[placement.assignment_id()];
    }
  }
  return hub.ForEachAuditEntry(
      [&](const v1::AuditEntry& entry) { ReadAuditEntry(entry, evidence); });
}

absl::Status ScanVendor(const std::string& vendor_id, const std::string& folder,
                        const Population& population, Evidence* evidence) {
  ASSIGN_OR_RETURN(const std::string tap, ReadWholeFile(folder + "/received"));
  VendorEvidence& vendor = evidence->vendors[vendor_id];
  vendor.scan = ScanForLeaks(
      {&population, &vendor.contract, &evidence->ledger.placements, &evidence->permits}, tap);
  if (!vendor.scan.by_field.empty()) {
    evidence->ledger.withheld_found[vendor_id] = vendor.scan.by_field;
  }
  return absl::OkStatus();
}

absl::StatusOr<Evidence> Gather(const WorkFolder& folder, const Population& population,
                                HubBooks& hub) {
  Evidence evidence;
  RETURN_IF_ERROR(ReadTerms(folder, &evidence));
  RETURN_IF_ERROR(ReadCore(folder.Of("core"), population, &evidence));
  for (const DemoVendor& vendor : DemoVendors())
    RETURN_IF_ERROR(ReadVendor(vendor.id, folder.Of(vendor.id), &evidence));
  RETURN_IF_ERROR(ReadHub(hub, &evidence));
  for (const DemoVendor& vendor : DemoVendors())
    RETURN_IF_ERROR(ScanVendor(vendor.id, folder.Of(vendor.id), population, &evidence));
  return evidence;
}

}  // namespace switchboard::demo
