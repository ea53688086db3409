// Permits that corrections give back while a promise is live.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/promise_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::Promised;

class HubGivenBackPromisesTest : public testing::PromiseTest {
 protected:
  v1::Outcome Under(const std::string& permit_id, const std::string& outcome_id) {
    v1::Outcome outcome = At(MakeOutcome(outcome_id, id_, CallCode::kNoAnswer), Now());
    outcome.set_permit_id(permit_id);
    return outcome;
  }
  // There was no contact after all.
  void TakeBack(v1::Outcome& outcome) {
    outcome.set_version(2);
    *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
    EXPECT_EQ(Report(outcome), "RECORDED");
  }
  // A permit to remind is given back, so long before the day on which it was promised to pay.
  void GiveBackBefore(absl::Duration ahead) {
    const absl::Time due =
        absl::FromCivil(absl::ToCivilDay(begin_, testing::Tokyo()) + 1, testing::Tokyo());
    world_.Advance(due - ahead - Now());
    EXPECT_EQ(Ask("r-1"), "permit");
    v1::Outcome none = Under(permit_id_, "o-1");
    EXPECT_EQ(Report(none), "RECORDED");
    EXPECT_EQ(Report(Promised("o-2", id_, 5'000, 1, Now())), "RECORDED");
    EXPECT_THAT(testing::CausesOfVoids(world_), IsEmpty());
    TakeBack(none);
  }
};

// Permits last two minutes.
TEST_F(HubGivenBackPromisesTest, WhatEndsInTheTimeOfRemindersIsOpenAgain) {
  GiveBackBefore(absl::Minutes(3));
  EXPECT_THAT(testing::CausesOfVoids(world_), IsEmpty());
}

TEST_F(HubGivenBackPromisesTest, WhatOutlastsTheTimeOfRemindersIsVoid) {
  GiveBackBefore(absl::Minutes(1));
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_PROMISE"));
}

// The plan is of a day in Tokyo; by the time of the promise the person is where that day ends four
// hours sooner, and with it the time of reminders.
TEST_F(HubGivenBackPromisesTest, AnAttemptOfADaysPlanIsHeldToTheTimeOfRemindersToo) {
  ASSERT_OK_AND_ASSIGN(const auto planned, PlanTwoCalls());
  ASSERT_EQ(planned.plan().attempts(), 2);
  const std::string permit_id = planned.plan().permit().permit_id();
  EXPECT_EQ(Report(Under(permit_id, "o-1")), "RECORDED");
  v1::Outcome second = Under(permit_id, "o-2");
  EXPECT_EQ(Report(second), "RECORDED");
  v1::AccountRecord moved = testing::MakeRecord(9);
  moved.mutable_person()->add_time_zones("Pacific/Auckland");
  ASSERT_OK(world_.Import({moved}));
  EXPECT_EQ(Report(Promised("o-3", id_, 5'000, 1, Now())), "RECORDED");
  EXPECT_THAT(testing::CausesOfVoids(world_), IsEmpty());
  TakeBack(second);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_PROMISE"));
}

}  // namespace
}  // namespace switchboard
