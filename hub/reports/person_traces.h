#pragma once

#include <string>

#include "hub/storage/database.h"

namespace switchboard::reports {

// Whether a row of any table is kept that names this person by the core's id, whether or not the
// book knows them. Logs, and what stands in boxes alone, are not looked at.
absl::StatusOr<bool> AnythingKeptOf(storage::Connection& reader, const std::string& person_id);

}  // namespace switchboard::reports
