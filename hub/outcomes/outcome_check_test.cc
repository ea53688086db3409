#include "hub/outcomes/outcome_check.h"

#include <optional>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/testing.h"

namespace switchboard::outcomes {
namespace {

using adapters::CallCode;

constexpr int64_t kNow = 1'767'225'600;

v1::Outcome Good() {
  v1::Outcome outcome;
  outcome.set_outcome_id("o-1");
  outcome.set_version(1);
  outcome.set_assignment_id("01ARYZ6S41TSV4RRFFQ69G5FAV");
  *outcome.mutable_result() = ResultOf(CallCode::kNoAnswer);
  outcome.mutable_start_time()->set_seconds(kNow);
  outcome.mutable_end_time()->set_seconds(kNow + 30);
  return outcome;
}

v1::Outcome Promise() {
  v1::Outcome outcome = Good();
  *outcome.mutable_result() = ResultOf(CallCode::kPromiseToPay);
  outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  outcome.mutable_promise()->mutable_amount()->set_minor_units(1);
  outcome.mutable_promise()->mutable_due_date()->set_year(2026);
  outcome.mutable_promise()->mutable_due_date()->set_month(1);
  outcome.mutable_promise()->mutable_due_date()->set_day(31);
  return outcome;
}

void SetTimes(v1::Outcome& outcome, int64_t start) {
  outcome.mutable_start_time()->set_seconds(start);
  outcome.mutable_end_time()->set_seconds(start + 30);
}

struct Row {
  const char* what;
  void (*change)(v1::Outcome&);
  const char* field;  // "": still good
};

void CheckRows(const v1::Outcome& good, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    v1::Outcome outcome = good;
    row.change(outcome);
    bool card_removed = false;
    const auto problem = AdmitOutcome(outcome, card_removed);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field);
  }
}

// A text message that arrived.
v1::Outcome Sent() {
  v1::Outcome outcome = Good();
  *outcome.mutable_result() = ResultOf(CallCode::kDelivered);
  outcome.set_channel(v1::CHANNEL_SMS);
  v1::Message& message = *outcome.mutable_message();
  message.set_template_id("reminder");
  message.set_template_version(3);
  message.set_content_sha256(std::string(32, 'x'));
  message.set_delivery(v1::Message::DELIVERY_ARRIVED);
  return outcome;
}

v1::Outcome Visited() {
  v1::Outcome outcome = Good();
  *outcome.mutable_result() = ResultOf(CallCode::kRightParty);
  outcome.set_channel(v1::CHANNEL_VISIT);
  outcome.mutable_visit()->set_place(v1::Visit::PLACE_HOME);
  outcome.mutable_visit()->set_latitude_e5(3568124);
  outcome.mutable_visit()->set_longitude_e5(13976712);
  return outcome;
}

v1::Outcome Unsaid(v1::Outcome outcome) {
  outcome.clear_channel();
  return outcome;
}

// A call of half a minute that was answered, and recorded.
v1::Outcome Recorded() {
  v1::Outcome outcome = Good();
  *outcome.mutable_result() = ResultOf(CallCode::kRightParty);
  v1::Recording& recording = *outcome.mutable_recording();
  recording.set_address("https://rec.sakura.example/2026/01/01/o-1.wav");
  recording.set_sha256(std::string(32, 'x'));
  recording.mutable_begin_time()->set_seconds(kNow);
  recording.mutable_length()->set_seconds(30);
  recording.set_retention_class("calls/5-years");
  return outcome;
}

void BeginAt(v1::Outcome& outcome, int64_t seconds, int32_t nanos = 0) {
  outcome.mutable_recording()->mutable_begin_time()->set_seconds(seconds);
  outcome.mutable_recording()->mutable_begin_time()->set_nanos(nanos);
}

void Lasts(v1::Outcome& outcome, int64_t seconds, int32_t nanos = 0) {
  outcome.mutable_recording()->mutable_length()->set_seconds(seconds);
  outcome.mutable_recording()->mutable_length()->set_nanos(nanos);
}

TEST(AdmitOutcomeTest, WhereARecordingLies) {
  CheckRows(
      Recorded(),
      {{"as it is", [](v1::Outcome&) {}, ""},
       {"of 500 bytes",
        [](v1::Outcome& o) { o.mutable_recording()->set_address("s3:" + std::string(497, 'a')); },
        ""},
       {"of 501 bytes",
        [](v1::Outcome& o) { o.mutable_recording()->set_address("s3:" + std::string(498, 'a')); },
        "recording.address"},
       {"nowhere", [](v1::Outcome& o) { o.mutable_recording()->clear_address(); },
        "recording.address"},
       {"of no scheme", [](v1::Outcome& o) { o.mutable_recording()->set_address("/o-1.wav"); },
        "recording.address"},
       {"of a scheme that begins with a digit",
        [](v1::Outcome& o) { o.mutable_recording()->set_address("3s:o-1.wav"); },
        "recording.address"},
       {"with a blank", [](v1::Outcome& o) { o.mutable_recording()->set_address("s3:o 1.wav"); },
        "recording.address"},
       {"not of ASCII", [](v1::Outcome& o) { o.mutable_recording()->set_address("s3:録音.wav"); },
        "recording.address"},
       {"with a line end", [](v1::Outcome& o) { o.mutable_recording()->set_address("s3:o-1\n"); },
        "recording.address"},
       {"a digest in hexadecimal",
        [](v1::Outcome& o) { o.mutable_recording()->set_sha256(std::string(64, 'a')); },
        "recording.sha256"},
       {"no digest", [](v1::Outcome& o) { o.mutable_recording()->clear_sha256(); },
        "recording.sha256"},
       {"no class", [](v1::Outcome& o) { o.mutable_recording()->clear_retention_class(); },
        "recording.retention_class"},
       {"a class of 64 bytes",
        [](v1::Outcome& o) { o.mutable_recording()->set_retention_class(std::string(64, 'a')); },
        ""},
       {"a class of 65 bytes",
        [](v1::Outcome& o) { o.mutable_recording()->set_retention_class(std::string(65, 'a')); },
        "recording.retention_class"},
       {"a phone number for a class",
        [](v1::Outcome& o) { o.mutable_recording()->set_retention_class("090-1234-5678"); },
        "recording.retention_class"}});
}

TEST(AdmitOutcomeTest, WhenARecordingWasMade) {
  constexpr int64_t kHour = 3600;
  CheckRows(
      Recorded(),
      {{"at no time", [](v1::Outcome& o) { o.mutable_recording()->clear_begin_time(); },
        "recording.begin_time"},
       {"an hour before", [](v1::Outcome& o) { BeginAt(o, kNow - kHour); }, ""},
       {"more than an hour before",
        [](v1::Outcome& o) { BeginAt(o, kNow - kHour - 1, 999'999'999); }, "recording.begin_time"},
       {"an hour after the end", [](v1::Outcome& o) { BeginAt(o, kNow + 30 + kHour); }, ""},
       {"more than that after", [](v1::Outcome& o) { BeginAt(o, kNow + 30 + kHour, 1); },
        "recording.begin_time"},
       {"beyond all times", [](v1::Outcome& o) { BeginAt(o, INT64_MAX); }, "recording.begin_time"},
       {"in no part of a second", [](v1::Outcome& o) { BeginAt(o, kNow, -1); },
        "recording.begin_time"},
       {"of no length", [](v1::Outcome& o) { o.mutable_recording()->clear_length(); },
        "recording.length"},
       {"of a moment", [](v1::Outcome& o) { Lasts(o, 0, 1); }, ""},
       {"backwards", [](v1::Outcome& o) { Lasts(o, -1); }, "recording.length"},
       {"backwards a little", [](v1::Outcome& o) { Lasts(o, 1, -1); }, "recording.length"},
       {"of 25 hours", [](v1::Outcome& o) { Lasts(o, 25 * kHour); }, ""},
       {"of a bit more", [](v1::Outcome& o) { Lasts(o, 25 * kHour, 1); }, "recording.length"}});
}

TEST(AdmitOutcomeTest, ARecordingIsOfACallThatWasTaken) {
  CheckRows(
      Recorded(),
      {{"by a machine", [](v1::Outcome& o) { *o.mutable_result() = ResultOf(CallCode::kMachine); },
        ""},
       {"a call in", [](v1::Outcome& o) { o.set_direction(v1::DIRECTION_IN); }, ""},
       {"that nobody answered",
        [](v1::Outcome& o) { *o.mutable_result() = ResultOf(CallCode::kNoAnswer); }, "recording"},
       {"that was busy", [](v1::Outcome& o) { *o.mutable_result() = ResultOf(CallCode::kBusy); },
        "recording"},
       {"a visit", [](v1::Outcome& o) { o.set_channel(v1::CHANNEL_VISIT); }, "recording"},
       {"a permit says by which channel it was", [](v1::Outcome& o) { o.set_permit_id("p-1"); },
        ""}});
  v1::Outcome outcome = Recorded();
  EXPECT_FALSE(PartsProblem(outcome, v1::CHANNEL_PHONE).has_value());
  const auto problem = PartsProblem(outcome, v1::CHANNEL_VISIT);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->field, "recording");
}

TEST(AdmitOutcomeTest, WhatWasSent) {
  CheckRows(
      Sent(),
      {{"as it is", [](v1::Outcome&) {}, ""},
       {"a letter", [](v1::Outcome& o) { o.set_channel(v1::CHANNEL_LETTER); }, ""},
       {"no template", [](v1::Outcome& o) { o.mutable_message()->clear_template_id(); },
        "message.template_id"},
       {"a phone number for a template",
        [](v1::Outcome& o) { o.mutable_message()->set_template_id("+81 90 1234 5678"); },
        "message.template_id"},
       {"no version", [](v1::Outcome& o) { o.mutable_message()->clear_template_version(); },
        "message.template_version"},
       {"a digest in hexadecimal",
        [](v1::Outcome& o) { o.mutable_message()->set_content_sha256(std::string(64, 'a')); },
        "message.content_sha256"},
       {"no such delivery",
        [](v1::Outcome& o) {
          o.mutable_message()->set_delivery(static_cast<v1::Message::Delivery>(9));
        },
        "message.delivery"},
       {"returned, and arrived",
        [](v1::Outcome& o) { o.mutable_message()->set_delivery(v1::Message::DELIVERY_RETURNED); },
        "message.delivery"},
       {"returned",
        [](v1::Outcome& o) {
          o.mutable_message()->set_delivery(v1::Message::DELIVERY_RETURNED);
          *o.mutable_result() = ResultOf(CallCode::kDisconnected);
        },
        ""},
       {"in a call",
        [](v1::Outcome& o) {
          o.set_channel(v1::CHANNEL_PHONE);
          *o.mutable_result() = ResultOf(CallCode::kRightParty);
        },
        "message"}});
}

TEST(AdmitOutcomeTest, WhereAVisitWas) {
  CheckRows(
      Visited(),
      {{"as it is", [](v1::Outcome&) {}, ""},
       {"somewhere", [](v1::Outcome& o) { o.mutable_visit()->clear_place(); }, "visit.place"},
       {"only how far north", [](v1::Outcome& o) { o.mutable_visit()->clear_longitude_e5(); },
        "visit.longitude_e5"},
       {"beyond the pole", [](v1::Outcome& o) { o.mutable_visit()->set_latitude_e5(9'000'001); },
        "visit.latitude_e5"},
       {"around the earth",
        [](v1::Outcome& o) { o.mutable_visit()->set_longitude_e5(-18'000'001); },
        "visit.longitude_e5"},
       {"at the pole", [](v1::Outcome& o) { o.mutable_visit()->set_latitude_e5(-9'000'000); }, ""},
       {"where the day begins",
        [](v1::Outcome& o) { o.mutable_visit()->set_longitude_e5(18'000'000); }, ""},
       {"as far south as can be written",
        [](v1::Outcome& o) { o.mutable_visit()->set_latitude_e5(INT32_MIN); }, "visit.latitude_e5"},
       {"as far north as can be written",
        [](v1::Outcome& o) { o.mutable_visit()->set_latitude_e5(INT32_MAX); }, "visit.latitude_e5"},
       {"as far west as can be written",
        [](v1::Outcome& o) { o.mutable_visit()->set_longitude_e5(INT32_MIN); },
        "visit.longitude_e5"},
       {"as far east as can be written",
        [](v1::Outcome& o) { o.mutable_visit()->set_longitude_e5(INT32_MAX); },
        "visit.longitude_e5"},
       {"by phone", [](v1::Outcome& o) { o.set_channel(v1::CHANNEL_PHONE); }, "visit"}});
}

// A permit says by which channel it was, and leaves nothing else to say; one that the vendor does
// not have says nothing.
TEST(PermitProblemTest, TheChannelIsThePermitsOrTheOutcomesOwn) {
  v1::Outcome both = Unsaid(Visited());
  *both.mutable_message() = Sent().message();
  v1::Outcome rang = Unsaid(Sent());
  *rang.mutable_result() = ResultOf(CallCode::kNoAnswer);
  const struct {
    const char* what;
    v1::Outcome outcome;
    std::optional<v1::Channel> permitted;
    const char* field;
  } rows[] = {
      {"a message under a permit by SMS", Unsaid(Sent()), v1::CHANNEL_SMS, ""},
      {"a message under a permit to call", Unsaid(Sent()), v1::CHANNEL_PHONE, "result.connection"},
      {"a message, and nothing says how", Unsaid(Sent()), std::nullopt, ""},
      {"a message that rang, and nothing says how", rang, std::nullopt, "result.connection"},
      {"a message in a call", rang, v1::CHANNEL_PHONE, "message"},
      {"a message in a visit, and nothing says how", both, std::nullopt, "message"},
      {"a message by SMS", Sent(), std::nullopt, ""},
      {"a message that says how beside a permit", Sent(), v1::CHANNEL_SMS, "permit_id"},
      {"a visit under a permit to visit", Unsaid(Visited()), v1::CHANNEL_VISIT, ""},
      {"a visit, and nothing says how", Unsaid(Visited()), std::nullopt, ""},
      {"a visit", Visited(), std::nullopt, ""},
      {"a recorded call, and nothing says how", Recorded(), std::nullopt, ""},
      {"a recorded call under a permit to visit", Recorded(), v1::CHANNEL_VISIT, "recording"},
  };
  for (const auto& row : rows) {
    v1::Outcome outcome = row.outcome;
    outcome.set_permit_id("permit-1");
    const auto problem = PermitProblem(outcome, row.permitted);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << row.what;
  }
  void (*const said[])(v1::Outcome&) = {
      [](v1::Outcome& o) { o.set_contact_point_id("mobile"); },
      [](v1::Outcome& o) { o.set_party(v1::PARTY_PROXY); },
      [](v1::Outcome& o) { o.set_party_id("party-1"); },
      [](v1::Outcome& o) { o.set_act(v1::ACT_REMIND); },
  };
  for (const auto say : said) {
    v1::Outcome outcome = Good();
    say(outcome);
    EXPECT_FALSE(PermitProblem(outcome, std::nullopt).has_value()) << outcome.ShortDebugString();
    const auto problem = PermitProblem(outcome, v1::CHANNEL_PHONE);
    ASSERT_TRUE(problem.has_value()) << outcome.ShortDebugString();
    EXPECT_EQ(problem->field, "permit_id");
  }
}

TEST(AdmitOutcomeTest, ACodeStandsInThePlaceOfAResult) {
  v1::Outcome coded = Good();
  coded.clear_result();
  coded.set_vendor_code("A");
  CheckRows(
      coded,
      {{"as it is", [](v1::Outcome&) {}, ""},
       {"64 characters", [](v1::Outcome& o) { o.set_vendor_code(std::string(64, '~')); }, ""},
       {"65 characters", [](v1::Outcome& o) { o.set_vendor_code(std::string(65, '~')); },
        "vendor_code"},
       {"a line end", [](v1::Outcome& o) { o.set_vendor_code("A\n"); }, "vendor_code"},
       {"not ASCII", [](v1::Outcome& o) { o.set_vendor_code("約束"); }, "vendor_code"},
       {"words", [](v1::Outcome& o) { o.set_vendor_code("Not at home. Call back"); }, ""},
       {"a phone", [](v1::Outcome& o) { o.set_vendor_code("call 090-1234-5678"); }, "vendor_code"},
       {"a mail", [](v1::Outcome& o) { o.set_vendor_code("taro@example.jp"); }, "vendor_code"},
       {"beside a result", [](v1::Outcome& o) { *o.mutable_result() = ResultOf(CallCode::kBusy); },
        "vendor_code"}});
}

TEST(AdmitOutcomeTest, EveryFieldAtItsLimits) {
  const std::vector<Row> rows = {
      {"as it is", [](v1::Outcome&) {}, ""},
      {"no id", [](v1::Outcome& o) { o.clear_outcome_id(); }, "outcome_id"},
      {"id of 64", [](v1::Outcome& o) { o.set_outcome_id(std::string(64, 'a')); }, ""},
      {"id of 65", [](v1::Outcome& o) { o.set_outcome_id(std::string(65, 'a')); }, "outcome_id"},
      {"id with blank", [](v1::Outcome& o) { o.set_outcome_id("a b"); }, "outcome_id"},
      {"version 0", [](v1::Outcome& o) { o.set_version(0); }, "version"},
      {"version -1", [](v1::Outcome& o) { o.set_version(-1); }, "version"},
      {"version max", [](v1::Outcome& o) { o.set_version(INT32_MAX); }, ""},
      {"no assignment", [](v1::Outcome& o) { o.clear_assignment_id(); }, "assignment_id"},
      {"permit", [](v1::Outcome& o) { o.set_permit_id("p-1"); }, ""},
      {"bad permit", [](v1::Outcome& o) { o.set_permit_id("p 1"); }, "permit_id"},
      {"no disposition", [](v1::Outcome& o) { o.mutable_result()->clear_disposition(); },
       "result.disposition"},
      {"unknown disposition",
       [](v1::Outcome& o) { o.mutable_result()->set_disposition(static_cast<v1::Disposition>(9)); },
       "result.disposition"},
      {"negative disposition",
       [](v1::Outcome& o) {
         o.mutable_result()->set_disposition(static_cast<v1::Disposition>(-1));
       },
       "result.disposition"},
      {"a call in that nobody took", [](v1::Outcome& o) { o.set_direction(v1::DIRECTION_IN); },
       "result.connection"},
      {"a call in",
       [](v1::Outcome& o) {
         o.set_direction(v1::DIRECTION_IN);
         *o.mutable_result() = ResultOf(CallCode::kRightParty);
       },
       ""},
      {"a call in, with a permit",
       [](v1::Outcome& o) {
         o.set_direction(v1::DIRECTION_IN);
         o.set_permit_id("p-1");
       },
       "permit_id"},
      {"no such direction", [](v1::Outcome& o) { o.set_direction(static_cast<v1::Direction>(3)); },
       "direction"},
      {"a channel", [](v1::Outcome& o) { o.set_channel(v1::CHANNEL_VISIT); }, ""},
      {"no such channel", [](v1::Outcome& o) { o.set_channel(static_cast<v1::Channel>(9)); },
       "channel"},
      {"a channel beside a permit, which nobody may know",
       [](v1::Outcome& o) {
         o.set_channel(v1::CHANNEL_PHONE);
         o.set_permit_id("p-1");
       },
       ""},
      {"a party", [](v1::Outcome& o) { o.set_party_id("party-1"); }, ""},
      {"a bad party", [](v1::Outcome& o) { o.set_party_id("a party"); }, "party_id"},
      {"no such party", [](v1::Outcome& o) { o.set_party(static_cast<v1::Party>(9)); }, "party"},
      {"no such act", [](v1::Outcome& o) { o.set_act(static_cast<v1::Act>(99)); }, "act"},
      {"a bad contact point", [](v1::Outcome& o) { o.set_contact_point_id("a b"); },
       "contact_point_id"},
      {"no start", [](v1::Outcome& o) { o.clear_start_time(); }, "start_time"},
      {"no end", [](v1::Outcome& o) { o.clear_end_time(); }, "end_time"},
      {"bad nanos", [](v1::Outcome& o) { o.mutable_start_time()->set_nanos(-1); }, "start_time"},
      {"long ago", [](v1::Outcome& o) { SetTimes(o, 0); }, ""},
      {"in ten years", [](v1::Outcome& o) { SetTimes(o, kNow + 315'360'000); }, ""},
      {"beyond the calendar", [](v1::Outcome& o) { o.mutable_end_time()->set_seconds(INT64_MAX); },
       "end_time"},
      {"at once", [](v1::Outcome& o) { o.mutable_end_time()->set_seconds(kNow); }, ""},
      {"ends before", [](v1::Outcome& o) { o.mutable_end_time()->set_seconds(kNow - 1); },
       "end_time"},
      {"24 hours", [](v1::Outcome& o) { o.mutable_end_time()->set_seconds(kNow + 86'400); }, ""},
      {"24 hours and a bit",
       [](v1::Outcome& o) {
         o.mutable_end_time()->set_seconds(kNow + 86'400);
         o.mutable_end_time()->set_nanos(1'000);
       },
       "end_time"},
      {"id with a phone", [](v1::Outcome& o) { o.set_outcome_id("20261127-09012345678-all"); },
       "outcome_id"},
      {"id is a card", [](v1::Outcome& o) { o.set_outcome_id("4111-1111-1111-1111"); },
       "outcome_id"},
      {"permit id is a phone", [](v1::Outcome& o) { o.set_permit_id("090-1234-5678"); },
       "permit_id"},
      {"id of a time", [](v1::Outcome& o) { o.set_outcome_id("20261127-093000-0001"); }, ""},
      {"agent's name", [](v1::Outcome& o) { o.set_agent_reference("Sato Kenji"); },
       "agent_reference"},
      {"agent's mail", [](v1::Outcome& o) { o.set_agent_reference("sato@example.jp"); },
       "agent_reference"},
      {"agent's phone", [](v1::Outcome& o) { o.set_agent_reference("090-1234-5678"); },
       "agent_reference"},
      {"agent's mail as an id",
       [](v1::Outcome& o) { o.set_agent_reference("sato_at_example.co.jp"); }, "agent_reference"},
      {"id is a mail", [](v1::Outcome& o) { o.set_outcome_id("taro-at-example-dot-jp"); },
       "outcome_id"},
      {"id is a phone abroad", [](v1::Outcome& o) { o.set_outcome_id("919847162035"); },
       "outcome_id"},
      {"sub-contractor", [](v1::Outcome& o) { o.set_sub_contractor_id("kita"); }, ""},
      {"sub-contractor's name", [](v1::Outcome& o) { o.set_sub_contractor_id("Kita Calls"); },
       "sub_contractor_id"},
      {"sub-contractor's number", [](v1::Outcome& o) { o.set_sub_contractor_id("090-1234-5678"); },
       "sub_contractor_id"},
      {"agent of 64", [](v1::Outcome& o) { o.set_agent_reference(std::string(64, 'a')); }, ""},
      {"agent of 65", [](v1::Outcome& o) { o.set_agent_reference(std::string(65, 'a')); },
       "agent_reference"},
      {"note of 2000", [](v1::Outcome& o) { o.set_note(std::string(2000, 'a')); }, ""},
      {"note of 2001", [](v1::Outcome& o) { o.set_note(std::string(2001, 'a')); }, "note"},
      {"note with escape", [](v1::Outcome& o) { o.set_note("a\x1b[2J"); }, "note"},
      {"note with C1", [](v1::Outcome& o) { o.set_note("a\u009b2J"); }, "note"},
      {"note with a direction", [](v1::Outcome& o) { o.set_note("a\u202eb"); }, "note"},
      {"note of lines", [](v1::Outcome& o) { o.set_note("a\tb\nc"); }, ""},
      {"promise without disposition", [](v1::Outcome& o) { o.mutable_promise(); }, "promise"},
  };
  CheckRows(Good(), rows);
}

TEST(AdmitOutcomeTest, Promises) {
  const std::vector<Row> rows = {
      {"as it is", [](v1::Outcome&) {}, ""},
      {"no promise", [](v1::Outcome& o) { o.clear_promise(); }, "promise"},
      {"zero", [](v1::Outcome& o) { o.mutable_promise()->mutable_amount()->set_minor_units(0); },
       "promise.amount.minor_units"},
      {"overflow",
       [](v1::Outcome& o) { o.mutable_promise()->mutable_amount()->set_minor_units(INT64_MAX); },
       "promise.amount.minor_units"},
      {"another currency",
       [](v1::Outcome& o) { o.mutable_promise()->mutable_amount()->set_currency_code("XQX"); }, ""},
      {"due long ago",
       [](v1::Outcome& o) { o.mutable_promise()->mutable_due_date()->set_year(2000); }, ""},
      {"no currency",
       [](v1::Outcome& o) { o.mutable_promise()->mutable_amount()->set_currency_code("yen"); },
       "promise.amount.currency_code"},
      {"no day", [](v1::Outcome& o) { o.mutable_promise()->clear_due_date(); },
       "promise.due_date.year"},
      {"30 February",
       [](v1::Outcome& o) {
         o.mutable_promise()->mutable_due_date()->set_month(2);
         o.mutable_promise()->mutable_due_date()->set_day(30);
       },
       "promise.due_date.day"},
  };
  CheckRows(Promise(), rows);
}

TEST(AdmitOutcomeTest, CardNumbersAreGoneAndSaidSo) {
  const struct {
    const char *note, *agent, *note_left, *agent_left;
    bool removed;
  } rows[] = {
      {"promised", "desk/7", "promised", "desk/7", false},
      {" か\u3099 \n", "", "が", "", false},
      {"card ４１１１ １１１１ １１１１ １１１１", "desk/7", "card **** **** **** 1111", "desk/7",
       true},
      {"", "4111111111111111", "", "************1111", true},
      {"CVV 123", "", "CVV ***", "", true},
  };
  for (const auto& row : rows) {
    v1::Outcome outcome = Good();
    outcome.set_note(row.note);
    outcome.set_agent_reference(row.agent);
    bool removed = !row.removed;
    EXPECT_FALSE(AdmitOutcome(outcome, removed).has_value()) << row.note;
    EXPECT_EQ(removed, row.removed) << row.note;
    EXPECT_EQ(outcome.note(), row.note_left);
    EXPECT_EQ(outcome.agent_reference(), row.agent_left);
    // As it is kept, it may be admitted again, from quarantine for instance.
    EXPECT_FALSE(AdmitOutcome(outcome, removed).has_value());
  }
  // Of an address only what can be nothing but a card: one that was altered leads nowhere.
  const struct {
    const char *address, *retention_class, *address_left, *class_left;
    bool removed;
  } recordings[] = {
      {"s3:4111111111111111.wav", "calls", "s3:************1111.wav", "calls", true},
      {"s3:1500-5018-0000-0009.wav", "calls", "s3:1500-****-****-0009.wav", "calls", true},
      {"s3:20260101000004.wav", "calls", "s3:20260101000004.wav", "calls", false},
      {"s3:1.wav", "4111111111111111", "s3:1.wav", "************1111", true},
  };
  for (const auto& row : recordings) {
    v1::Outcome outcome = Recorded();
    outcome.mutable_recording()->set_address(row.address);
    outcome.mutable_recording()->set_retention_class(row.retention_class);
    bool removed = !row.removed;
    EXPECT_FALSE(AdmitOutcome(outcome, removed).has_value()) << row.address;
    EXPECT_EQ(removed, row.removed) << row.address;
    EXPECT_EQ(outcome.recording().address(), row.address_left);
    EXPECT_EQ(outcome.recording().retention_class(), row.class_left);
  }
  v1::Outcome refused = Good();
  refused.clear_outcome_id();
  refused.set_note("4111111111111111");
  bool removed = false;
  EXPECT_TRUE(AdmitOutcome(refused, removed).has_value());
  EXPECT_EQ(refused.note(), "************1111") << "quarantine keeps no card number";
}

}  // namespace
}  // namespace switchboard::outcomes
