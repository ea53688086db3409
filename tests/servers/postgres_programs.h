#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace switchboard::servers {

// The folder with initdb, postgres, pg_basebackup and pg_rewind: of Debian's packages the newest
// version, else what PATH leads to. Errors: NOT_FOUND, PACKAGE_MISSING.
absl::StatusOr<std::string> FindPostgresPrograms();

}  // namespace switchboard::servers
