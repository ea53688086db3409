#include "clients/demo/director/head_office.h"

#include <deque>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::FailsWith;
using Decision = v1::PlanDecision;
using Plan = v1::PaymentPlan;
using Line = v1::ListProposedPlansResponse::Line;

const absl::CivilDay kToday(2026, 11, 4);

v1::Money Twd(int64_t minor_units) {
  v1::Money money;
  money.set_currency_code("TWD");
  money.set_minor_units(minor_units);
  return money;
}

Line PlanOf(int64_t amount, int first_in_days, const std::vector<Plan::Beyond>& beyond) {
  Line plan;
  plan.mutable_key()->set_account_id("SYN-A-000001");
  plan.mutable_key()->set_vendor_id("sakura");
  plan.mutable_key()->set_outcome_id("o-1");
  plan.set_outcome_version(3);
  *plan.mutable_amount() = Twd(amount);
  for (int part = 0; part < 3; ++part)
    *plan.add_instalments()->mutable_due_date() = DateOf(kToday + first_in_days + 31 * part);
  for (const Plan::Beyond what : beyond) plan.add_beyond(what);
  return plan;
}

struct Case {
  const char* name;
  Line plan;
  Decision::Verdict verdict;
  Decision::Reason reason;
  int first_in_days;  // of what it is changed into
};
const Case kCases[] = {
    {"another level", PlanOf(1000, 0, {Plan::BEYOND_LEVEL}), Decision::VERDICT_APPROVED,
     Decision::REASON_UNSPECIFIED, 0},
    {"a settlement", PlanOf(600, 0, {Plan::BEYOND_SETTLEMENT}), Decision::VERDICT_APPROVED,
     Decision::REASON_UNSPECIFIED, 0},
    {"too little", PlanOf(599, 0, {Plan::BEYOND_SETTLEMENT}), Decision::VERDICT_REFUSED,
     Decision::REASON_TOO_LITTLE, 0},
    {"interest given up", PlanOf(900, 0, {Plan::BEYOND_WAIVER, Plan::BEYOND_SETTLEMENT}),
     Decision::VERDICT_REFUSED, Decision::REASON_NO_WAIVER, 0},
    {"no proof", PlanOf(900, 0, {Plan::BEYOND_PROOFS}), Decision::VERDICT_REFUSED,
     Decision::REASON_MEANS, 0},
    {"too long", PlanOf(1000, 5, {Plan::BEYOND_MONTHS}), Decision::VERDICT_CHANGED,
     Decision::REASON_TOO_LONG, 5},
    {"too long and late", PlanOf(1000, -1, {Plan::BEYOND_MONTHS}), Decision::VERDICT_CHANGED,
     Decision::REASON_TOO_LONG, 1},
    {"late", PlanOf(1000, -1, {Plan::BEYOND_LEVEL}), Decision::VERDICT_CHANGED,
     Decision::REASON_UNSPECIFIED, 1},
};

TEST(HeadOffice, DecidesAsTheTableSays) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const v1::DecidePlanRequest decision = DecisionOn(c.plan, Twd(1000), kToday);
    EXPECT_EQ(decision.key().outcome_id(), "o-1");
    EXPECT_EQ(decision.outcome_version(), 3);
    EXPECT_EQ(decision.verdict(), c.verdict);
    EXPECT_EQ(decision.reason(), c.reason);
    const bool changed = c.verdict == Decision::VERDICT_CHANGED;
    EXPECT_EQ(decision.has_plan(), changed);
    if (!changed) continue;
    EXPECT_EQ(decision.amount().minor_units(), c.plan.amount().minor_units());
    EXPECT_EQ(decision.plan().schedule().count(), 2);
    EXPECT_EQ(CivilDayOf(decision.plan().schedule().first_date()), kToday + c.first_in_days);
  }
}

TEST(HeadOffice, KeepsWhatIsGivenUpWhenItChanges) {
  Line plan = PlanOf(900, 5, {Plan::BEYOND_MONTHS});
  plan.add_waivers()->set_kind(Plan::Waiver::KIND_LATE_FEES);
  EXPECT_EQ(DecisionOn(plan, Twd(1000), kToday).plan().waivers_size(), 1);
}

// A hub that shows what waits and answers as it is told to.
struct ToldDesk final : public PlanDesk {
  std::deque<absl::StatusOr<v1::ListProposedPlansResponse>> pages;
  std::deque<absl::Status> answers;

  absl::StatusOr<v1::ListProposedPlansResponse> ProposedPlans(
      const v1::ListProposedPlansRequest& request) override {
    EXPECT_EQ(request.max_plans(), 20);
    auto page = pages.front();
    pages.pop_front();
    return page;
  }
  absl::StatusOr<v1::DecidePlanResponse> DecidePlan(const v1::DecidePlanRequest&) override {
    const absl::Status answer = answers.front();
    answers.pop_front();
    if (!answer.ok()) return answer;
    return v1::DecidePlanResponse();
  }
};

v1::ListProposedPlansResponse PageOf(int plans) {
  v1::ListProposedPlansResponse page;
  for (int i = 0; i < plans; ++i) *page.add_plans() = PlanOf(1000, 0, {Plan::BEYOND_LEVEL});
  return page;
}

absl::Status NotPending() {
  return Error(absl::StatusCode::kFailedPrecondition, "PLAN_NOT_PENDING", "decided");
}
absl::Status Malformed() {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "amount");
}

class HeadOfficeTest : public ::testing::Test {
 protected:
  ToldDesk desk_;
  HeadOffice office_{desk_, [](const std::string&) { return Twd(1000); }};
};

TEST_F(HeadOfficeTest, LooksUntilNothingWaits) {
  desk_.pages = {PageOf(2), PageOf(0)};
  desk_.answers = {absl::OkStatus(), NotPending()};
  EXPECT_FALSE(office_.nothing_waits());
  ASSERT_OK(office_.Look(kToday));
  EXPECT_FALSE(office_.nothing_waits());
  ASSERT_OK(office_.Look(kToday));
  EXPECT_TRUE(office_.nothing_waits());
  ASSERT_EQ(office_.decided().size(), 2u);
  EXPECT_TRUE(office_.decided()[0].acknowledged);
  EXPECT_FALSE(office_.decided()[1].acknowledged);
}

TEST_F(HeadOfficeTest, ComesBackWhenNoHubAnswers) {
  desk_.pages = {PageOf(0), absl::UnavailableError("away"), PageOf(2)};
  desk_.answers = {absl::UnavailableError("away")};
  ASSERT_OK(office_.Look(kToday));
  EXPECT_TRUE(office_.nothing_waits());
  ASSERT_OK(office_.Look(kToday));
  EXPECT_FALSE(office_.nothing_waits());
  ASSERT_OK(office_.Look(kToday));
  // What it asked for may be done all the same; the second one it did not ask for.
  ASSERT_EQ(office_.decided().size(), 1u);
  EXPECT_FALSE(office_.decided()[0].acknowledged);
}

TEST_F(HeadOfficeTest, SaysWhatTheHubHasAgainstADecision) {
  desk_.pages = {PageOf(1)};
  desk_.answers = {Malformed()};
  EXPECT_THAT(office_.Look(kToday), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace switchboard::demo
