#include "hub/unmasking/erasure.h"

namespace switchboard::unmasking {
namespace {

constexpr char kErase[] = "DELETE FROM unmasking WHERE assignment_id IN (SELECT c2 FROM rows($1))";

}  // namespace

absl::StatusOr<int64_t> EraseUnmaskings(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  return transaction.Execute(kErase, {assignments::RowsOf(assignments)});
}

}  // namespace switchboard::unmasking
