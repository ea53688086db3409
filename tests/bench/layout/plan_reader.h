#pragma once

#include <map>
#include <string>

#include "hub/storage/database.h"

namespace switchboard::bench {

// A connection of SQLite that asks of each statement, before it runs first, how it will find its
// rows, and ends the program when that is by reading a whole table or by an index made for it.
class PlanReader final : public storage::Connection {
 public:
  explicit PlanReader(storage::Connection& connection) : connection_(connection) {}

  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override;
  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override;

 private:
  absl::Status Read(const char* sql, Parameters parameters);

  storage::Connection& connection_;
  // Their addresses are keys of the connection below, which must not outlive this one.
  std::map<const char*, std::string> questions_;
};

}  // namespace switchboard::bench
