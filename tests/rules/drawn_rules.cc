#include "tests/rules/drawn_rules.h"

#include <algorithm>

#include "tests/rules/random_rules.h"
#include "tests/rules/reference.h"

namespace switchboard::tests {

Drawn Draw(uint64_t seed) {
  RandomRules random(seed);
  Drawn drawn;
  drawn.pack = rules::CompiledPack::Compile(random.Pack());
  drawn.now = random.Moment();
  drawn.facts = random.FactsAt(drawn.now);
  return drawn;
}

std::set<std::string> ByReference(const Drawn& drawn, absl::Time now) {
  std::set<std::string> names;
  for (const auto& rule : drawn.pack->pack().rules()) {
    if (!ReferenceRefuses(drawn.pack->pack(), rule, drawn.facts, now)) continue;
    const bool warns = rule.strength() == v1::RulePack::STRENGTH_SHOULD;
    names.insert((warns ? "?" : "") + rule.rule_id());
  }
  return names;
}

bool RefusedByReference(const Drawn& drawn, absl::Time now) {
  const auto names = ByReference(drawn, now);
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name[0] != '?'; });
}

}  // namespace switchboard::tests
