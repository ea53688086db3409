#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/privacy_keys.pb.h"

// Rotations of data keys, as they stand in the table key_rotation, which is owned here: the newest
// is the one there is. key_rotation.h drives it.

namespace switchboard::upkeep {

struct KeyRotationRow {
  int64_t through = 0;  // all data keys up to here go
  std::string actor;
  int64_t start_us = 0;
  v1::ListKeysResponse::Rotation::Step step = v1::ListKeysResponse::Rotation::STEP_UNSPECIFIED;
  int64_t step_us = 0;
  std::string table;   // where it walks, by SealedTable::name …
  std::string after;   // … and behind which row (storage::RowKey)
  int64_t seen = 0;    // boxes of this step
  int64_t sealed = 0;  // boxes of all steps
  // Of boxes that no key opens the table and the key that they name: "person.box:5".
  std::set<std::string> broken;
  std::optional<int64_t> end_us;
};

// Nothing where there never was one.
absl::StatusOr<std::optional<KeyRotationRow>> NewestRotation(storage::Connection& connection);
// Of the row of the same `through`.
absl::Status WriteRotation(storage::Transaction& transaction, const KeyRotationRow& row);

// Hubs that seal by a key that goes.
absl::StatusOr<std::vector<std::string>> HubsBehind(storage::Connection& connection,
                                                    int64_t through);

// For callers: the rotation under way, or else the last one.
absl::StatusOr<std::optional<v1::ListKeysResponse::Rotation>> ShowRotation(
    storage::Connection& connection);

// Begins one for all data keys there are, unless one is under way, which goes on. Hubs
// `without_hubs` can write no more under their places, and are not waited for. REQUIRES:
// `own_hub_id` is none of them. NOT_FOUND when one of them has no place.
absl::StatusOr<v1::ListKeysResponse::Rotation> StartRotation(
    storage::Transaction& transaction, std::string_view actor, std::string_view own_hub_id,
    const std::vector<std::string>& without_hubs);

}  // namespace switchboard::upkeep
