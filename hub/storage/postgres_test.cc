#include "hub/storage/postgres.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hub/storage/lane.h"
#include "hub/storage/membership.h"
#include "hub/storage/schema.h"
#include "hub/storage/writer.h"
#include "tests/servers/postgres_fixture.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::IsOk;

constexpr char kInsert[] = "INSERT INTO counter (name, value) VALUES ($1, $2)";
constexpr char kCount[] = "SELECT COUNT(*) FROM counter";
constexpr char kCountKeys[] = "SELECT COUNT(*) FROM held_key WHERE name LIKE '%/%'";
constexpr char kFill[] =
    "INSERT INTO counter (name, value) SELECT 'c-' || i, i FROM generate_series(1, 600) AS i";
constexpr char kFlushCounts[] = "SELECT COUNT(*) FROM pg_stat_force_next_flush()";
constexpr char kKnownToPlanner[] =
    "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'counter'";
constexpr char kEndSession[] = "SELECT pg_terminate_backend(pg_backend_pid())";
// Seen by the server only when they are run: `SELECT 1` of no table there is.
constexpr char kWrong[] = "SELECT value FROM no_such_table";
constexpr char kRight[] = "SELECT value FROM counter WHERE name = $1";

class PostgresEngineTest : public servers::PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    PostgresOptions options;
    options.url = uri() + "&connect_timeout=60";  // on a machine that builds something else
    options.lanes = 2;
    ASSERT_OK_AND_ASSIGN(database_, PostgresDatabase::Open(options));
    ASSERT_OK_AND_ASSIGN(one_, database_->OpenWriter());
    ASSERT_OK_AND_ASSIGN(other_, database_->OpenWriter());
    ASSERT_OK(Migrate(*one_, 1));
  }

  static int64_t NumberFrom(Connection& connection, const char* sql) {
    int64_t count = -1;
    EXPECT_OK(connection.Query(sql, {}, [&](const Row& row) {
      count = row.Integer(0);
      return absl::OkStatus();
    }));
    return count;
  }
  static int64_t Count(Connection& connection) { return NumberFrom(connection, kCount); }
  static int64_t Keys(Connection& connection) { return NumberFrom(connection, kCountKeys); }
  static absl::Status Hold(WriterConnection& connection, const std::string& name,
                           bool shared = false) {
    const Key key{name, shared};
    return connection.Hold({&key, 1});
  }

  static absl::Status Drop(WriterConnection& connection, const std::vector<std::string>& names) {
    std::vector<Key> keys;
    for (const std::string& name : names) keys.push_back({name});
    return connection.DropKeys(keys);
  }

  std::unique_ptr<PostgresDatabase> database_;
  std::unique_ptr<WriterConnection> one_, other_;
};

// Otherwise plans made while it was empty would read all of it until autovacuum comes by.
TEST_F(PostgresEngineTest, PlannerKnowsATableThatHasGrown) {
  ASSERT_OK(other_->Begin());
  ASSERT_OK(other_->Execute(kFill, {}));
  EXPECT_EQ(NumberFrom(*other_, kFlushCounts), 1);
  ASSERT_OK(other_->Commit());
  EXPECT_EQ(NumberFrom(*other_, kKnownToPlanner), -1);
  other_->WatchTables();
  EXPECT_FALSE(one_->Housekeep(/*idle=*/true)) << "of all lanes one is enough";
  EXPECT_EQ(NumberFrom(*other_, kKnownToPlanner), -1);
  EXPECT_FALSE(other_->Housekeep(/*idle=*/true));
  EXPECT_EQ(NumberFrom(*other_, kKnownToPlanner), 600);
  EXPECT_TRUE(other_->Housekeep(/*idle=*/true)) << "looked again at once";
}

// On a new connection it would run outside of the transaction, and stay.
TEST_F(PostgresEngineTest, NothingMoreRunsInATransactionWhoseConnectionIsLost) {
  ASSERT_OK(one_->Begin());
  ASSERT_OK(one_->Execute(kInsert, {"before", 1}));
  EXPECT_TRUE(absl::IsUnavailable(
      one_->Query(kEndSession, {}, [](const Row&) { return absl::OkStatus(); })));
  EXPECT_FALSE(one_->InTransaction());
  EXPECT_TRUE(absl::IsUnavailable(one_->Execute(kInsert, {"after", 1}).status()));
  EXPECT_OK(one_->Rollback());
  EXPECT_EQ(Count(*other_), 0);
  ASSERT_OK(one_->Begin());
  ASSERT_OK(one_->Execute(kInsert, {"again", 1}));
  ASSERT_OK(one_->Commit());
  EXPECT_EQ(Count(*other_), 1);
}

TEST_F(PostgresEngineTest, StatementThatCannotBePreparedLeavesTheOthersAlone) {
  auto ignore = [](const Row&) { return absl::OkStatus(); };
  EXPECT_FALSE(one_->Query(kWrong, {}, ignore).ok());
  EXPECT_EQ(Count(*one_), 0);
  EXPECT_FALSE(one_->Query(kWrong, {}, ignore).ok());
  EXPECT_OK(one_->Query(kRight, {"x"}, ignore));
  EXPECT_OK(one_->Execute(kInsert, {"x", 1}));
  EXPECT_EQ(Count(*one_), 1);
}

TEST_F(PostgresEngineTest, KeysKeepOthersAwayUntilTheGroupEnds) {
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(Hold(*one_, "vendor/sakura"));
  ASSERT_OK(one_->Commit());  // the rows are there now
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(Hold(*one_, "vendor/sakura", /*shared=*/true));

  ASSERT_OK(other_->Begin());
  ASSERT_OK(Hold(*other_, "person/P-2"));
  EXPECT_OK(Hold(*other_, "vendor/sakura", /*shared=*/true));
  EXPECT_TRUE(AsksForRetry(Hold(*other_, "person/P-1")));
  ASSERT_OK(other_->Rollback());

  // Its next group waits for all its keys where it begins.
  ASSERT_OK(one_->Execute(kInsert, {"first", 1}));
  std::thread second([&] {
    EXPECT_OK(other_->Begin());
    EXPECT_EQ(Count(*other_), 1) << "saw what the last holder did not commit yet";
    EXPECT_OK(Hold(*other_, "person/P-1"));
    EXPECT_OK(other_->Commit());
  });
  ASSERT_OK(one_->Commit());
  second.join();
}

// Who waits for a key finds its row gone, makes it again and holds it.
TEST_F(PostgresEngineTest, KeyThatIsDroppedWhileItIsWaitedForIsMadeAgain) {
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(Hold(*one_, "person/P-2"));
  ASSERT_OK(one_->Commit());
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(other_->Begin());
  EXPECT_TRUE(AsksForRetry(Hold(*other_, "person/P-1")));
  ASSERT_OK(other_->Rollback());
  ASSERT_OK(one_->Execute(kInsert, {"first", 1}));
  ASSERT_OK(Drop(*one_, {"person/P-1", "person/P-2", "person/P-3"}));
  ASSERT_OK(Hold(*one_, "person/P-1"));
  std::thread second([&] {
    EXPECT_OK(other_->Begin());
    EXPECT_EQ(Count(*other_), 1) << "saw what the last holder did not commit yet";
  });
  ASSERT_OK(one_->Commit());
  second.join();
  ASSERT_OK(one_->Begin());
  EXPECT_TRUE(AsksForRetry(Hold(*one_, "person/P-1")));
  ASSERT_OK(one_->Rollback());
  ASSERT_OK(other_->Commit());
  EXPECT_EQ(Keys(*other_), 1);
}

TEST_F(PostgresEngineTest, KeyThatSomebodyElseHoldsIsNotDropped) {
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "number/1", /*shared=*/true));
  ASSERT_OK(Hold(*one_, "number/2"));
  ASSERT_OK(one_->Commit());
  ASSERT_OK(one_->Begin());
  ASSERT_OK(Hold(*one_, "number/1", /*shared=*/true));
  ASSERT_OK(other_->Begin());
  ASSERT_OK(Hold(*other_, "number/1", /*shared=*/true));
  EXPECT_TRUE(AsksForRetry(Drop(*other_, {"number/1", "number/2", "number/3"})));
  ASSERT_OK(other_->Rollback());
  EXPECT_EQ(Keys(*one_), 2);
  ASSERT_OK(one_->Commit());
  ASSERT_OK(other_->Begin());
  ASSERT_OK(Drop(*other_, {"number/1", "number/2", "number/3"}));
  ASSERT_OK(other_->Commit());
  EXPECT_EQ(Keys(*one_), 0);
}

// The server lets go of what a unit locked when the unit is undone; the next one locks it anew.
TEST_F(PostgresEngineTest, KeyOfAUnitThatFailedIsHeldByTheNextOne) {
  ASSERT_OK(one_->Begin());
  ASSERT_OK(one_->Savepoint());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(one_->ReleaseSavepoint());
  ASSERT_OK(one_->Savepoint());
  ASSERT_OK(Hold(*one_, "person/P-2"));
  ASSERT_OK(one_->RollbackToSavepoint());
  ASSERT_OK(one_->Savepoint());
  ASSERT_OK(Hold(*one_, "person/P-1"));
  ASSERT_OK(Hold(*one_, "person/P-2"));
  ASSERT_OK(one_->ReleaseSavepoint());
  for (const char* key : {"person/P-1", "person/P-2"}) {
    ASSERT_OK(other_->Begin());
    EXPECT_TRUE(AsksForRetry(Hold(*other_, key))) << key;
    ASSERT_OK(other_->Rollback());
    ASSERT_OK_AND_ASSIGN(other_, database_->OpenWriter());  // which waits for nothing
  }
  ASSERT_OK(one_->Commit());
}

// The session ends between the last statement and the commit: what was done is done once.
TEST_F(PostgresEngineTest, GroupWhoseCommitIsLostRunsAgain) {
  ManualClock clock;
  int seals = 0;
  WriterHooks hooks;
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    if (++seals == 1) {
      transaction.Query(kEndSession, {}, [](const Row&) { return absl::OkStatus(); }).IgnoreError();
    }
    return "token";
  };
  hooks.find_commit = [](Connection&, int, const std::string&) { return false; };
  ASSERT_OK_AND_ASSIGN(auto writer, Writer::Open(*database_, clock, {}, hooks));
  absl::Status answer = absl::InternalError("never answered");
  writer->Submit(
      Urgency::kBulk,
      [](Transaction& transaction) {
        transaction.Record("r");
        return transaction.Execute(kInsert, {"once", 1}).status();
      },
      [&](const absl::Status& status) { answer = status; });
  writer->RunGroup();
  EXPECT_OK(answer);
  EXPECT_EQ(seals, 2);
  EXPECT_EQ(Count(*other_), 1);
}

TEST_F(PostgresEngineTest, CommitsWaitForTheDiskWhateverTheServersStandard) {
  const std::string relaxed =
      "ALTER DATABASE " + uri().substr(uri().rfind('/', uri().find('?')) + 1);
  ASSERT_OK(one_->Define(relaxed.substr(0, relaxed.find('?')) + " SET synchronous_commit = 'off'"));
  ASSERT_OK_AND_ASSIGN(const auto fresh, database_->OpenWriter());
  std::string standard;
  EXPECT_OK(fresh->Query("SELECT current_setting('synchronous_commit')", {}, [&](const Row& row) {
    standard = row.Text(0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(standard, "on");
}

TEST_F(PostgresEngineTest, OneHubHasADutyUntilItsLeaseEnds) {
  const absl::Time now = absl::FromUnixSeconds(1'000);
  auto take = [&](const std::string& hub_id, absl::Time at) {
    EXPECT_OK(one_->Begin());
    ManualClock clock(at);
    Transaction transaction(*one_, clock, hub_id);
    auto taken = TakeLease(transaction, "due work", hub_id, absl::Seconds(10));
    EXPECT_OK(taken);
    EXPECT_OK(one_->Commit());
    return taken.ok() && *taken;
  };
  EXPECT_TRUE(take("a", now));
  EXPECT_FALSE(take("b", now + absl::Seconds(9)));
  EXPECT_TRUE(take("a", now + absl::Seconds(9)));
  EXPECT_FALSE(take("b", now + absl::Seconds(18)));
  EXPECT_TRUE(take("b", now + absl::Seconds(19)));
}

TEST_F(PostgresEngineTest, LaterProcessTakesTheHubsPlace) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, TakeHubPlace(*one_, "a", 1));
  EXPECT_OK(CheckHubPlace(*one_, "a", first));
  ASSERT_OK_AND_ASSIGN(const int64_t second, TakeHubPlace(*other_, "a", 2));
  EXPECT_THAT(CheckHubPlace(*one_, "a", first),
              FailsWith(absl::StatusCode::kUnavailable, "HUB_ID_TAKEN"));
  EXPECT_OK(CheckHubPlace(*other_, "a", second));
}

TEST(PostgresOpenTest, ServerThatIsNotThereIsNamed) {
  PostgresOptions options;
  options.url = "postgresql://hub@127.0.0.1:1/none";
  EXPECT_THAT(PostgresDatabase::Open(options),
              FailsWith(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE"));
}

}  // namespace
}  // namespace switchboard::storage
