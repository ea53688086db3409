#include "hub/assignments/assignments.h"

#include <algorithm>

#include "hub/assignments/sealed_tables.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::assignments {
namespace {

using storage::Row;
using storage::TimeOrNull;

#define ASSIGNMENT_COLUMNS                                                                       \
  "assignment_id, vendor_id, vendor_group, person_id, account_id, work_type, placement, ended, " \
  "segment, place_time, expire_time, recall_reason, recall_time, recall_objected, "              \
  "recall_place_again, country, review_time, withdraw_time, former_assignment_id"

constexpr int kAssignmentColumns = 19;

constexpr char kSelectOne[] =
    "SELECT " ASSIGNMENT_COLUMNS " FROM assignment WHERE assignment_id = $1";
constexpr char kSelectByIds[] =
    "SELECT " ASSIGNMENT_COLUMNS " FROM rows($1) CROSS JOIN assignment WHERE assignment_id = c1";
constexpr char kSelectWhy[] = "SELECT why FROM assignment WHERE assignment_id = $1";
constexpr char kSelectOfPersons[] = "SELECT " ASSIGNMENT_COLUMNS
                                    ", n FROM rows($1) CROSS JOIN assignment WHERE person_id = c1 "
                                    "ORDER BY n, account_id, work_type, ended";
constexpr char kSelectOfVendor[] = "SELECT " ASSIGNMENT_COLUMNS
                                   ", change_sequence FROM assignment WHERE vendor_id = $1 AND "
                                   "change_sequence > $2 AND ended = 0 ORDER BY change_sequence "
                                   "LIMIT $3";
constexpr char kSelectIdsOfVendor[] =
    "SELECT assignment_id FROM assignment WHERE vendor_id = $1 AND ended = 0 AND assignment_id > "
    "$2 ORDER BY assignment_id LIMIT $3";
constexpr char kSelectNewest[] = "SELECT newest_sequence FROM vendor_counter WHERE vendor_id = $1";
constexpr char kSelectExpired[] = "SELECT " ASSIGNMENT_COLUMNS
                                  " FROM assignment WHERE expire_time IS NOT NULL AND ended = 0 "
                                  "AND expire_time <= $1 ORDER BY expire_time LIMIT $2";
constexpr char kSelectRecalled[] = "SELECT " ASSIGNMENT_COLUMNS
                                   " FROM assignment WHERE recall_time IS NOT NULL AND ended = 0 "
                                   "AND recall_time <= $1 ORDER BY recall_time LIMIT $2";
constexpr char kSelectToReview[] = "SELECT " ASSIGNMENT_COLUMNS
                                   " FROM assignment WHERE review_time IS NOT NULL AND ended = 0 "
                                   "AND review_time <= $1 ORDER BY review_time LIMIT $2";
constexpr char kSelectLiveAfter[] = "SELECT " ASSIGNMENT_COLUMNS
                                    " FROM assignment WHERE assignment_id > $1 AND ended = 0 ORDER "
                                    "BY assignment_id LIMIT $2";
constexpr char kSelectStopped[] =
    "SELECT withdraw_time FROM assignment WHERE vendor_id = $1 AND ended > 0 AND change_sequence > "
    "$2 AND change_sequence <= $3 AND withdraw_reason IN ($4, $5, $6)";
constexpr char kSelectEnded[] =
    "SELECT assignment_id FROM assignment WHERE vendor_id = $1 AND ended > 0 AND change_sequence > "
    "$2 AND change_sequence <= $3";
constexpr char kCountLive[] =
    "SELECT CAST(SUM(placed - withdrawn) AS BIGINT) FROM vendor_tally WHERE vendor_id = $1";
constexpr char kCountLiveInSegment[] =
    "SELECT CAST(SUM(placed - withdrawn) AS BIGINT) FROM vendor_tally WHERE vendor_id = $1 AND "
    "segment = $2";
constexpr char kSetReview[] =
    "UPDATE assignment SET review_time = $1 WHERE assignment_id = $2 AND ended = 0";
constexpr char kEnd[] =
    "UPDATE assignment SET ended = placement, withdraw_time = $1, withdraw_reason = $2 "
    "WHERE assignment_id = $3 AND ended = 0";
// At once: an acknowledgement in the same group takes what has ended out of the feed.
constexpr char kKeepPlace[] =
    "INSERT INTO former_change (assignment_id, change_sequence) SELECT assignment_id, "
    "change_sequence FROM assignment WHERE assignment_id = $1 AND change_sequence IS NOT NULL";
constexpr char kLeaveFeed[] =
    "UPDATE assignment SET change_sequence = NULL WHERE assignment_id IN (SELECT assignment_id "
    "FROM assignment WHERE vendor_id = $1 AND change_sequence <= $2 AND ended > 0 "
    "ORDER BY change_sequence LIMIT $3)";
constexpr char kSetRecall[] =
    "UPDATE assignment SET recall_reason = $1, recall_time = $2, recall_objected = $3, "
    "recall_place_again = $4 "
    "WHERE assignment_id = $5 AND ended = 0";
Assignment FromRow(const Row& row) {
  Assignment assignment;
  assignment.assignment_id = row.Text(0);
  assignment.vendor_id = row.Text(1);
  assignment.vendor_group = row.Text(2);
  assignment.person_id = row.Text(3);
  assignment.account_id = row.Text(4);
  assignment.work_type = static_cast<v1::WorkType>(row.Integer(5));
  assignment.placement = row.Integer(6);
  assignment.live = row.Integer(7) == 0;
  assignment.segment = row.Text(8);
  assignment.place_time_us = row.Integer(9);
  assignment.expire_time_us = row.Integer(10);
  assignment.recall_reason = static_cast<v1::RecallReason>(row.Integer(11));
  assignment.recall_time_us = row.Integer(12);
  assignment.recall_objected = row.Integer(13) != 0;
  assignment.recall_place_again = row.Integer(14) != 0;
  assignment.country = row.Text(15);
  assignment.review_time_us = row.Integer(16);
  assignment.withdraw_time_us = row.Integer(17);
  assignment.former_assignment_id = row.Text(18);
  return assignment;
}

absl::StatusOr<std::vector<Assignment>> Select(storage::Connection& connection, const char* sql,
                                               storage::Connection::Parameters parameters) {
  std::vector<Assignment> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

// 0 without a row.
absl::StatusOr<int64_t> NumberFrom(storage::Connection& connection, const char* sql,
                                   storage::Connection::Parameters parameters) {
  int64_t number = 0;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    number = row.Integer(0);
    return absl::OkStatus();
  }));
  return number;
}

// 0: none; else the reason and one.
constexpr char kNoteRejection[] =
    "UPDATE assignment SET rejected = $1 WHERE assignment_id = $2 AND rejected = 0";

v1::AuditEvent EventOf(v1::AuditEvent::Kind kind, std::string_view actor,
                       const Assignment& assignment) {
  v1::AuditEvent event = audit::Event(kind, actor);
  event.set_vendor_id(assignment.vendor_id);
  event.set_account_id(assignment.account_id);
  event.set_assignment_id(assignment.assignment_id);
  return event;
}

std::string ShardOfPerson(const storage::Sealer& sealer, std::string_view person_id) {
  return ShardFrom(sealer.Digest("shard|" + std::string(person_id)));
}

}  // namespace

absl::StatusOr<bool> NoteRejection(storage::Transaction& transaction,
                                   std::string_view assignment_id,
                                   v1::SyncRequest::Rejection::Reason reason) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   transaction.Execute(kNoteRejection, {1 + int64_t{reason}, assignment_id}));
  return changed > 0;
}

absl::StatusOr<v1::PlacementReason> ReadWhy(storage::Connection& connection,
                                            storage::Sealer& sealer,
                                            std::string_view assignment_id) {
  absl::StatusOr<v1::PlacementReason> why = absl::NotFoundError("no such assignment");
  RETURN_IF_ERROR(
      connection.Query(kSelectWhy, {assignment_id}, [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string opened,
                         sealer.Open(PlaceOfWhy(assignment_id), row.Blob(0), connection));
        why.emplace();
        return why->ParseFromString(opened)
                   ? absl::OkStatus()
                   : absl::DataLossError("a stored placement cannot be parsed");
      }));
  return why;
}

absl::StatusOr<std::optional<Assignment>> FindAssignment(storage::Connection& connection,
                                                         std::string_view assignment_id) {
  ASSIGN_OR_RETURN(auto found, Select(connection, kSelectOne, {assignment_id}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::map<std::string, Assignment, std::less<>>> FindAssignments(
    storage::Connection& connection, std::vector<std::string> assignment_ids) {
  std::sort(assignment_ids.begin(), assignment_ids.end());
  assignment_ids.erase(std::unique(assignment_ids.begin(), assignment_ids.end()),
                       assignment_ids.end());
  std::map<std::string, Assignment, std::less<>> found;
  const storage::Rows ids = storage::RowsOf(assignment_ids);
  RETURN_IF_ERROR(connection.Query(kSelectByIds, {ids}, [&](const Row& row) {
    Assignment assignment = FromRow(row);
    found.emplace(assignment.assignment_id, std::move(assignment));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<Assignment>> AssignmentsOfPerson(storage::Connection& connection,
                                                            std::string_view person_id) {
  ASSIGN_OR_RETURN(auto found, AssignmentsOfPersons(connection, {std::string(person_id)}));
  return std::move(found.front());
}

absl::StatusOr<std::vector<std::vector<Assignment>>> AssignmentsOfPersons(
    storage::Connection& connection, const std::vector<std::string>& person_ids) {
  std::vector<std::vector<Assignment>> found(person_ids.size());
  const storage::Rows ids = storage::RowsOf(person_ids);
  RETURN_IF_ERROR(connection.Query(kSelectOfPersons, {ids}, [&](const Row& row) {
    found[static_cast<size_t>(row.Integer(kAssignmentColumns) - 1)].push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<InFeed>> LiveAssignmentsOfVendor(storage::Connection& connection,
                                                            std::string_view vendor_id,
                                                            int64_t after, int limit) {
  std::vector<InFeed> found;
  RETURN_IF_ERROR(connection.Query(kSelectOfVendor, {vendor_id, after, limit}, [&](const Row& row) {
    found.push_back({FromRow(row), row.Integer(kAssignmentColumns)});
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<std::string>> LiveIdsOfVendor(storage::Connection& connection,
                                                         std::string_view vendor_id,
                                                         std::string_view after, int limit) {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(
      connection.Query(kSelectIdsOfVendor, {vendor_id, after, limit}, [&](const Row& row) {
        ids.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  return ids;
}

absl::StatusOr<std::vector<Assignment>> LiveAssignmentsAfter(storage::Connection& connection,
                                                             std::string_view after, int limit) {
  return Select(connection, kSelectLiveAfter, {after, limit});
}

absl::StatusOr<std::vector<std::string>> EndedBetween(storage::Connection& connection,
                                                      std::string_view vendor_id, int64_t after,
                                                      int64_t through) {
  std::vector<std::string> ended;
  RETURN_IF_ERROR(connection.Query(kSelectEnded, {vendor_id, after, through}, [&](const Row& row) {
    ended.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return ended;
}

absl::StatusOr<std::vector<int64_t>> StoppedBetween(storage::Connection& connection,
                                                    std::string_view vendor_id, int64_t after,
                                                    int64_t through) {
  std::vector<int64_t> times;
  RETURN_IF_ERROR(
      connection.Query(kSelectStopped,
                       {vendor_id, after, through, static_cast<int64_t>(v1::WITHDRAW_REASON_PAID),
                        static_cast<int64_t>(v1::WITHDRAW_REASON_CLOSED),
                        static_cast<int64_t>(v1::WITHDRAW_REASON_STOPPED)},
                       [&](const Row& row) {
                         times.push_back(row.Integer(0));
                         return absl::OkStatus();
                       }));
  return times;
}

absl::StatusOr<std::vector<Assignment>> DueAssignments(storage::Connection& connection,
                                                       int64_t now_us, int limit) {
  ASSIGN_OR_RETURN(auto due, Select(connection, kSelectExpired, {now_us, limit}));
  ASSIGN_OR_RETURN(auto recalled, Select(connection, kSelectRecalled, {now_us, limit}));
  for (Assignment& assignment : recalled) {
    const bool expired_too = assignment.expire_time_us != 0 && assignment.expire_time_us <= now_us;
    if (!expired_too) due.push_back(std::move(assignment));
  }
  if (due.size() > static_cast<size_t>(limit)) due.resize(limit);
  return due;
}

absl::StatusOr<int64_t> NewestSequence(storage::Connection& connection,
                                       std::string_view vendor_id) {
  return NumberFrom(connection, kSelectNewest, {vendor_id});
}

absl::StatusOr<int64_t> CountLive(storage::Connection& connection, std::string_view vendor_id) {
  return NumberFrom(connection, kCountLive, {vendor_id});
}

absl::StatusOr<int64_t> CountLiveInSegment(storage::Connection& connection,
                                           std::string_view vendor_id, std::string_view segment) {
  return NumberFrom(connection, kCountLiveInSegment, {vendor_id, segment});
}

absl::StatusOr<std::vector<Assignment>> AssignmentsToReview(storage::Connection& connection,
                                                            int64_t now_us, int limit) {
  return Select(connection, kSelectToReview, {now_us, limit});
}

absl::StatusOr<int64_t> LeaveFeed(storage::Transaction& transaction, std::string_view vendor_id,
                                  int64_t through, int limit) {
  return transaction.Execute(kLeaveFeed, {vendor_id, through, limit});
}

Changes::Changes(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
                 std::string actor)
    : transaction_(transaction), sealer_(sealer), ids_(ids), actor_(std::move(actor)) {}

VendorCounter& Changes::CounterOf(std::string_view vendor_id) {
  if (vendors_.emplace(vendor_id).second) transaction_.Announce(Topic::Feed(vendor_id));
  return VendorCounter::Of(transaction_, vendor_id);
}

Assignment Changes::Place(Assignment assignment, const v1::PlacementReason& why) {
  assignment.assignment_id = ids_.NextOf(ShardOfPerson(sealer_, assignment.person_id));
  assignment.place_time_us = transaction_.now_us();
  v1::AuditEvent event = EventOf(v1::AuditEvent::KIND_PLACED, actor_, assignment);
  event.set_subject_id(assignment.segment);
  event.mutable_placed()->set_rule(why.rule());
  audit::Record(transaction_, std::move(event));
  VendorCounter& counter = CounterOf(assignment.vendor_id);
  ++counter.work[assignment.segment].placed;
  counter.placements.push_back(
      {assignment,
       sealer_.Seal(transaction_, PlaceOfWhy(assignment.assignment_id), why.SerializeAsString())});
  transaction_.EndGroup();
  return assignment;
}

void Changes::Touch(const Assignment& assignment) {
  CounterOf(assignment.vendor_id).touches.push_back(assignment.assignment_id);
}

absl::Status Changes::Withdraw(const Assignment& assignment, v1::WithdrawReason reason) {
  SWITCHBOARD_ASSERT(assignment.live);
  ASSIGN_OR_RETURN(const int64_t changed,
                   transaction_.Execute(kEnd, {transaction_.now_us(), static_cast<int64_t>(reason),
                                               assignment.assignment_id}));
  if (changed != 1) return absl::InternalError("an assignment to be withdrawn was not live");
  RETURN_IF_ERROR(transaction_.Execute(kKeepPlace, {assignment.assignment_id}).status());
  VendorCounter& counter = CounterOf(assignment.vendor_id);
  transaction_.Announce(Topic::Withdrawals(assignment.vendor_id));
  ++counter.work[assignment.segment].withdrawn;
  counter.touches.push_back(assignment.assignment_id);
  v1::AuditEvent event = EventOf(v1::AuditEvent::KIND_WITHDRAWN, actor_, assignment);
  event.set_withdrawn(reason);
  audit::Record(transaction_, std::move(event));
  return absl::OkStatus();
}

absl::Status Changes::SetRecall(const Assignment& assignment, const v1::AuditEvent::Recall& step) {
  RETURN_IF_ERROR(
      transaction_
          .Execute(kSetRecall, {static_cast<int64_t>(assignment.recall_reason),
                                TimeOrNull(assignment.recall_time_us), assignment.recall_objected,
                                assignment.recall_place_again, assignment.assignment_id})
          .status());
  Touch(assignment);
  v1::AuditEvent event = EventOf(v1::AuditEvent::KIND_RECALL, actor_, assignment);
  *event.mutable_recall() = step;
  audit::Record(transaction_, std::move(event));
  return absl::OkStatus();
}

absl::Status Changes::SetReview(const Assignment& assignment, int64_t review_time_us) {
  RETURN_IF_ERROR(
      transaction_.Execute(kSetReview, {TimeOrNull(review_time_us), assignment.assignment_id})
          .status());
  Touch(assignment);
  return absl::OkStatus();
}

std::vector<VendorCounter*> Changes::Touched() const {
  std::vector<VendorCounter*> counters;
  for (const std::string& vendor_id : vendors_)
    counters.push_back(&VendorCounter::Of(transaction_, vendor_id));
  return counters;
}

bool Changes::PlacedHere(std::string_view assignment_id) const {
  for (const VendorCounter* counter : Touched()) {
    for (const auto& placement : counter->placements) {
      if (placement.assignment.assignment_id == assignment_id) return true;
    }
  }
  return false;
}

int64_t Changes::LiveChange(const std::string& vendor_id) const {
  auto change = [](const VendorCounter* counter) {
    return counter == nullptr ? 0 : counter->LiveChange();
  };
  return change(VendorCounter::LeftByUnit(transaction_, vendor_id)) +
         change(VendorCounter::Left(transaction_, vendor_id));
}

int64_t Changes::LiveChange(const std::string& vendor_id, const std::string& segment) const {
  auto change = [&](const VendorCounter* counter) {
    return counter == nullptr ? 0 : counter->LiveChange(segment);
  };
  return change(VendorCounter::LeftByUnit(transaction_, vendor_id)) +
         change(VendorCounter::Left(transaction_, vendor_id));
}

absl::Status Changes::Settle() {
  for (VendorCounter* counter : Touched()) {
    RETURN_IF_ERROR(InsertWithoutSequence(transaction_, counter->placements));
    for (const auto& placement : counter->placements)
      counter->touches.push_back(placement.assignment.assignment_id);
    counter->placements.clear();
  }
  return absl::OkStatus();
}

}  // namespace switchboard::assignments
