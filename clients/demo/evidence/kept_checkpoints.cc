#include <algorithm>
#include <filesystem>
#include <system_error>

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

// All files of the folder, by name.
absl::StatusOr<std::vector<audit::NotedCheckpoint>> CheckpointsIn(const std::string& folder) {
  std::vector<audit::NotedCheckpoint> kept;
  std::error_code error;
  std::filesystem::directory_iterator one(folder, error);
  for (const std::filesystem::directory_iterator end; !error && one != end; one.increment(error)) {
    ASSIGN_OR_RETURN(std::string note, ReadWholeFile(one->path().string()));
    kept.push_back({one->path().filename().string(), std::move(note)});
  }
  if (error) return Error(absl::StatusCode::kNotFound, "FILE_MISSING", folder);
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.source < b.source; });
  return kept;
}

}  // namespace

absl::Status ReadCheckpoints(const std::string& folder, audit::LogSource& log, Evidence* evidence) {
  audit::LogCheckOptions options;
  ASSIGN_OR_RETURN(options.checkpoints, CheckpointsIn(folder));
  ASSIGN_OR_RETURN(evidence->log,
                   audit::CheckLog(log, std::move(options), [](int64_t, int64_t) {}));
  return absl::OkStatus();
}

}  // namespace switchboard::demo
