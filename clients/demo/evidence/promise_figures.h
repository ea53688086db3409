#pragma once

#include <string>
#include <vector>

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"

namespace switchboard::demo {

// Counts what was promised, what there is of recordings, and what was handed over, as the core read
// it; which recordings are missing the hub says. REQUIRES: the vendors of `result` are there.
void CountPromises(const Evidence& evidence, RunResult* result);

// What of that does not agree, a sentence each: decisions that the director made with those of
// which the core and the audit log know, plans that wait though it has decided on all, and the
// recordings that the hub misses with the calls that the core read of. How promises and plans
// stand, and what was handed over, I3 judges (tests/invariants).
std::vector<std::string> PromiseMistakes(const Evidence& evidence);

}  // namespace switchboard::demo
