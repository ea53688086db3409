#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/audit/merkle.h"
#include "hub/storage/transaction.h"

// A tree as rows: of every eighth level, from the leaves on, the hashes by 256 (the tiles of
// c2sp.org/tlog-tiles), of which only the last of a level has fewer and grows. What lies between is
// computed from them. Owns the table audit_tile.

namespace switchboard::audit {

// The tree as it is kept. Of one connection, which outlives it, and for one question: it keeps what
// it has read. Not thread-safe.
class Tiles {
 public:
  explicit Tiles(storage::Connection& connection) : connection_(connection) {}

  // As HashReader. Errors: DATA_LOSS, AUDIT_BROKEN where a node is missing.
  absl::StatusOr<Hash> At(int level, int64_t index);
  // Root of the first `size` leaves. Errors: the same.
  absl::StatusOr<Hash> RootAt(int64_t size);

 private:
  absl::Status Read(int level, int64_t number);

  storage::Connection& connection_;
  std::map<std::pair<int, int64_t>, std::string> read_;  // by level and number
};

// Leaves that come behind those that are kept. Not thread-safe.
class NewLeaves {
 public:
  // Errors: those of Tiles.
  static absl::StatusOr<NewLeaves> Behind(storage::Connection& connection, int64_t size);

  void Add(const Hash& leaf);
  // Of the kept leaves and the new ones.
  int64_t size() const { return tree_.size(); }
  Hash Root() const { return tree_.Root(); }

  // Errors: DATA_LOSS, AUDIT_BROKEN where a tile does not end where the new leaves begin.
  absl::Status Write(storage::Transaction& transaction) const;

 private:
  explicit NewLeaves(const CompactRange& tree) : tree_(tree) {}

  // Hashes that a tile gets.
  struct Tail {
    size_t from = 0;  // how many it has
    std::string hashes;
  };

  CompactRange tree_;
  std::map<std::pair<int, int64_t>, Tail> tails_;  // by level and number
};

}  // namespace switchboard::audit
