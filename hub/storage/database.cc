#include "hub/storage/database.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

// An operator needs a while to make room; who asks meanwhile costs little.
constexpr absl::Duration kFullRetryDelay = absl::Seconds(5);

}  // namespace

bool Connection::OverNoRows(Parameters parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [](const Value& value) {
    return value.kind() == Value::Kind::kRows && value.rows().empty();
  });
}

absl::Status StorageFull() {
  return ExhaustedError("STORAGE_FULL", "the disk of the database is full", kFullRetryDelay);
}

absl::Status StorageLow() {
  return ExhaustedError("STORAGE_LOW",
                        "the disk of the database has little room left: it waits until an operator "
                        "has made some, while stops, permits and outcomes go on",
                        kFullRetryDelay);
}

absl::Status DatabaseDamaged() {
  return Error(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED",
               "the database is damaged; restore it from a backup");
}

bool SaysStorageFull(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ErrorReason(status) == "STORAGE_FULL";
}

bool AsksForRetry(const absl::Status& status) {
  return absl::IsUnavailable(status) && ErrorReason(status).empty();
}

absl::Status ForCallers(const absl::Status& status) {
  if (!AsksForRetry(status)) return status;
  return Error(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE",
               "the hub's database cannot answer now; ask again");
}

bool SaysDatabaseAway(const absl::Status& status) {
  return absl::IsUnknown(status) || AsksForRetry(status) ||
         (absl::IsUnavailable(status) && ErrorReason(status) == "DATABASE_UNREACHABLE");
}

}  // namespace switchboard::storage
