#include "clients/demo/parties/agent_promises.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "hub/base/digest.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/contract_check.h"
#include "hub/promises/authority.h"
#include "hub/promises/plan_check.h"
#include "hub/promises/policy.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;
using ::testing::ElementsAreArray;
using Kind = PlanDraw::Kind;
using Plan = v1::PaymentPlan;

// Noon of the demo's day, in Tokyo.
const absl::CivilDay kToday(2026, 11, 4);
const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 4, 3), absl::UTCTimeZone());

v1::Money Twd(int64_t minor_units) {
  v1::Money money;
  money.set_currency_code("TWD");
  money.set_minor_units(minor_units);
  return money;
}

AgentCall CallWith(Kind kind, bool by_schedule, int32_t first_in_days) {
  AgentCall call;
  call.code = adapters::CallCode::kPromiseToPay;
  PlanDraw& plan = call.plan.emplace();
  plan.kind = kind;
  plan.by_schedule = by_schedule;
  plan.first_in_days = first_in_days;
  plan.settled_percent = kind == Kind::kSettlement ? 50 : 0;
  return call;
}

v1::Contract ContractOf(const std::string& vendor_id) {
  const std::string file = absl::StrCat("clients/demo/contracts/", vendor_id, ".yaml");
  auto contract = contracts::ParseContract(ReadFile(file), file);
  EXPECT_OK(contract);
  return contract.ok() ? *std::move(contract) : v1::Contract();
}

struct Case {
  Kind kind;
  std::vector<Plan::Beyond> at_sakura, at_head_office, at_jade;
};
const Case kCases[] = {
    {Kind::kSoon, {}, {}, {Plan::BEYOND_LEVEL}},
    {Kind::kLong, {Plan::BEYOND_MONTHS}, {}, {Plan::BEYOND_LEVEL}},
    {Kind::kSettlement,
     {Plan::BEYOND_SETTLEMENT},
     {Plan::BEYOND_SETTLEMENT},
     {Plan::BEYOND_LEVEL, Plan::BEYOND_SETTLEMENT}},
    {Kind::kTrainee, {Plan::BEYOND_LEVEL}, {Plan::BEYOND_LEVEL}, {Plan::BEYOND_LEVEL}},
    {Kind::kFees, {}, {}, {Plan::BEYOND_LEVEL, Plan::BEYOND_SETTLEMENT}},
    {Kind::kFeesUnproved, {Plan::BEYOND_PROOFS}, {}, {Plan::BEYOND_LEVEL, Plan::BEYOND_SETTLEMENT}},
    {Kind::kInterest,
     {Plan::BEYOND_WAIVER, Plan::BEYOND_SETTLEMENT},
     {},
     {Plan::BEYOND_LEVEL, Plan::BEYOND_SETTLEMENT}},
};

// Each kind is what its name says by the contracts of the demo, however it is told, and whenever it
// begins.
TEST(AgentPromises, ArePlansWithinAndBeyondTheContracts) {
  const v1::Money due = Twd(123'457);
  const std::vector<absl::TimeZone> zones = {absl::FixedTimeZone(9 * 60 * 60)};
  for (const Case& c : kCases) {
    for (const bool by_schedule : {false, true}) {
      for (const int32_t first_in_days : {0, 1, 14}) {
        if (c.kind == Kind::kLong && first_in_days == 0) continue;  // is never drawn
        const AgentCall call = CallWith(c.kind, by_schedule, first_in_days);
        const std::pair<const char*, const std::vector<Plan::Beyond>*> vendors[] = {
            {"sakura", &c.at_sakura}, {"head-office", &c.at_head_office}, {"jade", &c.at_jade}};
        for (const auto& [vendor_id, beyond] : vendors) {
          SCOPED_TRACE(absl::StrCat(vendor_id, " ", static_cast<int>(c.kind), " ", by_schedule, " ",
                                    first_in_days));
          const v1::Contract contract = ContractOf(vendor_id);
          v1::Outcome::Promise promise = PromiseOf(call, due, kToday, vendor_id, "o-1");
          EXPECT_EQ(promise.plan().has_schedule(), by_schedule);
          FieldCheck check;
          promises::AdmitPlan(promise, "promise.", kToday, check);
          ASSERT_TRUE(check.ok()) << check.problem()->field << " " << check.problem()->problem;
          ASSERT_EQ(promise.plan().instalments_size(), 3);
          EXPECT_EQ(CivilDayOf(promise.plan().instalments(0).due_date()), kToday + first_in_days);
          EXPECT_THAT(promises::BeyondAuthority(
                          promise, kNow, contract.has_plans() ? &contract.plans() : nullptr,
                          promises::DaysAheadMaxOf(contract.promises()), &due, zones),
                      ElementsAreArray(*beyond));
        }
      }
    }
  }
}

TEST(AgentPromises, GiveUpWhatIsNotPaidAndNothingElse) {
  const v1::Money due = Twd(100);  // the least that is known to be due
  for (const Case& c : kCases) {
    const v1::Outcome::Promise promise =
        PromiseOf(CallWith(c.kind, false, 1), due, kToday, "sakura", "o-1");
    const bool gives_up = !promise.plan().waivers().empty();
    EXPECT_EQ(gives_up,
              c.kind == Kind::kFees || c.kind == Kind::kFeesUnproved || c.kind == Kind::kInterest);
    const int64_t rest = gives_up ? promise.plan().waivers(0).amount().minor_units() : 0;
    EXPECT_EQ(promise.amount().minor_units() + rest, c.kind == Kind::kSettlement ? 50 : 100);
  }
}

TEST(AgentPromises, AtOnceAreAsBeforeThereWerePlans) {
  AgentCall call;
  call.promise_percent = 30;
  call.promise_days = 5;
  const v1::Outcome::Promise promise = PromiseOf(call, Twd(100'000), kToday, "jade", "o-1");
  EXPECT_FALSE(promise.has_plan());
  EXPECT_EQ(promise.amount().minor_units(), 30'000);
  EXPECT_EQ(CivilDayOf(promise.due_date()), kToday + 5);
  EXPECT_EQ(promise.method(), v1::PAYMENT_METHOD_COUNTER);
}

TEST(Recordings, LieAtTheVendorWhereSomebodyOrAMachineAnswered) {
  using adapters::CallCode;
  const std::pair<CallCode, bool> rows[] = {
      {CallCode::kRightParty, true}, {CallCode::kThirdParty, true}, {CallCode::kMachine, true},
      {CallCode::kNoAnswer, false},  {CallCode::kBusy, false},      {CallCode::kNoContact, false}};
  for (const auto& [code, recorded] : rows) {
    v1::Outcome outcome;
    outcome.set_outcome_id("01KB2ZK3S4");
    *outcome.mutable_result() = adapters::ResultOf(code);
    outcome.mutable_start_time()->set_seconds(1'000);
    AgentCall call;
    EXPECT_FALSE(RecordingOf(call, outcome, "sakura").has_value());
    call.recording_told = true;
    const auto recording = RecordingOf(call, outcome, "sakura");
    ASSERT_EQ(recording.has_value(), recorded) << adapters::NameOf(code);
    if (!recorded) continue;
    EXPECT_EQ(recording->sha256(), Sha256Of("01KB2ZK3S4"));
    EXPECT_EQ(recording->begin_time().seconds(), 1'000);
    EXPECT_EQ(recording->length().seconds(), 1);  // no call was shorter than nothing
    EXPECT_TRUE(absl::StartsWith(recording->address(), "https://recordings.sakura.example/"));
    EXPECT_EQ(recording->address().find_first_of("0123456789"), std::string::npos);
  }
}

}  // namespace
}  // namespace switchboard::demo
