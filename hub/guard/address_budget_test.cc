#include "hub/guard/address_budget.h"

#include "tests/testing.h"

namespace switchboard::guard {
namespace {

int TakeAll(AddressBudget& budget, const std::string& key) {
  int taken = 0;
  while (taken < 1000 && budget.Take(key)) ++taken;
  return taken;
}

TEST(AddressBudget, BurstThenRate) {
  ManualClock clock;
  AddressBudget budget({2.0, 5}, 100, clock);
  EXPECT_EQ(TakeAll(budget, "a"), 5);
  EXPECT_EQ(TakeAll(budget, "b"), 5) << "keys do not share";
  clock.Advance(absl::Milliseconds(499));
  EXPECT_EQ(TakeAll(budget, "a"), 0);
  clock.Advance(absl::Milliseconds(1));
  EXPECT_EQ(TakeAll(budget, "a"), 1);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(TakeAll(budget, "a"), 5) << "never more than the burst";
}

TEST(AddressBudget, ClockMayStepBack) {
  ManualClock clock;
  AddressBudget budget({1.0, 2}, 100, clock);
  EXPECT_EQ(TakeAll(budget, "a"), 2);
  clock.Advance(-absl::Hours(1));
  EXPECT_EQ(TakeAll(budget, "a"), 0);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(TakeAll(budget, "a"), 1);
}

TEST(AddressBudget, MemoryIsBounded) {
  ManualClock clock;
  AddressBudget budget({1.0, 2}, 50, clock);
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += budget.Take(std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(budget.keys(), 50u);
  EXPECT_EQ(taken, 50 + 2) << "the others share one bucket";
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(TakeAll(budget, "new"), 2) << "full buckets make room";
  EXPECT_EQ(budget.keys(), 1u);
}

}  // namespace
}  // namespace switchboard::guard
