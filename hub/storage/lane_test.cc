#include "hub/storage/lane.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/storage/fair_queue.h"
#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;
using testing::TestDatabase;

constexpr char kInsert[] = "INSERT INTO counter (name, value) VALUES ($1, $2)";
constexpr char kCount[] = "SELECT COUNT(*) FROM counter";

// Notes what was absorbed and when it ran.
class Noting final : public ClosingWork {
 public:
  Noting(std::string note, std::vector<std::string>& ran, absl::Status result = absl::OkStatus())
      : note_(std::move(note)), ran_(ran), result_(std::move(result)) {}
  void Absorb(ClosingWork& later) override {
    auto& other = static_cast<Noting&>(later);
    note_ += "+" + other.note_;
    if (result_.ok()) result_ = other.result_;
  }
  absl::Status Run(Transaction&) override {
    ran_.push_back(note_);
    return result_;
  }
  const std::string& note() const { return note_; }

 private:
  std::string note_;
  std::vector<std::string>& ran_;
  absl::Status result_;
};

class LaneTest : public ::testing::Test {
 protected:
  void Submit(Urgency urgency, const std::string& party, Unit unit) {
    const size_t number = answers_.size();
    answers_.push_back(absl::InternalError("never answered"));
    test_.writer->Submit(urgency, party, std::move(unit),
                         [this, number](const absl::Status& status) { answers_[number] = status; });
  }
  Unit Leaving(const std::string& name, const std::string& note,
               absl::Status unit_result = absl::OkStatus(),
               absl::Status work_result = absl::OkStatus()) {
    return [=, this](Transaction& transaction) {
      transaction.Leave<Noting>({0, name}, note, ran_, work_result);
      return unit_result;
    };
  }
  // Notes its name when it runs.
  Unit Named(const std::string& name) {
    return [this, name](Transaction&) {
      ran_.push_back(name);
      return absl::OkStatus();
    };
  }

  std::vector<std::string> ran_;
  std::vector<absl::Status> answers_;
  TestDatabase test_;  // goes first: it answers what still waits
};

TEST_F(LaneTest, ClosingWorkOfAGroupIsJoinedAndRunsInTheOrderOfKeys) {
  Submit(Urgency::kBulk, "", Leaving("b", "b1"));
  Submit(Urgency::kBulk, "", Leaving("a", "a1"));
  Submit(Urgency::kBulk, "", Leaving("b", "failed", absl::AbortedError("on purpose")));
  Submit(Urgency::kBulk, "", Leaving("b", "b2"));
  test_.writer->RunGroup();
  EXPECT_THAT(ran_, ElementsAre("a1", "b1+b2"));
  EXPECT_OK(answers_[0]);
  EXPECT_FALSE(answers_[2].ok());
}

TEST_F(LaneTest, LaterUnitsSeeWhatEarlierOnesLeft) {
  std::vector<std::string> seen;
  auto look = [&](Transaction& transaction) {
    const auto* left = transaction.Left<Noting>({0, "a"});
    seen.push_back(left == nullptr ? "nothing" : left->note());
    return absl::OkStatus();
  };
  Submit(Urgency::kBulk, "", look);
  Submit(Urgency::kBulk, "", Leaving("a", "a1"));
  Submit(Urgency::kBulk, "", look);
  test_.writer->RunGroup();
  EXPECT_THAT(seen, ElementsAre("nothing", "a1"));
}

TEST_F(LaneTest, UnitKnowsWhatItsGroupHolds) {
  std::vector<bool> held;
  const Key alone{"a"}, shared{"b", true};
  Submit(Urgency::kBulk, "", [&](Transaction& transaction) {
    held.push_back(transaction.Holds(alone));
    RETURN_IF_ERROR(transaction.Hold({{alone, shared}}));
    held.push_back(transaction.Holds(alone));
    held.push_back(transaction.Holds({"a", true}));  // who holds it alone needs no sharing
    held.push_back(transaction.Holds(shared));
    held.push_back(transaction.Holds({"b"}));  // shared is not alone
    return absl::OkStatus();
  });
  test_.writer->RunGroup();
  EXPECT_OK(answers_[0]);
  EXPECT_THAT(held, ElementsAre(false, true, true, true, false));
}

// A programmer's mistake ends the process rather than the data.
TEST_F(LaneTest, WhatTheTypesCannotSayIsAsserted) {
  class Other final : public ClosingWork {
    void Absorb(ClosingWork&) override {}
    absl::Status Run(Transaction&) override { return absl::OkStatus(); }
  };
  Submit(Urgency::kBulk, "", Leaving("a", "a1"));
  Submit(Urgency::kBulk, "", [](Transaction& transaction) {
    EXPECT_DEATH(transaction.Left<Other>({0, "a"}), "assertion failed");
    return absl::OkStatus();
  });
  test_.writer->RunGroup();
  EXPECT_OK(answers_[1]);
  EXPECT_DEATH(Value(1).rows(), "assertion failed");
  EXPECT_DEATH(Rows({Value::Kind::kText}, 1).Add({"a", "b"}), "assertion failed");
  FairQueue<int> queue;
  EXPECT_DEATH(queue.Pop(), "assertion failed");
}

// What fails at the group's end fails the unit it belongs to, not its neighbours.
TEST_F(LaneTest, UnitWhoseClosingWorkFailsFailsAlone) {
  Submit(Urgency::kBulk, "", [](Transaction& transaction) {
    return transaction.Execute(kInsert, {"kept", 1}).status();
  });
  Submit(Urgency::kBulk, "",
         Leaving("a", "a1", absl::OkStatus(), absl::DataLossError("at the end")));
  test_.writer->RunGroup();
  EXPECT_OK(answers_[0]);
  EXPECT_EQ(answers_[1].code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(test_.Number(kCount), 1);
}

class Closing final : public ClosingWork {
 public:
  explicit Closing(std::vector<std::string>& ran) : ran_(ran) {}
  void Absorb(ClosingWork&) override {}
  absl::Status Run(Transaction&) override {
    ran_.push_back("closed");
    return absl::OkStatus();
  }

 private:
  std::vector<std::string>& ran_;
};

TEST_F(LaneTest, WhatAUnitThatEndsTheGroupLeftIsDoneBeforeTheNext) {
  Submit(Urgency::kBulk, "", Named("1"));
  bool alone = false;
  Submit(Urgency::kBulk, "", [&](Transaction& transaction) {
    ran_.push_back("2");
    transaction.Leave<Closing>({1, "closing"}, ran_);
    transaction.EndGroup();
    alone = transaction.alone();
    return absl::OkStatus();
  });
  Submit(Urgency::kBulk, "", Named("3"));
  test_.writer->RunGroup();
  EXPECT_EQ(test_.writer->queue_length(), alone ? 0u : 1u);
  test_.writer->RunGroup();
  EXPECT_THAT(ran_, ElementsAre("1", "2", "closed", "3"));
}

// No savepoint was taken for it.
TEST_F(LaneTest, AUnitThatFailsAloneLeavesNoTrace) {
  Submit(Urgency::kUrgent, "", [this](Transaction& transaction) -> absl::Status {
    transaction.Leave<Noting>({0, "a"}, "a1", ran_);
    RETURN_IF_ERROR(transaction.Execute(kInsert, {"alone", 1}).status());
    return transaction.Execute(kInsert, {"alone", 2}).status();  // unique key violated
  });
  test_.writer->RunGroup();
  EXPECT_TRUE(absl::IsAlreadyExists(answers_[0])) << answers_[0];
  EXPECT_EQ(test_.Number(kCount), 0);
  EXPECT_THAT(ran_, ElementsAre());
  Submit(Urgency::kUrgent, "", [](Transaction& transaction) {
    return transaction.Execute(kInsert, {"alone", 3}).status();
  });
  test_.writer->RunGroup();
  EXPECT_OK(answers_[1]);
  EXPECT_EQ(test_.Number(kCount), 1);
}

// Savepoints are taken once they are needed: from then on no unit runs twice for another's sake.
TEST_F(LaneTest, AUnitThatFailsAmongOthersTakesNoneOfThemAlong) {
  int runs = 0;
  for (int group = 0; group < 3; ++group) {
    for (int i = 0; i < 3; ++i) {
      Submit(Urgency::kUrgent, "", [&runs, group, i](Transaction& transaction) -> absl::Status {
        ++runs;
        const std::string name = absl::StrCat(group, " ", i);
        RETURN_IF_ERROR(transaction.Execute(kInsert, {name, 1}).status());
        return i == 1 ? absl::NotFoundError("on purpose") : absl::OkStatus();
      });
    }
    test_.writer->RunGroup();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(answers_[static_cast<size_t>(3 * group + i)].ok(), i != 1) << group;
    EXPECT_EQ(test_.Number(kCount), 2 * (group + 1));
  }
  EXPECT_THAT(runs, ::testing::AnyOf(9, 11));  // where nobody comes in between, twice the first two
}

TEST_F(LaneTest, PartiesTakeTurnsAndStopsGoFirst) {
  for (int i = 1; i <= 3; ++i) Submit(Urgency::kUrgent, "vendor/a", Named("a" + std::to_string(i)));
  Submit(Urgency::kUrgent, "vendor/b", Named("b1"));
  Submit(Urgency::kStop, "", Named("stop"));
  while (test_.writer->RunGroup()) {
  }
  EXPECT_THAT(ran_, ElementsAre("stop", "a1", "b1", "a2", "a3"));
}

// A day's payments in one go, and an agent who waits for a permit.
TEST_F(LaneTest, StopsLeavePermitsEverySecondTurn) {
  for (int i = 1; i <= 4; ++i) Submit(Urgency::kStop, "", Named("s" + std::to_string(i)));
  for (int i = 1; i <= 2; ++i) Submit(Urgency::kUrgent, "vendor/a", Named("p" + std::to_string(i)));
  while (test_.writer->RunGroup()) {
  }
  EXPECT_THAT(ran_, ElementsAre("s1", "p1", "s2", "p2", "s3", "s4"));
}

TEST(LaneRoomTest, NoPartyFillsTheQueueAndStopsAlwaysFindRoom) {
  WriterOptions options = TestDatabase::Options();
  options.queue_max = 20;
  options.party_max = 5;
  TestDatabase test(options);
  std::map<std::string, int> refused;
  auto submit = [&](Urgency urgency, const std::string& party) {
    test.writer->Submit(
        urgency, party, [](Transaction&) { return absl::OkStatus(); },
        [&, party](const absl::Status& status) {
          if (absl::IsResourceExhausted(status)) ++refused[party];
        });
  };
  for (int i = 0; i < 9; ++i) submit(Urgency::kUrgent, "flood");
  EXPECT_EQ(refused["flood"], 4);
  for (const char* party : {"b", "c", "d"}) {
    for (int i = 0; i < 5; ++i) submit(Urgency::kBulk, party);
    EXPECT_EQ(refused[party], 0);
  }
  submit(Urgency::kUrgent, "e");
  EXPECT_EQ(refused["e"], 1);  // full
  submit(Urgency::kStop, "core");
  EXPECT_EQ(refused["core"], 0);
  while (test.writer->RunGroup()) {
  }
  submit(Urgency::kUrgent, "flood");
  EXPECT_EQ(refused["flood"], 4);  // there is room again
}

// A connection whose commit is done and never answered.
class MuteCommit final : public WriterConnection {
 public:
  explicit MuteCommit(std::unique_ptr<WriterConnection> inner) : inner_(std::move(inner)) {}
  absl::StatusOr<int64_t> Execute(const char* sql, Parameters parameters) override {
    return inner_->Execute(sql, parameters);
  }
  absl::Status Query(const char* sql, Parameters parameters, Visitor visit) override {
    return inner_->Query(sql, parameters, visit);
  }
  absl::Status Begin() override { return inner_->Begin(); }
  absl::Status Commit() override {
    RETURN_IF_ERROR(inner_->Commit());
    return absl::UnknownError("lost");
  }
  absl::Status Rollback() override { return inner_->Rollback(); }
  absl::Status Savepoint() override { return inner_->Savepoint(); }
  absl::Status ReleaseSavepoint() override { return inner_->ReleaseSavepoint(); }
  absl::Status RollbackToSavepoint() override { return inner_->RollbackToSavepoint(); }
  absl::Status Hold(absl::Span<const Key> keys) override { return inner_->Hold(keys); }
  absl::Status Define(const std::string& statement) override { return inner_->Define(statement); }
  bool InTransaction() const override { return inner_->InTransaction(); }
  RowWrites& row_writes() override { return inner_->row_writes(); }
  absl::StatusOr<int64_t> NextInOrder() override { return inner_->NextInOrder(); }

 private:
  const std::unique_ptr<WriterConnection> inner_;
};

TEST(LaneSettleTest, CommitWhoseAnswerWasLostIsLookedUpAndNotDoneAgain) {
  TestDatabase test;
  test.writer.reset();
  ASSERT_OK_AND_ASSIGN(auto connection, test.database->OpenWriter());
  int runs = 0, lookups = 0;
  WriterHooks hooks;
  hooks.before_commit = [](Transaction&, int) -> absl::StatusOr<std::string> { return "token"; };
  hooks.find_commit = [&](Connection&, int lane, const std::string& token) {
    EXPECT_EQ(lane, 0);
    EXPECT_EQ(token, "token");
    ++lookups;
    return true;
  };
  const WriterOptions options = TestDatabase::Options();
  Lane lane(0, std::make_unique<MuteCommit>(std::move(connection)), test.clock, options, hooks);
  absl::Status answer = absl::InternalError("never answered");
  lane.Submit(
      Urgency::kBulk, "",
      [&](Transaction& transaction) {
        ++runs;
        transaction.Record("r");
        return transaction.Execute(kInsert, {"once", runs}).status();
      },
      [&](const absl::Status& status) { answer = status; });
  lane.RunGroup();
  EXPECT_OK(answer);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(lookups, 1);
  EXPECT_EQ(test.Number(kCount), 1);
}

// What a hub seals is told of every group that wrote, and of what came of it.
TEST(LaneHooksTest, RowsAskToBeSealedAsRecordsDo) {
  TestDatabase test;
  std::vector<std::string> told;
  WriterHooks hooks;
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    told.push_back(transaction.row_writes().empty() ? "asked" : "asked with rows");
    return std::string();
  };
  hooks.settled = [&](int lane, bool committed) {
    EXPECT_EQ(lane, 0);
    told.push_back(committed ? "committed" : "not committed");
  };
  ASSERT_OK_AND_ASSIGN(test.writer,
                       Writer::Open(*test.database, test.clock, TestDatabase::Options(), hooks));
  ASSERT_OK(test.Run([](Transaction&) { return absl::OkStatus(); }));
  EXPECT_TRUE(told.empty());
  ASSERT_OK(test.Run([](Transaction& transaction) {
    return transaction.Execute(kInsert, {"x", 1}).status();
  }));
  EXPECT_THAT(told, ElementsAre("asked with rows", "committed"));
  told.clear();
  ASSERT_OK(test.Run([](Transaction& transaction) {
    transaction.Record("r");
    return absl::OkStatus();
  }));
  EXPECT_THAT(told, ElementsAre("asked", "committed"));
}

TEST(LaneHooksTest, WhatIsOwedIsDoneWithoutUnits) {
  TestDatabase test;
  absl::Time due = absl::InfiniteFuture();
  int asked = 0;
  bool fails = false;
  WriterHooks hooks;
  hooks.owes = [&](int) { return due; };
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    ++asked;
    if (fails) return absl::InternalError("on purpose");
    return transaction.Execute(kInsert, {absl::StrCat("owed ", asked), 1}).status().ok()
               ? absl::StatusOr<std::string>("token")
               : absl::InternalError("not written");
  };
  hooks.settled = [&](int, bool committed) {
    if (committed) due = absl::InfiniteFuture();
  };
  ASSERT_OK_AND_ASSIGN(test.writer,
                       Writer::Open(*test.database, test.clock, TestDatabase::Options(), hooks));
  EXPECT_FALSE(test.writer->RunGroup());
  due = test.clock.Now() + absl::Seconds(1);
  EXPECT_FALSE(test.writer->RunGroup()) << "not yet";
  test.clock.Advance(absl::Seconds(1));
  fails = true;
  EXPECT_FALSE(test.writer->RunGroup()) << "nobody is to try it for ever";
  fails = false;
  EXPECT_TRUE(test.writer->RunGroup());
  EXPECT_FALSE(test.writer->RunGroup());
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(test.Number(kCount), 1);
  // A thread does it by itself, at the latest when it ends.
  due = test.clock.Now() + absl::Hours(1);
  test.writer->Start();
  ASSERT_OK(
      test.writer->SubmitAndWait(Urgency::kUrgent, [](Transaction&) { return absl::OkStatus(); }));
  test.writer->Stop();
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(test.Number(kCount), 2);
}

TEST(LaneHooksTest, StopsDoNotWaitForWhatIsOwed) {
  TestDatabase test;
  absl::Time due = absl::InfiniteFuture();
  std::vector<std::string> told;
  WriterHooks hooks;
  hooks.owes = [&](int) { return due; };
  hooks.before_commit = [&](Transaction& transaction, int) -> absl::StatusOr<std::string> {
    const bool owed = transaction.records().empty();
    told.push_back(owed ? "owed" : "stop");
    // As when somebody else has the row.
    return owed ? absl::StatusOr<std::string>(absl::UnavailableError("on purpose")) : "token";
  };
  ASSERT_OK_AND_ASSIGN(test.writer,
                       Writer::Open(*test.database, test.clock, TestDatabase::Options(), hooks));
  const auto stop = [&] {
    test.writer->Submit(
        Urgency::kStop, "",
        [](Transaction& transaction) {
          transaction.Record("r");
          return absl::OkStatus();
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
  };
  due = test.clock.Now();
  EXPECT_FALSE(test.writer->RunGroup());
  EXPECT_THAT(told, ElementsAre("owed")) << "once, for who comes meanwhile waits for it";
  told.clear();
  stop();
  EXPECT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(told, ElementsAre("stop"));
  told.clear();
  // Stops that never end do not keep it for ever.
  test.clock.Advance(absl::Seconds(1));
  stop();
  EXPECT_TRUE(test.writer->RunGroup());
  EXPECT_THAT(told, ElementsAre("owed", "stop"));
  due = absl::InfiniteFuture();
}

TEST(FairQueueTest, WhatIsPutBackComesFirstAndInOrder) {
  FairQueue<int> queue;
  for (int i = 1; i <= 3; ++i) queue.PushBack("a", i);
  queue.PushBack("b", 10);
  const int first = queue.Pop(), second = queue.Pop(), third = queue.Pop();
  EXPECT_THAT((std::vector<int>{first, second, third}), ElementsAre(1, 10, 2));
  queue.PutBack("a", third);
  queue.PutBack("b", second);
  std::vector<int> rest;
  while (!queue.empty()) rest.push_back(queue.Pop());
  EXPECT_THAT(rest, ElementsAre(10, 2, 3));
}

// Where the disk was full and there is a reserve, nobody hears of it.
TEST(FullLaneTest, AGroupRunsOnceMoreWhereRoomWasMade) {
  int reserves = 1;
  Writer::Hooks hooks;
  hooks.make_room = [&] { return reserves-- > 0; };
  TestDatabase test(TestDatabase::Options(), hooks);
  int full = 0;  // so many tries meet the end of the disk
  std::vector<absl::Status> answers;
  const auto submit = [&](int64_t value) {
    test.writer->Submit(
        Urgency::kStop, "",
        [&full, value](Transaction& transaction) -> absl::Status {
          if (full-- > 0) return StorageFull();
          return transaction.Execute(kInsert, {absl::StrCat("n", value), value}).status();
        },
        [&](const absl::Status& status) { answers.push_back(status); });
  };
  full = 1;
  submit(1);
  submit(2);
  test.writer->RunGroup();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_OK(answers[0]);
  EXPECT_OK(answers[1]);
  // The reserve is gone.
  full = 1;
  submit(3);
  test.writer->RunGroup();
  EXPECT_THAT(answers.back(), FailsWith(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
  full = 0;
  submit(4);
  test.writer->RunGroup();
  EXPECT_OK(answers.back());
}

}  // namespace
}  // namespace switchboard::storage
