#include "tests/invariants/pack_rules.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"

namespace switchboard::invariants {
namespace {

using v1::RulePack;

// Whether the message, with all that is in it, says nothing that rule_pack.proto did not know when
// this was written: the fields of each message up to this one.
int NewestField(const std::string& message) {
  if (message == "Rule") return 15;
  if (message == "Contacts") return 12;
  if (message == "Ask") return 7;
  if (message == "Consent") return 6;
  if (message == "Answer") return 5;
  if (message == "Hours") return 5;
  if (message == "Condition") return 10;
  return 3;  // Window, Count, CoolDown, OpenTime, ClosedDays, StrengthWhere, times and days
}

bool IsKnown(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return false;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  const int newest = NewestField(message.GetDescriptor()->name());
  for (const auto* field : fields) {
    if (field->number() > newest) return false;
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (!IsKnown(reflection->GetMessage(message, field))) return false;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (!IsKnown(reflection->GetRepeatedMessage(message, field, i))) return false;
    }
  }
  return true;
}

bool AsksForProducts(const RulePack::Rule& rule) {
  const auto names_products = [](const RulePack::Ask& ask) { return ask.products_size() > 0; };
  return std::any_of(rule.asks().begin(), rule.asks().end(), names_products) ||
         std::any_of(rule.unless().begin(), rule.unless().end(),
                     [&](const auto& condition) { return names_products(condition.ask()); });
}

// Whether each exception is one of which it can be told when it surely did not hold.
bool AreExceptionsKnown(const RulePack::Rule& rule) {
  return std::all_of(rule.unless().begin(), rule.unless().end(), [](const auto& condition) {
    RulePack::Condition rest = condition;
    rest.clear_ask();
    rest.clear_consent();
    rest.clear_answer();
    return rest.ByteSizeLong() == 0;
  });
}

// Nothing: it binds some and warns others.
std::optional<bool> WarnsOnly(const RulePack::Rule& rule) {
  const bool warns = rule.strength() == RulePack::STRENGTH_SHOULD;
  const bool mixed = std::any_of(rule.strength_where().begin(), rule.strength_where().end(),
                                 [warns](const auto& where) {
                                   return (where.strength() == RulePack::STRENGTH_SHOULD) != warns;
                                 });
  return mixed ? std::nullopt : std::optional(warns);
}

std::optional<std::string> WhyNotUnderstood(const RulePack::Rule& rule) {
  if (!IsKnown(rule)) return "says something that who counts again has never heard of";
  if (AsksForProducts(rule)) return "asks for products, of which the log says nothing";
  if (!AreExceptionsKnown(rule)) return "has an exception of which the log says nothing";
  if (!WarnsOnly(rule).has_value()) return "refuses some and warns others";
  return std::nullopt;
}

}  // namespace

std::vector<RecountedRule> RecountedRules(const RulePack& pack, Violations& not_understood) {
  std::vector<RecountedRule> rules;
  for (const RulePack::Rule& rule : pack.rules()) {
    if (rule.has_forbid() || rule.has_only_if()) continue;
    auto why = WhyNotUnderstood(rule);
    if (!why.has_value() && !rule.has_hours() && !rule.has_count() && !rule.has_cool_down())
      why = "is of a kind that who counts again has never heard of";
    if (why.has_value()) {
      not_understood.push_back(absl::StrCat("rule ", rule.rule_id(), " ", *why));
      continue;
    }
    RecountedRule& one = rules.emplace_back();
    one.pack = &pack;
    one.rule = &rule;
    one.warns_only = *WarnsOnly(rule);
    if (rule.has_count()) {
      one.contacts = &rule.count().contacts();
      one.window = &rule.count().window();
      one.refuses_from = rule.count().at_most();
    } else if (rule.has_cool_down()) {
      one.contacts = &rule.cool_down().after();
      one.window = &rule.cool_down().window();
      one.refuses_from = 1;
    }
  }
  return rules;
}

}  // namespace switchboard::invariants
