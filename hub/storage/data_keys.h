#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/storage/transaction.h"
#include "hub/storage/wrappings.h"

// The keys of a database, wrapped, and what each hub seals and opens by. Owns the table data_key,
// and of the table hub the columns sealing_key and opens.
//
// Who adds keys or wraps them holds StartKey() (schema.h), as a starting hub does: numbers are
// given one after the other, and no key is left behind by who wraps all of them.

namespace switchboard::storage {

inline constexpr std::string_view kRootPurpose = "root";
inline constexpr std::string_view kDataPurpose = "data";

struct DataKey {
  int64_t number = 0;
  std::string purpose;
  std::string hub_id;
  std::string wrapped_by;
  std::string wrapped;  // empty: it is gone
  int64_t create_us = 0;
  std::optional<int64_t> retire_us;
  std::optional<int64_t> destroy_us;
};

// All keys there ever were, by number.
absl::StatusOr<std::vector<DataKey>> AllDataKeys(Connection& connection);
absl::StatusOr<bool> HasDataKeys(Connection& connection);
// Nothing where there never was one of this number.
absl::StatusOr<std::optional<DataKey>> FindDataKey(Connection& connection, int64_t number);
// The highest number given so far, 0 if none.
absl::StatusOr<int64_t> NewestDataKey(Connection& connection);

// The key itself. REQUIRES: it is not gone. Errors: as of Wrappings::Unwrap.
absl::StatusOr<Secret> UnwrapDataKey(Wrappings& wrappings, const DataKey& key);

// Adds a key under the next number, which it returns. It is wrapped by what the root key is wrapped
// by, so that hubs that do not have this one's newer wrapping key yet open it as well; the root key
// by this hub's own. Errors: as of KeyWrapping::Wrap.
absl::StatusOr<int64_t> AddDataKey(Connection& connection, Wrappings& wrappings,
                                   std::string_view purpose, std::string_view hub_id,
                                   const Secret& key, int64_t now_us);

// A hub that has a place seals by `number` from now on, and has these wrapping keys
// (Wrappings::Opens). Its former data keys are retired.
absl::Status NoteSealingKey(Connection& connection, std::string_view hub_id, int64_t number,
                            std::string_view opens, int64_t now_us);

// Takes the bytes of data keys up to `through` away, other than of `kept`; how many went.
// Transaction::Forget is left to the caller.
absl::StatusOr<int64_t> DestroyDataKeys(Transaction& transaction, int64_t through,
                                        const std::vector<int64_t>& kept);

// Wraps all keys that are there by the hub's own wrapping key; how many were by another. Errors:
// FAILED_PRECONDITION, WRAPPING_KEY_NOT_EVERYWHERE: a hub that has a place does not have it; as of
// Wrappings::Unwrap and KeyWrapping::Wrap.
absl::StatusOr<int> WrapAllAnew(Transaction& transaction, Wrappings& wrappings);

// What a hub that has a place seals and opens by. One that was evicted has none.
struct HubKeyRow {
  std::string hub_id;
  int64_t sealing_key = 0;
  std::vector<std::string> opens;
  int64_t start_us = 0;
};

// By hub id.
absl::StatusOr<std::vector<HubKeyRow>> KeysOfHubs(Connection& connection);

}  // namespace switchboard::storage
