#include "clients/demo/evidence/evidence.h"

#include <algorithm>
#include <utility>

#include "clients/demo/evidence/tightening.h"
#include "clients/demo/parties/issuer_core.h"
#include "clients/demo/parties/ledger.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "hub/rules/pack_check.h"
#include "tests/invariants/known_person.h"

namespace switchboard::demo {
namespace {

// What the event stopped, and when the core knew. Nothing of the demo lifts a stop again.
invariants::AcknowledgedStop StopOf(const LedgerCells& cells) {
  invariants::AcknowledgedStop stop;
  stop.event_id = std::string(cells[0]);
  const bool of_person = cells[1] == "stop-person" || cells[1] == "stop-contact-point";
  (of_person ? stop.person_id : stop.account_id) = std::string(cells[of_person ? 3 : 2]);
  stop.contact_point_id = std::string(cells[4]);
  stop.acknowledged_at = NumberIn(cells[6]);
  // Booked with the book, so received later, by the one clock of the machine.
  if (IsPayment(std::string(cells[1]))) stop.settled_until_us = NumberIn(cells[10]);
  return stop;
}

absl::Status ReadEvent(const LedgerCells& cells, Evidence* evidence) {
  evidence->events.push_back(
      {std::string(cells[1]), std::string(cells[2]), NumberIn(cells[5]), NumberIn(cells[8])});
  v1::PostEventsResponse::Status status = v1::PostEventsResponse::STATUS_UNSPECIFIED;
  v1::PostEventsResponse::Status_Parse(std::string(cells[7]), &status);
  if (status != v1::PostEventsResponse::STATUS_ACCEPTED &&
      status != v1::PostEventsResponse::STATUS_REPEATED &&
      status != v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT) {
    return absl::OkStatus();
  }
  evidence->ledger.acknowledged_events.emplace_back(cells[0]);
  evidence->ledger.stops.push_back(StopOf(cells));
  if (!IsPayment(std::string(cells[1]))) return absl::OkStatus();
  return ReadMessage(cells, 11, &evidence->ledger.payments.emplace_back());
}

using Receipts = v1::ImportAccountsResponse;

// What the core wrote down of one source.
struct SourceNotes {
  struct Receipt {
    Receipts::Status status = Receipts::STATUS_UNSPECIFIED;
    v1::NotPlacedReason not_placed = v1::NOT_PLACED_REASON_UNSPECIFIED;
  };
  int64_t as_of_us = 0;
  int64_t sent_ns = 0;
  int64_t acked_ns = 0;
  int64_t through = 0;
  absl::flat_hash_map<int64_t, Receipt> receipts;  // by sequence; the first counts
};

SourceNotes::Receipt ReceiptIn(const LedgerCells& cells) {
  SourceNotes::Receipt receipt;
  Receipts::Status_Parse(std::string(cells[3]), &receipt.status);
  v1::NotPlacedReason_Parse(std::string(cells[4]), &receipt.not_placed);
  return receipt;
}

// The record of an account, as the core sent it and was answered.
invariants::SentRecord RecordOf(const Population& population, int64_t sequence,
                                const SourceNotes& notes) {
  invariants::SentRecord record;
  record.account_id = Population::AccountId(sequence - 1);
  record.person_id = population.Record(sequence - 1).person().person_id();
  record.as_of_us = notes.as_of_us;
  record.sent_at = record.call_at = notes.sent_ns;
  record.answered_at = notes.acked_ns;
  const auto receipt = notes.receipts.find(sequence);
  if (receipt == notes.receipts.end()) return record;
  record.answer = receipt->second.status;
  record.not_placed = receipt->second.not_placed;
  return record;
}

void ReadBook(const SourceNotes& notes, const Population& population, Evidence* evidence) {
  evidence->imported.from_ns = notes.sent_ns;
  evidence->imported.to_ns = notes.acked_ns;
  evidence->ledger.through[kBookSource] = notes.through;
  for (int64_t sequence = 1; sequence <= std::min(notes.through, population.size()); ++sequence) {
    const invariants::SentRecord& record =
        evidence->ledger.records.emplace_back(RecordOf(population, sequence, notes));
    if (record.answer == Receipts::STATUS_UNSPECIFIED)
      evidence->ledger.placed_accounts.push_back(record.account_id);
    // What was answered as repeated is durable; the answer that said more was lost in a cut.
    evidence->imported.accepted += record.may_count() ? 1 : 0;
    evidence->imported.not_placed += record.answer == Receipts::STATUS_NOT_PLACED ? 1 : 0;
  }
}

// Each account that a planned event paid once more, as it was before.
void ReadLateFile(const SourceNotes& notes, const Population& population, Evidence* evidence) {
  if (notes.acked_ns == 0) return;
  evidence->ledger.through[kLateSource] = notes.through;
  for (const PostedEvent& event : evidence->events) {
    if (IsPayment(event.kind) && !IsPromisedPayment(event.kind))
      evidence->sent_late.insert(event.account_id);
  }
  for (const std::string& account_id : evidence->sent_late) {
    evidence->ledger.records.push_back(
        RecordOf(population, population.IndexOf(account_id) + 1, notes));
  }
}

absl::Status ReadCoreEvents(const std::string& path, const Population& population,
                            Evidence* evidence) {
  std::map<std::string, SourceNotes> sources;
  RETURN_IF_ERROR(ForEachLine(path, [&](const LedgerCells& cells) {
    if (cells[0] == "read" && cells.size() == 3) {
      sources[std::string(cells[1])].as_of_us = NumberIn(cells[2]);
    } else if (cells[0] == "receipt" && cells.size() == 5) {
      sources[std::string(cells[1])].receipts.emplace(NumberIn(cells[2]), ReceiptIn(cells));
    } else if (cells[0] == "imported" && cells.size() == 5) {
      SourceNotes& notes = sources[std::string(cells[1])];
      notes.sent_ns = NumberIn(cells[2]);
      notes.acked_ns = NumberIn(cells[3]);
      notes.through = NumberIn(cells[4]);
    } else if (cells.size() == 12) {
      return ReadEvent(cells, evidence);
    }
    return absl::OkStatus();
  }));
  ReadBook(sources[kBookSource], population, evidence);
  ReadLateFile(sources[kLateSource], population, evidence);
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
    if (event.kind() == v1::AuditEvent::KIND_PLAN_DECIDED) {
      evidence->plans_logged.push_back(
          {event.vendor_id(), event.subject_id(), event.plan().verdict()});
    }
    if (event.kind() != v1::AuditEvent::KIND_PERMIT_GIVEN) continue;
    ++hub.permits_given;
    evidence->permits[event.subject_id()] = {event.account_id(),
                                             event.permit_given().contact_point_id()};
  }
  evidence->ledger.audit.push_back(entry);
}

// The packs' own texts, for who counts contacts again.
absl::Status ReadPacks(const WorkFolder& folder, Evidence* evidence) {
  for (const std::string& pack : DemoPacks()) {
    const std::string file = folder.Of("hub") + "/packs/" + pack + ".yaml";
    ASSIGN_OR_RETURN(const std::string yaml, ReadWholeFile(file));
    ASSIGN_OR_RETURN(evidence->ledger.rule_packs.emplace_back(), rules::ParseRulePack(yaml, file));
  }
  // All that agents ask for; numbers are those of the country where somebody lives.
  evidence->ledger.acts = {v1::ACT_REMIND, v1::ACT_OFFER, v1::ACT_SETTLE};
  evidence->ledger.channels = {v1::CHANNEL_PHONE};
  return absl::OkStatus();
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
    if (contract.collector_kind() != v1::COLLECTOR_KIND_UNSPECIFIED)
      evidence->ledger.collector_kinds[vendor.id] = contract.collector_kind();
    // Who has none agrees to none.
    evidence->ledger.plan_terms[vendor.id] = contract.plans();
    invariants::Allowed& allowed = evidence->ledger.allowed[vendor.id];
    for (const auto& terms : contract.work_types()) {
      allowed.work_types.insert(terms.work_type());
      const bool takes_promises = std::find(terms.acts().begin(), terms.acts().end(),
                                            v1::ACT_TAKE_PROMISE) != terms.acts().end();
      auto& work =
          takes_promises ? evidence->ledger.takes_promises_in : evidence->ledger.takes_none_in;
      work[vendor.id].insert(terms.work_type());
    }
    allowed.languages = {contract.languages().begin(), contract.languages().end()};
  }
  RETURN_IF_ERROR(ReadPacks(folder, evidence));
  const std::string file = folder.Of("hub") + "/routing_plan.yaml";
  ASSIGN_OR_RETURN(const std::string yaml, ReadWholeFile(file));
  ASSIGN_OR_RETURN(evidence->plan, routing::ParseRoutingPlan(yaml, file));
  return absl::OkStatus();
}

absl::Status ReadCore(const std::string& folder, const Population& population, Evidence* evidence) {
  for (int64_t index = 0; index < population.size(); ++index) {
    const v1::Person person = population.Record(index).person();
    evidence->ledger.countries[person.person_id()] = person.address().country();
    invariants::KnownPerson& known = evidence->ledger.persons[person.person_id()];
    invariants::Learn(person, known);
    invariants::LearnPlace(person.address(), evidence->ledger.rule_packs, known);
  }
  RETURN_IF_ERROR(ReadCoreEvents(folder + "/events", population, evidence));
  return ForEachLine(folder + "/outcomes", [&](const LedgerCells& cells) {
    return ReadMessage(cells, 7, &evidence->ledger.items_read.emplace_back());
  });
}

absl::Status ReadHub(HubBooks& hub, Evidence* evidence) {
  invariants::Ledger& ledger = evidence->ledger;
  ASSIGN_OR_RETURN(const v1::ListVendorsResponse vendors, hub.Vendors());
  for (const auto& vendor : vendors.vendors()) {
    evidence->vendors[vendor.vendor_id()].at_hub = vendor;
  }
  ASSIGN_OR_RETURN(const v1::ReportPermitsResponse permits, hub.Permits());
  for (const auto& vendor : permits.vendors())
    evidence->vendors[vendor.vendor_id()].permits = vendor;
  RETURN_IF_ERROR(
      hub.ForEachPlacement([&](const auto& placement) { ledger.placements.push_back(placement); }));
  RETURN_IF_ERROR(hub.ForEachDisclosure(
      [&](const auto& disclosure) { ledger.disclosures.push_back(disclosure); }));
  RETURN_IF_ERROR(
      hub.ForEachQuarantined([&](const auto& item) { ledger.quarantine.push_back(item); },
                             [&](const auto& rest) { ledger.quarantine_rest.push_back(rest); }));
  RETURN_IF_ERROR(hub.ForEachMissingRecording(
      [&](const auto& call) { evidence->missing_recordings.push_back(call); }));
  RETURN_IF_ERROR(hub.ForEachDeletionOrder(
      [&](const auto& line) { evidence->deletion_orders.push_back(line); }));
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
  const bool tightened =
      evidence->tightening.has_value() && evidence->tightening->contract.vendor_id() == vendor_id;
  const size_t from = tightened ? TightenedFrom(tap, *evidence->tightening) : tap.size();
  vendor.scan = ScanForLeaks(
      {&population, &vendor.contract, &evidence->ledger.placements, &evidence->permits},
      std::string_view(tap).substr(0, from));
  if (tightened) {
    vendor.tightened = LookBehind(*evidence->tightening, tap, from, population, *evidence);
    AddTo(vendor.tightened.scan, &vendor.scan);
  }
  if (!vendor.scan.by_field.empty()) {
    evidence->ledger.withheld_found[vendor_id] = vendor.scan.by_field;
  }
  return absl::OkStatus();
}

absl::StatusOr<Evidence> Gather(const WorkFolder& folder, const Population& population,
                                HubBooks& hub, std::optional<Tightening> tightening) {
  Evidence evidence;
  evidence.tightening = std::move(tightening);
  RETURN_IF_ERROR(ReadTerms(folder, &evidence));
  RETURN_IF_ERROR(ReadCore(folder.Of("core"), population, &evidence));
  for (const DemoVendor& vendor : DemoVendors())
    RETURN_IF_ERROR(ReadVendor(vendor.id, folder.Of(vendor.id), &evidence));
  RETURN_IF_ERROR(ReadHub(hub, &evidence));
  RETURN_IF_ERROR(ReadCheckpoints(folder.OfCheckpoints(), hub, &evidence));
  for (const DemoVendor& vendor : DemoVendors())
    RETURN_IF_ERROR(ScanVendor(vendor.id, folder.Of(vendor.id), population, &evidence));
  return evidence;
}

}  // namespace switchboard::demo
