#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "clients/demo/evidence/leak_scan.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {

// Of a set of times: 0 when there are none.
struct Percentiles {
  int64_t count = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// What people promised one vendor, as the core was told last.
struct PromiseCounts {
  int64_t taken = 0;
  int64_t plans = 0;    // of them, in parts
  int64_t waiting = 0;  // of these, for head office …
  // … which has said so of others.
  int64_t approved = 0;
  int64_t changed = 0;
  int64_t refused = 0;
  std::map<std::string, int64_t> standings;   // of all, by PromiseStanding's names
  std::map<std::string, int64_t> open_plans;  // by "1 of 3 parts kept"
  int64_t recordings_told = 0;                // of calls
  int64_t recordings_missing = 0;             // as the hub finds them

  bool none() const { return taken == 0 && recordings_told == 0 && recordings_missing == 0; }
};

// Orders to delete of one vendor, as the hub has them at the end.
struct DeletionCounts {
  int64_t orders = 0;
  int64_t assignments = 0;  // in them
  int64_t confirmed = 0;    // in time
  int64_t late = 0;         // confirmed, but not in time
  int64_t open = 0;
  int64_t overdue = 0;   // of these
  int64_t verified = 0;  // words whose signature stands and which are about their order
};

struct VendorResult {
  std::string vendor_id;
  std::string display_name;
  int64_t placed = 0;
  int64_t delivered = 0;
  int64_t permits_given = 0;
  int64_t permits_refused = 0;
  int64_t outcomes = 0;
  int64_t withdrawn = 0;
  int64_t withdrawn_ahead = 0;  // told before their place in the feed
  Percentiles stop;
  std::map<std::string, int64_t> results;  // what came of contacts, as the core read it
  PromiseCounts promises;
  DeletionCounts deletions;
  std::map<std::string, int64_t> refusals;  // by reason, as the vendor was told
  // As the hub counts them.
  std::map<std::string, int64_t> permits;       // by what became of asking
  std::map<std::string, int64_t> rules_denied;  // by rule
  std::map<std::string, int64_t> rules_warned;  // the same
  std::map<std::string, int64_t> confirmed;     // withdrawals for stops, by how soon acknowledged
  LeakScanResult scan;
};

// A field of one account: as the core knows it, and as a vendor was shown it.
struct SampleField {
  std::string name;
  std::string core;
  std::string vendor;  // empty: withheld
};

struct Sample {
  std::string vendor_id;
  std::string work_type;
  std::string account_id;
  std::vector<SampleField> fields;
};

// A field of one account: as the core knows it, and as each of several saw it; empty: withheld.
struct ComparedField {
  std::string name;
  std::string core;
  std::vector<std::string> shown;
};

// One account as each vendor sees it: the one that has it as it received it, the others as their
// contracts would show it to them.
struct Views {
  std::string vendor_id;  // the one that has it
  std::string work_type;
  std::string account_id;
  std::vector<ComparedField> fields;  // a column for each of DemoVendors
};

// A contract that shows less, released in the middle of the day.
struct TighteningResult {
  std::string vendor_id;
  // What the command line printed: `contract plan` before, `contract history` behind it.
  std::string plan;
  std::string history;
  int64_t contract_version = 0;
  double seconds = 0;      // from the call until all live rows had come again; 0: they have not
  int64_t rows_again = 0;  // until then
  // Of what the vendor received from its first word under the new version on.
  int64_t bytes = 0;
  int64_t rows_compared = 0;
  int64_t values_searched = 0;  // that only the former version showed, in every byte
  int64_t found = 0;            // of these, and what else the new version withholds
  int64_t former_pages = 0;     // by the hub's record, under the former version behind the new one
  std::string work_type;
  std::vector<ComparedField> row;  // one row, before and after; empty: none was shown both times
};

// One order to delete, and the vendor's word on it. Times by the clock of the day.
struct DeletionShown {
  std::string order_id;
  std::string vendor_id;
  std::string cause;
  int64_t count = 0;
  absl::Time opened, due, deleted, confirmed;
  std::string digest;     // in hexadecimal
  std::string signed_by;  // the certificate's name …
  std::string serial;     // … and number
  std::string problem;    // empty: the signature stands
};

// What one of the hubs did, by its own audit chains.
struct HubResult {
  int64_t audit_chains = 0;
  int64_t audit_entries = 0;
  int64_t audit_events = 0;
  int64_t permits_given = 0;
  int64_t outcomes = 0;
};

// What a run came to. Everything the report and the JSON say stands here.
struct RunResult {
  uint64_t seed = 0;
  std::string engine;
  int hubs = 1;
  std::string balance = "client";    // or "proxy"
  std::string failover = "by-hand";  // or "patroni"; of a database that fails over
  int64_t accounts = 0;
  int64_t accounts_imported = 0;
  int64_t accounts_not_placed = 0;
  int64_t assignments_delivered = 0;
  int64_t outcomes_recorded = 0;
  int64_t items_read_by_core = 0;
  int64_t outcomes_lost = 0;
  int64_t outcomes_doubled = 0;
  int64_t outcomes_marked = 0;
  std::map<std::string, int64_t> handed_over;  // assignments, by "sakura to head-office"
  int64_t quarantined = 0;
  int64_t raw_values_found = 0;
  int64_t values_searched = 0;
  int64_t bytes_scanned = 0;
  int64_t stops_posted = 0;
  std::map<std::string, int64_t> stops_by_kind;
  Percentiles stop;            // no outage between
  Percentiles stop_in_outage;  // the hub or the vendor was away for part of the time
  int64_t permits_given = 0;
  int64_t permits_refused = 0;
  // Permits given or honoured behind a stop, or assignments live behind it.
  int64_t permits_given_after_stop_by_audit = 0;
  int64_t permits_given_after_stop_by_clock = 0;
  // Paid accounts that the core sent again as of before they were paid, after everything; and how
  // many of them nothing opened.
  int64_t late_sent = 0;
  int64_t late_held_up = 0;
  int64_t hub_kills = 0;
  int64_t vendor_kills = 0;
  int64_t database_kills = 0;
  std::string killed_hub;
  std::string killed_vendor;
  std::map<std::string, double> outage_seconds;
  // From the kill of the primary until commits were on two servers again; 0 without one.
  double database_rejoin_seconds = 0;
  int64_t outcomes_while_hub_away = 0;  // recorded by the others; 0 where there is one hub
  std::map<std::string, HubResult> by_hub;
  bool audit_verified = false;  // unaltered, and names everything that happened
  int64_t audit_entries = 0;
  int64_t audit_events = 0;
  int64_t checkpoints_kept = 0;     // in a folder of their own
  int64_t checkpoints_as_kept = 0;  // of them, as the log is, recomputed
  int64_t disclosures = 0;
  double import_seconds = 0;
  double seconds = 0;
  // The day by which everybody went: from, until and how many times as fast as the true time.
  absl::Time day_begin, day_end;
  int day_speed = 1;
  std::vector<std::pair<std::string, int64_t>> invariants;  // name and violations, in order
  std::vector<VendorResult> vendors;
  std::vector<Sample> samples;
  std::optional<Views> views;  // nothing: no account is at hand that shows much
  std::optional<TighteningResult> tightening;
  std::optional<DeletionShown> deletion;
  std::vector<std::string> problems;  // sentences; empty when everything holds

  bool holds() const { return problems.empty(); }
};

}  // namespace switchboard::demo
