#pragma once

#include <vector>

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {

// One account for each vendor, as the core has it beside what the vendor was shown.
std::vector<Sample> PickSamples(const Evidence& evidence, const Population& population);

}  // namespace switchboard::demo
