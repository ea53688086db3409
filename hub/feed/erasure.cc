#include "hub/feed/erasure.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::feed {
namespace {

using storage::Row;

constexpr char kSelectOldDisclosure[] =
    "SELECT sequence FROM (SELECT sequence, disclose_time FROM disclosure ORDER BY sequence LIMIT "
    "$1) AS oldest WHERE disclose_time <= $2 LIMIT 1";
constexpr char kEraseDisclosures[] =
    "DELETE FROM disclosure WHERE sequence IN (SELECT sequence FROM disclosure ORDER BY sequence "
    "LIMIT $1) AND disclose_time <= $2 RETURNING sequence";

}  // namespace

absl::StatusOr<bool> AnyOldDisclosures(storage::Connection& connection, int64_t until_us,
                                       int limit) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOldDisclosure, {limit, until_us}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<ErasedDisclosures> EraseDisclosures(storage::Transaction& transaction,
                                                   int64_t until_us, int limit) {
  ErasedDisclosures erased;
  RETURN_IF_ERROR(transaction.Query(kEraseDisclosures, {limit, until_us}, [&](const Row& row) {
    ++erased.count;
    erased.last_sequence = std::max(erased.last_sequence, row.Integer(0));
    return absl::OkStatus();
  }));
  return erased;
}

}  // namespace switchboard::feed
