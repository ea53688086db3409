#include "clients/demo/evidence/figures.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "clients/demo/evidence/promise_figures.h"
#include "clients/demo/evidence/work_folder.h"

namespace switchboard::demo {
namespace {

using Placement = v1::ListPlacementsResponse::Placement;

bool Overlaps(const Evidence& evidence, const std::string& vendor_id, int64_t from_ns,
              int64_t to_ns) {
  return std::any_of(evidence.outages.begin(), evidence.outages.end(), [&](const Outage& outage) {
    return (outage.who == "hub" || outage.who == "database" || outage.who == vendor_id) &&
           outage.from_ns < to_ns && from_ns < outage.to_ns;
  });
}

// From the core's call to the vendor having stored the withdrawal, for each assignment that an
// event ended.
void MeasureStops(const Evidence& evidence, RunResult* result) {
  absl::flat_hash_map<std::string, std::vector<const Placement*>> by_account;
  for (const Placement& placement : evidence.ledger.placements)
    by_account[placement.account_id()].push_back(&placement);
  std::vector<double> plain, in_outage;
  std::map<std::string, std::vector<double>> by_vendor;
  for (const PostedEvent& event : evidence.events) {
    ++result->stops_by_kind[event.kind];
    const auto held = by_account.find(event.account_id);
    if (event.withdrawn == 0 || held == by_account.end()) continue;
    for (const Placement* placement : held->second) {
      const auto& withdrawn_ns = evidence.vendors.at(placement->vendor_id()).withdrawn_ns;
      const auto stored = withdrawn_ns.find(placement->assignment_id());
      if (stored == withdrawn_ns.end() || stored->second < event.sent_ns) continue;
      const double ms = static_cast<double>(stored->second - event.sent_ns) / 1e6;
      const bool away = Overlaps(evidence, placement->vendor_id(), event.sent_ns, stored->second);
      (away ? in_outage : plain).push_back(ms);
      if (!away) by_vendor[placement->vendor_id()].push_back(ms);
    }
  }
  result->stops_posted = static_cast<int64_t>(evidence.events.size());
  result->stop = PercentilesOf(plain);
  result->stop_in_outage = PercentilesOf(in_outage);
  for (VendorResult& vendor : result->vendors)
    vendor.stop = PercentilesOf(by_vendor[vendor.vendor_id]);
}

std::string BoundText(int64_t within_ms) {
  return within_ms == 0 ? "longer" : absl::FormatDuration(absl::Milliseconds(within_ms));
}

void AddPermits(const v1::ReportPermitsResponse::Vendor& permits, VendorResult& vendor) {
  const std::pair<const char*, int64_t> counts[] = {
      {"given", permits.given()},
      {"given with a warning", permits.warned()},
      {"denied", permits.denied()},
      {"void by a stop", permits.voided_by_stops()},
      {"void by something else", permits.voided() - permits.voided_by_stops()},
      {"contacts without a permit", permits.without_permit()}};
  for (const auto& [name, count] : counts) {
    if (count > 0) vendor.permits[name] = count;
  }
  for (const auto& rule : permits.rules()) {
    if (rule.denied() > 0) vendor.rules_denied[rule.rule_id()] = rule.denied();
    if (rule.warned() > 0) vendor.rules_warned[rule.rule_id()] = rule.warned();
  }
  for (const auto& line : permits.confirmations())
    vendor.confirmed[BoundText(line.within_ms())] = line.count();
}

VendorResult FiguresOf(const std::string& vendor_id, const VendorEvidence& evidence) {
  VendorResult vendor;
  vendor.vendor_id = vendor_id;
  vendor.display_name = evidence.contract.display_name();
  vendor.placed = evidence.at_hub.placed();
  vendor.withdrawn = evidence.at_hub.withdrawn();
  vendor.withdrawn_ahead = evidence.withdrawn_ahead;
  vendor.permits_given = evidence.at_hub.permits_given();
  vendor.permits_refused = evidence.at_hub.permits_refused();
  vendor.outcomes = evidence.at_hub.outcomes();
  vendor.refusals = evidence.refusals;
  AddPermits(evidence.permits, vendor);
  vendor.scan = evidence.scan;
  return vendor;
}

// What came of it, or, where nothing did, how far it came.
std::string NameOf(const v1::Outcome::Result& result) {
  if (result.disposition() != v1::DISPOSITION_NONE)
    return v1::Disposition_Name(result.disposition()).substr(std::size("DISPOSITION_") - 1);
  if (result.reached() == v1::REACHED_THIRD) return "THIRD_PARTY";
  return v1::Connection_Name(result.connection()).substr(std::size("CONNECTION_") - 1);
}

void CountByVendor(const invariants::Ledger& ledger, RunResult* result) {
  std::map<std::string, VendorResult*> by_id;
  for (VendorResult& vendor : result->vendors) by_id[vendor.vendor_id] = &vendor;
  absl::flat_hash_set<absl::string_view> delivered;
  for (const auto& [vendor_id, row] : ledger.shown)
    by_id.at(vendor_id)->delivered += delivered.insert(row.assignment_id()).second ? 1 : 0;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_outcome()) continue;
    const v1::RecordedOutcome& outcome = item.outcome();
    result->outcomes_marked += outcome.marks().empty() ? 0 : 1;
    const auto vendor = by_id.find(outcome.vendor_id());
    if (vendor == by_id.end()) continue;
    ++vendor->second->results[NameOf(outcome.outcome().result())];
  }
}

// Held back is what nobody holds: the accounts were paid, and nothing younger has come.
void CountSentLate(const Evidence& evidence, RunResult* result) {
  std::set<std::string> held;
  for (const Placement& placement : evidence.ledger.placements) {
    if (!placement.has_withdraw_time()) held.insert(placement.account_id());
  }
  result->late_sent = static_cast<int64_t>(evidence.sent_late.size());
  result->late_held_up =
      std::count_if(evidence.sent_late.begin(), evidence.sent_late.end(),
                    [&](const std::string& account_id) { return !held.contains(account_id); });
}

void AddUp(RunResult* result) {
  for (const VendorResult& vendor : result->vendors) {
    result->assignments_delivered += vendor.delivered;
    result->outcomes_recorded += vendor.outcomes;
    result->permits_given += vendor.permits_given;
    result->permits_refused += vendor.permits_refused;
    result->raw_values_found += vendor.scan.raw_values_found;
    result->bytes_scanned += vendor.scan.bytes;
    result->values_searched = std::max(result->values_searched, vendor.scan.values_searched);
  }
}

}  // namespace

Percentiles PercentilesOf(std::vector<double> milliseconds) {
  if (milliseconds.empty()) return {};
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto rank = [&](double share) {
    const auto position =
        static_cast<size_t>(std::ceil(share * static_cast<double>(milliseconds.size())));
    return milliseconds[std::max<size_t>(position, 1) - 1];
  };
  return {static_cast<int64_t>(milliseconds.size()), rank(0.50), rank(0.99)};
}

void CountFigures(const Evidence& evidence, RunResult* result) {
  const invariants::Ledger& ledger = evidence.ledger;
  for (const DemoVendor& vendor : DemoVendors())
    result->vendors.push_back(FiguresOf(vendor.id, evidence.vendors.at(vendor.id)));
  CountByVendor(ledger, result);
  CountPromises(evidence, result);
  AddUp(result);
  MeasureStops(evidence, result);
  result->accounts_imported = evidence.imported.accepted;
  result->accounts_not_placed = evidence.imported.not_placed;
  CountSentLate(evidence, result);
  result->import_seconds =
      static_cast<double>(evidence.imported.to_ns - evidence.imported.from_ns) / 1e9;
  const invariants::OutcomeCounts outcomes = invariants::CountOutcomes(ledger);
  result->items_read_by_core = outcomes.read;
  result->outcomes_lost = outcomes.lost;
  result->outcomes_doubled = outcomes.doubled;
  result->quarantined = static_cast<int64_t>(ledger.quarantine.size());
  for (const auto& rest : ledger.quarantine_rest) result->quarantined += rest.count();
  result->disclosures = static_cast<int64_t>(ledger.disclosures.size());
  result->audit_entries = static_cast<int64_t>(ledger.audit.size());
  result->audit_events = evidence.audit_events;
  result->checkpoints_kept = evidence.log.noted_checkpoints;
  result->checkpoints_as_kept = evidence.log.checkpoints_as_noted;
  result->by_hub = evidence.by_hub;
  for (const Outage& outage : evidence.outages) {
    result->outage_seconds[outage.who] += static_cast<double>(outage.to_ns - outage.from_ns) / 1e9;
  }
}

}  // namespace switchboard::demo
