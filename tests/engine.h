#pragma once

#include <string>
#include <vector>

#include "hub/storage/open_database.h"

// Tests of everything above storage/ run on both engines: ctest runs their programs twice, the
// second time with SWITCHBOARD_TEST_ENGINE=postgres.

namespace switchboard::testing {

// Empty storage for one test on the engine of this run. On PostgreSQL a fresh database on a server
// that all tests of the program share and that ends with it (the database goes when the next test
// asks for one; outside a test it stays); otherwise a file in `folder`.
// `lanes` counts on PostgreSQL only; with two, what takes one lane for granted shows.
storage::StorageOptions NewStorage(const std::string& folder, int lanes = 2);

// Every file into which the storage of this run writes: of `folder`, or of the server.
std::vector<std::string> StorageFiles(const std::string& folder);

bool OnPostgres();

}  // namespace switchboard::testing
