#include "hub/permits/erasure.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::permits {
namespace {

constexpr char kErasePermits[] =
    "DELETE FROM permit WHERE assignment_id IN (SELECT c2 FROM rows($1)) RETURNING assignment_id, "
    "number_digest";

}  // namespace

absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::string> of_assignments;
  std::vector<storage::Key> numbers;
  RETURN_IF_ERROR(transaction.Query(kErasePermits, {assignments::RowsOf(assignments)},
                                    [&](const storage::Row& row) {
                                      of_assignments.emplace_back(row.Text(0));
                                      numbers.push_back(book::NumberKey(row.Text(1)));
                                      return absl::OkStatus();
                                    }));
  RETURN_IF_ERROR(transaction.DropKeys(numbers));
  return assignments::CountEach(assignments, of_assignments);
}

}  // namespace switchboard::permits
