#include "tests/scale/check.h"

#include <algorithm>
#include <cmath>

#include "tests/scale/scenarios.h"

namespace switchboard::scale {
namespace {

// As the benchmarks have it: four vendors, everything on one machine of two cores.
constexpr int kVendors = 4;
constexpr int64_t kAccounts = 20'000;
constexpr int64_t kAccountsPostgres = 5'000;
constexpr int64_t kPermits = 4'096;
constexpr double kStopsPerSecond = 200;
constexpr int64_t kStops = 400;

Layout OnTwoCores(const Costs& costs) {
  Layout layout;
  layout.slice_us = costs.slice_us;
  return layout;
}

Layout Postgres(const Costs& costs, int hubs) {
  Layout layout = OnTwoCores(costs);
  layout.postgres = true;
  layout.lanes = 4;
  layout.hubs = hubs;
  return layout;
}

}  // namespace

std::optional<double> Comparison::Deviation() const {
  if (!measured.has_value() || *measured == 0) return std::nullopt;
  return simulated / *measured - 1;
}

std::vector<Comparison> CompareWithMeasured(const Costs& costs) {
  std::vector<Comparison> comparisons;
  const auto add = [&](const std::string& name, const std::string& unit, double simulated,
                       bool must_agree = true) {
    const auto found = costs.measured.find(name);
    comparisons.push_back(
        {name, unit, simulated,
         found == costs.measured.end() ? std::nullopt : std::optional(found->second), must_agree});
  };
  const Layout sqlite = OnTwoCores(costs);
  add("SQLite: circle", "accounts/s", Circle(costs, sqlite, kVendors, kAccounts).rate);
  add("SQLite: accounts in", "accounts/s", Imports(costs, sqlite, kVendors, kAccounts).rate);
  add("SQLite: permit, 1 outstanding", "p50 us",
      PermitsOutstanding(costs, sqlite, kVendors, 1, 256).p50_us);
  add("SQLite: permit, 64 outstanding", "permits/s",
      PermitsOutstanding(costs, sqlite, kVendors, 64, kPermits).rate);
  add("SQLite: stop, 200/s", "p50 us",
      Payments(costs, sqlite, kVendors, kStopsPerSecond, kStops).p50_us);
  const Layout one = Postgres(costs, 1);
  add("PostgreSQL: circle", "accounts/s", Circle(costs, one, kVendors, kAccountsPostgres).rate);
  add("PostgreSQL: accounts in", "accounts/s",
      Imports(costs, one, kVendors, kAccountsPostgres).rate);
  add("PostgreSQL: permit, 1 outstanding", "p50 us",
      PermitsOutstanding(costs, one, kVendors, 1, 256).p50_us);
  add("PostgreSQL: permit, 64 outstanding", "permits/s",
      PermitsOutstanding(costs, one, kVendors, 64, kPermits).rate);
  // Not had: see hub/SCALE.md.
  add("PostgreSQL: stop, 200/s", "p50 us",
      Payments(costs, one, kVendors, kStopsPerSecond, kStops).p50_us, /*must_agree=*/false);
  const Layout three = Postgres(costs, 3);
  add("PostgreSQL, three hubs: circle", "accounts/s",
      Circle(costs, three, kVendors, kAccountsPostgres).rate, /*must_agree=*/false);
  add("PostgreSQL, three hubs: stop, 200/s", "p50 us",
      Payments(costs, three, kVendors, kStopsPerSecond, kStops).p50_us, /*must_agree=*/false);
  return comparisons;
}

bool Agrees(const std::vector<Comparison>& comparisons) {
  return std::all_of(comparisons.begin(), comparisons.end(), [](const Comparison& one) {
    const auto deviation = one.Deviation();
    return !one.must_agree || !deviation.has_value() || std::abs(*deviation) <= kDeviationMax;
  });
}

}  // namespace switchboard::scale
