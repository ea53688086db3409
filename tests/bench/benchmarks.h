#pragma once

#include <optional>
#include <string>

#include "tests/bench/measure.h"
#include "tests/bench/place.h"

namespace switchboard::bench {

// Each adds its rows to place.rows. Goals are those of the project's performance page, P1 to P9.

void RunCircle(Place& place);     // P1, P2
void RunFeed(Place& place);       // P7: a book out, outcomes in, and accounts in
void RunPermits(Place& place);    // P5
void RunStops(Place& place);      // P3, P4
void RunEngines(Place& place);    // the circle and stops: SQLite, PostgreSQL with one hub and three
void RunMasking(Place& place);    // P8
void RunRedaction(Place& place);  // what people typed, cleaned
void RunIdle(Place& place);       // P9
void RunGuard(Place& place);      // what stands before gRPC, beside gRPC's own TLS
void RunAttacks(Place& place);    // other callers while one vendor attacks
void RunAudit(Place& place);      // the log recomputed
void RunStorage(Place& place);    // what the disk and SQLite give
void RunCosts(Place& place);      // what each step takes of whom; for tests/scale
void RunGrowth(Place& place);     // what a larger book costs
void RunLayout(Place& place);     // what other tables would cost the writer

// The attacker of RunAttacks, in a process of its own: one attack again and again until it is
// killed.
[[noreturn]] void AttackForEver(const std::string& name, const std::string& hub_address,
                                const std::string& tls, Clock& clock);

// Part of RunPermits: what a person's history and rule packs cost, on each engine.
void RunPermitHistories(Place& place);

// What RunEngines takes from the others.

// All of `count` accounts through hubs with an empty book; the cost until the core has confirmed
// the last outcome.
Cost HubCircle(const Server& hubs, int64_t count);
// How long stops take, 200 a second, `runs` times `count`: with nothing else at work, and while
// accounts come in, go out and are reported on as fast as the hubs can.
struct StopTimes {
  Series p50_us;
  Series p99_us;
  Series busy_p99_us;
};
StopTimes TimeStops(Server hubs, int runs, int64_t count);

// Baselines of the circle.

// The same work without gRPC, TLS, seals, audit, routing and a second thread: for each 1,000
// accounts parse, commit, mask and serialize, commit the ack, parse outcomes, commit, serialize,
// commit the core's ack.
Cost PathWithoutGrpc(const std::string& folder, int64_t count);

// The same circle over tables of a PostgreSQL server used as queues with SKIP LOCKED; nothing
// masked, nothing routed. Nothing when this program was built without libpq.
std::optional<Cost> PostgresCircle(const Place& place, int64_t count);

}  // namespace switchboard::bench
