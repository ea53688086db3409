#include "hub/upkeep/checkpoints.h"

#include <memory>
#include <string>
#include <vector>

#include "hub/audit/kept_checkpoints.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/tiles.h"
#include "hub/book/holds.h"
#include "hub/upkeep/upkeep.h"
#include "tests/audit_rows.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

using testing::FailsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestDatabase;

class CheckpointsTest : public ::testing::Test {
 protected:
  void AddEntries(const std::string& chain_id, int64_t first, int64_t last) {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
      return testing::AddEntries(transaction, *test_.sealer, chain_id, first, last);
    }));
  }
  bool Any(Checkpoints& duty) {
    bool any = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, duty.Any(reader, test_.clock.Now()));
      return absl::OkStatus();
    }));
    return any;
  }
  absl::Status Run(Checkpoints& duty) {
    return test_.Run([&](storage::Transaction& transaction) { return duty.Run(transaction); });
  }
  std::vector<audit::KeptCheckpoint> Kept() {
    std::vector<audit::KeptCheckpoint> kept;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(kept, audit::CheckpointsAfter(reader, 0, 1'000));
      return absl::OkStatus();
    }));
    return kept;
  }
  audit::Checkpoint Opened(const audit::KeptCheckpoint& kept, int64_t generation = 1) {
    const audit::VerifierKey key = log_.KeyOf(generation);
    const auto opened = audit::OpenCheckpoint(kept.note, {&key, 1});
    EXPECT_OK(opened);
    return opened.ok() ? *opened : audit::Checkpoint();
  }

  TestDatabase test_;
  const audit::LogSigner log_{*test_.sealer, "issuer.example/switchboard"};
  Checkpoints duty_{log_, *test_.sealer, absl::Minutes(1)};
};

TEST_F(CheckpointsTest, SignsWhatTheChainsHaveGrownBy) {
  EXPECT_FALSE(Any(duty_));
  AddEntries("hub-1", 1, 3);
  AddEntries("hub-2", 1, 1);
  EXPECT_TRUE(Any(duty_));
  ASSERT_OK(Run(duty_));
  EXPECT_FALSE(duty_.Done());
  EXPECT_FALSE(Any(duty_));
  const auto kept = Kept();
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].size, 4);
  EXPECT_EQ(kept[0].make_time_us, test_.now_us());
  const audit::Checkpoint opened = Opened(kept[0]);
  EXPECT_EQ(opened.origin, "issuer.example/switchboard");
  EXPECT_EQ(opened.size, 4);
  audit::CompactRange tree;
  for (int64_t sequence : {1, 2, 3})
    tree.Add(*audit::HashOf(testing::MadeUpHash("hub-1", sequence)));
  tree.Add(*audit::HashOf(testing::MadeUpHash("hub-2", 1)));
  EXPECT_TRUE(opened.root == tree.Root());
}

TEST_F(CheckpointsTest, OnAnIdleHubNothingIsWritten) {
  ManualExecutor executor;
  Upkeep upkeep(*test_.readers, *test_.writer, executor, "hub-1");
  upkeep.Add(std::make_unique<Checkpoints>(log_, *test_.sealer, absl::Minutes(1)));
  const auto pass = [&](absl::Duration by) {
    test_.clock.Advance(by);
    upkeep.Tick(test_.clock.Now(), test_.clock.Now());
    while (executor.RunOne() || test_.writer->RunGroup()) {
    }
  };
  AddEntries("hub-1", 1, 3);
  pass(absl::ZeroDuration());
  EXPECT_THAT(Kept(), SizeIs(1));
  const int64_t lease = test_.Number("SELECT MAX(expire_time) FROM lease");
  for (int minute = 0; minute < 10; ++minute) pass(absl::Minutes(1));
  EXPECT_THAT(Kept(), SizeIs(1));
  EXPECT_EQ(test_.Number("SELECT MAX(expire_time) FROM lease"), lease);
  AddEntries("hub-1", 4, 4);
  pass(absl::Seconds(59));
  EXPECT_THAT(Kept(), SizeIs(1)) << "once a minute";
  pass(absl::Seconds(1));
  EXPECT_THAT(Kept(), SizeIs(2));
}

// A page is all that a stop waits for; a checkpoint comes when there is nothing left.
TEST_F(CheckpointsTest, CatchesUpInPages) {
  AddEntries("hub-1", 1, 2'500);
  AddEntries("hub-2", 1, 1'500);
  for (int page = 0; page < 2; ++page) {
    EXPECT_TRUE(Any(duty_));
    ASSERT_OK(Run(duty_));
    EXPECT_TRUE(duty_.Done());
    EXPECT_THAT(Kept(), IsEmpty());
  }
  EXPECT_TRUE(Any(duty_)) << "all are leaves, and nothing is signed";
  ASSERT_OK(Run(duty_));
  EXPECT_FALSE(duty_.Done());
  ASSERT_THAT(Kept(), SizeIs(1));
  EXPECT_EQ(Kept()[0].size, 4'000);
  EXPECT_FALSE(Any(duty_));
}

TEST_F(CheckpointsTest, OfTwoHubsTheSlowerOneFindsItDone) {
  Checkpoints other(log_, *test_.sealer, absl::Minutes(1));
  AddEntries("hub-1", 1, 3);
  EXPECT_TRUE(Any(duty_));
  EXPECT_TRUE(Any(other));
  ASSERT_OK(Run(duty_));
  ASSERT_OK(Run(other));
  EXPECT_THAT(Kept(), SizeIs(1));
  AddEntries("hub-2", 1, 1);
  ASSERT_OK(Run(other));
  ASSERT_THAT(Kept(), SizeIs(2));
  EXPECT_EQ(Kept()[1].size, 4);
}

TEST_F(CheckpointsTest, HoldsTheTreeWhileItGrows) {
  AddEntries("hub-1", 1, 1);
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(duty_.Run(transaction));
    EXPECT_TRUE(transaction.Holds(book::AuditTreeKey()));
    return absl::OkStatus();
  }));
}

// As when the hub dies before the commit: what was signed nobody was given.
TEST_F(CheckpointsTest, ARunThatIsNotCommittedLeavesNothing) {
  AddEntries("hub-1", 1, 3);
  EXPECT_FALSE(test_
                   .Run([&](storage::Transaction& transaction) -> absl::Status {
                     RETURN_IF_ERROR(duty_.Run(transaction));
                     return absl::AbortedError("on purpose");
                   })
                   .ok());
  EXPECT_THAT(Kept(), IsEmpty());
  EXPECT_EQ(test_.Number("SELECT COUNT(*) FROM audit_tile"), 0);
  EXPECT_EQ(test_.Number("SELECT COUNT(*) FROM audit_range"), 0);
  ASSERT_OK(Run(duty_));
  EXPECT_THAT(Kept(), SizeIs(1));
}

TEST_F(CheckpointsTest, EachContinuesThoseBefore) {
  int64_t one = 0, other = 0;
  for (int round = 1; round <= 20; ++round) {
    AddEntries("hub-1", one + 1, one + round);
    one += round;
    if (round % 3 == 0) {
      AddEntries("hub-1.2", other + 1, other + 2);
      other += 2;
    }
    ASSERT_OK(Run(duty_));
  }
  const auto kept = Kept();
  ASSERT_THAT(kept, SizeIs(20));
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    audit::Tiles tiles(reader);
    const auto at = [&](int level, int64_t index) { return tiles.At(level, index); };
    for (size_t i = 1; i < kept.size(); ++i) {
      const audit::Checkpoint before = Opened(kept[i - 1]), after = Opened(kept[i]);
      ASSIGN_OR_RETURN(const auto proof, audit::ConsistencyProof(before.size, after.size, at));
      EXPECT_TRUE(audit::VerifyConsistency(before.size, after.size, proof, before.root, after.root))
          << i;
    }
    return absl::OkStatus();
  }));
}

TEST_F(CheckpointsTest, BehindARestoreItIsAnotherLog) {
  AddEntries("hub-1", 1, 1);
  ASSERT_OK(Run(duty_));
  ASSERT_OK(test_.Run(
      [](storage::Transaction& transaction) { return audit::LogSigner::Begin(transaction, 2); }));
  AddEntries("hub-1", 2, 2);
  ASSERT_OK(Run(duty_));
  ASSERT_THAT(Kept(), SizeIs(2));
  EXPECT_EQ(Opened(Kept()[1], 2).origin, "issuer.example/switchboard/2");
}

TEST_F(CheckpointsTest, OverAGapNothingIsSigned) {
  AddEntries("hub-1", 1, 1);
  AddEntries("hub-1", 3, 3);
  EXPECT_THAT(Run(duty_), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
  EXPECT_THAT(Kept(), IsEmpty());
}

}  // namespace
}  // namespace switchboard::upkeep
