#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hub/storage/lane.h"
#include "hub/storage/postgres.h"
#include "hub/storage/postgres_session.h"
#include "hub/storage/readers.h"
#include "hub/storage/schema.h"
#include "hub/storage/writer.h"
#include "tests/servers/child_process.h"
#include "tests/servers/postgres_pair.h"
#include "tests/servers/postgres_session.h"
#include "tests/testing.h"

// What happens when a server goes, and another one takes over.

namespace switchboard::storage {
namespace {

using servers::PostgresPair;
using servers::PostgresServer;
using testing::Eventually;
using testing::FailsWith;

constexpr char kInsert[] = "INSERT INTO counter (name, value) VALUES ($1, $2)";
constexpr char kNothing[] = "DELETE FROM counter";
constexpr char kCount[] = "SELECT COUNT(*) FROM counter";

absl::StatusOr<int64_t> CountIn(Connection& connection) {
  int64_t count = -1;
  RETURN_IF_ERROR(connection.Query(kCount, {}, [&](const Row& row) {
    count = row.Integer(0);
    return absl::OkStatus();
  }));
  return count;
}

class PostgresFailOver : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    ASSERT_OK_AND_ASSIGN(pair_, PostgresPair::Create());
    PostgresOptions options;
    ASSERT_OK_AND_ASSIGN(options.url, pair_->CreateDatabase("hub"));
    options.url += "&connect_timeout=60";  // on a machine that builds something else
    options.lanes = 1;
    ASSERT_OK_AND_ASSIGN(database_, PostgresDatabase::Open(options));
    ASSERT_OK_AND_ASSIGN(const auto connection, database_->OpenWriter());
    ASSERT_OK(Migrate(*connection, 1));
  }

  // One lane that seals its groups, and finds the commits of those that inserted the row.
  std::unique_ptr<Writer> OpenWriter() {
    WriterHooks hooks;
    hooks.before_commit = [this](Transaction&, int) -> absl::StatusOr<std::string> {
      ++seals_;
      return "token";
    };
    hooks.find_commit = [this](Connection& connection, int,
                               const std::string&) -> absl::StatusOr<bool> {
      ++looks_;
      ASSIGN_OR_RETURN(const int64_t count, CountIn(connection));
      return count > 0;
    };
    auto writer = Writer::Open(*database_, clock_, {}, hooks);
    EXPECT_OK(writer.status());
    return *std::move(writer);
  }

  // How many sessions of the primary wait for its standby; -1 when nobody can be asked.
  int Waiting(int other_than = 0) {
    auto session = servers::PostgresSession::Open(pair_->primary().Uri());
    if (!session.ok()) return -1;
    const auto pid = session->Value(
        "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid "
        "<> $1::int",
        {std::to_string(other_than)});
    return pid.ok() ? std::stoi(*pid) : -1;
  }

  ManualClock clock_;
  std::unique_ptr<PostgresPair> pair_;
  std::unique_ptr<PostgresDatabase> database_;
  std::atomic<int> seals_ = 0, looks_ = 0;
};

// It keeps its connections, as its host does: only that another one can be written tells.
TEST_F(PostgresFailOver, ServerThatStandsStillIsLeftForTheOneThatTookItsPlace) {
  PostgresOptions options;
  options.url = pair_->Uri("hub") + "&connect_timeout=2";
  options.lanes = 1;
  ASSERT_OK_AND_ASSIGN(database_, PostgresDatabase::Open(options));
  const auto writer = OpenWriter();
  const auto insert = [&](const char* name, std::atomic<bool>& answered) {
    writer->Submit(
        Urgency::kBulk,
        [name](Transaction& transaction) {
          return transaction.Execute(kInsert, {name, 1}).status();
        },
        [&answered](const absl::Status& status) { answered = status.ok(); });
    return writer->RunGroup();
  };
  std::atomic<bool> first = false, second = false;
  ASSERT_TRUE(insert("before", first));
  ASSERT_TRUE(first);
  ASSERT_OK_AND_ASSIGN(const auto idles, database_->OpenReader());
  ASSERT_OK(CountIn(*idles));
  const pid_t still = pair_->primary().pid();
  std::vector<pid_t> all = servers::ChildrenOf(still);
  all.insert(all.begin(), still);
  for (const pid_t pid : all) kill(pid, SIGSTOP);
  // What did not come to its commit is asked for again, as clients do.
  std::thread group([&] {
    while (!second) insert("meanwhile", second);
  });
  EXPECT_OK(pair_->standby().Promote());
  EXPECT_TRUE(Eventually([&] { return second.load(); }));
  for (const pid_t pid : all) kill(pid, SIGCONT);
  group.join();
  // It serves again, and knows of nothing. Neither who was connected nor who connects believes it.
  for (int call = 0; call < 3; ++call)
    EXPECT_THAT(CountIn(*idles), FailsWith(absl::StatusCode::kUnavailable, ""));
  pair_->primary().Kill();
  EXPECT_EQ(CountIn(*idles).value_or(-1), 2);
  ASSERT_OK_AND_ASSIGN(auto there, servers::PostgresSession::Open(pair_->standby().Uri("hub")));
  EXPECT_EQ(
      there.Value("SELECT count(*) FROM counter WHERE name IN ('before', 'meanwhile')").value(),
      "2");
}

// Its session ends while the commit waits for a standby that is away: the row is there for all to
// see, but on one server. Whoever answers now loses it with that server.
TEST_F(PostgresFailOver, FoundCommitIsAnsweredOnceTheStandbyHasIt) {
  const auto writer = OpenWriter();
  writer->Submit(
      Urgency::kBulk,
      [](Transaction& transaction) { return transaction.Execute(kNothing, {}).status(); },
      [](const absl::Status& status) { EXPECT_OK(status); });
  ASSERT_TRUE(writer->RunGroup());  // connected
  pair_->standby().Kill();
  std::atomic<bool> answered = false;
  writer->Submit(
      Urgency::kBulk,
      [](Transaction& transaction) {
        transaction.Record("r");
        return transaction.Execute(kInsert, {"once", 1}).status();
      },
      [&](const absl::Status& status) {
        EXPECT_OK(status);
        answered = true;
      });
  writer->Start();
  int waiting = 0;
  ASSERT_TRUE(Eventually([&] { return (waiting = Waiting()) > 0; }));
  {
    ASSERT_OK_AND_ASSIGN(auto session, servers::PostgresSession::Open(pair_->primary().Uri()));
    ASSERT_OK(session.Run("SELECT pg_terminate_backend($1::int)", {std::to_string(waiting)}));
  }
  // The lane is back on a new session, and waits again.
  EXPECT_TRUE(Eventually([&] { return answered || Waiting(waiting) > 0; }));
  EXPECT_FALSE(answered) << "for what is on one server only";
  ASSERT_OK(pair_->standby().Start());
  EXPECT_TRUE(Eventually([&] { return answered.load(); }));
  writer->Stop();
  EXPECT_EQ(seals_, 1);
  EXPECT_EQ(looks_, 1);
}

// Killed with a commit under way that the standby has or has not: answered once, there once.
TEST_F(PostgresFailOver, GroupsGoOnAtThePromotedStandby) {
  const auto writer = OpenWriter();
  writer->Start();
  const auto insert = [&](const std::string& name) {
    return writer->SubmitAndWait(Urgency::kBulk, [name](Transaction& transaction) {
      transaction.Record("r");
      return transaction.Execute(kInsert, {name, 1}).status();
    });
  };
  EXPECT_OK(insert("before"));
  pair_->primary().Kill();
  absl::Status after = absl::InternalError("not answered");
  std::thread asks([&] { after = insert("after"); });
  EXPECT_OK(pair_->Promote());
  asks.join();
  EXPECT_OK(after);
  writer->Stop();
  ASSERT_OK_AND_ASSIGN(const auto reader, database_->OpenReader());
  EXPECT_EQ(CountIn(*reader).value(), 2);
}

// Readers that idled when the server went cost one call together, not one each.
TEST_F(PostgresFailOver, ReadersAreBackAfterOneCall) {
  Readers readers(*database_);
  const auto count = [&] {
    return readers.Run([](Connection& connection) { return CountIn(connection).status(); });
  };
  // Two at a time, so that two idle afterwards.
  EXPECT_OK(readers.Run([&](Connection&) { return count(); }));
  pair_->primary().Kill();
  const absl::Status away = count();
  EXPECT_THAT(away, FailsWith(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE"));
  ASSERT_OK(pair_->Promote());
  EXPECT_OK(count());
}

TEST_F(PostgresFailOver, NobodyOutsideLearnsWhereTheDatabaseIs) {
  pair_->primary().Kill();
  Readers readers(*database_);
  const absl::Status away = readers.Run([](Connection&) { return absl::OkStatus(); });
  EXPECT_THAT(away, FailsWith(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE"));
  EXPECT_THAT(away.message(), ::testing::Not(::testing::HasSubstr("PGSQL")));
}

// Left to the system's standards a server whose power went is missed after a quarter of an hour.
TEST_F(PostgresFailOver, ServerThatVanishesIsGivenUpInTime) {
  ASSERT_OK_AND_ASSIGN(
      const PostgresSession session,
      OpenPostgresSession(pair_->Uri("hub", servers::Way::kTcp), "switchboard test"));
  const auto option = [&](int name) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(getsockopt(PQsocket(session.get()), IPPROTO_TCP, name, &value, &size), 0);
    return value;
  };
  EXPECT_LE(option(TCP_KEEPIDLE) + option(TCP_KEEPINTVL) * option(TCP_KEEPCNT), 15);
  EXPECT_GT(option(TCP_USER_TIMEOUT), 0);
  EXPECT_LE(option(TCP_USER_TIMEOUT), 15'000);
}

}  // namespace
}  // namespace switchboard::storage
