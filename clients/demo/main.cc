// demo: the director. Started by clients/demo/run.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "clients/demo/director/director.h"
#include "clients/demo/evidence/deletion_words.h"
#include "clients/demo/evidence/figures.h"
#include "clients/demo/evidence/report.h"
#include "clients/demo/evidence/samples.h"
#include "clients/demo/evidence/tightening.h"
#include "clients/demo/evidence/verdict.h"
#include "clients/demo/parties/child_status.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

struct Arguments {
  DirectorOptions director;
  std::string keep;
  std::string json;
};

absl::StatusOr<RunResult> Run(const Arguments& arguments) {
  SystemClock clock;
  Progress progress;
  const DirectorOptions& options = arguments.director;
  RETURN_IF_ERROR(CheckEngine(options.engine, options.hubs));
  RETURN_IF_ERROR(CheckFailOver(options.failover, options.engine));
  RETURN_IF_ERROR(CheckBalance(options.balance));
  ASSIGN_OR_RETURN(const Population population,
                   Population::Load({options.demo_folder + "/data", options.accounts_file,
                                     options.seed, options.accounts}));
  progress.Note("book: " + std::to_string(population.size()) +
                " real accounts, synthetic owners, seed " + std::to_string(options.seed));
  ASSIGN_OR_RETURN(WorkFolder folder, WorkFolder::Make(arguments.keep, options.demo_folder, clock));
  RunResult result;
  result.seed = options.seed;
  result.engine = options.engine;
  result.hubs = options.hubs;
  result.balance = options.balance;
  result.failover = options.failover;
  result.accounts = population.size();
  auto evidence = Director(options, population, folder, progress, clock).Run(&result);
  if (!evidence.ok()) {
    if (ErrorReason(evidence.status()) != "INTERRUPTED") {
      folder.Keep();
      progress.Note("everything is left in " + folder.path());
    }
    return evidence.status();
  }
  CountFigures(*evidence, &result);
  CountTightening(*evidence, population, &result);
  CountDeletions(*evidence, &result);
  Judge(*evidence, population, &result);
  result.samples = PickSamples(*evidence, population);
  result.views = ViewsOfOne(*evidence, population);
  if (!result.holds()) folder.Keep();
  if (!result.holds() || !arguments.keep.empty())
    progress.Note("everything is left in " + folder.path());
  return result;
}

int Main(const Arguments& arguments) {
  const auto result = Run(arguments);
  if (!result.ok()) {
    std::printf("demo: FAILED: %s\n", std::string(result.status().message()).c_str());
    return ErrorReason(result.status()) == "INTERRUPTED" ? 130 : 1;
  }
  std::fputs(RenderReport(*result).c_str(), stdout);
  if (!arguments.json.empty()) {
    if (const absl::Status status = WriteJson(*result, arguments.json); !status.ok()) {
      std::printf("demo: FAILED: %s\n", std::string(status.message()).c_str());
      return 1;
    }
  }
  std::printf("%s\n", SummaryLine(*result).c_str());
  return result->holds() ? 0 : 1;
}

}  // namespace
}  // namespace switchboard::demo

int main(int argc, char** argv) {
  switchboard::demo::BlockStopSignals();
  switchboard::demo::Arguments arguments;
  auto& director = arguments.director;
  CLI::App app(
      "Runs the demo: real accounts with synthetic owners through a hub, or several, to four "
      "vendors. One vendor,\n"
      "the database's primary where there is one, and a hub are killed with SIGKILL. Exit code 0 "
      "only if nothing\nwas lost, doubled or shown.");
  app.footer(
      "examples:\n  clients/demo/run\n  clients/demo/run --accounts 2000 --seed 7\n"
      "  clients/demo/run --engine postgres --hubs 3 --balance proxy\n"
      "  clients/demo/run --engine postgres --failover patroni\n"
      "  clients/demo/run --json result.json --keep /tmp/demo");
  app.add_option("--accounts", director.accounts,
                 "how many; more than the file has repeats them under new identities")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--accounts-file", director.accounts_file,
                 "another file of the same columns (CSV, plain or gzip)");
  app.add_option("--seed", director.seed,
                 "draws identities, calls, stops and the moments of the kills");
  app.add_option("--keep", arguments.keep,
                 "leave certificates, logs, ledgers and received bytes in this new folder");
  app.add_option("--json", arguments.json, "write the result to this file as well");
  app.add_option("--engine", director.engine,
                 "where the hub keeps everything: sqlite, or postgres with a standby");
  app.add_option(
      "--failover", director.failover,
      "with postgres: by-hand, the demo promotes the standby; patroni: Patroni with etcd "
      "does,\nbehind PgBouncer");
  app.add_option("--hubs", director.hubs, "hubs over one database, 1 to 5; more than 1: postgres");
  app.add_option("--balance", director.balance,
                 "client: everybody has the addresses of all hubs; proxy: that of an HAProxy");
  app.add_option("--demo-folder", director.demo_folder, "clients/demo; set by run")->required();
  CLI11_PARSE(app, argc, argv);
  std::error_code error;
  director.programs = std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
  return switchboard::demo::Main(arguments);
}
