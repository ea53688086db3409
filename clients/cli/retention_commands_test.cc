// What is due and what waits, as operators see it; a vendor that will not come back.

#include <string>
#include <utility>
#include <vector>

#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using Report = v1::ReportRetentionResponse;

// Work of which some is due and some has waited for `days`.
void Lay(Script& script, int days, Report::Cause cause = Report::CAUSE_READER) {
  auto& report = script.Answer<Report>();
  Report::Line& line = *report.add_lines();
  line.set_what(Report::WHAT_ASSIGNMENTS);
  line.set_work_type(v1::WORK_TYPE_LATE_COLLECTIONS);
  line.set_country("JP");
  line.set_keep_days(90);
  line.set_due(1200);
  Report::Waiting& waiting = *line.add_waiting();
  waiting.set_cause(cause);
  waiting.set_for_whom("core/main");
  waiting.set_rows(100'000);
  waiting.set_way_out("switchboard core retire core/main");
  *line.mutable_due_since() = TimeUtil::SecondsToTimestamp(
      absl::ToUnixSeconds(ManualClock().Now()) - int64_t{days} * 24 * 60 * 60);
  report.add_lines()->set_what(Report::WHAT_ACCOUNTS);
}

TEST(RetentionCommandsTest, ShowsWhatWaitsAndTheWayOut) {
  Script script;
  Lay(script, 29);
  const Ran ran = RunOnline({"retention", "show"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("ASSIGNMENTS LATE_COLLECTIONS JP +90 days +1,200"));
  EXPECT_THAT(ran.out, ContainsRegex("100,000 or more +READER core/main .*switchboard core retire "
                                     "core/main"));
  EXPECT_THAT(ran.out, ContainsRegex("ACCOUNTS +for ever +0"));
  EXPECT_THAT(
      ran.out,
      HasSubstr(
          "1,200 rows due, nothing has waited longer than 30 days; no sweep has ended yet\n"));
}

TEST(RetentionCommandsTest, WhatWaitsTooLongDoesNotHold) {
  Script script;
  Lay(script, 31);
  const Ran ran = RunOnline({"retention", "show"}, script);
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.out, HasSubstr("1 line with rows that wait for longer than 30 days"));
  Lay(script, 31);
  EXPECT_EQ(RunOnline({"retention", "show", "--max-wait", "31"}, script).code, kExitOk);
  EXPECT_EQ(RunOnline({"retention", "show", "--max-wait", "-1"}, script).code, kExitUsage);
}

// Else it would exit with 1 as long as a court wants, and whoever runs it would look no more.
TEST(RetentionCommandsTest, WhatNobodyOwesWaitsAsLongAsItMust) {
  const std::vector<std::pair<Report::Cause, int>> codes = {
      {Report::CAUSE_LEGAL_HOLD, kExitOk},   {Report::CAUSE_RULES, kExitOk},
      {Report::CAUSE_OTHER_ROWS, kExitOk},   {Report::CAUSE_ACKNOWLEDGEMENT, kExitFailed},
      {Report::CAUSE_DELETION, kExitFailed}, {Report::CAUSE_PROMISE, kExitFailed}};
  for (const auto& [cause, code] : codes) {
    Script script;
    Lay(script, 400, cause);
    EXPECT_EQ(RunOnline({"retention", "show"}, script).code, code) << Report::Cause_Name(cause);
  }
}

TEST(RetentionCommandsTest, APauseIsSaidAndEnded) {
  Script script;
  script.Answer<Report>().set_paused(true);
  EXPECT_THAT(RunOnline({"retention", "show"}, script).out,
              HasSubstr("PAUSED since the database was restored: switchboard retention resume"));
  const Ran ran = RunOnline({"retention", "resume"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "retention goes on with its next sweep\n");
}

TEST(RetentionCommandsTest, AVendorIsRetiredForAReason) {
  Script script;
  auto& answer = script.Answer<v1::RetireVendorResponse>();
  answer.set_unacknowledged(3);
  answer.set_waived_orders(1);
  const Ran ran =
      RunOnline({"vendor", "retire", "sakura", "--reason", "insolvent since May"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("3 withdrawals never acknowledged"),
                             HasSubstr("1 order to delete waived")));
  EXPECT_EQ(script.Asked<v1::RetireVendorRequest>().vendor_id(), "sakura");
  EXPECT_EQ(script.Asked<v1::RetireVendorRequest>().reason(), "insolvent since May");
  EXPECT_EQ(RunOnline({"vendor", "retire", "sakura"}, script).code, kExitUsage);
  script.failure = Error(absl::StatusCode::kFailedPrecondition, "CONTRACT_IN_FORCE", "no");
  EXPECT_THAT(RunOnline({"vendor", "retire", "sakura", "--reason", "r"}, script).err,
              HasSubstr("way out: switchboard contract end VENDOR"));
}

}  // namespace
}  // namespace switchboard::cli
