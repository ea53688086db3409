// scale: what measured costs come to on other machines. Started by tests/scale/run.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scale/check.h"
#include "tests/scale/scenarios.h"

namespace switchboard::scale {
namespace {

struct Options {
  std::string costs = "tests/scale/costs.json";
  std::string json;
  bool check = false;
  Layout layout{.postgres = true,
                .lanes = 4,
                .hubs = 1,
                .hub_cores = 8,
                .database_cores = 16,
                .generator_cores = 1,
                .network_us = 200,
                .row_statements = false,
                .vendor_rows = false,
                .permits_by_party = false};
  int vendors = 1'000;
  double permits_per_second = 0;
  double seconds = 5;
  int64_t circle = 0;
  int64_t import = 0;
  uint64_t seed = 1;
  std::vector<std::string> without;
};

int Check(const Costs& costs, nlohmann::json* out) {
  const auto comparisons = CompareWithMeasured(costs);
  std::printf("%-38s %-11s %10s %10s %10s\n", "what", "unit", "simulated", "measured", "deviation");
  for (const Comparison& one : comparisons) {
    const auto deviation = one.Deviation();
    std::printf("%-38s %-11s %10.0f ", one.name.c_str(), one.unit.c_str(), one.simulated);
    nlohmann::json row = {{"name", one.name}, {"unit", one.unit}, {"simulated", one.simulated}};
    if (deviation.has_value()) {
      std::printf("%10.0f %+9.0f%%%s\n", *one.measured, *deviation * 100,
                  one.must_agree ? "" : "  (need not agree)");
      row["measured"] = *one.measured;
      row["deviation"] = *deviation;
    } else {
      std::printf("%10s\n", "-");
    }
    out->push_back(row);
  }
  const bool agrees = Agrees(comparisons);
  std::printf("tests/scale: what must agree is %s within %.0f %% of what was measured\n",
              agrees ? "everywhere" : "NOT everywhere", kDeviationMax * 100);
  return agrees ? 0 : 1;
}

void Show(const std::string& what, const Figures& figures, nlohmann::json* out) {
  std::printf("%s: %.0f/s%s", what.c_str(), figures.rate,
              figures.kept_up ? "" : " (does not keep up)");
  if (figures.p50_us > 0)
    std::printf(", p50 %.1f ms, p99 %.1f ms", figures.p50_us / 1e3, figures.p99_us / 1e3);
  std::printf(", cores of hubs %.1f, of databases %.1f, commits %.0f/s\n", figures.hub_cores,
              figures.database_cores, figures.commits);
  out->push_back({{"name", what},
                  {"rate", figures.rate},
                  {"kept_up", figures.kept_up},
                  {"p50_us", figures.p50_us},
                  {"p99_us", figures.p99_us},
                  {"hub_cores", figures.hub_cores},
                  {"database_cores", figures.database_cores},
                  {"commits", figures.commits}});
}

void AddLayout(CLI::App& app, Options& options) {
  Layout& layout = options.layout;
  app.add_option("--hubs", layout.hubs, "hubs, each on a machine of its own")
      ->check(CLI::PositiveNumber);
  app.add_option("--lanes", layout.lanes, "lanes of each hub to each database")
      ->check(CLI::PositiveNumber);
  app.add_option("--hub-cores", layout.hub_cores, "cores of a hub's machine");
  app.add_option("--databases", layout.databases, "shards by person, each a server")
      ->check(CLI::PositiveNumber);
  app.add_option("--database-cores", layout.database_cores,
                 "cores of each server; 0: those of the hubs");
  app.add_option("--generator-cores", layout.generator_cores, "0: those of the hubs");
  app.add_flag("--postgres,!--sqlite", layout.postgres, "the engine");
  app.add_option("--network-us", layout.network_us, "between hub and database, there and back");
  app.add_option("--sync-us", layout.sync_us, "until a commit is durable; below 0: as measured");
  app.add_option("--vendors", options.vendors, "vendors")->check(CLI::PositiveNumber);
  app.add_option("--without", options.without,
                 "what of the layout is changed: placement_key, core_feed_row, disclosure_row");
  app.add_flag_callback(
      "--as-measured",
      [&layout] { layout.row_statements = layout.vendor_rows = layout.permits_by_party = true; },
      "as in the hub of the costs: a vendor's numbers and counts in one row, vendor by vendor, its "
      "permits in one lane of a hub");
}

bool Change(Options& options) {
  Layout& layout = options.layout;
  for (const std::string& what : options.without) {
    if (what == "placement_key") {
      layout.placement_key = false;
    } else if (what == "core_feed_row") {
      layout.core_feed_row = false;
    } else if (what == "disclosure_row") {
      layout.disclosure_row = false;
    } else {
      std::fprintf(stderr, "scale: --without knows no '%s'\n", what.c_str());
      return false;
    }
  }
  return true;
}

int Run(int argc, char** argv) {
  Options options;
  CLI::App app{"What measured costs come to on other machines. Use tests/scale/run."};
  app.add_option("--costs", options.costs, "measured costs")->take_last();
  app.add_option("--json", options.json, "also write the figures to this file");
  app.add_flag("--check", options.check, "compare one hub with what was measured");
  app.add_option("--permits", options.permits_per_second, "so many permits a second");
  app.add_option("--seconds", options.seconds, "for so long");
  app.add_option("--circle", options.circle, "so many accounts through the whole circle");
  app.add_option("--import", options.import, "so many accounts in, from one core");
  app.add_option("--seed", options.seed, "of when and by whom permits are asked for");
  AddLayout(app, options);
  CLI11_PARSE(app, argc, argv);
  if (!Change(options)) return 2;
  const Costs costs = ReadCosts(options.costs);
  nlohmann::json out = nlohmann::json::array();
  int code = 0;
  if (options.check) code = Check(costs, &out);
  if (options.permits_per_second > 0) {
    Show("permits",
         PermitsPerSecond(costs, options.layout, options.vendors, options.permits_per_second,
                          options.seconds, options.seed),
         &out);
  }
  if (options.circle > 0)
    Show("circle", Circle(costs, options.layout, options.vendors, options.circle), &out);
  if (options.import > 0)
    Show("import", Imports(costs, options.layout, options.vendors, options.import), &out);
  if (!options.json.empty()) {
    std::ofstream file(options.json, std::ios::trunc);
    file << out.dump(1) << "\n";
    if (!file) return 2;
  }
  return code;
}

}  // namespace
}  // namespace switchboard::scale

int main(int argc, char** argv) { return switchboard::scale::Run(argc, argv); }
