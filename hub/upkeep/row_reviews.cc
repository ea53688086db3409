#include "hub/upkeep/row_reviews.h"

#include <algorithm>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 200;

}  // namespace

absl::StatusOr<bool> RowReviews::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const auto due,
                   assignments::AssignmentsToReview(reader, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status RowReviews::Run(storage::Transaction& transaction) {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(auto due,
                   assignments::AssignmentsToReview(connection, transaction.now_us(), kPage));
  std::vector<storage::Key> keys;
  for (const auto& assignment : due) keys.push_back(book::PersonKey(assignment.person_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  ASSIGN_OR_RETURN(due, assignments::AssignmentsToReview(connection, transaction.now_us(), kPage));
  std::sort(keys.begin(), keys.end());
  assignments::Changes changes(transaction, sealer_, ids_, "hub");
  for (const auto& assignment : due) {
    if (!std::binary_search(keys.begin(), keys.end(), book::PersonKey(assignment.person_id)))
      continue;
    ASSIGN_OR_RETURN(const int64_t next, NextReview(transaction, assignment.person_id,
                                                    assignment.vendor_id, assignment.work_type));
    RETURN_IF_ERROR(changes.SetReview(assignment, next));
  }
  return absl::OkStatus();
}

// 0: never.
absl::StatusOr<int64_t> RowReviews::NextReview(storage::Transaction& transaction,
                                               const std::string& person_id,
                                               const std::string& vendor_id,
                                               v1::WorkType work_type) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.FindAt(connection, vendor_id, transaction.now()));
  if (contract == nullptr || !contract->maskers.contains(work_type)) return 0;
  const auto person = book_.ReadPerson(connection, person_id);
  if (absl::IsNotFound(person.status())) return 0;
  RETURN_IF_ERROR(person.status());
  const auto next = contract->maskers.at(work_type)->NextChange(*person, transaction.now());
  return next.has_value() ? absl::ToUnixMicros(*next) : 0;
}

}  // namespace switchboard::upkeep
