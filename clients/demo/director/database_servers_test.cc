#include "clients/demo/director/database_servers.h"

#include <filesystem>

#include "tests/servers/postgres_session.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

namespace fs = std::filesystem;
using servers::PostgresSession;
using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::testing::HasSubstr;

TEST(DatabaseServers, KeepWhatWasWrittenOverAFailOverAndLeaveLogsOnly) {
  if (const absl::Status available = servers::PostgresServer::Available(); !available.ok())
    GTEST_SKIP() << available.message();
  SystemClock clock;
  ASSERT_OK_AND_ASSIGN(const WorkFolder folder, WorkFolder::Make("", "clients/demo", clock));
  {
    ASSERT_OK_AND_ASSIGN(const auto servers, DatabaseServers::Start(folder, FailOver::kByHand));
    {
      ASSERT_OK_AND_ASSIGN(PostgresSession session, PostgresSession::Open(servers->url()));
      EXPECT_EQ(session.Value("SHOW fsync").value(), "on");
      EXPECT_EQ(session.Value("SHOW synchronous_standby_names").value(), "FIRST 1 (b)");
      ASSERT_OK(session.Run("CREATE TABLE t AS SELECT 7 AS x"));
    }
    servers->KillPrimary();
    EXPECT_THAT(servers->CheckAlive(), FailsWith(absl::StatusCode::kInternal, "PROCESS_ENDED"));
    ASSERT_OK(servers->AwaitPromotion());
    ASSERT_OK(servers->CheckAlive());
    ASSERT_OK(servers->Rejoin());
    ASSERT_OK_AND_ASSIGN(PostgresSession session, PostgresSession::Open(servers->url()));
    EXPECT_EQ(session.Value("SELECT x FROM t").value(), "7");
    EXPECT_EQ(session.Value("SHOW synchronous_standby_names").value(), "FIRST 1 (a)");
  }
  for (const auto& entry : fs::directory_iterator(folder.path()))
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr("server"))) << entry;
  EXPECT_THAT(ReadFile(folder.Of("database") + "/a.log"), HasSubstr("ready to accept"));
  EXPECT_THAT(ReadFile(folder.Of("database") + "/b.log"), HasSubstr("ready to accept"));
}

}  // namespace
}  // namespace switchboard::demo
