// What vendors see of payment plans.
#include <string>
#include <vector>

#include "tests/hub/fake_stream.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using testing::kAgents;
using testing::kThreeParts;
using testing::OpenStream;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;

class HubPlanRowsTest : public PlanTest {};

TEST_F(HubPlanRowsTest, WhoeverHasTheAccountSeesTheParts) {
  OpenStream stream(world_);
  Report(Planned("o-1", id_, kThreeParts, Now()));
  world_.Settle();
  const v1::Assignment row = stream.outlet.row(id_);
  EXPECT_FALSE(row.has_proposed_plan());
  EXPECT_EQ(row.promise().standing(), v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(row.promise().amount().minor_units(), 12'000);
  ASSERT_EQ(row.promise().instalments_size(), 3);
  for (const v1::MaskedInstalment& one : row.promise().instalments()) {
    EXPECT_EQ(one.standing(), v1::PROMISE_STANDING_OPEN);
    EXPECT_EQ(one.amount().minor_units(), 4'000);
  }
  EXPECT_EQ(CivilDayOf(row.promise().instalments(1).due_date()), absl::CivilDay(2026, 12, 3));
}

// What was paid ended the work; whoever has it next sees how far the plan came.
TEST_F(HubPlanRowsTest, TheNextVendorSeesWhichPartsWerePaid) {
  Report(Planned("o-1", id_, kThreeParts, Now()));
  Pay("e-1", 4'000);
  Reopen(9);
  const std::string id = world_.Live("A-1").assignment_id();
  {
    OpenStream stream(world_, 0, {}, "fuji");
    const v1::MaskedPromise promise = stream.outlet.row(id).promise();
    EXPECT_EQ(promise.standing(), v1::PROMISE_STANDING_OPEN);
    ASSERT_EQ(promise.instalments_size(), 3);
    EXPECT_EQ(promise.instalments(0).standing(), v1::PROMISE_STANDING_KEPT);
    EXPECT_EQ(promise.instalments(1).standing(), v1::PROMISE_STANDING_OPEN);
  }
  PassUntil(Midnight(4));
  OpenStream later(world_, 0, {}, "fuji");
  const v1::MaskedPromise promise = later.outlet.row(id).promise();
  EXPECT_EQ(promise.standing(), v1::PROMISE_STANDING_PARTLY_KEPT);
  ASSERT_EQ(promise.instalments_size(), 3);
  EXPECT_EQ(promise.instalments(1).standing(), v1::PROMISE_STANDING_BROKEN);
  EXPECT_EQ(promise.instalments(2).standing(), v1::PROMISE_STANDING_OPEN);
}

TEST_F(HubPlanRowsTest, WhatWaitsAndWhatWasRefusedIsShownUntilANewerPromiseBinds) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  world_.Advance(absl::Minutes(1));
  OpenStream stream(world_);
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  world_.Settle();
  v1::Assignment row = stream.outlet.row(id_);
  EXPECT_EQ(row.promise().amount().minor_units(), 5'000);
  EXPECT_EQ(row.proposed_plan().standing(), v1::PROMISE_STANDING_PENDING);
  EXPECT_EQ(row.proposed_plan().verdict(), v1::PlanDecision::VERDICT_UNSPECIFIED);
  EXPECT_EQ(row.proposed_plan().amount().minor_units(), 12'000);
  EXPECT_EQ(CivilDayOf(row.proposed_plan().due_date()), absl::CivilDay(2026, 12, 5));
  ASSERT_EQ(row.proposed_plan().instalments_size(), 3);
  EXPECT_EQ(row.proposed_plan().instalments(2).amount().minor_units(), 4'000);

  EXPECT_EQ(Answer(Refusal("o-2")), "REFUSED");
  world_.Settle();
  row = stream.outlet.row(id_);
  EXPECT_EQ(row.promise().amount().minor_units(), 5'000);
  EXPECT_EQ(row.proposed_plan().standing(), v1::PROMISE_STANDING_REFUSED);
  EXPECT_EQ(row.proposed_plan().verdict(), v1::PlanDecision::VERDICT_REFUSED);
  EXPECT_EQ(row.proposed_plan().reason(), v1::PlanDecision::REASON_TOO_LONG);

  world_.Advance(absl::Minutes(1));
  Report(Promised("o-3", id_, 6'000, 3, Now()));
  world_.Settle();
  row = stream.outlet.row(id_);
  EXPECT_EQ(row.promise().amount().minor_units(), 6'000);
  EXPECT_FALSE(row.has_proposed_plan());
}

// A decision stands whatever comes to be known later; what is shown follows what binds.
TEST_F(HubPlanRowsTest, WhatHeadOfficeAgreedToIsShownAsWhatBinds) {
  OpenStream stream(world_);
  const absl::Time proposed = Now();
  Report(Planned("o-1", id_, kThreeParts, proposed, "trainee"));
  world_.Advance(absl::Minutes(5));
  EXPECT_EQ(Answer(Change("o-1", {{2, 5'000}, {4, 6'000}})), "OPEN");
  world_.Settle();
  v1::Assignment row = stream.outlet.row(id_);
  EXPECT_FALSE(row.has_proposed_plan());
  EXPECT_EQ(row.promise().standing(), v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(row.promise().amount().minor_units(), 11'000);
  ASSERT_EQ(row.promise().instalments_size(), 2);
  EXPECT_EQ(row.promise().instalments(0).amount().minor_units(), 5'000);
  EXPECT_EQ(row.promise().verdict(), v1::PlanDecision::VERDICT_CHANGED);
  // One that was made between the two.
  Report(Promised("o-2", id_, 7'000, 3, proposed + absl::Minutes(1)));
  world_.Settle();
  row = stream.outlet.row(id_);
  EXPECT_EQ(row.promise().amount().minor_units(), 11'000);
  EXPECT_EQ(row.promise().standing(), v1::PROMISE_STANDING_OPEN);
}

TEST_F(HubPlanRowsTest, WhatTheContractWithholdsIsNotShownOfAPlan) {
  Report(Planned("o-1", id_, kThreeParts, Now()));
  world_.Advance(absl::Minutes(1));
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  Apply(kAgents, {"DELINQUENCY"});
  {
    OpenStream stream(world_);
    for (const v1::MaskedPromise& promise :
         {stream.outlet.row(id_).promise(), stream.outlet.row(id_).proposed_plan()}) {
      EXPECT_TRUE(promise.has_due_date());
      EXPECT_FALSE(promise.has_amount());
      ASSERT_EQ(promise.instalments_size(), 3);
      EXPECT_TRUE(promise.instalments(0).has_due_date());
      EXPECT_FALSE(promise.instalments(0).has_amount());
    }
  }
  Apply(kAgents, {"AMOUNT"});
  {
    OpenStream stream(world_);
    for (const v1::MaskedPromise& promise :
         {stream.outlet.row(id_).promise(), stream.outlet.row(id_).proposed_plan()}) {
      ASSERT_EQ(promise.instalments_size(), 3);
      EXPECT_FALSE(promise.instalments(0).has_due_date());
      EXPECT_TRUE(promise.instalments(0).has_amount());
    }
  }
  Apply(kAgents, {});
  OpenStream stream(world_);
  EXPECT_TRUE(stream.outlet.rows().contains(id_));
  EXPECT_FALSE(stream.outlet.row(id_).has_promise());
  EXPECT_FALSE(stream.outlet.row(id_).has_proposed_plan());
}

}  // namespace
}  // namespace switchboard
