#pragma once

#include <string>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {

// Starts an event of `kind` caused by `actor` ("core/main", "vendor/sakura", "operator/ito",
// "hub").
v1::AuditEvent Event(v1::AuditEvent::Kind kind, std::string_view actor);

// Adds `event` to what is sealed with the unit's commit; dropped with the unit if it fails. Sets
// its time.
void Record(storage::Transaction& transaction, v1::AuditEvent event);

// The chains of one hub, one for each lane of its writer and called as it is, so that no lane waits
// for another: one entry per commit that has events. Thread-safe apart from the transactions passed
// in.
class AuditLog {
 public:
  explicit AuditLog(std::string hub_id) : hub_id_(std::move(hub_id)) {}

  // Appends the entry that seals the transaction's records, if it has any, to the lane's chain; its
  // hash. For WriterHooks::before_commit.
  absl::StatusOr<std::string> Seal(storage::Transaction& transaction, int lane) const;

  // True if the lane's chain ends with the entry of this hash, which nobody else continues. For
  // WriterHooks::find_commit.
  absl::StatusOr<bool> EndsWith(storage::Connection& connection, int lane,
                                std::string_view hash) const;

 private:
  const std::string hub_id_;
};

// Visits entries of a chain in order, from `after` + 1, until `visit` returns false.
absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id, int64_t after,
                         int max_entries, absl::FunctionRef<bool(v1::AuditEntry)> visit);
// The same with their events as they lie there, in `stored_events`, whatever that is.
absl::Status ReadStoredEntries(storage::Connection& reader, std::string_view chain_id,
                               int64_t after, int max_entries,
                               absl::FunctionRef<bool(v1::AuditEntry)> visit);

// Ids of all chains, in order.
absl::StatusOr<std::vector<std::string>> ChainIds(storage::Connection& reader);

// The newest entry of every chain, by chain.
absl::StatusOr<std::vector<v1::AuditHead>> Heads(storage::Connection& reader);

}  // namespace switchboard::audit
