#include "hub/core_feed/erasure.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/storage/counter.h"

namespace switchboard::core_feed {
namespace {

using storage::Row;

constexpr char kErasedThrough[] = "core_item/erased";
constexpr char kSelectConfirmed[] = "SELECT MIN(confirmed) FROM core_cursor";
constexpr char kErase[] = "DELETE FROM core_item WHERE sequence IN (SELECT c1 FROM rows($1))";

}  // namespace

absl::StatusOr<int64_t> ConfirmedByAll(storage::Connection& connection) {
  int64_t confirmed = 0;
  RETURN_IF_ERROR(connection.Query(kSelectConfirmed, {}, [&](const Row& row) {
    confirmed = row.Integer(0);
    return absl::OkStatus();
  }));
  return confirmed;
}

absl::Status EraseItems(storage::Transaction& transaction, const std::vector<int64_t>& sequences) {
  if (sequences.empty()) return absl::OkStatus();
  storage::Rows rows({storage::Value::Kind::kInteger}, sequences.size());
  for (const int64_t sequence : sequences) rows.Add({sequence});
  RETURN_IF_ERROR(transaction.Execute(kErase, {rows}).status());
  return storage::RaiseNumber(transaction, kErasedThrough,
                              *std::max_element(sequences.begin(), sequences.end()));
}

absl::StatusOr<int64_t> ErasedThrough(storage::Connection& connection) {
  return storage::NewestNumber(connection, kErasedThrough);
}

}  // namespace switchboard::core_feed
