// What operators write: the first letter says which kind of text the rest is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "hub/config.h"
#include "hub/contracts/contract_check.h"
#include "hub/results/code_map_check.h"
#include "hub/results/compiled_map.h"
#include "hub/routing/plan_check.h"
#include "hub/rules/case_file.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/pack_check.h"

namespace {

const std::shared_ptr<const switchboard::rules::CompiledPack>& Pack() {
  static const auto& pack = *new std::shared_ptr<const switchboard::rules::CompiledPack>(
      switchboard::rules::CompiledPack::Compile(
          switchboard::rules::ParseRulePack(
              "pack_id: xx\nversion: 1\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
              "  - {rule_id: xx.hours, strength: LAW, source: s, verification: CONFIRMED,\n"
              "     hours: {open: [{from: 08:00, to: \"21:00\"}]}}\n"
              "  - {rule_id: xx.wish, strength: LAW, source: s, verification: CONFIRMED,\n"
              "     forbid: {when: [{wish: {kinds: [NOT_BETWEEN, NOT_BEFORE]}},\n"
              "                     {stop: {reasons: [DISPUTE], months: 3}}]}}\n"
              "  - {rule_id: xx.count, strength: LAW, source: s, verification: CONFIRMED,\n"
              "     unless: [{consent: {what: CALL, days: 7}}, {answer: {same_day: true}}],\n"
              "     count: {at_most: 1, window: {days: 7}, contacts: {directions: [OUT]}}}\n",
              "xx.yaml")
              .value()));
  return pack;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      (void)switchboard::contracts::ParseContract(text, "contract.yaml");
      break;
    case 1:
      (void)switchboard::routing::ParseRoutingPlan(text, "plan.yaml");
      break;
    case 2:
      (void)switchboard::rules::ParseRulePack(text, "pack.yaml");
      break;
    case 3:
      // Every case that can be read can be asked.
      if (const auto cases = switchboard::rules::ParseCases(text, "cases.yaml", Pack()->pack());
          cases.ok()) {
        for (const auto& one : *cases) (void)switchboard::rules::RunCase(Pack(), one);
      }
      break;
    case 5:
      // Every code of a map that is taken means something.
      if (const auto map = switchboard::results::ParseCodeMap(text, "map.yaml"); map.ok()) {
        const switchboard::results::CompiledMap compiled(*map);
        for (const std::string& code : map->declared_codes()) {
          if (compiled.Find(code) == nullptr) std::abort();
        }
      }
      break;
    default: {
      switchboard::ConfigProblems problems(text, "hub.yaml");
      (void)switchboard::ParseConfig(text, "hub.yaml", problems);
    }
  }
  return 0;
}
