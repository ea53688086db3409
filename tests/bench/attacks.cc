// How long the calls of the others take while one vendor attacks: each attack on a hub of its own,
// again and again, beside what the same callers saw before it began.

#include <sched.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/attacks/attack.h"
#include "tests/attacks/attacked_hub.h"
#include "tests/attacks/bystanders.h"
#include "tests/bench/benchmarks.h"

namespace switchboard::bench {
namespace {

// What the bystanders met while they made so many calls of each kind.
struct Times {
  Latencies stops, permits;
};

void Watch(attacks::Bystanders& bystanders, size_t calls, Times& times) {
  bystanders.TakeMet();
  while (times.stops.size() < calls || times.permits.size() < calls) {
    WaitUntil(SteadyNanos() + 200'000'000);
    const attacks::Bystanders::Met met = bystanders.TakeMet();
    if (!met.refused.empty()) GiveUp("refused: " + met.refused.front());
    for (const absl::Duration took : met.stops) times.stops.Add(absl::ToInt64Nanoseconds(took));
    for (const absl::Duration took : met.permits) times.permits.Add(absl::ToInt64Nanoseconds(took));
  }
}

template <typename T>
T Demand(absl::StatusOr<T> made, const char* what) {
  Require(made.status(), what);
  return *std::move(made);
}

void AddRow(Place& place, const std::string& name, const Latencies& under_attack,
            const Latencies& quiet) {
  Row row{.name = name, .unit = "p99 us", .baseline_name = "quiet", .goal = "<= 3"};
  row.ours.Add(under_attack.Micros(0.99));
  row.baseline.Add(quiet.Micros(0.99));
  place.rows.push_back(std::move(row));
}

servers::ChildProcess StartAttacker(const Place& place, const attacks::Attack& attack,
                                    const attacks::AttackedHub& hub, const std::string& folder) {
  return Demand(servers::ChildProcess::Start({place.self, "--attacker", attack.name, "--hub",
                                              hub.address(), "--tls", hub.TlsOf("vendor-beni")},
                                             folder + "/attacker.log"),
                "the attacker");
}

void Measure(Place& place, const attacks::Attack& attack) {
  const size_t calls = place.quick ? 20 : 200;  // in each run
  const std::string folder = absl::StrCat(place.folder, "/", attack.name);
  auto hub = Demand(attacks::AttackedHub::Start("", place.clock, folder), "the attacked hub");
  auto bystanders = Demand(attacks::Bystanders::Start({.hub_address = hub->address(),
                                                       .core_tls = hub->TlsOf("core-main"),
                                                       .vendor_tls = hub->TlsOf("vendor-asahi"),
                                                       .vendor_folder = hub->VendorFolder("asahi")},
                                                      place.clock),
                           "the bystanders");
  Times warm, quiet, under_attack;
  Watch(*bystanders, calls / 4, warm);
  // In turns, so that a disk that is slow for a minute is so for both.
  for (int run = 0; run < place.runs(); ++run) {
    Watch(*bystanders, quiet.stops.size() + calls, quiet);
    auto attacker = StartAttacker(place, attack, *hub, folder);
    Watch(*bystanders, under_attack.stops.size() + calls, under_attack);
    if (!attacker.Running()) Require(attacker.Ended("the attacker"), attack.name);
    attacker.Kill();
    Watch(*bystanders, warm.stops.size() + calls / 4, warm);
  }
  bystanders.reset();
  Require(hub->Stop(), "the attacked hub");
  AddRow(place, absl::StrCat("stop, ", attack.name), under_attack.stops, quiet.stops);
  AddRow(place, absl::StrCat("permit, ", attack.name), under_attack.permits, quiet.permits);
}

}  // namespace

void AttackForEver(const std::string& name, const std::string& hub_address, const std::string& tls,
                   Clock& clock) {
  // A real one has a machine of its own: here it runs only while the hub has nothing to do, and
  // makes way at once (one of the lowest priority, but of the usual policy, runs on to the end of
  // its slice).
  const sched_param none{};
  if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) GiveUp("the attacker keeps its policy");
  for (const attacks::Attack& attack : attacks::AllAttacks()) {
    while (attack.name == name) attack.run({hub_address, tls, clock});
  }
  GiveUp("no attack is called " + name);
}

void RunAttacks(Place& place) {
  const size_t before = place.rows.size();
  for (const attacks::Attack& attack : attacks::AllAttacks())
    if (place.attack.empty() || place.attack == attack.name) Measure(place, attack);
  if (place.rows.size() == before) GiveUp("no attack is called " + place.attack);
}

}  // namespace switchboard::bench
