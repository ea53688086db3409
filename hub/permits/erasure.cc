#include "hub/permits/erasure.h"

#include "hub/base/error.h"

namespace switchboard::permits {
namespace {

constexpr char kErasePermits[] =
    "DELETE FROM permit WHERE assignment_id IN (SELECT c2 FROM rows($1)) RETURNING assignment_id";

}  // namespace

absl::StatusOr<std::vector<int64_t>> ErasePermits(
    storage::Transaction& transaction,
    const std::vector<assignments::EndedAssignment>& assignments) {
  std::vector<std::string> of_assignments;
  RETURN_IF_ERROR(transaction.Query(kErasePermits, {assignments::RowsOf(assignments)},
                                    [&](const storage::Row& row) {
                                      of_assignments.emplace_back(row.Text(0));
                                      return absl::OkStatus();
                                    }));
  return assignments::CountEach(assignments, of_assignments);
}

}  // namespace switchboard::permits
