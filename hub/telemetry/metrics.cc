#include "hub/telemetry/metrics.h"

#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/telemetry/plain_text.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace switchboard::telemetry {
namespace {

constexpr size_t kSeriesMax = 500;

using LabelNames = std::vector<std::string>;

prometheus::Histogram::BucketBoundaries DurationBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

// One of the three is set.
struct Series {
  prometheus::Counter* counter = nullptr;
  prometheus::Gauge* gauge = nullptr;
  prometheus::Histogram* histogram = nullptr;
};

}  // namespace

class Family {
 public:
  using Make = std::function<Series(const prometheus::Labels&)>;

  Family(LabelNames names, Make make) : names_(std::move(names)), make_(std::move(make)) {
    if (names_.empty()) At({});  // so that it is in the text from the start, as 0
  }

  // The series with these label values. Keeps one lock for a look-up, not the library's hashing of
  // whole label sets.
  Series At(std::span<const std::string_view> values) {
    const std::string key = KeyOf(values);
    MutexLock lock(mutex_);
    return AtLocked(key);
  }

  // A gauge's series: these, and the others 0.
  void SetAll(const std::vector<std::pair<std::vector<std::string_view>, double>>& readings) {
    MutexLock lock(mutex_);
    absl::flat_hash_set<prometheus::Gauge*> set;
    for (const auto& [values, value] : readings) {
      prometheus::Gauge* gauge = AtLocked(KeyOf(values)).gauge;
      gauge->Set(value);
      set.insert(gauge);
    }
    for (const auto& [key, series] : series_) {
      if (!set.contains(series.gauge)) series.gauge->Set(0);
    }
  }

 private:
  static std::string KeyOf(std::span<const std::string_view> values) {
    std::string key;
    for (const std::string_view value : values) {
      key += IsPlainId(value) ? value : std::string_view(kWithheld);
      key += '\n';  // never in a plain id
    }
    return key;
  }

  Series AtLocked(const std::string& key) SWITCHBOARD_REQUIRES(mutex_) {
    if (const auto it = series_.find(key); it != series_.end()) return it->second;
    if (series_.size() < kSeriesMax) return series_.emplace(key, make_(Labels(key))).first->second;
    if (!overflow_.has_value()) {
      std::string other;
      for (size_t i = 0; i < names_.size(); ++i) other += "other\n";
      overflow_ = make_(Labels(other));
    }
    return *overflow_;
  }

  prometheus::Labels Labels(std::string_view key) const {
    prometheus::Labels labels;
    for (const std::string& name : names_) {
      const size_t end = key.find('\n');
      labels.emplace(name, key.substr(0, end));
      key.remove_prefix(end + 1);
    }
    return labels;
  }

  const LabelNames names_;
  const Make make_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Series> series_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::optional<Series> overflow_ SWITCHBOARD_GUARDED_BY(mutex_);
};

class Registry {
 public:
  Family& Counter(const std::string& name, const std::string& help, LabelNames labels) {
    auto& family = prometheus::BuildCounter()
                       .Name("switchboard_" + name + "_total")
                       .Help(help)
                       .Register(registry_);
    return Keep(std::move(labels), [&family](const prometheus::Labels& values) {
      return Series{.counter = &family.Add(values)};
    });
  }

  Family& Gauge(const std::string& name, const std::string& help, LabelNames labels) {
    auto& family =
        prometheus::BuildGauge().Name("switchboard_" + name).Help(help).Register(registry_);
    return Keep(std::move(labels), [&family](const prometheus::Labels& values) {
      return Series{.gauge = &family.Add(values)};
    });
  }

  Family& Histogram(const std::string& name, const std::string& help, LabelNames labels) {
    auto& family =
        prometheus::BuildHistogram().Name("switchboard_" + name).Help(help).Register(registry_);
    return Keep(std::move(labels), [&family](const prometheus::Labels& values) {
      return Series{.histogram = &family.Add(values, DurationBuckets())};
    });
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

 private:
  Family& Keep(LabelNames labels, Family::Make make) {
    return families_.emplace_back(std::move(labels), std::move(make));
  }

  prometheus::Registry registry_;
  std::deque<Family> families_;  // a deque: handles point at its elements
};

template <size_t kLabels>
void Counter<kLabels>::AddTo(std::span<const std::string_view> values, int64_t by) {
  SWITCHBOARD_ASSERT(by >= 0);
  family_->At(values).counter->Increment(static_cast<double>(by));
}

template <size_t kLabels>
void Gauge<kLabels>::SetAt(std::span<const std::string_view> values, double value) {
  family_->At(values).gauge->Set(value);
}

template <size_t kLabels>
void Gauge<kLabels>::TouchAt(std::span<const std::string_view> values) {
  family_->At(values);
}

template <size_t kLabels>
void Gauge<kLabels>::SetAll(const std::vector<Reading>& readings) {
  std::vector<std::pair<std::vector<std::string_view>, double>> all;
  all.reserve(readings.size());
  for (const Reading& one : readings)
    all.emplace_back(std::vector<std::string_view>(one.values.begin(), one.values.end()),
                     one.value);
  family_->SetAll(all);
}

template <size_t kLabels>
void Histogram<kLabels>::ObserveAt(std::span<const std::string_view> values, absl::Duration span) {
  family_->At(values).histogram->Observe(absl::ToDoubleSeconds(span));
}

template <size_t kLabels>
void Histogram<kLabels>::TouchAt(std::span<const std::string_view> values) {
  family_->At(values);
}

template class Counter<0>;
template class Counter<1>;
template class Counter<2>;
template class Gauge<0>;
template class Gauge<1>;
template class Gauge<2>;
template class Histogram<0>;
template class Histogram<1>;

Metrics::Metrics()
    : registry_(std::make_unique<Registry>()),
      accounts_imported(
          registry_->Counter("accounts_imported", "Account records answered.", {"status"})),
      assignments_placed(
          registry_->Counter("assignments_placed", "Accounts placed.", {"vendor_id"})),
      accounts_not_placed(
          registry_->Counter("accounts_not_placed", "Accounts no vendor got.", {"reason"})),
      assignments_withdrawn(registry_->Counter("assignments_withdrawn", "Assignments withdrawn.",
                                               {"vendor_id", "reason"})),
      permits_given(registry_->Counter("permits_given", "Permits given.", {"vendor_id"})),
      permits_refused(
          registry_->Counter("permits_refused", "Permits refused.", {"vendor_id", "reason"})),
      permits_voided(
          registry_->Counter("permits_voided", "Open permits that became void.", {"reason"})),
      outcomes_reported(registry_->Counter("outcomes_reported", "Outcomes answered by a receipt.",
                                           {"vendor_id", "status"})),
      outcomes_unmapped(registry_->Counter(
          "outcomes_unmapped", "Outcomes under codes that have no meaning.", {"vendor_id"})),
      promises(registry_->Counter("promises", "Promises to pay that changed how they stand.",
                                  {"vendor_id", "standing"})),
      feed_pages_sent(registry_->Counter("feed_pages_sent", "Pages sent.", {"vendor_id"})),
      feed_changes_sent(registry_->Counter("feed_changes_sent", "Changes sent.", {"vendor_id"})),
      feed_rejections(registry_->Counter("feed_rejections", "Rows a vendor could not use.",
                                         {"vendor_id", "reason"})),
      streams_open(registry_->Gauge("streams_open", "Open vendor streams.", {"vendor_id"})),
      commit_groups(registry_->Counter("commit_groups", "Transactions committed.", {})),
      commit_units(registry_->Counter("commit_units", "Units of work in them.", {})),
      commit_seconds(registry_->Histogram("commit_seconds", "Time of one commit.", {})),
      write_queue_length(
          registry_->Gauge("write_queue_length", "Units waiting for the writer.", {})),
      quarantined(registry_->Counter("quarantined", "Items refused and kept.", {"kind"})),
      wire_withheld(registry_->Counter("wire_withheld",
                                       "Rows and permits that the guard on the wire withheld.",
                                       {"vendor_id", "class"})),
      audit_left_out(registry_->Counter(
          "audit_left_out", "Events beyond what the audit log writes each.", {"actor"})),
      rows_erased(registry_->Counter("rows_erased", "Rows whose time was up.", {"kind"})),
      rpcs(registry_->Counter("rpcs", "Calls and streams ended.", {"method", "code"})),
      rpc_seconds(registry_->Histogram("rpc_seconds", "Time of a unary call.", {"method"})),
      connections_refused(registry_->Counter(
          "connections_refused", "Connections refused before or at the handshake.", {"reason"})),
      connections_ended(registry_->Counter("connections_ended",
                                           "Connections that were let in and ended by the hub.",
                                           {"reason", "peer"})),
      request_memory_bytes(registry_->Gauge("request_memory_bytes",
                                            "What requests that are being served may hold.", {})),
      connections_accepted(
          registry_->Gauge("connections_accepted", "gRPC connections accepted so far.", {})),
      keys_unlocked_bytes(registry_->Gauge(
          "keys_unlocked_bytes", "Bytes of keys that found no room in locked memory.", {})),
      live_assignments(
          registry_->Gauge("live_assignments", "Assignments that a vendor holds.", {"vendor_id"})),
      feed_backlog(registry_->Gauge(
          "feed_backlog", "Rows a vendor has not acknowledged, up to 100,000.", {"vendor_id"})),
      feed_ended_unacknowledged(registry_->Gauge(
          "feed_ended_unacknowledged",
          "Withdrawals a vendor has not acknowledged, up to 100,000: erasure waits for it.",
          {"vendor_id"})),
      unmaskings_waiting(registry_->Gauge(
          "unmaskings_waiting",
          "Requests of a vendor to see more of a person that wait for an operator's word.",
          {"vendor_id"})),
      proposals_open(registry_->Gauge("proposals_open",
                                      "Proposed texts that wait for another operator.", {"kind"})),
      deletion_orders_open(registry_->Gauge("deletion_orders_open",
                                            "Orders to delete that a vendor has not confirmed.",
                                            {"vendor_id"})),
      deletion_orders_overdue(registry_->Gauge(
          "deletion_orders_overdue",
          "Orders to delete that a vendor has not confirmed though their time is up.",
          {"vendor_id"})),
      contract_expiry_seconds(
          registry_->Gauge("contract_expiry_seconds",
                           "Unix time of a vendor's first day without a contract.", {"vendor_id"})),
      core_feed_newest(registry_->Gauge("core_feed_newest", "Newest sequence for the core.", {})),
      core_feed_confirmed(registry_->Gauge("core_feed_confirmed",
                                           "Sequence a reader has confirmed.", {"core", "reader"})),
      core_feed_backlog(registry_->Gauge("core_feed_backlog", "Items a reader has not confirmed.",
                                         {"core", "reader"})),
      erasure_waits_for(registry_->Gauge("erasure_waits_for",
                                         "Items unconfirmed by the reader that erasure waits for.",
                                         {"core", "reader"})),
      retention_paused(registry_->Gauge("retention_paused",
                                        "1 while nothing is erased in a restored database.", {})),
      key_proof_wait_seconds(
          registry_->Gauge("key_proof_wait_seconds",
                           "For how long a rotation of keys has waited for its proof.", {})),
      quarantine_items(registry_->Gauge("quarantine_items", "Items in quarantine.", {"kind"})),
      audit_head_sequence(
          registry_->Gauge("audit_head_sequence", "Newest entry of an audit chain.", {"chain_id"})),
      audit_unsigned_seconds(registry_->Gauge(
          "audit_unsigned_seconds",
          "Seconds since the oldest audit entry was committed that is in no checkpoint.", {})),
      checkpoint_undelivered_seconds(registry_->Gauge(
          "checkpoint_undelivered_seconds",
          "Seconds since the oldest checkpoint was made of those that the place has not.",
          {"place"})),
      checkpoint_conflict(registry_->Gauge(
          "checkpoint_conflict", "1: the place held a checkpoint that this log did not make.",
          {"place"})),
      certificate_expiry_seconds(registry_->Gauge("certificate_expiry_seconds",
                                                  "Unix time of the first end in the file in use.",
                                                  {"file"})),
      disk_free_bytes(
          registry_->Gauge("disk_free_bytes", "Free on the disk of the SQLite database.", {})),
      disk_low(registry_->Gauge(
          "disk_low", "1 while less than limits.disk_floor_mib is free: imports are refused.", {})),
      disk_reserve(registry_->Gauge(
          "disk_reserve", "1 while limits.disk_reserve_mib are kept beside the database.", {})),
      certificates_refused(registry_->Counter("certificates_refused",
                                              "New certificates or keys that were not taken.", {})),
      certificates_stale(registry_->Gauge("certificates_stale",
                                          "1 while what lies in tls.directory is not in use.", {})),
      contract_files_passed_over(registry_->Gauge(
          "contract_files_passed_over",
          "1: at the start the file said what was never released, was older than what is in force, "
          "or was missing.",
          {"vendor_id", "why"})),
      backup_age_seconds(registry_->Gauge(
          "backup_age_seconds", "Seconds since the newest backup in storage.backup_folder.",
          {"hub_id"})) {}

Metrics::~Metrics() = default;

std::string Metrics::Text() const { return registry_->Text(); }

}  // namespace switchboard::telemetry
