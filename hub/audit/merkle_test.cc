#include "hub/audit/merkle.h"

#include <map>
#include <string>
#include <vector>

#include "hub/audit/published_tree.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;

// A tree of leaves as whoever keeps one has it.
class KeptTree {
 public:
  explicit KeptTree(const std::vector<std::string>& leaves) {
    roots_.push_back(range_.Root());
    for (const std::string& leaf : leaves) {
      range_.Add(LeafHash(leaf), [&](int level, int64_t index, const Hash& node) {
        EXPECT_TRUE(nodes_.emplace(std::pair(level, index), node).second);
      });
      leaves_.push_back(LeafHash(leaf));
      roots_.push_back(range_.Root());
    }
  }

  absl::StatusOr<Hash> At(int level, int64_t index) const {
    const auto node = nodes_.find({level, index});
    if (node == nodes_.end()) return absl::NotFoundError("no such node");
    return node->second;
  }
  auto reader() const {
    return [this](int level, int64_t index) { return At(level, index); };
  }
  const Hash& leaf(int64_t index) const { return leaves_[static_cast<size_t>(index)]; }
  const Hash& root(int64_t size) const { return roots_[static_cast<size_t>(size)]; }

 private:
  CompactRange range_;
  std::vector<Hash> leaves_, roots_;
  std::map<std::pair<int, int64_t>, Hash> nodes_;
};

std::vector<std::string> Numbers(int count) {
  std::vector<std::string> leaves;
  for (int i = 0; i < count; ++i) leaves.push_back(std::to_string(i));
  return leaves;
}

std::vector<Hash> Hashes(const std::vector<const char*>& hex) {
  std::vector<Hash> hashes;
  for (const char* one : hex) hashes.push_back(*HashOf(Bytes(one)));
  return hashes;
}

Hash Changed(Hash hash, size_t bit) {
  hash.bytes[bit / 8] = static_cast<char>(hash.bytes[bit / 8] ^ (1 << bit % 8));
  return hash;
}

TEST(CompactRangeTest, RootsMatchThePublishedOnes) {
  const KeptTree tree(PublishedLeaves(8));
  for (int64_t size = 0; size <= 8; ++size)
    EXPECT_EQ(tree.root(size).view(), Bytes(kPublishedRoots[size])) << size;
}

TEST(CompactRangeTest, GoesOnFromATreeThatIsKept) {
  const std::vector<std::string> leaves = Numbers(40);
  const KeptTree tree(leaves);
  for (int64_t size = 0; size <= 40; ++size) {
    ASSERT_OK_AND_ASSIGN(CompactRange range, CompactRange::At(size, tree.reader()));
    EXPECT_EQ(range.size(), size);
    for (int64_t i = size;; ++i) {
      ASSERT_EQ(range.Root(), tree.root(i)) << size << " and on to " << i;
      if (i == 40) break;
      range.Add(tree.leaf(i));
    }
  }
  EXPECT_FALSE(CompactRange::At(41, tree.reader()).ok());
}

TEST(ConsistencyTest, ProofsMatchThePublishedOnes) {
  const KeptTree tree(PublishedLeaves(8));
  const struct {
    int64_t old_size, size;
    std::vector<const char*> proof;
  } rows[] = {
      {1, 1, {}},
      {1,
       8,
       {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
      {6,
       8,
       {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {2,
       5,
       {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
  };
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const auto proof, ConsistencyProof(row.old_size, row.size, tree.reader()));
    EXPECT_EQ(proof, Hashes(row.proof)) << row.old_size << " of " << row.size;
  }
}

TEST(ConsistencyTest, HoldsForEachPairOfSizesAndNoOther) {
  constexpr int64_t kSize = 70;
  const KeptTree tree(Numbers(kSize));
  for (int64_t size = 0; size <= kSize; ++size) {
    for (int64_t old_size = 0; old_size <= size; ++old_size) {
      SCOPED_TRACE(std::to_string(old_size) + " of " + std::to_string(size));
      ASSERT_OK_AND_ASSIGN(auto proof, ConsistencyProof(old_size, size, tree.reader()));
      const Hash &old_root = tree.root(old_size), &root = tree.root(size);
      ASSERT_TRUE(VerifyConsistency(old_size, size, proof, old_root, root));
      EXPECT_FALSE(VerifyConsistency(old_size, size, proof, Changed(old_root, 7), root));
      // Of an empty log everything is a continuation.
      EXPECT_EQ(VerifyConsistency(old_size, size, proof, old_root, Changed(root, 255)),
                old_size == 0 && size > 0);
      EXPECT_FALSE(VerifyConsistency(old_size + 1, size, proof, old_root, root));
      EXPECT_FALSE(VerifyConsistency(size, old_size - 1, proof, old_root, root));
      proof.push_back(root);
      EXPECT_FALSE(VerifyConsistency(old_size, size, proof, old_root, root));
      if (proof.size() < 2) continue;
      proof.resize(proof.size() - 2);
      EXPECT_FALSE(VerifyConsistency(old_size, size, proof, old_root, root));
    }
  }
}

TEST(ConsistencyTest, OneChangedBitFails) {
  const KeptTree tree(Numbers(300));
  for (const auto& [old_size, size] : {std::pair<int64_t, int64_t>{6, 8}, {130, 300}, {256, 257}}) {
    ASSERT_OK_AND_ASSIGN(const auto proof, ConsistencyProof(old_size, size, tree.reader()));
    for (size_t i = 0; i < proof.size(); ++i) {
      for (size_t bit = 0; bit < 256; ++bit) {
        auto changed = proof;
        changed[i] = Changed(changed[i], bit);
        EXPECT_FALSE(
            VerifyConsistency(old_size, size, changed, tree.root(old_size), tree.root(size)))
            << old_size << " of " << size << ", hash " << i << ", bit " << bit;
      }
    }
  }
}

TEST(InclusionTest, PathsHoldForTheirLeafAndPlaceOnly) {
  constexpr int64_t kSize = 70;
  const KeptTree tree(Numbers(kSize));
  for (int64_t size = 1; size <= kSize; ++size) {
    for (int64_t index = 0; index < size; ++index) {
      SCOPED_TRACE(std::to_string(index) + " of " + std::to_string(size));
      ASSERT_OK_AND_ASSIGN(auto path, InclusionPath(index, size, tree.reader()));
      const Hash& root = tree.root(size);
      ASSERT_TRUE(VerifyPath(tree.leaf(index), index, size, path, root));
      EXPECT_FALSE(VerifyPath(Changed(tree.leaf(index), 3), index, size, path, root));
      EXPECT_FALSE(VerifyPath(tree.leaf(index), index, size, path, Changed(root, 9)));
      for (int64_t other = -1; other <= size; ++other)
        EXPECT_EQ(VerifyPath(tree.leaf(index), other, size, path, root), other == index) << other;
      path.push_back(root);
      EXPECT_FALSE(VerifyPath(tree.leaf(index), index, size, path, root));
      path.resize(path.size() - 1);
      if (path.empty()) continue;
      path.resize(path.size() - 1);
      EXPECT_FALSE(VerifyPath(tree.leaf(index), index, size, path, root));
    }
  }
}

TEST(InclusionTest, WhatCannotBeReadIsTheReadersError) {
  const auto broken = [](int, int64_t) -> absl::StatusOr<Hash> {
    return absl::DataLossError("a node is missing");
  };
  EXPECT_THAT(InclusionPath(3, 9, broken), FailsWith(absl::StatusCode::kDataLoss, ""));
  EXPECT_THAT(ConsistencyProof(3, 9, broken), FailsWith(absl::StatusCode::kDataLoss, ""));
  EXPECT_THAT(CompactRange::At(9, broken), FailsWith(absl::StatusCode::kDataLoss, ""));
}

TEST(HashTest, IsOfThirtyTwoBytes) {
  EXPECT_FALSE(HashOf(std::string(31, 'x')).has_value());
  EXPECT_FALSE(HashOf(std::string(33, 'x')).has_value());
  EXPECT_EQ(HashOf(std::string(32, 'x'))->text(), std::string(32, 'x'));
}

}  // namespace
}  // namespace switchboard::audit
