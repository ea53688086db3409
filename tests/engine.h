#pragma once

#include <string>

#include "hub/storage/open_database.h"

// Tests of everything above storage/ run on both engines: ctest runs their programs twice, the
// second time with SWITCHBOARD_TEST_ENGINE=postgres.

namespace switchboard::testing {

// Empty storage for one test on the engine of this run. On PostgreSQL a fresh database on a server
// that all tests of the program share and that ends with it; otherwise a file in `folder`.
storage::StorageOptions NewStorage(const std::string& folder);

bool OnPostgres();

}  // namespace switchboard::testing
