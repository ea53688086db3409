#include "adapters/client/mirror.h"

#include <string>
#include <vector>

#include "adapters/client/feed_model.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;

constexpr absl::StatusCode kBroken = absl::StatusCode::kFailedPrecondition;

class MirrorTest : public ::testing::Test {
 protected:
  MirrorTest() : vendor_(folder_ / "vendor.db") {}

  Mirror& mirror() { return vendor_.mirror(); }
  absl::Status Apply(const v1::Cursor& after, const v1::Cursor& through,
                     const std::vector<v1::SyncResponse::Change>& changes, bool caught_up = false) {
    return mirror().Apply(BatchOf(after, through, changes, caught_up));
  }
  std::map<std::string, int> Rows() { return vendor_.Workable(); }

  testing::TemporaryFolder folder_;
  ModelVendor vendor_;
};

using Map = std::map<std::string, int>;

TEST_F(MirrorTest, BeginsWithNothing) {
  EXPECT_EQ(mirror().cursor().generation(), "");
  EXPECT_EQ(mirror().cursor().sequence(), 0);
  EXPECT_EQ(mirror().stored_rows(), 0);
}

TEST_F(MirrorTest, StoresRowsAndCursorForGood) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b", 7)}));
  ASSERT_OK(Apply(At("g1", 2), At("g1", 4), {Withdrawn("a"), Assigned("b", 8)}));
  vendor_.Restart();
  EXPECT_EQ(mirror().cursor().generation(), "g1");
  EXPECT_EQ(mirror().cursor().sequence(), 4);
  EXPECT_EQ(Rows(), (Map{{"b", 8}}));
  EXPECT_EQ(mirror().current_rows(), 1);
  EXPECT_EQ(mirror().stored_rows(), 1);
}

TEST_F(MirrorTest, ChecksTheChain) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 5), {Assigned("a")}));
  const struct {
    v1::Cursor after, through;
  } broken[] = {
      {At("g1", 4), At("g1", 6)},  // again from before
      {At("g1", 6), At("g1", 7)},  // a hole
      {At("g2", 5), At("g2", 6)},  // another generation
      {At("g1", 5), At("g2", 6)},  // changes generation on the way
      {At("g1", 5), At("g1", 4)},  // runs back
      {At("", 5), At("", 6)},      // none
  };
  for (const auto& [after, through] : broken) {
    EXPECT_THAT(Apply(after, through, {Assigned("x")}), FailsWith(kBroken, "BROKEN_CHAIN"));
  }
  EXPECT_EQ(Rows(), (Map{{"a", 1}}));
  EXPECT_EQ(mirror().cursor().sequence(), 5);
}

TEST_F(MirrorTest, RefusesBatchesBeforeAnyGeneration) {
  EXPECT_THAT(Apply(At("", 0), At("", 1), {Assigned("a")}), FailsWith(kBroken, "BROKEN_CHAIN"));
}

TEST_F(MirrorTest, RowWithoutIdLeavesNoTraceOfTheBatch) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  EXPECT_THAT(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("")}),
              FailsWith(absl::StatusCode::kInvalidArgument, "ROW_WITHOUT_ID"));
  EXPECT_EQ(Rows(), Map{});
  EXPECT_EQ(mirror().cursor().sequence(), 0);
  EXPECT_EQ(mirror().current_rows(), 0);
}

TEST_F(MirrorTest, RowOfAnOlderGenerationIsNotWorkable) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  EXPECT_EQ(Rows(), Map{});
  EXPECT_THAT(mirror().Workable("a", absl::UnixEpoch()),
              FailsWith(absl::StatusCode::kNotFound, "NOT_WORKABLE"));
  EXPECT_EQ(mirror().current_rows(), 0);
  EXPECT_EQ(mirror().stored_rows(), 2);

  ASSERT_OK(Apply(At("g2", 0), At("g2", 1), {Assigned("b", 3)}));
  EXPECT_EQ(Rows(), (Map{{"b", 3}}));
  vendor_.Restart();
  EXPECT_EQ(Rows(), (Map{{"b", 3}}));
  EXPECT_EQ(mirror().current_rows(), 1);
  EXPECT_EQ(mirror().stored_rows(), 2);
}

TEST_F(MirrorTest, SweepsAtCaughtUpOnly) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  ASSERT_OK(Apply(At("g2", 0), At("g2", 1), {Assigned("b")}));
  EXPECT_EQ(mirror().stored_rows(), 2);
  ASSERT_OK(Apply(At("g2", 1), At("g2", 1), {}, true));
  EXPECT_EQ(mirror().stored_rows(), 1);
  EXPECT_EQ(Rows(), (Map{{"b", 1}}));
}

TEST_F(MirrorTest, SweepIsNotForgottenOverARestart) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 1), {Assigned("a")}, true));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  vendor_.Restart();
  ASSERT_OK(Apply(At("g2", 0), At("g2", 0), {}, true));
  EXPECT_EQ(mirror().stored_rows(), 0);
}

TEST_F(MirrorTest, WithdrawalOfARowOfAnOlderGeneration) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 1), {Assigned("a")}, true));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  ASSERT_OK(Apply(At("g2", 0), At("g2", 1), {Withdrawn("a"), Withdrawn("never seen")}));
  EXPECT_EQ(mirror().stored_rows(), 0);
  EXPECT_EQ(mirror().current_rows(), 0);
}

TEST_F(MirrorTest, WithdrawalAheadOfTheFeedHoldsUntilItsPlace) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}));
  v1::SyncResponse::WithdrawnNow withdrawn;
  withdrawn.set_assignment_id("a");
  withdrawn.set_change_sequence(9);
  ASSERT_OK(mirror().Withdraw(withdrawn));
  ASSERT_OK(mirror().Withdraw(withdrawn));
  EXPECT_EQ(Rows(), (Map{{"b", 1}}));
  EXPECT_EQ(mirror().stored_rows(), 1);
  EXPECT_EQ(mirror().cursor().sequence(), 2);
  ASSERT_OK(Apply(At("g1", 2), At("g1", 8), {Assigned("a", 2), Assigned("c")}));
  EXPECT_EQ(Rows(), (Map{{"b", 1}, {"c", 1}}));
  ASSERT_OK(Apply(At("g1", 8), At("g1", 9), {Withdrawn("a")}));
  EXPECT_EQ(Rows(), (Map{{"b", 1}, {"c", 1}}));
  // In another generation it is another story.
  withdrawn.set_assignment_id("b");
  withdrawn.set_change_sequence(20);
  ASSERT_OK(mirror().Withdraw(withdrawn));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  ASSERT_OK(Apply(At("g2", 0), At("g2", 3), {Assigned("b")}));
  EXPECT_EQ(Rows(), (Map{{"b", 1}}));
}

TEST_F(MirrorTest, OpenedOfTheSameGenerationChangesNothing) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 3), {Assigned("a")}, true));
  ASSERT_OK(mirror().Opened(At("g1", 3)));
  EXPECT_EQ(mirror().cursor().sequence(), 3);
  EXPECT_EQ(Rows(), (Map{{"a", 1}}));
}

TEST_F(MirrorTest, UnknownKindOfChangeIsPassedOver) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {v1::SyncResponse::Change(), Assigned("a")}));
  EXPECT_EQ(Rows(), (Map{{"a", 1}}));
}

TEST_F(MirrorTest, ExpiredRowIsNotWorkable) {
  auto change = Assigned("a");
  change.mutable_assigned()->mutable_expire_time()->set_seconds(1000);
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {change, Assigned("b")}));
  EXPECT_OK(mirror().Workable("a", absl::FromUnixMillis(999'999)));
  EXPECT_THAT(mirror().Workable("a", absl::FromUnixSeconds(1000)),
              FailsWith(absl::StatusCode::kNotFound, "NOT_WORKABLE"));
  ASSERT_OK_AND_ASSIGN(auto rows, mirror().NextWorkable("", 1, absl::FromUnixSeconds(1000)));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].assignment_id(), "b");
}

TEST_F(MirrorTest, PagesThroughWorkableRows) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 3), {Assigned("c"), Assigned("a"), Assigned("b")}));
  ASSERT_OK_AND_ASSIGN(auto page, mirror().NextWorkable("", 2, absl::UnixEpoch()));
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].assignment_id(), "a");
  EXPECT_EQ(page[1].assignment_id(), "b");
  ASSERT_OK_AND_ASSIGN(page, mirror().NextWorkable("b", 2, absl::UnixEpoch()));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].assignment_id(), "c");
  ASSERT_OK_AND_ASSIGN(page, mirror().NextWorkable("c", 2, absl::UnixEpoch()));
  EXPECT_TRUE(page.empty());
  ASSERT_OK_AND_ASSIGN(page, mirror().NextWorkable("", 0, absl::UnixEpoch()));
  EXPECT_TRUE(page.empty());
}

// The rule "rows first, cursor last, one transaction": killed at each of its writes, the mirror is
// as it was before the batch; never is the cursor ahead of the rows.
TEST_F(MirrorTest, KilledAtAnyWriteTheBatchLeavesNoTrace) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
  ASSERT_OK(mirror().Opened(At("g2", 0)));
  const auto batch =
      BatchOf(At("g2", 0), At("g2", 3), {Assigned("b", 5), Withdrawn("a"), Assigned("c", 5)}, true);
  constexpr int kWrites = 6;  // three changes, sweep, cursor, commit
  for (int n = 0; n < kWrites; ++n) {
    vendor_.connection().DieAtWrite(n);
    EXPECT_FALSE(mirror().Apply(batch).ok()) << n;
    vendor_.Restart();
    EXPECT_EQ(mirror().cursor().sequence(), 0) << n;
    EXPECT_EQ(Rows(), Map{}) << n;
    EXPECT_EQ(mirror().stored_rows(), 2) << n;
  }
  vendor_.connection().DieAtWrite(kWrites);
  ASSERT_OK(mirror().Apply(batch));
  vendor_.Restart();
  EXPECT_EQ(mirror().cursor().sequence(), 3);
  EXPECT_EQ(Rows(), (Map{{"b", 5}, {"c", 5}}));
}

TEST_F(MirrorTest, FailedBatchCanBeAppliedAgainWithoutARestart) {
  ASSERT_OK(mirror().Opened(At("g1", 0)));
  EXPECT_FALSE(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("")}, true).ok());
  ASSERT_OK(Apply(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
  EXPECT_EQ(Rows(), (Map{{"a", 1}, {"b", 1}}));
}

TEST(VendorFileTest, RefusesWhatItCannotUse) {
  testing::TemporaryFolder folder;
  testing::WriteFile(folder / "text.db", std::string(8192, 'x'));
  EXPECT_THAT(VendorFile::Open(folder / "text.db"), FailsWith(kBroken, "NOT_A_DATABASE"));
  ASSERT_OK_AND_ASSIGN(auto file, VendorFile::Open(folder / "vendor.db"));
  EXPECT_THAT(VendorFile::Open(folder / "vendor.db"), FailsWith(kBroken, "DATABASE_IN_USE"));
  ASSERT_OK(file->Transact([&] {
    return file->connection().Execute("UPDATE mirror_state SET layout = 3", {}).status();
  }));
  file.reset();
  EXPECT_THAT(VendorFile::Open(folder / "vendor.db"), FailsWith(kBroken, "MIRROR_TOO_NEW"));
}

}  // namespace
}  // namespace switchboard::adapters
