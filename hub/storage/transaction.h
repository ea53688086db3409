#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/base/clock.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

// What a unit of work sees: the connection inside the group's transaction, the group's time, and
// two lists that live and die with the unit: records for the audit log, and topics to announce
// after the commit. Used by one unit at a time, on the writer's thread.
class Transaction {
 public:
  Transaction(Connection& connection, absl::Time now) : connection_(connection), now_(now) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Connection& connection() { return connection_; }

  // The time of the group, the same for every unit in it.
  absl::Time now() const { return now_; }
  int64_t now_us() const { return absl::ToUnixMicros(now_); }

  absl::StatusOr<int64_t> Execute(const char* sql, Connection::Parameters parameters) {
    return connection_.Execute(sql, parameters);
  }
  absl::Status Query(const char* sql, Connection::Parameters parameters,
                     Connection::Visitor visit) {
    return connection_.Query(sql, parameters, visit);
  }

  // Adds bytes to what the audit log seals with this commit.
  void Record(std::string event) { records_.push_back(std::move(event)); }
  // Announces `topic` once the commit is durable: "feed/sakura", "outcomes".
  void Announce(std::string_view topic) { topics_.emplace_back(topic); }

  const std::vector<std::string>& records() const { return records_; }
  // Hands both lists over once the group is committed.
  void Take(std::vector<std::string>* topics, std::vector<std::string>* records) {
    topics->swap(topics_);
    records->swap(records_);
  }

  // Marks of a unit's beginning, for the writer: what came after is dropped when the unit fails.
  struct Mark {
    size_t records;
    size_t topics;
  };
  Mark Here() const { return {records_.size(), topics_.size()}; }
  void DropAfter(const Mark& mark) {
    records_.resize(mark.records);
    topics_.resize(mark.topics);
  }

 private:
  Connection& connection_;
  const absl::Time now_;
  std::vector<std::string> records_;
  std::vector<std::string> topics_;
};

}  // namespace switchboard::storage
