#include "hub/audit/tiles.h"

#include <string>
#include <vector>

#include "hub/base/digest.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;
using testing::TestDatabase;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

Hash LeafAt(int64_t position) { return LeafHash(std::to_string(position)); }

class TilesTest : public ::testing::Test {
 protected:
  // Adds leaves up to this size, all in one commit.
  absl::Status GrowTo(int64_t size) {
    return test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(NewLeaves leaves, NewLeaves::Behind(transaction.connection(), size_));
      while (leaves.size() < size) leaves.Add(LeafAt(leaves.size()));
      RETURN_IF_ERROR(leaves.Write(transaction));
      size_ = size;
      return absl::OkStatus();
    });
  }
  absl::StatusOr<Hash> RootAt(int64_t size) {
    absl::StatusOr<Hash> root = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      root = Tiles(reader).RootAt(size);
      return absl::OkStatus();
    }));
    return root;
  }
  static Hash RootOf(int64_t size) {
    CompactRange tree;
    while (tree.size() < size) tree.Add(LeafAt(tree.size()));
    return tree.Root();
  }

  TestDatabase test_;
  int64_t size_ = 0;
};

TEST_F(TilesTest, RootsOfEverySizeStay) {
  for (const int64_t size : {1, 2, 3, 10, 255, 256, 257, 300, 511, 512, 513, 800}) {
    ASSERT_OK(GrowTo(size));
    ASSERT_OK_AND_ASSIGN(const Hash root, RootAt(size));
    EXPECT_TRUE(root == RootOf(size)) << size;
  }
  for (int64_t size = 0; size <= size_; size += 7) {
    ASSERT_OK_AND_ASSIGN(const Hash root, RootAt(size));
    EXPECT_TRUE(root == RootOf(size)) << size;
  }
  // 800 leaves, and three tiles' worth of nodes above them.
  EXPECT_EQ(test_.Number("SELECT COUNT(*) FROM audit_tile"), 5);
}

// More than 256 tiles of leaves, so that there is a third level.
TEST_F(TilesTest, ProofsOverThreeLevelsVerify) {
  ASSERT_OK(GrowTo(256 * 256 + 700));
  EXPECT_EQ(test_.Number("SELECT MAX(level) FROM audit_tile"), 2);
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    Tiles tiles(reader);
    const auto at = [&](int level, int64_t index) { return tiles.At(level, index); };
    ASSIGN_OR_RETURN(const Hash root, tiles.RootAt(size_));
    for (const int64_t position : {int64_t{0}, int64_t{65'535}, int64_t{65'536}, size_ - 1}) {
      ASSIGN_OR_RETURN(const auto path, InclusionPath(position, size_, at));
      EXPECT_TRUE(VerifyPath(LeafAt(position), position, size_, path, root)) << position;
    }
    for (const int64_t old : {int64_t{1}, int64_t{256}, int64_t{65'536}, int64_t{66'000}}) {
      ASSIGN_OR_RETURN(const Hash old_root, tiles.RootAt(old));
      ASSIGN_OR_RETURN(const auto proof, ConsistencyProof(old, size_, at));
      EXPECT_TRUE(VerifyConsistency(old, size_, proof, old_root, root)) << old;
    }
    return absl::OkStatus();
  }));
}

TEST_F(TilesTest, WhatIsMissingIsSaid) {
  ASSERT_OK(GrowTo(300));
  EXPECT_THAT(RootAt(301), FailsWith(kDataLoss, "AUDIT_BROKEN"));
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return transaction.Execute("DELETE FROM audit_tile WHERE level = 0 AND number = 1", {})
        .status();
  }));
  EXPECT_THAT(RootAt(300), FailsWith(kDataLoss, "AUDIT_BROKEN"));
  EXPECT_THAT(GrowTo(301), FailsWith(kDataLoss, "AUDIT_BROKEN"));
}

// A tile that somebody made longer would take leaves at the wrong place.
TEST_F(TilesTest, ATileThatDoesNotEndWhereLeavesBeginIsNotWritten) {
  ASSERT_OK(GrowTo(10));
  size_ = 9;
  EXPECT_THAT(GrowTo(11), FailsWith(kDataLoss, "AUDIT_BROKEN"));
  ASSERT_OK_AND_ASSIGN(const Hash root, RootAt(10));
  EXPECT_TRUE(root == RootOf(10));
}

}  // namespace
}  // namespace switchboard::audit
