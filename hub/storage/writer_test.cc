#include "hub/storage/writer.h"

#include <algorithm>
#include <future>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "hub/storage/submit.h"
#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::TestDatabase;

constexpr char kInsert[] = "INSERT INTO counter (name, value) VALUES ($1, $2)";
constexpr char kCount[] = "SELECT COUNT(*) FROM counter";
constexpr char kSelect[] = "SELECT value FROM counter WHERE name = $1";

Writer::Unit Insert(std::string name, int64_t value = 1) {
  return [name, value](Transaction& transaction) {
    return transaction.Execute(kInsert, {name, value}).status();
  };
}

// Runs "name" appended to a list, and answers into another.
struct Journal {
  std::vector<std::string> ran;
  std::vector<std::string> answered;

  void Submit(Writer& writer, Urgency urgency, const std::string& name) {
    writer.Submit(
        urgency,
        [this, name](Transaction&) {
          ran.push_back(name);
          return absl::OkStatus();
        },
        [this, name](const absl::Status& status) {
          answered.push_back(name + (status.ok() ? "" : ":" + ErrorReason(status)));
        });
  }
};

TEST(WriterTest, AnswersOnlyOnceReadersSeeIt) {
  TestDatabase test;
  int64_t seen_by_unit = -1, seen_when_done = -1;
  test.writer->Submit(
      Urgency::kBulk,
      [&](Transaction& transaction) {
        absl::Status status = Insert("a")(transaction);
        seen_by_unit = test.Number(kCount);
        return status;
      },
      [&](const absl::Status& status) {
        EXPECT_OK(status);
        seen_when_done = test.Number(kCount);
      });
  EXPECT_EQ(test.writer->queue_length(), 1u);
  EXPECT_TRUE(test.writer->RunGroup());
  EXPECT_EQ(seen_by_unit, 0);
  EXPECT_EQ(seen_when_done, 1);
  EXPECT_FALSE(test.writer->RunGroup());
}

TEST(WriterTest, FailingUnitLeavesNoTraceAndDoesNotFailItsNeighbours) {
  std::vector<std::string> topics, records;
  Writer::Hooks hooks;
  hooks.after_commit = [&](const std::vector<std::string>& t, const std::vector<std::string>& r) {
    topics = t;
    records = r;
  };
  TestDatabase test(TestDatabase::Options(), hooks);
  std::vector<absl::StatusCode> codes;
  auto done = [&](const absl::Status& status) { codes.push_back(status.code()); };
  auto unit = [](std::string name, bool fails) -> Writer::Unit {
    return [name, fails](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(Insert(name)(transaction));
      transaction.Record("record " + name);
      transaction.Announce(Topic::Feed(name));
      transaction.Announce(Topic::CoreFeed());
      return fails ? absl::AbortedError("on purpose") : absl::OkStatus();
    };
  };
  test.writer->Submit(Urgency::kBulk, unit("a", false), done);
  test.writer->Submit(Urgency::kBulk, unit("b", true), done);
  test.writer->Submit(Urgency::kBulk, unit("c", false), done);
  test.writer->Submit(Urgency::kBulk, unit("a", false), done);  // unique key violated
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kAborted,
                                 absl::StatusCode::kOk, absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(test.Number(kCount), 2);
  EXPECT_EQ(test.Number(kSelect, {"b"}), -1);
  EXPECT_THAT(records, ElementsAre("record a", "record c"));
  EXPECT_THAT(topics, ElementsAre("core_feed", "feed/a", "feed/c"));  // each once
}

TEST(WriterTest, LaterUnitsOfAGroupSeeEarlierOnes) {
  TestDatabase test;
  std::vector<absl::Time> times;
  for (int i = 0; i < 3; ++i) {
    test.writer->Submit(
        Urgency::kBulk,
        [&, i](Transaction& transaction) {
          test.clock.Advance(absl::Seconds(1));
          times.push_back(transaction.now());
          int64_t count = -1;
          EXPECT_OK(transaction.Query(kCount, {}, [&](const Row& row) {
            count = row.Integer(0);
            return absl::OkStatus();
          }));
          EXPECT_EQ(count, i);
          return Insert("n" + std::to_string(i))(transaction);
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
  }
  test.writer->RunGroup();
  ASSERT_EQ(times.size(), 3u);
  EXPECT_EQ(times[0], times[2]);  // one time for the whole group
}

TEST(WriterTest, UrgentUnitsGoFirstEachKindInOrder) {
  TestDatabase test;
  Journal journal;
  journal.Submit(*test.writer, Urgency::kBulk, "b1");
  journal.Submit(*test.writer, Urgency::kBulk, "b2");
  journal.Submit(*test.writer, Urgency::kUrgent, "u1");
  journal.Submit(*test.writer, Urgency::kUrgent, "u2");
  while (test.writer->RunGroup()) {
  }
  EXPECT_THAT(journal.ran, ElementsAre("u1", "u2", "b1", "b2"));
  EXPECT_THAT(journal.answered, ElementsAre("u1", "u2", "b1", "b2"));
}

TEST(WriterTest, UrgentUnitsDoNotWaitForBulkNorStarveIt) {
  TestDatabase test;
  Journal journal;
  journal.Submit(*test.writer, Urgency::kBulk, "b1");
  journal.Submit(*test.writer, Urgency::kUrgent, "u1");
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(journal.answered, ElementsAre("u1"));  // a commit of its own
  journal.Submit(*test.writer, Urgency::kUrgent, "u2");
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(journal.answered, ElementsAre("u1", "b1"));  // every second turn
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(journal.answered, ElementsAre("u1", "b1", "u2"));
}

TEST(WriterTest, GroupsAreBoundedAndTheRestKeepsItsOrder) {
  auto options = TestDatabase::Options();
  options.group_max = 3;
  TestDatabase test(options);
  Journal journal;
  for (int i = 1; i <= 7; ++i) journal.Submit(*test.writer, Urgency::kBulk, std::to_string(i));
  std::vector<size_t> left;
  while (test.writer->RunGroup()) left.push_back(test.writer->queue_length());
  EXPECT_THAT(left, ElementsAre(4, 1, 0));
  EXPECT_THAT(journal.ran, ElementsAre("1", "2", "3", "4", "5", "6", "7"));
}

TEST(WriterTest, SlowGroupIsCutAndWhatIsLeftGoesOnInOrder) {
  auto options = TestDatabase::Options();
  options.group_time_max = absl::ZeroDuration();  // every unit is too slow
  options.bulk_time_max = absl::ZeroDuration();
  TestDatabase test(options);
  Journal journal;
  for (const char* name : {"b1", "b2", "b3"}) journal.Submit(*test.writer, Urgency::kBulk, name);
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(journal.answered, ElementsAre("b1"));
  journal.Submit(*test.writer, Urgency::kUrgent, "u");
  while (test.writer->RunGroup()) {
  }
  EXPECT_THAT(journal.answered, ElementsAre("b1", "u", "b2", "b3"));
  EXPECT_THAT(journal.ran, ElementsAre("b1", "u", "b2", "b3"));
}

TEST(WriterTest, BulkGroupGoesOnUntilSomethingUrgentWaits) {
  auto options = TestDatabase::Options();
  options.group_time_max = absl::ZeroDuration();
  options.bulk_time_max = absl::InfiniteDuration();
  TestDatabase test(options);
  Journal journal;
  for (const char* name : {"b1", "b2"}) journal.Submit(*test.writer, Urgency::kBulk, name);
  test.writer->Submit(
      Urgency::kBulk,
      [&](Transaction&) {
        journal.Submit(*test.writer, Urgency::kUrgent, "u");
        return absl::OkStatus();
      },
      [](const absl::Status&) {});
  journal.Submit(*test.writer, Urgency::kBulk, "b3");
  ASSERT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(journal.answered, ElementsAre("b1", "b2"));
  while (test.writer->RunGroup()) {
  }
  EXPECT_THAT(journal.answered, ElementsAre("b1", "b2", "u", "b3"));
}

// Otherwise stops that come faster than one for each piece of an import would wait ever longer.
TEST(WriterTest, UrgentUnitsHaveATurnAsLongAsThatOfBulkUnits) {
  auto options = TestDatabase::Options();
  options.group_time_max = absl::ZeroDuration();  // a unit a group
  options.bulk_time_max = absl::ZeroDuration();
  TestDatabase test(options);
  Journal journal;
  test.writer->Submit(
      Urgency::kBulk,
      [](Transaction&) {
        std::vector<uint64_t> numbers(4'000'000);
        std::mt19937_64 random(1);
        for (uint64_t& number : numbers) number = random();
        std::sort(numbers.begin(), numbers.end());
        return numbers.front() < numbers.back() ? absl::OkStatus() : absl::InternalError("sorted");
      },
      [](const absl::Status& status) { EXPECT_OK(status); });
  journal.Submit(*test.writer, Urgency::kBulk, "b");
  ASSERT_TRUE(test.writer->RunGroup());
  for (const char* name : {"1", "2", "3"}) journal.Submit(*test.writer, Urgency::kUrgent, name);
  while (test.writer->RunGroup()) {
  }
  EXPECT_THAT(journal.answered, ElementsAre("1", "2", "3", "b"));
}

TEST(WriterTest, FullQueueRefusesAtOnceWithARetryTime) {
  auto options = TestDatabase::Options();
  options.queue_max = 2;
  TestDatabase test(options);
  Journal journal;
  journal.Submit(*test.writer, Urgency::kBulk, "1");
  journal.Submit(*test.writer, Urgency::kUrgent, "2");
  absl::Status refused;
  test.writer->Submit(Urgency::kUrgent, Insert("x"), [&](const absl::Status& s) { refused = s; });
  EXPECT_THAT(refused, FailsWith(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(refused.GetPayload(kRetryInfoUrl).has_value());
  ASSERT_TRUE(retry.ParseFromString(std::string(*refused.GetPayload(kRetryInfoUrl))));
  EXPECT_GT(retry.retry_delay().nanos() + retry.retry_delay().seconds(), 0);
  while (test.writer->RunGroup()) {
  }
  EXPECT_THAT(journal.answered, ElementsAre("2", "1"));
  EXPECT_EQ(test.Number(kCount), 0);
  EXPECT_OK(test.Run(Insert("x")));  // there is room again
}

TEST(WriterTest, HookBeforeTheCommitRunsWhereSomethingWasWrittenAndCanRefuseTheGroup) {
  int seals = 0;
  size_t records = 0;
  bool fails = false;
  Writer::Hooks hooks;
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    ++seals;
    records += transaction.records().size();
    if (fails) return absl::DataLossError("cannot seal");
    return "token";
  };
  TestDatabase test(TestDatabase::Options(), hooks);
  EXPECT_OK(test.Run([](Transaction&) { return absl::OkStatus(); }));
  EXPECT_EQ(seals, 0);
  EXPECT_OK(test.Run(Insert("silent")));
  EXPECT_EQ(seals, 1);
  EXPECT_EQ(records, 0);
  auto noisy = [](Transaction& transaction) {
    transaction.Record("r");
    return Insert("noisy")(transaction);
  };
  fails = true;
  EXPECT_EQ(test.Run(noisy).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(test.Number(kCount), 1);
  fails = false;
  EXPECT_OK(test.Run(noisy));
  EXPECT_EQ(seals, 3);
  EXPECT_EQ(records, 2);
  EXPECT_EQ(test.Number(kCount), 2);
}

// The engine may ask for the whole transaction again: units then run a second time from nothing.
TEST(WriterTest, GroupIsRunAgainWhenTheEngineAsksForIt) {
  int commits = 0;
  Writer::Hooks hooks;
  hooks.before_commit = [&](Transaction&, int) -> absl::StatusOr<std::string> {
    if (++commits < 3) return absl::UnavailableError("again");
    return "token";
  };
  TestDatabase test(TestDatabase::Options(), hooks);
  int runs = 0, answers = 0;
  test.writer->Submit(
      Urgency::kBulk,
      [&](Transaction& transaction) {
        ++runs;
        transaction.Record("r");
        return Insert("a", runs)(transaction);
      },
      [&](const absl::Status& status) {
        ++answers;
        EXPECT_OK(status);
      });
  test.writer->RunGroup();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(test.Number(kSelect, {"a"}), 3);
}

TEST(WriterTest, GivesUpWhenTheTimeForRetriesIsOver) {
  Writer::Hooks hooks;
  hooks.before_commit = [](Transaction&, int) -> absl::StatusOr<std::string> {
    return absl::UnavailableError("never");
  };
  WriterOptions options = TestDatabase::Options();
  options.retry_time_max = absl::ZeroDuration();
  TestDatabase test(options, hooks);
  int runs = 0;
  auto unit = [&](Transaction& transaction) {
    ++runs;
    transaction.Record("r");
    return absl::OkStatus();
  };
  EXPECT_THAT(test.Run(unit), FailsWith(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE"));
  EXPECT_EQ(runs, 1);
}

// Only the group asks for a retry; a unit that is refused with UNAVAILABLE is just refused.
TEST(WriterTest, UnitsOwnFailureIsNotRetried) {
  TestDatabase test;
  int runs = 0;
  auto unit = [&](Transaction&) {
    ++runs;
    return Error(absl::StatusCode::kUnavailable, "MY_OWN", "my own");
  };
  EXPECT_EQ(test.Run(unit).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(runs, 1);
}

TEST(WriterTest, UnitThatEndsTheTransactionFailsAlone) {
  TestDatabase test;
  std::vector<bool> answers;
  auto done = [&](const absl::Status& status) { answers.push_back(status.ok()); };
  test.writer->Submit(Urgency::kBulk, Insert("a"), done);
  test.writer->Submit(
      Urgency::kBulk,
      [](Transaction& transaction) { return transaction.Execute("ROLLBACK", {}).status(); }, done);
  test.writer->RunGroup();
  EXPECT_THAT(answers, ElementsAre(true, false));
  EXPECT_EQ(test.Number(kCount), 1);
  EXPECT_OK(test.Run(Insert("b")));
}

TEST(WriterTest, StopFinishesTheQueueAndRefusesTheRest) {
  TestDatabase test;
  Journal journal;
  for (int i = 1; i <= 100; ++i) journal.Submit(*test.writer, Urgency::kBulk, std::to_string(i));
  test.writer->Start();
  test.writer->Stop();
  EXPECT_EQ(journal.answered.size(), 100u);
  EXPECT_EQ(journal.answered.back(), "100");
  journal.Submit(*test.writer, Urgency::kUrgent, "late");
  EXPECT_EQ(journal.answered.back(), "late:SHUTTING_DOWN");
}

TEST(WriterTest, DestructorAnswersWhatNeverRan) {
  TestDatabase test;
  Journal journal;
  journal.Submit(*test.writer, Urgency::kBulk, "b");
  journal.Submit(*test.writer, Urgency::kUrgent, "u");
  test.writer.reset();
  EXPECT_THAT(journal.ran, ElementsAre());
  EXPECT_THAT(journal.answered, ElementsAre("u:SHUTTING_DOWN", "b:SHUTTING_DOWN"));
}

TEST(WriterTest, ManyThreadsSubmitAndWaitEachGetsItsOwnAnswer) {
  TestDatabase test;
  test.writer->Start();
  std::vector<std::thread> threads;
  std::atomic<int> accepted = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const bool fails = i % 5 == 0;
        const std::string name = std::to_string(thread) + "/" + std::to_string(i);
        const absl::Status status = test.writer->SubmitAndWait(
            i % 2 == 0 ? Urgency::kBulk : Urgency::kUrgent,
            [&](Transaction& transaction) -> absl::Status {
              RETURN_IF_ERROR(Insert(name)(transaction));
              return fails ? absl::AbortedError("on purpose") : absl::OkStatus();
            });
        EXPECT_EQ(status.ok(), !fails);
        if (status.ok()) ++accepted;
        EXPECT_EQ(test.Number(kSelect, {name}), fails ? -1 : 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  test.writer->Stop();
  EXPECT_EQ(test.Number(kCount), accepted.load());
  EXPECT_EQ(accepted.load(), 160);
}

// A crash between two groups, and inside one: what was answered stays, the rest never was.
TEST(WriterTest, CrashBeforeTheCommitLosesTheGroupAndNothingElse) {
  TestDatabase test;
  EXPECT_OK(test.Run(Insert("answered")));
  test.writer.reset();
  {
    ASSERT_OK_AND_ASSIGN(const auto connection, test.database->OpenWriter());
    ASSERT_OK(connection->Begin());
    ASSERT_OK(connection->Execute(kInsert, {"lost", 1}));
    ASSERT_OK(connection->Savepoint());
    ASSERT_OK(connection->Execute(kInsert, {"lost too", 1}));
    ASSERT_OK(connection->ReleaseSavepoint());
  }
  EXPECT_EQ(test.Number(kCount), 1);
  EXPECT_EQ(test.Number(kSelect, {"answered"}), 1);
}

TEST(SubmitForTest, GivesTheValueOrTheError) {
  TestDatabase test;
  absl::StatusOr<std::string> good = absl::InternalError("none"), bad = std::string("none");
  SubmitFor<std::string>(
      *test.writer, Urgency::kBulk, "core/main",
      [](Transaction&) -> absl::StatusOr<std::string> { return std::string("value"); },
      [&](absl::StatusOr<std::string> value) { good = std::move(value); });
  SubmitFor<std::string>(
      *test.writer, Urgency::kBulk, "core/main",
      [](Transaction&) -> absl::StatusOr<std::string> {
        return Error(absl::StatusCode::kNotFound, "NOWHERE", "x");
      },
      [&](absl::StatusOr<std::string> value) { bad = std::move(value); });
  test.writer->RunGroup();
  ASSERT_OK(good);
  EXPECT_EQ(*good, "value");
  EXPECT_THAT(bad, FailsWith(absl::StatusCode::kNotFound, "NOWHERE"));
}

// What each of several lanes runs.
class ShardsTest : public ::testing::Test {
 protected:
  static constexpr int kLanes = 4;

  static Writer::Hooks NotingLanes(std::map<std::string, int>& lane_of) {
    Writer::Hooks hooks;
    hooks.before_commit = [&lane_of](Transaction& transaction,
                                     int lane) -> absl::StatusOr<std::string> {
      for (const std::string& record : transaction.records()) lane_of[record] = lane;
      return "token";
    };
    return hooks;
  }
  void Submit(const std::string& party, const std::string& shard, Writer::Done done = {}) {
    auto unit = [this, name = shard + " " + party](Transaction& transaction) {
      ran_.push_back(name);
      transaction.Record(name);
      return absl::OkStatus();
    };
    if (!done) done = [](const absl::Status& status) { EXPECT_OK(status); };
    test_.writer->Submit(Urgency::kUrgent, party, shard, unit, std::move(done));
  }
  static WriterOptions SmallQueue() {
    WriterOptions options = TestDatabase::Options();
    options.queue_max = 64;
    options.party_max = 8;
    return options;
  }

  std::vector<std::string> ran_;
  std::map<std::string, int> lane_of_;
  TestDatabase test_{SmallQueue(), NotingLanes(lane_of_), kLanes};
};

TEST_F(ShardsTest, AUnitGoesToTheLaneOfItsShardWhosesoeverItIs) {
  std::set<int> lanes;
  for (const char one : {'0', '7', 'A', 'F', 'Q', 'Z'}) {
    for (const char other : {'1', '8', 'B', 'G', 'R', 'Y'}) {
      const std::string shard = {one, other};
      for (const char* party : {"vendor/a", "vendor/b"}) Submit(party, shard);
      while (test_.writer->RunGroup()) {
      }
      EXPECT_EQ(lane_of_[shard + " vendor/a"], lane_of_[shard + " vendor/b"]);
      lanes.insert(lane_of_[shard + " vendor/a"]);
    }
  }
  EXPECT_EQ(lanes.size(), static_cast<size_t>(std::max(1, test_.writer->lanes() / 2)));
}

TEST_F(ShardsTest, NothingUrgentWaitsForABulkUnitWhereThereAreSeveralLanes) {
  if (test_.writer->lanes() == 1) return;
  std::set<int> urgent, bulk;
  for (int party = 0; party < 32; ++party) {
    const std::string name = absl::StrCat("vendor/", party);
    for (const Urgency urgency : {Urgency::kStop, Urgency::kUrgent, Urgency::kBulk}) {
      test_.writer->Submit(
          urgency, name,
          [](Transaction& transaction) {
            transaction.Record("unit");
            return absl::OkStatus();
          },
          [](const absl::Status& status) { EXPECT_OK(status); });
      while (test_.writer->RunGroup()) {
      }
      (urgency == Urgency::kBulk ? bulk : urgent).insert(lane_of_["unit"]);
    }
  }
  EXPECT_THAT(urgent, ElementsAre(0, 1));
  EXPECT_THAT(bulk, ElementsAre(2, 3));
}

TEST_F(ShardsTest, WithinALanePartiesTakeTurns) {
  const std::string shard = "7Q";
  for (int i = 0; i < 2; ++i) Submit("vendor/a", shard);
  Submit("vendor/b", shard);
  while (test_.writer->RunGroup()) {
  }
  EXPECT_THAT(ran_, ElementsAre("7Q vendor/a", "7Q vendor/b", "7Q vendor/a"));
}

// A party that could fill its share of every lane could fill the queue.
TEST_F(ShardsTest, APartysShareOfTheQueueIsDividedAmongTheLanes) {
  int refused = 0;
  for (int i = 0; i < 9; ++i) {
    Submit("vendor/a", "7Q",
           [&refused](const absl::Status& status) { refused += status.ok() ? 0 : 1; });
  }
  EXPECT_EQ(refused, 9 - 8 / test_.writer->lanes());
  Submit("vendor/b", "7Q");
  while (test_.writer->RunGroup()) {
  }
}

}  // namespace
}  // namespace switchboard::storage
