#include "clients/demo/evidence/report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "clients/demo/evidence/small_run.h"
#include "clients/text_table.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

RunResult OfThreeHubs() {
  SmallRun run;
  run.result.engine = "postgres";
  run.result.hubs = 3;
  run.result.balance = "proxy";
  run.result.killed_hub = "hub-2";
  run.result.killed_vendor = "jade";
  run.result.database_kills = 1;
  run.result.database_rejoin_seconds = 2.5;
  run.result.outcomes_while_hub_away = 1'234;
  run.outages = {{"hub", 1, 600'000'001}, {"database", 1, 900'000'001}};
  run.Verdict();
  run.result.by_hub["hub-2"].audit_chains = 4;
  return run.result;
}

TEST(Report, SaysWhatOneHubOnAFileWentThrough) {
  SmallRun run;
  run.result.engine = "sqlite";
  run.result.killed_hub = "hub-1";
  run.result.killed_vendor = "jade";
  run.outages = {{"hub", 1, 1'000'000'001}};
  run.Verdict();
  EXPECT_THAT(RenderReport(run.result),
              AllOf(HasSubstr("seed 0, sqlite, one hub\n"),
                    HasSubstr("Checkpoints of the log: 1 kept in a folder of their own, 1 of them "
                              "as the log is now\n"),
                    HasSubstr("SIGKILL: 1 × vendor jade, 1 × hub; serving again after 1.0 s (hub)"),
                    HasSubstr("0 by the order of the audit log, 0 by the clock"),
                    Not(HasSubstr("PostgreSQL")), Not(HasSubstr("was away"))));
}

TEST(Report, SaysWhatSeveralHubsAndTheirDatabaseWentThrough) {
  EXPECT_THAT(RenderReport(OfThreeHubs()),
              AllOf(HasSubstr("postgres, 3 hubs behind HAProxy\n"),
                    HasSubstr("1 × vendor jade, 1 × hub-2, 1 × PostgreSQL primary; serving again "
                              "after 0.9 s (database) 0.6 s (hub)"),
                    HasSubstr("commits on two servers again after 2.5 s"),
                    HasSubstr("the audit log (5 chains, joined by commit times), 0 by the clock"),
                    HasSubstr("while hub-2 was away, the others recorded 1,234 outcomes")));
}

RunResult WithPlans() {
  RunResult result;
  result.vendors.resize(2);
  result.vendors[0].vendor_id = "sakura";
  result.vendors[1].vendor_id = "jade";
  PromiseCounts& counts = result.vendors[0].promises;
  counts.taken = 1'234;
  counts.plans = 12;
  counts.changed = 3;
  counts.standings = {{"PROMISE_STANDING_OPEN", 1'200}, {"PROMISE_STANDING_BROKEN", 34}};
  counts.open_plans = {{"0 of 3 parts kept", 7}, {"1 of 3 parts kept", 5}};
  counts.recordings_missing = 9;
  result.handed_over = {{"sakura to head-office", 6}};
  return result;
}

TEST(Report, SaysHowPromisesAndPlansStand) {
  const std::string report = RenderReport(WithPlans());
  EXPECT_THAT(report, AllOf(ContainsRegex("taken +1,234 +·\n"), ContainsRegex("among them +12 +·"),
                            ContainsRegex("that it changed +3 +·"),
                            ContainsRegex("open +1,200 +·\n +open plans, 0 of 3 parts kept +7 +·\n"
                                          " +open plans, 1 of 3 parts kept +5 +·\n +kept +· +·\n"),
                            ContainsRegex("broken +34 +·"), ContainsRegex("missing +9 +·"),
                            HasSubstr("this day ends before"),
                            HasSubstr("Handed over: 6 from sakura to head-office\n")));
  const size_t begin = report.find("Promises and plans");
  const std::string section = report.substr(begin, report.find("Why permits") - begin);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(section, '\n')))
    EXPECT_LE(DisplayWidth(line), 100u) << line;
}

TEST(Report, LeavesOutWhatNobodyPromised) {
  RunResult result = WithPlans();
  result.vendors[0].promises = PromiseCounts();
  result.handed_over.clear();
  EXPECT_THAT(RenderReport(result),
              AllOf(Not(HasSubstr("Promises and plans")), Not(HasSubstr("Handed over"))));
}

TEST(Report, JsonSaysTheSameOfPlans) {
  const TemporaryFolder folder;
  const std::string path = folder / "result.json";
  ASSERT_OK(WriteJson(WithPlans(), path));
  const auto json = nlohmann::json::parse(ReadFile(path));
  EXPECT_EQ(json["vendors"][0]["promises"]["taken"], 1'234);
  EXPECT_EQ(json["vendors"][0]["promises"]["by_standing"]["PROMISE_STANDING_BROKEN"], 34);
  EXPECT_EQ(json["vendors"][0]["promises"]["open_plans"]["1 of 3 parts kept"], 5);
  EXPECT_EQ(json["handed_over"]["sakura to head-office"], 6);
}

TEST(Report, JsonSaysTheSame) {
  const TemporaryFolder folder;
  const std::string path = folder / "result.json";
  ASSERT_OK(WriteJson(OfThreeHubs(), path));
  const auto json = nlohmann::json::parse(ReadFile(path));
  EXPECT_EQ(json["engine"], "postgres");
  EXPECT_EQ(json["hubs"], 3);
  EXPECT_EQ(json["balance"], "proxy");
  EXPECT_EQ(json["database_kills"], 1);
  EXPECT_EQ(json["hub_kills"], 1);
  EXPECT_EQ(json["killed_hub"], "hub-2");
  EXPECT_EQ(json["database_rejoin_seconds"], 2.5);
  EXPECT_EQ(json["outcomes_while_hub_away"], 1'234);
  EXPECT_EQ(json["outage_seconds"]["database"], 0.9);
  EXPECT_EQ(json["by_hub"]["hub-1"]["outcomes"], 1);
}

}  // namespace
}  // namespace switchboard::demo
