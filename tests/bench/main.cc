// bench: benchmarks beside their baselines. Started by tests/bench/run, which makes what it needs.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <functional>
#include <iostream>

#include "tests/bench/benchmarks.h"
#include "tests/bench/floor_server.h"
#include "tests/bench/table.h"

namespace switchboard::bench {
namespace {

struct Benchmark {
  const char* name;
  void (*run)(Place&);
  bool only_when_named = false;
};
constexpr Benchmark kBenchmarks[] = {{"storage", RunStorage},
                                     {"masking", RunMasking},
                                     {"redaction", RunRedaction},
                                     {"audit", RunAudit},
                                     {"circle", RunCircle},
                                     {"feed", RunFeed},
                                     {"permits", RunPermits},
                                     {"stops", RunStops},
                                     {"engines", RunEngines},
                                     {"guard", RunGuard},
                                     {"attacks", RunAttacks},
                                     {"idle", RunIdle},
                                     {"costs", RunCosts, /*only_when_named=*/true},
                                     {"growth", RunGrowth, /*only_when_named=*/true},
                                     {"layout", RunLayout, /*only_when_named=*/true}};

constexpr int64_t kBookAccountsMin = 1'000;
constexpr int64_t kBookAccountsMax = 40'000'000;  // people of records.cc with a number of their own

std::string OwnPath() {
  std::string path(PATH_MAX, '\0');
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return path;
}

int Run(int argc, char** argv) {
  SystemClock clock;
  Place place{.self = OwnPath(), .clock = clock};
  std::string only, json, floor_folder, tls, attacker, hub;
  bool guarded = false;
  CLI::App app{"Benchmarks of the hub beside their baselines. Use tests/bench/run."};
  app.add_option("--daemon", place.daemon, "the program switchboardd");
  app.add_option("--command-line", place.command_line, "the program switchboard");
  app.add_option("--folder", place.folder, "an empty folder on a real disk");
  app.add_option("--postgres", place.postgres, "connection string of an empty PostgreSQL server");
  app.add_option("--postgres-pid", place.postgres_pid, "its postmaster");
  app.add_option(
      "--only", only,
      "storage, masking, redaction, audit, circle, feed, permits, stops, engines, guard, attacks, "
      "idle, costs, growth or layout");
  app.add_option("--books", place.books, "of growth or layout, the accounts of each book")
      ->delimiter(',')
      ->check(CLI::Range(kBookAccountsMin, kBookAccountsMax));
  app.add_option("--attack", place.attack, "of attacks, only the one of this name");
  app.add_option("--layout", place.layout, "of layouts, only the one of this name beside today's");
  app.add_option("--json", json, "also write all values of all runs to this file");
  app.add_flag("--quick", place.quick, "smaller, and one run of each");
  app.add_option("--serve-floor", floor_folder, "be the floor server, with files in this folder");
  app.add_option("--tls", tls, "certificates of the floor server, or of the attacker");
  app.add_flag("--guarded", guarded, "the floor server stands behind the hub's guard");
  app.add_option("--attacker", attacker, "be the attacker who does this for ever");
  app.add_option("--hub", hub, "the hub to be attacked, on the loopback");
  CLI11_PARSE(app, argc, argv);
  if (!attacker.empty()) AttackForEver(attacker, hub, tls, clock);
  if (!floor_folder.empty()) ServeFloor(floor_folder, tls, guarded, clock);
  if (place.folder.empty() || place.daemon.empty()) GiveUp("use tests/bench/run");
  MakeCertificates(place);
  bool any = false;
  for (const Benchmark& benchmark : kBenchmarks) {
    if (only.empty() ? benchmark.only_when_named : only != benchmark.name) continue;
    any = true;
    const int64_t begin = SteadyNanos();
    std::cerr << "bench: " << benchmark.name << std::flush;
    benchmark.run(place);
    std::cerr << ", " << (SteadyNanos() - begin) / 1'000'000'000 << " s" << std::endl;
  }
  if (!any) GiveUp("no benchmark is called " + only);
  Print(place.rows, std::cout);
  if (!json.empty()) Require(WriteJson(place.rows, json), "json");
  return 0;
}

}  // namespace
}  // namespace switchboard::bench

int main(int argc, char** argv) { return switchboard::bench::Run(argc, argv); }
