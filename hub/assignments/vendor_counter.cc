#include "hub/assignments/vendor_counter.h"

#include <algorithm>
#include <iterator>

#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "hub/book/holds.h"

namespace switchboard::assignments {
namespace {

using storage::Row;
using storage::Rows;
using storage::TimeOrNull;
using storage::Value;
using enum Value::Kind;

constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence) VALUES ($1, 0) ON CONFLICT "
    "(vendor_id) DO NOTHING";
// Locks one row after the other in the order of the rows given, which UPDATE … FROM would not.
constexpr char kTakeSequences[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence) SELECT c1, c2 FROM rows($1) WHERE "
    "true ORDER BY n ON CONFLICT (vendor_id) DO UPDATE SET newest_sequence = "
    "vendor_counter.newest_sequence + excluded.newest_sequence RETURNING vendor_id, "
    "newest_sequence";
constexpr char kAddTallies[] =
    "INSERT INTO vendor_tally (vendor_id, segment, lane, placed, withdrawn, permits_given, "
    "permits_refused, outcomes) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM rows($1) WHERE true "
    "ON CONFLICT (vendor_id, segment, lane) DO UPDATE SET placed = vendor_tally.placed + "
    "excluded.placed, withdrawn = vendor_tally.withdrawn + excluded.withdrawn, permits_given = "
    "vendor_tally.permits_given + excluded.permits_given, permits_refused = "
    "vendor_tally.permits_refused + excluded.permits_refused, outcomes = vendor_tally.outcomes + "
    "excluded.outcomes";
constexpr char kInsert[] =
    "INSERT INTO assignment (assignment_id, vendor_id, vendor_group, change_sequence, person_id, "
    "account_id, work_type, placement, ended, segment, why, place_time, expire_time, "
    "withdraw_reason, recall_reason, recall_objected, recall_place_again, country, review_time, "
    "rejected, former_assignment_id, deletion_order_id) SELECT c1, c2, c3, c4, c5, c6, c7, c8, 0, "
    "c9, c10, c11, c12, 0, 0, 0, 0, c13, c14, 0, c15, '' FROM rows($1)";
// A withdrawal shows nothing, so that nobody asks at which places it was. Its row's own is kept by
// then (Changes::Withdraw).
constexpr char kKeepFormer[] =
    "INSERT INTO former_change (assignment_id, change_sequence) SELECT assignment_id, "
    "change_sequence FROM rows($1) CROSS JOIN assignment WHERE assignment_id = c2 AND "
    "change_sequence IS NOT NULL ON CONFLICT (assignment_id, change_sequence) DO NOTHING";
constexpr char kSetSequence[] =
    "UPDATE assignment SET change_sequence = c1 FROM rows($1) WHERE assignment_id = c2";

// Permits and outcomes are of no segment.
constexpr char kNoSegment[] = "";

storage::ClosingKey Key() { return book::ClosingKeyOf(book::ClosingPlace::kVendor); }

Rows PlacementRows(size_t count) {
  return Rows({kText, kText, kText, kInteger, kText, kText, kInteger, kInteger, kText, kBlob,
               kInteger, kInteger, kText, kInteger, kText},
              count);
}

std::vector<const VendorCounter::Placement*> InRandomOrder(
    const std::vector<VendorCounter::Placement>& placements) {
  std::vector<const VendorCounter::Placement*> ordered;
  for (const auto& placement : placements) ordered.push_back(&placement);
  std::sort(ordered.begin(), ordered.end(), [](const auto* one, const auto* other) {
    return RandomOrder()(one->assignment.assignment_id, other->assignment.assignment_id);
  });
  return ordered;
}

void Add(const VendorCounter::Placement& placement, const Value& sequence, Rows& rows) {
  const Assignment& assignment = placement.assignment;
  rows.Add({assignment.assignment_id, assignment.vendor_id, assignment.vendor_group, sequence,
            assignment.person_id, assignment.account_id, static_cast<int64_t>(assignment.work_type),
            assignment.placement, assignment.segment, Value::Blob(placement.why_box),
            assignment.place_time_us, TimeOrNull(assignment.expire_time_us), assignment.country,
            TimeOrNull(assignment.review_time_us), assignment.former_assignment_id});
}

}  // namespace

VendorCounter& VendorCounter::Of(storage::Transaction& transaction, std::string_view vendor_id) {
  return transaction.Leave<VendorCounters>(Key()).Of(vendor_id);
}

const VendorCounter* VendorCounter::LeftByUnit(const storage::Transaction& transaction,
                                               std::string_view vendor_id) {
  const VendorCounters* left = transaction.LeftByUnit<VendorCounters>(Key());
  return left == nullptr ? nullptr : left->Find(vendor_id);
}

const VendorCounter* VendorCounter::Left(const storage::Transaction& transaction,
                                         std::string_view vendor_id) {
  const VendorCounters* left = transaction.Left<VendorCounters>(Key());
  return left == nullptr ? nullptr : left->Find(vendor_id);
}

int64_t VendorCounter::LiveChange() const {
  int64_t change = 0;
  for (const auto& [segment, of_segment] : work) change += of_segment.placed - of_segment.withdrawn;
  return change;
}

int64_t VendorCounter::LiveChange(const std::string& segment) const {
  const auto found = work.find(segment);
  return found == work.end() ? 0 : found->second.placed - found->second.withdrawn;
}

void VendorCounter::Absorb(VendorCounter& later) {
  for (const auto& [segment, of_segment] : later.work) {
    Work& sum = work[segment];
    sum.placed += of_segment.placed;
    sum.withdrawn += of_segment.withdrawn;
  }
  permits_given += later.permits_given;
  permits_refused += later.permits_refused;
  outcomes += later.outcomes;
  std::move(later.placements.begin(), later.placements.end(), std::back_inserter(placements));
  std::move(later.touches.begin(), later.touches.end(), std::back_inserter(touches));
}

VendorCounter& VendorCounters::Of(std::string_view vendor_id) {
  auto found = vendors_.find(vendor_id);
  if (found == vendors_.end()) found = vendors_.try_emplace(std::string(vendor_id)).first;
  return found->second;
}

const VendorCounter* VendorCounters::Find(std::string_view vendor_id) const {
  const auto found = vendors_.find(vendor_id);
  return found == vendors_.end() ? nullptr : &found->second;
}

void VendorCounters::Absorb(storage::ClosingWork& work) {
  auto& later = static_cast<VendorCounters&>(work);
  for (auto& [vendor_id, counter] : later.vendors_) Of(vendor_id).Absorb(counter);
}

absl::Status VendorCounters::Run(storage::Transaction& transaction) {
  // A row changed twice in one group appears once, at its last change. In the order of the units,
  // that of the core's file, two vendors' rows would tell who is whom.
  for (auto& [vendor_id, counter] : vendors_) {
    std::vector<std::string>& touches = counter.touches;
    std::sort(touches.begin(), touches.end(), RandomOrder());
    touches.erase(std::unique(touches.begin(), touches.end()), touches.end());
  }
  ASSIGN_OR_RETURN(Sequences sequences, TakeSequences(transaction));
  RETURN_IF_ERROR(Touch(transaction, sequences));
  RETURN_IF_ERROR(Insert(transaction, sequences));
  return AddTallies(transaction);
}

absl::StatusOr<VendorCounters::Sequences> VendorCounters::TakeSequences(
    storage::Transaction& transaction) const {
  Rows taken({kText, kInteger}, vendors_.size());
  for (const auto& [vendor_id, counter] : vendors_) {
    const size_t count = counter.placements.size() + counter.touches.size();
    if (count > 0) taken.Add({vendor_id, static_cast<int64_t>(count)});
  }
  Sequences sequences;
  RETURN_IF_ERROR(transaction.Query(kTakeSequences, {taken}, [&](const Row& row) {
    const VendorCounter& counter = vendors_.find(row.Text(0))->second;
    const size_t count = counter.placements.size() + counter.touches.size();
    sequences.emplace(row.Text(0), row.Integer(1) - static_cast<int64_t>(count));
    return absl::OkStatus();
  }));
  return sequences;
}

absl::Status VendorCounters::Touch(storage::Transaction& transaction, Sequences& sequences) const {
  size_t count = 0;
  for (const auto& [vendor_id, counter] : vendors_) count += counter.touches.size();
  Rows touched({kInteger, kText}, count);
  for (const auto& [vendor_id, counter] : vendors_) {
    for (const std::string& assignment_id : counter.touches)
      touched.Add({++sequences[vendor_id], assignment_id});
  }
  RETURN_IF_ERROR(transaction.Execute(kKeepFormer, {touched}).status());
  return transaction.Execute(kSetSequence, {touched}).status();
}

absl::Status VendorCounters::Insert(storage::Transaction& transaction, Sequences& sequences) const {
  size_t count = 0;
  for (const auto& [vendor_id, counter] : vendors_) count += counter.placements.size();
  Rows rows = PlacementRows(count);
  for (const auto& [vendor_id, counter] : vendors_) {
    for (const auto* placement : InRandomOrder(counter.placements))
      Add(*placement, ++sequences[vendor_id], rows);
  }
  return transaction.Execute(kInsert, {rows}).status();
}

absl::Status VendorCounters::AddTallies(storage::Transaction& transaction) const {
  size_t count = 0;
  for (const auto& [vendor_id, counter] : vendors_) count += counter.work.size() + 1;
  Rows tallies({kText, kText, kText, kInteger, kInteger, kInteger, kInteger, kInteger}, count);
  for (const auto& [vendor_id, counter] : vendors_) {
    if (counter.permits_given + counter.permits_refused + counter.outcomes > 0) {
      tallies.Add({vendor_id, kNoSegment, transaction.lane(), 0, 0, counter.permits_given,
                   counter.permits_refused, counter.outcomes});
    }
    for (const auto& [segment, of_segment] : counter.work) {
      tallies.Add({vendor_id, segment, transaction.lane(), of_segment.placed, of_segment.withdrawn,
                   0, 0, 0});
    }
  }
  return transaction.Execute(kAddTallies, {tallies}).status();
}

absl::Status AddVendorCounter(storage::Transaction& transaction, std::string_view vendor_id) {
  return transaction.Execute(kInsertCounter, {vendor_id}).status();
}

absl::Status InsertWithoutSequence(storage::Transaction& transaction,
                                   const std::vector<VendorCounter::Placement>& placements) {
  Rows rows = PlacementRows(placements.size());
  for (const auto& placement : placements) Add(placement, nullptr, rows);
  return transaction.Execute(kInsert, {rows}).status();
}

}  // namespace switchboard::assignments
