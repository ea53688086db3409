// What people read of permits.
#include <string>

#include "clients/cli/scripted_calls.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;

class PermitCommandsTest : public ::testing::Test {
 protected:
  v1::ExplainPermitsResponse::Line& AddLine(v1::ExplainPermitsResponse& response) {
    auto& line = *response.add_lines();
    line.set_vendor_id("sakura");
    line.set_contact_point_id("mobile");
    line.set_channel(v1::CHANNEL_PHONE);
    line.set_act(v1::ACT_REMIND);
    line.set_party(v1::PARTY_PERSON);
    return line;
  }

  Script script_;
};

TEST_F(PermitCommandsTest, ExplainSaysWhatStandsInTheWayAndUntilWhen) {
  auto& response = script_.Answer<v1::ExplainPermitsResponse>();
  response.mutable_at_time()->set_seconds(1'796'000'000);
  response.add_packs("jp/1");
  auto& allowed = AddLine(response);
  allowed.mutable_allowed_until()->set_seconds(1'796'000'120);
  allowed.mutable_clocks()->add_zones("Asia/Tokyo");
  allowed.mutable_clocks()->add_bases(v1::Clocks::ZONE_BASIS_CORE);
  allowed.mutable_clocks()->add_bases(v1::Clocks::ZONE_BASIS_NUMBER);
  auto& denial = *AddLine(response).mutable_denial();
  denial.add_all_reasons(v1::Denial::REASON_STOPPED);
  denial.add_all_reasons(v1::Denial::REASON_RULE);
  auto& refusal = *denial.add_refusals();
  refusal.set_rule_id("jp.calls");
  refusal.set_counted(3);
  refusal.set_at_most(3);
  auto& stop = *response.add_stops();
  stop.set_stop_id("ev-7");
  stop.set_reason(v1::STOP_REASON_COMPLAINT);
  stop.set_subject("person");
  stop.set_origin("core/main");
  stop.set_holds_work(true);
  const Ran ran = RunOnline({"permit", "explain", "--account", "A-1", "--at",
                             "2026-11-30T09:00:00+09:00", "--channel", "phone"},
                            script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("yes, until 2026-11-30 "));
  EXPECT_THAT(ran.out, HasSubstr("STOPPED, jp.calls (3 of 3)"));
  EXPECT_THAT(ran.out, HasSubstr("Asia/Tokyo (CORE, NUMBER)"));
  EXPECT_THAT(ran.out, HasSubstr("when lifted"));
  EXPECT_THAT(ran.out, HasSubstr("core/main"));
  EXPECT_THAT(ran.out, HasSubstr("1 contact of 2 allowed at "));
  EXPECT_THAT(ran.out, HasSubstr("rule packs jp/1"));
  const auto asked = script_.Asked<v1::ExplainPermitsRequest>();
  EXPECT_EQ(asked.account_id(), "A-1");
  EXPECT_EQ(asked.channel(), v1::CHANNEL_PHONE);
  EXPECT_EQ(asked.at_time().seconds(), 1'795'996'800);
}

TEST_F(PermitCommandsTest, ExplainSaysWhenNobodyHasTheAccountOrNoRulesAreKnown) {
  script_.Answer<v1::ExplainPermitsResponse>();
  const Ran ran = RunOnline({"permit", "explain", "--account", "A-1"}, script_);
  EXPECT_EQ(
      ran.out,
      "account A-1 is in no vendor's hands; no rule pack is heard: nobody may be contacted\n");
  // Nor is it silent about what took it from them.
  auto& stop = *script_.Answer<v1::ExplainPermitsResponse>().add_stops();
  stop.set_stop_id("pay-1");
  stop.set_reason(v1::STOP_REASON_PAYMENT);
  const Ran stopped = RunOnline({"permit", "explain", "--account", "A-1"}, script_);
  EXPECT_THAT(stopped.out, HasSubstr("pay-1"));
  EXPECT_THAT(stopped.out, HasSubstr("is in no vendor's hands"));
}

TEST_F(PermitCommandsTest, ATimeWithoutItsOffsetIsRefused) {
  const Ran ran =
      RunOnline({"permit", "explain", "--account", "A-1", "--at", "2026-11-30 09:00"}, script_);
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("with its offset"));
}

TEST_F(PermitCommandsTest, ReportCountsByVendorAndRule) {
  auto& vendor = *script_.Answer<v1::ReportPermitsResponse>().add_vendors();
  vendor.set_vendor_id("sakura");
  vendor.set_given(12'000);
  vendor.set_denied(34);
  vendor.set_without_permit(1);
  auto& rule = *vendor.add_rules();
  rule.set_rule_id("jp.hours");
  rule.set_denied(30);
  auto& confirmations = *vendor.add_confirmations();
  confirmations.set_within_ms(1'000);
  confirmations.set_count(7);
  const Ran ran = RunOnline({"permit", "report", "--from", "2026-11-01"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("jp.hours"));
  EXPECT_THAT(ran.out, HasSubstr("1s"));
  EXPECT_THAT(ran.out, HasSubstr("12,000 permits given, 34 denied, 1 contact without a permit\n"));
  EXPECT_EQ(script_.Asked<v1::ReportPermitsRequest>().from_day().day(), 1);
  EXPECT_EQ(RunOnline({"permit", "report", "--from", "2026-13-01"}, script_).code, 2);
}

}  // namespace
}  // namespace switchboard::cli
