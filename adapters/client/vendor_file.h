#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/storage/sqlite.h"

namespace switchboard::adapters {

// The one file in which a vendor keeps its copy of the feed (Mirror), what it has still to report
// (Outbox), and when it deleted what (Deletions). It holds personal data in the clear, as the
// contract lets the vendor have it: mode 0600, on an encrypted disk, and in no backup that outlives
// the work. Not thread-safe.
class VendorFile {
 public:
  // Opens or makes the file. Errors: those of SqliteDatabase::Open; FAILED_PRECONDITION,
  // MIRROR_TOO_NEW when a newer program wrote it.
  static absl::StatusOr<std::unique_ptr<VendorFile>> Open(const std::string& path);

  // The same over a connection that exists. For tests and the simulation, which let it fail.
  static absl::StatusOr<std::unique_ptr<VendorFile>> Adopt(
      std::unique_ptr<storage::WriterConnection> connection);

  storage::Connection& connection() { return *connection_; }

  // Runs `body` in one transaction: all of it is durable when this returns OK, none of it
  // otherwise. Errors: those of `body` and of the connection.
  absl::Status Transact(absl::FunctionRef<absl::Status()> body);

  // Moves the log into the file once it is long. Call between transactions.
  void Housekeep();

 private:
  VendorFile(std::unique_ptr<storage::SqliteDatabase> database,
             std::unique_ptr<storage::WriterConnection> connection);
  absl::Status MakeTables();

  std::unique_ptr<storage::SqliteDatabase> database_;  // null when adopted
  std::unique_ptr<storage::WriterConnection> connection_;
};

}  // namespace switchboard::adapters
