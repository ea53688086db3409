#include "hub/reports/gauges.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "hub/audit/audit_metrics.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"
#include "hub/reports/audit_reading.h"

namespace switchboard::reports {
namespace {

using storage::Row;

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kBacklogMax = 100'000;
// Of two labels, one of which is a vendor, no more than so many vendors are put there beforehand:
// a metric keeps 500 series.
constexpr size_t kVendorsWithReasons = 10;

constexpr char kSelectVendors[] =
    "SELECT c.vendor_id, c.live_assignments, v.acknowledged_sequence FROM vendor_counter c JOIN "
    "vendor v ON v.vendor_id = c.vendor_id ORDER BY c.vendor_id";
constexpr char kCountBacklog[] =
    "SELECT COUNT(*) FROM (SELECT change_sequence FROM assignment WHERE vendor_id = $1 AND "
    "change_sequence > $2 LIMIT $3) AS waiting";
// A version replaces all before it from its first day on, so the newest one's last day is the end.
constexpr char kSelectExpiries[] =
    "SELECT c.vendor_id, c.to_day FROM contract c WHERE c.version = (SELECT MAX(n.version) FROM "
    "contract n WHERE n.vendor_id = c.vendor_id) ORDER BY c.vendor_id";
constexpr char kCountQuarantine[] = "SELECT kind, COUNT(*) FROM quarantine GROUP BY kind";
constexpr char kSelectFirstAfter[] =
    "SELECT record_time FROM core_item WHERE sequence > $1 ORDER BY sequence LIMIT 1";

struct VendorState {
  std::string vendor_id;
  int64_t live_assignments = 0;
  int64_t acknowledged = 0;
  int64_t backlog = 0;
};

// What one look finds.
struct Look {
  std::vector<VendorState> vendors;
  std::vector<telemetry::Gauge<1>::Reading> expiries;
  std::vector<telemetry::Gauge<1>::Reading> quarantine;
  std::vector<WaitedFor> readers;
  v1::ListAuditHeadsResponse heads;
  int64_t newest_item = 0;
};

absl::StatusOr<std::vector<VendorState>> ReadVendors(storage::Connection& reader) {
  std::vector<VendorState> vendors;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const Row& row) {
    vendors.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2), 0});
    return absl::OkStatus();
  }));
  for (VendorState& vendor : vendors) {
    RETURN_IF_ERROR(reader.Query(
        kCountBacklog, {vendor.vendor_id, vendor.acknowledged, kBacklogMax}, [&](const Row& row) {
          vendor.backlog = row.Integer(0);
          return absl::OkStatus();
        }));
  }
  return vendors;
}

absl::StatusOr<Look> LookAtRows(storage::Connection& reader) {
  Look look;
  ASSIGN_OR_RETURN(look.vendors, ReadVendors(reader));
  RETURN_IF_ERROR(reader.Query(kSelectExpiries, {}, [&](const Row& row) {
    const double end = row.IsNull(1) ? kNever : static_cast<double>(row.Integer(1) * kDaySeconds);
    look.expiries.push_back({{std::string(row.Text(0))}, end});
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(reader.Query(kCountQuarantine, {}, [&](const Row& row) {
    look.quarantine.push_back({{std::string(row.Text(0))}, static_cast<double>(row.Integer(1))});
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(look.newest_item, core_feed::NewestItem(reader));
  ASSIGN_OR_RETURN(look.readers, ReadersWaitedFor(reader));
  ASSIGN_OR_RETURN(look.heads, ListAuditHeads(reader));
  return look;
}

// A vendor's counters, apart from those by reason.
void TouchVendor(const std::string& vendor_id, telemetry::Metrics& metrics) {
  audit::TouchCountersOf(vendor_id, metrics);
  metrics.feed_pages_sent.Touch(vendor_id);
  metrics.feed_changes_sent.Touch(vendor_id);
  metrics.streams_open.Touch(vendor_id);
}

}  // namespace

absl::Status LookAtGauges(storage::Connection& reader, telemetry::Metrics& metrics) {
  ASSIGN_OR_RETURN(const Look look, LookAtRows(reader));
  audit::TouchCounters(metrics);
  for (size_t i = 0; i < look.vendors.size(); ++i) {
    const VendorState& vendor = look.vendors[i];
    TouchVendor(vendor.vendor_id, metrics);
    if (i < kVendorsWithReasons) audit::TouchReasonsOf(vendor.vendor_id, metrics);
    metrics.live_assignments.Set(static_cast<double>(vendor.live_assignments), vendor.vendor_id);
    metrics.feed_backlog.Set(static_cast<double>(vendor.backlog), vendor.vendor_id);
  }
  for (const auto& [vendor, end] : look.expiries)
    metrics.contract_expiry_seconds.Set(end, vendor[0]);
  for (const char* kind : audit::kQuarantineKinds) metrics.quarantine_items.Touch(kind);
  metrics.quarantine_items.SetAll(look.quarantine);
  metrics.core_feed_newest.Set(static_cast<double>(look.newest_item));
  std::vector<telemetry::Gauge<2>::Reading> confirmed, backlog, waits;
  for (const WaitedFor& one : look.readers) {
    const std::string name = one.reader.empty() ? telemetry::kUnnamedReader : one.reader;
    const auto unconfirmed = static_cast<double>(one.unconfirmed);
    confirmed.push_back({{one.core, name}, static_cast<double>(one.confirmed)});
    backlog.push_back({{one.core, name}, unconfirmed});
    waits.push_back({{one.core, name}, one.holds_up_erasure ? unconfirmed : 0});
  }
  metrics.core_feed_confirmed.SetAll(confirmed);
  metrics.core_feed_backlog.SetAll(backlog);
  metrics.erasure_waits_for.SetAll(waits);
  for (const v1::AuditHead& head : look.heads.heads())
    metrics.audit_head_sequence.Set(static_cast<double>(head.sequence()), head.chain_id());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WaitedFor>> ReadersWaitedFor(storage::Connection& reader) {
  ASSIGN_OR_RETURN(const int64_t newest, core_feed::NewestItem(reader));
  ASSIGN_OR_RETURN(const auto cursors, core_feed::ReaderCursors(reader));
  int64_t least = newest;
  for (const auto& cursor : cursors) least = std::min(least, cursor.confirmed);
  std::vector<WaitedFor> readers;
  for (const auto& cursor : cursors) {
    WaitedFor one;
    one.core = cursor.core;
    one.reader = cursor.reader;
    one.confirmed = cursor.confirmed;
    // Numbers that a restore left out are nobody's to confirm.
    RETURN_IF_ERROR(reader.Query(kSelectFirstAfter, {cursor.confirmed}, [&](const Row& row) {
      one.waiting_since_us = row.Integer(0);
      one.unconfirmed = std::max<int64_t>(0, newest - cursor.confirmed);
      return absl::OkStatus();
    }));
    one.holds_up_erasure = one.unconfirmed > 0 && cursor.confirmed == least;
    readers.push_back(std::move(one));
  }
  return readers;
}

}  // namespace switchboard::reports
