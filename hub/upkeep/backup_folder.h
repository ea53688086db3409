#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace switchboard::upkeep {

// When the newest backup in the folder was finished: the last change of the youngest file that is
// no backup under way. Nothing when there is none, or no such folder. Knows backups of before this
// hub was started as well.
std::optional<absl::Time> NewestBackupTime(const std::string& folder);

}  // namespace switchboard::upkeep
