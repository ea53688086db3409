#include "hub/assignments/vendor_counter.h"

#include <algorithm>
#include <optional>

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::assignments {
namespace {

using storage::Row;
using storage::Rows;
using storage::TimeOrNull;
using storage::Value;
using enum Value::Kind;

#define ADD_COUNTS                                                                              \
  "UPDATE vendor_counter SET newest_sequence = newest_sequence + $1, placed = placed + $2, "    \
  "withdrawn = withdrawn + $3, live_assignments = live_assignments + $4, permits_given = "      \
  "permits_given + $5, permits_refused = permits_refused + $6, outcomes = outcomes + $7 WHERE " \
  "vendor_id = $8"

constexpr char kAddCounts[] = ADD_COUNTS;
// Dearer: SQLite keeps what it returns in a table of its own first.
constexpr char kTakeSequences[] = ADD_COUNTS " RETURNING newest_sequence";
constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence, live_assignments, placed, withdrawn, "
    "permits_given, permits_refused, outcomes) VALUES ($1, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT "
    "(vendor_id) DO NOTHING";
constexpr char kInsert[] =
    "INSERT INTO assignment (assignment_id, vendor_id, vendor_group, change_sequence, person_id, "
    "account_id, work_type, placement, ended, segment, why, place_time, expire_time, "
    "withdraw_reason, recall_reason, recall_objected, recall_place_again, country, review_time, "
    "rejected) SELECT c1, c2, c3, c4, c5, c6, c7, c8, 0, c9, c10, c11, c12, 0, 0, 0, 0, c13, c14, "
    "0 FROM rows($1)";
constexpr char kSetSequence[] =
    "UPDATE assignment SET change_sequence = c1 FROM rows($1) WHERE assignment_id = c2";
constexpr char kAddSegmentLoad[] =
    "INSERT INTO segment_load (vendor_id, segment, live_assignments) VALUES ($1, $2, $3) "
    "ON CONFLICT (vendor_id, segment) DO UPDATE SET "
    "live_assignments = segment_load.live_assignments + excluded.live_assignments";

storage::ClosingKey KeyOf(std::string_view vendor_id) {
  return book::ClosingKeyOf(book::ClosingPlace::kVendor, vendor_id);
}

absl::Status NoSuchRow() { return absl::InternalError("a vendor of an assignment has no row"); }

// With numbers that follow this one, or without any.
absl::Status Insert(storage::Transaction& transaction,
                    const std::vector<VendorCounter::Placement>& placements,
                    std::optional<int64_t> sequence) {
  Rows rows({kText, kText, kText, kInteger, kText, kText, kInteger, kInteger, kText, kBlob,
             kInteger, kInteger, kText, kInteger},
            placements.size());
  for (const auto& [assignment, why_box] : placements) {
    rows.Add({assignment.assignment_id, assignment.vendor_id, assignment.vendor_group,
              sequence.has_value() ? Value(++*sequence) : Value(nullptr), assignment.person_id,
              assignment.account_id, static_cast<int64_t>(assignment.work_type),
              assignment.placement, assignment.segment, Value::Blob(why_box),
              assignment.place_time_us, TimeOrNull(assignment.expire_time_us), assignment.country,
              TimeOrNull(assignment.review_time_us)});
  }
  return transaction.Execute(kInsert, {rows}).status();
}

}  // namespace

VendorCounter& VendorCounter::Of(storage::Transaction& transaction, std::string_view vendor_id) {
  return transaction.Leave<VendorCounter>(KeyOf(vendor_id), std::string(vendor_id));
}

const VendorCounter* VendorCounter::LeftByUnit(const storage::Transaction& transaction,
                                               std::string_view vendor_id) {
  return transaction.LeftByUnit<VendorCounter>(KeyOf(vendor_id));
}

const VendorCounter* VendorCounter::Left(const storage::Transaction& transaction,
                                         std::string_view vendor_id) {
  return transaction.Left<VendorCounter>(KeyOf(vendor_id));
}

int64_t VendorCounter::LiveIn(const std::string& segment) const {
  auto found = live_by_segment.find(segment);
  return found == live_by_segment.end() ? 0 : found->second;
}

void VendorCounter::Absorb(storage::ClosingWork& work) {
  auto& later = static_cast<VendorCounter&>(work);
  placed += later.placed;
  withdrawn += later.withdrawn;
  permits_given += later.permits_given;
  permits_refused += later.permits_refused;
  outcomes += later.outcomes;
  for (const auto& [segment, change] : later.live_by_segment) live_by_segment[segment] += change;
  std::move(later.placements.begin(), later.placements.end(), std::back_inserter(placements));
  std::move(later.touches.begin(), later.touches.end(), std::back_inserter(touches));
}

absl::Status VendorCounter::Run(storage::Transaction& transaction) {
  // A row changed twice in one group appears once, at its last change.
  std::sort(touches.begin(), touches.end());
  touches.erase(std::unique(touches.begin(), touches.end()), touches.end());
  if (placements.empty() && touches.empty()) {
    RETURN_IF_ERROR(AddCounts(transaction));
    return AddSegmentLoads(transaction);
  }
  const auto count = static_cast<int64_t>(placements.size() + touches.size());
  ASSIGN_OR_RETURN(int64_t sequence, TakeSequences(transaction, count));
  Rows touched({kInteger, kText}, touches.size());
  for (const std::string& assignment_id : touches) touched.Add({++sequence, assignment_id});
  RETURN_IF_ERROR(transaction.Execute(kSetSequence, {touched}).status());
  RETURN_IF_ERROR(Insert(transaction, placements, sequence));
  return AddSegmentLoads(transaction);
}

std::array<Value, 8> VendorCounter::Counts(int64_t sequences) const {
  return {sequences,     placed,          withdrawn, placed - withdrawn,
          permits_given, permits_refused, outcomes,  vendor_id_};
}

absl::Status VendorCounter::AddCounts(storage::Transaction& transaction) const {
  ASSIGN_OR_RETURN(const int64_t changed, transaction.Execute(kAddCounts, Counts(0)));
  return changed == 1 ? absl::OkStatus() : NoSuchRow();
}

// The number before the first of `count`.
absl::StatusOr<int64_t> VendorCounter::TakeSequences(storage::Transaction& transaction,
                                                     int64_t count) const {
  int64_t newest = -1;
  RETURN_IF_ERROR(transaction.Query(kTakeSequences, Counts(count), [&](const Row& row) {
    newest = row.Integer(0);
    return absl::OkStatus();
  }));
  if (newest < 0) return NoSuchRow();
  return newest - count;
}

absl::Status VendorCounter::AddSegmentLoads(storage::Transaction& transaction) const {
  for (const auto& [segment, change] : live_by_segment) {
    if (change == 0) continue;
    RETURN_IF_ERROR(transaction.Execute(kAddSegmentLoad, {vendor_id_, segment, change}).status());
  }
  return absl::OkStatus();
}

absl::Status AddVendorCounter(storage::Transaction& transaction, std::string_view vendor_id) {
  return transaction.Execute(kInsertCounter, {vendor_id}).status();
}

absl::Status InsertWithoutSequence(storage::Transaction& transaction,
                                   const std::vector<VendorCounter::Placement>& placements) {
  return Insert(transaction, placements, std::nullopt);
}

}  // namespace switchboard::assignments
