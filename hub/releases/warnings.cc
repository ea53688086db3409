#include "hub/releases/warnings.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/base/error.h"
#include "hub/contracts/version_days.h"

namespace switchboard::releases {
namespace {

using contracts::VersionDays;

const contracts::VersionedTexts& TextsOf(const Standing& standing, v1::TextKind kind) {
  if (kind == v1::TEXT_KIND_RULE_PACK) return standing.rule_packs;
  if (kind == v1::TEXT_KIND_CODE_MAP) return standing.code_maps;
  return standing.scripts;
}

// The versions of the line in which a text would stand, by their days. `unusable`: why those of one
// cannot be told.
absl::StatusOr<std::vector<VersionDays>> DaysOf(storage::Connection& connection,
                                                const Standing& standing, const ReadText& text,
                                                absl::Status& unusable) {
  std::vector<VersionDays> days;
  if (text.kind == v1::TEXT_KIND_CONTRACT) {
    ASSIGN_OR_RETURN(const auto versions, standing.contracts.Versions(connection, text.id));
    for (const auto& one : versions) days.push_back(one.days);
    return days;
  }
  if (text.kind == v1::TEXT_KIND_ROUTING_PLAN) {
    ASSIGN_OR_RETURN(const auto versions, standing.plans.Versions(connection));
    for (const auto& one : versions) days.push_back(one.days);
    return days;
  }
  ASSIGN_OR_RETURN(const auto versions, TextsOf(standing, text.kind).Versions(connection, text.id));
  for (const auto& one : versions) {
    if (!one.usable.ok()) {
      unusable = one.usable;
      continue;
    }
    ASSIGN_OR_RETURN(const ReadText read, Read(text.kind, one.yaml, "stored text"));
    days.push_back({one.version, read.from_day, read.to_day});
  }
  return days;
}

// What was altered in the database must not keep the text out that cures it.
std::string CannotBeTold(std::string_view what, const absl::Status& why) {
  return absl::StrCat("it cannot be told ", absl::string_view(what.data(), what.size()), ": ",
                      why.message());
}

// A version's number, where the text names none: the next one.
int64_t NumberOf(const ReadText& text, const std::vector<VersionDays>& days) {
  int64_t highest = 0;
  for (const VersionDays& one : days) highest = std::max(highest, one.version);
  return text.version != 0 ? text.version : highest + 1;
}

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

void AddNeverBegin(const std::vector<VersionDays>& days, const ReadText& text, absl::CivilDay today,
                   std::vector<std::string>& warnings) {
  const VersionDays next = {NumberOf(text, days), text.from_day, text.to_day};
  const auto after = text.kind == v1::TEXT_KIND_RULE_PACK ? contracts::AfterItsEnd::kOlderVersion
                                                          : contracts::AfterItsEnd::kNothing;
  for (const int64_t version : contracts::NeverBegin(days, next, today, after)) {
    const auto one = std::find_if(days.begin(), days.end(), [&](const VersionDays& candidate) {
      return candidate.version == version;
    });
    warnings.push_back(absl::StrCat(
        "version ", version, ", which is to begin on ", DayText(one->from.value_or(today)),
        ", would never begin: this one goes before it on all of its days"));
  }
}

absl::Time BeginOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

}  // namespace

absl::StatusOr<std::vector<std::string>> WarningsOf(storage::Connection& connection,
                                                    const Standing& standing, const ReadText& text,
                                                    absl::Time now) {
  std::vector<std::string> warnings;
  const absl::CivilDay today = DayOf(text, now);
  if (text.to_day.has_value() && *text.to_day <= today) {
    warnings.push_back(absl::StrCat("its days are over: it would be in force up to ",
                                    DayText(*text.to_day), " only, and today is ", DayText(today)));
  }
  absl::Status unusable;
  ASSIGN_OR_RETURN(const auto days, DaysOf(connection, standing, text, unusable));
  AddNeverBegin(days, text, today, warnings);
  if (!unusable.ok())
    warnings.push_back(CannotBeTold("whether one version would never begin", unusable));
  if (const auto* contract = std::get_if<v1::Contract>(&text.message)) {
    const absl::Time begin = text.from_day.has_value() ? BeginOf(*text.from_day) : now;
    ASSIGN_OR_RETURN(auto uncovered,
                     UncoveredOn(connection, standing.plans, std::max(begin, now), contract));
    for (std::string& one : uncovered) warnings.push_back(std::move(one));
  }
  if (text.kind == v1::TEXT_KIND_CODE_MAP) {
    ASSIGN_OR_RETURN(const auto vendors, standing.contracts.Vendors(connection));
    if (std::find(vendors.begin(), vendors.end(), text.id) == vendors.end())
      warnings.push_back(absl::StrCat("vendor ", text.id, " never had a contract"));
  }
  if (warnings.size() > kWarningsMax) warnings.resize(kWarningsMax);
  return warnings;
}

absl::StatusOr<std::vector<std::string>> UncoveredOn(storage::Connection& connection,
                                                     const contracts::RoutingPlans& plans,
                                                     absl::Time day, const v1::Contract* instead) {
  ASSIGN_OR_RETURN(const auto uncovered, plans.Uncovered(connection, day, instead));
  std::vector<std::string> sentences;
  for (const absl::Status& one : uncovered) {
    sentences.push_back(contracts::IsUnusableText(one)
                            ? CannotBeTold("what of the routing plan would not be covered", one)
                            : std::string(one.message()));
  }
  return sentences;
}

}  // namespace switchboard::releases
