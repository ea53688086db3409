#include "hub/audit/bounded_record.h"

#include <string>
#include <utility>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using storage::Row;

constexpr char kSelect[] =
    "SELECT second, written, left_out, vendor_id FROM audit_left_out WHERE actor = $1 AND kind = "
    "$2";
constexpr char kSet[] =
    "INSERT INTO audit_left_out (actor, kind, second, written, left_out, vendor_id) VALUES ($1, "
    "$2, $3, $4, $5, $6) ON CONFLICT (actor, kind) DO UPDATE SET second = excluded.second, written "
    "= excluded.written, left_out = excluded.left_out";
constexpr char kSelectOver[] =
    "SELECT actor, kind, second, written, left_out, vendor_id FROM audit_left_out WHERE left_out > "
    "0 AND second < $1";

struct Tally {
  std::string actor;
  int64_t kind = 0;
  int64_t second = 0;
  int64_t written = 0;
  int64_t left_out = 0;
  std::string vendor_id;
};

int64_t SecondOf(int64_t time_us) { return time_us / 1'000'000; }

absl::Status Keep(storage::Transaction& transaction, const Tally& tally) {
  return transaction
      .Execute(kSet, {tally.actor, tally.kind, tally.second, tally.written, tally.left_out,
                      tally.vendor_id})
      .status();
}

// What was counted, as an event of its own.
void TellLeftOut(storage::Transaction& transaction, Tally& tally) {
  if (tally.left_out == 0) return;
  v1::AuditEvent event = Event(static_cast<v1::AuditEvent::Kind>(tally.kind), tally.actor);
  event.set_vendor_id(tally.vendor_id);
  event.set_left_out(std::exchange(tally.left_out, 0));
  Record(transaction, std::move(event));
}

}  // namespace

absl::Status RecordBounded(storage::Transaction& transaction, v1::AuditEvent event) {
  Tally tally{event.actor(), event.kind(), 0, 0, 0, event.vendor_id()};
  RETURN_IF_ERROR(transaction.Query(kSelect, {tally.actor, tally.kind}, [&](const Row& row) {
    tally.second = row.Integer(0);
    tally.written = row.Integer(1);
    tally.left_out = row.Integer(2);
    return absl::OkStatus();
  }));
  // A clock that stepped back begins another second too.
  if (const int64_t second = SecondOf(transaction.now_us()); tally.second != second) {
    TellLeftOut(transaction, tally);
    tally.second = second;
    tally.written = 0;
  }
  if (tally.written < kEachInASecond) {
    ++tally.written;
    Record(transaction, std::move(event));
  } else {
    ++tally.left_out;
  }
  return Keep(transaction, tally);
}

absl::StatusOr<bool> AnyLeftOut(storage::Connection& reader, int64_t now_us) {
  bool any = false;
  RETURN_IF_ERROR(reader.Query(kSelectOver, {SecondOf(now_us)}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::Status RecordLeftOut(storage::Transaction& transaction) {
  std::vector<Tally> over;
  RETURN_IF_ERROR(
      transaction.Query(kSelectOver, {SecondOf(transaction.now_us())}, [&](const Row& row) {
        over.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2), row.Integer(3),
                        row.Integer(4), std::string(row.Text(5))});
        return absl::OkStatus();
      }));
  for (Tally& tally : over) {
    TellLeftOut(transaction, tally);
    RETURN_IF_ERROR(Keep(transaction, tally));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::audit
