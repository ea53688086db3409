// Permits that corrections give back: a contact was made under another one, or there was none.
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "adapters/codes/call_code.h"
#include "hub/permits/permit_book.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::OutcomesRead;

class HubGivenBackTest : public testing::RulesTest {
 protected:
  // Four calls a day instead of two.
  void ApplyRoomyPack() {
    world_.ApplyPack(absl::StrReplaceAll(testing::kTestPack, {{"version: 1", "version: 2"},
                                                              {"at_most: 2", "at_most: 4"},
                                                              {"at_most: 3,", "at_most: 9,"}}));
  }
  // The id of a permit that is given now.
  std::string Permit(const std::string& account) {
    EXPECT_THAT(Refusing(account), ElementsAre("permit"));
    return permit_.permit_id();
  }
  v1::Outcome Under(const std::string& permit_id, const std::string& account) {
    v1::Outcome outcome = OutcomeNow(world_.Live(account).assignment_id(), CallCode::kNoAnswer);
    outcome.set_permit_id(permit_id);
    return outcome;
  }
  // There was no contact after all.
  void TakeBack(v1::Outcome& outcome) {
    outcome.set_version(outcome.version() + 1);
    *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
    Report(outcome);
  }
  permits::PermitRow Row(const std::string& permit_id) {
    permits::PermitRow row;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto found, permits::FindAnyPermit(reader, permit_id));
      if (found.has_value()) row = *found;
      return absl::OkStatus();
    }));
    return row;
  }
};

TEST_F(HubGivenBackTest, APermitNamedWronglyServesTheContactThatWasMadeUnderIt) {
  ApplyRoomyPack();
  const std::string first = Permit("A-1");
  v1::Outcome wrong = Under(first, "A-1");
  Report(wrong);
  wrong.set_permit_id(Permit("A-1"));
  wrong.set_version(2);
  Report(wrong);
  EXPECT_EQ(Row(first).state, permits::PermitState::kOpen);
  EXPECT_EQ(Row(first).outcome_id, "");
  Report(Under(first, "A-1"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-1 v2: CORRECTION", "3 o-2 v1:"));
  EXPECT_THAT(testing::CountsWithoutPermit(world_), IsEmpty());
  EXPECT_EQ(Row(first).state, permits::PermitState::kUsed);
  EXPECT_EQ(Row(first).outcome_id, "o-2");
}

TEST_F(HubGivenBackTest, InTheOtherOrderItIsTheSame) {
  ApplyRoomyPack();
  const std::string first = Permit("A-1");
  Report(Under(first, "A-1"));
  const std::string second = Permit("A-1");
  v1::Outcome wrong = Under(first, "A-1");
  Report(wrong);
  EXPECT_THAT(testing::CountsWithoutPermit(world_), ::testing::SizeIs(1));
  wrong.set_permit_id(second);
  wrong.set_version(2);
  Report(wrong);
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1:", "2 o-2 v1: PERMIT_NOT_VALID", "3 o-2 v2: CORRECTION"));
  EXPECT_THAT(testing::CountsWithoutPermit(world_), IsEmpty());
  EXPECT_EQ(Row(first).outcome_id, "o-1");
  EXPECT_EQ(Row(second).outcome_id, "o-2");
}

// All in one call.
TEST_F(HubGivenBackTest, WhatABatchGivesBackItMayUse) {
  ApplyRoomyPack();
  const std::string first = Permit("A-1");
  v1::Outcome wrong = Under(first, "A-1");
  Report(wrong);
  v1::Outcome corrected = wrong;
  corrected.set_permit_id(Permit("A-1"));
  corrected.set_version(2);
  ASSERT_OK(world_.Report(VendorOf(wrong.assignment_id()), {corrected, Under(first, "A-1")}));
  EXPECT_EQ(OutcomesRead(world_).back(), "3 o-2 v1:");
}

TEST_F(HubGivenBackTest, WhereThereWasNoContactThePermitIsOpenAgain) {
  v1::Outcome none = Contact("A-1");
  TakeBack(none);
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
  Report(Under(none.permit_id(), "A-1"));
  EXPECT_EQ(OutcomesRead(world_).back(), "3 o-2 v1:");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
  // It was one after all, and another contact has the permit by now.
  none.set_version(3);
  *none.mutable_result() = ResultOf(CallCode::kNoAnswer);
  Report(none);
  EXPECT_EQ(OutcomesRead(world_).back(), "4 o-1 v3: PERMIT_NOT_VALID CORRECTION");
}

TEST_F(HubGivenBackTest, WhatIsOverIsNotOfferedAgain) {
  const v1::RequestPermitRequest request = Call("A-1");
  ASSERT_THAT(Refusing(request), ElementsAre("permit"));
  const std::string permit_id = permit_.permit_id();
  v1::Outcome none = Under(permit_id, "A-1");
  Report(none);
  world_.clock.Advance(absl::Minutes(3));
  TakeBack(none);
  EXPECT_EQ(Row(permit_id).state, permits::PermitState::kExpired);
  EXPECT_THAT(Ask(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
}

// As it would have, had nobody said that there was a contact.
TEST_F(HubGivenBackTest, WhatCameToNothingCountsAsSuch) {
  const std::string vendor = world_.Live("A-1").vendor_id();
  world_.ApplyContract({.vendor_id = vendor, .permit_terms = ", unused_per_account_day: 1"});
  v1::Outcome none = Contact("A-1");
  world_.clock.Advance(absl::Minutes(3));
  Contact("A-1");
  world_.clock.Advance(absl::Minutes(3));
  TakeBack(none);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_BUDGET_SPENT"));
}

TEST_F(HubGivenBackTest, AnAttemptOfAPlanIsGivenBack) {
  ASSERT_OK_AND_ASSIGN(const auto planned, Plan(Wanting("A-1", 2)));
  ASSERT_EQ(planned.plan().attempts(), 2);
  const std::string permit_id = planned.plan().permit().permit_id();
  Report(Under(permit_id, "A-1"));
  v1::Outcome second = Under(permit_id, "A-1");
  Report(second);
  EXPECT_EQ(Row(permit_id).state, permits::PermitState::kUsed);
  TakeBack(second);
  EXPECT_EQ(Row(permit_id).state, permits::PermitState::kOpen);
  EXPECT_EQ(Row(permit_id).attempts, 1);
  EXPECT_EQ(Row(permit_id).outcome_id, "o-1") << "which uses the other one still";
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN"));
  Report(Under(permit_id, "A-1"));
  EXPECT_EQ(OutcomesRead(world_).back(), "4 o-3 v1:");
  EXPECT_THAT(Refusing("A-2"), Contains("jp-test.calls-2-a-day"));
}

// What was void when it was used stays that, and so does what would have become void.
TEST_F(HubGivenBackTest, AStopThatCameMeanwhileStaysInTheWay) {
  v1::Outcome none = Contact("A-1");
  world_.clock.Advance(absl::Seconds(10));
  EXPECT_EQ(Post(testing::PersonStop("hold-1", "P-1", v1::STOP_REASON_COMPLAINT)), "ACCEPTED 0 0");
  world_.clock.Advance(absl::Seconds(10));
  TakeBack(none);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_STOP"));
  Report(Under(none.permit_id(), "A-1"));
  EXPECT_EQ(OutcomesRead(world_).back(), "3 o-2 v1: PERMIT_NOT_VALID");
  // Made ahead of the stop.
  v1::Outcome before = Under(none.permit_id(), "A-1");
  SetTimes(before, world_.clock.Now() - absl::Seconds(15));
  Report(before);
  EXPECT_EQ(OutcomesRead(world_).back(), "4 o-3 v1:");
  TakeBack(before);
  EXPECT_EQ(Row(none.permit_id()).state, permits::PermitState::kVoid);
  EXPECT_EQ(Row(none.permit_id()).attempts, 1);
}

// The work is somebody else's by now.
TEST_F(HubGivenBackTest, WorkThatHasEndedIsNotPermittedAgain) {
  v1::Outcome none = Contact("A-1");
  world_.clock.Advance(absl::Seconds(10));
  ASSERT_OK(world_.Post({testing::Closure("c-1", "A-1")}));
  TakeBack(none);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_WITHDRAWN"));
}

// The stop that the correction takes back is not.
TEST_F(HubGivenBackTest, WhatTheCorrectionTakesBackIsNotInTheWay) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const std::string permit_id = permit_.permit_id();
  v1::Outcome said = Under(permit_id, "A-1");
  *said.mutable_result() = ResultOf(CallCode::kRightParty);
  said.mutable_result()->add_opted_out_of(v1::CHANNEL_PHONE);
  Report(said);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  TakeBack(said);
  EXPECT_THAT(testing::CausesOfVoids(world_), IsEmpty());
  EXPECT_EQ(Row(permit_id).state, permits::PermitState::kOpen);
}

TEST_F(HubGivenBackTest, NobodyHasTwoOpenPermits) {
  v1::Outcome none = Contact("A-1");
  const std::string second = Permit("A-2");
  world_.clock.Advance(absl::Seconds(1));
  TakeBack(none);
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
  EXPECT_EQ(Row(second).state, permits::PermitState::kOpen);
  // Who was under way when it became void may have called.
  v1::Outcome before = Under(none.permit_id(), "A-1");
  SetTimes(before, world_.clock.Now() - absl::Seconds(1));
  Report(before);
  EXPECT_EQ(OutcomesRead(world_).back(), "3 o-2 v1:");
}

// The same in one call.
TEST_F(HubGivenBackTest, WhatABatchMadeVoidTheRestOfItFindsVoid) {
  ApplyRoomyPack();
  v1::Outcome none = Contact("A-1");
  Permit("A-2");
  world_.clock.Advance(absl::Seconds(1));
  none.set_version(2);
  *none.mutable_result() = ResultOf(CallCode::kNoContact);
  v1::Outcome before = Under(none.permit_id(), "A-1"), after = Under(none.permit_id(), "A-1");
  SetTimes(before, world_.clock.Now() - absl::Seconds(1));
  ASSERT_OK(world_.Report(VendorOf(none.assignment_id()), {none, after, before}));
  EXPECT_THAT(testing::CausesOfVoids(world_), ElementsAre("CAUSE_RULE"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-1 v2: CORRECTION",
                                                "3 o-3 v1: PERMIT_NOT_VALID", "4 o-2 v1:"));
}

}  // namespace
}  // namespace switchboard
