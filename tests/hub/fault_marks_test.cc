// Values that cannot be: what the core hands over is refused, what a vendor reports is marked.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Receipts;
using testing::Statuses;

class MarksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    world_.clock.Advance(absl::Hours(24));
    ASSERT_OK(world_.Import({MakeRecord(1, {.amount_due = 12'000})}));
    id_ = world_.Live("A-1").assignment_id();
    placed_ = world_.clock.Now();
    world_.clock.Advance(absl::Hours(72));
  }
  std::string GivePermit() {
    const auto answer = world_.Ask("sakura", "r-1", id_);
    EXPECT_OK(answer);
    return answer.ok() ? answer->permit().permit_id() : "";
  }
  // The marks of a contact that began then, as the core reads them.
  std::string MarksOf(v1::Outcome outcome) {
    outcome.set_outcome_id("o-" + std::to_string(++outcomes_));
    EXPECT_THAT(Statuses(world_.Report("sakura", {outcome})), ElementsAre("RECORDED"));
    const auto read = OutcomesRead(world_);
    if (std::ssize(read) != outcomes_) return "not read";
    const size_t colon = read.back().find(':');
    return read.back().substr(std::min(colon + 2, read.back().size()));
  }
  std::string MarksUnder(const std::string& permit_id, absl::Time start) {
    auto outcome = At(MakeOutcome("o", id_, CallCode::kRightParty), start);
    outcome.set_permit_id(permit_id);
    return MarksOf(outcome);
  }
  std::string MarksOfPromise(const std::string& currency, int64_t amount, const v1::Date& due) {
    auto outcome = At(MakeOutcome("o", id_, CallCode::kPromiseToPay), world_.clock.Now());
    outcome.mutable_promise()->mutable_amount()->set_currency_code(currency);
    outcome.mutable_promise()->mutable_amount()->set_minor_units(amount);
    *outcome.mutable_promise()->mutable_due_date() = due;
    return MarksOf(outcome);
  }
  static v1::Date Day(int year, int month, int day) {
    v1::Date date;
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    return date;
  }

  HubWorld world_;
  std::string id_;
  absl::Time placed_;
  int outcomes_ = 0;
};

TEST_F(MarksTest, CallMadeLongBeforeItsPermitWasGiven) {
  const std::string permit = GivePermit();
  const absl::Time given = world_.clock.Now();
  EXPECT_EQ(MarksUnder(permit, given - absl::Hours(12)), "PERMIT_NOT_VALID");
  EXPECT_EQ(MarksUnder(permit, given - absl::Minutes(10)), "PERMIT_NOT_VALID");
  EXPECT_EQ(MarksUnder(permit, given - absl::Minutes(1) - absl::Microseconds(1)),
            "PERMIT_NOT_VALID");
  // None of them has used it up. Clocks differ by a little.
  EXPECT_EQ(MarksUnder(permit, given - absl::Minutes(1)), "");
  EXPECT_EQ(MarksUnder(permit, given), "PERMIT_NOT_VALID");  // used by now
}

TEST_F(MarksTest, CallBeforeTheAccountWasPlaced) {
  const auto worked = [&](absl::Time start) {
    return MarksOf(At(MakeOutcome("o", id_, CallCode::kNoContact), start));
  };
  EXPECT_EQ(worked(placed_ - absl::Minutes(1)), "");
  EXPECT_EQ(worked(placed_ - absl::Minutes(2)), "TIME_DOUBTFUL");
  // There was no contract then either.
  EXPECT_EQ(worked(absl::FromUnixSeconds(1'000'000'000)), "NO_CONTRACT TIME_DOUBTFUL");
  EXPECT_EQ(worked(absl::FromUnixSeconds(-5'000'000'000)), "NO_CONTRACT TIME_DOUBTFUL");
}

TEST_F(MarksTest, CallOfTheFuture) {
  const std::string permit = GivePermit();
  const absl::Time now = world_.clock.Now();
  EXPECT_EQ(MarksUnder(permit, now + absl::Hours(24 * 3650)), "PERMIT_NOT_VALID TIME_DOUBTFUL");
  EXPECT_EQ(MarksUnder(permit, now + absl::Seconds(90)), "TIME_DOUBTFUL");
}

TEST_F(MarksTest, PromisesThatCannotBe) {
  const std::string plain = "WITHOUT_PERMIT", doubtful = "WITHOUT_PERMIT PROMISE_DOUBTFUL";
  // Now is 2026-01-05.
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2026, 1, 31)), plain);
  EXPECT_EQ(MarksOfPromise("JPY", 1, Day(2026, 1, 5)), plain);
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2027, 1, 5)), plain);
  EXPECT_EQ(MarksOfPromise("JPY", 987'655, Day(2026, 1, 31)), doubtful);  // more than the balance
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2000, 1, 1)), doubtful);
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2026, 1, 3)), doubtful);
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2028, 1, 31)), doubtful);
}

// What was paid since says nothing of what was promised before.
TEST_F(MarksTest, PromiseIsMeasuredByWhatWasOwedWhenItWasMade) {
  auto outcome = At(MakeOutcome("o", id_, CallCode::kPromiseToPay), world_.clock.Now());
  outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  outcome.mutable_promise()->mutable_amount()->set_minor_units(12'000);
  *outcome.mutable_promise()->mutable_due_date() = Day(2026, 1, 31);
  world_.clock.Advance(absl::Hours(1));
  auto paid = MakeRecord(2, {.amount_due = 100});
  paid.mutable_account()->mutable_balance()->set_minor_units(100);
  ASSERT_OK(world_.Import({paid}));
  EXPECT_EQ(MarksOf(outcome), "WITHOUT_PERMIT");
  EXPECT_EQ(MarksOfPromise("JPY", 12'000, Day(2026, 1, 31)), "WITHOUT_PERMIT PROMISE_DOUBTFUL");
}

struct Impossible {
  const char* name;
  void (*make)(v1::AccountRecord& record);
  const char* field;
};

class ImpossibleRecordTest : public MarksTest, public ::testing::WithParamInterface<Impossible> {};

TEST_P(ImpossibleRecordTest, IsRefusedByItsField) {
  auto record = MakeRecord(2);
  GetParam().make(record);
  EXPECT_THAT(Receipts(world_.Import({record})),
              ElementsAre("0:STATUS_INVALID:" + std::string(GetParam().field)));
  EXPECT_EQ(world_.Quarantine().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Values, ImpossibleRecordTest,
    ::testing::Values(
        Impossible{"BornInTheFuture",
                   [](v1::AccountRecord& record) {
                     record.mutable_person()->mutable_birth_date()->set_year(2199);
                   },
                   "person.birth_date"},
        Impossible{"NoSuchCountry",
                   [](v1::AccountRecord& record) {
                     record.mutable_person()->mutable_address()->set_country("ZZ");
                   },
                   "person.address.country"},
        Impossible{"NoSuchCurrency",
                   [](v1::AccountRecord& record) {
                     for (auto* money : {record.mutable_account()->mutable_balance(),
                                         record.mutable_account()->mutable_amount_due(),
                                         record.mutable_account()->mutable_credit_limit()}) {
                       money->set_currency_code("XQX");
                     }
                   },
                   "account.balance.currency_code"},
        Impossible{"LimitInAnotherCurrency",
                   [](v1::AccountRecord& record) {
                     record.mutable_account()->mutable_credit_limit()->set_currency_code("USD");
                   },
                   "account.credit_limit.currency_code"},
        Impossible{
            "LateForCenturies",
            [](v1::AccountRecord& record) { record.mutable_account()->set_days_past_due(10'001); },
            "account.days_past_due"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace switchboard
