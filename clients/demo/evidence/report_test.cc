#include "clients/demo/evidence/report.h"

#include <nlohmann/json.hpp>

#include "clients/demo/evidence/small_run.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::testing::AllOf;
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
