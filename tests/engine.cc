#include "tests/engine.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::testing {
namespace {

// Two lanes: what takes one lane for granted shows.
constexpr int kLanes = 2;

servers::PostgresServer& SharedServer() {
  static const auto server = [] {
    auto created = servers::PostgresServer::Create();
    if (!created.ok()) std::cerr << created.status() << "\n";
    SWITCHBOARD_ASSERT(created.ok());
    return *std::move(created);
  }();
  return *server;
}

}  // namespace

bool OnPostgres() {
  static const bool on_postgres = [] {
    const char* engine = std::getenv("SWITCHBOARD_TEST_ENGINE");
    return engine != nullptr && std::string(engine) == "postgres";
  }();
  return on_postgres;
}

storage::StorageOptions NewStorage(const std::string& folder) {
  storage::StorageOptions options;
  if (!OnPostgres()) {
    options.sqlite_path = folder + "/hub.db";
    return options;
  }
  static std::atomic<int> number = 0;
  auto url = SharedServer().CreateDatabase(absl::StrCat("engine_", ++number));
  SWITCHBOARD_ASSERT(url.ok());
  options.postgres_url = *std::move(url);
  options.lanes = kLanes;
  return options;
}

}  // namespace switchboard::testing
