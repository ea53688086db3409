// A contract is ended by an operator, on a day, and begun again by applying one.
#include <algorithm>
#include <string>

#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::Receipts;

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
