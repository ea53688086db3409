#include "hub/upkeep/backup_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "hub/audit/heads.h"
#include "hub/base/error.h"

namespace switchboard::upkeep {
namespace {

bool WriteAll(int file, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) done += static_cast<size_t>(wrote);
  }
  return fsync(file) == 0;
}

// So that what was renamed in it is there after a loss of power.
bool SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = opened >= 0 && fsync(opened) == 0;
  if (opened >= 0) close(opened);
  return synced;
}

}  // namespace

absl::Status WriteHeads(const std::string& path, const std::vector<v1::AuditHead>& heads) {
  const std::string part = path + kPartSuffix;
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && WriteAll(file, audit::JsonOfHeads(heads) + "\n") &&
                       rename(part.c_str(), path.c_str()) == 0 && SyncFolderOf(path);
  const int problem = errno;
  if (file >= 0) close(file);
  if (written) return absl::OkStatus();
  unlink(part.c_str());
  return Error(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE",
               absl::StrCat("the heads cannot be written beside the copy: ", strerror(problem)));
}

std::optional<absl::Time> NewestBackupTime(const std::string& folder) {
  std::optional<absl::Time> newest;
  std::error_code error;
  for (std::filesystem::directory_iterator one(folder, error), end; !error && one != end;
       one.increment(error)) {
    const std::string path = one->path().string();
    struct stat facts {};
    const bool whole = !path.ends_with(kPartSuffix) && !path.ends_with("-journal") &&
                       !path.ends_with(kHeadsSuffix);
    if (!whole || stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    const absl::Time changed = absl::TimeFromTimespec(facts.st_mtim);
    if (!newest.has_value() || changed > *newest) newest = changed;
  }
  return newest;
}

}  // namespace switchboard::upkeep
