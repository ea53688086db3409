// A vendor that will not come back: nothing waits for it any longer.
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/hub/person_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::kRetentionClasses;
using testing::Operator;
using testing::Payment;
using testing::PersonTest;

constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;

class HubRetiredTest : public PersonTest {
 protected:
  HubRetiredTest() : PersonTest(kRetentionClasses) {}
  void SetUp() override {
    PersonTest::SetUp();
    vendor_ = world_.Live("A-1").vendor_id();
  }
  absl::StatusOr<v1::RetireVendorResponse> Retire(const std::string& vendor_id) {
    v1::RetireVendorRequest request;
    request.set_vendor_id(vendor_id);
    request.set_reason("the company was dissolved");
    return world_.Await<v1::RetireVendorResponse>(
        [&](auto done) { world_.hub().privacy_api().RetireVendor(Operator(), request, done); });
  }
  void EndContract() {
    v1::EndContractRequest request;
    request.set_vendor_id(vendor_);
    ASSERT_OK(world_.Await<v1::EndContractResponse>(
        [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); }));
    Tick(15);
  }

  std::string vendor_;  // of A-1
};

TEST_F(HubRetiredTest, OnlyOneWithoutAContract) {
  EXPECT_THAT(Retire("nobody"), FailsWith(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN"));
  EXPECT_THAT(Retire(vendor_), FailsWith(kFailed, "CONTRACT_IN_FORCE"));
  v1::RetireVendorRequest request;
  request.set_vendor_id(vendor_);
  EXPECT_THAT(world_.Await<v1::RetireVendorResponse>([&](auto done) {
    world_.hub().privacy_api().RetireVendor(Operator(), request, done);
  }),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM vendor WHERE retire_time IS NOT NULL"), 0);
}

TEST_F(HubRetiredTest, NothingWaitsForIt) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1"), Payment("pay-2", "A-2")}));
  EndContract();
  ASSERT_OK_AND_ASSIGN(const auto retired, Retire(vendor_));
  EXPECT_GE(retired.unacknowledged(), 1);
  EXPECT_GE(retired.waived_orders(), 1);
  const std::string open = absl::StrCat(
      "SELECT COUNT(*) FROM deletion_order WHERE state = 1 AND vendor_id = '", vendor_, "'");
  EXPECT_EQ(Count(open.c_str()), 0);
  // What is told anew of it is nothing.
  ASSERT_OK_AND_ASSIGN(const auto again, Retire(vendor_));
  EXPECT_EQ(again.unacknowledged(), 0);
  EXPECT_EQ(again.waived_orders(), 0);
  Tick(5);  // out of the feed
  world_.clock.Advance(absl::Hours(24) * 21);
  Tick(30);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM assignment WHERE account_id = 'A-1'"), 0);
}

TEST_F(HubRetiredTest, NorForWhatALegalHoldLetItKeep) {
  v1::PlaceLegalHoldRequest request;
  request.mutable_hold()->set_hold_id("court-1");
  request.mutable_hold()->set_person_id("P-1");
  request.mutable_hold()->set_origin(v1::LegalHold::ORIGIN_COURT);
  request.mutable_hold()->set_reference("docket of the district court");
  request.mutable_hold()->set_vendors_keep(true);
  ASSERT_OK(world_.Await<v1::PlaceLegalHoldResponse>(
      [&](auto done) { world_.hub().privacy_api().PlaceLegalHold(Operator(), request, done); }));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  EndContract();
  ASSERT_OK(Retire(vendor_));
  const char* in_none =
      "SELECT COUNT(*) FROM assignment WHERE account_id = 'A-1' AND deletion_order_id = ''";
  world_.clock.Advance(absl::Hours(2));
  Tick(5);
  EXPECT_EQ(Count(in_none), 1);
  EndHold();
  Tick(5);
  EXPECT_EQ(Count(in_none), 0);
  const std::string open = absl::StrCat(
      "SELECT COUNT(*) FROM deletion_order WHERE state = 1 AND vendor_id = '", vendor_, "'");
  EXPECT_EQ(Count(open.c_str()), 0) << "nobody is there to answer";
  EXPECT_EQ(Count("SELECT COUNT(*) FROM deletion_order WHERE state = 4 AND closed_by = 'hub'"), 1);
}

TEST_F(HubRetiredTest, AContractBeginsItAnew) {
  EndContract();
  ASSERT_OK(Retire(vendor_));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM vendor WHERE retire_time IS NOT NULL"), 1);
  world_.ApplyContract({.vendor_id = vendor_});
  EXPECT_EQ(Count("SELECT COUNT(*) FROM vendor WHERE retire_time IS NOT NULL"), 0);
}

}  // namespace
}  // namespace switchboard
