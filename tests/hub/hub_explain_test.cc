// Who may contact whom and why not, without asking; and what came of asking.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Line = v1::ExplainPermitsResponse::Line;

class HubExplainTest : public testing::RulesTest {
 protected:
  // Of one act beside calls back.
  HubExplainTest() {
    for (const char* vendor : {"sakura", "fuji"})
      world_.ApplyContract({.vendor_id = vendor, .acts = "[REMIND]"});
  }

  absl::StatusOr<v1::ExplainPermitsResponse> Explain(const v1::ExplainPermitsRequest& request) {
    return world_.Await<v1::ExplainPermitsResponse>([&](auto done) {
      world_.hub().operator_api().ExplainPermits(testing::Operator(), request, done);
    });
  }
  // "PHONE mobile: yes" for each line; rules and reasons where it is no. Those of calls back stand
  // apart.
  std::vector<std::string> Lines(const std::string& account, absl::Duration ahead = {}) {
    v1::ExplainPermitsRequest request;
    request.set_account_id(account);
    if (ahead > absl::ZeroDuration()) {
      *request.mutable_at_time() =
          TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now() + ahead));
    }
    const auto answer = Explain(request);
    EXPECT_OK(answer);
    std::vector<std::string> lines;
    if (!answer.ok()) return lines;
    last_ = *answer;
    calls_back_.clear();
    for (const Line& line : answer->lines()) {
      std::string text = absl::StrCat(v1::Channel_Name(line.channel()).substr(8), " ",
                                      line.contact_point_id(), ":");
      if (!line.has_denial()) text += " yes";
      for (const auto& refusal : line.denial().refusals())
        absl::StrAppend(&text, " ", refusal.rule_id());
      for (const int reason : line.denial().all_reasons()) {
        if (reason != v1::Denial::REASON_RULE)
          absl::StrAppend(&text, " ", v1::Denial::Reason_Name(reason).substr(7));
      }
      (line.act() == v1::ACT_RETURN_CALL ? calls_back_ : lines).push_back(text);
    }
    return lines;
  }
  // "pay-1 account core/main" for each stop of the last answer.
  std::vector<std::string> Stops() {
    std::vector<std::string> stops;
    for (const auto& stop : last_.stops())
      stops.push_back(absl::StrCat(stop.stop_id(), " ", stop.subject(), " ", stop.origin()));
    return stops;
  }
  v1::ReportPermitsResponse PermitReport() {
    const auto report = world_.Await<v1::ReportPermitsResponse>([&](auto done) {
      world_.hub().operator_api().ReportPermits(testing::Operator(), {}, done);
    });
    EXPECT_OK(report);
    return report.ok() ? *report : v1::ReportPermitsResponse();
  }

  v1::ExplainPermitsResponse last_;
  std::vector<std::string> calls_back_;
};

TEST_F(HubExplainTest, SaysOfEveryWayWhetherItIsOpen) {
  EXPECT_THAT(Lines("A-1"),
              ElementsAre("PHONE mobile: yes", "SMS mobile: yes", "EMAIL email: yes",
                          "PHONE dead: NO_CONTACT_POINT", "SMS dead: NO_CONTACT_POINT",
                          "LETTER : yes", "VISIT : yes"));
  EXPECT_THAT(calls_back_, SizeIs(7));
  EXPECT_THAT(last_.packs(), ElementsAre("jp-test/1"));
  EXPECT_THAT(last_.lines(0).clocks().zones(), ElementsAre("Asia/Tokyo"));
  EXPECT_THAT(last_.lines(0).clocks().bases(), Contains(v1::Clocks::ZONE_BASIS_ADDRESS));
  Contact("A-1");
  Contact("A-2");
  EXPECT_THAT(Lines("A-1"), Contains("PHONE mobile: jp-test.calls-2-a-day"));
  // Every contract lets a vendor call back, and that is no call of the vendor's by this rule.
  EXPECT_THAT(calls_back_, Contains("PHONE mobile: yes"));
  // At half past nine in the evening, and at nine in the morning.
  EXPECT_THAT(Lines("A-1", absl::Hours(9.5)),
              Contains("PHONE mobile: jp-test.hours jp-test.calls-2-a-day"));
  EXPECT_THAT(Lines("A-1", absl::Hours(21)), Contains("PHONE mobile: yes"));
}

// Nothing is asked for: no permit, no refusal, no budget.
TEST_F(HubExplainTest, WritesNothing) {
  const size_t before = world_.AuditEvents().size();
  Lines("A-1");
  EXPECT_THAT(world_.AuditEvents(), SizeIs(before));
  EXPECT_THAT(PermitReport().vendors(), IsEmpty());
}

TEST_F(HubExplainTest, NamesStopsAndOpenPermits) {
  ASSERT_THAT(Refusing("A-2"), ElementsAre("permit"));
  EXPECT_THAT(Lines("A-1"), Contains("PHONE mobile: PERMIT_OPEN"));
  ASSERT_OK(world_.Post({testing::PersonStop("hold-1", "P-1", v1::STOP_REASON_COMPLAINT)}));
  EXPECT_THAT(Lines("A-1"), Contains("PHONE mobile: STOPPED"));
  ASSERT_THAT(last_.stops(), SizeIs(1));
  EXPECT_EQ(last_.stops(0).stop_id(), "hold-1");
  EXPECT_EQ(last_.stops(0).subject(), "person");
  EXPECT_EQ(last_.stops(0).origin(), "core/main");
  EXPECT_TRUE(last_.stops(0).holds_work());
  EXPECT_FALSE(last_.stops(0).has_end_time());
}

// Whoever asks why nobody works an account is told what took it away.
TEST_F(HubExplainTest, NamesStopsOfWhatNobodyHas) {
  v1::SetStopRequest stop;
  stop.set_vendor_id(world_.Live("A-1").vendor_id());
  stop.set_stopped(true);
  ASSERT_OK(world_.Await<v1::SetStopResponse>(
      [&](auto done) { world_.hub().operator_api().SetStop(testing::Operator(), stop, done); }));
  Lines("A-1");
  ASSERT_THAT(last_.stops(), SizeIs(1));
  EXPECT_THAT(Stops().front(), ::testing::EndsWith(" vendor operator/ito"));
  const std::string vendor = world_.Live("A-2").vendor_id();
  Report(OutcomeNow(world_.Live("A-2").assignment_id(), CallCode::kCeaseContact));
  ASSERT_OK(world_.Post(
      {testing::Payment("pay-1", "A-1"), testing::PointStop("point-1", "P-1", "email")}));
  v1::CoreEvent channel;
  channel.set_event_id("sms-1");
  channel.mutable_place_stop()->mutable_person_channel()->set_person_id("P-1");
  channel.mutable_place_stop()->mutable_person_channel()->set_channel(v1::CHANNEL_SMS);
  channel.mutable_place_stop()->set_reason(v1::STOP_REASON_CONSENT_WITHDRAWN);
  ASSERT_OK(world_.Post({channel}));
  EXPECT_THAT(Lines("A-1"), IsEmpty());
  const std::string cease = absl::StrCat("outcome:", vendor, ":o-1/cease");
  const std::string by_vendor = absl::StrCat("vendor/", vendor);
  EXPECT_THAT(Stops(), ElementsAre(absl::StrCat(cease, " number ", by_vendor),
                                   absl::StrCat(cease, " person ", by_vendor),
                                   "pay-1 account core/main", "point-1 contact point core/main",
                                   "point-1 number core/main", "sms-1 channel core/main"));
  // Carried to another person's account, it is still the vendor's word.
  ASSERT_OK(world_.Import({Record(10, "A-2", "P-8")}));
  Lines("A-2");
  EXPECT_THAT(Stops(), Contains(absl::StrCat(cease, " account ", by_vendor)));
}

TEST_F(HubExplainTest, AnAccountThatNobodyHasHasNoLines) {
  ASSERT_OK(world_.Post({testing::AccountStop("e-1", "A-1")}));
  EXPECT_THAT(Lines("A-1"), IsEmpty());
  v1::ExplainPermitsRequest request;
  request.set_account_id("A-unknown");
  EXPECT_THAT(Explain(request), FailsWith(absl::StatusCode::kNotFound, "ACCOUNT_UNKNOWN"));
  request.set_account_id("A-1");
  request.mutable_at_time()->set_seconds(1'700'000'000);
  EXPECT_THAT(Explain(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(HubExplainTest, TheReportCountsByVendorAndRule) {
  Contact("A-1");
  Contact("A-2");
  world_.clock.Advance(absl::Hours(9.5));
  Refusing("A-1");
  Refusing("A-1");
  const std::string vendor = world_.Live("A-1").vendor_id();
  Report(OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kNoAnswer));
  int64_t given = 0, denied = 0, without = 0;
  const v1::ReportPermitsResponse report = PermitReport();
  for (const auto& one : report.vendors()) {
    given += one.given();
    denied += one.denied();
    without += one.without_permit();
    if (one.vendor_id() != vendor) continue;
    ASSERT_THAT(one.rules(), SizeIs(2));
    EXPECT_EQ(one.rules(0).rule_id(), "jp-test.calls-2-a-day");
    EXPECT_EQ(one.rules(0).denied(), 2);
    EXPECT_EQ(one.rules(1).rule_id(), "jp-test.hours");
    EXPECT_EQ(one.rules(1).denied(), 2);
  }
  EXPECT_EQ(given, 2);
  EXPECT_EQ(denied, 2);
  EXPECT_EQ(without, 1);
}

// From the withdrawal until the vendor's cursor passes it.
TEST_F(HubExplainTest, TheReportSaysHowLongStopsTookToBeConfirmed) {
  const std::string vendor = world_.Live("A-1").vendor_id();
  testing::OpenStream client(world_, 0, {}, vendor);
  const auto acknowledge = [&] {
    client.stream->OnRequest(client.outlet.Ack());
    world_.Settle();
  };
  acknowledge();
  ASSERT_OK(world_.Post({testing::Payment("pay-1", "A-1")}));
  world_.clock.Advance(absl::Seconds(5));
  acknowledge();
  std::vector<std::string> found;
  const v1::ReportPermitsResponse report = PermitReport();
  for (const auto& one : report.vendors()) {
    if (one.vendor_id() != vendor) continue;
    for (const auto& line : one.confirmations())
      found.push_back(absl::StrCat(line.within_ms(), ": ", line.count()));
  }
  EXPECT_THAT(found, ElementsAre("10000: 1"));
}

}  // namespace
}  // namespace switchboard
