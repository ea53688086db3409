// Payment plans whose outcomes are corrected.
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using testing::Version;

class HubPlanCorrectionsTest : public PlanTest {
 protected:
  v1::Outcome Proposed(int32_t version = 1) {
    v1::Outcome outcome = Planned("o-1", id_, kThreeParts, begin_ + absl::Minutes(5), "trainee");
    outcome.set_version(version);
    outcome.set_note(absl::StrCat("said in version ", version));
    return outcome;
  }
  void SetUp() override { world_.Advance(absl::Minutes(5)); }
};

// The note of an outcome is no part of what is proposed.
TEST_F(HubPlanCorrectionsTest, WhatIsProposedAsBeforeKeepsItsDecision) {
  Report(Proposed());
  EXPECT_EQ(Answer(Refusal("o-1")), "REFUSED");
  PlansTold();
  Report(Proposed(2));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v2: REFUSED>REFUSED 12000 paid 0 [OPEN 0, OPEN 0, OPEN "
                                       "0] beyond LEVEL, REFUSED TOO_LONG"));
  EXPECT_EQ(Answer(Refusal("o-1", 2)), "REFUSED again");
  EXPECT_EQ(Answer(Approval("o-1", 2)), "PLAN_NOT_PENDING");
}

TEST_F(HubPlanCorrectionsTest, WhatHeadOfficeMadeOfItStays) {
  Report(Proposed());
  EXPECT_EQ(Answer(Change("o-1", {{2, 5'000}, {4, 6'000}})), "OPEN");
  PlansTold();
  PassHours(1);
  Report(Proposed(2));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v2: OPEN>OPEN 11000 paid 0 [OPEN 0, OPEN 0] beyond LEVEL, CHANGED"));
}

// A plan whose first day was over at the contact is head office's to judge.
TEST_F(HubPlanCorrectionsTest, WhenItWasAgreedToCountsUntilItIsDecided) {
  const v1::Outcome in_time =
      Planned("o-1", id_, {{0, 6'000}, {3, 6'000}}, begin_ + absl::Minutes(5));
  PassHours(30);
  const v1::Outcome late = At(in_time, Now());
  const std::string waits = "PENDING 12000 paid 0 [OPEN 0, OPEN 0] beyond PAST";
  Report(late);
  EXPECT_THAT(PlansTold(), ElementsAre(EndsWith(waits)));
  Report(Version(in_time, 2));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v2: PENDING>BROKEN 12000 paid 0 [BROKEN 0, OPEN 0]"));
  Report(Version(late, 3));
  EXPECT_THAT(PlansTold(), ElementsAre(EndsWith(waits)));
  EXPECT_EQ(Answer(Refusal("o-1", 3)), "REFUSED");
  PlansTold();
  Report(Version(in_time, 4));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v4: REFUSED>REFUSED 12000 paid 0 [OPEN 0, OPEN 0] "
                                       "beyond PAST, REFUSED TOO_LONG"));
}

// Whoever dates an approved plan back lets no older money count for it.
TEST_F(HubPlanCorrectionsTest, WhatIsDecidedCountsFromWhenHeadOfficeSawItToBeMade) {
  const absl::Time before = Now();
  PassHours(0.5);
  const v1::Outcome plan = Planned("o-1", id_, kThreeParts, Now(), "trainee");
  Report(plan);
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  Told();
  Pay("e-1", 4'000, before);
  EXPECT_THAT(PlansTold(), IsEmpty());
  Report(Version(At(plan, before), 2));
  const auto told = Changes();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(testing::SpeltPlan(told[0]),
            "o-1 v2: OPEN>OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] beyond LEVEL, APPROVED");
  EXPECT_EQ(TimeOf(told[0].take_time()), TimeOf(plan.start_time()));
  // Of other words nothing is decided, and they count from when they say.
  Report(Version(Planned("o-1", id_, {{1, 4'000}, {3, 8'000}}, before), 3));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v3: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0]"));
}

TEST_F(HubPlanCorrectionsTest, WhatIsProposedAnewIsDecidedAnew) {
  Report(Proposed());
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  PlansTold();
  v1::Outcome other =
      Planned("o-1", id_, {{2, 6'000}, {4, 6'000}}, begin_ + absl::Minutes(5), "trainee");
  Report(Version(other, 2));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v2: OPEN>PENDING 12000 paid 0 [OPEN 0, OPEN 0] beyond LEVEL"));
  EXPECT_THAT(Waiting(), ElementsAre("A-1 sakura/o-1 v2"));
  EXPECT_EQ(Answer(Refusal("o-1", 2)), "REFUSED");
  PlansTold();
  // Within authority, it binds since the contact.
  v1::Outcome within = Planned("o-1", id_, kThreeParts, begin_ + absl::Minutes(5));
  Report(Version(within, 3));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v3: REFUSED>OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0]"));
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(HubPlanCorrectionsTest, ATakenBackPlanLetsTheOneBeforeLiveAgain) {
  Report(Promised("o-0", id_, 5'000, 3, Now()));
  PassHours(1);
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  Told();
  Report(At(MakeOutcome("o-1", id_, CallCode::kRefusedToPay, 2), Now()));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>TAKEN_BACK", "o-0 v1: REPLACED>OPEN 5000 paid 0"));
  // One that waits is taken back with nothing.
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  Told();
  Report(At(MakeOutcome("o-2", id_, CallCode::kRefusedToPay, 2), Now()));
  EXPECT_THAT(PlansTold(), ElementsAre("o-2 v1: PENDING>TAKEN_BACK"));
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(HubPlanCorrectionsTest, APromiseBecomesAPlanAndAPlanAPromise) {
  const absl::Time taken = Now();
  Report(Promised("o-1", id_, 12'000, 5, taken));
  PassHours(1);
  Pay("e-1", 4'000);
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN 12000 paid 0"));
  Report(Version(Planned("o-1", id_, kThreeParts, taken), 2));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v2: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
  Report(Version(Planned("o-1", id_, kThreeParts, taken, "trainee"), 3));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v3: OPEN>PENDING 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] beyond "
                          "LEVEL"));
  Report(Version(Promised("o-1", id_, 4'000, 5, taken), 4));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v4: PENDING>KEPT 4000 paid 4000"));
}

// What was due as of the contact is what another plan of the same contact is measured by too.
TEST_F(HubPlanCorrectionsTest, WhatIsNotKnownAnyMoreUndoesNothing) {
  const absl::Time taken = Now();
  Report(Planned("o-1", id_, kThreeParts, taken));
  world_.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({testing::InTokyo(MakeRecord(9))}));
  PlansTold();
  v1::Outcome again = Version(Planned("o-1", id_, kThreeParts, taken), 2);
  again.set_note("the same");
  Report(again);
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v2: OPEN>OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0]"));
  Report(Version(Planned("o-1", id_, {{1, 6'000}, {3, 6'000}}, taken), 3));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v3: OPEN>OPEN 12000 paid 0 [OPEN 0, OPEN 0]"));
  Report(Version(Planned("o-1", id_, {{1, 6'000}, {3, 5'999}}, taken), 4));
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v4: OPEN>PENDING 11999 paid 0 [OPEN 0, OPEN 0] beyond SETTLEMENT"));
  // Of another contact nobody knows it.
  const absl::Time other = taken + absl::Minutes(1);
  Report(Version(Planned("o-1", id_, {{1, 6'000}, {3, 6'000}}, other), 5));
  EXPECT_THAT(
      PlansTold(),
      ElementsAre("o-1 v5: PENDING>PENDING 12000 paid 0 [OPEN 0, OPEN 0] beyond DUE_UNKNOWN"));
}

}  // namespace
}  // namespace switchboard
