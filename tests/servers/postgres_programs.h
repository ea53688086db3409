#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace switchboard::servers {

// The folder with initdb, postgres, pg_basebackup and pg_rewind: of Debian's packages the newest
// version, else what PATH leads to. Errors: NOT_FOUND, PACKAGE_MISSING.
absl::StatusOr<std::string> FindPostgresPrograms();

// Of a server that was killed, the segment of shared memory by which it would have seen another one
// on the same data. The next start would remove it; there may be none.
void FreeSharedMemory(const std::string& data_folder);

}  // namespace switchboard::servers
