// Work that goes from one party to another, through the whole hub.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hand_over_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HandOverTest;
using testing::HandOverTo;
using ::testing::HasSubstr;
using testing::InTokyo;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using ::testing::Not;
using testing::OpenStream;
using testing::Operator;
using testing::Promised;
using ::testing::UnorderedElementsAre;

class HubHandOverTest : public HandOverTest {
 protected:
  std::string Post(const v1::CoreEvent& event) { return testing::AnswerOf(world_.Post({event})); }
  void Stop(const std::string& vendor_id, bool stopped) {
    v1::SetStopRequest request;
    request.set_vendor_id(vendor_id);
    request.set_stopped(stopped);
    request.set_keep_work(stopped);
    ASSERT_OK(world_.Await<v1::SetStopResponse>(
        [&](auto done) { world_.hub().operator_api().SetStop(Operator(), request, done); }));
  }
  // By an operator; it is placed again.
  void Recall(const std::string& assignment_id) {
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_MOVED);
    request.add_assignment_ids(assignment_id);
    request.set_place_again(true);
    ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
  }
  void CancelRecall(const std::string& assignment_id) {
    v1::DecideRecallRequest request;
    request.set_assignment_id(assignment_id);
    request.set_decision(v1::DecideRecallRequest::DECISION_CANCEL);
    ASSERT_OK(world_.Await<v1::DecideRecallResponse>(
        [&](auto done) { world_.hub().operator_api().DecideRecall(Operator(), request, done); }));
  }
  // sakura's contract from now on.
  void ApplyTerm(const std::string& work_terms) {
    world_.ApplyContract({.vendor_id = "sakura",
                          .more = "hand_over_to: [fuji, head-office]\n",
                          .work_terms = work_terms});
  }
  // By the hub itself.
  bool HandOverBrokenPlan(const std::string& account_id, const std::string& to_vendor_id,
                          int64_t break_us = std::numeric_limits<int64_t>::max()) {
    bool handed_over = false;
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(handed_over, world_.hub().hand_overs().HandOverBrokenPlan(
                                            transaction, account_id, break_us, to_vendor_id));
          return absl::OkStatus();
        },
        [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
    return handed_over;
  }

  const ::testing::Matcher<absl::Status> unknown_ =
      FailsWith(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN");
  const ::testing::Matcher<absl::Status> not_allowed_ =
      FailsWith(absl::StatusCode::kFailedPrecondition, "HAND_OVER_NOT_ALLOWED");
  const ::testing::Matcher<absl::Status> cannot_take_ =
      FailsWith(absl::StatusCode::kFailedPrecondition, "CANNOT_TAKE");
  const ::testing::Matcher<absl::Status> recall_pending_ =
      FailsWith(absl::StatusCode::kFailedPrecondition, "RECALL_PENDING");
};

TEST_F(HubHandOverTest, WorkGoesToAnotherVendor) {
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_, v1::HAND_OVER_REASON_LANGUAGE)));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 fuji"));
  const auto placements = world_.Placements("A-1");
  const auto& former = placements[0];
  const auto& live = placements[1];
  EXPECT_EQ(former.former_assignment_id(), "");
  EXPECT_EQ(live.former_assignment_id(), id_);
  EXPECT_EQ(live.person_id(), "P-1");
  EXPECT_EQ(live.work_type(), former.work_type());
  EXPECT_EQ(live.place_time().SerializeAsString(), former.withdraw_time().SerializeAsString());
  EXPECT_EQ(live.why().rule(), v1::PlacementReason::RULE_HANDED_OVER);
  EXPECT_EQ(live.why().plan_id(), "to-sakura");
  EXPECT_EQ(live.why().segment(), "early");
  EXPECT_THAT(Places("A-2"), ElementsAre("1 sakura"));
  EXPECT_EQ(world_.Vendor("fuji").live_assignments(), 2);
  EXPECT_EQ(world_.Vendor("sakura").live_assignments(), 1);
}

// Plan and segment are kept, whose turn it was is not.
TEST_F(HubHandOverTest, ItTookNobodysTurn) {
  ASSERT_OK(world_.Import({MakeRecord(4, {.account_id = "A-4", .person_id = "P-4"})}));
  const auto former = world_.Live("A-4");
  ASSERT_EQ(former.vendor_id(), "fuji");
  ASSERT_EQ(former.why().position(), 1);
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", former.assignment_id())));
  const auto live = world_.Live("A-4");
  EXPECT_EQ(live.why().plan_id(), former.why().plan_id());
  EXPECT_EQ(live.why().stratum(), former.why().stratum());
  EXPECT_EQ(live.why().position(), 0);
  ASSERT_OK(world_.Import({MakeRecord(5, {.account_id = "A-5", .person_id = "P-5"})}));
  EXPECT_EQ(world_.Live("A-5").why().position(), 2);
}

// Never the same group twice is for routing; who hands over has chosen.
TEST_F(HubHandOverTest, HeadOfficeGivesItBackToWhoHadIt) {
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_, v1::HAND_OVER_REASON_PLAN)));
  const std::string at_head_office = world_.Live("A-1").assignment_id();
  EXPECT_OK(
      HandOver("head-office", HandOverTo("sakura", at_head_office, v1::HAND_OVER_REASON_RETURNED)));
  EXPECT_THAT(Places(),
              ElementsAre("1 sakura HANDED_OVER", "2 head-office HANDED_OVER", "3 sakura"));
  EXPECT_EQ(world_.Live("A-1").former_assignment_id(), at_head_office);
  EXPECT_EQ(Ask("r-1"), "permit");
}

// Ten times within 24 hours, and no more.
TEST_F(HubHandOverTest, NothingGoesFromHandToHandAllDay) {
  const auto live = [this] {
    std::pair<std::string, std::string> holder;
    for (const auto& placement : world_.Placements("A-1"))
      if (!placement.has_withdraw_time())
        holder = {placement.vendor_id(), placement.assignment_id()};
    return holder;
  };
  const auto pass_on = [&] {
    const auto [vendor_id, assignment_id] = live();
    return HandOver(vendor_id,
                    HandOverTo(vendor_id == "sakura" ? "fuji" : "sakura", assignment_id));
  };
  for (int i = 0; i < 10; ++i) ASSERT_OK(pass_on()) << i;
  EXPECT_THAT(pass_on(), FailsWith(absl::StatusCode::kFailedPrecondition, "HANDED_OVER_TOO_OFTEN"));
  EXPECT_EQ(live().first, "sakura");
  world_.Advance(absl::Hours(24));
  EXPECT_OK(pass_on());
}

TEST_F(HubHandOverTest, OnlyToWhomTheContractNames) {
  EXPECT_THAT(HandOver("sakura", HandOverTo("ume", id_)), not_allowed_);
  EXPECT_THAT(HandOver("sakura", HandOverTo("sakura", id_)), not_allowed_);
  EXPECT_THAT(HandOver("sakura", HandOverTo("nobody", id_)), not_allowed_);
  EXPECT_THAT(HandOver("fuji", HandOverTo("head-office", other_id_)), not_allowed_);
  EXPECT_THAT(Places(), ElementsAre("1 sakura"));
  EXPECT_THAT(Places("A-3"), ElementsAre("1 fuji"));
  // Of the contract in force.
  world_.ApplyContract({.vendor_id = "sakura", .more = "hand_over_to: [ume]\n"});
  EXPECT_THAT(HandOver("sakura", HandOverTo("fuji", id_)), not_allowed_);
  EXPECT_OK(HandOver("sakura", HandOverTo("ume", id_)));
}

TEST_F(HubHandOverTest, OnlyWhoMayTakeItGetsIt) {
  world_.ApplyContract(
      {.vendor_id = "sakura",
       .more = "hand_over_to: [english, campaigns, later, nobody, stopped, full]\n"});
  world_.ApplyContract({.vendor_id = "english", .languages = "[en]"});
  world_.ApplyContract({.vendor_id = "later", .more = "effective_from: 2027-06-01\n"});
  world_.ApplyContract({.vendor_id = "stopped"});
  world_.ApplyContract({.vendor_id = "full", .more = "live_assignments_max: 1\n"});
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CONTRACT,
                              absl::StrReplaceAll(testing::ContractYaml({.vendor_id = "campaigns"}),
                                                  {{"EARLY_COLLECTIONS", "CAMPAIGN"}})));
  Stop("stopped", true);
  EXPECT_OK(HandOver("sakura", HandOverTo("full", world_.Live("A-2").assignment_id())));
  const size_t events = world_.AuditEvents().size();
  for (const char* vendor_id : {"english", "campaigns", "later", "nobody", "stopped", "full"})
    EXPECT_THAT(HandOver("sakura", HandOverTo(vendor_id, id_)), cannot_take_) << vendor_id;
  EXPECT_EQ(world_.AuditEvents().size(), events);
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_EQ(Ask("r-1"), "permit");
  // Once it may.
  Stop("stopped", false);
  EXPECT_OK(HandOver("sakura", HandOverTo("stopped", id_)));
}

TEST_F(HubHandOverTest, WhoWasFullHasRoomAgain) {
  world_.ApplyContract({.vendor_id = "fuji", .more = "live_assignments_max: 1\n"});
  EXPECT_THAT(HandOver("sakura", HandOverTo("fuji", id_)), cannot_take_);
  Post(testing::Closure("e-1", "A-3"));
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
}

TEST_F(HubHandOverTest, WhatAStopLiesOnStaysWhereItIs) {
  const std::pair<v1::CoreEvent, v1::CoreEvent> stops[] = {
      {testing::PersonStop("e-1", "P-1", v1::STOP_REASON_HARDSHIP_PAUSE),
       testing::Lift("e-2", "e-1")},
      {testing::AccountStop("e-3", "A-1", v1::STOP_REASON_COMPLAINT), testing::Lift("e-4", "e-3")},
  };
  for (const auto& [stop, lift] : stops) {
    EXPECT_EQ(Post(stop), "ACCEPTED 0 0");
    EXPECT_THAT(HandOver("sakura", HandOverTo("head-office", id_)), cannot_take_);
    EXPECT_THAT(Places(), ElementsAre("1 sakura"));
    Post(lift);
  }
  // What keeps from calls at work keeps from nothing else.
  EXPECT_EQ(Post(testing::PersonStop("e-5", "P-1", v1::STOP_REASON_WORKPLACE)), "ACCEPTED 0 0");
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
}

TEST_F(HubHandOverTest, PermitsOfTheFormerOneAreVoid) {
  ASSERT_EQ(Ask("r-1"), "permit");
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
  const auto voided = EventsOf(v1::AuditEvent::KIND_PERMIT_VOIDED);
  ASSERT_EQ(voided.size(), 1u);
  EXPECT_EQ(voided[0].subject_id(), permit_id_);
  EXPECT_EQ(voided[0].permit_voided().cause(), v1::AuditEvent::PermitVoided::CAUSE_WITHDRAWN);
  EXPECT_EQ(testing::AnswerOf(world_.Ask("sakura", "r-2", id_)), "NOT_ASSIGNED");
  EXPECT_EQ(Ask("r-3"), "permit");
}

TEST_F(HubHandOverTest, ARepeatChangesNothing) {
  const auto request =
      HandOverTo("fuji", id_, v1::HAND_OVER_REASON_HARDSHIP, " is ill; card 4111111111111111 ");
  EXPECT_OK(HandOver("sakura", request));
  const size_t events = world_.AuditEvents().size();
  EXPECT_OK(HandOver("sakura", request));
  EXPECT_EQ(world_.AuditEvents().size(), events);
  EXPECT_EQ(Told().size(), 1u);
  // Another one is none.
  v1::HandOverRequest other = request;
  other.set_note("is well");
  EXPECT_THAT(HandOver("sakura", other), unknown_);
  other = request;
  other.set_reason(v1::HAND_OVER_REASON_DISPUTE);
  EXPECT_THAT(HandOver("sakura", other), unknown_);
  other = request;
  other.set_to_vendor_id("head-office");
  EXPECT_THAT(HandOver("sakura", other), unknown_);
  EXPECT_THAT(HandOver("fuji", request), unknown_);
  // Nor does it when the work has gone on.
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", world_.Live("A-1").assignment_id())));
  EXPECT_OK(HandOver("sakura", request));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 fuji HANDED_OVER", "3 sakura"));
}

TEST_F(HubHandOverTest, OnlyLiveWorkOfItsOwn) {
  EXPECT_THAT(HandOver("sakura", HandOverTo("fuji", "nothing")), unknown_);
  EXPECT_THAT(HandOver("sakura", HandOverTo("head-office", other_id_)), unknown_);
  EXPECT_THAT(HandOver("fuji", HandOverTo("sakura", id_)), unknown_);
  EXPECT_EQ(Post(testing::Closure("e-1", "A-1")), "ACCEPTED 1 0");
  EXPECT_THAT(HandOver("sakura", HandOverTo("fuji", id_)), unknown_);
  EXPECT_THAT(HandOver("nobody", HandOverTo("fuji", id_)),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

TEST_F(HubHandOverTest, RequestsAreCheckedByTheirFields) {
  const auto changed = [&](void (*change)(v1::HandOverRequest&)) {
    v1::HandOverRequest request = HandOverTo("fuji", id_);
    change(request);
    const absl::Status status = HandOver("sakura", request);
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    return ErrorMetadata(status, "field");
  };
  using Request = v1::HandOverRequest;
  EXPECT_EQ(changed([](Request& r) { r.clear_assignment_id(); }), "assignment_id");
  EXPECT_EQ(changed([](Request& r) { r.set_assignment_id("no id"); }), "assignment_id");
  EXPECT_EQ(changed([](Request& r) { r.clear_to_vendor_id(); }), "to_vendor_id");
  EXPECT_EQ(changed([](Request& r) { r.set_to_vendor_id("Fuji"); }), "to_vendor_id");
  EXPECT_EQ(changed([](Request& r) { r.clear_reason(); }), "reason");
  EXPECT_EQ(changed([](Request& r) { r.set_reason(v1::HandOverReason(99)); }), "reason");
  EXPECT_EQ(changed([](Request& r) { r.set_reason(v1::HAND_OVER_REASON_PLAN_BROKEN); }), "reason");
  EXPECT_EQ(changed([](Request& r) { r.set_note(std::string(2001, 'n')); }), "note");
  EXPECT_EQ(changed([](Request& r) { r.set_note("a\x07"); }), "note");
  EXPECT_THAT(Places(), ElementsAre("1 sakura"));
  v1::HandOverRequest dated = HandOverTo("fuji", id_);
  dated.set_note("pays 120,000 on 2026-12-25");
  EXPECT_OK(HandOver("sakura", dated));
  v1::HandOverRequest longest = HandOverTo("fuji", world_.Live("A-2").assignment_id());
  longest.set_note(std::string(2000, 'n'));
  EXPECT_OK(HandOver("sakura", longest));
}

TEST_F(HubHandOverTest, TheReceiverReadsTheNoteWhereItsContractShowsFreeText) {
  world_.ApplyContract({.vendor_id = "fuji", .shown = {"FREE_TEXT"}});
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_, v1::HAND_OVER_REASON_HARDSHIP,
                                          " lost the job; card 4111 1111 1111 1111\n")));
  const auto live = world_.Live("A-1");
  {
    OpenStream stream(world_, 0, {}, "fuji");
    const v1::HandedOver handed_over = stream.outlet.row(live.assignment_id()).handed_over();
    EXPECT_THAT(handed_over.note(), ::testing::StartsWith("lost the job; card ["));
    EXPECT_THAT(handed_over.note(), Not(HasSubstr("4111")));
    EXPECT_EQ(handed_over.reason(), v1::HAND_OVER_REASON_HARDSHIP);
    EXPECT_EQ(handed_over.hand_over_time().seconds(), live.place_time().seconds() / 3'600 * 3'600);
    EXPECT_EQ(handed_over.hand_over_time().nanos(), 0);
    EXPECT_FALSE(stream.outlet.row(other_id_).has_handed_over());
    EXPECT_TRUE(stream.outlet.row(other_id_).has_person());
  }
  world_.ApplyContract({.vendor_id = "fuji"});
  OpenStream stream(world_, 0, {}, "fuji");
  const v1::HandedOver masked = stream.outlet.row(live.assignment_id()).handed_over();
  EXPECT_EQ(masked.note(), "");
  EXPECT_EQ(masked.reason(), v1::HAND_OVER_REASON_HARDSHIP);
}

TEST_F(HubHandOverTest, TheFormerOneIsToldThatItIsWithdrawn) {
  PassHours(1);
  OpenStream stream(world_);
  ASSERT_TRUE(stream.outlet.rows().contains(id_));
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
  EXPECT_FALSE(stream.outlet.rows().contains(id_));
  // What it did before counts.
  EXPECT_EQ(Report(testing::At(testing::MakeOutcome("o-1", id_), Now() - absl::Minutes(5))),
            "RECORDED");
}

TEST_F(HubHandOverTest, CoreAndLogSayAllOfIt) {
  EXPECT_OK(HandOver(
      "sakura", HandOverTo("head-office", id_, v1::HAND_OVER_REASON_LEGAL, "wants it in writing")));
  const std::string begun = world_.Live("A-1").assignment_id();
  const auto told = Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].account_id(), "A-1");
  EXPECT_EQ(told[0].work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(told[0].from_vendor_id(), "sakura");
  EXPECT_EQ(told[0].to_vendor_id(), "head-office");
  EXPECT_EQ(told[0].former_assignment_id(), id_);
  EXPECT_EQ(told[0].assignment_id(), begun);
  EXPECT_EQ(told[0].reason(), v1::HAND_OVER_REASON_LEGAL);
  EXPECT_EQ(told[0].note(), "wants it in writing");
  EXPECT_EQ(told[0].hand_over_time().SerializeAsString(),
            world_.Live("A-1").place_time().SerializeAsString());
  const auto events = EventsOf(v1::AuditEvent::KIND_HANDED_OVER);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "vendor/sakura");
  EXPECT_EQ(events[0].vendor_id(), "sakura");
  EXPECT_EQ(events[0].account_id(), "A-1");
  EXPECT_EQ(events[0].assignment_id(), id_);
  EXPECT_EQ(events[0].subject_id(), begun);
  EXPECT_EQ(events[0].hand_over().to_vendor_id(), "head-office");
  EXPECT_EQ(events[0].hand_over().reason(), v1::HAND_OVER_REASON_LEGAL);
  const auto withdrawn = EventsOf(v1::AuditEvent::KIND_WITHDRAWN);
  ASSERT_EQ(withdrawn.size(), 1u);
  EXPECT_EQ(withdrawn[0].withdrawn(), v1::WITHDRAW_REASON_HANDED_OVER);
  const auto events_placed = EventsOf(v1::AuditEvent::KIND_PLACED);
  const auto placed = absl::c_find_if(
      events_placed, [&begun](const auto& event) { return event.assignment_id() == begun; });
  ASSERT_NE(placed, events_placed.end());
  EXPECT_EQ(placed->placed().rule(), v1::PlacementReason::RULE_HANDED_OVER);
  EXPECT_EQ(placed->subject_id(), "early");
}

// The plan would give it to somebody else, and head office is in no plan.
TEST_F(HubHandOverTest, WhatTheCoreSendsAfterwardsLeavesItWithTheReceiver) {
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
  const std::string id = world_.Live("A-1").assignment_id();
  EXPECT_OK(world_.Import({InTokyo(MakeRecord(4, {.amount_due = 20'000}))}));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 head-office"));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id);
  PassHours(48);
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id);
  // Other work is another matter.
  EXPECT_OK(world_.Import({InTokyo(MakeRecord(5, {.days_past_due = 70}))}));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 head-office MOVED", "1 fuji"));
}

TEST_F(HubHandOverTest, ItLastsAsLongAsTheReceiversTermSays) {
  world_.ApplyContract({.vendor_id = "fuji", .work_terms = "    term: 1d\n"});
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
  PassHours(23);
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 fuji"));
  PassHours(2);
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 fuji EXPIRED"));
}

// There and back makes no new term, whatever the contract says by then.
TEST_F(HubHandOverTest, WhatComesBackEndsWhenItWouldHaveEnded) {
  ApplyTerm("    term: 2d\n");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", other_id_)));
  PassHours(24);
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", world_.Live("A-3").assignment_id())));
  ApplyTerm("    term: 9d\n");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", world_.Live("A-3").assignment_id())));
  PassHours(1);
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", world_.Live("A-3").assignment_id())));
  ApplyTerm("");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", world_.Live("A-3").assignment_id())));
  PassHours(22);
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "sakura");
  PassHours(2);
  EXPECT_THAT(Places("A-3"), UnorderedElementsAre("1 fuji HANDED_OVER", "2 sakura HANDED_OVER",
                                                  "3 fuji HANDED_OVER", "4 sakura HANDED_OVER",
                                                  "5 fuji HANDED_OVER", "6 sakura EXPIRED"));
}

TEST_F(HubHandOverTest, AShorterTermCountsForWhatComesBackToo) {
  ApplyTerm("    term: 9d\n");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", other_id_)));
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", world_.Live("A-3").assignment_id())));
  ApplyTerm("    term: 1d\n");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", world_.Live("A-3").assignment_id())));
  PassHours(25);
  EXPECT_THAT(Places("A-3"), UnorderedElementsAre("1 fuji HANDED_OVER", "2 sakura HANDED_OVER",
                                                  "3 fuji HANDED_OVER", "4 sakura EXPIRED"));
}

// Nor does it come back, once that is over; what never was there does go there.
TEST_F(HubHandOverTest, NothingComesBackAfterItsTerm) {
  ApplyTerm("    term: 1d\n");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", other_id_)));
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", world_.Live("A-3").assignment_id())));
  ASSERT_OK(world_.Import({InTokyo(MakeRecord(4, {.account_id = "A-4", .person_id = "P-4"}))}));
  ASSERT_EQ(world_.Live("A-4").vendor_id(), "fuji");
  PassHours(25);
  EXPECT_THAT(HandOver("fuji", HandOverTo("sakura", world_.Live("A-3").assignment_id())),
              cannot_take_);
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "fuji");
  EXPECT_OK(HandOver("fuji", HandOverTo("sakura", world_.Live("A-4").assignment_id())));
}

// Another vendor could give it back, and the recall would be gone.
TEST_F(HubHandOverTest, WhatIsBeingRecalledGoesToNoOtherVendor) {
  Recall(id_);
  EXPECT_THAT(HandOver("sakura", HandOverTo("fuji", id_)), recall_pending_);
  EXPECT_THAT(HandOver("sakura", HandOverTo("ume", id_)), not_allowed_);
  EXPECT_TRUE(world_.Live("A-1").has_pending_recall());
  // A party of this name that is no head office.
  world_.ApplyContract({.vendor_id = "head-office"});
  EXPECT_THAT(HandOver("sakura", HandOverTo("head-office", id_)), recall_pending_);
  EXPECT_THAT(Places(), ElementsAre("1 sakura"));
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", world_.Live("A-2").assignment_id())));
  CancelRecall(id_);
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
}

TEST_F(HubHandOverTest, ARecallEndsWithWhatGoesToHeadOffice) {
  Recall(id_);
  EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id_)));
  EXPECT_FALSE(world_.Live("A-1").has_pending_recall());
  PassHours(48);
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 head-office"));
}

// From head office or from whoever has it next; what was not recalled does, …
TEST_F(HubHandOverTest, WhatWasBeingRecalledDoesNotComeBack) {
  const std::string other = world_.Live("A-2").assignment_id();
  Recall(id_);
  // … and so does what was to be recalled once.
  Recall(other);
  CancelRecall(other);
  world_.ApplyContract(
      {.vendor_id = "head-office",
       .more = "collector_kind: ISSUER\nhead_office: true\nhand_over_to: [sakura, fuji]\n"});
  for (const std::string& id : {id_, other})
    EXPECT_OK(HandOver("sakura", HandOverTo("head-office", id)));
  EXPECT_OK(HandOver("head-office", HandOverTo("sakura", world_.Live("A-2").assignment_id())));
  EXPECT_THAT(HandOver("head-office", HandOverTo("sakura", world_.Live("A-1").assignment_id())),
              cannot_take_);
  EXPECT_OK(HandOver("head-office", HandOverTo("fuji", world_.Live("A-1").assignment_id())));
  EXPECT_THAT(HandOver("fuji", HandOverTo("sakura", world_.Live("A-1").assignment_id())),
              cannot_take_);
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
}

TEST_F(HubHandOverTest, WhatIsBeingRecalledTheHubHandsToHeadOfficeAlone) {
  Recall(id_);
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "ume"));
  EXPECT_TRUE(world_.Live("A-1").has_pending_recall());
  EXPECT_TRUE(HandOverBrokenPlan("A-1", "head-office"));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 head-office"));
}

TEST_F(HubHandOverTest, TheHubHandsOverWhatWasThereBeforeTheBreak) {
  const int64_t place_us =
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(world_.Live("A-1").place_time());
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "ume", place_us));
  EXPECT_THAT(Places(), ElementsAre("1 sakura"));
  EXPECT_TRUE(HandOverBrokenPlan("A-1", "ume", place_us + 1));
}

TEST_F(HubHandOverTest, TheReceiverIsShownWhatIsPromised) {
  world_.ApplyContract({.vendor_id = "fuji", .shown = {"AMOUNT"}});
  EXPECT_EQ(Report(Promised("o-1", id_, 5'000, 9, Now())), "RECORDED");
  EXPECT_OK(HandOver("sakura", HandOverTo("fuji", id_)));
  OpenStream stream(world_, 0, {}, "fuji");
  const v1::Assignment row = stream.outlet.row(world_.Live("A-1").assignment_id());
  EXPECT_EQ(row.promise().amount().minor_units(), 5'000);
  EXPECT_EQ(row.promise().standing(), v1::PROMISE_STANDING_OPEN);
}

// The hub asks no contract whom a vendor may hand work to.
TEST_F(HubHandOverTest, TheHubHandsOverByItsOwnWord) {
  EXPECT_FALSE(HandOverBrokenPlan("nothing", "ume"));
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "nobody"));
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "sakura"));
  EXPECT_THAT(Places(), ElementsAre("1 sakura"));
  EXPECT_TRUE(HandOverBrokenPlan("A-1", "ume"));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 ume"));
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "ume"));
  const auto told = Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].reason(), v1::HAND_OVER_REASON_PLAN_BROKEN);
  EXPECT_EQ(told[0].note(), "");
  EXPECT_EQ(EventsOf(v1::AuditEvent::KIND_HANDED_OVER).front().actor(), "hub");
  EXPECT_EQ(Post(testing::Closure("e-1", "A-1")), "ACCEPTED 1 0");
  EXPECT_FALSE(HandOverBrokenPlan("A-1", "sakura"));
}

TEST_F(HubHandOverTest, ARestartForgetsNothingOfIt) {
  const auto request = HandOverTo("fuji", id_, v1::HAND_OVER_REASON_DISPUTE, "says it is not hers");
  EXPECT_OK(HandOver("sakura", request));
  world_.Restart();
  EXPECT_OK(HandOver("sakura", request));
  EXPECT_THAT(Places(), ElementsAre("1 sakura HANDED_OVER", "2 fuji"));
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_EQ(Told().front().note(), "says it is not hers");
}

}  // namespace
}  // namespace switchboard
