#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/decision.h"
#include "hub/rules/facts.h"

// Cases for a pack, as compliance officers write them: rule_cases.proto.

namespace switchboard::rules {

// One case, ready to be asked.
struct Case {
  std::string name;
  int line = 0;  // of its file
  absl::Time now;
  Facts facts;

  bool allowed = false;
  std::vector<std::string> rules;                    // that must refuse, sorted
  std::optional<std::vector<std::string>> warnings;  // sorted; nothing: not compared
  bool compares_next_time = false;
  std::optional<absl::Time> next_time;  // nothing: never
};

// Most bytes of a file of cases.
inline constexpr size_t kCasesBytesMax = 256 * 1024;

// Reads a file of cases for `pack`. An unknown key, value, zone or rule, a fact that is missing, a
// history that is not in order or goes on after `now`: INVALID_ARGUMENT, YAML_INVALID or
// RULE_CASES_INVALID, with metadata file, line, column, field.
absl::StatusOr<std::vector<Case>> ParseCases(std::string_view yaml, std::string_view file_name,
                                             const v1::RulePack& pack);

// What a pack says to a case.
struct CaseResult {
  Decision decision;
  std::vector<std::string> differences;  // from what was expected, a sentence each; none: it passes
};
CaseResult RunCase(const std::shared_ptr<const CompiledPack>& pack, const Case& tried);

}  // namespace switchboard::rules
