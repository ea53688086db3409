#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/storage/box_place.h"
#include "hub/storage/transaction.h"

// Columns of boxes, for whoever walks over all of them: each room that has one describes it beside
// its SQL, and upkeep/sealed_tables.h lists them all.

namespace switchboard::storage {

// A column of boxes, which are of no length where there is nothing to seal.
struct SealedTable {
  static constexpr int kKeyColumnsMax = 3;

  const char* name;  // "person.box"
  // Of the columns of the table's key, in order; kNull behind the last.
  Value::Kind key[kKeyColumnsMax];
  // Rows behind a key (a parameter for each of its columns) in the order of the key, and no more
  // than the last parameter says: the columns of the key, the box, and what else `place` reads.
  const char* select_after;
  // Puts boxes (rows: the new one, the columns of the key, the former one) where the former one
  // lies still, so that nobody need be held.
  const char* update;
  // What the box of such a row is bound to.
  BoxPlace (*place)(const Row& row);
};

// A row of it. `key`: as text, numbers too.
struct SealedRow {
  std::vector<std::string> key;
  std::string box;
  BoxPlace place;
};

// The rows behind `after`, what RowKey gave or empty for the first ones. DATA_LOSS: it is none.
absl::StatusOr<std::vector<SealedRow>> ReadSealed(Connection& connection, const SealedTable& table,
                                                  std::string_view after, int limit);

// Where a walk over the table stands that has come to this row; a few hundred bytes at most.
std::string RowKey(const SealedRow& row);

// A box to be replaced.
struct SealedAnew {
  SealedRow row;
  std::string box;
};

// Replaces boxes; how many. Those that changed or went meanwhile are left to who did it.
absl::StatusOr<int64_t> SwapBoxes(Transaction& transaction, const SealedTable& table,
                                  const std::vector<SealedAnew>& boxes);

}  // namespace switchboard::storage
