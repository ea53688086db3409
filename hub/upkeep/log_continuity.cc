#include "hub/upkeep/log_continuity.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/tiles.h"
#include "hub/base/error.h"
#include "hub/upkeep/checkpoint_folder.h"

namespace switchboard::upkeep {
namespace {

absl::Status Behind(const CheckpointPlace& place, const FolderContent::Found& newest,
                    absl::string_view what) {
  return Error(
      absl::StatusCode::kFailedPrecondition, "LOG_BEHIND_CHECKPOINT",
      absl::StrCat("the checkpoint ", newest.file, " in ", place.folder, " says that ", what,
                   ": put back the database that belongs to it, or, if this one was restored from "
                   "a backup, run switchboard restore"),
      {{"place", place.name}, {"file", newest.file}});
}

absl::Status CheckAgainst(storage::Connection& connection, const audit::LogSigner& log,
                          const CheckpointPlace& place, const FolderContent::Found& newest) {
  ASSIGN_OR_RETURN(const int64_t generation, audit::LogSigner::Generation(connection));
  // Before the last restore; which of it was lost then, audit verify tells.
  if (newest.generation < generation) return absl::OkStatus();
  if (newest.generation > generation) {
    return Behind(
        place, newest,
        absl::StrCat("the log is ", newest.checkpoint.origin,
                     " since a restore, and the database holds ", log.NameOf(generation)));
  }
  const int64_t size = newest.checkpoint.size;
  ASSIGN_OR_RETURN(const int64_t there, audit::TreeSize(connection));
  if (there < size) {
    return Behind(place, newest,
                  absl::StrCat("the audit log had ", size, " entries, and the database holds ",
                               there, " of which it knew"));
  }
  ASSIGN_OR_RETURN(const audit::Hash root, audit::Tiles(connection).RootAt(size));
  if (root == newest.checkpoint.root) return absl::OkStatus();
  return Behind(place, newest,
                absl::StrCat("the first ", size, " entries of the audit log were other ones"));
}

}  // namespace

absl::Status CheckLogGoesOn(storage::Connection& connection, const audit::LogSigner& log,
                            const std::vector<CheckpointPlace>& places) {
  for (const CheckpointPlace& place : places) {
    const auto content = ReadCheckpointFolder(place.folder, log);
    if (content.ok() && content->newest.has_value())
      RETURN_IF_ERROR(CheckAgainst(connection, log, place, *content->newest));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> NextGeneration(storage::Connection& connection, const audit::LogSigner& log,
                                       const std::vector<CheckpointPlace>& places) {
  ASSIGN_OR_RETURN(int64_t newest, audit::LogSigner::Generation(connection));
  for (const CheckpointPlace& place : places) {
    const auto content = ReadCheckpointFolder(place.folder, log);
    if (content.ok() && content->newest.has_value())
      newest = std::max(newest, content->newest->generation);
  }
  return newest + 1;
}

}  // namespace switchboard::upkeep
