#include "clients/demo/parties/agent_calls.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using adapters::CallCode;
using Earlier = BankCall::Earlier;

TEST(AgentCalls, MapsRowsAsTheTableSays) {
  struct Case {
    BankCall call;
    CallCode collections;
    CallCode campaign;
  };
  const std::vector<Case> cases = {
      {{0, true, 1, Earlier::kNone, false}, CallCode::kNoAnswer, CallCode::kNoAnswer},
      {{4, true, 1, Earlier::kNone, true}, CallCode::kNoAnswer, CallCode::kNoAnswer},
      {{5, true, 1, Earlier::kNone, false}, CallCode::kBusy, CallCode::kBusy},
      {{29, true, 1, Earlier::kNone, false}, CallCode::kMachine, CallCode::kMachine},
      {{30, true, 1, Earlier::kFailure, true}, CallCode::kPromiseToPay, CallCode::kSale},
      {{500, true, 1, Earlier::kSuccess, false}, CallCode::kClaimsPaid, CallCode::kCallBack},
      {{500, true, 1, Earlier::kFailure, false}, CallCode::kRefusedToPay, CallCode::kNotInterested},
      {{89, true, 1, Earlier::kNone, false}, CallCode::kCallBack, CallCode::kNotInterested},
      {{90, true, 1, Earlier::kNone, false}, CallCode::kRightParty, CallCode::kNotInterested},
      {{240, true, 1, Earlier::kNone, false}, CallCode::kPromiseToPay, CallCode::kNotInterested},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(c.call, v1::WORK_TYPE_EARLY_COLLECTIONS), c.collections)
        << c.call.duration_seconds;
    EXPECT_EQ(CodeOf(c.call, v1::WORK_TYPE_LATE_COLLECTIONS), c.collections)
        << c.call.duration_seconds;
    EXPECT_EQ(CodeOf(c.call, v1::WORK_TYPE_CAMPAIGN), c.campaign) << c.call.duration_seconds;
  }
}

TEST(AgentCalls, RareThingsComeAsOftenAsSaid) {
  std::map<std::optional<CallCode>, int> collections, campaign;
  for (int64_t draw = 0; draw < 10'000; ++draw) {
    ++collections[RareCode(draw, v1::WORK_TYPE_LATE_COLLECTIONS)];
    ++campaign[RareCode(draw, v1::WORK_TYPE_CAMPAIGN)];
  }
  EXPECT_EQ(collections[std::nullopt], 9'540);
  EXPECT_EQ(collections[CallCode::kThirdParty], 150);
  EXPECT_EQ(collections[CallCode::kCeaseContact], 30);
  EXPECT_EQ(collections[CallCode::kBankruptcy], 5);
  EXPECT_EQ(campaign[CallCode::kDispute], 0);
  EXPECT_EQ(campaign[CallCode::kDeceased], 10);
}

TEST(AgentCalls, DrawsTheSameForTheSameSeedAndAssignment) {
  ASSERT_OK_AND_ASSIGN(const AgentCalls calls,
                       AgentCalls::Load("clients/demo/data/bank_calls.csv.gz"));
  EXPECT_EQ(calls.calls().size(), 32'950u);
  int differ = 0, promises = 0, today = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string id = absl::StrCat("assignment", i);
    const AgentCall a = calls.Draw(1, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    const AgentCall b = calls.Draw(1, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    const AgentCall c = calls.Draw(2, id, v1::WORK_TYPE_EARLY_COLLECTIONS);
    EXPECT_EQ(a.code, b.code);
    EXPECT_EQ(a.duration_seconds, b.duration_seconds);
    differ += a.duration_seconds != c.duration_seconds;
    ASSERT_GE(a.attempts, 1);
    ASSERT_LE(a.attempts, 5);
    ASSERT_GE(a.minutes_between_attempts, 60);
    ASSERT_LE(a.minutes_between_attempts, 180);
    const bool promise = a.code == CallCode::kPromiseToPay;
    EXPECT_EQ(a.promise_percent > 0, promise);
    EXPECT_TRUE(promise || a.promise_days == 0);
    today += promise && a.promise_days == 0;
    promises += promise;
  }
  EXPECT_GT(differ, 1'900);
  EXPECT_GT(promises, 400);
  EXPECT_LT(promises, 900);
  EXPECT_GT(today, promises / 5);
  EXPECT_LT(today, promises / 2);
}

TEST(AgentCalls, MakesPlansOfOnePromiseInThree) {
  ASSERT_OK_AND_ASSIGN(const AgentCalls calls,
                       AgentCalls::Load("clients/demo/data/bank_calls.csv.gz"));
  std::map<PlanDraw::Kind, int> kinds;
  int promises = 0, plans = 0, by_schedule = 0, today = 0, untold = 0;
  constexpr int kCalls = 6'000;
  for (int i = 0; i < kCalls; ++i) {
    const std::string id = absl::StrCat("assignment", i);
    const AgentCall call = calls.Draw(1, id, v1::WORK_TYPE_LATE_COLLECTIONS);
    untold += call.recording_told ? 0 : 1;
    const bool promise = call.code == CallCode::kPromiseToPay;
    promises += promise ? 1 : 0;
    ASSERT_TRUE(promise || !call.plan.has_value());
    if (!call.plan.has_value()) continue;
    const PlanDraw& plan = *call.plan;
    const PlanDraw again = *calls.Draw(1, id, v1::WORK_TYPE_LATE_COLLECTIONS).plan;
    EXPECT_EQ(again.kind, plan.kind);
    EXPECT_EQ(again.by_schedule, plan.by_schedule);
    EXPECT_EQ(again.first_in_days, plan.first_in_days);
    ++plans;
    ++kinds[plan.kind];
    by_schedule += plan.by_schedule ? 1 : 0;
    today += plan.first_in_days == 0 ? 1 : 0;
    ASSERT_GE(plan.first_in_days, plan.kind == PlanDraw::Kind::kLong ? 1 : 0);
    ASSERT_LE(plan.first_in_days, 14);
    const bool settles = plan.kind == PlanDraw::Kind::kSettlement;
    ASSERT_EQ(plan.settled_percent > 0, settles);
    ASSERT_TRUE(!settles || (plan.settled_percent >= 40 && plan.settled_percent <= 90));
  }
  EXPECT_NEAR(plans, promises / 3, promises / 20);
  EXPECT_NEAR(by_schedule, plans / 2, plans / 10);
  EXPECT_GT(today, plans / 3);
  EXPECT_NEAR(kinds[PlanDraw::Kind::kSoon], plans / 2, plans / 10);
  EXPECT_EQ(kinds.size(), 7u);
  EXPECT_NEAR(untold, kCalls / 8, kCalls / 50);
}

}  // namespace
}  // namespace switchboard::demo
