#include "hub/edge/memory_budget.h"

#include <gtest/gtest.h>

namespace switchboard::edge {
namespace {

TEST(MemoryBudget, GivesWhatThereIsAndTakesItBack) {
  MemoryBudget budget(int64_t{1} << 20);
  std::optional<MemoryBudget::Share> one = budget.Take(100'000);
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(budget.held(), 400'000);
  std::optional<MemoryBudget::Share> two = budget.Take(150'000);
  ASSERT_TRUE(two.has_value());
  EXPECT_FALSE(budget.Take(20'000).has_value());
  EXPECT_EQ(budget.held(), 1'000'000) << "what was refused holds nothing";
  EXPECT_TRUE(budget.Take(MemoryBudget::kSmallBytes).has_value()) << "a stop always finds room";
  one.reset();
  EXPECT_EQ(budget.held(), 600'000);
  MemoryBudget::Share moved = std::move(*two);
  two.reset();
  EXPECT_EQ(budget.held(), 600'000);
  moved = MemoryBudget::Share();
  EXPECT_EQ(budget.held(), 0);
}

}  // namespace
}  // namespace switchboard::edge
