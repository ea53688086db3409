#include "clients/demo/checks.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/demo/work_folder.h"
#include "clients/text_table.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::demo {
namespace {

using google::protobuf::util::TimeUtil;
using Placement = v1::ListPlacementsResponse::Placement;

bool Overlaps(const Evidence& evidence, const std::string& vendor_id, int64_t from_ns,
              int64_t to_ns) {
  return std::any_of(evidence.outages.begin(), evidence.outages.end(), [&](const Outage& outage) {
    return (outage.who == "hub" || outage.who == vendor_id) && outage.from_ns < to_ns &&
           from_ns < outage.to_ns;
  });
}

// Placements of each account.
using ByAccount = absl::flat_hash_map<std::string, std::vector<const Placement*>>;

ByAccount GroupByAccount(const Evidence& evidence) {
  ByAccount by_account;
  for (const auto& [id, placement] : evidence.placements)
    by_account[placement.account_id()].push_back(&placement);
  return by_account;
}

struct OutcomeFigures {
  int64_t lost = 0;
  int64_t doubled = 0;
  int64_t gaps = 0;
  int64_t unaudited = 0;
  int64_t foreign = 0;  // of a vendor that never held the account
};

OutcomeFigures CheckOutcomes(const Evidence& evidence, const ByAccount& placements) {
  OutcomeFigures figures;
  absl::flat_hash_set<std::string> kept;
  int64_t expected = 1;
  for (const KeptOutcome& outcome : evidence.core.outcomes) {
    if (outcome.sequence != expected) ++figures.gaps;
    expected = outcome.sequence + 1;
    if (!kept.insert(absl::StrCat(outcome.vendor_id, " ", outcome.key)).second) ++figures.doubled;
    if (!evidence.audit.outcome_ids.contains(outcome.key.substr(0, outcome.key.find(' '))))
      ++figures.unaudited;
    const auto held = placements.find(outcome.account_id);
    const bool own = held != placements.end() &&
                     std::any_of(held->second.begin(), held->second.end(), [&](const auto* p) {
                       return p->vendor_id() == outcome.vendor_id;
                     });
    if (!own) ++figures.foreign;
  }
  for (const auto& [vendor_id, ledger] : evidence.vendor_ledgers) {
    for (const auto& [key, assignment] : ledger.outcomes) {
      if (!kept.contains(absl::StrCat(vendor_id, " ", key))) ++figures.lost;
    }
  }
  return figures;
}

// Two placements of one account and work type that lived at the same time.
int64_t CountTwoHands(const ByAccount& by_account) {
  int64_t overlaps = 0;
  const auto end_of = [](const Placement& p) {
    return p.has_withdraw_time() ? TimeUtil::TimestampToMicroseconds(p.withdraw_time()) : INT64_MAX;
  };
  for (const auto& [account, placements] : by_account) {
    for (size_t a = 0; a < placements.size(); ++a) {
      for (size_t b = a + 1; b < placements.size(); ++b) {
        if (placements[a]->work_type() != placements[b]->work_type()) continue;
        if (TimeUtil::TimestampToMicroseconds(placements[a]->place_time()) <
                end_of(*placements[b]) &&
            TimeUtil::TimestampToMicroseconds(placements[b]->place_time()) <
                end_of(*placements[a])) {
          ++overlaps;
        }
      }
    }
  }
  return overlaps;
}

// Permits that a vendor asked for after the core had its answer to a stop on the same account.
int64_t CountPermitsAfterStop(const Evidence& evidence) {
  absl::flat_hash_map<std::string, int64_t> stopped_ns;  // by account, or account and contact point
  for (const PostedEvent& event : evidence.core.events) {
    const std::string subject = event.contact_point_id.empty()
                                    ? event.account_id
                                    : absl::StrCat(event.account_id, " ", event.contact_point_id);
    stopped_ns.emplace(subject, event.acked_ns);
  }
  int64_t after = 0;
  for (const auto& [vendor_id, ledger] : evidence.vendor_ledgers) {
    for (const GivenPermit& permit : ledger.permits) {
      const auto placement = evidence.placements.find(permit.assignment_id);
      if (placement == evidence.placements.end()) continue;
      const std::string& account = placement->second.account_id();
      for (const std::string& subject :
           {account, absl::StrCat(account, " ", permit.contact_point_id)}) {
        const auto stop = stopped_ns.find(subject);
        if (stop != stopped_ns.end() && permit.asked_ns > stop->second) ++after;
      }
    }
  }
  return after;
}

// From the core's call to the vendor having stored the withdrawal, for each assignment that an
// event ended.
void MeasureStops(const Evidence& evidence, const ByAccount& by_account, RunResult* result) {
  std::vector<double> plain, in_outage;
  std::map<std::string, std::vector<double>> by_vendor;
  for (const PostedEvent& event : evidence.core.events) {
    ++result->stops_by_kind[event.kind];
    const auto held = by_account.find(event.account_id);
    if (event.withdrawn == 0 || held == by_account.end()) continue;
    for (const Placement* placement : held->second) {
      const auto& ledger = evidence.vendor_ledgers.at(placement->vendor_id());
      const auto stored = ledger.withdrawn_ns.find(placement->assignment_id());
      if (stored == ledger.withdrawn_ns.end() || stored->second < event.sent_ns) continue;
      const double ms = static_cast<double>(stored->second - event.sent_ns) / 1e6;
      const bool away = Overlaps(evidence, placement->vendor_id(), event.sent_ns, stored->second);
      (away ? in_outage : plain).push_back(ms);
      if (!away) by_vendor[placement->vendor_id()].push_back(ms);
    }
  }
  result->stops_posted = static_cast<int64_t>(evidence.core.events.size());
  result->stop = PercentilesOf(plain);
  result->stop_in_outage = PercentilesOf(in_outage);
  for (VendorResult& vendor : result->vendors)
    vendor.stop = PercentilesOf(by_vendor[vendor.vendor_id]);
}

void AddVendors(const Evidence& evidence, std::map<std::string, LeakScanResult> scans,
                RunResult* result) {
  for (const DemoVendor& known : DemoVendors()) {
    VendorResult vendor;
    vendor.vendor_id = known.id;
    vendor.display_name = evidence.contracts.at(known.id).display_name();
    if (const auto found = evidence.vendors.find(known.id); found != evidence.vendors.end()) {
      vendor.placed = found->second.placed();
      vendor.withdrawn = found->second.withdrawn();
      vendor.permits_given = found->second.permits_given();
      vendor.permits_refused = found->second.permits_refused();
      vendor.outcomes = found->second.outcomes();
    }
    vendor.refusals = evidence.vendor_ledgers.at(known.id).denials;
    vendor.scan = std::move(scans[known.id]);
    vendor.delivered = static_cast<int64_t>(vendor.scan.delivered.size());
    result->vendors.push_back(std::move(vendor));
  }
  for (const KeptOutcome& outcome : evidence.core.outcomes) {
    result->outcomes_marked += outcome.marked ? 1 : 0;
    for (VendorResult& vendor : result->vendors) {
      if (vendor.vendor_id == outcome.vendor_id) ++vendor.dispositions[outcome.disposition];
    }
  }
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

// What was acknowledged and is not there.
int64_t CountNotDurable(const Evidence& evidence, const RunResult& result) {
  int64_t missing = result.outcomes_lost;
  for (const PostedEvent& event : evidence.core.events)
    missing += !evidence.audit.event_ids.contains(event.event_id);
  missing += std::max<int64_t>(0, result.accounts_imported - evidence.core.not_placed -
                                      static_cast<int64_t>(evidence.placements.size()));
  return missing;
}

// Live placements of accounts on which a stop, payment or closure lies.
int64_t CountLiveAfterStop(const Evidence& evidence, const ByAccount& by_account) {
  int64_t live = 0;
  for (const PostedEvent& event : evidence.core.events) {
    const auto held = by_account.find(event.account_id);
    if (!event.contact_point_id.empty() || held == by_account.end()) continue;
    live += std::count_if(held->second.begin(), held->second.end(), [](const Placement* placement) {
      return !placement->has_withdraw_time();
    });
  }
  return live;
}

// What happened and the log does not show: undisclosed deliveries, permits, outcomes, placements.
int64_t CountNotEvident(const Evidence& evidence, const RunResult& result,
                        int64_t outcomes_unaudited) {
  int64_t missing = outcomes_unaudited + (evidence.audit.verified ? 0 : 1);
  for (const VendorResult& vendor : result.vendors) {
    const auto disclosed = evidence.disclosed.find(vendor.vendor_id);
    for (const auto& [assignment_id, times] : vendor.scan.delivered) {
      missing +=
          disclosed == evidence.disclosed.end() || !disclosed->second.contains(assignment_id);
    }
    for (const GivenPermit& permit : evidence.vendor_ledgers.at(vendor.vendor_id).permits) {
      missing += !evidence.audit.permits.contains(permit.permit_id);
    }
  }
  for (const auto& [id, placement] : evidence.placements)
    missing += !evidence.audit.placed.contains(id);
  return missing;
}

// Live placements that their vendor never received, feeds that are not acknowledged to their end,
// and copies that hold another number of rows than the hub has live.
int64_t CountNotResumed(const Evidence& evidence, const RunResult& result) {
  int64_t missing = 0;
  std::map<std::string, const VendorResult*> by_id;
  for (const VendorResult& vendor : result.vendors) by_id[vendor.vendor_id] = &vendor;
  for (const auto& [id, placement] : evidence.placements) {
    if (placement.has_withdraw_time()) continue;
    const auto vendor = by_id.find(placement.vendor_id());
    missing += vendor == by_id.end() || !vendor->second->scan.delivered.contains(id);
  }
  for (const auto& [id, vendor] : evidence.vendors) {
    missing += vendor.acknowledged_sequence() != vendor.newest_sequence();
    const auto rows = evidence.workable.find(id);
    missing += rows == evidence.workable.end() || rows->second != vendor.live_assignments();
  }
  return missing;
}

void AddProblems(const Evidence& evidence, const OutcomeFigures& outcomes, RunResult* result) {
  const auto must_be_zero = [&](int64_t count, const std::string& what) {
    if (count != 0) result->problems.push_back(absl::StrCat(WithCommas(count), " ", what));
  };
  must_be_zero(result->outcomes_lost, "outcomes lost");
  must_be_zero(result->outcomes_doubled, "outcomes doubled");
  must_be_zero(outcomes.gaps, "gaps in the sequence of outcomes");
  must_be_zero(result->raw_values_found, "raw values found at vendors");
  for (const auto& [what, count] : evidence.quarantined)
    must_be_zero(count, "in quarantine: " + what);
  must_be_zero(result->accounts - result->accounts_imported, "accounts not imported");
  must_be_zero(result->outcomes_recorded - result->outcomes_read_by_core,
               "recorded outcomes not read by the core");
  for (const auto& [name, violations] : result->invariants)
    must_be_zero(violations, "violations of " + name);
  if (!evidence.audit.verified)
    result->problems.push_back("the audit log does not verify: " + evidence.audit.problem);
  if (result->hub_kills == 0) result->problems.emplace_back("the hub was not killed");
  if (result->vendor_kills == 0) result->problems.emplace_back("no vendor was killed");
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

void CheckEvidence(const Evidence& evidence, std::map<std::string, LeakScanResult> scans,
                   RunResult* result) {
  const ByAccount by_account = GroupByAccount(evidence);
  AddVendors(evidence, std::move(scans), result);
  const OutcomeFigures outcomes = CheckOutcomes(evidence, by_account);
  result->accounts_imported = evidence.core.accepted;
  result->accounts_not_placed = evidence.core.not_placed;
  result->import_seconds =
      static_cast<double>(evidence.core.import_to_ns - evidence.core.import_from_ns) / 1e9;
  result->outcomes_read_by_core = static_cast<int64_t>(evidence.core.outcomes.size());
  result->outcomes_lost = outcomes.lost;
  result->outcomes_doubled = outcomes.doubled;
  for (const auto& [what, count] : evidence.quarantined) result->quarantined += count;
  result->disclosures = evidence.disclosures;
  result->audit_verified = evidence.audit.verified;
  result->audit_problem = evidence.audit.problem;
  result->audit_entries = evidence.audit.entries;
  result->audit_events = evidence.audit.events;
  for (const Outage& outage : evidence.outages) {
    result->outage_seconds[outage.who] += static_cast<double>(outage.to_ns - outage.from_ns) / 1e9;
  }
  MeasureStops(evidence, by_account, result);
  result->permits_given_after_stop_by_audit = evidence.audit.permits_after_stop;
  result->permits_given_after_stop_by_clock = CountPermitsAfterStop(evidence);
  int64_t not_own = outcomes.foreign;
  for (const VendorResult& vendor : result->vendors) not_own += vendor.scan.not_own;
  result->invariants = {
      {"I1 durable", CountNotDurable(evidence, *result)},
      {"I2 once", outcomes.lost + outcomes.doubled + outcomes.gaps},
      {"I3 one hand", CountTwoHands(by_account)},
      {"I4 masked", result->raw_values_found},
      {"I5 stopped", result->permits_given_after_stop_by_audit +
                         result->permits_given_after_stop_by_clock +
                         CountLiveAfterStop(evidence, by_account)},
      {"I7 own only", not_own},
      {"I8 evident", CountNotEvident(evidence, *result, outcomes.unaudited)},
      {"I10 resumable", CountNotResumed(evidence, *result)},
  };
  AddProblems(evidence, outcomes, result);
}

}  // namespace switchboard::demo
