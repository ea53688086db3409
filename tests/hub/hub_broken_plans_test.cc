// What becomes of the work on an account whose plan is broken.
#include <string>
#include <utility>
#include <vector>

#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::Operator;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using testing::Version;
using Policy = v1::Config::PromisePolicy;

HubOptions Following(Policy::BrokenPlan broken_plan, const std::string& to = "") {
  HubOptions options = HubWorld::Options();
  options.promises.set_broken_plan(broken_plan);
  options.promises.set_broken_plan_to(to);
  return options;
}

class BrokenPlanTest : public PlanTest {
 protected:
  explicit BrokenPlanTest(HubOptions options) : PlanTest(std::move(options)) {}

  // Until the time of the first part is up, of which nothing was paid.
  void Break() {
    EXPECT_EQ(Report(Planned("o-1", id_, kThreeParts, Now())), "RECORDED");
    PassUntil(Midnight(2));
    EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN 12000 paid 0",
                                    "o-1 v1: OPEN>BROKEN 12000 paid "
                                    "0"));
  }
  // "sakura WITHDRAWN", "fuji" …: where A-1 was and is.
  std::vector<std::string> Places() {
    std::vector<std::string> places;
    for (const auto& placement : world_.Placements("A-1")) {
      std::string place = placement.vendor_id();
      if (placement.has_withdraw_time()) {
        const std::string name = v1::WithdrawReason_Name(placement.withdraw_reason());
        place += " " + name.substr(sizeof("WITHDRAW_REASON_") - 1);
      } else if (placement.has_pending_recall()) {
        place += " recalled";
      }
      places.push_back(std::move(place));
    }
    return places;
  }
  std::vector<v1::AuditEvent> Announced() {
    std::vector<v1::AuditEvent> announced;
    for (v1::AuditEvent& event : EventsOf(v1::AuditEvent::KIND_RECALL)) {
      if (event.recall().step() == v1::AuditEvent::Recall::STEP_ANNOUNCED)
        announced.push_back(std::move(event));
    }
    return announced;
  }
  // Of the core feed, whatever else it holds.
  std::vector<v1::HandOver> HandOvers() {
    std::vector<v1::HandOver> hand_overs;
    for (int64_t after = 0;;) {
      const auto read = world_.ReadCoreFeed(after);
      EXPECT_OK(read);
      if (!read.ok() || read->items().empty()) return hand_overs;
      for (const v1::CoreItem& item : read->items()) {
        after = item.sequence();
        if (item.has_hand_over()) hand_overs.push_back(item.hand_over());
      }
    }
  }
};

class BrokenPlanLeftTest : public BrokenPlanTest,
                           public ::testing::WithParamInterface<Policy::BrokenPlan> {
 protected:
  BrokenPlanLeftTest() : BrokenPlanTest(Following(GetParam())) {}
};

TEST_P(BrokenPlanLeftTest, ItsVendorGoesOn) {
  Break();
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_EQ(Ask("r-1"), "permit");
}

// What was left is left, whatever the policy says by the time that it is looked at again.
TEST_P(BrokenPlanLeftTest, ItIsLeftUnderAnotherPolicyToo) {
  const absl::Time taken = Now();
  Break();
  world_.RestartWith(Following(Policy::BROKEN_PLAN_RECALLED).promises);
  PassHours(1);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_EQ(Report(Version(Planned("o-1", id_, kThreeParts, taken), 2)), "RECORDED");
  PassHours(1);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_THAT(Announced(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Policies, BrokenPlanLeftTest,
                         ::testing::Values(Policy::BROKEN_PLAN_UNSPECIFIED,
                                           Policy::BROKEN_PLAN_LEFT));

class BrokenPlanRecalledTest : public BrokenPlanTest {
 protected:
  BrokenPlanRecalledTest() : BrokenPlanTest(Following(Policy::BROKEN_PLAN_RECALLED)) {}

  void Cancel() {
    v1::DecideRecallRequest request;
    request.set_assignment_id(world_.Live("A-1").assignment_id());
    request.set_decision(v1::DecideRecallRequest::DECISION_CANCEL);
    EXPECT_OK(world_.Await<v1::DecideRecallResponse>(
        [&](auto done) { world_.hub().operator_api().DecideRecall(Operator(), request, done); }));
  }
};

TEST_F(BrokenPlanRecalledTest, ItIsRecalledAndPlacedAnew) {
  Break();
  EXPECT_THAT(Places(), ElementsAre("sakura recalled"));
  EXPECT_EQ(world_.Live("A-1").pending_recall().reason(), v1::RECALL_REASON_MOVED);
  const auto events = Announced();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "hub");
  EXPECT_EQ(events[0].assignment_id(), id_);
  EXPECT_EQ(events[0].recall().reason(), v1::RECALL_REASON_MOVED);
  PassHours(23);
  EXPECT_THAT(Places(), ElementsAre("sakura recalled"));
  PassHours(2);
  EXPECT_THAT(Places(), ElementsAre("sakura RECALLED", "fuji"));
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("sakura RECALLED", "fuji"));
  EXPECT_EQ(Announced().size(), 1u);
}

// Whoever cancels it is not asked again, and nor is one that became known late and broke again.
TEST_F(BrokenPlanRecalledTest, OncePerPlan) {
  Break();
  Cancel();
  PassHours(12);
  Pay("e-1", 4'000, Midnight(1));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: BROKEN>OPEN 12000 paid 4000"));
  Reopen(9);
  PassUntil(Midnight(4));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 12000 paid 4000"));
  PassHours(12);
  EXPECT_THAT(Places(), ElementsAre("sakura PAID", "fuji"));
  EXPECT_EQ(Announced().size(), 1u);
}

// Whoever has the work by then has broken nothing, whatever is said of the plan: with another
// script, or with other amounts.
TEST_F(BrokenPlanRecalledTest, WhoGotTheWorkAfterTheBreakKeepsIt) {
  const absl::Time taken = Now();
  Break();
  PassHours(25);
  ASSERT_THAT(Places(), ElementsAre("sakura RECALLED", "fuji"));
  v1::Outcome outcome = Version(Planned("o-1", id_, kThreeParts, taken), 2);
  outcome.mutable_promise()->set_script_id("another");
  EXPECT_EQ(Report(outcome), "RECORDED");
  PassHours(1);
  EXPECT_EQ(Report(Version(Planned("o-1", id_, {{1, 5'000}, {3, 4'000}, {5, 3'000}}, taken), 3)),
            "RECORDED");
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: BROKEN>BROKEN 12000 paid 0",
                                  "o-1 v3: BROKEN>BROKEN 12000 paid 0"));
  PassHours(1);
  EXPECT_THAT(Places(), ElementsAre("sakura RECALLED", "fuji"));
  EXPECT_EQ(Announced().size(), 1u);
}

// Nor does whoever kept it lose it where something is promised anew.
TEST_F(BrokenPlanRecalledTest, WhereAPromiseIsOpenNothingIsDone) {
  const absl::Time taken = Now();
  Break();
  Cancel();
  EXPECT_EQ(Report(Promised("o-2", id_, 12'000, 3, Now())), "RECORDED");
  EXPECT_EQ(Report(Version(Planned("o-1", id_, {{1, 5'000}, {3, 4'000}, {5, 3'000}}, taken), 2)),
            "RECORDED");
  EXPECT_THAT(Told(),
              ElementsAre("o-2 v1: OPEN 12000 paid 0", "o-1 v2: BROKEN>BROKEN 12000 paid 0"));
  PassHours(1);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_EQ(Announced().size(), 1u);
}

TEST_F(BrokenPlanRecalledTest, OneThatWasPartlyKeptIsBrokenToo) {
  Report(Planned("o-1", id_, kThreeParts, Now()));
  Pay("e-1", 4'000);
  Reopen(9);
  PassUntil(Midnight(3));
  EXPECT_THAT(Places(), ElementsAre("sakura PAID", "fuji"));
  PassUntil(Midnight(4));
  EXPECT_THAT(Places(), ElementsAre("sakura PAID", "fuji recalled"));
  EXPECT_EQ(Announced().size(), 1u);
}

TEST_F(BrokenPlanRecalledTest, OneThatHeadOfficeAgreedToIsBrokenToo) {
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  world_.Advance(absl::Minutes(5));
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  PassUntil(Midnight(2));
  EXPECT_THAT(Places(), ElementsAre("sakura recalled"));
}

TEST_F(BrokenPlanRecalledTest, WhatIsNoBrokenPlanIsLeft) {
  // A promise that is paid at once, …
  Report(Promised("o-1", id_, 5'000, 0, Now()));
  PassUntil(Midnight(1));
  // … a plan that waits, one that was refused, …
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  Report(Planned("o-3", id_, kThreeParts, Now(), "trainee"));
  EXPECT_EQ(Answer(Refusal("o-3")), "REFUSED");
  PassUntil(Midnight(10));
  // … one that is replaced.
  Report(Planned("o-4", id_, kThreeParts, Now()));
  world_.Advance(absl::Minutes(1));
  Report(Promised("o-5", id_, 5'000, 2, Now()));
  PassUntil(Midnight(20));
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_THAT(Announced(), IsEmpty());
}

class BrokenPlanHandedOverTest : public BrokenPlanTest {
 protected:
  BrokenPlanHandedOverTest()
      : BrokenPlanTest(Following(Policy::BROKEN_PLAN_HANDED_OVER, "head-office")) {}

  void ApplyHeadOffice(const std::string& languages = "[ja]") {
    world_.ApplyContract({.vendor_id = "head-office",
                          .languages = languages,
                          .more = "collector_kind: ISSUER\nhead_office: true\n"});
  }
};

TEST_F(BrokenPlanHandedOverTest, ItIsHandedToHeadOffice) {
  ApplyHeadOffice();
  Break();
  EXPECT_THAT(Places(), ElementsAre("sakura HANDED_OVER", "head-office"));
  const auto live = world_.Live("A-1");
  EXPECT_EQ(live.former_assignment_id(), id_);
  EXPECT_EQ(live.why().rule(), v1::PlacementReason::RULE_HANDED_OVER);
  const auto hand_overs = HandOvers();
  ASSERT_EQ(hand_overs.size(), 1u);
  EXPECT_EQ(hand_overs[0].account_id(), "A-1");
  EXPECT_EQ(hand_overs[0].from_vendor_id(), "sakura");
  EXPECT_EQ(hand_overs[0].to_vendor_id(), "head-office");
  EXPECT_EQ(hand_overs[0].former_assignment_id(), id_);
  EXPECT_EQ(hand_overs[0].assignment_id(), live.assignment_id());
  EXPECT_EQ(hand_overs[0].reason(), v1::HAND_OVER_REASON_PLAN_BROKEN);
  const auto events = EventsOf(v1::AuditEvent::KIND_HANDED_OVER);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "hub");
  EXPECT_EQ(events[0].assignment_id(), id_);
  EXPECT_EQ(events[0].subject_id(), live.assignment_id());
  EXPECT_EQ(events[0].hand_over().to_vendor_id(), "head-office");
  EXPECT_EQ(events[0].hand_over().reason(), v1::HAND_OVER_REASON_PLAN_BROKEN);
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("sakura HANDED_OVER", "head-office"));
  EXPECT_EQ(HandOvers().size(), 1u);
}

// Nobody looks again once it may.
TEST_F(BrokenPlanHandedOverTest, WhereHeadOfficeMayNotTakeItItsVendorGoesOn) {
  ApplyHeadOffice("[en]");
  Break();
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_THAT(HandOvers(), IsEmpty());
  ApplyHeadOffice();
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
}

TEST_F(BrokenPlanHandedOverTest, WithoutAContractOfHeadOfficesNothingHappens) {
  Break();
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("sakura"));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_THAT(EventsOf(v1::AuditEvent::KIND_HANDED_OVER), IsEmpty());
}

}  // namespace
}  // namespace switchboard
