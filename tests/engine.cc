#include "tests/engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::testing {
namespace {

servers::PostgresServer& SharedServer() {
  static const auto server = [] {
    servers::PostgresOptions options;
    options.settings = {{"wal_keep_size", "0"}, {"max_wal_size", "256MB"}};  // nobody follows it
    auto created = servers::PostgresServer::Create(options);
    if (!created.ok()) std::cerr << created.status() << "\n";
    SWITCHBOARD_ASSERT(created.ok());
    return *std::move(created);
  }();
  return *server;
}

// The databases of the test that runs. Those of the test before it go when it asks for its first:
// with all of a program's tests a server would grow by gigabytes, and slower with each database.
class Databases {
 public:
  absl::StatusOr<std::string> Create() {
    const MutexLock lock(mutex_);
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    if (test != test_) {
      for (const std::string& name : names_) RETURN_IF_ERROR(SharedServer().DropDatabase(name));
      names_.clear();
      test_ = test;
    }
    const std::string name = absl::StrCat("engine_", ++number_);
    // One that is made for a whole suite, outside any test, stays.
    if (test != nullptr) names_.push_back(name);
    return SharedServer().CreateDatabase(name);
  }

 private:
  Mutex mutex_;
  int number_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  const ::testing::TestInfo* test_ SWITCHBOARD_GUARDED_BY(mutex_) = nullptr;
  std::vector<std::string> names_ SWITCHBOARD_GUARDED_BY(mutex_);
};

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
  static Databases databases;
  auto url = databases.Create();
  SWITCHBOARD_ASSERT(url.ok());
  // A machine that does much else at the same time is slow, and not away.
  options.postgres_url = absl::StrCat(*url, "&connect_timeout=60");
  options.lanes = lanes;
  return options;
}

std::vector<std::string> StorageFiles(const std::string& folder) {
  std::vector<std::string> files;
  const std::filesystem::path root = OnPostgres() ? SharedServer().data_folder() : folder;
  std::error_code vanished;  // a server's files come and go
  for (auto entry = std::filesystem::recursive_directory_iterator(root, vanished);
       entry != std::filesystem::recursive_directory_iterator(); entry.increment(vanished)) {
    if (entry->is_regular_file(vanished)) files.push_back(entry->path());
  }
  return files;
}

}  // namespace switchboard::testing
