// What vendors cost who are connected and have nothing to do: each with a stream of its own.

#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/attacks/process_use.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kRestNanos = 5 * kNanosPerSecond;
constexpr int64_t kPollNanos = kNanosPerSecond / 10;
constexpr std::chrono::seconds kNoWrites{3};
constexpr int kWindow = 500;
// They come from one address, faster than vendors would, and all of them may stay.
constexpr char kLimits[] = "limits: {connections_max: 2000, new_connections_per_second: 100000}\n";

// A connection takes a few descriptors here and three at the hub, which has the same hard limit.
void RaiseDescriptors(int connections) {
  rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) GiveUp("getrlimit(RLIMIT_NOFILE)");
  const rlim_t needed = static_cast<rlim_t>(connections) * 4 + 500;
  if (files.rlim_max < needed)
    GiveUp(absl::StrCat("idle connections need a hard limit of ", needed, " file descriptors"));
  files.rlim_cur = std::max(files.rlim_cur, needed);
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) GiveUp("setrlimit(RLIMIT_NOFILE)");
}

// A vendor whose stream has said that it has caught up.
struct IdleVendor {
  std::unique_ptr<v1::VendorService::Stub> stub{};
  std::unique_ptr<FeedReader> reader{};
};

IdleVendor Connect(const Server& hub, int vendor) {
  IdleVendor idle{.stub = hub.ConnectVendor(vendor)};
  auto caught_up = std::make_shared<Gate>(1);
  idle.reader = std::make_unique<FeedReader>(*idle.stub, kWindow, "bench",
                                             [caught_up](const v1::SyncResponse::Batch& batch) {
                                               if (batch.caught_up()) caught_up->Pass();
                                             });
  caught_up->Wait("an idle vendor's stream");
  return idle;
}

double ResidentKilobytes(const Server& hub) {
  const auto use = attacks::UseOf(hub.pids().front());
  Require(use.status(), "the hub's memory");
  return static_cast<double>(use->resident_kib) * 1.024;
}

// Until the hub has looked at what each new contract's vendor holds: nothing was written for longer
// than it takes to begin the next, and shorter than from one heartbeat's ack to the next.
void AwaitNoWrites(const Server& hub) {
  const std::filesystem::path log = hub.folder() + "/hub.db-wal";
  while (std::filesystem::last_write_time(log) + kNoWrites >
         std::filesystem::file_time_type::clock::now())
    WaitUntil(SteadyNanos() + kPollNanos);
}

// While nobody does anything, after a moment for what was done before.
double BusyPercent(const Server& hub, int64_t seconds) {
  WaitUntil(SteadyNanos() + kRestNanos);
  const Meter meter(hub.pids());
  WaitUntil(SteadyNanos() + seconds * kNanosPerSecond);
  const Cost cost = meter.Stop();
  return cost.server_cpu_seconds * 100 / cost.seconds;
}

}  // namespace

void RunIdle(Place& place) {
  const int vendors = place.quick ? 100 : 1'000;
  const int64_t silence_seconds = place.quick ? 10 : 20;  // two heartbeats; a minute in all
  RaiseDescriptors(vendors);
  AddVendorCertificates(place, vendors);
  const Server hub = Server::Hub(place, kLimits);
  const std::string name = absl::StrCat(vendors, " idle connections");
  Row memory{.name = name, .unit = "kB of the hub's each", .goal = "<= 150 kB (P9)"};
  Row cpu{.name = name, .unit = "% of a core", .goal = "< 1 % (P9)"};
  Row contracts{.name = absl::StrCat(vendors, " contracts"), .unit = "% of a core"};
  cpu.baseline_name = contracts.baseline_name = "four vendors, one connected";
  std::vector<IdleVendor> idle;
  // Not of the count: what the first connection brings is there once.
  idle.push_back(Connect(hub, 0));
  cpu.baseline.Add(BusyPercent(hub, silence_seconds));
  contracts.baseline = cpu.baseline;
  hub.PutContracts(kVendors, kVendors + vendors);
  AwaitNoWrites(hub);
  contracts.ours.Add(BusyPercent(hub, silence_seconds));
  const double before = ResidentKilobytes(hub);
  for (int vendor = kVendors; vendor < kVendors + vendors; ++vendor)
    idle.push_back(Connect(hub, vendor));
  std::cerr << ", all connected" << std::flush;
  for (int run = 0; run < place.runs(); ++run) {
    cpu.ours.Add(BusyPercent(hub, silence_seconds));
    memory.ours.Add((ResidentKilobytes(hub) - before) / vendors);
  }
  for (const Row& row : {memory, cpu, contracts}) place.rows.push_back(row);
}

}  // namespace switchboard::bench
