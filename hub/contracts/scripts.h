#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/storage/transaction.h"

namespace switchboard::contracts {

// What agents say, by script and version. Of a script's versions the highest whose first day has
// begun, in UTC, decides, also when it has ended. One whose text cannot be used is taken to have
// begun, and none of its script is in force until a higher one has. Reasons of errors:
// SCRIPT_VERSION, SCRIPT_UNKNOWN. Thread-safe.
class Scripts : public VersionedTexts {
 public:
  Scripts();

  // Which version is in force on the day of `now`, of each script that has one, by script.
  absl::StatusOr<std::map<std::string, int>> InForce(storage::Connection& connection,
                                                     absl::Time now) const;
};

}  // namespace switchboard::contracts
