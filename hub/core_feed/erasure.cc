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
constexpr char kSelectWaiting[] =
    "SELECT n FROM rows($1) WHERE EXISTS (SELECT 1 FROM core_item WHERE of_assignment = c1 AND "
    "of_assignment <> '' AND sequence > $2)";
constexpr char kEraseOf[] =
    "DELETE FROM core_item WHERE of_assignment <> '' AND of_assignment IN (SELECT c1 FROM "
    "rows($1)) RETURNING sequence";

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

absl::StatusOr<std::vector<bool>> ItemsWait(storage::Connection& connection,
                                            const std::vector<std::string>& assignment_ids) {
  ASSIGN_OR_RETURN(const int64_t confirmed, ConfirmedByAll(connection));
  return ItemsWait(connection, assignment_ids, confirmed);
}

absl::StatusOr<std::vector<bool>> ItemsWait(storage::Connection& connection,
                                            const std::vector<std::string>& assignment_ids,
                                            int64_t confirmed) {
  std::vector<bool> waiting(assignment_ids.size(), false);
  RETURN_IF_ERROR(connection.Query(kSelectWaiting, {storage::RowsOf(assignment_ids), confirmed},
                                   [&](const Row& row) {
                                     waiting[static_cast<size_t>(row.Integer(0) - 1)] = true;
                                     return absl::OkStatus();
                                   }));
  return waiting;
}

absl::Status EraseItemsOf(storage::Transaction& transaction,
                          const std::vector<std::string>& assignment_ids) {
  int64_t highest = 0;
  RETURN_IF_ERROR(
      transaction.Query(kEraseOf, {storage::RowsOf(assignment_ids)}, [&](const Row& row) {
        highest = std::max(highest, row.Integer(0));
        return absl::OkStatus();
      }));
  if (highest == 0) return absl::OkStatus();
  return storage::RaiseNumber(transaction, kErasedThrough, highest);
}

absl::StatusOr<int64_t> ErasedThrough(storage::Connection& connection) {
  return storage::NewestNumber(connection, kErasedThrough);
}

}  // namespace switchboard::core_feed
