#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::upkeep {

// Behind the name of a backup: the file beside it with the heads of its audit chains.
inline constexpr char kHeadsSuffix[] = ".heads.json";

// Behind the name of a file that is not whole yet.
inline constexpr char kPartSuffix[] = ".part";

// Writes heads (audit/heads.h) into a file of mode 0600, which is on disk when it returns and
// replaces one of that name. Errors: FAILED_PRECONDITION, BACKUP_FOLDER_UNUSABLE.
absl::Status WriteHeads(const std::string& path, const std::vector<v1::AuditHead>& heads);

// When the newest backup in the folder was finished: the last change of the youngest file that is
// no backup under way and no file of heads. Nothing when there is none, or no such folder. Knows
// backups of before this hub was started as well.
std::optional<absl::Time> NewestBackupTime(const std::string& folder);

}  // namespace switchboard::upkeep
