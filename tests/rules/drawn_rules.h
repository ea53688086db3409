#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/facts.h"

namespace switchboard::tests {

// What a property test asks about: one pack, and what is known at a moment.
struct Drawn {
  std::shared_ptr<const rules::CompiledPack> pack;
  rules::Facts facts;
  absl::Time now;
};

Drawn Draw(uint64_t seed);

// The rules that refuse at `now` by the reference, those of strength SHOULD with "?" before them.
std::set<std::string> ByReference(const Drawn& drawn, absl::Time now);
bool RefusedByReference(const Drawn& drawn, absl::Time now);

}  // namespace switchboard::tests
