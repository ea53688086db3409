#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/base/error.h"
#include "hub/storage/row.h"
#include "hub/storage/row_writes.h"
#include "hub/storage/value.h"

// The one seam between the domain and a database engine. Domain code writes portable SQL once, as
// `constexpr char[]` constants beside the code that uses them, with parameters $1, $2 … bound in
// order, and `rows($1)` where a whole batch is asked for or written at once (value.h). Nothing
// above storage/ knows which engine runs.
//
// Portable means: what SQLite 3.40 and PostgreSQL 15 both accept. UPSERT and RETURNING yes;
// triggers, sequences, advisory locks, AUTOINCREMENT, implicit row ids and database-side clocks no.
// Times are bound as BIGINT microseconds since 1970 UTC.

namespace switchboard::storage {

// Transactions that change something, as numbers in the order in which they began to.
struct UnderWay {
  int64_t oldest = 0;  // none below it is under way any more; what they left is seen by all
  int64_t next = 0;    // above all that have begun
};

// One connection to a database. Not thread-safe. Statements are prepared once per connection and
// kept; `sql` must be a string literal or constant, since its address is the key.
class Connection {
 public:
  using Parameters = absl::Span<const Value>;
  using Visitor = absl::FunctionRef<absl::Status(const Row&)>;

  virtual ~Connection() = default;

  // Runs a statement that returns no rows; the number of rows it changed.
  // Errors: ALREADY_EXISTS when a unique key is violated; UNAVAILABLE when the engine asks for a
  // retry of the whole transaction, or is away; RESOURCE_EXHAUSTED, STORAGE_FULL, with a retry
  // time, when the disk is full; DATA_LOSS, DATABASE_DAMAGED; INTERNAL for everything else.
  virtual absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) = 0;

  // Runs a statement and visits its rows in order until the visitor fails. Same errors, and the
  // visitor's. The visitor may not use this connection.
  virtual absl::Status Query(const char* sql, Parameters parameters, Visitor visit) = 0;

  // What is under way, of all who change the database; nothing where one does at a time. Errors:
  // those of Query; INTERNAL where the engine cannot say.
  virtual absl::StatusOr<UnderWay> LookUnderWay() { return UnderWay{}; }

  // False once the engine can no longer be reached through it.
  virtual bool usable() const { return true; }

 protected:
  static bool OverNoRows(Parameters parameters);
};

// Something that two units of work may not rely on and change at the same time: "person/P-1".
// Shared: any number may rely on it together, while nobody changes it.
struct Key {
  std::string name;
  bool shared = false;

  auto operator<=>(const Key&) const = default;
};

// A connection that may change the database; each lane of a writer has one. Not thread-safe.
class WriterConnection : public Connection {
 public:
  // Begins and ends the transaction of a whole group. Commit returns OK only when the data is on
  // disk. Errors of Commit: UNAVAILABLE when nothing was committed and the group may run again;
  // UNKNOWN when the connection was lost before the engine answered.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual absl::Status Rollback() = 0;

  // A nested unit inside the group: what happens after Savepoint is undone by RollbackToSavepoint,
  // and kept by ReleaseSavepoint until the group commits. One at a time.
  virtual absl::Status Savepoint() = 0;
  virtual absl::Status ReleaseSavepoint() = 0;
  virtual absl::Status RollbackToSavepoint() = 0;

  // Keeps other lanes and hubs away from the keys until the group ends; what is read afterwards is
  // what the last holder committed. Costs nothing where one lane is all there is. Never waits while
  // anything is held, so that no two groups can wait for each other: when a key is taken, fails
  // with UNAVAILABLE, and the next Begin waits for all keys of the failed group, in order.
  virtual absl::Status Hold(absl::Span<const Key> keys) = 0;
  // Gives up what the engine keeps of keys that will hardly be asked for again: those that there
  // are it holds alone first, and fails as Hold does. Who waits for one makes it anew.
  virtual absl::Status DropKeys(absl::Span<const Key> /*keys*/) { return absl::OkStatus(); }
  // True where nobody else can change anything while a group runs: what was read before it was held
  // need not be read again.
  virtual bool alone() const { return false; }

  // What this transaction has written to the tables that the audit log vouches for, if the database
  // was opened so that it is recorded. Begun anew by Begin, back to where the unit began with
  // RollbackToSavepoint.
  virtual RowWrites& row_writes() = 0;
  // A number larger than all that were given to transactions whose writes this one can rest on, of
  // whatever lane or hub; to be taken when all is written. Errors: those of Query.
  virtual absl::StatusOr<int64_t> NextInOrder() = 0;

  // Runs statements of a migration, written with PostgreSQL's type names (BIGINT, BYTEA). Not kept
  // prepared.
  virtual absl::Status Define(const std::string& statement) = 0;

  // False once the engine has ended the transaction by itself, as SQLite does when the disk is
  // full.
  virtual bool InTransaction() const = 0;

  // What this transaction deletes is not to be read in the engine's files any more once it is
  // committed, as far as that is in this program's hands: left for Housekeep.
  virtual void Forget() {}

  // Makes Housekeep of this connection, of all of a writer the one, also look after what the engine
  // must know of tables that grow. It may take a part of a second then.
  virtual void WatchTables() {}
  // Called between groups, outside of a transaction: `idle` when no work waits. For what must be
  // done now and then, such as SQLite's checkpoints. True if it wants to be called again soon, even
  // if no work comes.
  virtual bool Housekeep(bool /*idle*/) { return false; }
};

// What both engines say of a disk that is full, with a retry time, and of a file that is damaged.
absl::Status StorageFull();
bool SaysStorageFull(const absl::Status& status);
// What is said, with a retry time, to whoever would make the database grow while DiskRoom is low.
absl::Status StorageLow();
absl::Status DatabaseDamaged();

// True if the engine wants the whole group again, so that no unit has failed yet: UNAVAILABLE
// without a reason of ours.
bool AsksForRetry(const absl::Status& status);

// What goes out when the engine could not be had in time: UNAVAILABLE, DATABASE_UNREACHABLE instead
// of the engine's own words, which may name its hosts, users and paths. Any other status as it is.
absl::Status ForCallers(const absl::Status& status);

// Whether that is what came of it, in the engine's words or in ours, or UNKNOWN: a commit without
// an answer, of which nobody knows whether it is there.
bool SaysDatabaseAway(const absl::Status& status);

// Tells the other hubs over a database that something changed. A hint that may be lost: what must
// not be missed is also looked up now and then. Thread-safe.
class Bulletin {
 public:
  virtual ~Bulletin() = default;
  // Does not wait.
  virtual void Post(const std::vector<std::string>& topics) = 0;
};

// Told now and then how many bytes of how many are done; false ends the work with CANCELLED.
using CopyProgress = absl::FunctionRef<bool(int64_t bytes_done, int64_t bytes_total)>;

// A place to keep things. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  // A connection for reading; each Query sees one consistent state. Outlived by the
  // database.
  virtual absl::StatusOr<std::unique_ptr<Connection>> OpenReader() = 0;

  // A connection for changing. At most lanes() at a time. Outlived by the database.
  virtual absl::StatusOr<std::unique_ptr<WriterConnection>> OpenWriter() = 0;

  // How many groups can be under way at the same time.
  virtual int lanes() const = 0;
  // Most units that fit well into one group.
  virtual size_t group_max() const = 0;
  // Most records that fit well into one bulk unit.
  virtual size_t piece_max() const = 0;

  // Other hubs may work on this database: null if there can be none. `hear` is called with each
  // topic that another hub posted, from a thread of the bulletin, until it is destroyed.
  virtual std::unique_ptr<Bulletin> OpenBulletin(std::function<void(const std::string&)> hear) = 0;

  // OK where the next three work; FAILED_PRECONDITION, BACKUP_ELSEWHERE where the engine has means
  // of its own.
  virtual absl::Status CanBackUp() const = 0;
  // Copies everything, as it is at one moment, into the new file `path` (mode 0600), which is on
  // disk when it returns; everybody else goes on meanwhile. Errors: ALREADY_EXISTS, FILE_EXISTS;
  // CANCELLED; those of CanBackUp and Connection.
  virtual absl::Status BackUp(const std::string& path, CopyProgress go_on) = 0;
  // Reads such a file again, page by page. DATA_LOSS, DATABASE_DAMAGED when they do not fit
  // together.
  virtual absl::Status CheckBackup(const std::string& path, CopyProgress go_on) = 0;
  // A connection that reads such a file, which nobody may have open to write; leaves nothing beside
  // it.
  virtual absl::StatusOr<std::unique_ptr<Connection>> OpenBackup(const std::string& path) = 0;

  // Name and version of the engine, for logs: "sqlite-3.40.1".
  virtual std::string Describe() const = 0;
};

}  // namespace switchboard::storage
