#include "hub/rules/compiled_pack.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

absl::TimeZone ZoneOf(const std::string& name) {
  const auto zone = FindZone(name);
  SWITCHBOARD_ASSERT(zone.has_value());
  return *zone;
}

int MinuteOf(const v1::TimeOfDay& time) { return time.hour() * 60 + time.minute(); }

template <typename List>
std::vector<DailyTime> TimesOf(const List& list) {
  std::vector<DailyTime> times;
  for (const RulePack::OpenTime& open : list) {
    DailyTime& time = times.emplace_back();
    if (open.days_size() > 0) time.weekdays = 0;
    for (const int day : open.days()) time.weekdays |= static_cast<uint8_t>(1 << (day - 1));
    if (open.has_from()) time.from_minute = MinuteOf(open.from());
    if (open.has_to()) time.to_minute = MinuteOf(open.to());
  }
  return times;
}

OpenHours HoursOf(const RulePack& pack, const RulePack::Hours& rule) {
  OpenHours hours;
  hours.open = TimesOf(rule.open());
  hours.open_on_holidays = TimesOf(rule.open_on_holidays());
  for (const auto& calendar : pack.calendars()) {
    if (calendar.calendar_id() != rule.calendar_id()) continue;
    hours.has_calendar = true;
    hours.covers_from = CivilDayOf(calendar.covers_from());
    hours.covers_through = CivilDayOf(calendar.covers_through());
    for (const v1::Date& date : calendar.holidays()) hours.holidays.insert(CivilDayOf(date));
  }
  for (const RulePack::ClosedDays& closed : rule.closed()) {
    hours.closed.push_back({closed.from().month(), closed.from().day(), closed.through().month(),
                            closed.through().day()});
  }
  return hours;
}

}  // namespace

std::shared_ptr<const CompiledPack> CompiledPack::Compile(RulePack pack) {
  return std::shared_ptr<const CompiledPack>(new CompiledPack(std::move(pack)));
}

CompiledPack::CompiledPack(RulePack pack)
    : pack_(std::move(pack)),
      needs_(NeedsOf(pack_)),
      places_(pack_),
      home_zone_(ZoneOf(pack_.home_zone())) {
  for (const std::string& name : pack_.zones_if_unknown()) {
    zones_if_unknown_.push_back(ZoneOf(name));
  }
  if (zones_if_unknown_.empty()) zones_if_unknown_.push_back(home_zone_);
  for (const RulePack::Rule& rule : pack_.rules()) {
    CompiledRule& compiled = rules_.emplace_back();
    compiled.rule = &rule;
    const auto start_of = [&](const v1::Date& date) {
      return StartOfDay(home_zone_, CivilDayOf(date));
    };
    if (pack_.has_effective_from()) compiled.effective_from = start_of(pack_.effective_from());
    if (pack_.has_effective_to()) compiled.effective_to = start_of(pack_.effective_to());
    if (rule.has_effective_from()) {
      compiled.effective_from = std::max(compiled.effective_from, start_of(rule.effective_from()));
    }
    if (rule.has_effective_to()) {
      compiled.effective_to = std::min(compiled.effective_to, start_of(rule.effective_to()));
    }
    if (!rule.has_hours()) continue;
    compiled.hours = HoursOf(pack_, rule.hours());
    if (!rule.hours().zone().empty()) compiled.own_zone = {ZoneOf(rule.hours().zone())};
  }
}

bool CompiledPack::Binds(v1::CollectorKind kind) const {
  const auto& kinds = pack_.collector_kinds();
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Span CompiledPack::InForce() const {
  Span span;
  if (pack_.has_effective_from())
    span.from = StartOfDay(home_zone_, CivilDayOf(pack_.effective_from()));
  if (pack_.has_effective_to()) span.to = StartOfDay(home_zone_, CivilDayOf(pack_.effective_to()));
  return span;
}

std::string NameOf(const CompiledPack& pack) {
  return pack.pack().pack_id() + "/" + std::to_string(pack.pack().version());
}

}  // namespace switchboard::rules
