#include "adapters/client/mirror.h"

#include <limits>
#include <string>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

using storage::Row;
using storage::Value;

constexpr char kReadCursor[] = "SELECT generation, sequence FROM mirror_state WHERE id = 1";
constexpr char kWriteCursor[] =
    "UPDATE mirror_state SET generation = $1, sequence = $2 WHERE id = 1";
constexpr char kCount[] = "SELECT COUNT(*), COALESCE(SUM(generation = $1), 0) FROM mirror_rows";
constexpr char kFindGeneration[] = "SELECT generation FROM mirror_rows WHERE assignment_id = $1";
constexpr char kUpsert[] =
    "INSERT INTO mirror_rows (assignment_id, generation, assignment) VALUES ($1, $2, $3)"
    " ON CONFLICT (assignment_id) DO UPDATE"
    " SET generation = excluded.generation, assignment = excluded.assignment";
constexpr char kDelete[] = "DELETE FROM mirror_rows WHERE assignment_id = $1";
constexpr char kSweep[] = "DELETE FROM mirror_rows WHERE generation <> $1";
constexpr char kNoteDeleted[] =
    "INSERT INTO deleted (assignment_id, delete_time) VALUES ($1, $2)"
    " ON CONFLICT (assignment_id) DO UPDATE SET delete_time = excluded.delete_time";
constexpr char kNoteSwept[] =
    "INSERT INTO deleted (delete_time, assignment_id)"
    " SELECT $1, assignment_id FROM mirror_rows WHERE generation <> $2"
    " ON CONFLICT (assignment_id) DO UPDATE SET delete_time = excluded.delete_time";
constexpr char kFindWorkable[] =
    "SELECT assignment FROM mirror_rows WHERE assignment_id = $1 AND generation = $2";
constexpr char kNextWorkable[] =
    "SELECT assignment FROM mirror_rows WHERE assignment_id > $1 AND generation = $2"
    " ORDER BY assignment_id";

// Of a withdrawal that an order to delete told of before the feed: its place in the feed, which
// ends when it comes.
constexpr int64_t kPlaceUnknown = std::numeric_limits<int64_t>::max();

bool Same(const v1::Cursor& a, const v1::Cursor& b) {
  return a.generation() == b.generation() && a.sequence() == b.sequence();
}

bool Expired(const v1::Assignment& assignment, absl::Time now) {
  if (!assignment.has_expire_time()) return false;
  const absl::Time expire_time = absl::FromUnixSeconds(assignment.expire_time().seconds()) +
                                 absl::Nanoseconds(assignment.expire_time().nanos());
  return now >= expire_time;
}

absl::StatusOr<v1::Assignment> Parse(std::string_view bytes) {
  v1::Assignment assignment;
  if (!assignment.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(absl::StatusCode::kDataLoss, "ROW_DAMAGED", "a stored row cannot be read");
  }
  return assignment;
}

absl::Status NotWorkable() {
  return Error(absl::StatusCode::kNotFound, "NOT_WORKABLE", "no such row may be worked now");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Open(VendorFile& file, Clock* clock) {
  std::unique_ptr<Mirror> mirror(new Mirror(file, clock));
  RETURN_IF_ERROR(mirror->Load());
  return mirror;
}

absl::Status Mirror::Load() {
  sweep_due_ = true;
  RETURN_IF_ERROR(file_.connection().Query(kReadCursor, {}, [this](const Row& row) {
    cursor_.set_generation(std::string(row.Text(0)));
    cursor_.set_sequence(row.Integer(1));
    return absl::OkStatus();
  }));
  return file_.connection().Query(kCount, {cursor_.generation()}, [this](const Row& row) {
    stored_rows_ = row.Integer(0);
    current_rows_ = row.Integer(1);
    return absl::OkStatus();
  });
}

absl::Status Mirror::Transact(absl::FunctionRef<absl::Status()> body) {
  absl::Status status = file_.Transact(body);
  // What is in memory follows the file, whatever became of a commit that failed.
  if (!status.ok()) Load().IgnoreError();
  return status;
}

absl::Status Mirror::Opened(const v1::Cursor& cursor) {
  if (cursor.generation() == cursor_.generation()) return absl::OkStatus();
  RETURN_IF_ERROR(Transact([&] { return StoreCursor(cursor); }));
  ended_.clear();
  return Load();
}

absl::Status Mirror::CheckChain(const v1::SyncResponse::Batch& batch) const {
  if (!cursor_.generation().empty() && Same(batch.after(), cursor_) &&
      batch.through().generation() == cursor_.generation() &&
      batch.through().sequence() >= cursor_.sequence()) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kFailedPrecondition, "BROKEN_CHAIN",
               "the batch does not follow what is stored");
}

absl::Status Mirror::Apply(const v1::SyncResponse::Batch& batch) {
  RETURN_IF_ERROR(CheckChain(batch));
  const bool sweep = batch.caught_up() && sweep_due_;
  // A heartbeat costs no commit.
  if (batch.changes().empty() && Same(batch.through(), cursor_) && !sweep) return absl::OkStatus();
  const absl::Status applied = Transact([&]() -> absl::Status {
    for (const auto& change : batch.changes()) RETURN_IF_ERROR(ApplyChange(change));
    if (sweep) {
      if (clock_ != nullptr) {
        RETURN_IF_ERROR(
            file_.connection()
                .Execute(kNoteSwept, {absl::ToUnixMicros(clock_->Now()), cursor_.generation()})
                .status());
      }
      ASSIGN_OR_RETURN(const int64_t swept,
                       file_.connection().Execute(kSweep, {cursor_.generation()}));
      stored_rows_ -= swept;
      sweep_due_ = false;
    }
    return StoreCursor(batch.through());
  });
  RETURN_IF_ERROR(applied);
  std::erase_if(ended_, [&](const auto& ended) { return ended.second <= cursor_.sequence(); });
  for (const auto& change : batch.changes()) {
    const auto ended = ended_.find(change.withdrawn().assignment_id());
    if (ended != ended_.end() && ended->second == kPlaceUnknown) ended_.erase(ended);
  }
  return absl::OkStatus();
}

absl::Status Mirror::Withdraw(const v1::SyncResponse::WithdrawnNow& withdrawn) {
  RETURN_IF_ERROR(Transact([&] { return Remove(withdrawn.assignment_id()).status(); }));
  if (withdrawn.change_sequence() > cursor_.sequence())
    ended_[withdrawn.assignment_id()] = withdrawn.change_sequence();
  return absl::OkStatus();
}

absl::Status Mirror::ApplyChange(const v1::SyncResponse::Change& change) {
  switch (change.change_case()) {
    case v1::SyncResponse::Change::kAssigned:
      // An older row of work that has ended since.
      if (ended_.contains(change.assigned().assignment_id())) return absl::OkStatus();
      return Upsert(change.assigned());
    case v1::SyncResponse::Change::kWithdrawn:
      return Remove(change.withdrawn().assignment_id()).status();
    case v1::SyncResponse::Change::CHANGE_NOT_SET:
      return absl::OkStatus();  // a kind that a later hub knows and we do not
  }
  return absl::OkStatus();
}

absl::Status Mirror::Upsert(const v1::Assignment& assignment) {
  if (assignment.assignment_id().empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "ROW_WITHOUT_ID", "a row came without an id");
  }
  bool stored = false, current = false;
  RETURN_IF_ERROR(
      file_.connection().Query(kFindGeneration, {assignment.assignment_id()}, [&](const Row& row) {
        stored = true;
        current = row.Text(0) == cursor_.generation();
        return absl::OkStatus();
      }));
  const std::string bytes = assignment.SerializeAsString();
  RETURN_IF_ERROR(
      file_.connection()
          .Execute(kUpsert, {assignment.assignment_id(), cursor_.generation(), Value::Blob(bytes)})
          .status());
  if (!stored) ++stored_rows_;
  if (!current) ++current_rows_;
  return absl::OkStatus();
}

absl::StatusOr<bool> Mirror::Remove(std::string_view assignment_id) {
  bool current = false;
  RETURN_IF_ERROR(file_.connection().Query(kFindGeneration, {assignment_id}, [&](const Row& row) {
    current = row.Text(0) == cursor_.generation();
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const int64_t removed, file_.connection().Execute(kDelete, {assignment_id}));
  stored_rows_ -= removed;
  if (current) --current_rows_;
  if (removed > 0 && clock_ != nullptr) {
    RETURN_IF_ERROR(file_.connection()
                        .Execute(kNoteDeleted, {assignment_id, absl::ToUnixMicros(clock_->Now())})
                        .status());
  }
  return removed > 0;
}

absl::StatusOr<std::vector<std::string>> Mirror::Delete(
    const google::protobuf::RepeatedPtrField<std::string>& assignment_ids) {
  std::vector<std::string> were_here;
  RETURN_IF_ERROR(Transact([&]() -> absl::Status {
    for (const std::string& id : assignment_ids) {
      ASSIGN_OR_RETURN(const bool was_here, Remove(id));
      if (was_here) were_here.push_back(id);
    }
    return absl::OkStatus();
  }));
  for (const std::string& id : were_here) ended_[id] = kPlaceUnknown;
  return were_here;
}

absl::Status Mirror::StoreCursor(const v1::Cursor& cursor) {
  RETURN_IF_ERROR(
      file_.connection().Execute(kWriteCursor, {cursor.generation(), cursor.sequence()}).status());
  cursor_ = cursor;
  return absl::OkStatus();
}

absl::StatusOr<v1::Assignment> Mirror::Workable(std::string_view assignment_id, absl::Time now) {
  absl::StatusOr<v1::Assignment> found = NotWorkable();
  RETURN_IF_ERROR(file_.connection().Query(kFindWorkable, {assignment_id, cursor_.generation()},
                                           [&](const Row& row) {
                                             found = Parse(row.Blob(0));
                                             return found.status();
                                           }));
  if (found.ok() && Expired(*found, now)) return NotWorkable();
  return found;
}

absl::StatusOr<std::vector<v1::Assignment>> Mirror::NextWorkable(std::string_view after_id,
                                                                 int limit, absl::Time now) {
  std::vector<v1::Assignment> found;
  if (limit <= 0) return found;
  const absl::Status enough = absl::CancelledError("enough");
  const absl::Status status = file_.connection().Query(
      kNextWorkable, {after_id, cursor_.generation()}, [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(v1::Assignment assignment, Parse(row.Blob(0)));
        if (!Expired(assignment, now)) found.push_back(std::move(assignment));
        return static_cast<int>(found.size()) < limit ? absl::OkStatus() : enough;
      });
  if (!status.ok() && status != enough) return status;
  return found;
}

}  // namespace switchboard::adapters
