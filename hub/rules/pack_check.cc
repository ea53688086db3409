#include "hub/rules/pack_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/id_text.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "hub/rules/condition_check.h"
#include "hub/rules/region_check.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

constexpr char kReason[] = "RULE_PACK_INVALID";
constexpr size_t kIdBytesMax = 32;
constexpr size_t kNameBytesMax = 64;
constexpr int kRulesMax = 500;
constexpr int kCountMax = 10'000;

void CheckText(const std::string& text, size_t min, size_t max, const std::string& path,
               FieldCheck* check) {
  check->Text(TextForm::kLine, text, min, max, path);
}

void CheckZone(const std::string& name, const std::string& path, FieldCheck* check) {
  check->Require(FindZone(name).has_value(), path,
                 "must be a zone of the IANA database, as Asia/Tokyo");
}

// Of a pack or a rule.
template <typename Message>
void CheckDays(const Message& message, const std::string& path, FieldCheck* check) {
  if (message.has_effective_from()) {
    check->Day(message.effective_from(), path + "effective_from");
  }
  if (message.has_effective_to()) check->Day(message.effective_to(), path + "effective_to");
  if (!check->ok() || !message.has_effective_from() || !message.has_effective_to()) return;
  check->Require(CivilDayOf(message.effective_from()) < CivilDayOf(message.effective_to()),
                 path + "effective_to",
                 "must be later than effective_from; it is the first day out of force");
}

void CheckCalendars(const RulePack& pack, FieldCheck* check) {
  std::set<std::string> ids;
  for (int i = 0; i < pack.calendars_size(); ++i) {
    const RulePack::Calendar& calendar = pack.calendars(i);
    const std::string path = absl::StrCat("calendars[", i, "].");
    check->Label(calendar.calendar_id(), 1, kIdBytesMax, path + "calendar_id");
    check->Require(ids.insert(calendar.calendar_id()).second, path + "calendar_id",
                   "stands here twice; keep one");
    check->Day(calendar.covers_from(), path + "covers_from");
    check->Day(calendar.covers_through(), path + "covers_through");
    if (!check->ok()) return;
    absl::CivilDay earliest = CivilDayOf(calendar.covers_from());
    const absl::CivilDay last = CivilDayOf(calendar.covers_through());
    check->Require(earliest <= last, path + "covers_through", "must not lie before covers_from");
    for (int day = 0; day < calendar.holidays_size() && check->ok(); ++day) {
      const std::string place = absl::StrCat(path, "holidays[", day, "]");
      const absl::CivilDay holiday = CivilDayOf(calendar.holidays(day));
      check->Day(calendar.holidays(day), place);
      check->Require(holiday >= earliest && holiday <= last, place,
                     "must be later than the one before it, and within what the calendar covers");
      earliest = holiday + 1;
    }
  }
}

void CheckTimeOfDay(const v1::TimeOfDay& time, const std::string& path, FieldCheck* check) {
  const bool in_day =
      time.hour() >= 0 && time.hour() < 24 && time.minute() >= 0 && time.minute() < 60;
  check->Require(in_day || (time.hour() == 24 && time.minute() == 0), path,
                 "must be from 00:00 to 24:00");
}

template <typename List>
void CheckOpenTimes(const List& list, const std::string& path, FieldCheck* check) {
  for (int i = 0; i < list.size(); ++i) {
    const RulePack::OpenTime& open = list.Get(i);
    const std::string place = absl::StrCat(path, "[", i, "]");
    CheckTimeOfDay(open.from(), place + ".from", check);
    CheckTimeOfDay(open.to(), place + ".to", check);
    const int from = open.from().hour() * 60 + open.from().minute();
    const int to = open.has_to() ? open.to().hour() * 60 + open.to().minute() : 24 * 60;
    check->Require(from != to && from < 24 * 60, place,
                   "is open for no time at all; leave it out, or give from and to");
    std::set<int> days;
    for (int day = 0; day < open.days_size(); ++day) {
      check->Require(open.days(day) != 0 && days.insert(open.days(day)).second,
                     absl::StrCat(place, ".days[", day, "]"),
                     "must be a day of the week that does not stand here twice");
    }
  }
}

void CheckDayOfYear(const v1::DayOfYear& day, const std::string& path, FieldCheck* check) {
  constexpr int kLeapYear = 2000;
  const absl::CivilDay civil(kLeapYear, day.month(), day.day());
  check->Require(
      civil.year() == kLeapYear && civil.month() == day.month() && civil.day() == day.day(), path,
      "must be a day of the year, as 12-31");
}

void CheckHours(const RulePack& pack, const RulePack::Hours& hours, const std::string& path,
                FieldCheck* check) {
  CheckOpenTimes(hours.open(), path + ".open", check);
  CheckOpenTimes(hours.open_on_holidays(), path + ".open_on_holidays", check);
  const bool known = std::any_of(
      pack.calendars().begin(), pack.calendars().end(),
      [&](const auto& calendar) { return calendar.calendar_id() == hours.calendar_id(); });
  check->Require(hours.calendar_id().empty() || known, path + ".calendar_id",
                 "must be the calendar_id of one of the pack's calendars");
  check->Require(!hours.calendar_id().empty() || hours.open_on_holidays().empty(),
                 path + ".open_on_holidays", "goes with a calendar_id only");
  for (int i = 0; i < hours.closed_size(); ++i) {
    const std::string place = absl::StrCat(path, ".closed[", i, "]");
    CheckDayOfYear(hours.closed(i).from(), place + ".from", check);
    CheckDayOfYear(hours.closed(i).through(), place + ".through", check);
  }
  if (!hours.zone().empty()) CheckZone(hours.zone(), path + ".zone", check);
  check->Require(!hours.open().empty() || !hours.closed().empty() || !hours.calendar_id().empty(),
                 path, "is always open; say when, as open: [{from: 08:00, to: 21:00}]");
}

template <typename List>
void CheckConditions(const List& list, const std::string& path, FieldCheck* check) {
  for (int i = 0; i < list.size(); ++i) {
    CheckCondition(list.Get(i), absl::StrCat(path, "[", i, "]"), check);
  }
}

void CheckKind(const RulePack& pack, const RulePack::Rule& rule, const std::string& path,
               FieldCheck* check) {
  switch (rule.kind_case()) {
    case RulePack::Rule::kHours:
      return CheckHours(pack, rule.hours(), path + "hours", check);
    case RulePack::Rule::kCount:
      CheckContacts(rule.count().contacts(), path + "count.contacts", check);
      CheckWindow(rule.count().window(), path + "count.window", check);
      return check->Require(rule.count().at_most() >= 0 && rule.count().at_most() <= kCountMax,
                            path + "count.at_most", "must be 0 to 10000");
    case RulePack::Rule::kCoolDown:
      CheckContacts(rule.cool_down().after(), path + "cool_down.after", check);
      return CheckWindow(rule.cool_down().window(), path + "cool_down.window", check);
    case RulePack::Rule::kForbid:
      return CheckConditions(rule.forbid().when(), path + "forbid.when", check);
    case RulePack::Rule::kOnlyIf:
      check->Require(!rule.only_if().any_of().empty(), path + "only_if.any_of",
                     "must have at least one entry; to refuse always, write \"forbid: {}\"");
      return CheckConditions(rule.only_if().any_of(), path + "only_if.any_of", check);
    default:
      check->Fail(path.substr(0, path.size() - 1),
                  "says nothing; give it hours, count, cool_down, forbid or only_if");
  }
}

void CheckRule(const RulePack& pack, const RulePack::Rule& rule, const std::string& path,
               FieldCheck* check) {
  const std::string prefix = pack.pack_id() + ".";
  const std::string& id = rule.rule_id();
  check->Require(
      absl::StartsWith(id, prefix) &&
          IsLabel(std::string_view(id).substr(prefix.size()), 1, kNameBytesMax),
      path + "rule_id",
      absl::StrCat("must be \"", prefix, "\" and 1 to 64 characters of a-z, 0-9 and \"-\""));
  check->Require(rule.strength() != RulePack::STRENGTH_UNSPECIFIED, path + "strength",
                 "is missing: LAW, PRESUMPTION, SELF_REGULATION or SHOULD");
  for (int i = 0; i < rule.strength_where_size(); ++i) {
    const std::string place = absl::StrCat(path, "strength_where[", i, "]");
    CheckAsk(rule.strength_where(i).ask(), place + ".ask", check);
    check->Require(rule.strength_where(i).strength() != RulePack::STRENGTH_UNSPECIFIED,
                   place + ".strength", "is missing: LAW, PRESUMPTION, SELF_REGULATION or SHOULD");
  }
  for (int i = 0; i < rule.asks_size(); ++i) {
    CheckAsk(rule.asks(i), absl::StrCat(path, "asks[", i, "]"), check);
  }
  CheckDays(rule, path, check);
  CheckText(rule.source(), 1, 500, path + "source", check);
  check->Require(rule.verification() != RulePack::VERIFICATION_UNSPECIFIED, path + "verification",
                 "is missing: CONFIRMED, SECOND_HAND or UNVERIFIED");
  CheckText(rule.reading(), 0, 500, path + "reading", check);
  CheckConditions(rule.unless(), path + "unless", check);
  CheckKind(pack, rule, path, check);
}

void CheckPack(const RulePack& pack, FieldCheck* check) {
  check->Label(pack.pack_id(), 1, kIdBytesMax, "pack_id");
  check->Require(pack.version() >= 1, "version", "must be 1 or more");
  CheckText(pack.title(), 1, 200, "title", check);
  check->Country(pack.country(), "country");
  CheckRegions(pack, check);
  CheckZone(pack.home_zone(), "home_zone", check);
  for (int i = 0; i < pack.zones_if_unknown_size(); ++i) {
    CheckZone(pack.zones_if_unknown(i), absl::StrCat("zones_if_unknown[", i, "]"), check);
  }
  for (int i = 0; i < pack.collector_kinds_size(); ++i) {
    check->Require(pack.collector_kinds(i) != v1::COLLECTOR_KIND_UNSPECIFIED,
                   absl::StrCat("collector_kinds[", i, "]"), "must be a kind, as AGENCY");
  }
  CheckDays(pack, "", check);
  CheckCalendars(pack, check);
  check->Require(pack.rules_size() >= 1 && pack.rules_size() <= kRulesMax, "rules",
                 "must have 1 to 500 entries");
  std::set<std::string> ids;
  for (int i = 0; i < pack.rules_size() && check->ok(); ++i) {
    const std::string path = absl::StrCat("rules[", i, "].");
    CheckRule(pack, pack.rules(i), path, check);
    check->Require(ids.insert(pack.rules(i).rule_id()).second, path + "rule_id",
                   "stands here twice; each rule has an id of its own");
  }
}

}  // namespace

bool IsHeardByPacks(v1::StopReason reason) {
  switch (reason) {
    case v1::STOP_REASON_ATTORNEY:
    case v1::STOP_REASON_CEASE:
    case v1::STOP_REASON_DISPUTE:
    case v1::STOP_REASON_BREATHING_SPACE:
    case v1::STOP_REASON_MENTAL_HEALTH_CRISIS:
    case v1::STOP_REASON_ADVISER_PLAN:
    case v1::STOP_REASON_HARDSHIP_PAUSE:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<RulePack> ParseRulePack(std::string_view yaml, std::string_view file_name) {
  RulePack pack;
  RETURN_IF_ERROR(ReadYaml(yaml, file_name, &pack));
  FieldCheck check;
  CheckPack(pack, &check);
  if (check.ok()) return pack;
  return YamlPlaces(yaml, file_name)
      .ErrorAt(check.problem()->field, kReason, check.problem()->problem);
}

}  // namespace switchboard::rules
