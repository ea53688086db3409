#include "hub/rules/day_plan.h"

#include <algorithm>

#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

// A day has no more spells than this that are worth a call.
constexpr size_t kHoursMax = 24;

// What rules say to one attempt: whether none of the others was made yet, or all were. Those that
// were stand at the end of the time, as others' open permits do, so that no window leaves them out.
Decision DecideAmong(const Packs& packs, const Facts& facts, const Facts& with_others,
                     absl::Time time, absl::Time through) {
  Decision last = Decide(packs, with_others, time, through);
  const Decision first = Decide(packs, facts, time, through);
  last.allowed_until = std::min(last.allowed_until, first.allowed_until);
  if (first.allowed()) return last;
  if (last.allowed()) return first;
  const bool never = !first.next_time.has_value() || !last.next_time.has_value();
  last.next_time = never ? std::nullopt : std::max(first.next_time, last.next_time);
  return last;
}

std::vector<Span> HoursOf(const Packs& packs, const Facts& facts, int attempts, Span within) {
  Facts with_others = facts;
  with_others.history.insert(with_others.history.end(), static_cast<size_t>(attempts - 1),
                             AttemptAt(facts.request, within.to - absl::Microseconds(1)));
  std::vector<Span> hours;
  absl::Time time = within.from;
  while (time < within.to && hours.size() < kHoursMax) {
    const Decision decision = DecideAmong(packs, facts, with_others, time, within.to);
    if (!decision.allowed()) {
      if (!decision.next_time.has_value()) break;
      time = *decision.next_time;
      continue;
    }
    const absl::Time end = std::min(decision.allowed_until, within.to);
    if (!hours.empty() && hours.back().to == time) {
      hours.back().to = end;
    } else {
      hours.push_back({time, end});
    }
    time = end;
  }
  return hours;
}

}  // namespace

Contact AttemptAt(const Request& request, absl::Time time) {
  Contact contact;
  contact.at = time;
  contact.channel = request.channel;
  contact.contact_kind = request.contact_kind;
  contact.party = request.party;
  contact.act = request.act;
  contact.party_id = request.party_id;
  contact.contact_point = request.contact_point;
  contact.account = request.account;
  contact.collector = request.collector;
  return contact;
}

Span DayInAll(const std::vector<absl::TimeZone>& zones, absl::CivilDay day) {
  Span span;
  for (const absl::TimeZone zone : zones) {
    span.from = std::max(span.from, StartOfDay(zone, day));
    span.to = std::min(span.to, StartOfDay(zone, day + 1));
  }
  return span;
}

DayPlan PlanDay(const Packs& packs, const Facts& facts, Span within, int attempts_max) {
  DayPlan plan;
  for (int attempts = attempts_max; attempts >= 1; --attempts) {
    plan.hours = HoursOf(packs, facts, attempts, within);
    if (plan.hours.empty()) continue;
    plan.attempts = attempts;
    return plan;
  }
  plan.refused = Decide(packs, facts, within.from);
  return plan;
}

bool StandsStill(const Packs& packs, const Facts& facts, const std::vector<Span>& hours,
                 int attempts) {
  if (hours.empty()) return true;
  const std::vector<Span> allowed =
      HoursOf(packs, facts, attempts, {hours.front().from, hours.back().to});
  return std::all_of(hours.begin(), hours.end(), [&allowed](const Span& promised) {
    return std::any_of(allowed.begin(), allowed.end(), [&promised](const Span& span) {
      return span.from <= promised.from && promised.to <= span.to;
    });
  });
}

}  // namespace switchboard::rules
