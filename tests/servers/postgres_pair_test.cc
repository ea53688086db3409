#include "tests/servers/postgres_pair.h"

#include "tests/servers/insert_load.h"
#include "tests/servers/postgres_session.h"
#include "tests/testing.h"

namespace switchboard::servers {
namespace {

using ::switchboard::testing::Eventually;
using ::switchboard::testing::FailsWith;

class Pair : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
  }
};

// Twice, so that each server was primary, was killed and came back.
TEST_F(Pair, LosesNoAcknowledgedRowWhenItFailsOverUnderLoad) {
  ASSERT_OK_AND_ASSIGN(const auto pair, PostgresPair::Create());
  ASSERT_OK_AND_ASSIGN(const std::string uri, pair->CreateDatabase("book"));
  ASSERT_OK(InsertLoad::MakeTable(uri));
  InsertLoad load(uri, 4);
  for (const char* next : {"b", "a"}) {
    ASSERT_TRUE(load.Acknowledges(300));
    pair->primary().Kill();
    ASSERT_OK(pair->Promote());
    EXPECT_EQ(pair->primary().name(), next);
    ASSERT_TRUE(load.Acknowledges(300));
    ASSERT_OK(pair->Rejoin());
    EXPECT_NE(pair->standby().name(), next);
  }
  ASSERT_TRUE(load.Acknowledges(300));
  load.Stop();
  EXPECT_GE(load.acknowledged(), 1'500u);
  ASSERT_OK_AND_ASSIGN(const size_t lost, load.Lost(uri));
  EXPECT_EQ(lost, 0u);
  // What was acknowledged is on the standby as well, at the latest once it has replayed it.
  ASSERT_OK_AND_ASSIGN(PostgresSession standby, PostgresSession::Open(pair->standby().Uri("book")));
  EXPECT_EQ(standby.Value("SELECT pg_is_in_recovery()").value(), "t");
  pair->primary().Kill();
  ASSERT_OK(pair->Promote());
  ASSERT_OK_AND_ASSIGN(const size_t lost_on_standby, load.Lost(uri));
  EXPECT_EQ(lost_on_standby, 0u);
}

TEST_F(Pair, CommitsWaitForTheStandby) {
  ASSERT_OK_AND_ASSIGN(const auto pair, PostgresPair::Create());
  const std::string uri = pair->Uri();
  ASSERT_OK(InsertLoad::MakeTable(uri));
  ASSERT_OK_AND_ASSIGN(PostgresSession session, PostgresSession::Open(uri));
  InsertLoad load(uri, 1);
  ASSERT_TRUE(load.Acknowledges(10));
  pair->standby().Kill();
  const auto waits = [&] {
    return session.Value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") ==
           absl::StatusOr<std::string>("1");
  };
  ASSERT_TRUE(Eventually(waits));
  const size_t acknowledged = load.acknowledged();
  for (int look = 0; look < 500; ++look) ASSERT_TRUE(waits());
  EXPECT_EQ(load.acknowledged(), acknowledged);
  ASSERT_OK(pair->standby().Start());
  EXPECT_TRUE(load.Acknowledges(10));
}

TEST_F(Pair, UriLeadsToWhatCanBeWritten) {
  PostgresOptions options;
  options.tls = true;
  ASSERT_OK_AND_ASSIGN(const auto pair, PostgresPair::Create(options));
  ASSERT_OK_AND_ASSIGN(const std::string uri, pair->CreateDatabase("book", Way::kTcp));
  const auto writable = [&]() -> std::string {
    auto session = PostgresSession::Open(uri);
    if (!session.ok()) return ErrorReason(session.status());
    return session->Value("SHOW cluster_name").value_or("lost");
  };
  EXPECT_EQ(writable(), "a");
  EXPECT_THAT(pair->Promote(), FailsWith(absl::StatusCode::kFailedPrecondition, "PRIMARY_RUNS"));
  EXPECT_OK(pair->primary().Stop());
  EXPECT_EQ(writable(), "CONNECTION_FAILED") << "a standby took a writer";
  ASSERT_OK(pair->Promote());
  EXPECT_EQ(writable(), "b");
  ASSERT_OK(pair->Rejoin());
  EXPECT_EQ(writable(), "b");
}

// What the dead primary alone had written goes when it comes back.
TEST_F(Pair, TakesBackAPrimaryThatHadMore) {
  ASSERT_OK_AND_ASSIGN(const auto pair, PostgresPair::Create());
  ASSERT_OK(InsertLoad::MakeTable(pair->Uri()));
  pair->standby().Kill();
  {
    ASSERT_OK_AND_ASSIGN(PostgresSession alone, PostgresSession::Open(pair->primary().Uri()));
    ASSERT_OK(alone.Run("SET synchronous_commit = local"));
    ASSERT_OK(alone.Run("INSERT INTO load VALUES (1)"));
  }
  pair->primary().Kill();
  ASSERT_OK(pair->standby().Start());
  ASSERT_OK(pair->Promote());
  ASSERT_OK_AND_ASSIGN(PostgresSession primary, PostgresSession::Open(pair->Uri()));
  ASSERT_OK(primary.Run("INSERT INTO load VALUES (2)"));
  ASSERT_OK(pair->Rejoin());
  // So that the row below is there when this returns.
  ASSERT_OK(primary.Run("SET synchronous_commit = remote_apply"));
  ASSERT_OK(primary.Run("INSERT INTO load VALUES (3)"));
  ASSERT_OK_AND_ASSIGN(PostgresSession standby, PostgresSession::Open(pair->standby().Uri()));
  EXPECT_EQ(standby.Value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM load").value(), "2 3");
}

}  // namespace
}  // namespace switchboard::servers
