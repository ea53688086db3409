// A permit request that is sent again is judged again before an old yes is said again.
#include <algorithm>
#include <string>

#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using testing::AccountStop;
using testing::AnswerOf;
using testing::FailsWith;
using testing::IsOk;
using testing::MakeRecord;
using testing::Payment;
using testing::PersonStop;
using testing::PointStop;
using testing::WithMobile;

class PermitRepeatTest : public testing::ThreeAccountsTest {
 protected:
  void SetUp() override {
    ThreeAccountsTest::SetUp();
    ASSERT_OK_AND_ASSIGN(const auto answer, Repeat());
    ASSERT_TRUE(answer.has_permit());
    EXPECT_EQ(answer.permit().dial(), "+819012345678");
    permit_id_ = answer.permit().permit_id();
  }
  absl::StatusOr<v1::RequestPermitResponse> Repeat() {
    return world_.Ask(vendor_, "q-1", placed_.assignment_id());
  }
  v1::ContactPoint& Mobile(v1::AccountRecord& record) {
    return *record.mutable_person()->mutable_contact_points(0);
  }
  bool Voided() {
    const auto events = world_.AuditEvents();
    return std::any_of(events.begin(), events.end(), [&](const v1::AuditEvent& event) {
      return event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED && event.subject_id() == permit_id_;
    });
  }
  // `next`: what a request of its own gets for the same contact point from now on.
  void ExpectRefused(const std::string& reasons, const std::string& next) {
    EXPECT_EQ(AnswerOf(Repeat()), reasons);
    EXPECT_EQ(AnswerOf(Repeat()), reasons);
    EXPECT_TRUE(Voided());
    EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "q-2", placed_.assignment_id())), next);
  }

  std::string permit_id_;
};

TEST_F(PermitRepeatTest, GetsTheSameWhileNothingStandsInItsWay) {
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  ASSERT_OK_AND_ASSIGN(const auto again, Repeat());
  EXPECT_EQ(again.permit().permit_id(), permit_id_);
  EXPECT_FALSE(Voided());
}

TEST_F(PermitRepeatTest, ContactPointWentAway) {
  auto record = MakeRecord(10);
  record.mutable_person()->mutable_contact_points()->DeleteSubrange(0, 1);
  ASSERT_OK(world_.Import({record}));
  EXPECT_TRUE(Voided());
  ExpectRefused("NO_CONTACT_POINT", "NO_CONTACT_POINT");
}

TEST_F(PermitRepeatTest, ContactPointTurnedBad) {
  auto record = MakeRecord(10);
  Mobile(record).set_state(v1::ContactPoint::STATE_BAD);
  ASSERT_OK(world_.Import({record}));
  EXPECT_TRUE(Voided());
  ExpectRefused("NO_CONTACT_POINT", "NO_CONTACT_POINT");
}

TEST_F(PermitRepeatTest, ContactPointHoldsAnotherNumber) {
  ASSERT_OK(world_.Import({WithMobile(MakeRecord(10), "+819099998888")}));
  EXPECT_TRUE(Voided());
  ExpectRefused("NO_CONTACT_POINT", "permit");
  // Also when the number comes back: the yes was void in between.
  ASSERT_OK(world_.Import({MakeRecord(11)}));
  EXPECT_EQ(AnswerOf(Repeat()), "FIELD_INVALID");
}

// Other rules are heard there.
TEST_F(PermitRepeatTest, ContactPointIsAtWorkNow) {
  auto record = MakeRecord(10);
  Mobile(record).set_kind(v1::CONTACT_KIND_WORK_PHONE);
  ASSERT_OK(world_.Import({record}));
  EXPECT_TRUE(Voided());
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "q-2", placed_.assignment_id())), "permit");
}

// The owner comes with another account: it is the same person.
TEST_F(PermitRepeatTest, ContactPointTurnedBadBesideAnotherAccount) {
  auto record = MakeRecord(10, {.account_id = "A-2"});
  Mobile(record).set_state(v1::ContactPoint::STATE_BAD);
  ASSERT_OK(world_.Import({record}));
  ExpectRefused("NO_CONTACT_POINT", "NO_CONTACT_POINT");
}

TEST_F(PermitRepeatTest, StopCameInBetween) {
  EXPECT_EQ(Post(PointStop("e-1", "P-1", "mobile")), "ACCEPTED 0 1");
  ExpectRefused("STOPPED", "STOPPED");
}

TEST_F(PermitRepeatTest, WorkWasTakenAwayInBetween) {
  EXPECT_EQ(Post(Payment("e-1", "A-1")), "ACCEPTED 1 1");
  ExpectRefused("NOT_ASSIGNED", "NOT_ASSIGNED");
}

TEST_F(PermitRepeatTest, ContractAllowsItNoLonger) {
  world_.ApplyContract({.vendor_id = vendor_, .languages = "[en]"});
  ExpectRefused("NOT_ALLOWED", "NOT_ALLOWED");
}

TEST_F(PermitRepeatTest, ContractEnded) {
  world_.ApplyContract({.vendor_id = vendor_, .more = "effective_to: 2026-01-01\n"});

  EXPECT_THAT(Repeat(), FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

// The log says that no number was shown, and a repeat makes it no lie; nor does one show what the
// contract of today withholds.
TEST_F(PermitRepeatTest, NumberIsShownOnlyIfBothContractsShowIt) {
  world_.ApplyContract({.vendor_id = vendor_, .dial = "TRUNK"});
  ASSERT_OK_AND_ASSIGN(auto again, Repeat());
  EXPECT_EQ(again.permit().permit_id(), permit_id_);
  EXPECT_TRUE(again.permit().has_trunk_token());
  ASSERT_OK(Release(vendor_, permit_id_));
  const auto under_trunk = [this] { return world_.Ask(vendor_, "q-2", placed_.assignment_id()); };
  ASSERT_OK_AND_ASSIGN(const auto token, under_trunk());
  EXPECT_TRUE(token.permit().has_trunk_token());
  world_.ApplyContract({.vendor_id = vendor_});
  ASSERT_OK_AND_ASSIGN(again, under_trunk());
  EXPECT_EQ(again.SerializeAsString(), token.SerializeAsString());
}

}  // namespace
}  // namespace switchboard
