#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/log_signer.h"

// A folder that keeps checkpoints: a file for each, which is written once, is for everybody to read
// and is never touched again. "1-000000000812.checkpoint" is of the database's first log
// (LogSigner) and of 812 leaves, so that the newest comes last in a listing.

namespace switchboard::upkeep {

std::string CheckpointFileName(int64_t generation, int64_t size);

// Writes the file, which is on disk when it returns; one that this was cut short at before is
// finished, and the same note that is there already is as good. The folder must be there. Errors:
// DATA_LOSS, CHECKPOINT_CONFLICT where another note has the name; UNAVAILABLE, PLACE_UNUSABLE.
absl::Status WriteCheckpointFile(const std::string& folder, const std::string& name,
                                 const std::string& note);

// What a folder says of a log.
struct FolderContent {
  struct Found {
    std::string file;  // its name
    int64_t generation = 0;
    audit::Checkpoint checkpoint;
  };
  // The newest that the log signed.
  std::optional<Found> newest;
  // A file, named as if it were newer, whose note bears the log's name and is not by its key.
  // Empty: none.
  std::string stranger;
};

// Files of other logs, and what is none of a checkpoint or has another one's name, are passed over.
// Errors: UNAVAILABLE, PLACE_UNUSABLE.
absl::StatusOr<FolderContent> ReadCheckpointFolder(const std::string& folder,
                                                   const audit::LogSigner& log);

}  // namespace switchboard::upkeep
