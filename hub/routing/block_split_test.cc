#include "hub/routing/block_split.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::routing {
namespace {

std::string Text(const BlockSplit& split, const BlockSplit::BlockKey& key) {
  const BlockSplit::Order order = split.OrderOf(key);
  std::string text;
  for (int i = 0; i < split.size(); ++i) text += static_cast<char>('0' + order[i]);
  return text;
}

// The orders were computed by a second program, written in another language from the definition in
// block_split.h: placements must stay what they are on other machines and after upgrades.
TEST(BlockSplitTest, OrderIsTheOneTheHeaderDefines) {
  struct Row {
    std::vector<int> percentages;
    BlockSplit::BlockKey key;
    std::string order;
  };
  const std::vector<Row> rows = {
      {{50, 30, 20}, {42, "2026-11-a", "early-ja", "all", 0}, "0100122001"},
      {{50, 30, 20}, {42, "2026-11-a", "early-ja", "all", 1}, "0210020110"},
      {{50, 30, 20}, {43, "2026-11-a", "early-ja", "all", 0}, "0001211020"},
      {{50, 30, 20}, {-1, "2026-11-a", "early-ja", "grade:A,bucket:M2", 7}, "0021120100"},
      {{60, 40}, {42, "2026-11-a", "early-ja", "all", 0}, "10010"},
      {{100}, {42, "2026-11-a", "early-ja", "all", 0}, "0"},
      {{33, 33, 34},
       {42, "p", "関東", "all", int64_t{1} << 40},
       "21122001222000221212221201110121021000200002120000"
       "22010111202101120002022221102021211101101202111102"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Text(BlockSplit(row.percentages), row.key), row.order) << row.percentages.size();
  }
}

TEST(BlockSplitTest, EveryBlockHoldsTheSharesExactly) {
  struct Row {
    std::vector<int> percentages;
    int size;
    std::map<int, int> slots;
  };
  const std::vector<Row> rows = {
      {{50, 30, 20}, 10, {{0, 5}, {1, 3}, {2, 2}}},
      {{60, 40}, 5, {{0, 3}, {1, 2}}},
      {{100}, 1, {{0, 1}}},
      {{33, 33, 34}, 100, {{0, 33}, {1, 33}, {2, 34}}},
      {{1, 99}, 100, {{0, 1}, {1, 99}}},
      {{50, 50}, 2, {{0, 1}, {1, 1}}},
  };
  for (const Row& row : rows) {
    const BlockSplit split(row.percentages);
    ASSERT_EQ(split.size(), row.size);
    for (int64_t block = 0; block < 50; ++block) {
      std::map<int, int> slots;
      for (char c : Text(split, {7, "p", "s", "all", block})) ++slots[c - '0'];
      EXPECT_EQ(slots, row.slots) << "block " << block;
    }
  }
}

TEST(BlockSplitTest, AHundredSharesOfOnePercentFit) {
  const BlockSplit split(std::vector<int>(100, 1));
  const BlockSplit::Order order = split.OrderOf({7, "p", "s", "all", 0});
  EXPECT_EQ(std::set<int>(order.begin(), order.end()).size(), 100u);
}

TEST(BlockSplitTest, EveryPartOfTheKeyChangesTheOrder) {
  const BlockSplit split({33, 33, 34});
  const std::set<std::string> orders = {
      Text(split, {7, "p", "s", "all", 0}),  Text(split, {8, "p", "s", "all", 0}),
      Text(split, {7, "q", "s", "all", 0}),  Text(split, {7, "p", "t", "all", 0}),
      Text(split, {7, "p", "s", "none", 0}), Text(split, {7, "p", "s", "all", 1}),
      Text(split, {7, "ps", "", "all", 0}),  // the parts are not simply run together
  };
  EXPECT_EQ(orders.size(), 7u);
}

// A vendor that knows its shares must not know more than that about the next slot.
TEST(BlockSplitTest, EachSlotGoesToEachVendorAsOftenAsItsShareSays) {
  const BlockSplit split({50, 30, 20});
  constexpr int kBlocks = 20000;
  std::vector<std::map<char, int>> counts(split.size());
  for (int64_t block = 0; block < kBlocks; ++block) {
    const std::string order = Text(split, {11, "p", "s", "all", block});
    for (size_t i = 0; i < order.size(); ++i) ++counts[i][order[i]];
  }
  for (const auto& slot : counts) {
    EXPECT_NEAR(slot.at('0'), kBlocks * 0.5, kBlocks * 0.02);
    EXPECT_NEAR(slot.at('1'), kBlocks * 0.3, kBlocks * 0.02);
    EXPECT_NEAR(slot.at('2'), kBlocks * 0.2, kBlocks * 0.02);
  }
}

}  // namespace
}  // namespace switchboard::routing
