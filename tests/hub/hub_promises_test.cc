// Promises to pay through the whole hub: what the core is told, what vendors see and may do.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/promise_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Promised;
using testing::PromiseTest;

class HubPromisesTest : public PromiseTest {};

TEST_F(HubPromisesTest, APromiseIsKeptByWhatIsPaidInItsTime) {
  EXPECT_EQ(Report(Promised("o-1", id_, 5'000, 3, Now())), "RECORDED");
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN 5000 paid 0"));
  Pay("e-1", 2'000);
  EXPECT_THAT(Told(), IsEmpty());
  Pay("e-2", 3'000);
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>KEPT 5000 paid 5000"));
}

TEST_F(HubPromisesTest, TimePassesAndTheRestIsBroken) {
  Report(Promised("o-1", id_, 5'000, 0, Now()));
  Report(Promised("o-2", other_id_, 5'000, 0, Now()), "fuji");
  Told();
  Pay("e-1", 4'999);
  // The day ends in Tokyo at 15:00 UTC; it is noon there.
  PassHours(11.9);
  EXPECT_THAT(Told(), IsEmpty());
  PassHours(0.2);
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>PARTLY_KEPT 5000 paid 4999",
                                  "o-2 v1: OPEN>BROKEN 5000 paid 0"));
  // What was booked in time and comes to be known late counts when it was booked.
  Pay("e-2", 1, Now() - absl::Hours(2));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: PARTLY_KEPT>KEPT 5000 paid 5000"));
  // And what was booked too late does not.
  Pay("e-3", 9'000, Now() - absl::Minutes(1), "A-3");
  EXPECT_THAT(Told(), IsEmpty());
}

// I3: over all vendors.
TEST_F(HubPromisesTest, ANewerOneTakesThePlaceOfTheLiveOne) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  Told();
  PassHours(1);
  Report(Promised("o-2", id_, 4'000, 5, Now()));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>REPLACED 5000 paid 0", "o-2 v1: OPEN 4000 paid 0"));
  Pay("e-1", 5'000);
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: OPEN>KEPT 4000 paid 4000"));
}

TEST_F(HubPromisesTest, OneThatWasMadeEarlierAndComesLateIsReplacedAlready) {
  PassHours(2);
  Report(Promised("o-2", id_, 4'000, 5, Now()));
  Told();
  Report(Promised("o-1", id_, 5'000, 3, Now() - absl::Hours(1)));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: REPLACED 5000 paid 0"));
}

TEST_F(HubPromisesTest, ACorrectionTakesBackChangesOrRevivesWhatFollows) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  PassHours(1);
  Report(Promised("o-2", id_, 4'000, 5, Now()));
  Told();
  // Nothing was promised in the second call after all: the first one lives again.
  Report(At(MakeOutcome("o-2", id_, CallCode::kRefusedToPay, 2), Now()));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: OPEN>TAKEN_BACK", "o-1 v1: REPLACED>OPEN 5000 paid 0"));
  // What was promised in the first was less.
  auto less = Promised("o-1", id_, 1'000, 3, Now() - absl::Hours(1));
  less.set_version(2);
  Report(less);
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: OPEN>OPEN 1000 paid 0"));
  Pay("e-1", 1'000);
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: OPEN>KEPT 1000 paid 1000"));
  // It was more, and so it is not kept yet.
  auto more = Promised("o-1", id_, 2'000, 3, Now() - absl::Hours(1));
  more.set_version(3);
  Report(more);
  EXPECT_THAT(Told(), ElementsAre("o-1 v3: KEPT>OPEN 2000 paid 1000"));
}

TEST_F(HubPromisesTest, WhatTheContractDoesNotAllowIsRecordedAndBindsNobody) {
  world_.ApplyContract({.vendor_id = "sakura",
                        .more = "promises: {days_ahead_max: 7, least_percent: 50, count_max: 1, "
                                "within_days: 30}\n"});
  const auto far = world_.Report("sakura", {Promised("o-1", id_, 6'000, 8, Now())});
  ASSERT_OK(far);
  EXPECT_EQ(far->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_RECORDED);
  EXPECT_TRUE(far->receipts(0).promise_not_binding());
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: NOT_BINDING 6000 paid 0"));
  // Half of what is due, and a unit less.
  Report(Promised("o-2", id_, 5'999, 7, Now()));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: NOT_BINDING 5999 paid 0"));
  const auto good = world_.Report("sakura", {Promised("o-3", id_, 6'000, 7, Now())});
  ASSERT_OK(good);
  EXPECT_FALSE(good->receipts(0).promise_not_binding());
  EXPECT_THAT(Told(), ElementsAre("o-3 v1: OPEN 6000 paid 0"));
  // The second that binds within thirty days.
  Report(Promised("o-4", id_, 6'000, 7, Now()));
  EXPECT_THAT(Told(), ElementsAre("o-4 v1: NOT_BINDING 6000 paid 0"));
}

// A vendor does not choose its terms by choosing when it was.
TEST_F(HubPromisesTest, TermsAreNotEscapedByTheTimeOfTheContact) {
  world_.ApplyContract({.vendor_id = "sakura", .more = "promises: {days_ahead_max: 7}\n"});
  // In a hundred years, and due a week later.
  Report(Promised("o-1", id_, 5'000, 7, Now() + absl::Hours(24 * 36'500)));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: NOT_BINDING 5000 paid 0"));
  // Before it had a contract.
  Report(Promised("o-2", id_, 5'000, 1, Now() - absl::Hours(24 * 3)));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: NOT_BINDING 5000 paid 0"));
}

// Said once more it is no newer.
TEST_F(HubPromisesTest, OneOfTheFutureCountsAsOfWhenItWasFirstSaid) {
  Report(Promised("o-1", id_, 5'000, 0, Now() + absl::Hours(1)));
  PassHours(0.2);
  Report(Promised("o-2", id_, 5'000, 3, Now()));
  Told();
  auto again = Promised("o-1", id_, 4'000, 0, Now() + absl::Hours(3));
  again.set_version(2);
  Report(again);
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: REPLACED>REPLACED 4000 paid 0"));
}

TEST_F(HubPromisesTest, WhatWasDueIsHeldToAlsoOnceItIsNotKnownAnyMore) {
  world_.ApplyContract({.vendor_id = "sakura", .more = "promises: {least_percent: 50}\n"});
  const absl::Time taken = Now();
  Report(Promised("o-1", id_, 5'999, 3, taken));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: NOT_BINDING 5999 paid 0"));
  world_.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({testing::InTokyo(MakeRecord(9))}));
  auto again = Promised("o-1", id_, 5'999, 3, taken);
  again.set_version(2);
  again.set_note("the same");
  Report(again);
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: NOT_BINDING>NOT_BINDING 5999 paid 0"));
}

TEST_F(HubPromisesTest, ARepeatedReportIsAnsweredAlike) {
  world_.ApplyContract({.vendor_id = "sakura", .more = "promises: {days_ahead_max: 0}\n"});
  const auto outcome = Promised("o-1", id_, 5'000, 3, Now());
  for (const char* status : {"STATUS_RECORDED", "STATUS_REPEATED"}) {
    const auto response = world_.Report("sakura", {outcome});
    ASSERT_OK(response);
    EXPECT_EQ(v1::ReportOutcomesResponse::Status_Name(response->receipts(0).status()), status);
    EXPECT_TRUE(response->receipts(0).promise_not_binding());
  }
}

TEST_F(HubPromisesTest, MoneyThatIsBookedAheadCountsOnceItsTimeHasCome) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  Told();
  v1::CoreEvent event = testing::Payment("e-1", "A-1");
  *event.mutable_payment()->mutable_pay_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(Now() + absl::Hours(3)));
  ASSERT_OK(world_.Post({event}));
  EXPECT_THAT(Told(), IsEmpty());
  PassHours(3);
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>KEPT 5000 paid 5000"));
}

TEST_F(HubPromisesTest, AnotherCurrencyThanTheAccountsIsRefused) {
  auto outcome = Promised("o-1", id_, 5'000, 3, Now());
  outcome.mutable_promise()->mutable_amount()->set_currency_code("USD");
  const auto response = world_.Report("sakura", {outcome});
  ASSERT_OK(response);
  EXPECT_EQ(response->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_INVALID);
  EXPECT_EQ(response->receipts(0).field(), "promise.amount.currency_code");
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(HubPromisesTest, ALivePromiseHoldsRemindersBackButOnItsLastDay) {
  EXPECT_EQ(Ask("r-1"), "permit");
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  // What was open is void, and the answer says when to ask again.
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-2", id_));
  ASSERT_TRUE(answer.has_denial());
  EXPECT_THAT(answer.denial().all_reasons(), ElementsAre(v1::Denial::REASON_PROMISE_LIVE));
  // It is reminded of on the day before, from midnight in Tokyo.
  using google::protobuf::util::TimeUtil;
  const auto midnight = [this](int days) {
    return absl::FromCivil(absl::ToCivilDay(begin_, testing::Tokyo()) + days, testing::Tokyo());
  };
  EXPECT_EQ(TimeUtil::TimestampToSeconds(answer.denial().retry_time()),
            absl::ToUnixSeconds(midnight(2)));
  world_.Advance(midnight(2) - Now());
  EXPECT_EQ(Ask("r-3"), "permit");
  Release();
  // On the day itself, and while it is waited for, nobody asks again.
  world_.Advance(midnight(3) - Now());
  ASSERT_OK_AND_ASSIGN(const auto due, world_.Ask("sakura", "r-4", id_));
  ASSERT_TRUE(due.has_denial());
  EXPECT_EQ(TimeUtil::TimestampToSeconds(due.denial().retry_time()),
            absl::ToUnixSeconds(midnight(4)));
  world_.Advance(midnight(4) - Now());
  EXPECT_EQ(Ask("r-5"), "permit");
}

TEST_F(HubPromisesTest, ADaysPlanKeepsToThePromise) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  ASSERT_OK_AND_ASSIGN(const auto today, PlanTwoCalls("r-1"));
  ASSERT_TRUE(today.has_denial());
  EXPECT_THAT(today.denial().all_reasons(), ElementsAre(v1::Denial::REASON_PROMISE_LIVE));
  EXPECT_TRUE(today.denial().has_retry_time());
  // On the day before its day.
  world_.Advance(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const auto before, PlanTwoCalls("r-2"));
  EXPECT_TRUE(before.has_plan());
}

// Of another account of the same person.
TEST_F(HubPromisesTest, APromiseHoldsBackNothingElse) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  EXPECT_EQ(Ask("r-1", "A-2"), "permit");
}

TEST_F(HubPromisesTest, WhoeverHasTheAccountSeesWhatIsPromised) {
  world_.ApplyContract({.vendor_id = "sakura", .shown = {"AMOUNT", "DELINQUENCY"}});
  OpenStream stream(world_);
  EXPECT_FALSE(stream.outlet.row(id_).has_promise());
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  world_.Settle();
  const v1::Assignment row = stream.outlet.row(id_);
  EXPECT_EQ(row.promise().standing(), v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(row.promise().amount().minor_units(), 5'000);
  EXPECT_TRUE(row.promise().has_due_date());
  // The stream has ended by then.
  PassHours(24 * 4);
  OpenStream later(world_);
  EXPECT_EQ(later.outlet.row(id_).promise().standing(), v1::PROMISE_STANDING_BROKEN);
}

// As the account's own amounts and days are.
TEST_F(HubPromisesTest, WhatTheContractWithholdsIsNotShownOfAPromise) {
  world_.ApplyContract({.vendor_id = "sakura", .shown = {"DELINQUENCY"}});
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  {
    OpenStream stream(world_);
    EXPECT_TRUE(stream.outlet.row(id_).promise().has_due_date());
    EXPECT_FALSE(stream.outlet.row(id_).promise().has_amount());
  }
  world_.ApplyContract({.vendor_id = "sakura"});
  OpenStream stream(world_);
  EXPECT_FALSE(stream.outlet.row(id_).has_promise());
}

// It lives on when the work goes elsewhere.
TEST_F(HubPromisesTest, TheNextVendorIsShownWhatTheFormerOneTook) {
  Report(Promised("o-1", id_, 5'000, 9, Now()));
  world_.ApplyContract({.vendor_id = "fuji", .shown = {"AMOUNT"}});
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_MOVED);
  request.add_assignment_ids(id_);
  request.set_place_again(true);
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
    world_.hub().operator_api().RecallAssignments(testing::Operator(), request, done);
  }));
  PassHours(25);
  const auto next = world_.Live("A-1");
  ASSERT_EQ(next.vendor_id(), "fuji");
  OpenStream stream(world_, 0, {}, "fuji");
  const auto promise = stream.outlet.row(next.assignment_id()).promise();
  EXPECT_EQ(promise.standing(), v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(promise.amount().minor_units(), 5'000);
  // And it holds back whoever has the account.
  EXPECT_EQ(Ask("r-1"), "PROMISE_LIVE");
}

TEST_F(HubPromisesTest, AfterARestartItIsJudgedAlike) {
  Report(Promised("o-1", id_, 5'000, 0, Now()));
  Told();
  world_.Crash();
  PassHours(13);
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>BROKEN 5000 paid 0"));
}

TEST_F(HubPromisesTest, OperatorsReadWhatWasPromised) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  v1::ListPromisesRequest request;
  request.set_account_id("A-1");
  ASSERT_OK_AND_ASSIGN(const auto list, world_.Await<v1::ListPromisesResponse>([&](auto done) {
    world_.hub().operator_api().ListPromises(testing::Operator(), request, done);
  }));
  ASSERT_EQ(list.promises_size(), 1);
  EXPECT_EQ(list.promises(0).standing(), v1::PROMISE_STANDING_OPEN);
  EXPECT_EQ(list.promises(0).assignment_id(), id_);
  EXPECT_THAT(list.promises(0).zones(), ElementsAre("Asia/Tokyo"));
}

}  // namespace
}  // namespace switchboard
