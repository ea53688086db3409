#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "switchboard/v1/code_map.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/release.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "switchboard/v1/script.pb.h"

namespace switchboard::releases {

// A text that was found right by itself, and what it says of itself. What it is held to beside that
// (versions and contracts that stand) is for Releases to ask.
struct ReadText {
  v1::TextKind kind = v1::TEXT_KIND_UNSPECIFIED;
  std::string id;                          // as TextKind says: vendor, plan, pack or script
  int64_t version = 0;                     // its own; 0: a contract or a plan, which name none
  std::optional<absl::CivilDay> from_day;  // first day in force; nothing: from its release
  std::optional<absl::CivilDay> to_day;    // first day out of force; nothing: until replaced
  std::string yaml;
  std::string digest;     // SHA-256 of the yaml
  std::string file_name;  // for errors
  // Of the kind.
  std::variant<v1::Contract, v1::RoutingPlan, v1::RulePack, v1::CodeMap, v1::Script> message;
};

// Reads and checks a text of a kind. `file_name` stands before places in errors.
// Errors: INVALID_ARGUMENT, YAML_INVALID or that of the kind (CONTRACT_INVALID, PLAN_INVALID,
// RULE_PACK_INVALID, CODE_MAP_INVALID, SCRIPT_INVALID) with the place; FIELD_INVALID without a
// kind.
absl::StatusOr<ReadText> Read(v1::TextKind kind, std::string_view yaml, std::string_view file_name);

// The day of `now` by which the days of a text are counted: in UTC, of a rule pack in its own zone.
absl::CivilDay DayOf(const ReadText& text, absl::Time now);

// What a text means, as bytes: comments, line ends, the order of keys and defaults written out make
// no difference.
std::string MeaningOf(const ReadText& text);

// The group of commands that a kind has: "contract", "routing", "rules", "codes", "script". For the
// ways out that errors name.
const char* CommandsOf(v1::TextKind kind);

}  // namespace switchboard::releases
