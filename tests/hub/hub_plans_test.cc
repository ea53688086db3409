// A day's contacts planned at once, and packs that come into force while permits are open.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::ElementsAre;

class HubPlansTest : public testing::RulesTest {
 protected:
  std::vector<std::string> HoursOf(const v1::ContactPlan& plan) {
    std::vector<std::string> hours;
    for (const auto& spell : plan.hours())
      hours.push_back(TokyoTime(spell.begin_time()) + " to " + TokyoTime(spell.end_time()));
    return hours;
  }
  static v1::Date Day(int day) {
    v1::Date date;
    date.set_year(2026);
    date.set_month(12);
    date.set_day(day);
    return date;
  }
  v1::Outcome Under(const std::string& permit_id, const std::string& account) {
    v1::Outcome outcome = OutcomeNow(world_.Live(account).assignment_id(), CallCode::kNoAnswer);
    outcome.set_permit_id(permit_id);
    return outcome;
  }
};

// The pack allows two calls a day between eight and nine; one was made.
TEST_F(HubPlansTest, APlanPromisesWhatNoRuleWillRefuse) {
  Contact("A-2");
  ASSERT_OK_AND_ASSIGN(const auto today, Plan(Wanting("A-1", 5)));
  EXPECT_EQ(today.plan().attempts(), 1);
  EXPECT_THAT(HoursOf(today.plan()), ElementsAre("2026-11-30 12:00:00 to 2026-11-30 21:00:00"));
  EXPECT_EQ(TokyoTime(today.plan().permit().expire_time()), "2026-11-30 21:00:00");
  EXPECT_FALSE(today.plan().permit().dial().empty());
  // The person's contacts of the day are in that vendor's hands.
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
}

TEST_F(HubPlansTest, ADayToComeIsPlannedFromItsBeginning) {
  Contact("A-2");
  auto request = Wanting("A-1", 5);
  *request.mutable_day() = Day(1);
  ASSERT_OK_AND_ASSIGN(const auto tomorrow, Plan(request));
  EXPECT_EQ(tomorrow.plan().attempts(), 2);
  EXPECT_THAT(HoursOf(tomorrow.plan()), ElementsAre("2026-12-01 08:00:00 to 2026-12-01 21:00:00"));
  EXPECT_EQ(TokyoTime(tomorrow.plan().permit().begin_time()), "2026-12-01 08:00:00");
  auto later = Wanting("A-3", 1);
  *later.mutable_day() = Day(2);
  EXPECT_THAT(Plan(later), testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  later.mutable_day()->set_month(11);
  later.mutable_day()->set_day(29);
  EXPECT_THAT(Plan(later), testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(HubPlansTest, EachOutcomeUsesOneAttemptAndACorrectionNone) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  ASSERT_EQ(planned.plan().attempts(), 2);
  const std::string permit_id = planned.plan().permit().permit_id();
  v1::Outcome first = Under(permit_id, "A-1");
  Report(first);
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
  first.set_version(2);
  *first.mutable_result() = ResultOf(CallCode::kRightParty);
  Report(first);
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
  Report(Under(permit_id, "A-1"));
  Report(Under(permit_id, "A-1"));
  EXPECT_THAT(Refusing("A-2"), ::testing::Contains("jp-test.calls-2-a-day"));
  const auto read = testing::OutcomesRead(world_);
  ASSERT_EQ(read.size(), 4u);
  EXPECT_EQ(read[0], "1 o-1 v1:");
  EXPECT_EQ(read[2], "3 o-2 v1:");
  EXPECT_THAT(read[3], ::testing::HasSubstr("PERMIT")) << "there was none left";
}

// A correction of whichever of them takes none, also once none is left.
TEST_F(HubPlansTest, CorrectionsOfEarlierAttemptsTakeNone) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  const std::string permit_id = planned.plan().permit().permit_id();
  v1::Outcome first = Under(permit_id, "A-1");
  Report(first);
  Report(Under(permit_id, "A-1"));
  first.set_version(2);
  *first.mutable_result() = ResultOf(CallCode::kRightParty);
  Report(first);
  const auto read = testing::OutcomesRead(world_);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[2], "3 o-1 v2: CORRECTION");
}

// The plan of another day, or more attempts than are left, are not what was given.
TEST_F(HubPlansTest, ARequestIdIsForOneDay) {
  auto request = Wanting("A-1", 2);
  ASSERT_OK(Plan(request));
  *request.mutable_day() = Day(1);
  EXPECT_THAT(Plan(request),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

// What is asked for ahead is judged by its own hours when a pack comes into force.
TEST_F(HubPlansTest, APackThatComesInTheNightVoidsNoPlanOfTheNextDay) {
  world_.clock.Advance(absl::Hours(10));  // 22:00
  auto request = Wanting("A-1", 2);
  *request.mutable_day() = Day(1);
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(request));
  ASSERT_EQ(planned.plan().attempts(), 2);
  std::string next(testing::kTestPack);
  next.replace(next.find("version: 1"), 10, "version: 2\nvoids_open_permits: true");
  world_.ApplyPack(next);
  world_.Advance(absl::Seconds(2));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.hours"));
  EXPECT_THAT(denial_.all_reasons(),
              ElementsAre(v1::Denial::REASON_RULE, v1::Denial::REASON_PERMIT_OPEN));
  // One that allows less than the plan promises does.
  next.replace(next.find("version: 2"), 10, "version: 3");
  next.replace(next.find("at_most: 2"), 10, "at_most: 1");
  world_.ApplyPack(next);
  world_.Advance(absl::Seconds(2));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.hours"));
  EXPECT_THAT(denial_.all_reasons(), ElementsAre(v1::Denial::REASON_RULE));
}

// Heard under a plan after the work was taken back: the vendor had the file.
TEST_F(HubPlansTest, WhatIsSaidUnderAPlanIsObeyedAfterTheWorkHasEnded) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 1)));
  const std::string assignment_id = world_.Live("A-1").assignment_id();
  ASSERT_OK(world_.Post({testing::Closure("c-1", "A-1")}));
  world_.clock.Advance(absl::Hours(3));
  v1::Outcome outcome = OutcomeNow(assignment_id, CallCode::kCeaseContact);
  outcome.set_permit_id(planned.plan().permit().permit_id());
  Report(outcome);
  EXPECT_EQ(world_.Live("A-2").assignment_id(), "");
}

// Both in one call: neither is lost.
TEST_F(HubPlansTest, AttemptsReportedTogetherAreAllTaken) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  const std::string permit_id = planned.plan().permit().permit_id();
  ASSERT_OK(world_.Report(world_.Live("A-1").vendor_id(),
                          {Under(permit_id, "A-1"), Under(permit_id, "A-1")}));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
}

TEST_F(HubPlansTest, APlanIsGivenBackOrEndsWithTheDay) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  v1::ReleasePermitRequest release;
  release.set_permit_id(planned.plan().permit().permit_id());
  const std::string vendor = world_.Live("A-1").vendor_id();
  ASSERT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
    world_.hub().vendor_api().ReleasePermit(testing::VendorPeer(vendor), release, done);
  }));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  ASSERT_OK_AND_ASSIGN(const auto again, Plan(Wanting("A-1", 2)));
  EXPECT_EQ(again.plan().attempts(), 2);
  world_.clock.Advance(absl::Hours(20));  // 08:03 on the next day
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
}

TEST_F(HubPlansTest, ARepeatGetsThePlanAgainAndAStopEndsIt) {
  const auto request = Wanting("A-1", 2);
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(request));
  ASSERT_OK_AND_ASSIGN(const auto again, Plan(request));
  EXPECT_EQ(again.plan().permit().permit_id(), planned.plan().permit().permit_id());
  EXPECT_EQ(again.plan().attempts(), 2);
  EXPECT_EQ(testing::AnswerOf(world_.Post({testing::AccountStop("e-1", "A-1")})), "ACCEPTED 1 1");
}

TEST_F(HubPlansTest, WhatIsAllowedNeverIsDeniedWithItsRules) {
  world_.clock.Advance(absl::Hours(9));  // 21:00: the day is over
  ASSERT_OK_AND_ASSIGN(const auto denied, Plan(Wanting("A-1", 3)));
  ASSERT_EQ(denied.denial().refusals_size(), 1) << denied.ShortDebugString();
  EXPECT_EQ(denied.denial().refusals(0).rule_id(), "jp-test.hours");
  EXPECT_EQ(TokyoTime(denied.denial().retry_time()), "2026-12-01 08:00:00");
  auto none = Wanting("A-1", 0);
  EXPECT_THAT(Plan(none), testing::FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

// Rules that count what others do at a number count every attempt that a plan has left there.
TEST_F(HubPlansTest, EveryAttemptOfAPlanCountsAtANumberThatIsShared) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  ASSERT_EQ(planned.plan().attempts(), 2);
  Contact("A-3");
  EXPECT_THAT(Refusing("A-3"), ElementsAre("jp-test.number-3-in-24-hours"));
}

TEST_F(HubPlansTest, APackThatSaysSoVoidsWhatItWouldRefuse) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  std::string next(testing::kTestPack);
  const auto replace = [&next](const std::string& from, const std::string& to) {
    next.replace(next.find(from), from.size(), to);
  };
  replace("version: 1", "version: 2");
  replace("from: \"08:00\"", "from: \"13:00\"");
  world_.ApplyPack(next);
  world_.Advance(absl::Seconds(2));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.hours"));
  EXPECT_THAT(denial_.all_reasons(),
              ElementsAre(v1::Denial::REASON_RULE, v1::Denial::REASON_PERMIT_OPEN))
      << "the pack does not say so";
  replace("version: 2", "version: 3\nvoids_open_permits: true");
  world_.ApplyPack(next);
  world_.Advance(absl::Seconds(2));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.hours"));
  EXPECT_THAT(denial_.all_reasons(), ElementsAre(v1::Denial::REASON_RULE));
  EXPECT_EQ(LastOf(v1::AuditEvent::KIND_PERMIT_VOIDED).subject_id(), permit_.permit_id());
}

}  // namespace
}  // namespace switchboard
