// What was reported of somebody's number outlives the person, and holds when the person is back.
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::PointStop;
using testing::Receipts;
using testing::Statuses;

v1::AccountRecord Good(v1::AccountRecord record) {
  record.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
  return record;
}

// A-1 of P-1, whose mobile the core calls good, and A-3 of P-3 with the same number.
class ReturnsTest : public testing::HubRetentionTest {
 protected:
  ReturnsTest()
      : HubRetentionTest("classes: [{keep_days: 10}]\naccounts_keep_days: 30\n", {"sakura"}) {}
  void SetUp() override {
    HubRetentionTest::SetUp();
    ASSERT_OK(world_.Import({Good(MakeRecord(1)), OfThree(2)}));
  }

  static v1::AccountRecord OfThree(int64_t sequence) {
    return MakeRecord(sequence, {.account_id = "A-3", .person_id = "P-3"});
  }
  // P-1 with another account.
  static v1::AccountRecord Back(int64_t sequence) {
    return MakeRecord(sequence, {.account_id = "A-2"});
  }
  // Once, under the next request id.
  std::string AskOnce(const std::string& point, const std::string& account_id) {
    const std::string id = world_.Live(account_id).assignment_id();
    const std::string answer =
        AnswerOf(world_.Ask("sakura", "r-" + std::to_string(++asked_), id, point));
    world_.clock.Advance(absl::Minutes(3));  // no permit is open afterwards
    return answer;
  }
  void ReportOfMobile(CallCode code) {
    const std::string id = world_.Live("A-1").assignment_id();
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-0", id));
    ASSERT_TRUE(answer.has_permit());
    auto outcome = At(MakeOutcome("o-1", id, code), world_.clock.Now());
    outcome.set_permit_id(answer.permit().permit_id());
    ASSERT_THAT(Statuses(world_.Report("sakura", {outcome})), ElementsAre("RECORDED"));
    world_.clock.Advance(absl::Hours(1));
  }
  // A-1 is closed, and P-1 erased with it.
  void EraseOne() {
    ASSERT_OK(world_.ReadCoreFeed(1));  // confirms
    ASSERT_OK(world_.Post({testing::Closure("close-1", "A-1")}));
    Acknowledge();
    Pass(100);
    int erased = 0;
    for (const auto& event : world_.AuditEvents()) {
      const bool person = event.erased().what() == v1::AuditEvent::Erased::WHAT_PERSON;
      if (person && event.person_id() == "P-1") ++erased;
    }
    ASSERT_EQ(erased, 1);
  }

  int asked_ = 0;
};

class ReportedNumberTest : public ReturnsTest, public ::testing::WithParamInterface<CallCode> {};

// The core went on calling it good all the time, which is no answer.
TEST_P(ReportedNumberTest, StaysStoppedWhenThePersonComesBack) {
  ReportOfMobile(GetParam());
  EXPECT_EQ(AskOnce("mobile", "A-1"), "NO_CONTACT_POINT");
  EraseOne();
  ASSERT_THAT(Receipts(world_.Import({Good(Back(10))})), IsEmpty());
  EXPECT_EQ(AskOnce("mobile", "A-2"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("email", "A-2"), "permit");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "NO_CONTACT_POINT");
  ASSERT_OK(world_.Import({Back(11)}));
  ASSERT_OK(world_.Import({Good(Back(12))}));
  EXPECT_EQ(AskOnce("mobile", "A-2"), "permit");
}

INSTANTIATE_TEST_SUITE_P(Dispositions, ReportedNumberTest,
                         ::testing::Values(CallCode::kWrongNumber, CallCode::kDisconnected),
                         [](const auto& row) { return std::string(NameOf(row.param)); });

// I13: whether the core calls the number good for another before that or afterwards.
class WrongNumberOfTwoTest : public ReturnsTest, public ::testing::WithParamInterface<bool> {};

TEST_P(WrongNumberOfTwoTest, StaysWrongForTheOneAndIsRightForTheOther) {
  ReportOfMobile(CallCode::kWrongNumber);
  if (GetParam()) {
    ASSERT_OK(world_.Import({Good(OfThree(10))}));
  }
  EraseOne();
  ASSERT_THAT(Receipts(world_.Import({Good(Back(11))})), IsEmpty());
  if (!GetParam()) {
    ASSERT_OK(world_.Import({Good(OfThree(12))}));
  }
  EXPECT_EQ(AskOnce("mobile", "A-2"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

INSTANTIATE_TEST_SUITE_P(Orders, WrongNumberOfTwoTest, ::testing::Bool(), [](const auto& row) {
  return std::string(row.param ? "Before" : "Afterwards");
});

// What was lifted for others is erased in its time; what is left lies where it lay.
TEST_F(ReturnsTest, StopThatIsErasedInPartFailsNoLaterImport) {
  auto stop = PointStop("e-1", "P-1", "mobile");
  stop.mutable_place_stop()->set_reason(v1::STOP_REASON_WRONG_NUMBER);
  ASSERT_EQ(AnswerOf(world_.Post({stop})), "ACCEPTED 0 0");
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({Good(OfThree(10))}));
  Pass(100);
  auto changed = Good(MakeRecord(11));
  changed.mutable_person()->set_given_name("次郎");
  EXPECT_THAT(Receipts(world_.Import({changed})), IsEmpty());
  EXPECT_EQ(AskOnce("mobile", "A-1"), "NO_CONTACT_POINT");
  EXPECT_EQ(AskOnce("mobile", "A-3"), "permit");
}

}  // namespace
}  // namespace switchboard
