// A contract is ended by an operator, on a day, and begun again by applying one.
#include <algorithm>
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Receipts;
using testing::Statuses;

class EndContractTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
    world_.Advance(absl::ZeroDuration());
  }
  // `day`: of January 2026; 0 says none, which is today.
  absl::StatusOr<v1::EndContractResponse> End(const std::string& vendor_id, int day = 0) {
    v1::EndContractRequest request;
    request.set_vendor_id(vendor_id);
    if (day != 0) {
      request.mutable_first_day_out()->set_year(2026);
      request.mutable_first_day_out()->set_month(1);
      request.mutable_first_day_out()->set_day(day);
    }
    return world_.Await<v1::EndContractResponse>(
        [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); });
  }
  std::string Ask() {
    world_.clock.Advance(absl::Minutes(3));
    return AnswerOf(world_.Ask("sakura", "r-" + std::to_string(++asked_), id_));
  }

  HubWorld world_;
  std::string id_;
  int asked_ = 0;
};

TEST_F(EndContractTest, EndsTodayAndIsToldWhatIsStillHeld) {
  ASSERT_OK_AND_ASSIGN(const auto ended, End("sakura"));
  EXPECT_TRUE(ended.changed());
  EXPECT_EQ(ended.first_day_out().day(), 1);
  EXPECT_EQ(ended.live_assignments(), 1);
  EXPECT_EQ(Ask(), "NO_CONTRACT");
  EXPECT_FALSE(world_.Vendor("sakura").in_force());
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  ASSERT_OK_AND_ASSIGN(const auto again, End("sakura"));
  EXPECT_FALSE(again.changed());
  EXPECT_EQ(again.live_assignments(), 0);
  const auto events = world_.AuditEvents();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const v1::AuditEvent& event) {
                            return event.kind() == v1::AuditEvent::KIND_CONTRACT &&
                                   event.contract().ended() && event.actor() == "operator/ito";
                          }),
            1);
}

TEST_F(EndContractTest, EndsOnADayToCome) {
  ASSERT_OK(End("sakura", 3));
  EXPECT_EQ(Ask(), "permit");
  world_.Advance(absl::Hours(47));
  EXPECT_EQ(Ask(), "permit");
  world_.Advance(absl::Hours(1));
  EXPECT_EQ(Ask(), "NO_CONTRACT");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
}

// A version that was to begin later does not begin.
TEST_F(EndContractTest, EndsWhatWasToCome) {
  world_.ApplyContract({.more = "effective_from: 2026-01-05\n"});
  ASSERT_OK(End("sakura", 3));
  world_.Advance(absl::Hours(24 * 6));
  EXPECT_EQ(Ask(), "NO_CONTRACT");
}

// An end of the afternoon made the morning's work one without a contract.
TEST_F(EndContractTest, DoesNotReachBack) {
  const auto work = [this](const std::string& outcome_id) {
    return At(MakeOutcome(outcome_id, id_, CallCode::kNoContact), world_.clock.Now());
  };
  ASSERT_OK(End("sakura", 3));
  world_.clock.Advance(absl::Hours(24 + 10));
  const v1::Outcome morning = work("o-1");
  world_.clock.Advance(absl::Hours(5));
  ASSERT_OK(End("sakura"));  // a day earlier than was said at first
  world_.clock.Advance(absl::Hours(1));
  const v1::Outcome afternoon = work("o-2");
  world_.clock.Advance(absl::Hours(24));
  const v1::Outcome next_day = work("o-3");
  world_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(Statuses(world_.Report("sakura", {morning, afternoon, next_day})),
              ElementsAre("RECORDED", "RECORDED", "RECORDED"));
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1:", "2 o-2 v1: NO_CONTRACT", "3 o-3 v1: NO_CONTRACT"));
}

// The day that the contract's own text names holds whatever was decided afterwards.
TEST_F(EndContractTest, LeavesTheContractsOwnLastDayAsItWas) {
  world_.ApplyContract({.more = "effective_to: 2026-01-05\n"});
  const auto outcome = [this](const std::string& outcome_id, absl::Duration after) {
    return At(MakeOutcome(outcome_id, id_, CallCode::kNoContact), world_.clock.Now() + after);
  };
  const v1::Outcome under = outcome("o-1", absl::Hours(24 * 3)),
                    behind = outcome("o-2", absl::Hours(24 * 4 + 1));
  world_.clock.Advance(absl::Hours(24 * 10));
  ASSERT_OK(End("sakura"));
  EXPECT_THAT(Statuses(world_.Report("sakura", {under, behind})),
              ElementsAre("RECORDED", "RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-2 v1: NO_CONTRACT"));
}

// The plan in force gives work to a vendor that will have no contract.
TEST_F(EndContractTest, SaysWhatThePlanWillLack) {
  const auto lacks_sakura = ElementsAre(::testing::HasSubstr("'sakura'"),
                                        ::testing::HasSubstr("'sakura'"));  // of both segments
  ASSERT_OK_AND_ASSIGN(auto ended, End("sakura", 3));
  EXPECT_THAT(ended.warnings(), lacks_sakura);
  ASSERT_OK_AND_ASSIGN(ended, End("sakura"));
  EXPECT_THAT(ended.warnings(), lacks_sakura);
  world_.ApplyContract({});
  world_.ApplyContract({.vendor_id = "fuji"});
  ASSERT_OK_AND_ASSIGN(ended, End("fuji"));
  EXPECT_THAT(ended.warnings(), IsEmpty());
}

TEST_F(EndContractTest, BeginsAgainWhenTheSameTextIsApplied) {
  ASSERT_OK(End("sakura"));
  world_.ApplyContract({});
  EXPECT_TRUE(world_.Vendor("sakura").in_force());
  EXPECT_EQ(Ask(), "permit");
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(2)})).empty());
}

TEST_F(EndContractTest, NamesWhatIsWrong) {
  EXPECT_THAT(End("nobody"), FailsWith(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN"));
  world_.Advance(absl::Hours(72));
  for (const int day : {3, 32}) {
    EXPECT_THAT(End("sakura", day), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << day;
  }
  EXPECT_EQ(Ask(), "permit");
}

}  // namespace
}  // namespace switchboard
