// Outcomes through the whole hub: receipts, corrections, marks, consequences, the core's reading.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "switchboard/v1/wire.pb.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using testing::Core;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Payment;
using testing::VendorPeer;
using Reported = v1::ReportOutcomesResponse;
using Feed = v1::ReadCoreFeedResponse;

class HubOutcomeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"}),
                             MakeRecord(3, {.account_id = "A-3", .person_id = "P-3"})}));
    id_ = world_.Live("A-1").assignment_id();
    world_.ApplyContract({.vendor_id = "fuji"});
  }

  std::vector<std::string> Report(const std::vector<v1::Outcome>& outcomes,
                                  const std::string& vendor = "sakura") {
    return testing::Statuses(world_.Report(vendor, outcomes));
  }
  std::vector<std::string> Read(int64_t after = 0) { return testing::OutcomesRead(world_, after); }

  HubWorld world_;
  std::string id_;
};

TEST_F(HubOutcomeTest, ReceiptsByPrecedence) {
  EXPECT_THAT(Report({MakeOutcome("o-1", id_)}), ElementsAre("RECORDED"));
  auto other = MakeOutcome("o-1", id_, CallCode::kBusy);
  auto broken = MakeOutcome("o-1", "nothing");
  broken.clear_start_time();
  auto invalid = MakeOutcome("o-2", "nothing", CallCode::kBusy, 7);
  invalid.mutable_result()->clear_disposition();
  EXPECT_THAT(
      Report({
          MakeOutcome("o-1", id_),                            // again
          other,                                              // other content
          broken,                                             // … even if invalid
          invalid,                                            // before unknown
          MakeOutcome("o-3", "nothing", CallCode::kBusy, 7),  // before the gap
          MakeOutcome("o-4", id_, CallCode::kBusy, 2),        // no version 1
          MakeOutcome("o-1", id_, CallCode::kBusy, 3),        // no version 2
          MakeOutcome("o-5", id_),                            // twice in a batch
          MakeOutcome("o-5", id_),
          MakeOutcome("o-5", id_, CallCode::kBusy),
          MakeOutcome("o-5", id_, CallCode::kBusy, 2),
      }),
      ElementsAre("REPEATED", "ID_REUSED", "ID_REUSED", "INVALID", "UNKNOWN_ASSIGNMENT",
                  "VERSION_GAP", "VERSION_GAP", "RECORDED", "REPEATED", "ID_REUSED", "RECORDED"));
  EXPECT_EQ(world_.Quarantine().size(), 7u);
  EXPECT_EQ(Read().size(), 3u);
  EXPECT_EQ(world_.Vendor("sakura").outcomes(), 3);
}

// 20,000 outcomes of one assignment were recorded, for the core to read.
TEST(HubOutcomeDay, ADayOfOneAssignmentIsFullButForWhatEndsContact) {
  HubOptions options = HubWorld::Options();
  options.outcomes.of_assignment_day_max = 2;
  HubWorld world(options);
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
  const std::string id = world.Live("A-1").assignment_id();
  const auto report = [&](const v1::Outcome& outcome) {
    return testing::Statuses(world.Report("sakura", {outcome})).front();
  };
  EXPECT_THAT(testing::Statuses(world.Report(
                  "sakura", {MakeOutcome("o-1", id), MakeOutcome("o-1", id, CallCode::kBusy, 2),
                             MakeOutcome("o-2", id)})),
              ElementsAre("RECORDED", "RECORDED", "DAY_FULL"));
  EXPECT_EQ(report(MakeOutcome("o-3", id)), "DAY_FULL");
  EXPECT_EQ(report(MakeOutcome("o-1", id)), "REPEATED");
  EXPECT_EQ(report(MakeOutcome("o-4", world.Live("A-2").assignment_id())), "RECORDED");
  EXPECT_EQ(report(MakeOutcome("o-5", id, CallCode::kAttorney)), "RECORDED");
  EXPECT_EQ(report(MakeOutcome("o-6", id, CallCode::kAttorney)), "RECORDED");
  EXPECT_EQ(report(MakeOutcome("o-7", id, CallCode::kAttorney)), "DAY_FULL");
  world.clock.Advance(absl::Hours(24));
  EXPECT_EQ(report(MakeOutcome("o-8", id)), "RECORDED");
}

TEST_F(HubOutcomeTest, SomebodyElsesAssignmentIsUnknown) {
  EXPECT_THAT(Report({MakeOutcome("o-1", id_)}, "fuji"), ElementsAre("UNKNOWN_ASSIGNMENT"));
  EXPECT_THAT(world_.Report("stranger", {MakeOutcome("o-1", id_)}),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
  // Ids are unique per vendor only.
  EXPECT_THAT(Report({MakeOutcome("o-1", id_)}), ElementsAre("RECORDED"));
}

TEST_F(HubOutcomeTest, MalformedOutcomeCostsOnlyItself) {
  v1::ItemBytes request;
  request.add_items("\xff\xff");
  request.add_items(MakeOutcome("o-1", id_).SerializeAsString());
  auto report = [&](const std::string& bytes) {
    return world_.Await<Reported>([&](auto done) {
      world_.hub().vendor_api().ReportOutcomes(VendorPeer("sakura"), bytes, done);
    });
  };
  ASSERT_OK_AND_ASSIGN(const Reported response, report(request.SerializeAsString()));
  EXPECT_EQ(response.receipts(0).status(), Reported::STATUS_INVALID);
  EXPECT_EQ(response.receipts(1).status(), Reported::STATUS_RECORDED);
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(report("\xff"), FailsWith(kInvalid, "MESSAGE_MALFORMED"));
  request.clear_items();
  EXPECT_THAT(report(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  for (int i = 0; i < 501; ++i) request.add_items("");
  EXPECT_THAT(report(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  request.clear_items();
  request.add_items(std::string(1024 * 1024, 'x'));
  EXPECT_THAT(report(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
}

TEST_F(HubOutcomeTest, LateOutcomesAreKeptAndMarked) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  EXPECT_THAT(Report({MakeOutcome("o-1", id_, CallCode::kNoContact)}), ElementsAre("RECORDED"));
  EXPECT_THAT(Read(), ElementsAre("1 o-1 v1: AFTER_WITHDRAWAL"));
}

TEST_F(HubOutcomeTest, MarksOfPermits) {
  auto ask = [&](const std::string& request) {
    const auto answer = world_.Ask("sakura", request, id_);
    EXPECT_OK(answer);
    EXPECT_TRUE(answer->has_permit()) << request;
    return answer->permit().permit_id();
  };
  auto with = [&](const std::string& outcome, const std::string& permit, absl::Duration start = {},
                  int32_t version = 1) {
    auto made = MakeOutcome(outcome, id_, CallCode::kNoAnswer, version);
    made.set_permit_id(permit);
    return At(made, world_.clock.Now() + start);
  };
  const std::string permit = ask("r-1");
  Report({with("good", permit)});
  Report({with("used", permit), with("good", permit, {}, 2), with("unknown", "nothing"),
          MakeOutcome("none", id_), MakeOutcome("no-contact", id_, CallCode::kNoContact)});
  Report({with("used", permit, {}, 2)});  // no correction makes another contact's permit its own
  const std::string expired = ask("r-2");
  world_.clock.Advance(absl::Seconds(120));
  Report({with("too-late", expired)});
  world_.clock.Advance(absl::Minutes(8));
  Report({with("told-late", expired, absl::Minutes(-10))});
  const std::string voided = ask("r-3");
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Report({with("voided", voided)});
  EXPECT_THAT(Read(),
              ElementsAre("1 good v1:", "2 used v1: PERMIT_NOT_VALID", "3 good v2: CORRECTION",
                          "4 unknown v1: PERMIT_NOT_VALID", "5 none v1: WITHOUT_PERMIT",
                          "6 no-contact v1:", "7 used v2: PERMIT_NOT_VALID CORRECTION",
                          "8 too-late v1: PERMIT_NOT_VALID",
                          "9 told-late v1:", "10 voided v1: AFTER_WITHDRAWAL PERMIT_NOT_VALID"));
}

// A permit whose time had run out was used in its time or not at all: a stop that comes afterwards
// must not make the contact look forbidden.
TEST_F(HubOutcomeTest, StopAfterwardsDoesNotTaintAnExpiredPermit) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_));
  auto outcome = MakeOutcome("o-1", id_);
  outcome.set_permit_id(answer.permit().permit_id());
  world_.clock.Advance(absl::Minutes(10));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Report({outcome});
  EXPECT_THAT(Read(), ElementsAre("1 o-1 v1: AFTER_WITHDRAWAL"));
}

TEST_F(HubOutcomeTest, ConsequencesStopAtOnce) {
  const struct {
    CallCode code;
    bool stops_person;
    bool stops_account;
  } rows[] = {
      {CallCode::kCeaseContact, true, true},
      {CallCode::kAttorney, true, true},
      {CallCode::kDeceased, true, true},
      {CallCode::kBankruptcy, true, true},
      {CallCode::kDispute, false, true},
      {CallCode::kWrongNumber, false, false},
      {CallCode::kCallBack, false, false},
      // The contract lets the vendor remind, and no more.
      {CallCode::kRefusedToPay, false, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(NameOf(row.code)));
    HubWorld world;
    world.SetUpVendors({"sakura"});
    world.ApplyContract({.acts = "[REMIND]"});
    ASSERT_OK(world.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    const std::string id = world.Live("A-1").assignment_id();
    ASSERT_OK(world.Ask("sakura", "r-1", world.Live("A-2").assignment_id()));
    ASSERT_OK(world.Report("sakura", {MakeOutcome("o-1", id, row.code)}));
    EXPECT_EQ(world.Live("A-1").vendor_id().empty(), row.stops_account);
    EXPECT_EQ(world.Live("A-2").vendor_id().empty(), row.stops_person);
    const auto events = world.AuditEvents();
    EXPECT_EQ(std::count_if(
                  events.begin(), events.end(),
                  [](const auto& event) { return event.kind() == v1::AuditEvent::KIND_OUTCOME; }),
              1);
  }
}

TEST_F(HubOutcomeTest, ACorrectionActsAnewAndLiftsWhatItTakesBack) {
  Report({MakeOutcome("o-1", id_, CallCode::kCeaseContact)});
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  Report({MakeOutcome("o-1", id_, CallCode::kNoAnswer, 2)});
  world_.ApplyPlan(testing::PlanYaml("[{vendor_id: fuji, percent: 100}]", "plan-2"));
  ASSERT_OK(world_.Import({MakeRecord(12)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
  Report({MakeOutcome("o-1", id_, CallCode::kDispute, 3)});
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_THAT(Read(), ElementsAre("1 o-1 v1: WITHOUT_PERMIT",
                                  "2 o-1 v2: AFTER_WITHDRAWAL WITHOUT_PERMIT CORRECTION LIFTS_STOP",
                                  "3 o-1 v3: AFTER_WITHDRAWAL WITHOUT_PERMIT CORRECTION"));
}

// What is wrong is wrong, whether or not it was dialled under a permit.
TEST_F(HubOutcomeTest, AWrongNumberWithoutAPermitIsStoppedByItsContactPoint) {
  auto outcome = MakeOutcome("o-1", id_, CallCode::kWrongNumber);
  outcome.set_contact_point_id("mobile");
  Report({outcome});
  const auto ask = [this](const char* request, const char* account, const char* point) {
    return testing::AnswerOf(
        world_.Ask("sakura", request, world_.Live(account).assignment_id(), point));
  };
  EXPECT_EQ(ask("r-1", "A-1", "mobile"), "NO_CONTACT_POINT");
  EXPECT_EQ(ask("r-2", "A-3", "mobile"), "NO_CONTACT_POINT");  // the same number
  EXPECT_EQ(ask("r-3", "A-3", "email"), "permit");
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");
  outcome.set_version(2);
  *outcome.mutable_result() = ResultOf(CallCode::kRightParty);
  Report({outcome});
  EXPECT_EQ(ask("r-4", "A-1", "mobile"), "permit");
  EXPECT_THAT(Read(), ElementsAre("1 o-1 v1: WITHOUT_PERMIT",
                                  "2 o-1 v2: WITHOUT_PERMIT CORRECTION LIFTS_STOP"));
}

TEST_F(HubOutcomeTest, TheCoreIsToldOfAWrongNumberThatNobodyKnows) {
  auto unknown = MakeOutcome("o-2", id_, CallCode::kDisconnected);
  unknown.set_contact_point_id("nowhere");
  auto of_other = MakeOutcome("o-3", id_, CallCode::kWrongNumber);
  ASSERT_OK_AND_ASSIGN(const auto permit,
                       world_.Ask("sakura", "r-1", world_.Live("A-3").assignment_id()));
  of_other.set_permit_id(permit.permit().permit_id());
  Report({MakeOutcome("o-1", id_, CallCode::kWrongNumber), unknown, of_other});
  EXPECT_THAT(Read(), ElementsAre("1 o-1 v1: WITHOUT_PERMIT STOP_WITHOUT_NUMBER",
                                  "2 o-2 v1: WITHOUT_PERMIT STOP_WITHOUT_NUMBER",
                                  "3 o-3 v1: PERMIT_NOT_VALID STOP_WITHOUT_NUMBER"));
  EXPECT_EQ(testing::AnswerOf(world_.Ask("sakura", "r-2", id_)), "permit");
  // The correction says which.
  auto known = MakeOutcome("o-1", id_, CallCode::kWrongNumber, 2);
  known.set_contact_point_id("mobile");
  Report({known});
  EXPECT_EQ(testing::AnswerOf(world_.Ask("sakura", "r-3", id_)), "NO_CONTACT_POINT");
}

TEST_F(HubOutcomeTest, CoreLiftsTheStopOfAnOutcomeByItsName) {
  Report({MakeOutcome("o-1", id_, CallCode::kCeaseContact)});
  ASSERT_OK_AND_ASSIGN(const auto response, world_.Post({Lift("e-1", "outcome:sakura:o-1/cease")}));
  EXPECT_EQ(response.receipts(0).status(), v1::PostEventsResponse::STATUS_ACCEPTED);
}

// Vendors choose their ids, colons included: no id may meet the stop of another one's correction.
TEST_F(HubOutcomeTest, OutcomeIdsCannotMeetInTheirStops) {
  EXPECT_THAT(Report({MakeOutcome("o", id_), MakeOutcome("o", id_, CallCode::kDispute, 2)}),
              ElementsAre("RECORDED", "RECORDED"));
  EXPECT_THAT(Report({MakeOutcome("o:2", id_, CallCode::kCeaseContact)}), ElementsAre("RECORDED"));
}

TEST_F(HubOutcomeTest, CoreReadsADenseOrderAndConfirmsByAsking) {
  for (int i = 1; i <= 5; ++i) Report({MakeOutcome("o-" + std::to_string(i), id_)});
  world_.Restart();
  EXPECT_EQ(Read().size(), 5u);
  EXPECT_THAT(Read(3), ElementsAre("4 o-4 v1: WITHOUT_PERMIT", "5 o-5 v1: WITHOUT_PERMIT"));
  EXPECT_EQ(Read(1).size(), 4u);  // going back is allowed
  EXPECT_TRUE(Read(5).empty());
  for (int64_t after : {int64_t{-1}, int64_t{6}, INT64_MAX, INT64_MIN}) {
    EXPECT_THAT(world_.ReadCoreFeed(after),
                FailsWith(absl::StatusCode::kInvalidArgument, "CURSOR_INVALID"));
  }
  std::vector<int64_t> confirmed;
  for (const auto& event : world_.AuditEvents()) {
    if (event.kind() == v1::AuditEvent::KIND_OUTCOMES_CONFIRMED) confirmed.push_back(event.count());
  }
  EXPECT_THAT(confirmed, ElementsAre(3, 5));
}

TEST_F(HubOutcomeTest, ReadsAreBoundedAndUnchanged) {
  auto outcome = MakeOutcome("o-1", id_);
  outcome.set_note("連絡なし");
  Report({outcome, MakeOutcome("o-2", id_)});
  v1::ReadCoreFeedRequest request;
  request.set_max_items(1);
  ASSERT_OK_AND_ASSIGN(const Feed response, world_.Await<Feed>([&](auto done) {
    world_.hub().core_api().ReadCoreFeed(Core(), request, done);
  }));
  ASSERT_EQ(response.items_size(), 1);
  EXPECT_EQ(response.newest(), 2);
  EXPECT_EQ(response.items(0).outcome().account_id(), "A-1");
  EXPECT_EQ(response.items(0).outcome().vendor_id(), "sakura");
  EXPECT_EQ(response.items(0).outcome().outcome().SerializeAsString(), outcome.SerializeAsString());
}

class LongPollTest : public HubOutcomeTest {
 protected:
  void Wait(int seconds, int64_t after = 0) {
    v1::ReadCoreFeedRequest request;
    request.set_after(after);
    request.mutable_max_wait()->set_seconds(seconds);
    world_.hub().core_api().ReadCoreFeed(
        Core(), request, [this](const absl::StatusOr<Feed>& answer) {
          answers_.push_back(answer.ok() ? answer->items_size() : -1);
        });
    world_.Settle();
  }
  void PassTime(absl::Duration by) {
    world_.clock.Advance(by);
    world_.hub().Tick();
    world_.Settle();
  }

  std::vector<int> answers_;
};

TEST_F(LongPollTest, EndsWhenAnOutcomeArrives) {
  Wait(30);
  EXPECT_TRUE(answers_.empty());
  Report({MakeOutcome("o-1", id_)});
  EXPECT_THAT(answers_, ElementsAre(1));
  Wait(30, 0);
  EXPECT_THAT(answers_, ElementsAre(1, 1));  // nothing to wait for
}

TEST_F(LongPollTest, EndsEmptyWhenTimeIsUp) {
  Wait(30);
  PassTime(absl::Seconds(29));
  EXPECT_TRUE(answers_.empty());
  PassTime(absl::Seconds(1));
  EXPECT_THAT(answers_, ElementsAre(0));
  Wait(0);
  EXPECT_THAT(answers_, ElementsAre(0, 0));
}

TEST_F(LongPollTest, WaitsAreAtMostAMinute) {
  for (const int seconds : {-5, 61, 1'000'000}) Wait(seconds);
  EXPECT_THAT(answers_, ElementsAre(-1, -1, -1));
  Wait(60);
  EXPECT_EQ(answers_.size(), 3u);
  PassTime(absl::Seconds(60));
  EXPECT_THAT(answers_, ElementsAre(-1, -1, -1, 0));
}

TEST_F(LongPollTest, AClockThatStepsBackEndsThem) {
  Wait(30);
  PassTime(-absl::Hours(1));
  EXPECT_THAT(answers_, ElementsAre(0));
  Wait(30);
  PassTime(absl::Hours(1));
  EXPECT_THAT(answers_, ElementsAre(0, 0));
}

TEST_F(LongPollTest, ManyWaitersAreAllAnsweredOnce) {
  for (int i = 0; i < 16; ++i) Wait(10 + i);
  PassTime(absl::Seconds(15));
  const size_t over = answers_.size();
  EXPECT_GT(over, 0u);
  EXPECT_LT(over, 16u);
  Report({MakeOutcome("o-1", id_)});
  EXPECT_EQ(answers_.size(), 16u);
  PassTime(absl::Minutes(5));
  EXPECT_EQ(answers_.size(), 16u);
}

TEST_F(LongPollTest, WaitsOfCallersThatGaveUpDoNotPileUp) {
  for (int i = 0; i < 100; ++i) Wait(60);
  EXPECT_EQ(answers_.size(), 84u);
  Report({MakeOutcome("o-1", id_)});
  EXPECT_EQ(answers_.size(), 100u);
  EXPECT_EQ(std::count(answers_.begin(), answers_.end(), 1), 16);
}

TEST_F(LongPollTest, StopWaitingEndsThemAllAndLaterOnesDoNotWait) {
  Wait(30);
  Wait(30);
  world_.hub().BeginShutdown();
  world_.Settle();
  EXPECT_THAT(answers_, ElementsAre(0, 0));
  Wait(30);
  EXPECT_THAT(answers_, ElementsAre(0, 0, 0));
}

TEST_F(LongPollTest, BadCursorIsRefusedAtOnce) {
  Wait(30, 99);
  EXPECT_THAT(answers_, ElementsAre(-1));
}

}  // namespace
}  // namespace switchboard
