#pragma once

#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/proto_time.h"
#include "tests/hub/answers.h"

// A hub at noon in Tokyo, under a rule pack of its own.

namespace switchboard::testing {

inline constexpr char kTestPack[] = R"(pack_id: jp-test
version: 1
title: For these tests
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.hours
    strength: LAW
    source: a law, article 1
    verification: CONFIRMED
    asks: [{channels: [PHONE]}]
    hours: {open: [{from: "08:00", to: "21:00"}]}
  - rule_id: jp-test.calls-2-a-day
    strength: SELF_REGULATION
    source: the association's rules
    verification: SECOND_HAND
    unless: [{ask: {acts: [RETURN_CALL]}}]
    count:
      at_most: 2
      window: {days: 1}
      contacts:
        directions: [OUT]
        results: [RANG_OUT, MACHINE, OTHER_PERSON, CONVERSATION, DELIVERED]
        without_wrong_points: true
  - rule_id: jp-test.number-3-in-24-hours
    strength: LAW
    source: a law, article 2
    verification: CONFIRMED
    count: {at_most: 3, window: {elapsed: 24h}, contacts: {same: [CONTACT_POINT]}}
  - rule_id: jp-test.wishes
    strength: SHOULD
    source: good manners
    verification: CONFIRMED
    forbid: {when: [{wish: {kinds: [NO_CONTACT_POINT, NOT_BETWEEN]}}]}
)";

// In its place: a talk ends calls for two hours.
inline constexpr char kTalkPack[] = R"(pack_id: jp-test
version: 2
title: Talks
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.after-a-talk
    strength: LAW
    source: a law, article 5
    verification: CONFIRMED
    cool_down: {window: {elapsed: 2h}, after: {results: [CONVERSATION]}}
)";

// Two vendors, an account of one person at each, and one of another person with the same number.
class RulesTest : public ::testing::Test {
 protected:
  RulesTest() {
    // Noon in Tokyo.
    world_.clock.Advance(absl::FromCivil(absl::CivilSecond(2026, 11, 30, 3), absl::UTCTimeZone()) -
                         world_.clock.Now());
    world_.SetUpVendors({"sakura", "fuji"});
    world_.ApplyPack(kTestPack);
    EXPECT_OK(
        world_.Import({Record(1, "A-1", "P-1"), Record(2, "A-2", "P-1"), Record(3, "A-3", "P-2")}));
  }

  static v1::AccountRecord Record(int64_t sequence, const std::string& account,
                                  const std::string& person) {
    return MakeRecord(sequence, {.account_id = account, .person_id = person});
  }
  // Of A-1, whose owner's wife, "party-1", is reached at "other-1".
  static v1::AccountRecord RecordWithWife(int64_t sequence) {
    v1::AccountRecord record = Record(sequence, "A-1", "P-1");
    v1::OtherParty& wife = *record.mutable_person()->add_other_parties();
    wife.set_party_id("party-1");
    wife.set_party(v1::PARTY_RELATED);
    wife.set_basis("joint debtor");
    wife.add_account_ids("A-1");
    v1::ContactPoint& point = *wife.add_contact_points();
    point.set_contact_point_id("other-1");
    point.set_kind(v1::CONTACT_KIND_MOBILE);
    point.set_phone("+819087654321");
    return record;
  }

  v1::RequestPermitRequest Call(const std::string& account) {
    v1::RequestPermitRequest request;
    request.set_request_id("r-" + std::to_string(++requests_));
    request.set_assignment_id(world_.Live(account).assignment_id());
    request.set_contact_point_id("mobile");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    return request;
  }
  absl::StatusOr<v1::RequestPermitResponse> Ask(const v1::RequestPermitRequest& request,
                                                std::string vendor = "") {
    if (vendor.empty()) vendor = VendorOf(request.assignment_id());
    return world_.Await<v1::RequestPermitResponse>([&](auto done) {
      world_.hub().vendor_api().RequestPermit(VendorPeer(vendor), request, done);
    });
  }
  v1::PlanContactsRequest Wanting(const std::string& account, int attempts) {
    v1::PlanContactsRequest request;
    *request.mutable_contact() = Call(account);
    request.set_attempts(attempts);
    return request;
  }
  absl::StatusOr<v1::PlanContactsResponse> Plan(const v1::PlanContactsRequest& request) {
    return world_.Await<v1::PlanContactsResponse>([&](auto done) {
      world_.hub().vendor_api().PlanContacts(
          VendorPeer(VendorOf(request.contact().assignment_id())), request, done);
    });
  }
  // A call of the issuer's own team, made now at the number of "mobile".
  v1::CoreEvent MadeByIssuer(const std::string& event_id, const std::string& account,
                             v1::ContactResult result = v1::CONTACT_RESULT_CONVERSATION) {
    v1::CoreEvent event;
    event.set_event_id(event_id);
    auto& made = *event.mutable_made_contact();
    made.set_account_id(account);
    made.set_channel(v1::CHANNEL_PHONE);
    made.set_contact_point_id("mobile");
    made.set_result(result);
    *made.mutable_begin_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now()));
    return event;
  }
  std::string VendorOf(const std::string& assignment_id) {
    for (const auto& placement : world_.Placements()) {
      if (placement.assignment_id() == assignment_id) return placement.vendor_id();
    }
    return "";
  }
  // Ids of the rules that refuse; "permit" when none does.
  std::vector<std::string> Refusing(const v1::RequestPermitRequest& request) {
    const auto answer = Ask(request);
    EXPECT_OK(answer);
    if (!answer.ok()) return {};
    if (answer->has_permit()) {
      permit_ = answer->permit();
      return {"permit"};
    }
    denial_ = answer->denial();
    std::vector<std::string> rules;
    for (const auto& refusal : denial_.refusals()) rules.push_back(refusal.rule_id());
    if (rules.empty()) rules.push_back(v1::Denial::Reason_Name(denial_.reason()));
    return rules;
  }
  std::vector<std::string> Refusing(const std::string& account) { return Refusing(Call(account)); }

  // A call under a permit, and what came of it.
  v1::Outcome Contact(const std::string& account,
                      adapters::CallCode code = adapters::CallCode::kNoAnswer) {
    const v1::RequestPermitRequest request = Call(account);
    EXPECT_THAT(Refusing(request), ::testing::ElementsAre("permit")) << account;
    v1::Outcome outcome = OutcomeNow(request.assignment_id(), code);
    outcome.set_permit_id(permit_.permit_id());
    Report(outcome);
    return outcome;
  }
  v1::Outcome OutcomeNow(const std::string& assignment_id, adapters::CallCode code) {
    v1::Outcome outcome = MakeOutcome("o-" + std::to_string(++outcomes_), assignment_id, code);
    SetTimes(outcome, world_.clock.Now());
    return outcome;
  }
  static void SetTimes(v1::Outcome& outcome, absl::Time time) {
    *outcome.mutable_start_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
    *outcome.mutable_end_time() = outcome.start_time();
  }
  void Report(const v1::Outcome& outcome) {
    const auto answer = world_.Report(VendorOf(outcome.assignment_id()), {outcome});
    ASSERT_OK(answer);
    EXPECT_EQ(answer->receipts(0).status(), v1::ReportOutcomesResponse::STATUS_RECORDED)
        << answer->receipts(0).ShortDebugString();
  }
  // "ACCEPTED 1 2", as AnswerOf has it.
  std::string Post(const v1::CoreEvent& event) { return AnswerOf(world_.Post({event})); }
  // The field for which an event is refused.
  std::string FieldOf(const v1::CoreEvent& event) {
    const auto answer = world_.Post({event});
    EXPECT_OK(answer);
    return answer.ok() ? answer->receipts(0).field() : "";
  }
  v1::AuditEvent LastOf(v1::AuditEvent::Kind kind) {
    v1::AuditEvent last;
    for (const v1::AuditEvent& event : world_.AuditEvents()) {
      if (event.kind() == kind) last = event;
    }
    EXPECT_EQ(last.kind(), kind);
    return last;
  }
  std::string TokyoTime(const google::protobuf::Timestamp& time) {
    absl::TimeZone tokyo;
    EXPECT_TRUE(absl::LoadTimeZone("Asia/Tokyo", &tokyo));
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", TimeOf(time), tokyo);
  }

  HubWorld world_;
  int requests_ = 0, outcomes_ = 0;
  v1::Permit permit_;
  v1::Denial denial_;
};

}  // namespace switchboard::testing
