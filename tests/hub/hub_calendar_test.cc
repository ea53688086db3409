// A vendor's own calendar: what it did at other times is marked.
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"
#include "tests/hub/promise_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OutcomesRead;

TEST(HubCalendarTest, ContactsWhenNobodyWorksAreMarked) {
  testing::HubWorld world;
  const absl::Time noon = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12), testing::Tokyo());
  world.clock.Advance(noon - world.clock.Now());
  world.SetUpVendors({"sakura"});
  world.ApplyContract({.vendor_id = "sakura",
                       .more = "calendar:\n  zone: Asia/Tokyo\n  shifts: [{weekdays: [MON], from: "
                               "\"09:00\", to: \"18:00\"}]\n"});
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const std::string id = world.Live("A-1").assignment_id();
  const auto call = [&](const std::string& outcome_id, absl::Time time) {
    return At(MakeOutcome(outcome_id, id, CallCode::kNoAnswer), time);
  };
  world.Advance(absl::Hours(10));
  auto in = At(MakeOutcome("o-3", id, CallCode::kRightParty), noon + absl::Hours(8));
  in.set_direction(v1::DIRECTION_IN);
  ASSERT_OK(world.Report(
      "sakura", {call("o-1", noon + absl::Hours(5)), call("o-2", noon + absl::Hours(6)), in}));
  EXPECT_THAT(OutcomesRead(world),
              ElementsAre("1 o-1 v1: WITHOUT_PERMIT", "2 o-2 v1: WITHOUT_PERMIT OUTSIDE_CALENDAR",
                          "3 o-3 v1:"));
}

}  // namespace
}  // namespace switchboard
