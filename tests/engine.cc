#include "tests/engine.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::testing {
namespace {

servers::PostgresServer& SharedServer() {
  static const auto server = [] {
    auto created = servers::PostgresServer::Create();
    if (!created.ok()) std::cerr << created.status() << "\n";
    SWITCHBOARD_ASSERT(created.ok());
    return *std::move(created);
  }();
  return *server;
}

// A folder of a PostgreSQL server's that holds a database is named by a number that grows.
int64_t NumberOf(const std::filesystem::path& database) {
  int64_t number = 0;
  return absl::SimpleAtoi(database.filename().string(), &number) ? number : 0;
}

int64_t NewestOf(const std::filesystem::path& databases) {
  int64_t newest = 0;
  std::error_code error;
  for (const auto& database : std::filesystem::directory_iterator(databases, error))
    newest = std::max(newest, NumberOf(database.path()));
  return newest;
}

}  // namespace

bool OnPostgres() {
  static const bool on_postgres = [] {
    const char* engine = std::getenv("SWITCHBOARD_TEST_ENGINE");
    return engine != nullptr && std::string(engine) == "postgres";
  }();
  return on_postgres;
}

storage::StorageOptions NewStorage(const std::string& folder, int lanes) {
  storage::StorageOptions options;
  if (!OnPostgres()) {
    options.sqlite_path = folder + "/hub.db";
    return options;
  }
  static std::atomic<int> number = 0;
  auto url = SharedServer().CreateDatabase(absl::StrCat("engine_", ++number));
  SWITCHBOARD_ASSERT(url.ok());
  // A machine that does much else at the same time is slow, and not away.
  options.postgres_url = absl::StrCat(*url, "&connect_timeout=60");
  options.lanes = lanes;
  return options;
}

std::vector<std::string> StorageFiles(const std::string& folder) {
  std::vector<std::string> files;
  const std::filesystem::path root = OnPostgres() ? SharedServer().data_folder() : folder;
  const std::filesystem::path databases = root / "base";
  const int64_t newest = OnPostgres() ? NewestOf(databases) : 0;
  std::error_code vanished;  // a server's files come and go
  for (auto entry = std::filesystem::recursive_directory_iterator(root, vanished);
       entry != std::filesystem::recursive_directory_iterator(); entry.increment(vanished)) {
    if (entry->path().parent_path() == databases && NumberOf(entry->path()) < newest)
      entry.disable_recursion_pending();
    if (entry->is_regular_file(vanished)) files.push_back(entry->path());
  }
  return files;
}

}  // namespace switchboard::testing
