#pragma once

#include <optional>
#include <vector>

#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/run_result.h"
#include "clients/demo/people/population.h"

namespace switchboard::demo {

// Whether an address is one field, or each of its parts.
enum class AddressAs { kOneLine, kParts };

// What the core has of an account beside what a vendor was shown of it, always the same fields.
std::vector<SampleField> Compare(const v1::AccountRecord& record, const v1::Assignment& shown,
                                 AddressAs address);

// One account for each vendor, as the core has it beside what the vendor was shown.
std::vector<Sample> PickSamples(const Evidence& evidence, const Population& population);

// One account that sakura works, as each of the four sees it: sakura as it received it, the others
// by their own contracts through the hub's masks, with ids under keys of nobody's. Where a contract
// has not the account's kind of work, for the first that it has. Nothing: sakura was shown none.
std::optional<Views> ViewsOfOne(const Evidence& evidence, const Population& population);

}  // namespace switchboard::demo
