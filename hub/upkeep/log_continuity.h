#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/audit/log_signer.h"
#include "hub/storage/database.h"

// What places that keep checkpoints say of a database that is about to be served.

namespace switchboard::upkeep {

// A folder that checkpoints go to.
struct CheckpointPlace {
  std::string name;
  std::string folder;
};

// Whether the log goes on where the newest checkpoint in each place is, if that is of its name and
// key. A place that cannot be read says nothing; CheckpointPlaces tells of it. Errors:
// FAILED_PRECONDITION, LOG_BEHIND_CHECKPOINT, with the file, where the log ends before it, is
// another one, or was followed by another behind a restore; those of audit::Tiles.
absl::Status CheckLogGoesOn(storage::Connection& connection, const audit::LogSigner& log,
                            const std::vector<CheckpointPlace>& places);

// The generation (LogSigner) that a restored database begins: larger than its own, and than any
// that a place knows.
absl::StatusOr<int64_t> NextGeneration(storage::Connection& connection, const audit::LogSigner& log,
                                       const std::vector<CheckpointPlace>& places);

}  // namespace switchboard::upkeep
