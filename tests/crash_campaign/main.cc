// crash_campaign: kills the real daemon and its vendors, again and again. Started by tests/crash.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/demo/director/progress.h"
#include "clients/demo/parties/child_status.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "tests/crash_campaign/report.h"
#include "tests/crash_campaign/round.h"
#include "tests/crash_campaign/stage.h"

namespace switchboard::crash {
namespace {

constexpr char kFooter[] = R"(examples:
  tests/crash --engine sqlite --kills 200
  tests/crash --engine sqlite --kills 1000 --from 7 --json result.json
  tests/crash --engine sqlite --kills 25 --from 7 --keep /tmp/crash
  tests/crash --engine postgres --failover patroni --poolers --kills 4)";

struct Wishes {
  Stage::Options stage;
  int64_t kills = 200;
  int64_t kills_per_round = 25;
  uint64_t from = 1;
  std::string json;
};

absl::StatusOr<CampaignResult> Run(const Wishes& wishes) {
  SystemClock clock;
  demo::Progress progress;
  ASSIGN_OR_RETURN(const auto stage, Stage::Make(wishes.stage, clock));
  CampaignResult result;
  result.engine = wishes.stage.engine;
  result.standby = wishes.stage.standby;
  result.failover = wishes.stage.failover;
  result.from = wishes.from;
  for (int64_t done = 0; done < wishes.kills; done += wishes.kills_per_round) {
    const uint64_t seed = wishes.from + static_cast<uint64_t>(result.rounds);
    const int64_t kills = std::min(wishes.kills_per_round, wishes.kills - done);
    const auto round = Round(*stage, {seed, kills}, progress, clock).Run();
    const bool good = round.ok() && round->holds();
    if (!good && ErrorReason(round.status()) != "INTERRUPTED") {
      stage->Keep();
      progress.Note(absl::StrCat(
          "everything is left in ", stage->path(), "; replay: tests/crash --engine ", result.engine,
          result.standby ? " --standby" : "",
          result.failover.empty() ? "" : " --failover " + result.failover,
          wishes.stage.poolers ? " --poolers" : "", " --kills ", kills, " --from ", seed));
    }
    if (!round.ok()) {
      if (ErrorReason(round.status()) == "INTERRUPTED") return round.status();
      result.AddBroken(seed, round.status());
      break;
    }
    result.Add(seed, *round);
    const Count sum = SumOf(round->counts);
    progress.Note(absl::StrCat("seed ", seed, ": ", kills,
                               result.failover.empty() ? " kills, " : " faults, ", sum.acknowledged,
                               " acknowledged, ", sum.lost, " lost, ", sum.doubled, " doubled",
                               round->holds() ? "" : "; INVARIANTS DO NOT HOLD"));
    stage->EndRound();
  }
  result.seconds = progress.seconds();
  return result;
}

int Main(int argc, char** argv) {
  demo::BlockStopSignals();
  Wishes wishes;
  wishes.stage.programs = FolderOfThisProgram();
  CLI::App app(
      "Kills the hub and its vendors with SIGKILL at random moments of load, and compares what was "
      "acknowledged with what is there.",
      "tests/crash");
  app.footer(kFooter);
  app.add_option("--engine", wishes.stage.engine, "storage engine of the hub")->required();
  app.add_flag("--standby", wishes.stage.standby,
               "with postgres: a synchronous standby, which takes over at each kill");
  app.add_option("--failover", wishes.stage.failover,
                 "with postgres: patroni, two servers that fail over by themselves; each kill is "
                 "then the next of four faults");
  app.add_flag("--poolers", wishes.stage.poolers,
               "with --failover patroni: a PgBouncer in session mode before each server");
  app.add_option("--kills", wishes.kills, "how many kills in all")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--kills-per-round", wishes.kills_per_round, "kills on one database")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--from", wishes.from, "seed of the first round")->capture_default_str();
  app.add_option("--keep", wishes.stage.keep, "leave everything in this new folder");
  app.add_option("--json", wishes.json, "file for the result");
  CLI11_PARSE(app, argc, argv);
  const auto result = Run(wishes);
  if (!result.ok()) {
    std::fprintf(stderr, "crash: cannot run: %s\n", std::string(result.status().message()).c_str());
    return 2;
  }
  std::printf("%s\n", RenderReport(*result).c_str());
  if (!wishes.json.empty()) {
    if (const absl::Status written = WriteJson(*result, wishes.json); !written.ok()) {
      std::fprintf(stderr, "crash: %s\n", std::string(written.message()).c_str());
      return 2;
    }
  }
  std::printf("%s\n", RenderSummary(*result).c_str());
  return result->sum.holds() ? 0 : 1;
}

}  // namespace
}  // namespace switchboard::crash

int main(int argc, char** argv) { return switchboard::crash::Main(argc, argv); }
