// What follows from an outcome follows from its newest version: a correction lifts what the
// versions before had stopped and it no longer speaks for, and only that.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
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
  std::vector<std::string> Report(CallCode code, int32_t version = 1) {
    return Statuses(world_.Report(vendor_, {Made(code, version)}));
  }
  v1::Outcome Made(CallCode code, int32_t version) const {
    auto outcome = At(MakeOutcome(outcome_id_, id_, code, version), called_);
    outcome.set_permit_id(permit_id_);
    return outcome;
  }
  std::string Permit(const std::string& request_id) {
    const auto answer = world_.Ask(vendor_, request_id, id_);
    EXPECT_OK(answer);
    return answer.ok() ? answer->permit().permit_id() : "";
  }
  // The newest item; confirms nothing.
  v1::RecordedOutcome Newest() {
    const auto read = world_.ReadCoreFeed(0);
    EXPECT_OK(read);
    if (!read.ok() || read->items().empty()) return {};
    return read->items(read->items_size() - 1).outcome();
  }
  // The core has kept everything so far.
  void Confirm() {
    const auto read = world_.ReadCoreFeed(0);
    ASSERT_OK(read);
    ASSERT_OK(world_.ReadCoreFeed(read->newest()));
  }
  int CountAudited(Occurrence::What what) {
    const auto events = world_.AuditEvents();
    return static_cast<int>(
        std::count_if(events.begin(), events.end(), [&](const v1::AuditEvent& event) {
          return event.has_occurrence() && event.occurrence().what() == what;
        }));
  }

  HubWorld world_;
  std::string id_, vendor_, stop_id_, permit_id_, outcome_id_ = "o-1";
  absl::Time called_ = world_.clock.Now();
};

class StoppingOutcomeTest : public CorrectionsTest,
                            public ::testing::WithParamInterface<CallCode> {};

TEST_P(StoppingOutcomeTest, IsTakenBackByItsCorrection) {
  EXPECT_THAT(Report(GetParam()), ElementsAre("RECORDED"));
  ASSERT_EQ(Newest().placed_stop_ids_size(), 1);
  const std::string stop_id = Newest().placed_stop_ids(0);
  EXPECT_EQ(stop_id.find("outcome:" + vendor_ + ":o-1/"), 0u);
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(Report(CallCode::kNoAnswer, 2), ElementsAre("RECORDED"));
  const v1::RecordedOutcome correction = Newest();
  EXPECT_THAT(correction.lifted_stop_ids(), ElementsAre(stop_id));
  EXPECT_THAT(correction.placed_stop_ids(), IsEmpty());
  EXPECT_EQ(correction.marks(correction.marks_size() - 1), v1::RecordedOutcome::MARK_LIFTS_STOP);
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT), 1);
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(11)})).empty());
  EXPECT_NE(world_.Live("A-1").vendor_id(), vendor_);
}

// Whatever else keeps the account from being worked stays.
TEST_F(CorrectionsTest, LiftsNothingButItsOwn) {
  Report(CallCode::kAttorney);
  ASSERT_OK(world_.Post({testing::AccountStop("core-1", "A-1")}));
  EXPECT_THAT(
      Statuses(world_.Report(vendor_, {At(MakeOutcome("o-2", id_, CallCode::kAttorney), called_)})),
      ElementsAre("RECORDED"));
  const std::string of_other = Newest().placed_stop_ids(0);
  Report(CallCode::kNoAnswer, 2);
  EXPECT_EQ(Newest().lifted_stop_ids_size(), 1);
  const auto blocked = ElementsAre("0:STATUS_NOT_PLACED:STOPPED");
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})), blocked);
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-1", "core-1")})), "ACCEPTED 0 0");
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(11)})), blocked);
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-2", of_other)})), "ACCEPTED 0 0");
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(12)})).empty());
}

// What a correction says again stays as it was placed, once.
TEST_F(CorrectionsTest, StaysWhenTheCorrectionSaysItToo) {
  Report(CallCode::kAttorney);
  const std::string stop_id = Newest().placed_stop_ids(0);
  EXPECT_THAT(Report(CallCode::kAttorney, 2), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().placed_stop_ids(), IsEmpty());
  EXPECT_THAT(Newest().lifted_stop_ids(), IsEmpty());
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  Report(CallCode::kNoAnswer, 3);
  EXPECT_THAT(Newest().lifted_stop_ids(), ElementsAre(stop_id));
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(11)})).empty());
}

// The core has confirmed the outcome, and may have acted on it.
TEST_F(CorrectionsTest, StaysInForceUntilTheCoreThatKnowsOfItLiftsIt) {
  EXPECT_THAT(Report(CallCode::kAttorney), ElementsAre("RECORDED"));
  const std::string stop_id = Newest().placed_stop_ids(0);
  Confirm();
  EXPECT_THAT(Report(CallCode::kNoAnswer, 2), ElementsAre("RECORDED"));
  const v1::RecordedOutcome correction = Newest();
  EXPECT_THAT(correction.lift_asked_stop_ids(), ElementsAre(stop_id));
  EXPECT_THAT(correction.lifted_stop_ids(), IsEmpty());
  EXPECT_THAT(correction.placed_stop_ids(), IsEmpty());
  EXPECT_EQ(correction.marks(correction.marks_size() - 1), v1::RecordedOutcome::MARK_ASKS_TO_LIFT);
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT), 0);
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT_ASKED), 1);
  // Asked for again as long as it is in force.
  Report(CallCode::kBusy, 3);
  EXPECT_THAT(Newest().lift_asked_stop_ids(), ElementsAre(stop_id));
  EXPECT_EQ(AnswerOf(world_.Post({Lift("e-1", stop_id)})), "ACCEPTED 0 0");
  Report(CallCode::kNoAnswer, 4);
  EXPECT_THAT(Newest().lift_asked_stop_ids(), IsEmpty());
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(11)})).empty());
  EXPECT_NE(world_.Live("A-1").vendor_id(), vendor_);
}

// Taken back, and said again: whether the core has lifted it by then or is about to.
TEST_F(CorrectionsTest, WhatIsSaidAgainAfterTheCoreWasAskedToLiftItIsStoppedAnew) {
  for (const bool lifted_first : {true, false}) {
    SCOPED_TRACE(lifted_first);
    outcome_id_ = lifted_first ? "o-8" : "o-9";
    Report(CallCode::kAttorney);
    const std::string stop_id = Newest().placed_stop_ids(0);
    Confirm();
    Report(CallCode::kNoAnswer, 2);
    EXPECT_THAT(Newest().lift_asked_stop_ids(), ElementsAre(stop_id));
    const v1::CoreEvent lift = Lift("lift-" + outcome_id_, stop_id);
    if (lifted_first) {
      ASSERT_OK(world_.Post({lift}));
    }
    Report(CallCode::kAttorney, 3);
    EXPECT_THAT(Newest().placed_stop_ids(), ElementsAre(stop_id + "/3"));
    if (!lifted_first) {
      ASSERT_OK(world_.Post({lift}));
    }
    EXPECT_THAT(Receipts(world_.Import({MakeRecord(lifted_first ? 20 : 21)})),
                ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  }
}

// The core has read the lawyer's letter, and knows better than a vendor that repeats itself.
TEST_F(CorrectionsTest, WhatTheCoreHasLiftedIsNotStoppedAgainUntilItIsTakenBack) {
  Report(CallCode::kAttorney);
  const std::string stop_id = Newest().placed_stop_ids(0);
  ASSERT_OK(world_.Post({Lift("e-1", stop_id)}));
  Report(CallCode::kAttorney, 2);
  EXPECT_THAT(Newest().placed_stop_ids(), IsEmpty());
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(10)})).empty());
  Report(CallCode::kNoAnswer, 3);
  EXPECT_THAT(Newest().lifted_stop_ids(), IsEmpty());
  Report(CallCode::kAttorney, 4);
  EXPECT_THAT(Newest().placed_stop_ids(), ElementsAre(stop_id + "/4"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
}

TEST_P(StoppingOutcomeTest, CannotBeCorrectedIntoWorkOnAnotherAssignment) {
  Report(GetParam());
  auto moved = Made(CallCode::kNoAnswer, 2);
  for (const auto& placement : world_.Placements("A-2"))
    moved.set_assignment_id(placement.assignment_id());
  ASSERT_NE(moved.assignment_id(), id_);
  ASSERT_OK_AND_ASSIGN(const auto response, world_.Report(vendor_, {moved}));
  EXPECT_EQ(response.receipts(0).status(), v1::ReportOutcomesResponse::STATUS_INVALID);
  EXPECT_EQ(response.receipts(0).field(), "assignment_id");
  EXPECT_EQ(world_.Quarantine().size(), 1u);
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(CountAudited(Occurrence::WHAT_LIFT), 0);
}

INSTANTIATE_TEST_SUITE_P(Dispositions, StoppingOutcomeTest,
                         ::testing::Values(CallCode::kAttorney, CallCode::kCeaseContact,
                                           CallCode::kDeceased, CallCode::kBankruptcy,
                                           CallCode::kDispute, CallCode::kFraud),
                         [](const auto& row) { return std::string(NameOf(row.param)); });

TEST_F(CorrectionsTest, AWrongNumberThatIsTakenBackMayBeDialled) {
  permit_id_ = Permit("r-1");
  EXPECT_THAT(Report(CallCode::kWrongNumber), ElementsAre("RECORDED"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", id_)), "NO_CONTACT_POINT");
  EXPECT_THAT(Report(CallCode::kRightParty, 2), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().lifted_stop_ids(), ElementsAre(stop_id_ + "/wrong-number"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-3", id_)), "permit");
}

// The number was wrong, but it was another one.
TEST_F(CorrectionsTest, ACorrectionMayNameAnotherNumber) {
  v1::Outcome outcome = Made(CallCode::kWrongNumber, 1);
  outcome.set_contact_point_id("mobile");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-1", id_)), "NO_CONTACT_POINT");
  outcome.set_version(2);
  outcome.set_contact_point_id("email");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().lifted_stop_ids(), ElementsAre(stop_id_ + "/wrong-number"));
  EXPECT_THAT(Newest().placed_stop_ids(), ElementsAre(stop_id_ + "/wrong-number/2"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", id_)), "permit");
}

// The number that was reported is meant, whatever the contact point holds by now.
TEST_F(CorrectionsTest, ACorrectionOfTheNoteLeavesTheNumberStopped) {
  v1::Outcome outcome = Made(CallCode::kWrongNumber, 1);
  outcome.set_contact_point_id("mobile");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  auto other = MakeRecord(10);
  other.mutable_person()->mutable_contact_points(0)->set_phone("+819077776666");
  ASSERT_OK(world_.Import({other}));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-1", id_)), "permit");
  outcome.set_version(2);
  outcome.set_note("spoke to a stranger");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().lifted_stop_ids(), IsEmpty());
  EXPECT_THAT(Newest().placed_stop_ids(), IsEmpty());
}

// One outcome may say several things, and take back one of them.
TEST_F(CorrectionsTest, EachThingThatWasSaidIsTakenBackByItself) {
  v1::Outcome outcome = Made(CallCode::kAttorney, 1);
  outcome.mutable_result()->set_disputed(true);
  outcome.mutable_result()->set_complained(true);
  outcome.mutable_result()->add_opted_out_of(v1::CHANNEL_SMS);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().placed_stop_ids(),
              ElementsAre(stop_id_ + "/attorney", stop_id_ + "/complaint",
                          stop_id_ + "/consent-withdrawn-sms", stop_id_ + "/dispute"));
  outcome.set_version(2);
  outcome.mutable_result()->set_disposition(v1::DISPOSITION_RIGHT_PARTY);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().lifted_stop_ids(), ElementsAre(stop_id_ + "/attorney"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  outcome.set_version(3);
  outcome.mutable_result()->Clear();
  *outcome.mutable_result() = ResultOf(CallCode::kRightParty);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().lifted_stop_ids(),
              ElementsAre(stop_id_ + "/complaint", stop_id_ + "/consent-withdrawn-sms",
                          stop_id_ + "/dispute"));
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(10)})).empty());
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");
}

// A promise does not hide what was said beside it.
TEST_F(CorrectionsTest, AFlagStopsWhateverTheDispositionIs) {
  v1::Outcome outcome = Made(CallCode::kCallBack, 1);
  outcome.mutable_result()->set_stop_wanted(true);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(Newest().placed_stop_ids(), ElementsAre(stop_id_ + "/cease"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
}

// Contact rests and the work stays until somebody has looked into it.
TEST_F(CorrectionsTest, AComplaintHoldsTheAccountAndAnOptOutTheChannel) {
  v1::Outcome outcome = Made(CallCode::kRightParty, 1);
  outcome.mutable_result()->set_complained(true);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), vendor_);
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-1", id_)), "STOPPED");
  v1::Outcome other = At(MakeOutcome("o-2", id_, CallCode::kRightParty), called_);
  other.mutable_result()->add_opted_out_of(v1::CHANNEL_PHONE);
  outcome.set_version(2);
  outcome.mutable_result()->set_complained(false);
  EXPECT_THAT(Statuses(world_.Report(vendor_, {outcome})), ElementsAre("RECORDED"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", id_)), "permit");
  EXPECT_THAT(Statuses(world_.Report(vendor_, {other})), ElementsAre("RECORDED"));
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-3", id_)), "STOPPED");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), vendor_);
}

// A permit was for a call: what came of it is no letter's.
TEST_F(CorrectionsTest, AResultThatThePermitsChannelCannotHaveIsRefused) {
  permit_id_ = Permit("r-1");
  ASSERT_OK_AND_ASSIGN(const auto response,
                       world_.Report(vendor_, {Made(CallCode::kDelivered, 1)}));
  EXPECT_EQ(response.receipts(0).status(), v1::ReportOutcomesResponse::STATUS_INVALID);
  EXPECT_EQ(response.receipts(0).field(), "result.connection");
  EXPECT_THAT(Report(CallCode::kRightParty), ElementsAre("RECORDED"));
}

}  // namespace
}  // namespace switchboard
