#include "hub/outcomes/changed_fields.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/testing.h"

namespace switchboard::outcomes {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// A promise to pay in parts, told of with its recording.
v1::Outcome Whole() {
  v1::Outcome outcome;
  outcome.set_outcome_id("o-1");
  outcome.set_version(1);
  outcome.set_assignment_id("a-1");
  outcome.mutable_result()->set_connection(v1::CONNECTION_ANSWERED);
  outcome.mutable_result()->set_reached(v1::REACHED_PERSON);
  outcome.mutable_result()->set_disposition(v1::DISPOSITION_PROMISE_TO_PAY);
  outcome.mutable_start_time()->set_seconds(1'767'225'600);
  outcome.mutable_end_time()->set_seconds(1'767'225'630);
  v1::Outcome::Promise& promise = *outcome.mutable_promise();
  promise.mutable_amount()->set_currency_code("JPY");
  promise.mutable_amount()->set_minor_units(5'000);
  promise.mutable_due_date()->set_year(2026);
  promise.mutable_due_date()->set_month(1);
  promise.mutable_due_date()->set_day(5);
  promise.mutable_plan()->set_agent_level("agent");
  promise.mutable_plan()->add_instalments()->mutable_amount()->set_minor_units(5'000);
  outcome.set_note("called");
  outcome.mutable_recording()->set_address("https://rec.example/1");
  return outcome;
}

TEST(ChangedFieldsTest, WhatNamesTheOutcomeIsNoChange) {
  v1::Outcome after = Whole();
  after.set_version(2);
  EXPECT_THAT(ChangedFields(Whole(), after), IsEmpty());
}

TEST(ChangedFieldsTest, EachFieldIsNamedByItsPath) {
  const struct {
    std::function<void(v1::Outcome&)> change;
    std::vector<std::string> fields;
  } rows[] = {
      {[](auto& o) { o.mutable_result()->set_disposition(v1::DISPOSITION_CALL_BACK); },
       {"result.disposition"}},
      {[](auto& o) { o.mutable_result()->set_stop_wanted(true); }, {"result.stop_wanted"}},
      {[](auto& o) { o.mutable_result()->add_opted_out_of(v1::CHANNEL_SMS); },
       {"result.opted_out_of"}},
      {[](auto& o) { o.set_note("called again"); }, {"note"}},
      {[](auto& o) { o.clear_note(); }, {"note"}},
      {[](auto& o) { o.mutable_promise()->mutable_due_date()->set_day(6); }, {"promise.due_date"}},
      {[](auto& o) { o.mutable_promise()->mutable_amount()->set_minor_units(1); },
       {"promise.amount"}},
      {[](auto& o) {
         o.mutable_promise()->mutable_plan()->mutable_instalments(0)->mutable_amount()->Clear();
       },
       {"promise.plan.instalments"}},
      {[](auto& o) { o.mutable_promise()->mutable_plan()->set_agent_level("lead"); },
       {"promise.plan.agent_level"}},
      {[](auto& o) { o.mutable_promise()->clear_plan(); }, {"promise.plan"}},
      {[](auto& o) { o.clear_promise(); }, {"promise"}},
      {[](auto& o) { o.mutable_recording()->mutable_begin_time()->set_seconds(1); },
       {"recording.begin_time"}},
      {[](auto& o) { o.mutable_visit()->set_place(v1::Visit::PLACE_HOME); }, {"visit"}},
      {[](auto& o) { o.mutable_end_time()->set_nanos(1); }, {"end_time"}},
      {[](auto& o) { o.set_permit_id("p-1"); }, {"permit_id"}},
      {[](auto& o) { o.set_vendor_code("PTP"); }, {"vendor_code"}},
  };
  for (const auto& row : rows) {
    v1::Outcome after = Whole();
    row.change(after);
    EXPECT_THAT(ChangedFields(Whole(), after), ElementsAreArray(row.fields));
    EXPECT_THAT(ChangedFields(after, Whole()), ElementsAreArray(row.fields));
  }
}

// The equator is a place; not to say where is none.
TEST(ChangedFieldsTest, WhatIsAbsentIsNotZero) {
  v1::Outcome before = Whole();
  before.mutable_visit()->set_place(v1::Visit::PLACE_HOME);
  v1::Outcome after = before;
  after.mutable_visit()->set_latitude_e5(0);
  EXPECT_THAT(ChangedFields(before, after), ElementsAre("visit.latitude_e5"));
}

TEST(ChangedFieldsTest, SeveralComeInTheOrderOfTheirNumbers) {
  v1::Outcome after = Whole();
  after.mutable_recording()->set_address("https://rec.example/2");
  after.set_note("called again");
  after.mutable_result()->set_complained(true);
  after.mutable_result()->set_reached(v1::REACHED_PROXY);
  after.set_agent_reference("agent-7");
  EXPECT_THAT(ChangedFields(Whole(), after),
              ElementsAre("result.reached", "result.complained", "agent_reference", "note",
                          "recording.address"));
}

}  // namespace
}  // namespace switchboard::outcomes
