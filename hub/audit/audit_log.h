#pragma once

#include <string>

#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {

// Starts an event of `kind` caused by `actor` ("core/main", "vendor/sakura", "operator/ito",
// "hub").
v1::AuditEvent Event(v1::AuditEvent::Kind kind, std::string_view actor);

// Adds `event` to what is sealed with the unit's commit; dropped with the unit if it fails. Sets
// its time.
void Record(storage::Transaction& transaction, v1::AuditEvent event);

// One chain: one entry per commit that has events. Used by the one writer that owns the chain.
class AuditLog {
 public:
  explicit AuditLog(std::string chain_id) : chain_id_(std::move(chain_id)) {}

  // Appends the entry that seals the transaction's records. For Writer::Hooks::before_commit.
  absl::Status Seal(storage::Transaction& transaction) const;

 private:
  const std::string chain_id_;
};

// Visits entries of a chain in order, from `after` + 1, until `visit` returns false.
absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id, int64_t after,
                         int max_entries, absl::FunctionRef<bool(v1::AuditEntry)> visit);

// Ids of all chains, in order.
absl::StatusOr<std::vector<std::string>> ChainIds(storage::Connection& reader);

}  // namespace switchboard::audit
