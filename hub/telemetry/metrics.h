#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace switchboard::telemetry {

// Label of the reader of the core feed that has no name: no label may be empty.
inline constexpr char kUnnamedReader[] = "[unnamed]";
// Label of the core and of the reader that are waited for where there is none.
inline constexpr char kNobody[] = "[nobody]";

class Family;  // one metric with all its label values
class Registry;

// Handles. kLabels is the number of label values each call gives, in the order documented at the
// handle in Metrics. A value that is not a plain id (see plain_text.h) is counted as "withheld"; of
// one metric at most 500 combinations are kept, what comes later is counted under "other".
// Thread-safe; a handle may be copied and must not outlive its Metrics.

template <size_t kLabels>
class Counter {
 public:
  explicit Counter(Family& family) : family_(&family) {}

  // REQUIRES: by >= 0.
  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Add(int64_t by, const Values&... values) {
    AddTo(std::array<std::string_view, kLabels>{values...}, by);
  }

  // So that it is in the text, as 0, before anything has happened.
  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Touch(const Values&... values) { Add(0, values...); }

 private:
  void AddTo(std::span<const std::string_view> values, int64_t by);

  Family* family_;
};

template <size_t kLabels>
class Gauge {
 public:
  explicit Gauge(Family& family) : family_(&family) {}

  // Any number, infinity as well.
  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Set(double value, const Values&... values) {
    SetAt(std::array<std::string_view, kLabels>{values...}, value);
  }

  // So that it is in the text, as 0, before anything has happened.
  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Touch(const Values&... values) {
    TouchAt(std::array<std::string_view, kLabels>{values...});
  }

  // Label values, and what stands there.
  struct Reading {
    std::array<std::string, kLabels> values;
    double value = 0;
  };
  // Sets all of these, and 0 where the metric has had something else.
  void SetAll(const std::vector<Reading>& readings);

 private:
  void SetAt(std::span<const std::string_view> values, double value);
  void TouchAt(std::span<const std::string_view> values);

  Family* family_;
};

// Of durations: buckets from 100 µs to 10 s.
template <size_t kLabels>
class Histogram {
 public:
  explicit Histogram(Family& family) : family_(&family) {}

  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Observe(absl::Duration span,
                                                      const Values&... values) {
    ObserveAt(std::array<std::string_view, kLabels>{values...}, span);
  }

  // So that it is in the text before anything has happened.
  template <typename... Values>
  requires(sizeof...(Values) == kLabels) void Touch(const Values&... values) {
    TouchAt(std::array<std::string_view, kLabels>{values...});
  }

 private:
  void ObserveAt(std::span<const std::string_view> values, absl::Duration span);
  void TouchAt(std::span<const std::string_view> values);

  Family* family_;
};

// All the hub's metrics, registered up front. Names in the text are "switchboard_" and the member's
// name, with "_total" for counters.
class Metrics {
 private:
  std::unique_ptr<Registry> registry_;  // first: the handles below point into it

 public:
  Metrics();
  ~Metrics();

  // Everything in Prometheus' text format 0.0.4. Thread-safe.
  std::string Text() const;

  // Records of accounts, by what became of them.
  Counter<1> accounts_imported;  // status
  // Placements and the ends of placements.
  Counter<1> assignments_placed;     // vendor_id
  Counter<1> accounts_not_placed;    // reason
  Counter<2> assignments_withdrawn;  // vendor_id, reason
  // Answers to RequestPermit.
  Counter<1> permits_given;    // vendor_id
  Counter<2> permits_refused;  // vendor_id, reason
  Counter<1> permits_voided;   // reason
  // Outcomes reported, by receipt.
  Counter<2> outcomes_reported;  // vendor_id, status
  Counter<1> outcomes_unmapped;  // vendor_id; each content once
  // Promises to pay, by how they stand from then on.
  Counter<2> promises;  // vendor_id, standing
  // The feeds.
  Counter<1> feed_pages_sent;    // vendor_id
  Counter<1> feed_changes_sent;  // vendor_id
  Counter<2> feed_rejections;    // vendor_id, reason
  Gauge<1> streams_open;         // vendor_id
  // The writer.
  Counter<0> commit_groups;
  Counter<0> commit_units;
  Histogram<0> commit_seconds;
  Gauge<0> write_queue_length;
  // What was refused and kept.
  Counter<1> quarantined;     // kind
  Counter<2> wire_withheld;   // vendor_id, class: each time that something did not leave
  Counter<1> audit_left_out;  // actor
  // What retention deleted.
  Counter<1> rows_erased;  // kind
  // The gRPC edge.
  Counter<2> rpcs;                 // method, code
  Histogram<1> rpc_seconds;        // method
  Counter<1> connections_refused;  // reason
  Counter<2> connections_ended;    // reason, peer: those that were let in
  Gauge<0>
      request_memory_bytes;  // what requests being served may hold, of limits.request_memory_mib
  Gauge<0> connections_accepted;  // since the start
  Gauge<0> keys_unlocked_bytes;   // of keys, in memory that may be swapped out
  // What rows say, read every few seconds (reports/gauges.h), so that it is right from the first
  // seconds after a start on.
  Gauge<1> live_assignments;  // vendor_id
  Gauge<1> feed_backlog;      // vendor_id; rows it has not acknowledged, counted to 100,000
  Gauge<1> feed_ended_unacknowledged;  // vendor_id; of these the withdrawals: their erasure waits
  Gauge<1> unmaskings_waiting;         // vendor_id; what it asked to see, for an operator's word
  Gauge<1> proposals_open;             // kind of text; wait for another operator
  Gauge<1> deletion_orders_open;       // vendor_id; orders to delete that it has not confirmed
  Gauge<1> deletion_orders_overdue;    // vendor_id; those of them whose time is up
  Gauge<1> contract_expiry_seconds;    // vendor_id; Unix time of the first day without, or +Inf
  Gauge<0> core_feed_newest;           // sequence
  Gauge<2> core_feed_confirmed;        // core, reader; sequence, also as soon as it is confirmed
  Gauge<2> core_feed_backlog;          // core, reader; items it has not confirmed
  Gauge<2> erasure_waits_for;          // core, reader; the same of whom erasure waits for, else 0;
                                       // of kNobody while there is no reader
  Gauge<0> retention_paused;           // 1 in a restored database, until an operator resumes it
  Gauge<0> key_proof_wait_seconds;     // 0 unless a rotation waits to prove that no old box is left
  Gauge<1> quarantine_items;           // kind
  Gauge<1> audit_head_sequence;        // chain_id
  Gauge<0> audit_unsigned_seconds;  // since the oldest entry that is in no checkpoint; 0: all are
  // Of a place that checkpoints go to: since the oldest was made of those that it has not, and 1
  // once it held one that this log did not make.
  Gauge<1> checkpoint_undelivered_seconds;  // place
  Gauge<1> checkpoint_conflict;             // place
  // What files say.
  Gauge<1> certificate_expiry_seconds;  // file: tls.crt, ca.crt; Unix time
  Gauge<0> disk_free_bytes;             // of the SQLite database's disk
  Gauge<0> disk_low;                    // 1 below limits.disk_floor_mib
  Gauge<0> disk_reserve;                // 1 while the reserve is there
  Counter<0> certificates_refused;      // new material in tls.directory that was not taken
  Gauge<0> certificates_stale;          // 1 while what lies there is not what is in use
  // vendor_id, why: not_released, older, no_file; 1 since the start
  Gauge<2> contract_files_passed_over;
  Gauge<1> backup_age_seconds;  // hub_id; +Inf when the folder has none
};

}  // namespace switchboard::telemetry
