#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct pg_conn;

namespace switchboard::servers {

// One plain connection for statements of tests and of the servers themselves; what the hub uses is
// in hub/storage. Blocks. Thread-compatible.
class PostgresSession {
 public:
  using Row = std::vector<std::string>;  // columns as text; NULL is empty

  // Errors: UNAVAILABLE, CONNECTION_FAILED.
  static absl::StatusOr<PostgresSession> Open(const std::string& uri);

  // One statement with $1, $2, … in place of parameters. Errors: UNAVAILABLE, CONNECTION_LOST: it
  // is unknown whether the statement took effect; INTERNAL, STATEMENT_FAILED with metadata
  // "sqlstate".
  absl::StatusOr<std::vector<Row>> Run(const std::string& sql,
                                       const std::vector<std::string>& parameters = {});

  // The first column of the first row; empty when there is none. Errors: as Run.
  absl::StatusOr<std::string> Value(const std::string& sql,
                                    const std::vector<std::string>& parameters = {});

  // The name in double quotes, for a place where no parameter can stand.
  std::string Quoted(const std::string& name) const;

 private:
  struct Closer {
    void operator()(pg_conn* connection) const;
  };

  explicit PostgresSession(std::unique_ptr<pg_conn, Closer> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<pg_conn, Closer> connection_;
};

}  // namespace switchboard::servers
