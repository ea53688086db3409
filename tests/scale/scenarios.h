#pragma once

#include <cstdint>

#include "tests/scale/costs.h"
#include "tests/scale/hub_model.h"

namespace switchboard::scale {

// What a run came to.
struct Figures {
  double rate = 0;  // a second
  double p50_us = 0;
  double p99_us = 0;
  double hub_cores = 0;  // in use, on average
  double database_cores = 0;
  double commits = 0;   // a second
  bool kept_up = true;  // open loops: no call waited for longer than the run
};

// Accounts imported, fed, reported on and read by the core, as tests/bench/run --only circle.
Figures Circle(const Costs& costs, const Layout& layout, int vendors, int64_t accounts);

// Imports alone, nobody on the feed.
Figures Imports(const Costs& costs, const Layout& layout, int vendors, int64_t accounts);

// Permits, so many under way all the time.
Figures PermitsOutstanding(const Costs& costs, const Layout& layout, int vendors, int outstanding,
                           int64_t permits);

// Permits at so many a second, at random times and of random vendors.
Figures PermitsPerSecond(const Costs& costs, const Layout& layout, int vendors, double per_second,
                         double seconds, uint64_t seed);

// Payments, evenly spaced; times until the vendor knows.
Figures Payments(const Costs& costs, const Layout& layout, int vendors, double per_second,
                 int64_t payments);

}  // namespace switchboard::scale
