// What lies in a backup folder: the noted heads, and a file that calls itself a database.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "hub/audit/heads.h"
#include "hub/storage/sqlite_copy.h"
#include "tests/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const switchboard::testing::TemporaryFolder folder;
  const std::string content(reinterpret_cast<const char*>(data), size);
  (void)switchboard::audit::ReadHeads(content);
  const std::string path = folder / "backup.db";
  {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
  }
  (void)switchboard::storage::CheckSqlite(path, [](int64_t, int64_t) { return true; });
  return 0;
}
