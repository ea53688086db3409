// A stop on a way to reach somebody is a stop on the number, whoever else has it and under
// whichever id it comes back.
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::PersonStop;
using testing::PointStop;
using testing::Statuses;
using testing::WithMobile;

// P-1 and P-3 share the number behind "mobile".
class NumbersTest : public testing::ThreeAccountsTest {
 protected:
  // What an outcome under a permit for P-1's mobile says.
  void ReportOfMobile(CallCode code) {
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-0", placed_.assignment_id()));
    ASSERT_TRUE(answer.has_permit());
    auto outcome =
        testing::At(MakeOutcome("o-1", placed_.assignment_id(), code), world_.clock.Now());
    outcome.set_permit_id(answer.permit().permit_id());
    ASSERT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  }
  static v1::AccountRecord WithState(int64_t sequence, v1::ContactPoint::State state) {
    auto record = MakeRecord(sequence);
    record.mutable_person()->mutable_contact_points(0)->set_state(state);
    return record;
  }
  // The number of "mobile" under another id.
  static v1::AccountRecord Renamed(int64_t sequence) {
    auto record = MakeRecord(sequence);
    record.mutable_person()->mutable_contact_points(0)->set_contact_point_id("cell");
    return record;
  }
  // Once, under the next request id.
  std::string AskOnce(const std::string& point, const std::string& account_id = "A-1") {
    const std::string answer = Ask("q-" + std::to_string(++asked_), point, account_id);
    world_.clock.Advance(absl::Minutes(3));  // no permit is open afterwards
    return answer;
  }

  int asked_ = 0;
};

class UselessNumberTest : public NumbersTest, public ::testing::WithParamInterface<CallCode> {};

TEST_P(UselessNumberTest, GetsNoFurtherPermitByAnyId) {
  ReportOfMobile(GetParam());
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");  // another way may be tried
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("email"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Renamed(10)}));
  EXPECT_EQ(AskOnce("cell"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({WithMobile(MakeRecord(11), "+819099998888")}));
  EXPECT_EQ(AskOnce("mobile"), "permit");  // that is another number
}

TEST_P(UselessNumberTest, IsUsableAgainWhenTheCoreSaysSoLater) {
  world_.clock.Advance(absl::Hours(1));
  const absl::Time before = world_.clock.Now();
  world_.clock.Advance(absl::Hours(1));
  ReportOfMobile(GetParam());
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({WithState(10, v1::ContactPoint::STATE_GOOD)}, "file", before));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");  // said before it was known
  ASSERT_OK(world_.Import({WithState(11, v1::ContactPoint::STATE_UNSPECIFIED)}));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");  // says nothing of it
  ASSERT_OK(world_.Import({WithState(12, v1::ContactPoint::STATE_GOOD)}));
  EXPECT_EQ(AskOnce("mobile"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

TEST_P(UselessNumberTest, IsUsableAgainWhenTheCoreLiftsTheStop) {
  ReportOfMobile(GetParam());
  ASSERT_OK_AND_ASSIGN(const auto read, world_.ReadCoreFeed(0));
  ASSERT_EQ(read.items_size(), 1);
  const std::string stop_id = read.items(0).outcome().placed_stop_ids(0);
  EXPECT_EQ(stop_id, "outcome:" + vendor_ + ":o-1/" +
                         (GetParam() == CallCode::kWrongNumber ? "wrong-number" : "disconnected"));
  EXPECT_EQ(Post(Lift("e-1", stop_id)), "ACCEPTED 0 0");
  EXPECT_EQ(AskOnce("mobile"), "permit");
}

// A number that is not P-1's may well be somebody else's, and is not P-1's for that.
TEST_F(NumbersTest, WrongNumberOfOneStaysWrongWhenItIsRightForAnother) {
  ReportOfMobile(CallCode::kWrongNumber);
  world_.clock.Advance(absl::Hours(1));
  auto other = MakeRecord(10, {.account_id = "A-3", .person_id = "P-3"});
  other.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
  ASSERT_OK(world_.Import({other}));
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Renamed(11)}));
  EXPECT_EQ(AskOnce("cell"), "NO_CONTACT_POINT");
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({WithState(12, v1::ContactPoint::STATE_GOOD)}));
  EXPECT_EQ(AskOnce("mobile"), "permit");
}

TEST_F(NumbersTest, WrongNumberIsGoodForANewCustomerOfWhomTheCoreSaysSo) {
  ReportOfMobile(CallCode::kWrongNumber);
  world_.clock.Advance(absl::Hours(1));
  auto nine = MakeRecord(10, {.account_id = "A-9", .person_id = "P-9"});
  ASSERT_OK(world_.Import({nine}));
  EXPECT_EQ(AskOnce("mobile", "A-9"), "NO_CONTACT_POINT");
  auto ten = MakeRecord(11, {.account_id = "A-10", .person_id = "P-10"});
  ten.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
  ASSERT_OK(world_.Import({ten}));
  EXPECT_EQ(AskOnce("mobile", "A-10"), "permit");
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
}

INSTANTIATE_TEST_SUITE_P(Dispositions, UselessNumberTest,
                         ::testing::Values(CallCode::kWrongNumber, CallCode::kDisconnected),
                         [](const auto& row) { return std::string(NameOf(row.param)); });

// Posted by the core, such a stop lies on the contact point as well.
class UselessPointTest : public NumbersTest, public ::testing::WithParamInterface<v1::StopReason> {
 protected:
  v1::CoreEvent Stop() const {
    auto stop = PointStop("e-1", "P-1", "mobile");
    stop.mutable_place_stop()->set_reason(GetParam());
    return stop;
  }
};

TEST_P(UselessPointTest, IsUsableAgainWhenTheCoreSaysSoLater) {
  EXPECT_EQ(Post(Stop()), "ACCEPTED 0 0");
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("email"), "permit");
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({WithState(10, v1::ContactPoint::STATE_GOOD)}));
  EXPECT_EQ(AskOnce("mobile"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

// A line that is alive for one is so for all; whom it belongs to is another question.
TEST_P(UselessPointTest, GoodForAnotherIsGoodForTheFirstUnlessItWasWrong) {
  EXPECT_EQ(Post(Stop()), "ACCEPTED 0 0");
  world_.clock.Advance(absl::Hours(1));
  auto other = MakeRecord(10, {.account_id = "A-3", .person_id = "P-3"});
  other.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
  ASSERT_OK(world_.Import({other}));
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
  EXPECT_EQ(AskOnce("mobile"),
            GetParam() == v1::STOP_REASON_WRONG_NUMBER ? "NO_CONTACT_POINT" : "permit");
}

INSTANTIATE_TEST_SUITE_P(Reasons, UselessPointTest,
                         ::testing::Values(v1::STOP_REASON_WRONG_NUMBER,
                                           v1::STOP_REASON_DISCONNECTED),
                         [](const auto& row) { return v1::StopReason_Name(row.param); });

TEST_F(NumbersTest, CeaseContactToldByAVendorStopsTheNumberOfOthers) {
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
  ReportOfMobile(CallCode::kCeaseContact);
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_NE(world_.Live("A-3").vendor_id(), "");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "STOPPED");
  EXPECT_EQ(AskOnce("email", "A-3"), "STOPPED");  // the mailbox they share as well
  EXPECT_EQ(Post(Lift("e-1", "outcome:" + vendor_ + ":o-1/cease")), "ACCEPTED 0 0");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

TEST_F(NumbersTest, CeaseContactToldByTheCoreVoidsThePermitsOfOthers) {
  ASSERT_OK(world_.Import(
      {WithMobile(MakeRecord(10, {.account_id = "A-4", .person_id = "P-4"}), "+819099998888")}));
  EXPECT_EQ(Ask("r-1", "mobile", "A-1"), "permit");
  EXPECT_EQ(Ask("r-4", "mobile", "A-4"), "permit");
  EXPECT_EQ(Post(PersonStop("e-1", "P-3")), "ACCEPTED 1 1");  // of P-3 nothing was open
  EXPECT_EQ(Ask("r-2", "mobile", "A-1"), "STOPPED");
  EXPECT_EQ(Ask("r-4", "mobile", "A-4"), "permit");  // a number of its own
}

// Other reasons are about the person, not about the line.
TEST_F(NumbersTest, AttorneyOfOneLeavesTheNumberToOthers) {
  EXPECT_EQ(Post(PersonStop("e-1", "P-3", v1::STOP_REASON_ATTORNEY)), "ACCEPTED 1 0");
  EXPECT_EQ(Ask("r-1"), "permit");
}

TEST_F(NumbersTest, StopOnAPointHoldsForTheNumberUnderAnotherId) {
  EXPECT_EQ(Post(PointStop("e-1", "P-1", "mobile")), "ACCEPTED 0 0");
  ASSERT_OK(world_.Import({Renamed(10)}));
  EXPECT_EQ(AskOnce("cell"), "STOPPED");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "STOPPED");
  // The core's good word is for wrong and dead numbers only.
  ASSERT_OK(world_.Import({WithState(11, v1::ContactPoint::STATE_GOOD)}));
  EXPECT_EQ(AskOnce("mobile"), "STOPPED");
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_EQ(AskOnce("mobile"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

TEST_F(NumbersTest, StopOnAMailboxHoldsForEveryWayToWriteIt) {
  EXPECT_EQ(Post(PointStop("e-1", "P-1", "email")), "ACCEPTED 0 0");
  int64_t sequence = 10;
  for (const char* email : {"Taro.Yamada@EXAMPLE.com", "taro.yamada+bank@example.com"}) {
    auto record = MakeRecord(sequence++, {.account_id = "A-3", .person_id = "P-3"});
    record.mutable_person()->mutable_contact_points(1)->set_email(email);
    ASSERT_OK(world_.Import({record}));
    EXPECT_EQ(AskOnce("email", "A-3"), "STOPPED") << email;
    EXPECT_EQ(AskOnce("mobile", "A-3"), "permit") << email;
  }
}

// A customer number that changes undoes nobody's word.
TEST_F(NumbersTest, StopOnAPersonFollowsTheAccountToAnotherPersonId) {
  EXPECT_EQ(Post(PersonStop("e-1", "P-1", v1::STOP_REASON_ATTORNEY)), "ACCEPTED 2 0");
  const auto moved = MakeRecord(10, {.person_id = "P-7"});
  EXPECT_THAT(testing::Receipts(world_.Import({moved})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  const auto back = MakeRecord(11);
  EXPECT_THAT(testing::Receipts(world_.Import({back})), ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(testing::Receipts(world_.Import({MakeRecord(12, {.person_id = "P-7"})})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_THAT(testing::Receipts(world_.Import({MakeRecord(13, {.person_id = "P-7"})})),
              ::testing::IsEmpty());
}

// The stop was there before the hub knew the person, or which number it was.
TEST_F(NumbersTest, StopOnAPointThatComesLaterHoldsForItsNumber) {
  EXPECT_EQ(Post(PointStop("e-1", "P-9", "mobile")), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(Ask("r-1"), "permit");
  const auto nine = MakeRecord(10, {.account_id = "A-9", .person_id = "P-9"});
  ASSERT_OK(world_.Import({nine}));
  EXPECT_EQ(AskOnce("mobile", "A-9"), "STOPPED");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "STOPPED");
  EXPECT_EQ(AskOnce("mobile"), "STOPPED");
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

TEST_F(NumbersTest, CeaseContactOfAPersonWhoComesLaterHoldsForTheNumbers) {
  EXPECT_EQ(Post(PersonStop("e-1", "P-9")), "UNKNOWN_SUBJECT 0 0");
  const auto nine =
      WithMobile(MakeRecord(10, {.account_id = "A-9", .person_id = "P-9"}), "+819099998888");
  ASSERT_OK(world_.Import({nine}));
  ASSERT_OK(world_.Import({WithMobile(MakeRecord(11), "+819099998888")}));
  EXPECT_EQ(AskOnce("mobile"), "STOPPED");
}

}  // namespace
}  // namespace switchboard
