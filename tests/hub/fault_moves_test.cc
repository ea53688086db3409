// A customer number that changes undoes nobody's word, be it said before the account moved or
// after.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::PersonStop;
using testing::Receipts;
using testing::Statuses;

class MovesTest : public testing::ThreeAccountsTest {
 protected:
  static v1::AccountRecord Good(v1::AccountRecord record) {
    record.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
    return record;
  }
  // A-1 under another customer number.
  static v1::AccountRecord Moved(int64_t sequence, const std::string& person_id = "P-7") {
    return MakeRecord(sequence, {.person_id = person_id});
  }
  // Of the work that A-1's first vendor had of P-1.
  v1::Outcome OutcomeOfFormer(CallCode code) {
    return At(MakeOutcome("o-1", placed_.assignment_id(), code), world_.clock.Now());
  }
  // For P-1's mobile, as the vendor's of A-1; it has ended when this returns.
  void AskForMobile() {
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_, "r-0", placed_.assignment_id()));
    ASSERT_TRUE(answer.has_permit());
    permit_id_ = answer.permit().permit_id();
    called_ = world_.clock.Now();
    world_.clock.Advance(absl::Minutes(3));
  }
  void ReportOfMobile(CallCode code) {
    auto outcome = At(MakeOutcome("o-1", placed_.assignment_id(), code), called_);
    outcome.set_permit_id(permit_id_);
    ASSERT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  }
  std::string AskOnce(const std::string& point, const std::string& account_id = "A-1") {
    const std::string answer = Ask("q-" + std::to_string(++asked_), point, account_id);
    world_.clock.Advance(absl::Minutes(3));  // no permit is open afterwards
    return answer;
  }

  std::string permit_id_;
  absl::Time called_;
  int asked_ = 0;
};

class LateWordTest : public MovesTest, public ::testing::WithParamInterface<CallCode> {};

TEST_P(LateWordTest, StopsTheAccountUnderItsNewCustomerNumber) {
  ASSERT_OK(world_.Import({Moved(10), MakeRecord(11, {.account_id = "A-7", .person_id = "P-7"})}));
  const auto moved = world_.Live("A-1");
  ASSERT_EQ(moved.person_id(), "P-7");
  EXPECT_EQ(AskOnce("mobile"), "permit");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {OutcomeOfFormer(GetParam())})),
              ElementsAre("RECORDED"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
  EXPECT_NE(world_.Live("A-7").vendor_id(), "");  // of P-7 nothing was said
  EXPECT_THAT(AnswerOf(world_.Ask(moved.vendor_id(), "r-9", moved.assignment_id())),
              HasSubstr("NOT_ASSIGNED"));
  EXPECT_THAT(Receipts(world_.Import({Moved(12)})), ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  ASSERT_OK_AND_ASSIGN(const auto feed, world_.ReadCoreFeed(0));
  EXPECT_EQ(Post(Lift("e-1", feed.items(0).outcome().placed_stop_ids(0))), "ACCEPTED 0 0");
  EXPECT_THAT(Receipts(world_.Import({Moved(13)})), IsEmpty());
}

TEST_P(LateWordTest, FollowsTheAccountHoweverOftenItHasMoved) {
  ASSERT_OK(world_.Import({Moved(10)}));
  ASSERT_OK(
      world_.Import({Moved(11, "P-8"), MakeRecord(12, {.account_id = "A-2", .person_id = "P-9"})}));
  EXPECT_THAT(Statuses(world_.Report(vendor_, {OutcomeOfFormer(GetParam())})),
              ElementsAre("RECORDED"));
  // A-2 as well, as if it had moved after this.
  for (const char* account_id : {"A-1", "A-2"})
    EXPECT_EQ(world_.Live(account_id).vendor_id(), "") << account_id;
}

INSTANTIATE_TEST_SUITE_P(Dispositions, LateWordTest,
                         ::testing::Values(CallCode::kAttorney, CallCode::kDeceased,
                                           CallCode::kBankruptcy, CallCode::kCeaseContact),
                         [](const auto& row) { return std::string(NameOf(row.param)); });

TEST_F(MovesTest, StopOfTheCoreOnAPersonFollowsWhatHasMovedBefore) {
  ASSERT_OK(world_.Import({Moved(10), MakeRecord(11, {.account_id = "A-2", .person_id = "P-8"})}));
  EXPECT_EQ(Ask("r-1"), "permit");
  EXPECT_EQ(Post(PersonStop("e-1", "P-1", v1::STOP_REASON_ATTORNEY)), "ACCEPTED 2 1");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
  EXPECT_NE(world_.Live("A-3").vendor_id(), "");
  EXPECT_THAT(Receipts(world_.Import({Moved(12)})), ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_THAT(Receipts(world_.Import({Moved(13)})), IsEmpty());
}

// The core calls the number good before, while and after the account moves.
class MovedNumberTest : public MovesTest, public ::testing::WithParamInterface<CallCode> {
 protected:
  void SetUp() override {
    MovesTest::SetUp();
    ASSERT_OK(world_.Import({Good(MakeRecord(4)), Good(MakeRecord(5, {.account_id = "A-2"}))}));
    AskForMobile();
  }
};

TEST_P(MovedNumberTest, StaysStoppedUnderTheNewCustomerNumber) {
  ReportOfMobile(GetParam());
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Good(Moved(10))}));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("email"), "permit");
  ASSERT_OK(world_.Import({Good(Moved(11))}));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  // Said anew, it is an answer.
  ASSERT_OK(world_.Import({Moved(12)}));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Good(Moved(13))}));
  EXPECT_EQ(AskOnce("mobile"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-2"), "permit");
}

TEST_P(MovedNumberTest, StaysStoppedUnderACustomerNumberThatWasThereBefore) {
  ASSERT_OK(world_.Import({MakeRecord(10, {.account_id = "A-7", .person_id = "P-7"})}));
  ReportOfMobile(GetParam());
  ASSERT_OK(world_.Import({Good(Moved(11))}));
  for (const char* account_id : {"A-1", "A-2", "A-3", "A-7"})
    EXPECT_EQ(AskOnce("mobile", account_id), "NO_CONTACT_POINT") << account_id;
}

TEST_P(MovedNumberTest, IsStoppedByAReportThatComesAfterTheMove) {
  ASSERT_OK(world_.Import({Good(Moved(10))}));
  EXPECT_EQ(AskOnce("mobile"), "permit");
  ReportOfMobile(GetParam());
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Good(Moved(11))}));
  EXPECT_EQ(AskOnce("mobile"), "NO_CONTACT_POINT");
}

INSTANTIATE_TEST_SUITE_P(Dispositions, MovedNumberTest,
                         ::testing::Values(CallCode::kWrongNumber, CallCode::kDisconnected),
                         [](const auto& row) { return std::string(NameOf(row.param)); });

// I13: a report of P-1's number, the move of P-1's account, and the core's word that the number is
// good for P-3, who has it too.
class WrongNumberOrderTest : public MovesTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(WrongNumberOrderTest, EndsInTheSameState) {
  ASSERT_OK(world_.Import({Good(MakeRecord(4)), Good(MakeRecord(5, {.account_id = "A-2"}))}));
  AskForMobile();
  for (const char step : std::string(GetParam())) {
    world_.clock.Advance(absl::Hours(1));
    if (step == 'r') ReportOfMobile(CallCode::kWrongNumber);
    if (step == 'm') {
      ASSERT_OK(world_.Import({Good(Moved(10))}));
    }
    if (step == 'w') {
      ASSERT_OK(world_.Import({Good(MakeRecord(20, {.account_id = "A-3", .person_id = "P-3"}))}));
    }
  }
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-1"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("mobile", "A-2"), "NO_CONTACT_POINT");
}

INSTANTIATE_TEST_SUITE_P(Orders, WrongNumberOrderTest, ::testing::Values("rmw", "rwm", "mrw"),
                         [](const auto& row) { return std::string(row.param); });

// Good for others, the number was given to P-7 too, until P-1's account came.
TEST_F(MovesTest, MovedReportVoidsThePermitsOfTheNewOwner) {
  ASSERT_OK(world_.Import({Good(MakeRecord(10, {.account_id = "A-7", .person_id = "P-7"}))}));
  AskForMobile();
  ReportOfMobile(CallCode::kWrongNumber);
  ASSERT_OK(world_.Import({Good(MakeRecord(11, {.account_id = "A-3", .person_id = "P-3"}))}));
  EXPECT_EQ(Ask("r-7", "mobile", "A-7"), "permit");
  ASSERT_OK(world_.Import({Good(Moved(12))}));
  const auto events = world_.AuditEvents();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const v1::AuditEvent& event) {
                            return event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED;
                          }),
            1);
  EXPECT_EQ(Ask("r-7", "mobile", "A-7"), "NO_CONTACT_POINT");
}

}  // namespace
}  // namespace switchboard
