#pragma once

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {

// Asks the validators of tests/invariants.h about the evidence and writes what they say into
// `result`, with what else a run must come to: all imported, nothing refused, a vendor and the hub
// killed, and that all say the same of promises and plans. REQUIRES: CountFigures was called, and
// the caller's own figures are set.
void Judge(const Evidence& evidence, const Population& population, RunResult* result);

}  // namespace switchboard::demo
