// What permits keep room for, and what they do not: contacts that nobody asked for, permits that
// became void on the way, accounts that change hands, clocks that are slow.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class HubReservationsTest : public testing::RulesTest {
 protected:
  v1::Outcome Under(const v1::Permit& permit, const std::string& assignment_id) {
    v1::Outcome outcome = OutcomeNow(assignment_id, CallCode::kNoAnswer);
    outcome.set_permit_id(permit.permit_id());
    return outcome;
  }
  absl::Status Release(const std::string& vendor, const std::string& permit_id) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id);
    return world_
        .Await<v1::ReleasePermitResponse>([&](auto done) {
          world_.hub().vendor_api().ReleasePermit(testing::VendorPeer(vendor), request, done);
        })
        .status();
  }
  // A hold that begins and ends at once.
  void VoidByAHold(const std::string& event_id) {
    EXPECT_EQ(Post(testing::PersonStop(event_id, "P-1", v1::STOP_REASON_COMPLAINT)),
              "ACCEPTED 0 1");
    EXPECT_EQ(Post(testing::Lift(event_id + "-lift", event_id)), "ACCEPTED 0 0");
  }
};

// Two a day: a plan of both, and the issuer's own team calls as well.
TEST_F(HubReservationsTest, AContactOfTheIssuersEndsAPlanThatHasNoRoomForIt) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  ASSERT_EQ(planned.plan().attempts(), 2);
  EXPECT_EQ(Post(MadeByIssuer("call-1", "A-2")), "ACCEPTED 0 1");
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
  ASSERT_OK(
      Release(VendorOf(world_.Live("A-1").assignment_id()), planned.plan().permit().permit_id()));
  ASSERT_OK_AND_ASSIGN(const auto anew, Plan(Wanting("A-1", 2)));
  EXPECT_EQ(anew.plan().attempts(), 1);
  EXPECT_EQ(Post(MadeByIssuer("call-2", "A-2", v1::CONTACT_RESULT_NOT_CONNECTED)), "ACCEPTED 0 0");
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"))
      << "a busy line is not counted";
}

TEST_F(HubReservationsTest, APersonWhoCallsInIsNotCalledInTheHoursPromisedBefore) {
  world_.ApplyPack(testing::kTalkPack);
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 1)));
  ASSERT_TRUE(planned.has_plan()) << planned.ShortDebugString();
  v1::Outcome in = OutcomeNow(world_.Live("A-2").assignment_id(), CallCode::kRightParty);
  in.set_direction(v1::DIRECTION_IN);
  Report(in);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.after-a-talk"));
}

TEST_F(HubReservationsTest, ACorrectionThatCountsMoreIsHeard) {
  world_.ApplyPack(testing::kTalkPack);
  v1::Outcome first = Contact("A-2");
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 1)));
  ASSERT_TRUE(planned.has_plan());
  first.set_version(2);
  *first.mutable_result() = ResultOf(CallCode::kRightParty);
  Report(first);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
}

// Somebody else's plan at the same number.
TEST_F(HubReservationsTest, AContactAtANumberThatIsSharedIsHeardByWhoeverPlansThere) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  ASSERT_EQ(planned.plan().attempts(), 2);
  EXPECT_EQ(Post(MadeByIssuer("call-1", "A-3", v1::CONTACT_RESULT_NOT_CONNECTED)), "ACCEPTED 0 0");
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre()) << "three at the number within a day";
  EXPECT_EQ(Post(MadeByIssuer("call-2", "A-3", v1::CONTACT_RESULT_NOT_CONNECTED)), "ACCEPTED 0 1");
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
}

TEST_F(HubReservationsTest, AVoidPermitCountsUntilItsTimeIsUpOrItIsGivenBack) {
  Contact("A-1");
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  VoidByAHold("hold-1");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
  world_.clock.Advance(absl::Minutes(3));
  ASSERT_THAT(Refusing("A-2"), ElementsAre("permit"));
  const v1::Permit second = permit_;
  VoidByAHold("hold-2");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  ASSERT_OK(Release(VendorOf(world_.Live("A-2").assignment_id()), second.permit_id()));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// The agent was on the line when the hold came.
TEST_F(HubReservationsTest, ACallThatBeganBeforeItsPermitBecameVoidIsUnderIt) {
  const std::string assignment_id = world_.Live("A-1").assignment_id();
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const v1::Outcome before = Under(permit_, assignment_id);
  world_.clock.Advance(absl::Seconds(10));
  VoidByAHold("hold-1");
  Report(before);
  EXPECT_EQ(testing::OutcomesRead(world_).back(), "1 o-1 v1:");
  Contact("A-2");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day")) << "it counts once";
  world_.Advance(absl::Hours(24));
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  VoidByAHold("hold-2");
  Report(Under(permit_, assignment_id));
  EXPECT_THAT(testing::OutcomesRead(world_).back(), HasSubstr("PERMIT_NOT_VALID"));
}

// Told to one customer number about a debt that is another one's by now.
TEST_F(HubReservationsTest, WhatWasSaidOfADebtCountsUnderItsNewOwner) {
  Contact("A-3");
  Contact("A-3");
  EXPECT_THAT(Refusing("A-3"), ElementsAre("jp-test.calls-2-a-day"));
  ASSERT_OK(world_.Import({Record(10, "A-3", "P-9")}));
  EXPECT_THAT(Refusing("A-3"), ElementsAre("jp-test.calls-2-a-day"));
  world_.Advance(absl::Hours(24));
  EXPECT_THAT(Refusing("A-3"), ElementsAre("permit"));
}

// A dialler whose clock is a day behind.
TEST_F(HubReservationsTest, ACallUnderAPermitIsNoOlderThanThePermit) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
    v1::Outcome outcome = Under(permit_, world_.Live("A-1").assignment_id());
    SetTimes(outcome, world_.clock.Now() - absl::Hours(24));
    Report(outcome);
    EXPECT_THAT(testing::OutcomesRead(world_).back(), HasSubstr("PERMIT_NOT_VALID"));
    world_.clock.Advance(absl::Minutes(3));
  }
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
}

// Which stop it is stays untold to the vendor, by the name of a rule as well; the log has it.
TEST_F(HubReservationsTest, TheLogNamesTheRulesThatSpeakOfStops) {
  constexpr char kLawyers[] = R"(pack_id: jp-test
version: 2
title: Lawyers
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.represented
    strength: LAW
    source: a law, article 6
    verification: CONFIRMED
    forbid: {when: [{stop: {reasons: [ATTORNEY]}}]}
)";
  world_.ApplyPack(kLawyers);
  v1::CoreEvent lawyer = testing::PersonStop("e-1", "P-1", v1::STOP_REASON_ATTORNEY);
  lawyer.mutable_place_stop()->set_effect(v1::CoreEvent::PlaceStop::EFFECT_HOLDS_WORK);
  EXPECT_EQ(Post(lawyer), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  EXPECT_THAT(denial_.ShortDebugString(), Not(HasSubstr("represented")));
  EXPECT_THAT(LastOf(v1::AuditEvent::KIND_PERMIT_REFUSED).permit_refused().rules(),
              ElementsAre("jp-test.represented"));
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  EXPECT_THAT(planned.denial().all_reasons(), ElementsAre(v1::Denial::REASON_STOPPED));
  EXPECT_THAT(planned.ShortDebugString(), Not(HasSubstr("represented")));
}

// A's call is told of once its permit's time is up and B's permit was given.
TEST_F(HubReservationsTest, ACallThatIsToldLateIsHeardByWhoeverWasGivenItsRoom) {
  Contact("A-1");
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const v1::Outcome late = Under(permit_, world_.Live("A-1").assignment_id());
  world_.Advance(absl::Minutes(3));
  ASSERT_THAT(Refusing("A-2"), ElementsAre("permit"));
  Report(late);
  EXPECT_EQ(testing::OutcomesRead(world_).back(), "2 o-2 v1:");
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
}

// The old vendor corrects what it told before the debt had another owner.
TEST_F(HubReservationsTest, ACorrectionIsHeardByTheDebtsNewOwner) {
  world_.ApplyPack(testing::kTalkPack);
  v1::Outcome first = Contact("A-3");
  const std::string vendor = VendorOf(first.assignment_id());
  ASSERT_OK(world_.Import({Record(10, "A-3", "P-9")}));
  ASSERT_THAT(Refusing("A-3"), ElementsAre("permit"));
  first.set_version(2);
  *first.mutable_result() = ResultOf(CallCode::kRightParty);
  ASSERT_OK(world_.Report(vendor, {first}));
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
}

// Of a dispute that leaves the party to be spoken to, rules may say no all the same.
TEST_F(HubReservationsTest, ADisputedAccountIsOneToRules) {
  constexpr char kDisputes[] = R"(pack_id: jp-test
version: 2
title: Disputes
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.disputed
    strength: LAW
    source: a law, article 8
    verification: CONFIRMED
    forbid: {when: [{account_disputed: true}]}
)";
  world_.ApplyPack(kDisputes);
  v1::CoreEvent dispute = testing::AccountStop("e-1", "A-1", v1::STOP_REASON_DISPUTE);
  dispute.mutable_place_stop()->set_effect(v1::CoreEvent::PlaceStop::EFFECT_HOLDS_WORK);
  EXPECT_EQ(Post(dispute), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
  EXPECT_THAT(Refusing("A-1"), ::testing::Contains("REASON_STOPPED"));
  EXPECT_THAT(LastOf(v1::AuditEvent::KIND_PERMIT_REFUSED).permit_refused().rules(),
              ElementsAre("jp-test.disputed"));
}

// A stop that ends in the night is no reason to call in the night.
TEST_F(HubReservationsTest, ARetryAfterAStopIsWhenTheRulesAllowToo) {
  v1::CoreEvent hold = testing::PersonStop("e-1", "P-1", v1::STOP_REASON_HARDSHIP_PAUSE);
  *hold.mutable_place_stop()->mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(world_.clock.Now() + absl::Hours(36)));  // midnight
  EXPECT_EQ(Post(hold), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2026-12-02 08:00:00");
}

TEST_F(HubReservationsTest, ARetryAfterAPlanIsWhenTheRulesAllowToo) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 1)));
  ASSERT_TRUE(planned.has_plan());
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2026-12-01 08:00:00");
}

}  // namespace
}  // namespace switchboard
