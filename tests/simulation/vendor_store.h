#pragma once

#include <memory>
#include <string>

#include "adapters/client/mirror.h"
#include "adapters/client/outbox.h"
#include "adapters/client/vendor_file.h"
#include "hub/base/ids.h"
#include "hub/storage/sqlite.h"

namespace switchboard::simulation {

// A connection that dies at a chosen write: from then on nothing reaches the file any more, as if
// the process had been killed there.
class DyingConnection final : public storage::WriterConnection {
 public:
  static constexpr int kNever = -1;

  DyingConnection(std::unique_ptr<storage::SqliteDatabase> database,
                  std::unique_ptr<storage::WriterConnection> inner)
      : database_(std::move(database)), inner_(std::move(inner)) {}

  // The n-th write from now on (0 is the next; a commit counts) kills.
  void DieAtWrite(int n) { writes_left_ = n; }
  bool dead() const { return dead_; }

  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override;
  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override;
  absl::Status Begin() override { return dead_ ? Dead() : inner_->Begin(); }
  absl::Status Commit() override;
  absl::Status Rollback() override { return dead_ ? Dead() : inner_->Rollback(); }
  absl::Status Savepoint() override { return inner_->Savepoint(); }
  absl::Status ReleaseSavepoint() override { return inner_->ReleaseSavepoint(); }
  absl::Status RollbackToSavepoint() override { return inner_->RollbackToSavepoint(); }
  absl::Status Define(const std::string& statement) override { return inner_->Define(statement); }
  bool InTransaction() const override { return inner_->InTransaction(); }
  absl::Status Hold(absl::Span<const storage::Key> keys) override { return inner_->Hold(keys); }
  bool Housekeep(bool idle) override { return inner_->Housekeep(idle); }

 private:
  static absl::Status Dead() { return absl::InternalError("killed"); }
  bool Dies();

  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<storage::WriterConnection> inner_;
  int writes_left_ = kNever;
  bool dead_ = false;
};

// A vendor's file with what stands on it, and the copies and losses that can befall it.
class VendorStore {
 public:
  VendorStore(std::string path, IdMint& ids) : path_(std::move(path)), ids_(ids) {}

  absl::Status Open();
  // As after a kill: what was not committed is gone. Reopen with Open().
  void Close();
  void Backup();
  // False when there is no copy. REQUIRES: closed.
  bool Restore();
  // REQUIRES: closed.
  void Lose();

  adapters::Mirror& mirror() { return *mirror_; }
  adapters::Outbox& outbox() { return *outbox_; }
  DyingConnection& connection() { return *connection_; }
  adapters::VendorFile& file() { return *file_; }

 private:
  const std::string path_;
  IdMint& ids_;
  bool backed_up_ = false;
  DyingConnection* connection_ = nullptr;  // owned by file_
  std::unique_ptr<adapters::VendorFile> file_;
  std::unique_ptr<adapters::Mirror> mirror_;
  std::unique_ptr<adapters::Outbox> outbox_;
};

}  // namespace switchboard::simulation
