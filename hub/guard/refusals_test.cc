#include "hub/guard/refusals.h"

#include <set>
#include <vector>

#include "tests/testing.h"

namespace switchboard::guard {
namespace {

TEST(RefusalTally, AFloodOfConnectionsIsNoFloodOfLines) {
  ManualClock clock;
  std::vector<Refusals> told;
  RefusalTally tally([&](const Refusals& refusals) { told.push_back(refusals); }, clock);
  for (int i = 0; i < 100; ++i) tally.Count(RefusalReason::kAddressRate, "192.0.2.7");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].count, 1);
  tally.Count(RefusalReason::kPeerMax, "192.0.2.8");
  ASSERT_EQ(told.size(), 2u) << "each kind has its own second";
  clock.Advance(absl::Seconds(1));
  tally.Count(RefusalReason::kAddressRate, "192.0.2.9");
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[2].count, 100);
  EXPECT_EQ(told[2].address, "192.0.2.9");
  EXPECT_EQ(tally.counted(RefusalReason::kAddressRate), 101);
  EXPECT_EQ(tally.counted(RefusalReason::kHandshakeTime), 0);
}

TEST(RefusalTally, EachKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i < kRefusalReasons; ++i)
    EXPECT_TRUE(names.insert(RefusalName(static_cast<RefusalReason>(i))).second) << i;
}

}  // namespace
}  // namespace switchboard::guard
