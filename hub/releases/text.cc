#include "hub/releases/text.h"

#include <utility>

#include "hub/base/canonical.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/contract_check.h"
#include "hub/contracts/script_check.h"
#include "hub/results/code_map_check.h"
#include "hub/routing/plan_check.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::releases {
namespace {

template <typename Message>
void TakeFirstDay(const Message& message, ReadText& text) {
  if (message.has_effective_from()) text.from_day = CivilDayOf(message.effective_from());
}

template <typename Message>
void TakeDays(const Message& message, ReadText& text) {
  TakeFirstDay(message, text);
  if (message.has_effective_to()) text.to_day = CivilDayOf(message.effective_to());
}

void Describe(const v1::Contract& contract, ReadText& text) {
  text.id = contract.vendor_id();
  TakeDays(contract, text);
}

void Describe(const v1::RoutingPlan& plan, ReadText& text) {
  text.id = plan.plan_id();
  TakeFirstDay(plan, text);
}

void Describe(const v1::RulePack& pack, ReadText& text) {
  text.id = pack.pack_id();
  text.version = pack.version();
  TakeDays(pack, text);
}

void Describe(const v1::CodeMap& map, ReadText& text) {
  text.id = map.vendor_id();
  text.version = map.version();
  TakeFirstDay(map, text);
}

void Describe(const v1::Script& script, ReadText& text) {
  text.id = script.script_id();
  text.version = script.version();
  TakeDays(script, text);
}

// What a kind's parser made of a text.
template <typename Message>
absl::Status Take(absl::StatusOr<Message> message, ReadText& text) {
  RETURN_IF_ERROR(message.status());
  Describe(*message, text);
  text.message = *std::move(message);
  return absl::OkStatus();
}

absl::Status Parse(v1::TextKind kind, std::string_view yaml, std::string_view file_name,
                   ReadText& text) {
  switch (kind) {
    case v1::TEXT_KIND_CONTRACT:
      return Take(contracts::ParseContract(yaml, file_name), text);
    case v1::TEXT_KIND_ROUTING_PLAN:
      return Take(routing::ParseRoutingPlan(yaml, file_name), text);
    case v1::TEXT_KIND_RULE_PACK:
      return Take(rules::ParseRulePack(yaml, file_name), text);
    case v1::TEXT_KIND_CODE_MAP:
      return Take(results::ParseCodeMap(yaml, file_name), text);
    case v1::TEXT_KIND_SCRIPT:
      return Take(contracts::ParseScript(yaml, file_name), text);
    default:
      return FieldInvalid({"kind", "must say what the text is"});
  }
}

}  // namespace

absl::StatusOr<ReadText> Read(v1::TextKind kind, std::string_view yaml,
                              std::string_view file_name) {
  ReadText text;
  RETURN_IF_ERROR(Parse(kind, yaml, file_name, text));
  text.kind = kind;
  text.yaml = std::string(yaml);
  text.digest = Sha256Of(yaml);
  text.file_name = std::string(file_name);
  return text;
}

absl::CivilDay DayOf(const ReadText& text, absl::Time now) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (const auto* pack = std::get_if<v1::RulePack>(&text.message))
    zone = rules::FindZone(pack->home_zone()).value_or(zone);
  return absl::ToCivilDay(now, zone);
}

std::string MeaningOf(const ReadText& text) {
  return std::visit([](auto message) { return CanonicalBytes(message); }, text.message);
}

const char* CommandsOf(v1::TextKind kind) {
  switch (kind) {
    case v1::TEXT_KIND_ROUTING_PLAN:
      return "routing";
    case v1::TEXT_KIND_RULE_PACK:
      return "rules";
    case v1::TEXT_KIND_CODE_MAP:
      return "codes";
    case v1::TEXT_KIND_SCRIPT:
      return "script";
    default:
      return "contract";
  }
}

}  // namespace switchboard::releases
