#include "hub/storage/database.h"

#include "hub/base/error.h"

namespace switchboard::storage {

absl::StatusOr<int64_t> Connection::ExecuteMany(const char* sql, ParameterSets sets) {
  int64_t changed = 0;
  for (const auto& parameters : sets) {
    ASSIGN_OR_RETURN(const int64_t one, Execute(sql, parameters));
    changed += one;
  }
  return changed;
}

absl::Status Connection::QueryMany(const char* sql, ParameterSets sets, SetVisitor visit) {
  for (size_t set = 0; set < sets.size(); ++set) {
    RETURN_IF_ERROR(Query(sql, sets[set], [&](const Row& row) { return visit(set, row); }));
  }
  return absl::OkStatus();
}

bool AsksForRetry(const absl::Status& status) {
  return absl::IsUnavailable(status) && ErrorReason(status).empty();
}

}  // namespace switchboard::storage
