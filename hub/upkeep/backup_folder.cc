#include "hub/upkeep/backup_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace switchboard::upkeep {

std::optional<absl::Time> NewestBackupTime(const std::string& folder) {
  std::optional<absl::Time> newest;
  std::error_code error;
  for (std::filesystem::directory_iterator one(folder, error), end; !error && one != end;
       one.increment(error)) {
    const std::string path = one->path().string();
    struct stat facts {};
    const bool whole = !path.ends_with(".part") && !path.ends_with("-journal");
    if (!whole || stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    const absl::Time changed = absl::TimeFromTimespec(facts.st_mtim);
    if (!newest.has_value() || changed > *newest) newest = changed;
  }
  return newest;
}

}  // namespace switchboard::upkeep
