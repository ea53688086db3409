#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tests/simulation/simulation.h"

namespace switchboard::simulation {
namespace {

constexpr char kFooter[] =
    R"(A run draws everything it does from its seed, so a failure is replayed by its seed alone. With --plant
the run must fail, as every run with a violation does, with exit code 1; code 0 then means that no seed
found the mistake.

examples:
  tests/simulate --seeds 500
  tests/simulate --seeds 1 --from 4711
  tests/simulate --seeds 300 --plant skipped_row --json result.json)";

struct Wishes {
  int64_t seeds = 200;
  int64_t from = 1;
  std::string plant;
  std::string json;
  bool show_audit = false;
  Options options;
};

struct Tally {
  int64_t runs = 0;
  int64_t failed = 0;
  int64_t steps = 0;
  int64_t commits = 0;
  int64_t hub_deaths = 0;
  int64_t overtaken = 0;
  int64_t outcomes = 0;
  int64_t permits = 0;
  int64_t placements = 0;
  int64_t rows_shown = 0;
  std::optional<uint64_t> first_seed;
  std::string first_violation;
};

std::string Replay(const Wishes& wishes, uint64_t seed) {
  return absl::StrCat("tests/simulate --seeds 1 --from ", seed,
                      wishes.plant.empty() ? "" : " --plant " + wishes.plant,
                      wishes.options.steps == Options().steps
                          ? ""
                          : absl::StrCat(" --steps ", wishes.options.steps));
}

void ShowAudit(const Result& result) {
  for (const v1::AuditEntry& entry : result.ledger.audit) {
    for (const std::string& bytes : entry.events()) {
      v1::AuditEvent event;
      if (!event.ParseFromString(bytes)) continue;
      event.clear_digest();
      std::printf("  %lld %s\n", static_cast<long long>(entry.sequence()),
                  event.ShortDebugString().c_str());
    }
  }
}

void Count(const Wishes& wishes, uint64_t seed, const Result& result, Tally& tally) {
  ++tally.runs;
  tally.steps += result.steps;
  tally.commits += result.commits;
  tally.hub_deaths += result.hub_deaths;
  tally.overtaken += result.overtaken;
  tally.outcomes += static_cast<int64_t>(result.ledger.items_read.size());
  tally.permits += static_cast<int64_t>(result.ledger.permits.size());
  tally.placements += static_cast<int64_t>(result.ledger.placements.size());
  tally.rows_shown += static_cast<int64_t>(result.ledger.shown.size());
  if (result.holds()) return;
  ++tally.failed;
  if (!tally.first_seed.has_value()) {
    tally.first_seed = seed;
    tally.first_violation =
        result.violated.front().first + ": " + result.violated.front().second.front();
  }
  if (tally.failed > 5) return;
  std::printf("seed %llu violates\n", static_cast<unsigned long long>(seed));
  for (const auto& [name, violations] : result.violated) {
    for (size_t i = 0; i < violations.size() && i < 5; ++i) {
      std::printf("  %s: %s\n", name.c_str(), violations[i].c_str());
    }
  }
  if (wishes.show_audit) ShowAudit(result);
  std::printf("  replay: %s\n", Replay(wishes, seed).c_str());
}

bool WriteJson(const Wishes& wishes, const Tally& tally, double seconds) {
  nlohmann::json json = {{"seeds", tally.runs},
                         {"from", wishes.from},
                         {"failed", tally.failed},
                         {"steps", tally.steps},
                         {"commits", tally.commits},
                         {"hub_deaths", tally.hub_deaths},
                         {"outcomes", tally.outcomes},
                         {"permits", tally.permits},
                         {"placements", tally.placements},
                         {"rows_shown", tally.rows_shown},
                         {"withdrawals_ahead", tally.overtaken},
                         {"seconds", seconds},
                         {"plant", wishes.plant}};
  if (tally.first_seed.has_value()) {
    json["first_seed"] = *tally.first_seed;
    json["first_violation"] = tally.first_violation;
  }
  std::ofstream file(wishes.json);
  file << json.dump(1) << "\n";
  return file.good();
}

int Simulate(const Wishes& wishes) {
  RunFolder folder;
  Tally tally;
  const auto begin = std::chrono::steady_clock::now();
  auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  double told = 0;
  for (int64_t i = 0; i < wishes.seeds; ++i) {
    Options options = wishes.options;
    options.seed = static_cast<uint64_t>(wishes.from + i);
    const auto result = Run(options, folder.Fresh());
    if (!result.ok()) {
      std::fprintf(stderr, "simulate: seed %llu cannot run: %s\n",
                   static_cast<unsigned long long>(options.seed),
                   result.status().ToString().c_str());
      return 2;
    }
    Count(wishes, options.seed, *result, tally);
    if (seconds() - told >= 1) {
      told = seconds();
      std::fprintf(stderr, "\r%lld of %lld seeds, %lld failed ", static_cast<long long>(i + 1),
                   static_cast<long long>(wishes.seeds), static_cast<long long>(tally.failed));
    }
  }
  if (told > 0) std::fprintf(stderr, "\n");
  if (!wishes.json.empty() && !WriteJson(wishes, tally, seconds())) {
    std::fprintf(stderr, "simulate: cannot write %s\n", wishes.json.c_str());
    return 2;
  }
  const bool good = tally.failed == 0;
  std::printf(
      "simulate: %s: %lld seeds from %lld, %lld failed%s; %lld steps, %lld commits, %lld hub "
      "deaths, "
      "%lld placements, %lld rows shown, %lld withdrawals ahead of the feed, %lld permits, %lld "
      "outcomes; %.1f seeds a second\n",
      good ? "ok" : "FAILED", static_cast<long long>(tally.runs),
      static_cast<long long>(wishes.from), static_cast<long long>(tally.failed),
      wishes.plant.empty() ? "" : (" as planted: " + wishes.plant).c_str(),
      static_cast<long long>(tally.steps), static_cast<long long>(tally.commits),
      static_cast<long long>(tally.hub_deaths), static_cast<long long>(tally.placements),
      static_cast<long long>(tally.rows_shown), static_cast<long long>(tally.overtaken),
      static_cast<long long>(tally.permits), static_cast<long long>(tally.outcomes),
      static_cast<double>(tally.runs) / seconds());
  return good ? 0 : 1;
}

int Main(int argc, char** argv) {
  Wishes wishes;
  CLI::App app(
      "Simulates core, hub and vendors in one thread under seeds, with faults, and checks every "
      "invariant.",
      "tests/simulate");
  app.footer(kFooter);
  app.add_option("--seeds", wishes.seeds, "how many runs")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--from", wishes.from, "first seed")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--steps", wishes.options.steps, "steps of a run before calm")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--show-audit", wishes.show_audit, "print the audit log of a seed that fails");
  app.add_option("--json", wishes.json, "file for the result");
  std::string mistakes = "switch one known mistake on:";
  std::vector<std::string> names;
  for (const MistakeName& one : kMistakes) {
    names.emplace_back(one.name);
    mistakes += "\n" + names.back() + " (" + std::string(one.what) + ")";
  }
  app.add_option("--plant", wishes.plant, mistakes)->check(CLI::IsMember(names));
  CLI11_PARSE(app, argc, argv);
  const int steps = wishes.options.steps;
  for (const MistakeName& one : kMistakes) {
    if (one.name == wishes.plant) wishes.options = OptionsFor(one.mistake);
  }
  if (steps != Options().steps) wishes.options.steps = steps;
  return Simulate(wishes);
}

}  // namespace
}  // namespace switchboard::simulation

int main(int argc, char** argv) { return switchboard::simulation::Main(argc, argv); }
