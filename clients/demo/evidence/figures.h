#pragma once

#include <vector>

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"

namespace switchboard::demo {

// Counts and latencies of the report, all of `result` that follows from the evidence but its
// verdict. What the caller knows better (seed, accounts, kills, seconds) is not touched.
void CountFigures(const Evidence& evidence, RunResult* result);

// p50 and p99 by nearest rank. Sorts its argument.
Percentiles PercentilesOf(std::vector<double> milliseconds);

}  // namespace switchboard::demo
