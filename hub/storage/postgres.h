#pragma once

#include <memory>
#include <string>

#include "hub/storage/database.h"

namespace switchboard::storage {

class LatestPrimary;

struct PostgresOptions {
  // "postgresql://hub@db1,db2/switchboard?target_session_attrs=read-write&sslmode=verify-full".
  // Whatever libpq understands; the password belongs into a file (passfile) or the environment.
  std::string url;
  // Name of this hub, for the server's lists.
  std::string hub_id = "hub-1";
  // Groups under way at the same time, each on a connection of its own.
  int lanes = 4;
};

// PostgreSQL 13 or newer, for several hubs at once. Isolation is READ
// COMMITTED: what a unit decides by it holds first, see WriterConnection::Hold. Connect directly or
// through a pooler in session mode; statements stay prepared.
class PostgresDatabase final : public Database {
 public:
  // Reaches the server and makes the engine's own table. Errors, none of which repeats the URL:
  // INVALID_ARGUMENT, DATABASE_URL_INVALID; UNAVAILABLE, DATABASE_UNREACHABLE, also for a server
  // whose certificate is not what the URL wants; FAILED_PRECONDITION, DATABASE_INVALID when it is
  // older than PostgreSQL 13 or not in UTF-8.
  static absl::StatusOr<std::unique_ptr<PostgresDatabase>> Open(const PostgresOptions& options);

  // Whether libpq can read such a URL, without a connection. Errors: DATABASE_URL_INVALID as above.
  static absl::Status CheckUrl(const std::string& url);

  absl::StatusOr<std::unique_ptr<Connection>> OpenReader() override;
  absl::StatusOr<std::unique_ptr<WriterConnection>> OpenWriter() override;
  int lanes() const override { return options_.lanes; }
  size_t group_max() const override;
  // A statement is a round trip; but where all have the one lane, they wait for it.
  size_t piece_max() const override { return options_.lanes > 1 ? 1'000 : 125; }
  std::unique_ptr<Bulletin> OpenBulletin(std::function<void(const std::string&)> hear) override;
  absl::Status CanBackUp() const override;
  absl::Status BackUp(const std::string&, CopyProgress) override { return CanBackUp(); }
  absl::Status CheckBackup(const std::string&, CopyProgress) override { return CanBackUp(); }
  absl::StatusOr<std::unique_ptr<Connection>> OpenBackup(const std::string&) override {
    return CanBackUp();
  }
  std::string Describe() const override { return description_; }

 private:
  explicit PostgresDatabase(PostgresOptions options);

  const PostgresOptions options_;
  const std::shared_ptr<LatestPrimary> latest_;
  std::string description_;
};

}  // namespace switchboard::storage
