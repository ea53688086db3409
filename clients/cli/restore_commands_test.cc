#include "clients/cli/scripted_calls.h"
#include "hub/hub.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;

// What it does is tested in tests/hub/hub_restore_test.cc; here, what a person sees.
TEST(RestoreCommands, MakeADatabaseFitAndSayWhatComesNext) {
  testing::TemporaryFolder folder;
  Script script;
  ManualClock clock;
  const auto run = [&](const std::vector<std::string>& words) {
    return RunLine(words, script, clock);
  };

  const std::string config = folder / "hub.yaml";
  testing::WriteFile(config,
                     "listen: 127.0.0.1:0\ntls: {directory: certs, trust_domain: issuer.example}\n"
                     "storage: {sqlite_path: hub.db, key_file: hub.key}\n");
  const Ran without_key = run({"restore", "--config", config, "--core-read-through", "5"});
  EXPECT_EQ(without_key.code, 1);
  EXPECT_THAT(without_key.err, HasSubstr("KEY_FILE_MISSING"));
  {
    HubOptions options;
    options.storage.sqlite_path = folder / "hub.db";
    options.wrapping.key_file = folder / "hub.key";
    IdMint ids(clock, 1);
    ManualExecutor executor;
    telemetry::Metrics metrics;
    ASSERT_OK(Hub::Open(options, clock, ids, executor, metrics));
  }
  const Ran ran = run({"restore", "--config", config, "--core-read-through", "5"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("a missing end shows only with --expect\n"));
  EXPECT_THAT(ran.out, HasSubstr("go on after 5"));
  EXPECT_THAT(ran.out, HasSubstr("vendor resume VENDOR"));
  // What it prints of the heads can be expected of it later.
  const std::string restored = folder / "restored.json";
  EXPECT_EQ(
      run({"restore", "--config", config, "--core-read-through", "5", "--json", restored}).code, 0);
  const Ran as_noted =
      run({"restore", "--config", config, "--core-read-through", "5", "--expect", restored});
  EXPECT_EQ(as_noted.code, 0) << as_noted.err;
  EXPECT_THAT(as_noted.out, HasSubstr("unaltered; 1 noted head as noted\n"));
  EXPECT_THAT(as_noted.out, HasSubstr("begins behind     chain hub-1, entry 3, "));
  testing::WriteFile(folder / "none.json", "{}");
  EXPECT_THAT(run({"restore", "--config", config, "--core-read-through", "5", "--expect",
                   folder / "none.json"})
                  .err,
              HasSubstr("HEADS_INVALID"));
  EXPECT_EQ(run({"restore", "--config", config}).code, 2) << "the core's number is needed";
  EXPECT_EQ(run({"restore", "--config", config, "--core-read-through", "-1"}).code, 2);
}

}  // namespace
}  // namespace switchboard::cli
