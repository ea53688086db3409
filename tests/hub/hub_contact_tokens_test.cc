// Contact points under the tokens that rows show, through the whole hub.
#include <set>
#include <string>
#include <vector>

#include "tests/hub/answers.h"
#include "tests/hub/fake_stream.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using testing::At;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PointStop;
using testing::Statuses;
using testing::VendorPeer;
using Kind = v1::AuditEvent::Kind;

constexpr char kPlan[] = R"(plan_id: plan-1
seed: 42
segments:
  - name: early
    work_type: EARLY_COLLECTIONS
    when: {days_past_due: {min: 1, max: 60}}
    shares: [{vendor_id: sakura, percent: 100}]
  - name: late
    work_type: LATE_COLLECTIONS
    when: {days_past_due: {min: 61}}
    shares: [{vendor_id: ume, percent: 100}]
)";
constexpr char kMap[] = R"(vendor_id: sakura
version: 1
title: A dialer
declared_codes: [WN]
meanings:
  - codes: [WN]
    result: {connection: ANSWERED, reached: THIRD, disposition: WRONG_NUMBER}
)";
constexpr char kContactsAtNumbersOfPermits[] =
    "SELECT COUNT(*) FROM contact c JOIN permit p ON p.number_digest = c.number_digest";

// A-1 and A-2 of one person, at two vendors; A-3 of another one.
class HubContactTokensTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* vendor : {"sakura", "ume"}) world_.ApplyContract({.vendor_id = vendor});
    world_.ApplyPlan(kPlan);
    ASSERT_OK(
        world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2", .days_past_due = 90}),
                       MakeRecord(3, {.account_id = "A-3", .person_id = "P-3"})}));
    id_ = world_.Live("A-1").assignment_id();
    ASSERT_FALSE(id_.empty());
    token_ = TokenOf("A-1");
  }

  // What the row of the account shows of a contact point.
  std::string TokenOf(const std::string& account_id,
                      v1::ContactKind kind = v1::CONTACT_KIND_MOBILE) {
    const auto live = world_.Live(account_id);
    testing::OpenStream stream(world_, 0, {}, live.vendor_id());
    const v1::Assignment row = stream.outlet.row(live.assignment_id());
    for (const auto& point : row.person().contact_points()) {
      if (point.kind() == kind) return point.contact_point_id();
    }
    ADD_FAILURE() << "no such contact point is shown of " << account_id;
    return "";
  }
  absl::StatusOr<v1::RequestPermitResponse> Ask(const std::string& request_id,
                                                const std::string& point) {
    return world_.Ask("sakura", request_id, id_, point);
  }
  std::string PermitOf(const absl::StatusOr<v1::RequestPermitResponse>& answer) {
    EXPECT_OK(answer);
    if (!answer.ok()) return "";
    EXPECT_TRUE(answer->has_permit()) << answer->denial().ShortDebugString();
    return answer->permit().permit_id();
  }
  v1::AccountRecord WithoutMobile() {
    auto record = MakeRecord(10);
    record.mutable_person()->mutable_contact_points()->DeleteSubrange(0, 1);
    return record;
  }
  v1::Outcome WrongNumber(const std::string& outcome_id, const std::string& point) {
    v1::Outcome outcome = MakeOutcome(outcome_id, id_, CallCode::kWrongNumber);
    outcome.set_contact_point_id(point);
    return outcome;
  }
  std::vector<std::string> Report(const v1::Outcome& outcome) {
    return Statuses(world_.Report("sakura", {outcome}));
  }
  std::vector<v1::RecordedOutcome> Read() {
    std::vector<v1::RecordedOutcome> outcomes;
    const auto response = world_.ReadCoreFeed(0);
    EXPECT_OK(response);
    if (!response.ok()) return outcomes;
    for (const v1::CoreItem& item : response->items())
      if (item.has_outcome()) outcomes.push_back(item.outcome());
    return outcomes;
  }
  std::vector<v1::AuditEvent> EventsOf(Kind kind) {
    std::vector<v1::AuditEvent> events;
    for (v1::AuditEvent& event : world_.AuditEvents())
      if (event.kind() == kind) events.push_back(std::move(event));
    return events;
  }
  int64_t Number(const char* sql) {
    int64_t number = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        number = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return number;
  }

  HubWorld world_;
  std::string id_;     // of A-1
  std::string token_;  // of its "mobile"
};

TEST_F(HubContactTokensTest, EachVendorIsShownItsOwn) {
  std::set<std::string> shown;
  for (const char* account : {"A-1", "A-2", "A-3"}) {
    for (const auto kind :
         {v1::CONTACT_KIND_MOBILE, v1::CONTACT_KIND_EMAIL, v1::CONTACT_KIND_HOME_PHONE}) {
      const std::string token = TokenOf(account, kind);
      EXPECT_EQ(token.size(), 26u);
      EXPECT_TRUE(shown.insert(token).second) << account << " " << token;
    }
  }
  world_.Restart();
  EXPECT_EQ(TokenOf("A-1"), token_);
  ASSERT_OK(world_.Import({testing::WithMobile(MakeRecord(10), "+819099998888")}));
  EXPECT_EQ(TokenOf("A-1"), token_) << "the same contact point, with another number";
}

TEST_F(HubContactTokensTest, APermitIsAskedForByEither) {
  ASSERT_OK_AND_ASSIGN(const auto given, Ask("r-1", token_));
  ASSERT_TRUE(given.has_permit());
  EXPECT_EQ(given.permit().dial(), "+819012345678");
  EXPECT_EQ(PermitOf(Ask("r-1", token_)), given.permit().permit_id());
  EXPECT_EQ(PermitOf(Ask("r-1", "mobile")), given.permit().permit_id()) << "the core's id";
  world_.Restart();
  EXPECT_EQ(PermitOf(Ask("r-1", token_)), given.permit().permit_id());
  EXPECT_EQ(AnswerOf(Ask("r-1", TokenOf("A-1", v1::CONTACT_KIND_HOME_PHONE))), "FIELD_INVALID")
      << "another contact point";
  // The log speaks of contact points as the core does.
  const auto events = EventsOf(v1::AuditEvent::KIND_PERMIT_GIVEN);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].permit_given().contact_point_id(), "mobile");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM permit WHERE contact_point_id = 'mobile'"), 1);
}

TEST_F(HubContactTokensTest, ADayIsPlannedByEither) {
  v1::PlanContactsRequest request;
  request.mutable_contact()->set_request_id("r-1");
  request.mutable_contact()->set_assignment_id(id_);
  request.mutable_contact()->set_channel(v1::CHANNEL_PHONE);
  request.mutable_contact()->set_act(v1::ACT_REMIND);
  request.set_attempts(2);
  std::set<std::string> permits;
  for (const std::string& point : {token_, std::string("mobile"), token_}) {
    request.mutable_contact()->set_contact_point_id(point);
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Await<v1::PlanContactsResponse>([&](auto done) {
      world_.hub().vendor_api().PlanContacts(VendorPeer("sakura"), request, done);
    }));
    ASSERT_TRUE(answer.has_plan()) << answer.denial().ShortDebugString();
    permits.insert(answer.plan().permit().permit_id());
  }
  EXPECT_EQ(permits.size(), 1u);
}

// What is in the way is said as it is of the core's id.
TEST_F(HubContactTokensTest, ATokenOfWhatIsGoneReachesNobody) {
  PermitOf(Ask("r-1", token_));
  ASSERT_OK(world_.Import({WithoutMobile()}));
  for (const char* request : {"r-1", "r-1", "r-2"})
    EXPECT_EQ(AnswerOf(Ask(request, token_)), "NO_CONTACT_POINT") << request;
  EXPECT_EQ(testing::CausesOfVoids(world_).size(), 1u);
}

TEST_F(HubContactTokensTest, ATokenOfAContactPointWithAnotherNumberReachesThat) {
  PermitOf(Ask("r-1", token_));
  ASSERT_OK(world_.Import({testing::WithMobile(MakeRecord(10), "+819099998888")}));
  EXPECT_EQ(AnswerOf(Ask("r-1", token_)), "NO_CONTACT_POINT");
  ASSERT_OK_AND_ASSIGN(const auto next, Ask("r-2", token_));
  EXPECT_EQ(next.permit().dial(), "+819099998888");
}

TEST_F(HubContactTokensTest, ARenamedContactPointHasAnotherToken) {
  auto record = MakeRecord(10);
  record.mutable_person()->mutable_contact_points(0)->set_contact_point_id("cell");
  ASSERT_OK(world_.Import({record}));
  EXPECT_EQ(AnswerOf(Ask("r-1", token_)), "NO_CONTACT_POINT");
  EXPECT_NE(TokenOf("A-1"), token_);
  PermitOf(Ask("r-2", TokenOf("A-1")));
}

TEST_F(HubContactTokensTest, WorkThatIsTakenAwayIsSaidToBe) {
  PermitOf(Ask("r-1", token_));
  EXPECT_EQ(AnswerOf(world_.Post({Payment("e-1", "A-1")})), "ACCEPTED 1 1");
  for (const char* request : {"r-1", "r-1", "r-2"})
    EXPECT_EQ(AnswerOf(Ask(request, token_)), "NOT_ASSIGNED") << request;
}

TEST_F(HubContactTokensTest, AStopOnTheContactPointHoldsForItsToken) {
  ASSERT_OK(world_.Post({PointStop("e-1", "P-1", "mobile")}));
  EXPECT_EQ(AnswerOf(Ask("r-1", token_)), "STOPPED");
}

// Another vendor's token, or another person's, is an id that nobody has.
TEST_F(HubContactTokensTest, ATokenIsOneVendorsAndOnePersons) {
  const std::string unknown = AnswerOf(Ask("r-1", "nowhere"));
  EXPECT_EQ(unknown, "NO_CONTACT_POINT");
  EXPECT_EQ(AnswerOf(Ask("r-2", TokenOf("A-2"))), unknown);
  EXPECT_EQ(AnswerOf(Ask("r-3", TokenOf("A-3"))), unknown);
}

TEST_F(HubContactTokensTest, AWrongNumberIsStoppedByItsToken) {
  v1::Outcome outcome = WrongNumber("o-1", token_);
  EXPECT_THAT(Report(outcome), ElementsAre("RECORDED"));
  EXPECT_THAT(Report(outcome), ElementsAre("REPEATED"));
  world_.Restart();
  EXPECT_THAT(Report(outcome), ElementsAre("REPEATED"));
  EXPECT_EQ(AnswerOf(Ask("r-1", "mobile")), "NO_CONTACT_POINT");
  EXPECT_EQ(AnswerOf(Ask("r-2", token_)), "NO_CONTACT_POINT");
  const auto read = Read();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].outcome().contact_point_id(), "mobile");
  int stops = 0;
  for (const v1::AuditEvent& event : EventsOf(v1::AuditEvent::KIND_EVENT)) {
    if (event.occurrence().what() != v1::AuditEvent::Occurrence::WHAT_CONTACT_POINT_STOP) continue;
    EXPECT_EQ(event.occurrence().contact_point_id(), "mobile");
    ++stops;
  }
  EXPECT_EQ(stops, 1);
  outcome.set_contact_point_id("mobile");
  EXPECT_THAT(Report(outcome), ElementsAre("ID_REUSED")) << "other bytes are no repeat";
}

// Whichever of its two names a correction says.
TEST_F(HubContactTokensTest, ACorrectionByTheOtherNameIsAboutTheSame) {
  v1::Outcome outcome = WrongNumber("o-1", token_);
  EXPECT_THAT(Report(outcome), ElementsAre("RECORDED"));
  outcome.set_version(2);
  outcome.set_contact_point_id("mobile");
  outcome.set_note("a stranger");
  EXPECT_THAT(Report(outcome), ElementsAre("RECORDED"));
  // It is gone by now, and still what was stopped.
  ASSERT_OK(world_.Import({WithoutMobile()}));
  outcome.set_version(3);
  outcome.set_contact_point_id(token_);
  outcome.set_note("somebody else");
  EXPECT_THAT(Report(outcome), ElementsAre("RECORDED"));
  const auto read = Read();
  ASSERT_EQ(read.size(), 3u);
  for (const int version : {1, 2}) {
    const v1::RecordedOutcome& corrected = read[static_cast<size_t>(version)];
    EXPECT_EQ(corrected.outcome().contact_point_id(), "mobile");
    EXPECT_THAT(corrected.changed_fields(), ElementsAre("note"));
    EXPECT_THAT(corrected.placed_stop_ids(), IsEmpty());
    EXPECT_THAT(corrected.lifted_stop_ids(), IsEmpty());
    EXPECT_THAT(corrected.lift_asked_stop_ids(), IsEmpty());
  }
}

TEST_F(HubContactTokensTest, AnOutcomeThatNamesWhatIsGoneStaysAsItIs) {
  ASSERT_OK(world_.Import({WithoutMobile()}));
  EXPECT_THAT(Report(WrongNumber("o-1", token_)), ElementsAre("RECORDED"));
  const auto read = Read();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].outcome().contact_point_id(), token_);
  EXPECT_THAT(testing::OutcomesRead(world_),
              ElementsAre("1 o-1 v1: WITHOUT_PERMIT STOP_WITHOUT_NUMBER"));
}

TEST_F(HubContactTokensTest, AContactCountsAtTheNumberOfTheToken) {
  PermitOf(Ask("r-1", "mobile"));
  v1::Outcome called_back = MakeOutcome("o-1", id_, CallCode::kRightParty);
  called_back.set_direction(v1::DIRECTION_IN);
  called_back.set_contact_point_id(token_);
  EXPECT_THAT(Report(called_back), ElementsAre("RECORDED"));
  EXPECT_EQ(Number(kContactsAtNumbersOfPermits), 1);
}

// The vendor's word for the contact point and its word for the result, kept until it is read.
TEST_F(HubContactTokensTest, WhatWaitedInQuarantineIsReadAsWell) {
  v1::Outcome outcome = At(WrongNumber("o-1", token_), world_.clock.Now() - absl::Seconds(2));
  outcome.clear_result();
  outcome.set_vendor_code("WN");
  EXPECT_THAT(Report(outcome), ElementsAre("UNMAPPED"));
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CODE_MAP, kMap));
  v1::ReplayQuarantineRequest retry;
  for (const auto& item : world_.Quarantine()) retry.add_quarantine_ids(item.quarantine_id());
  ASSERT_OK(world_.Await<v1::ReplayQuarantineResponse>(
      [&](auto done) { world_.hub().operator_api().ReplayQuarantine(Operator(), retry, done); }));
  const auto read = Read();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].outcome().contact_point_id(), "mobile");
  EXPECT_EQ(read[0].outcome().result().disposition(), v1::DISPOSITION_WRONG_NUMBER);
  EXPECT_THAT(Report(outcome), ElementsAre("REPEATED"));
  EXPECT_EQ(AnswerOf(Ask("r-1", token_)), "NO_CONTACT_POINT");
}

}  // namespace
}  // namespace switchboard
