#include "tests/rules/reference.h"

#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace switchboard::tests {
namespace {

using rules::Contact;
using rules::Facts;
using v1::RulePack;

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  absl::LoadTimeZone(name, &zone);
  return zone;
}

absl::CivilDay Day(absl::Time time, absl::TimeZone zone) {
  return absl::CivilDay(zone.At(time).cs);
}

absl::CivilDay Day(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// Everything a question looks at.
struct Asked {
  const RulePack& pack;
  const Facts& facts;
  absl::Time now;
  std::vector<absl::TimeZone> zones;
};

template <typename List, typename Value>
bool Lists(const List& list, Value value) {
  for (const auto each : list) {
    if (static_cast<int>(each) == static_cast<int>(value)) return true;
  }
  return false;
}

bool IsParty(v1::Party a, const std::string& a_id, v1::Party b, const std::string& b_id) {
  if (a != b) return false;
  return a == v1::PARTY_PERSON ? true : a_id == b_id;
}

bool FitsAsk(const RulePack::Ask& ask, const rules::Request& request) {
  if (ask.channels_size() > 0 && !Lists(ask.channels(), request.channel)) return false;
  if (ask.contact_kinds_size() > 0 && !Lists(ask.contact_kinds(), request.contact_kind)) {
    return false;
  }
  if (Lists(ask.contact_kinds_other_than(), request.contact_kind)) return false;
  if (ask.parties_size() > 0 && !Lists(ask.parties(), request.party)) return false;
  if (ask.acts_size() > 0 && !Lists(ask.acts(), request.act)) return false;
  if (ask.collector_kinds_size() > 0 && !Lists(ask.collector_kinds(), request.collector_kind)) {
    return false;
  }
  if (request.product == v1::PRODUCT_KIND_UNSPECIFIED) return true;
  return ask.products_size() == 0 || Lists(ask.products(), request.product);
}

bool IsWrong(const std::string& point, const Facts& facts) {
  for (const std::string& wrong : facts.wrong_points) {
    if (wrong == point) return true;
  }
  return false;
}

// Whether a return call at `time` answers: `history` is what came before it.
bool Answers(const RulePack::Answer& answer, const std::vector<Contact>& history,
             const Contact& call, const std::vector<absl::TimeZone>& zones) {
  if (call.act != v1::ACT_RETURN_CALL) return false;
  int last_in = -1;
  for (int i = 0; i < static_cast<int>(history.size()); ++i) {
    const Contact& contact = history[static_cast<size_t>(i)];
    if (contact.other_person) continue;
    if (!IsParty(contact.party, contact.party_id, call.party, call.party_id)) continue;
    if (answer.same_collector() && contact.collector != call.collector) continue;
    if (answer.same_channel() && contact.channel != call.channel) continue;
    if (contact.direction == v1::DIRECTION_IN) last_in = i;
  }
  if (last_in < 0) return false;
  const Contact& in = history[static_cast<size_t>(last_in)];
  if (answer.from_contact_point() && in.contact_point != call.contact_point) return false;
  for (const absl::TimeZone zone : zones) {
    if (answer.same_day() && Day(in.at, zone) != Day(call.at, zone)) return false;
  }
  for (size_t i = static_cast<size_t>(last_in) + 1; answer.first() && i < history.size(); ++i) {
    const Contact& contact = history[i];
    if (contact.other_person) continue;
    if (contact.direction != v1::DIRECTION_OUT) continue;
    if (contact.result == v1::CONTACT_RESULT_NOT_PLACED) continue;
    if (!IsParty(contact.party, contact.party_id, call.party, call.party_id)) continue;
    if (answer.same_collector() && contact.collector != call.collector) continue;
    if (answer.same_channel() && contact.channel != call.channel) continue;
    return false;
  }
  return true;
}

// Whether what is not known of a contact is taken to fit, or not to.
enum class Unknown { kFits, kDoesNotFit };

bool FitsContacts(const RulePack::Contacts& filter, size_t place, const Asked& asked,
                  Unknown unknown) {
  const Contact& contact = asked.facts.history[place];
  const rules::Request& request = asked.facts.request;
  if (filter.directions_size() > 0 && !Lists(filter.directions(), contact.direction)) return false;
  if (filter.channels_size() > 0 && !Lists(filter.channels(), contact.channel)) return false;
  if (filter.results_size() > 0) {
    if (contact.result == v1::CONTACT_RESULT_UNSPECIFIED) {
      if (unknown == Unknown::kDoesNotFit) return false;
    } else if (!Lists(filter.results(), contact.result)) {
      return false;
    }
  }
  if (contact.other_person && !Lists(filter.same(), RulePack::SAMENESS_CONTACT_POINT)) return false;
  if (filter.parties_size() > 0 && !Lists(filter.parties(), contact.party)) return false;
  if (Lists(filter.acts_other_than(), contact.act)) return false;
  if (contact.contact_kind == v1::CONTACT_KIND_UNSPECIFIED) {
    const bool asked_for =
        filter.contact_kinds_size() > 0 || filter.contact_kinds_other_than_size() > 0;
    if (asked_for && unknown == Unknown::kDoesNotFit) return false;
  } else {
    if (filter.contact_kinds_size() > 0 && !Lists(filter.contact_kinds(), contact.contact_kind)) {
      return false;
    }
    if (Lists(filter.contact_kinds_other_than(), contact.contact_kind)) return false;
  }
  // Nobody said where, nor does the request.
  const bool point_known = !contact.contact_point.empty() || request.contact_point.empty();
  for (const int same : filter.same()) {
    if (same == RulePack::SAMENESS_PARTY && contact.other_person) return false;
    if (same == RulePack::SAMENESS_PARTY &&
        !IsParty(contact.party, contact.party_id, request.party, request.party_id)) {
      return false;
    }
    if (same == RulePack::SAMENESS_ACCOUNT && contact.account != request.account) return false;
    if (same == RulePack::SAMENESS_COLLECTOR && contact.collector != request.collector) {
      return false;
    }
    if (same == RulePack::SAMENESS_CHANNEL && contact.channel != request.channel) return false;
    if (same == RulePack::SAMENESS_CONTACT_POINT && !point_known) {
      if (unknown == Unknown::kDoesNotFit) return false;
    } else if (same == RulePack::SAMENESS_CONTACT_POINT &&
               contact.contact_point != request.contact_point) {
      return false;
    }
  }
  if (filter.objected() && !contact.objected) return false;
  if (filter.without_consented() && contact.consented) return false;
  if (filter.without_wrong_points()) {
    if (IsWrong(contact.contact_point, asked.facts)) return false;
    if (!point_known && unknown == Unknown::kDoesNotFit) return false;
  }
  if (!filter.has_without_answers() || contact.direction == v1::DIRECTION_IN) return true;
  if (contact.other_person) return true;
  if (filter.without_answers().from_contact_point() && contact.contact_point.empty()) return true;
  const std::vector<Contact> before(asked.facts.history.begin(),
                                    asked.facts.history.begin() + static_cast<long>(place));
  return !Answers(filter.without_answers(), before, contact, asked.zones);
}

bool IsInWindow(const RulePack::Window& window, absl::Time at, absl::TimeZone zone,
                absl::Time now) {
  if (window.for_ever()) return true;
  if (window.days() > 0) return Day(now, zone) - Day(at, zone) < window.days();
  return now - at < absl::Seconds(window.elapsed().seconds());
}

int CountOn(const RulePack::Contacts& filter, const RulePack::Window& window, absl::TimeZone zone,
            const Asked& asked, Unknown unknown = Unknown::kFits) {
  int count = 0;
  for (size_t i = 0; i < asked.facts.history.size(); ++i) {
    if (FitsContacts(filter, i, asked, unknown) &&
        IsInWindow(window, asked.facts.history[i].at, zone, asked.now)) {
      ++count;
    }
  }
  return count;
}

// Minutes since midnight, with the part of a minute left out: times of day are whole minutes.
int MinuteOfDay(absl::CivilSecond shown) { return shown.hour() * 60 + shown.minute(); }

bool HasWeekday(const rules::DailyTime& times, absl::CivilDay day) {
  return (times.weekdays & (1 << static_cast<int>(absl::GetWeekday(day)))) != 0;
}

bool IsInTimes(const rules::DailyTime& times, absl::CivilDay day, absl::CivilSecond shown) {
  const int minute = MinuteOfDay(shown);
  const bool today = absl::CivilDay(shown) == day;
  if (!HasWeekday(times, day)) return false;
  if (times.from_minute < times.to_minute) {
    return today && minute >= times.from_minute && minute < times.to_minute;
  }
  return today ? minute >= times.from_minute : minute < times.to_minute;
}

rules::DailyTime TimesOf(const RulePack::OpenTime& open) {
  rules::DailyTime times;
  times.weekdays = 0;
  for (int day = 1; day <= 7; ++day) {
    if (open.days_size() == 0 || Lists(open.days(), day)) {
      times.weekdays = static_cast<uint8_t>(times.weekdays + (1 << (day - 1)));
    }
  }
  times.from_minute = open.has_from() ? open.from().hour() * 60 + open.from().minute() : 0;
  times.to_minute = open.has_to() ? open.to().hour() * 60 + open.to().minute() : 24 * 60;
  return times;
}

bool IsClosedOn(const RulePack::Hours& hours, absl::CivilDay day) {
  for (const auto& closed : hours.closed()) {
    const int now = day.month() * 100 + day.day();
    const int from = closed.from().month() * 100 + closed.from().day();
    const int through = closed.through().month() * 100 + closed.through().day();
    if (from <= through ? from <= now && now <= through : from <= now || now <= through) {
      return true;
    }
  }
  return false;
}

bool IsHoliday(const Asked& asked, const RulePack::Hours& hours, absl::CivilDay day,
               bool if_unknown) {
  for (const auto& calendar : asked.pack.calendars()) {
    if (calendar.calendar_id() != hours.calendar_id()) continue;
    if (day < Day(calendar.covers_from()) || day > Day(calendar.covers_through())) {
      return if_unknown;
    }
    for (const auto& holiday : calendar.holidays()) {
      if (Day(holiday) == day) return true;
    }
  }
  return false;
}

bool IsOpenOn(const Asked& asked, const RulePack::Hours& hours, absl::TimeZone zone,
              bool if_unknown) {
  const absl::CivilSecond shown = zone.At(asked.now).cs;
  const absl::CivilDay today(shown);
  if (IsClosedOn(hours, today)) return false;
  for (const absl::CivilDay day : {today, today - 1}) {
    if (IsClosedOn(hours, day)) continue;
    const bool holiday = IsHoliday(asked, hours, day, if_unknown);
    if (!holiday && hours.open_size() == 0 && day == today) return true;
    for (const auto& open : holiday ? hours.open_on_holidays() : hours.open()) {
      if (IsInTimes(TimesOf(open), day, shown)) return true;
    }
  }
  return false;
}

bool IsStopped(const RulePack::Stop& rule, const Asked& asked) {
  const absl::TimeZone home = Zone(asked.pack.home_zone());
  for (const rules::HeardStop& stop : asked.facts.stops) {
    if (!Lists(rule.reasons(), stop.reason)) continue;
    if (!stop.account.empty() && stop.account != asked.facts.request.account) continue;
    if (asked.now < stop.from) continue;
    if (stop.until < absl::InfiniteFuture()) {
      if (asked.now < stop.until) return true;
      continue;
    }
    const absl::CivilDay first = Day(stop.from, home);
    const absl::CivilDay today = Day(asked.now, home);
    if (rule.days() > 0) {
      if (today - first < rule.days()) return true;
    } else if (rule.months() > 0) {
      const absl::CivilMonth month = absl::CivilMonth(first) + rule.months();
      absl::CivilDay last(month.year(), month.month(), first.day());
      while (absl::CivilMonth(last) != month) last -= 1;  // there is no such day
      if (today <= last) return true;
    } else {
      return true;
    }
  }
  return false;
}

int PlaceOf(v1::ContactKind kind) {
  if (kind == v1::CONTACT_KIND_HOME_PHONE || kind == v1::CONTACT_KIND_HOME_ADDRESS) return 1;
  if (kind == v1::CONTACT_KIND_WORK_PHONE || kind == v1::CONTACT_KIND_WORK_ADDRESS) return 2;
  return 0;
}

bool IsUnwished(const RulePack::Wish& rule, const Asked& asked) {
  const rules::Request& request = asked.facts.request;
  if (request.party != v1::PARTY_PERSON) return false;
  for (const rules::Wish& wish : asked.facts.wishes) {
    if (!Lists(rule.kinds(), wish.kind) || asked.now >= wish.until) continue;
    if (rule.without_broken() && wish.broken) continue;
    if (wish.kind == v1::WISH_KIND_NOT_BEFORE) return true;
    if (wish.kind == v1::WISH_KIND_NO_CHANNEL && wish.channel == request.channel) return true;
    if (wish.kind == v1::WISH_KIND_NO_CONTACT_POINT &&
        wish.contact_point == request.contact_point) {
      return true;
    }
    if (wish.kind == v1::WISH_KIND_INCONVENIENT_PLACE &&
        request.contact_kind != v1::CONTACT_KIND_UNSPECIFIED &&
        (wish.contact_kind == request.contact_kind ||
         (PlaceOf(wish.contact_kind) > 0 &&
          PlaceOf(wish.contact_kind) == PlaceOf(request.contact_kind)))) {
      return true;
    }
    if (wish.kind != v1::WISH_KIND_NOT_BETWEEN) continue;
    for (const absl::TimeZone zone : asked.zones) {
      const absl::CivilSecond shown = zone.At(asked.now).cs;
      const absl::CivilDay today(shown);
      if (IsInTimes(wish.times, today, shown) || IsInTimes(wish.times, today - 1, shown)) {
        return true;
      }
    }
  }
  return false;
}

bool IsConsented(const RulePack::Consent& rule, const Asked& asked) {
  const rules::Request& request = asked.facts.request;
  for (const rules::Consent& consent : asked.facts.consents) {
    if (consent.what != rule.what()) continue;
    if (consent.party_id != (request.party == v1::PARTY_PERSON ? "" : request.party_id)) continue;
    if (rule.direct() && consent.collector != request.collector) continue;
    if (rule.same_account() && consent.account != request.account) continue;
    if (rule.names_contact_point() && consent.contact_point != request.contact_point) continue;
    if (!consent.contact_point.empty() && consent.contact_point != request.contact_point) continue;
    if (asked.now < consent.given || asked.now >= consent.until) continue;
    bool ended = false;
    for (const absl::TimeZone zone : asked.zones) {
      if (rule.days() > 0 && Day(asked.now, zone) - Day(consent.given, zone) >= rule.days()) {
        ended = true;
      }
    }
    for (size_t i = 0; rule.has_until_next() && i < asked.facts.history.size(); ++i) {
      if (asked.facts.history[i].at > consent.given &&
          FitsContacts(rule.until_next(), i, asked, Unknown::kFits)) {
        ended = true;
      }
    }
    if (!ended) return true;
  }
  return false;
}

bool HaveFailed(const RulePack::FailedAttempts& rule, const Asked& asked, bool lets_pass) {
  std::vector<absl::Time> row;  // of failures without anything else between them
  for (size_t i = 0; i < asked.facts.history.size(); ++i) {
    if (!FitsContacts(rule.attempts(), i, asked, Unknown::kFits)) continue;
    const bool doubtful = !FitsContacts(rule.attempts(), i, asked, Unknown::kDoesNotFit);
    const bool over = asked.facts.history[i].result != v1::CONTACT_RESULT_UNSPECIFIED;
    const bool failed =
        (over || !lets_pass) &&
        FitsContacts(rule.failures(), i, asked, lets_pass ? Unknown::kDoesNotFit : Unknown::kFits);
    // A doubtful failure lets nothing pass, and a doubtful success ends no row that refuses.
    if (doubtful && failed && lets_pass) continue;
    if (doubtful && !failed && !lets_pass) continue;
    if (failed) {
      row.push_back(asked.facts.history[i].at);
    } else {
      row.clear();
    }
  }
  if (static_cast<int>(row.size()) < rule.at_least()) return false;
  const absl::Time last = row[static_cast<size_t>(rule.at_least()) - 1];
  for (const absl::TimeZone zone : asked.zones) {
    if (rule.from_next_day() && Day(asked.now, zone) <= Day(last, zone)) return false;
  }
  return true;
}

bool AreAllWrong(const RulePack::Contacts& rule, const Asked& asked, bool lets_pass) {
  if (asked.facts.wrong_points.empty()) return false;
  for (size_t i = 0; i < asked.facts.history.size(); ++i) {
    const std::string& point = asked.facts.history[i].contact_point;
    if (!FitsContacts(rule, i, asked, lets_pass ? Unknown::kFits : Unknown::kDoesNotFit)) continue;
    if (point.empty() && !lets_pass) continue;
    if (!IsWrong(point, asked.facts)) return false;
  }
  return true;
}

bool WasContacted(const RulePack::PastContact& past, const Asked& asked, bool lets_pass) {
  const Unknown unknown = lets_pass ? Unknown::kDoesNotFit : Unknown::kFits;
  for (const absl::TimeZone zone : asked.zones) {
    const bool any = CountOn(past.contacts(), past.window(), zone, asked, unknown) > 0;
    if (any != lets_pass) return any;
  }
  return lets_pass;
}

bool IsSo(const RulePack::Condition& condition, const Asked& asked, bool lets_pass) {
  const Facts& facts = asked.facts;
  if (condition.has_ask() && !FitsAsk(condition.ask(), facts.request)) return false;
  if (condition.has_stop() && !IsStopped(condition.stop(), asked)) return false;
  if (condition.account_disputed() && !facts.account_disputed) return false;
  if (condition.employer_forbids() && !facts.employer_forbids) return false;
  if (condition.has_wish() && !IsUnwished(condition.wish(), asked)) return false;
  if (condition.has_consent() && !IsConsented(condition.consent(), asked)) return false;
  if (condition.has_answer()) {
    Contact call;
    call.at = asked.now;
    call.act = facts.request.act;
    call.party = facts.request.party;
    call.party_id = facts.request.party_id;
    call.channel = facts.request.channel;
    call.contact_point = facts.request.contact_point;
    call.collector = facts.request.collector;
    if (!Answers(condition.answer(), facts.history, call, asked.zones)) return false;
  }
  if (condition.has_contact() && !WasContacted(condition.contact(), asked, lets_pass)) return false;
  if (condition.has_failed_attempts() &&
      !HaveFailed(condition.failed_attempts(), asked, lets_pass)) {
    return false;
  }
  return !condition.has_only_wrong_points() ||
         AreAllWrong(condition.only_wrong_points(), asked, lets_pass);
}

bool KindRefuses(const RulePack::Rule& rule, const Asked& asked) {
  if (rule.has_hours()) {
    std::vector<absl::TimeZone> zones = asked.zones;
    if (!rule.hours().zone().empty()) zones = {Zone(rule.hours().zone())};
    for (const absl::TimeZone zone : zones) {
      if (!IsOpenOn(asked, rule.hours(), zone, false)) return true;
      if (!IsOpenOn(asked, rule.hours(), zone, true)) return true;
    }
    return false;
  }
  for (const absl::TimeZone zone : asked.zones) {
    if (rule.has_count() && CountOn(rule.count().contacts(), rule.count().window(), zone, asked) >=
                                rule.count().at_most()) {
      return true;
    }
    if (rule.has_cool_down() &&
        CountOn(rule.cool_down().after(), rule.cool_down().window(), zone, asked) > 0) {
      return true;
    }
  }
  if (rule.has_forbid()) {
    for (const auto& condition : rule.forbid().when()) {
      if (IsSo(condition, asked, /*lets_pass=*/false)) return true;
    }
    return rule.forbid().when_size() == 0;
  }
  if (!rule.has_only_if()) return false;
  for (const auto& condition : rule.only_if().any_of()) {
    if (IsSo(condition, asked, /*lets_pass=*/true)) return false;
  }
  return true;
}

template <typename Message>
bool IsInForce(const Message& message, absl::CivilDay today) {
  if (message.has_effective_from() && today < Day(message.effective_from())) return false;
  return !message.has_effective_to() || today < Day(message.effective_to());
}

}  // namespace

bool ReferenceFits(const RulePack::Ask& ask, const rules::Request& request) {
  return FitsAsk(ask, request);
}

bool ReferenceSpeaks(const RulePack& pack, const RulePack::Rule& rule,
                     const rules::Request& request, absl::Time now) {
  if (pack.collector_kinds_size() > 0 && !Lists(pack.collector_kinds(), request.collector_kind)) {
    return false;
  }
  const absl::CivilDay today = Day(now, Zone(pack.home_zone()));
  if (!IsInForce(pack, today) || !IsInForce(rule, today)) return false;
  bool speaks = rule.asks_size() == 0;
  for (const auto& ask : rule.asks()) speaks = speaks || FitsAsk(ask, request);
  return speaks;
}

int ReferenceCount(const RulePack& pack, const RulePack::Contacts& contacts,
                   const RulePack::Window& window, const Facts& facts, absl::TimeZone zone,
                   absl::Time now) {
  return CountOn(contacts, window, zone, Asked{pack, facts, now, {zone}});
}

bool ReferenceRefuses(const RulePack& pack, const RulePack::Rule& rule, const Facts& facts,
                      absl::Time now) {
  Asked asked{pack, facts, now, facts.zones};
  if (asked.zones.empty()) {
    for (const std::string& name : pack.zones_if_unknown()) asked.zones.push_back(Zone(name));
    if (asked.zones.empty()) asked.zones.push_back(Zone(pack.home_zone()));
  }
  if (!ReferenceSpeaks(pack, rule, facts.request, now)) return false;
  for (const auto& condition : rule.unless()) {
    if (IsSo(condition, asked, /*lets_pass=*/true)) return false;
  }
  return KindRefuses(rule, asked);
}

}  // namespace switchboard::tests
