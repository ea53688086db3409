#include "adapters/client/vendor_file.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

// 2: table deleted.
constexpr int64_t kLayout = 2;

// 4 MiB: long enough to be rare, short enough that withdrawn data does not linger in the log.

constexpr char kMakeState[] =
    "CREATE TABLE IF NOT EXISTS mirror_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  layout INTEGER NOT NULL,"
    "  generation TEXT NOT NULL,"
    "  sequence INTEGER NOT NULL"
    ") STRICT";
constexpr char kMakeRows[] =
    "CREATE TABLE IF NOT EXISTS mirror_rows ("
    "  assignment_id TEXT NOT NULL PRIMARY KEY,"
    "  generation TEXT NOT NULL,"
    "  assignment BLOB NOT NULL"
    ") STRICT";
constexpr char kMakeOutbox[] =
    "CREATE TABLE IF NOT EXISTS outbox ("
    "  position INTEGER PRIMARY KEY,"
    "  outcome_id TEXT NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  outcome BLOB NOT NULL,"
    "  UNIQUE (outcome_id, version)"
    ") STRICT";
constexpr char kMakeRefused[] =
    "CREATE TABLE IF NOT EXISTS refused ("
    "  position INTEGER PRIMARY KEY,"
    "  outcome_id TEXT NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  outcome BLOB NOT NULL,"
    "  status INTEGER NOT NULL,"
    "  field TEXT NOT NULL,"
    "  problem TEXT NOT NULL,"
    "  UNIQUE (outcome_id, version)"
    ") STRICT";
// Of the refused ones, those that the hub has not kept; `position` is the order in which they are
// sent again.
constexpr char kMakeNotKept[] =
    "CREATE TABLE IF NOT EXISTS not_kept ("
    "  position INTEGER PRIMARY KEY,"
    "  outcome_id TEXT NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  UNIQUE (outcome_id, version)"
    ") STRICT";
// When rows were deleted whose work had ended, microseconds since 1970: what a vendor confirms of
// it.
constexpr char kMakeDeleted[] =
    "CREATE TABLE IF NOT EXISTS deleted ("
    "  assignment_id TEXT NOT NULL PRIMARY KEY,"
    "  delete_time INTEGER NOT NULL"
    ") STRICT";
constexpr char kMakeDeletedByTime[] =
    "CREATE INDEX IF NOT EXISTS deleted_by_time ON deleted (delete_time)";
// An older program that used the file forgets refused outcomes, and knows nothing of this table.
constexpr char kDropForgotten[] =
    "DELETE FROM not_kept WHERE NOT EXISTS (SELECT 1 FROM refused r WHERE r.outcome_id = "
    "not_kept.outcome_id AND r.version = not_kept.version)";
constexpr char kFirstState[] =
    "INSERT INTO mirror_state (id, layout, generation, sequence) VALUES (1, $1, '', 0)"
    " ON CONFLICT (id) DO NOTHING";
constexpr char kRaiseLayout[] = "UPDATE mirror_state SET layout = $1 WHERE id = 1";
constexpr char kReadLayout[] = "SELECT layout FROM mirror_state WHERE id = 1";

}  // namespace

VendorFile::VendorFile(std::unique_ptr<storage::SqliteDatabase> database,
                       std::unique_ptr<storage::WriterConnection> connection)
    : database_(std::move(database)), connection_(std::move(connection)) {}

absl::StatusOr<std::unique_ptr<VendorFile>> VendorFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(auto database, storage::SqliteDatabase::Open(path));
  ASSIGN_OR_RETURN(auto connection, database->OpenWriter());
  std::unique_ptr<VendorFile> file(new VendorFile(std::move(database), std::move(connection)));
  RETURN_IF_ERROR(file->MakeTables());
  return file;
}

absl::StatusOr<std::unique_ptr<VendorFile>> VendorFile::Adopt(
    std::unique_ptr<storage::WriterConnection> connection) {
  std::unique_ptr<VendorFile> file(new VendorFile(nullptr, std::move(connection)));
  RETURN_IF_ERROR(file->MakeTables());
  return file;
}

absl::Status VendorFile::MakeTables() {
  return Transact([this]() -> absl::Status {
    for (const char* sql : {kMakeState, kMakeRows, kMakeOutbox, kMakeRefused, kMakeNotKept,
                            kMakeDeleted, kMakeDeletedByTime}) {
      RETURN_IF_ERROR(connection_->Execute(sql, {}).status());
    }
    RETURN_IF_ERROR(connection_->Execute(kFirstState, {kLayout}).status());
    int64_t layout = 0;
    RETURN_IF_ERROR(connection_->Query(kReadLayout, {}, [&](const storage::Row& row) {
      layout = row.Integer(0);
      return absl::OkStatus();
    }));
    if (layout > kLayout) {
      return Error(absl::StatusCode::kFailedPrecondition, "MIRROR_TOO_NEW",
                   "a newer program wrote this file; use that one");
    }
    if (layout < kLayout) RETURN_IF_ERROR(connection_->Execute(kRaiseLayout, {kLayout}).status());
    return connection_->Execute(kDropForgotten, {}).status();
  });
}

absl::Status VendorFile::Transact(absl::FunctionRef<absl::Status()> body) {
  RETURN_IF_ERROR(connection_->Begin());
  absl::Status status = body();
  if (status.ok()) status = connection_->Commit();
  // A failed rollback means that the engine has rolled back by itself.
  if (!status.ok()) connection_->Rollback().IgnoreError();
  return status;
}

void VendorFile::Housekeep() { connection_->Housekeep(/*idle=*/true); }

}  // namespace switchboard::adapters
