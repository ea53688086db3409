// A vendor that dials by the issuer's trunk is given a token, which stands for the permit and is
// not its id.
#include <string>

#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;

TEST(TrunkTokenThroughTheHubTest, IsNotThePermitsIdAndStaysTheSame) {
  HubWorld world;
  world.ApplyContract({.dial = "TRUNK"});
  world.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const std::string assignment = world.Live("A-1").assignment_id();
  ASSERT_OK_AND_ASSIGN(const auto first, world.Ask("sakura", "r-1", assignment));
  ASSERT_TRUE(first.permit().has_trunk_token());
  EXPECT_FALSE(first.permit().has_dial());
  EXPECT_NE(first.permit().trunk_token(), first.permit().permit_id());
  // Asked for again, also at a hub that was started anew: the keys are the database's.
  world.Restart();
  ASSERT_OK_AND_ASSIGN(const auto again, world.Ask("sakura", "r-1", assignment));
  EXPECT_EQ(again.permit().trunk_token(), first.permit().trunk_token());
  world.Advance(absl::Minutes(3));
  ASSERT_OK_AND_ASSIGN(const auto next, world.Ask("sakura", "r-2", assignment));
  EXPECT_NE(next.permit().trunk_token(), first.permit().trunk_token());
}

}  // namespace
}  // namespace switchboard
