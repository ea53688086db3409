// Payment plans through the whole hub: what is kept and what is broken, part by part.
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;

class HubPlanStandingsTest : public PlanTest {
 protected:
  explicit HubPlanStandingsTest(HubOptions options = HubWorld::Options())
      : PlanTest(std::move(options)) {}

  // Of the days 1, 3 and 5, each with a third of what is due.
  void Agree() {
    EXPECT_EQ(Report(Planned("o-1", id_, kThreeParts, Now())), "RECORDED");
    EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0]"));
  }
};

TEST_F(HubPlanStandingsTest, PaidOneByOneItIsKept) {
  Agree();
  Pay("e-1", 4'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
  PassUntil(Midnight(3));
  Pay("e-2", 4'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 8000 [KEPT 4000, KEPT 4000, OPEN 0]"));
  PassUntil(Midnight(5));
  Pay("e-3", 4'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>KEPT 12000 paid 12000 [KEPT 4000, KEPT 4000, KEPT 4000]"));
  Pay("e-4", 4'000);
  PassUntil(Midnight(9));
  EXPECT_THAT(PlansTold(), IsEmpty());
}

// Of an open one the end of the time of the first part that is not kept.
TEST_F(HubPlanStandingsTest, SinceWhenItStandsSo) {
  Report(Planned("o-1", id_, kThreeParts, Now()));
  const auto since = [this] {
    std::vector<absl::Time> times;
    for (const v1::PromiseChange& change : Changes()) times.push_back(TimeOf(change.since_time()));
    return times;
  };
  EXPECT_THAT(since(), ElementsAre(Midnight(2)));
  Pay("e-1", 4'000);
  const auto kept = Changes();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(TimeOf(kept[0].since_time()), Midnight(4));
  EXPECT_EQ(TimeOf(kept[0].instalments(0).since_time()), Now());
  EXPECT_EQ(TimeOf(kept[0].instalments(1).since_time()), Midnight(4));
  PassHours(1);
  Pay("e-2", 8'000);
  EXPECT_THAT(since(), ElementsAre(Now()));
  // Broken at the end of the time of the part that did not come.
  Report(Planned("o-2", other_id_, kThreeParts, Now()), "fuji");
  Changes();
  v1::DecidePlanRequest approval = Approval("o-2");
  approval.mutable_key()->set_account_id("A-3");
  approval.mutable_key()->set_vendor_id("fuji");
  EXPECT_EQ(Answer(approval), "OPEN");
  Pay("e-3", 4'000, Now(), "A-3");
  Changes();
  PassUntil(Midnight(4) + absl::Hours(2));
  EXPECT_THAT(since(), ElementsAre(Midnight(4)));
}

TEST_F(HubPlanStandingsTest, WhatIsPaidAheadCountsForTheNextPart) {
  Agree();
  Pay("e-1", 9'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 9000 [KEPT 4000, KEPT 4000, OPEN 1000]"));
  PassUntil(Midnight(5));
  EXPECT_THAT(PlansTold(), IsEmpty());
  Pay("e-2", 3'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>KEPT 12000 paid 12000 [KEPT 4000, KEPT 4000, KEPT 4000]"));
}

TEST_F(HubPlanStandingsTest, WhatIsTooMuchIsNotPaidOnIt) {
  Agree();
  Pay("e-1", 20'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>KEPT 12000 paid 12000 [KEPT 4000, KEPT 4000, KEPT 4000]"));
}

TEST_F(HubPlanStandingsTest, APartOfAPartEndsItWithItsTime) {
  Agree();
  Pay("e-1", 3'999);
  EXPECT_THAT(PlansTold(), IsEmpty());
  PassHours(35.9);
  EXPECT_THAT(PlansTold(), IsEmpty());
  PassUntil(Midnight(2));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 3999 [PARTLY_KEPT "
                                       "3999, OPEN 0, OPEN 0]"));
  // It has ended: what comes then is too late, and the next part is not asked for any more.
  Pay("e-2", 8'001);
  PassUntil(Midnight(7));
  EXPECT_THAT(PlansTold(), IsEmpty());
}

TEST_F(HubPlanStandingsTest, ThatNothingIsPaidBreaksIt) {
  Agree();
  PassUntil(Midnight(2));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>BROKEN 12000 paid 0 [BROKEN 0, OPEN 0, OPEN 0]"));
  Pay("e-1", 12'000, Midnight(2));
  PassUntil(Midnight(7));
  EXPECT_THAT(PlansTold(), IsEmpty());
  // What was in time in the last moment keeps the first part, and the rest was paid ahead then.
  Pay("e-2", 4'000, Midnight(2) - absl::Microseconds(1));
  EXPECT_THAT(
      PlansTold(),
      ElementsAre("o-1 v1: BROKEN>KEPT 12000 paid 12000 [KEPT 4000, KEPT 4000, KEPT 4000]"));
}

TEST_F(HubPlanStandingsTest, ASecondPartThatIsMissedLeavesItPartlyKept) {
  Agree();
  Pay("e-1", 5'000);
  PlansTold();
  PassUntil(Midnight(4));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 5000 [KEPT 4000, "
                                       "PARTLY_KEPT 1000, OPEN 0]"));
}

TEST_F(HubPlanStandingsTest, APaymentThatComesToBeKnownLateRevivesIt) {
  Agree();
  PassUntil(Midnight(2) + absl::Hours(1));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>BROKEN 12000 paid 0 [BROKEN 0, OPEN 0, OPEN 0]"));
  Pay("e-1", 4'000, Midnight(1));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: BROKEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
  // And it is waited for again.
  PassUntil(Midnight(4));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 4000 [KEPT 4000, "
                                       "BROKEN 0, OPEN 0]"));
}

TEST_F(HubPlanStandingsTest, MoneyThatIsBookedAheadCountsOnceItsTimeHasCome) {
  Agree();
  v1::CoreEvent event = testing::Payment("e-1", "A-1");
  event.mutable_payment()->mutable_amount()->set_minor_units(4'000);
  *event.mutable_payment()->mutable_pay_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(Now() + absl::Hours(3)));
  ASSERT_OK(world_.Post({event}));
  EXPECT_THAT(PlansTold(), IsEmpty());
  PassHours(3);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
}

TEST_F(HubPlanStandingsTest, ANewerPromiseTakesItsPlace) {
  Agree();
  Pay("e-1", 5'000);
  PlansTold();
  PassHours(0.5);
  Report(Promised("o-2", id_, 6'000, 3, Now()));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>REPLACED 12000 paid 5000 [KEPT 4000, OPEN 1000, OPEN 0]",
                          "o-2 v1: OPEN 6000 paid 0"));
  // Of the very moment of the newer one.
  Pay("e-2", 6'000);
  EXPECT_THAT(PlansTold(), ElementsAre("o-2 v1: OPEN>KEPT 6000 paid 6000"));
  // A moment before.
  Pay("e-3", 3'000, Now() - absl::Microseconds(1));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: REPLACED>REPLACED 12000 paid 8000 [KEPT 4000, KEPT 4000, OPEN "
                          "0]"));
}

TEST_F(HubPlanStandingsTest, AfterARestartItIsJudgedAlike) {
  Agree();
  Pay("e-1", 4'000);
  PlansTold();
  world_.Crash();
  PassUntil(Midnight(4));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 4000 [KEPT 4000, "
                                       "BROKEN 0, OPEN 0]"));
}

// It is reminded of before the day of each part.
TEST_F(HubPlanStandingsTest, ALivePlanHoldsRemindersBack) {
  const auto retry = [this](const std::string& request_id) {
    const auto live = world_.Live("A-1");
    const auto answer = world_.Ask(live.vendor_id(), request_id, live.assignment_id());
    EXPECT_OK(answer);
    EXPECT_TRUE(answer.ok() && answer->has_denial());
    if (!answer.ok()) return absl::InfinitePast();
    EXPECT_THAT(answer->denial().all_reasons(), ElementsAre(v1::Denial::REASON_PROMISE_LIVE));
    return TimeOf(answer->denial().retry_time());
  };
  EXPECT_EQ(Ask("r-1"), "permit");
  Report(Planned("o-1", id_, {{3, 6'000}, {7, 6'000}}, Now()));
  EXPECT_EQ(retry("r-2"), Midnight(2));
  world_.Advance(Midnight(2) - Now());
  EXPECT_EQ(Ask("r-3"), "permit");
  Release();
  world_.Advance(Midnight(3) - Now());
  EXPECT_EQ(retry("r-4"), Midnight(4));
  Pay("e-1", 6'000);
  Reopen(9);
  EXPECT_EQ(retry("r-5"), Midnight(6));
  world_.Advance(Midnight(5) - Now());
  EXPECT_EQ(retry("r-6"), Midnight(6));
  world_.Advance(Midnight(6) - Now());
  EXPECT_EQ(Ask("r-7"), "permit");
  Release();
  world_.Advance(Midnight(7) - Now());
  EXPECT_EQ(retry("r-8"), Midnight(8));
  // It is broken, and nobody waits for the rest.
  world_.Advance(Midnight(8) - Now());
  EXPECT_EQ(Ask("r-9"), "permit");
}

TEST_F(HubPlanStandingsTest, ThePartThatBreaksItEndsTheWaiting) {
  Report(Planned("o-1", id_, {{3, 6'000}, {7, 6'000}}, Now()));
  EXPECT_EQ(Ask("r-1"), "PROMISE_LIVE");
  PassUntil(Midnight(4));
  EXPECT_EQ(Ask("r-2"), "permit");
}

class HubPlanGraceTest : public HubPlanStandingsTest {
 protected:
  static HubOptions WithGrace() {
    HubOptions options = HubWorld::Options();
    options.promises.set_grace_days(1);
    return options;
  }
  HubPlanGraceTest() : HubPlanStandingsTest(WithGrace()) {}
};

TEST_F(HubPlanGraceTest, ADayOfGraceIsGivenToEachPart) {
  Agree();
  PassUntil(Midnight(2));
  EXPECT_THAT(PlansTold(), IsEmpty());
  Pay("e-1", 4'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
  PassUntil(Midnight(4) + absl::Hours(23));
  EXPECT_THAT(PlansTold(), IsEmpty());
  PassUntil(Midnight(5));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 4000 [KEPT 4000, "
                                       "BROKEN 0, OPEN 0]"));
}

class HubPlanToleranceTest : public HubPlanStandingsTest {
 protected:
  static HubOptions WithTolerance() {
    HubOptions options = HubWorld::Options();
    auto& tolerance = *options.promises.add_tolerances();
    tolerance.set_currency_code("JPY");
    tolerance.set_minor_units(1);
    return options;
  }
  HubPlanToleranceTest() : HubPlanStandingsTest(WithTolerance()) {}
};

// Of all that is due so far, not of each part anew.
TEST_F(HubPlanToleranceTest, LessByOneIsEnough) {
  Agree();
  Pay("e-1", 3'999);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 3999 [KEPT 3999, OPEN 0, OPEN 0]"));
  Pay("e-2", 3'999);
  EXPECT_THAT(PlansTold(), IsEmpty());
  Pay("e-3", 1);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 7999 [KEPT 4000, KEPT 3999, OPEN 0]"));
  Pay("e-4", 4'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>KEPT 12000 paid 11999 [KEPT 4000, KEPT 4000, KEPT 3999]"));
}

TEST_F(HubPlanToleranceTest, LessByTwoIsNot) {
  Agree();
  Pay("e-1", 3'998);
  PassUntil(Midnight(2));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 3998 [PARTLY_KEPT "
                                       "3998, OPEN 0, OPEN 0]"));
}

}  // namespace
}  // namespace switchboard
