// A vendor's correction asks; only the core lifts what an outcome has stopped.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using testing::HubWorld;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Receipts;
using testing::Statuses;
using Occurrence = v1::AuditEvent::Occurrence;

class CorrectionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    const auto placed = world_.Live("A-1");
    id_ = placed.assignment_id();
    vendor_ = placed.vendor_id();
    stop_id_ = "outcome:" + vendor_ + ":o-1";
  }
  std::vector<std::string> Report(v1::Disposition disposition, int32_t version = 1) {
    return Statuses(world_.Report(vendor_, {Made(disposition, version)}));
  }
  v1::Outcome Made(v1::Disposition disposition, int32_t version) const {
    auto outcome = At(MakeOutcome("o-1", id_, disposition, version), called_);
    outcome.set_permit_id(permit_id_);
    return outcome;
  }
  // The newest item, confirming everything before it.
  v1::RecordedOutcome Newest() {
    const auto first = world_.ReadCoreFeed(0);
    EXPECT_OK(first);
    const auto last = world_.ReadCoreFeed(first->newest() - 1);
    EXPECT_OK(last);
    EXPECT_EQ(last->items_size(), 1);
    return last->items(0).outcome();
  }
  int CountAudited(Occurrence::What what) {
    const auto events = world_.AuditEvents();
    return static_cast<int>(
        std::count_if(events.begin(), events.end(), [&](const v1::AuditEvent& event) {
          return event.has_occurrence() && event.occurrence().what() == what;
        }));
  }

  HubWorld world_;
  std::string id_, vendor_, stop_id_, permit_id_;
  absl::Time called_ = world_.clock.Now();
};

class StoppingOutcomeTest : public CorrectionsTest,
                            public ::testing::WithParamInterface<v1::Disposition> {};

TEST_P(StoppingOutcomeTest, StaysInForceUntilTheCoreLiftsIt) {
  EXPECT_THAT(Report(GetParam()), ElementsAre("RECORDED"));
  EXPECT_EQ(Newest().placed_stop_id(), stop_id_);
  EXPECT_THAT(Report(v1::DISPOSITION_NO_ANSWER, 2), ElementsAre("RECORDED"));
  const v1::RecordedOutcome correction = Newest();
  EXPECT_EQ(correction.lift_asked_stop_id(), stop_id_);
  EXPECT_EQ(correction.placed_stop_id(), "");
  EXPECT_EQ(correction.marks(correction.marks_size() - 1), v1::RecordedOutcome::MARK_ASKS_TO_LIFT);
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT), 0);
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT_ASKED), 1);
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-1", correction.lift_asked_stop_id())})), "ACCEPTED 0 0");
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(11)})).empty());
  EXPECT_NE(world_.Live("A-1").vendor_id(), vendor_);
}

TEST_P(StoppingOutcomeTest, CannotBeCorrectedIntoWorkOnAnotherAssignment) {
  Report(GetParam());
  auto moved = Made(v1::DISPOSITION_NO_ANSWER, 2);
  for (const auto& placement : world_.Placements("A-2"))
    moved.set_assignment_id(placement.assignment_id());
  ASSERT_NE(moved.assignment_id(), id_);
  ASSERT_OK_AND_ASSIGN(const auto response, world_.Report(vendor_, {moved}));
  EXPECT_EQ(response.receipts(0).status(), v1::ReportOutcomesResponse::STATUS_INVALID);
  EXPECT_EQ(response.receipts(0).field(), "assignment_id");
  EXPECT_EQ(world_.Quarantine().size(), 1u);
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT_ASKED), 0);
}

INSTANTIATE_TEST_SUITE_P(Dispositions, StoppingOutcomeTest,
                         ::testing::Values(v1::DISPOSITION_ATTORNEY, v1::DISPOSITION_CEASE_CONTACT,
                                           v1::DISPOSITION_DECEASED, v1::DISPOSITION_BANKRUPTCY,
                                           v1::DISPOSITION_DISPUTE),
                         [](const auto& row) { return v1::Disposition_Name(row.param); });

TEST_F(CorrectionsTest, WrongNumberStaysStoppedWhenItIsTakenBack) {
  const auto answer = world_.Ask(vendor_, "r-1", id_);
  ASSERT_OK(answer);
  permit_id_ = answer->permit().permit_id();
  EXPECT_THAT(Report(v1::DISPOSITION_WRONG_NUMBER), ElementsAre("RECORDED"));
  EXPECT_THAT(Report(v1::DISPOSITION_RIGHT_PARTY, 2), ElementsAre("RECORDED"));
  EXPECT_EQ(Newest().lift_asked_stop_id(), stop_id_);
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", id_)), "NO_CONTACT_POINT");
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-1", stop_id_)})), "ACCEPTED 0 0");
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", id_)), "permit");
}

// A correction that stops for another reason has a stop of its own beside the first.
TEST_F(CorrectionsTest, EachVersionsStopIsLiftedByItself) {
  Report(v1::DISPOSITION_ATTORNEY);
  Report(v1::DISPOSITION_DISPUTE, 2);
  EXPECT_EQ(Newest().lift_asked_stop_id(), stop_id_);
  EXPECT_EQ(Newest().placed_stop_id(), stop_id_ + "/2");
  // Asked for again as long as it is in force: the newest first.
  Report(v1::DISPOSITION_NO_ANSWER, 3);
  EXPECT_EQ(Newest().lift_asked_stop_id(), stop_id_ + "/2");
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-1", stop_id_)})), "ACCEPTED 0 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-2", stop_id_ + "/2")})), "ACCEPTED 0 0");
  ASSERT_OK(world_.Import({MakeRecord(11)}));
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");
}

// The core had read, and lifted, the first version; the correction has nothing to ask for.
TEST_F(CorrectionsTest, NothingIsAskedForThatIsLiftedAlready) {
  Report(v1::DISPOSITION_ATTORNEY);
  ASSERT_OK(world_.Post({Lift("e-1", stop_id_)}));
  Report(v1::DISPOSITION_NO_ANSWER, 2);
  EXPECT_EQ(Newest().lift_asked_stop_id(), "");
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT_ASKED), 0);
}

}  // namespace
}  // namespace switchboard
