// Accounts through the whole circle: imported, routed, committed, masked, streamed, acked, worked,
// reported, read and confirmed by the core.

#include <array>
#include <iostream>
#include <memory>

#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int kWindow = 2'000;
constexpr int kOutcomeCallsMax = 2;

double MicrosPer(double seconds, int64_t count) {
  return seconds * 1e6 / static_cast<double>(count);
}

}  // namespace

Cost HubCircle(const Server& hubs, int64_t count) {
  const Parties parties = hubs.Connect();
  std::array<std::unique_ptr<OutcomeSender>, kVendors> senders;
  std::array<std::unique_ptr<FeedReader>, kVendors> readers;
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    senders[vendor] =
        std::make_unique<OutcomeSender>(*parties.vendors[vendor], vendor, kOutcomeCallsMax);
    auto work = [sender = senders[vendor].get()](const v1::SyncResponse::Batch& batch) {
      for (const auto& change : batch.changes()) sender->Add(change.assigned().assignment_id());
      sender->Flush(/*all=*/false);
    };
    readers[vendor] =
        std::make_unique<FeedReader>(*parties.vendors[vendor], kWindow, "bench", work);
  }
  FeedConfirmer outcomes(*parties.core, 0, count);
  const Meter meter(hubs.pids());
  Importer importer(*parties.core, 0, count);
  outcomes.Wait();
  const Cost cost = meter.Stop();
  importer.Wait();
  return cost;
}

void RunCircle(Place& place) {
  const int64_t count = place.quick ? 20'000 : 80'000;
  const auto of = [count](double seconds) { return static_cast<double>(count) / seconds; };
  Row rate{.name = "circle",
           .unit = "accounts/s",
           .baseline_name = "path without gRPC",
           .goal = ">= 0.6 (P1)"};
  Row against_postgres{.name = "circle",
                       .unit = "accounts/s",
                       .baseline_name = "PostgreSQL: not installed",
                       .goal = ">= 1.5 (P1)"};
  Row cpu{.name = "circle, all CPU",
          .unit = "us/account",
          .baseline_name = "PostgreSQL: not installed",
          .goal = "<= 0.6 (P2)"};
  for (int run = 0; run < place.runs(); ++run) {
    const Cost path = PathWithoutGrpc(place.folder, count);
    rate.baseline.Add(of(path.seconds));
    rate.baseline_cpu_us.Add(MicrosPer(path.generator_cpu_seconds, count));
    const Cost ours = HubCircle(Server::Hub(place), count);
    rate.ours.Add(of(ours.seconds));
    rate.hub_cpu_us.Add(MicrosPer(ours.server_cpu_seconds, count));
    rate.generator_cpu_us.Add(MicrosPer(ours.generator_cpu_seconds, count));
    cpu.ours.Add(MicrosPer(ours.server_cpu_seconds + ours.generator_cpu_seconds, count));
    if (const auto postgres = PostgresCircle(place, count); postgres.has_value()) {
      against_postgres.baseline_name = cpu.baseline_name = "PostgreSQL SKIP LOCKED";
      against_postgres.baseline.Add(of(postgres->seconds));
      const double seconds = postgres->server_cpu_seconds + postgres->generator_cpu_seconds;
      cpu.baseline.Add(MicrosPer(seconds, count));
    }
  }
  against_postgres.ours = rate.ours;
  against_postgres.hub_cpu_us = rate.hub_cpu_us;
  against_postgres.generator_cpu_us = rate.generator_cpu_us;
  against_postgres.baseline_cpu_us = cpu.baseline;
  for (Row& row : {std::ref(rate), std::ref(against_postgres), std::ref(cpu)})
    place.rows.push_back(row);
}

}  // namespace switchboard::bench
