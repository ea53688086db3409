#pragma once

#include <map>
#include <string>

#include "clients/demo/evidence.h"
#include "clients/demo/run_result.h"

namespace switchboard::demo {

// Compares what the hub says, what the core kept and what the vendors received, and fills in
// everything of `result` that follows from it: counts, latencies, violations, problems. `scans`: by
// vendor. What the caller knows better (seed, accounts, kills, seconds) must be set before.
void CheckEvidence(const Evidence& evidence, std::map<std::string, LeakScanResult> scans,
                   RunResult* result);

// One account for each vendor, as the core has it beside what the vendor was shown.
std::vector<Sample> PickSamples(const Evidence& evidence, const Population& population,
                                const RunResult& result);

// p50 and p99 by nearest rank. Sorts its argument.
Percentiles PercentilesOf(std::vector<double> milliseconds);

}  // namespace switchboard::demo
