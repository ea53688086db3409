// The same work on SQLite, and on PostgreSQL with one hub and with three, side by side.

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/benchmarks.h"

namespace switchboard::bench {
namespace {

// What one kind of storage gives.
struct Figures {
  Series rate;
  Series cpu_us;  // hubs and database server
  Series generator_cpu_us;
  Series all_cpu_us;
  StopTimes stops;
};

template <typename MakeHubs>
Figures Measure(const Place& place, const MakeHubs& make_hubs) {
  const int64_t accounts = place.quick ? 5'000 : 20'000;
  const auto each = [accounts](double seconds) {
    return seconds * 1e6 / static_cast<double>(accounts);
  };
  Figures figures;
  for (int run = 0; run < place.runs(); ++run) {
    const Cost cost = HubCircle(make_hubs(), accounts);
    figures.rate.Add(static_cast<double>(accounts) / cost.seconds);
    figures.cpu_us.Add(each(cost.server_cpu_seconds));
    figures.generator_cpu_us.Add(each(cost.generator_cpu_seconds));
    figures.all_cpu_us.Add(each(cost.server_cpu_seconds + cost.generator_cpu_seconds));
  }
  figures.stops = TimeStops(make_hubs(), place.runs(), place.quick ? 200 : 500);
  return figures;
}

void AddRows(Place& place, const std::string& engine, const Figures& ours, const Figures& sqlite) {
  constexpr char kBaseline[] = "SQLite";
  place.rows.push_back({.name = "circle, " + engine,
                        .unit = "accounts/s",
                        .ours = ours.rate,
                        .baseline_name = kBaseline,
                        .baseline = sqlite.rate,
                        .hub_cpu_us = ours.cpu_us,
                        .generator_cpu_us = ours.generator_cpu_us,
                        .baseline_cpu_us = sqlite.all_cpu_us});
  const auto add_stops = [&](const char* name, const char* unit, Series StopTimes::*times) {
    place.rows.push_back({.name = absl::StrCat(name, ", ", engine),
                          .unit = unit,
                          .ours = ours.stops.*times,
                          .baseline_name = kBaseline,
                          .baseline = sqlite.stops.*times});
  };
  add_stops("stop, 200/s", "p50 us", &StopTimes::p50_us);
  add_stops("stop, 200/s", "p99 us", &StopTimes::p99_us);
  add_stops("stop, feeds at full rate", "p99 us", &StopTimes::busy_p99_us);
}

}  // namespace

void RunEngines(Place& place) {
  if (place.postgres.empty()) {
    place.rows.push_back({.name = "engines: PostgreSQL is not installed"});
    return;
  }
  const Figures sqlite = Measure(place, [&] { return Server::Hub(place); });
  const Figures one = Measure(place, [&] { return Server::Hubs(place, 1); });
  const Figures three = Measure(place, [&] { return Server::Hubs(place, 3); });
  AddRows(place, "one hub on PostgreSQL", one, sqlite);
  AddRows(place, "three hubs on PostgreSQL", three, sqlite);
}

}  // namespace switchboard::bench
