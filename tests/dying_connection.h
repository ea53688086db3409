#pragma once

#include <memory>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/storage/sqlite.h"

namespace switchboard::testing {

// A writer's connection that dies at a chosen write: from then on nothing reaches the file any
// more, as if the process had been killed there. Owns its database.
class DyingConnection final : public storage::WriterConnection {
 public:
  static constexpr int kNever = -1;

  // Opens the file, and makes it if it is not there.
  static absl::StatusOr<std::unique_ptr<DyingConnection>> Open(const std::string& path) {
    ASSIGN_OR_RETURN(auto database, storage::SqliteDatabase::Open(path));
    ASSIGN_OR_RETURN(auto writer, database->OpenWriter());
    return std::unique_ptr<DyingConnection>(
        new DyingConnection(std::move(database), std::move(writer)));
  }

  // The n-th write from now on (0 is the next; a commit counts) kills.
  void DieAtWrite(int n) { writes_left_ = n; }
  bool dead() const { return dead_; }

  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override {
    RETURN_IF_ERROR(Write());
    return inner_->Execute(sql, parameters);
  }
  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override {
    return dead_ ? Dead() : inner_->Query(sql, parameters, visit);
  }
  absl::Status Begin() override { return dead_ ? Dead() : inner_->Begin(); }
  absl::Status Commit() override {
    RETURN_IF_ERROR(Write());
    return inner_->Commit();
  }
  absl::Status Rollback() override { return dead_ ? Dead() : inner_->Rollback(); }
  absl::Status Savepoint() override { return inner_->Savepoint(); }
  absl::Status ReleaseSavepoint() override { return inner_->ReleaseSavepoint(); }
  absl::Status RollbackToSavepoint() override { return inner_->RollbackToSavepoint(); }
  absl::Status Define(const std::string& statement) override { return inner_->Define(statement); }
  bool InTransaction() const override { return inner_->InTransaction(); }
  storage::RowWrites& row_writes() override { return inner_->row_writes(); }
  absl::StatusOr<int64_t> NextInOrder() override { return inner_->NextInOrder(); }
  absl::Status Hold(absl::Span<const storage::Key> keys) override { return inner_->Hold(keys); }
  bool alone() const override { return inner_->alone(); }
  bool Housekeep(bool idle) override { return inner_->Housekeep(idle); }

 private:
  DyingConnection(std::unique_ptr<storage::SqliteDatabase> database,
                  std::unique_ptr<storage::WriterConnection> inner)
      : database_(std::move(database)), inner_(std::move(inner)) {}

  static absl::Status Dead() { return absl::InternalError("killed"); }
  absl::Status Write() {
    if (!dead_ && writes_left_ != kNever && writes_left_-- == 0) dead_ = true;
    return dead_ ? Dead() : absl::OkStatus();
  }

  std::unique_ptr<storage::SqliteDatabase> database_;
  std::unique_ptr<storage::WriterConnection> inner_;
  int writes_left_ = kNever;
  bool dead_ = false;
};

}  // namespace switchboard::testing
