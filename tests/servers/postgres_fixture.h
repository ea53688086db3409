#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "tests/servers/postgres_server.h"
#include "tests/testing.h"

namespace switchboard::servers {

// A test with an empty database of its own on a server that all such tests of the program share; it
// starts with the first of them. Skips itself where no PostgreSQL is installed. A test that kills
// or reconfigures its server makes one for itself instead.
class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    ASSERT_OK_AND_ASSIGN(server_, Shared());
    static std::atomic<int> number = 0;
    name_ = "test_" + std::to_string(++number);
    ASSERT_OK_AND_ASSIGN(uri_, server_->CreateDatabase(name_));
  }

  void TearDown() override {
    if (uri_.empty()) return;
    EXPECT_OK(server_->DropDatabase(name_));
  }

  const std::string& uri() const { return uri_; }
  const std::string& database() const { return name_; }
  PostgresServer& server() { return *server_; }

 private:
  static absl::StatusOr<PostgresServer*> Shared() {
    static const absl::StatusOr<std::unique_ptr<PostgresServer>> server = PostgresServer::Create();
    if (!server.ok()) return server.status();
    return server->get();
  }

  PostgresServer* server_ = nullptr;
  std::string name_;
  std::string uri_;
};

}  // namespace switchboard::servers
