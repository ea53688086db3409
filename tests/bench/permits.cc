// Permits for people with a history of contacts.

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/benchmarks.h"
#include "tests/bench/permit_load.h"

namespace switchboard::bench {
namespace {

constexpr int kHistory = 50;
constexpr int kOutstanding = 64;

struct Rows {
  Row p50{.name = "permit, 1 outstanding",
          .unit = "p50 us",
          .baseline_name = "unary call with one commit",
          .goal = "<= 1.5 (P5)"};
  Row p99{.name = "permit, 1 outstanding",
          .unit = "p99 us",
          .baseline_name = "unary call with one commit"};
  Row rate{.name = "permit, 64 outstanding",
           .unit = "permits/s",
           .baseline_name = "bare unary call",
           .goal = ">= 0.5 (P5)"};
  Row busy_p99{
      .name = "permit, 64 outstanding", .unit = "p99 us", .baseline_name = "bare unary call"};
};

double MicrosPer(double seconds, int64_t count) {
  return seconds * 1e6 / static_cast<double>(count);
}

void MeasureHub(Asker& hub, int64_t people, Rows* rows) {
  Latencies light;
  hub.AskAll(people, 1, &light);
  hub.ReleaseAll(people);
  rows->p50.ours.Add(light.Micros(0.5));
  rows->p99.ours.Add(light.Micros(0.99));
  Latencies busy;
  Cost sum;
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    const Cost cost = hub.AskAll(people, kOutstanding, &busy);
    hub.ReleaseAll(people);
    sum.seconds += cost.seconds;
    sum.server_cpu_seconds += cost.server_cpu_seconds;
    sum.generator_cpu_seconds += cost.generator_cpu_seconds;
  }
  rows->rate.ours.Add(static_cast<double>(kRounds * people) / sum.seconds);
  rows->rate.hub_cpu_us.Add(MicrosPer(sum.server_cpu_seconds, kRounds * people));
  rows->rate.generator_cpu_us.Add(MicrosPer(sum.generator_cpu_seconds, kRounds * people));
  rows->busy_p99.ours.Add(busy.Micros(0.99));
}

void MeasureFloor(Asker& stored, Asker& bare, int64_t people, Rows* rows) {
  Latencies light;
  stored.AskAll(people, 1, &light);
  rows->p50.baseline.Add(light.Micros(0.5));
  rows->p99.baseline.Add(light.Micros(0.99));
  Latencies busy;
  const Cost cost = bare.AskAll(people * 4, kOutstanding, &busy);
  rows->rate.baseline.Add(static_cast<double>(people * 4) / cost.seconds);
  rows->rate.baseline_cpu_us.Add(
      MicrosPer(cost.server_cpu_seconds + cost.generator_cpu_seconds, people * 4));
  rows->busy_p99.baseline.Add(busy.Micros(0.99));
}

}  // namespace

void RunPermits(Place& place) {
  const int64_t people = place.quick ? 256 : 1'024;
  const Server hub = Server::Hub(place);
  const Server floor = Server::Floor(place);
  Asker ours(hub, LoadWork(hub, people), "ask");
  for (int contact = 0; contact < kHistory; ++contact) {
    ours.AskAll(people, kOutstanding, nullptr);
    ours.UseAll();
  }
  std::vector<Work> any;
  for (int i = 0; i < people * 4; ++i) any.push_back({i % kVendors, std::string(26, 'a'), ""});
  Asker stored(floor, any, "stored");
  Asker bare(floor, any, "bare");
  Rows rows;
  for (int run = 0; run < place.runs(); ++run) {
    MeasureFloor(stored, bare, people, &rows);
    MeasureHub(ours, people, &rows);
  }
  for (Row& row :
       {std::ref(rows.p50), std::ref(rows.p99), std::ref(rows.rate), std::ref(rows.busy_p99)})
    place.rows.push_back(row);
  RunPermitHistories(place);
}

}  // namespace switchboard::bench
