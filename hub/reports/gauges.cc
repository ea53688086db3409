#include "hub/reports/gauges.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "hub/audit/audit_metrics.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_days.h"
#include "hub/core_feed/core_feed.h"
#include "hub/deletions/deletion_book.h"
#include "hub/reports/audit_reading.h"
#include "hub/retention/pause.h"
#include "hub/unmasking/unmasking_book.h"

namespace switchboard::reports {
namespace {

using storage::Row;

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr int64_t kDaySeconds = 86'400;
constexpr absl::CivilDay kFirstDay(1970, 1, 1);
constexpr int64_t kBacklogMax = 100'000;
// Of two labels, one of which is a vendor, no more than so many vendors are put there beforehand:
// a metric keeps 500 series.
constexpr size_t kVendorsWithReasons = 10;

constexpr char kSelectVendors[] =
    "SELECT vendor_id, (SELECT CAST(SUM(placed - withdrawn) AS BIGINT) FROM vendor_tally WHERE "
    "vendor_tally.vendor_id = vendor.vendor_id), acknowledged_sequence FROM vendor ORDER BY "
    "vendor_id";
constexpr char kCountBacklog[] =
    "SELECT COUNT(*) FROM (SELECT change_sequence FROM assignment WHERE vendor_id = $1 AND "
    "change_sequence > $2 LIMIT $3) AS waiting";
constexpr char kCountEnded[] =
    "SELECT COUNT(*) FROM (SELECT change_sequence FROM assignment WHERE vendor_id = $1 AND "
    "change_sequence > $2 AND ended > 0 LIMIT $3) AS waiting";
constexpr char kSelectContracts[] =
    "SELECT vendor_id, version, release_time, from_day, to_day FROM contract ORDER BY vendor_id, "
    "version";
constexpr char kCountQuarantine[] = "SELECT kind, COUNT(*) FROM quarantine GROUP BY kind";
constexpr char kSelectFirstAfter[] =
    "SELECT sequence, record_time FROM core_item WHERE sequence > $1 ORDER BY sequence LIMIT 1";

struct VendorState {
  std::string vendor_id;
  int64_t live_assignments = 0;
  int64_t acknowledged = 0;
  int64_t backlog = 0;
  int64_t ended = 0;  // withdrawals that it has not acknowledged
};

// What one look finds.
struct Look {
  std::vector<VendorState> vendors;
  std::vector<telemetry::Gauge<1>::Reading> expiries;
  std::vector<telemetry::Gauge<1>::Reading> quarantine;
  std::vector<deletions::OpenOrders> orders;
  std::vector<unmasking::WaitingUnmaskings> unmaskings;
  std::vector<WaitedFor> readers;
  bool paused = false;
  v1::ListAuditHeadsResponse heads;
  std::optional<int64_t> oldest_unsigned_us;
  int64_t newest_item = 0;
};

absl::StatusOr<std::vector<VendorState>> ReadVendors(storage::Connection& reader) {
  std::vector<VendorState> vendors;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const Row& row) {
    VendorState& vendor = vendors.emplace_back();
    vendor.vendor_id = row.Text(0);
    vendor.live_assignments = row.Integer(1);
    vendor.acknowledged = row.Integer(2);
    return absl::OkStatus();
  }));
  for (VendorState& vendor : vendors) {
    RETURN_IF_ERROR(reader.Query(
        kCountBacklog, {vendor.vendor_id, vendor.acknowledged, kBacklogMax}, [&](const Row& row) {
          vendor.backlog = row.Integer(0);
          return absl::OkStatus();
        }));
    RETURN_IF_ERROR(reader.Query(kCountEnded, {vendor.vendor_id, vendor.acknowledged, kBacklogMax},
                                 [&](const Row& row) {
                                   vendor.ended = row.Integer(0);
                                   return absl::OkStatus();
                                 }));
  }
  return vendors;
}

std::optional<absl::CivilDay> DayFrom(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return kFirstDay + row.Integer(column);
}

absl::StatusOr<std::vector<telemetry::Gauge<1>::Reading>> ReadExpiries(storage::Connection& reader,
                                                                       absl::CivilDay today) {
  std::map<std::string, std::vector<contracts::ContractVersion>> of_vendors;
  RETURN_IF_ERROR(reader.Query(kSelectContracts, {}, [&](const Row& row) {
    contracts::ContractVersion one;
    one.days = {row.Integer(1), DayFrom(row, 3), DayFrom(row, 4)};
    one.release.time = absl::FromUnixMicros(row.Integer(2));
    of_vendors[std::string(row.Text(0))].push_back(std::move(one));
    return absl::OkStatus();
  }));
  std::vector<telemetry::Gauge<1>::Reading> expiries;
  for (const auto& [vendor_id, versions] : of_vendors) {
    const auto day = contracts::FirstDayWithout(versions, today);
    expiries.push_back(
        {{vendor_id},
         day.has_value() ? static_cast<double>((*day - kFirstDay) * kDaySeconds) : kNever});
  }
  return expiries;
}

absl::StatusOr<Look> LookAtRows(storage::Connection& reader, absl::Time now) {
  Look look;
  ASSIGN_OR_RETURN(look.vendors, ReadVendors(reader));
  ASSIGN_OR_RETURN(look.expiries, ReadExpiries(reader, absl::ToCivilDay(now, absl::UTCTimeZone())));
  RETURN_IF_ERROR(reader.Query(kCountQuarantine, {}, [&](const Row& row) {
    look.quarantine.push_back({{std::string(row.Text(0))}, static_cast<double>(row.Integer(1))});
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(look.orders, deletions::CountOpenOrders(reader, now));
  ASSIGN_OR_RETURN(look.unmaskings, unmasking::UnmaskingsWaiting(reader, now));
  ASSIGN_OR_RETURN(look.newest_item, core_feed::NewestItem(reader));
  ASSIGN_OR_RETURN(look.readers, ReadersWaitedFor(reader));
  ASSIGN_OR_RETURN(look.paused, retention::Paused(reader));
  ASSIGN_OR_RETURN(look.heads, ListAuditHeads(reader));
  ASSIGN_OR_RETURN(look.oldest_unsigned_us, audit::OldestWithoutLeaf(reader));
  return look;
}

// A vendor's counters, apart from those by reason.
void TouchVendor(const std::string& vendor_id, telemetry::Metrics& metrics) {
  audit::TouchCountersOf(vendor_id, metrics);
  metrics.feed_pages_sent.Touch(vendor_id);
  metrics.feed_changes_sent.Touch(vendor_id);
  metrics.streams_open.Touch(vendor_id);
}

// Of vendors without an open order: none.
void SetOrders(const Look& look, telemetry::Metrics& metrics) {
  std::map<std::string, deletions::OpenOrders> of_vendors;
  for (const VendorState& vendor : look.vendors) of_vendors[vendor.vendor_id];
  for (const deletions::OpenOrders& one : look.orders) of_vendors[one.vendor_id] = one;
  std::vector<telemetry::Gauge<1>::Reading> open, overdue;
  for (const auto& [vendor_id, orders] : of_vendors) {
    open.push_back({{vendor_id}, static_cast<double>(orders.open)});
    overdue.push_back({{vendor_id}, static_cast<double>(orders.overdue)});
  }
  metrics.deletion_orders_open.SetAll(open);
  metrics.deletion_orders_overdue.SetAll(overdue);
}

// Of vendors for which nothing waits: none.
void SetUnmaskings(const Look& look, telemetry::Metrics& metrics) {
  std::map<std::string, int64_t> of_vendors;
  for (const VendorState& vendor : look.vendors) of_vendors[vendor.vendor_id] = 0;
  for (const unmasking::WaitingUnmaskings& one : look.unmaskings)
    of_vendors[one.vendor_id] = one.count;
  std::vector<telemetry::Gauge<1>::Reading> waiting;
  for (const auto& [vendor_id, count] : of_vendors)
    waiting.push_back({{vendor_id}, static_cast<double>(count)});
  metrics.unmaskings_waiting.SetAll(waiting);
}

}  // namespace

absl::Status LookAtGauges(storage::Connection& reader, absl::Time now,
                          telemetry::Metrics& metrics) {
  ASSIGN_OR_RETURN(const Look look, LookAtRows(reader, now));
  audit::TouchCounters(metrics);
  for (size_t i = 0; i < look.vendors.size(); ++i) {
    const VendorState& vendor = look.vendors[i];
    TouchVendor(vendor.vendor_id, metrics);
    if (i < kVendorsWithReasons) audit::TouchReasonsOf(vendor.vendor_id, metrics);
    metrics.live_assignments.Set(static_cast<double>(vendor.live_assignments), vendor.vendor_id);
    metrics.feed_backlog.Set(static_cast<double>(vendor.backlog), vendor.vendor_id);
    metrics.feed_ended_unacknowledged.Set(static_cast<double>(vendor.ended), vendor.vendor_id);
  }
  SetOrders(look, metrics);
  SetUnmaskings(look, metrics);
  for (const auto& [vendor, end] : look.expiries)
    metrics.contract_expiry_seconds.Set(end, vendor[0]);
  for (const char* kind : audit::kQuarantineKinds) metrics.quarantine_items.Touch(kind);
  metrics.quarantine_items.SetAll(look.quarantine);
  metrics.core_feed_newest.Set(static_cast<double>(look.newest_item));
  std::vector<telemetry::Gauge<2>::Reading> confirmed, backlog, waits;
  for (const WaitedFor& one : look.readers) {
    const std::string name = one.reader.empty() ? telemetry::kUnnamedReader : one.reader;
    const auto unconfirmed = static_cast<double>(one.unconfirmed);
    if (one.is_nobody()) {
      waits.push_back({{one.core, name}, unconfirmed});
      continue;
    }
    confirmed.push_back({{one.core, name}, static_cast<double>(one.confirmed)});
    backlog.push_back({{one.core, name}, unconfirmed});
    waits.push_back({{one.core, name}, one.holds_up_erasure ? unconfirmed : 0});
  }
  metrics.core_feed_confirmed.SetAll(confirmed);
  metrics.core_feed_backlog.SetAll(backlog);
  metrics.erasure_waits_for.SetAll(waits);
  metrics.retention_paused.Set(look.paused ? 1 : 0);
  for (const v1::AuditHead& head : look.heads.heads())
    metrics.audit_head_sequence.Set(static_cast<double>(head.sequence()), head.chain_id());
  // What becomes a leaf is signed at once, or a page of some thousand later.
  const int64_t now_us = absl::ToUnixMicros(now);
  const int64_t waiting_us =
      std::max<int64_t>(0, now_us - look.oldest_unsigned_us.value_or(now_us));
  metrics.audit_unsigned_seconds.Set(absl::ToDoubleSeconds(absl::Microseconds(waiting_us)));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WaitedFor>> ReadersWaitedFor(storage::Connection& reader) {
  ASSIGN_OR_RETURN(const int64_t newest, core_feed::NewestItem(reader));
  ASSIGN_OR_RETURN(const auto cursors, core_feed::ReaderCursors(reader));
  int64_t least = newest;
  for (const auto& cursor : cursors) least = std::min(least, cursor.confirmed);
  std::vector<WaitedFor> readers;
  if (cursors.empty()) {
    RETURN_IF_ERROR(reader.Query(kSelectFirstAfter, {0}, [&](const Row& row) {
      WaitedFor& nobody = readers.emplace_back();
      nobody.core = nobody.reader = telemetry::kNobody;
      nobody.unconfirmed = std::max<int64_t>(1, newest - row.Integer(0) + 1);
      nobody.waiting_since_us = row.Integer(1);
      nobody.holds_up_erasure = true;
      return absl::OkStatus();
    }));
  }
  for (const auto& cursor : cursors) {
    WaitedFor one;
    one.core = cursor.core;
    one.reader = cursor.reader;
    one.confirmed = cursor.confirmed;
    // Numbers that a restore left out are nobody's to confirm.
    RETURN_IF_ERROR(reader.Query(kSelectFirstAfter, {cursor.confirmed}, [&](const Row& row) {
      one.waiting_since_us = row.Integer(1);
      one.unconfirmed = std::max<int64_t>(0, newest - cursor.confirmed);
      return absl::OkStatus();
    }));
    one.holds_up_erasure = one.unconfirmed > 0 && cursor.confirmed == least;
    readers.push_back(std::move(one));
  }
  return readers;
}

}  // namespace switchboard::reports
