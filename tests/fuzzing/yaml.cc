// What operators write: the first letter says which kind of text the rest is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "hub/config.h"
#include "hub/contracts/terms_difference.h"
#include "hub/masking/exposure.h"
#include "hub/releases/text.h"
#include "hub/results/compiled_map.h"
#include "hub/rules/case_file.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/pack_check.h"

namespace switchboard {
namespace {

const std::shared_ptr<const rules::CompiledPack>& Pack() {
  static const auto& pack =
      *new std::shared_ptr<const rules::CompiledPack>(rules::CompiledPack::Compile(
          rules::ParseRulePack(
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

// Each kind of text that operators put in force: what is taken is of a text with an id, and means
// the same when it is read again.
std::optional<releases::ReadText> ReadTwice(v1::TextKind kind, const std::string& text) {
  auto read = releases::Read(kind, text, "text.yaml");
  if (!read.ok()) return std::nullopt;
  const auto again = releases::Read(kind, text, "text.yaml");
  if (!again.ok() || releases::MeaningOf(*again) != releases::MeaningOf(*read)) std::abort();
  if (read->id.empty() || read->kind != kind) std::abort();
  return *std::move(read);
}

// A contract shows and allows neither more nor less than itself.
void HoldAgainstItself(const v1::Contract& contract) {
  for (const auto& terms : contract.work_types()) {
    const auto plan = masking::CompileMaskPlan(contract, terms.work_type());
    if (masking::Compare(plan, plan) != masking::Change::kSame) std::abort();
  }
  if (!contracts::TermsBetween(contract, contract).empty()) std::abort();
}

// Every code of a map that is taken means something.
void FindEachCode(const v1::CodeMap& map) {
  const results::CompiledMap compiled(map);
  for (const std::string& code : map.declared_codes()) {
    if (compiled.Find(code) == nullptr) std::abort();
  }
}

// Every case that can be read can be asked.
void AskEachCase(const std::string& text) {
  const auto cases = rules::ParseCases(text, "cases.yaml", Pack()->pack());
  if (!cases.ok()) return;
  for (const auto& one : *cases) (void)rules::RunCase(Pack(), one);
}

void Take(int kind, const std::string& text) {
  switch (kind) {
    case 0:
      if (const auto read = ReadTwice(v1::TEXT_KIND_CONTRACT, text); read.has_value())
        HoldAgainstItself(std::get<v1::Contract>(read->message));
      break;
    case 1:
      (void)ReadTwice(v1::TEXT_KIND_ROUTING_PLAN, text);
      break;
    case 2:
      (void)ReadTwice(v1::TEXT_KIND_RULE_PACK, text);
      break;
    case 3:
      AskEachCase(text);
      break;
    case 5:
      if (const auto read = ReadTwice(v1::TEXT_KIND_CODE_MAP, text); read.has_value())
        FindEachCode(std::get<v1::CodeMap>(read->message));
      break;
    case 6:
      (void)ReadTwice(v1::TEXT_KIND_SCRIPT, text);
      break;
    default: {
      ConfigProblems problems(text, "hub.yaml");
      (void)ParseConfig(text, "hub.yaml", problems);
    }
  }
}

}  // namespace
}  // namespace switchboard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switchboard::Take(data[0] % 7, text);
  return 0;
}
