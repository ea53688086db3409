#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/audit/entry_seal.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/operator_audit.pb.h"

// The one tree over the entries of all chains (chain.h): which entry is which leaf. Entries become
// leaves after their commit, in the order of their chain, and stay where they are. Only who holds
// book::AuditTreeKey makes it longer. Owns the table audit_range.

namespace switchboard::audit {

// Leaves there are.
absl::StatusOr<int64_t> TreeSize(storage::Connection& connection);

// Of the first `size` leaves those from `after` on, as ranges of chains, at most `max`.
absl::StatusOr<std::vector<v1::ReadAuditTreeResponse::Range>> LeavesFrom(
    storage::Connection& connection, int64_t after, int64_t size, int max);

// Which leaf an entry is, from 0. Nothing: none yet.
absl::StatusOr<std::optional<int64_t>> PositionOf(storage::Connection& connection,
                                                  std::string_view chain_id, int64_t sequence);

// When the oldest entry that is no leaf yet, and is worth a checkpoint, was committed, in
// microseconds; nothing where there is none. A few entries without events are not: a checkpoint
// leaves one itself, and an idle hub would never come to an end of them.
absl::StatusOr<std::optional<int64_t>> OldestWithoutLeaf(storage::Connection& connection);

// Makes leaves of at most `max` entries that are none, chain by chain; of how many. Errors:
// DATA_LOSS, AUDIT_BROKEN where an entry is missing, or the tree does not hold what it must;
// AUDIT_FORGED for an entry that no hub sealed, which no checkpoint may vouch for.
absl::StatusOr<int64_t> AddLeaves(storage::Transaction& transaction, const EntrySeal& seal,
                                  int64_t max);

}  // namespace switchboard::audit
