#include "tests/rules/random_rules.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace switchboard::tests {
namespace {

using v1::RulePack;

constexpr const char* kZones[] = {
    "Asia/Tokyo",   "America/New_York",    "America/Los_Angeles", "Europe/London",
    "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns",    "Africa/Casablanca",
    "Asia/Urumqi",  "America/Havana",      "Pacific/Apia",        "Asia/Seoul",
    "Asia/Beirut",  "America/Phoenix",     "Pacific/Chatham",
};

// Changes of clocks of some of them, and a leap day.
constexpr const char* kMoments[] = {
    "2026-03-08T06:59:00Z", "2026-11-01T05:30:00Z", "2026-03-29T00:30:00Z", "2026-10-25T00:45:00Z",
    "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", "2028-02-29T12:00:00Z", "2026-12-31T15:00:00Z",
    "2026-08-31T14:59:00Z", "2026-03-08T04:59:00Z", "2026-06-15T12:00:00Z", "2026-03-28T22:00:00Z",
};

std::string Name(const char* kind, int number) { return absl::StrCat(kind, number); }

}  // namespace

template <typename Message, typename Add>
void RandomRules::AddSome(int most, Message* message, Add add) {
  std::vector<int> values;
  const int count = Below(most + 1);
  for (int i = 0; i < count; ++i) values.push_back(Below(most) + 1);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const int value : values) add(message, value);
}

const char* RandomRules::ZoneName() { return kZones[Below(std::size(kZones))]; }

absl::Time RandomRules::Moment() {
  absl::Time time;
  std::string error;
  absl::ParseTime(absl::RFC3339_full, kMoments[Below(std::size(kMoments))], &time, &error);
  return time + absl::Minutes(Below(4 * 24 * 60) - 2 * 24 * 60) + absl::Seconds(Below(3) - 1);
}

// Often on the very edge of a window.
absl::Time RandomRules::Before(absl::Time now) {
  const absl::Duration back = absl::Hours(24) * Below(9) + absl::Hours(Below(25)) +
                              (Chance(40) ? absl::ZeroDuration() : absl::Minutes(Below(60))) +
                              absl::Seconds(Chance(80) ? 0 : Below(2));
  return std::min(now, now - back);
}

RulePack::Ask RandomRules::Ask() {
  RulePack::Ask ask;
  if (Chance(40)) AddSome(5, &ask, [](auto* a, int v) { a->add_channels(v1::Channel(v)); });
  if (Chance(20)) {
    AddSome(7, &ask, [](auto* a, int v) { a->add_contact_kinds(v1::ContactKind(v)); });
  } else if (Chance(20)) {
    AddSome(3, &ask, [](auto* a, int v) { a->add_contact_kinds_other_than(v1::ContactKind(v)); });
  }
  if (Chance(30)) AddSome(4, &ask, [](auto* a, int v) { a->add_parties(v1::Party(v)); });
  if (Chance(30)) AddSome(7, &ask, [](auto* a, int v) { a->add_acts(v1::Act(v)); });
  if (Chance(20)) {
    AddSome(5, &ask, [](auto* a, int v) { a->add_collector_kinds(v1::CollectorKind(v)); });
  }
  if (Chance(20)) AddSome(3, &ask, [](auto* a, int v) { a->add_products(v1::ProductKind(v)); });
  if (ask.ByteSizeLong() == 0) ask.add_channels(v1::CHANNEL_PHONE);
  return ask;
}

RulePack::Answer RandomRules::Answer() {
  RulePack::Answer answer;
  answer.set_same_collector(Chance(50));
  answer.set_same_channel(Chance(50));
  answer.set_from_contact_point(Chance(20));
  answer.set_same_day(Chance(60));
  answer.set_first(Chance(50));
  return answer;
}

RulePack::Contacts RandomRules::Contacts() {
  RulePack::Contacts contacts;
  if (Chance(60)) contacts.add_directions(Chance(80) ? v1::DIRECTION_OUT : v1::DIRECTION_IN);
  if (Chance(40)) AddSome(5, &contacts, [](auto* c, int v) { c->add_channels(v1::Channel(v)); });
  if (Chance(50)) {
    AddSome(7, &contacts, [](auto* c, int v) { c->add_results(v1::ContactResult(v)); });
  }
  if (Chance(20)) AddSome(4, &contacts, [](auto* c, int v) { c->add_parties(v1::Party(v)); });
  if (Chance(20)) AddSome(3, &contacts, [](auto* c, int v) { c->add_acts_other_than(v1::Act(v)); });
  if (Chance(15)) {
    AddSome(7, &contacts, [](auto* c, int v) { c->add_contact_kinds(v1::ContactKind(v)); });
  } else if (Chance(15)) {
    AddSome(3, &contacts,
            [](auto* c, int v) { c->add_contact_kinds_other_than(v1::ContactKind(v)); });
  }
  if (Chance(70)) {
    AddSome(5, &contacts, [](auto* c, int v) { c->add_same(RulePack::Sameness(v)); });
  }
  contacts.set_objected(Chance(5));
  contacts.set_without_consented(Chance(20));
  contacts.set_without_wrong_points(Chance(20));
  if (Chance(15)) *contacts.mutable_without_answers() = Answer();
  if (contacts.ByteSizeLong() == 0) contacts.add_directions(v1::DIRECTION_OUT);
  return contacts;
}

RulePack::Window RandomRules::Window() {
  RulePack::Window window;
  if (Chance(60)) {
    window.set_days(1 + Below(8));
  } else if (Chance(70)) {
    window.mutable_elapsed()->set_seconds(3600 * (1 + Below(8 * 24)));
  } else {
    window.set_for_ever(true);
  }
  return window;
}

RulePack::OpenTime RandomRules::OpenTime() {
  RulePack::OpenTime open;
  if (Chance(40)) AddSome(7, &open, [](auto* o, int v) { o->add_days(v1::Weekday(v)); });
  const int from = Below(24 * 4) * 15;
  int to = Below(24 * 4 + 1) * 15;
  if (to == from) to = from + 15;
  if (from > 0 || Chance(50)) {
    open.mutable_from()->set_hour(from / 60);
    open.mutable_from()->set_minute(from % 60);
  }
  if (to < 24 * 60 || Chance(50)) {
    open.mutable_to()->set_hour(to / 60);
    open.mutable_to()->set_minute(to % 60);
  }
  return open;
}

RulePack::Hours RandomRules::Hours() {
  RulePack::Hours hours;
  for (int i = 1 + Below(3); i > 0; --i) *hours.add_open() = OpenTime();
  if (Chance(20)) {
    hours.set_calendar_id("holidays");
    if (Chance(50)) *hours.add_open_on_holidays() = OpenTime();
    if (Chance(20)) hours.clear_open();
  }
  if (Chance(20)) {
    auto* closed = hours.add_closed();
    closed->mutable_from()->set_month(1 + Below(12));
    closed->mutable_from()->set_day(1 + Below(28));
    closed->mutable_through()->set_month(1 + Below(12));
    closed->mutable_through()->set_day(1 + Below(28));
  }
  if (Chance(10)) hours.set_zone(ZoneName());
  return hours;
}

void RandomRules::FillConsent(RulePack::Consent* consent) {
  consent->set_what(v1::ConsentKind(1 + Below(5)));
  consent->set_direct(Chance(40));
  consent->set_same_account(Chance(40));
  consent->set_names_contact_point(Chance(20));
  if (Chance(30)) consent->set_days(1 + Below(8));
  if (Chance(20)) *consent->mutable_until_next() = Contacts();
}

RulePack::Condition RandomRules::Condition() {
  RulePack::Condition condition;
  if (Chance(15)) *condition.mutable_ask() = Ask();
  switch (Below(9)) {
    case 0: {
      auto* stop = condition.mutable_stop();
      stop->add_reasons(Chance(50) ? v1::STOP_REASON_DISPUTE : v1::STOP_REASON_HARDSHIP_PAUSE);
      if (Chance(30)) stop->set_days(1 + Below(9));
      if (stop->days() == 0 && Chance(30)) stop->set_months(1 + Below(4));
      break;
    }
    case 1:
      condition.set_account_disputed(true);
      break;
    case 2:
      condition.set_employer_forbids(true);
      break;
    case 3:
      condition.mutable_wish()->add_kinds(v1::WishKind(1 + Below(5)));
      condition.mutable_wish()->set_without_broken(Chance(30));
      break;
    case 4:
      FillConsent(condition.mutable_consent());
      break;
    case 5:
      *condition.mutable_answer() = Answer();
      break;
    case 6:
      *condition.mutable_contact()->mutable_contacts() = Contacts();
      *condition.mutable_contact()->mutable_window() = Window();
      break;
    case 7: {
      auto* failed = condition.mutable_failed_attempts();
      *failed->mutable_attempts() = Contacts();
      *failed->mutable_failures() = Contacts();
      failed->mutable_failures()->clear_without_answers();
      if (failed->failures().ByteSizeLong() == 0) failed->mutable_failures()->set_objected(true);
      failed->set_at_least(1 + Below(3));
      failed->set_from_next_day(Chance(60));
      break;
    }
    default:
      *condition.mutable_only_wrong_points() = Contacts();
  }
  return condition;
}

RulePack::Rule RandomRules::Rule(int number) {
  RulePack::Rule rule;
  rule.set_rule_id(absl::StrCat("x.rule-", number));
  rule.set_strength(Chance(15) ? RulePack::STRENGTH_SHOULD : RulePack::STRENGTH_LAW);
  rule.set_source("drawn");
  rule.set_verification(RulePack::VERIFICATION_UNVERIFIED);
  if (Chance(40)) *rule.add_asks() = Ask();
  if (Chance(20)) {
    auto* from = rule.mutable_effective_from();
    from->set_year(2026);
    from->set_month(1 + Below(12));
    from->set_day(1 + Below(28));
  }
  for (int i = Chance(50) ? Below(3) : 0; i > 0; --i) *rule.add_unless() = Condition();
  switch (Below(5)) {
    case 0:
      *rule.mutable_hours() = Hours();
      break;
    case 1:
      *rule.mutable_count()->mutable_contacts() = Contacts();
      *rule.mutable_count()->mutable_window() = Window();
      rule.mutable_count()->set_at_most(Chance(5) ? 0 : 1 + Below(5));
      break;
    case 2:
      *rule.mutable_cool_down()->mutable_after() = Contacts();
      *rule.mutable_cool_down()->mutable_window() = Window();
      break;
    case 3:
      rule.mutable_forbid();
      for (int i = Below(3); i > 0; --i) *rule.mutable_forbid()->add_when() = Condition();
      break;
    default:
      for (int i = 1 + Below(2); i > 0; --i) *rule.mutable_only_if()->add_any_of() = Condition();
  }
  return rule;
}

RulePack RandomRules::Pack() {
  RulePack pack;
  pack.set_pack_id("x");
  pack.set_version(1);
  pack.set_title("drawn");
  pack.set_country("US");
  pack.set_home_zone(ZoneName());
  if (Chance(20)) pack.add_zones_if_unknown(ZoneName());
  if (Chance(20)) pack.add_collector_kinds(v1::CollectorKind(1 + Below(5)));
  auto* calendar = pack.add_calendars();
  calendar->set_calendar_id("holidays");
  const auto set = [](v1::Date* date, int month, int day) {
    date->set_year(2026);
    date->set_month(month);
    date->set_day(day);
  };
  set(calendar->mutable_covers_from(), 1, 1);
  set(calendar->mutable_covers_through(), 11, 1);
  for (int month = 2; month <= 10; ++month) set(calendar->add_holidays(), month, 1 + Below(28));
  for (int number = 1 + Below(4); number > 0; --number) *pack.add_rules() = Rule(number);
  return pack;
}

rules::Contact RandomRules::Contact(absl::Time now) {
  rules::Contact contact;
  contact.at = Before(now);
  contact.direction = Chance(75) ? v1::DIRECTION_OUT : v1::DIRECTION_IN;
  contact.channel = Chance(60) ? v1::CHANNEL_PHONE : v1::Channel(1 + Below(5));
  contact.contact_kind = v1::ContactKind(Below(8));
  contact.party = Chance(70) ? v1::PARTY_PERSON : v1::Party(1 + Below(4));
  contact.act = v1::Act(Below(8));
  contact.result = v1::ContactResult(Chance(10) ? 0 : 1 + Below(7));
  contact.other_person = Chance(10);
  contact.consented = Chance(15);
  contact.objected = Chance(10);
  if (contact.party != v1::PARTY_PERSON) contact.party_id = Name("party-", Below(2));
  if (!Chance(10)) contact.contact_point = Name("point-", Below(3));
  contact.account = Name("account-", Below(2));
  contact.collector = Name("collector-", Below(2));
  return contact;
}

rules::Wish RandomRules::Wish(absl::Time now) {
  rules::Wish wish;
  wish.kind = v1::WishKind(1 + Below(5));
  wish.times.weekdays = Chance(50) ? 0x7F : static_cast<uint8_t>(1 + Below(127));
  wish.times.from_minute = Below(24) * 60;
  wish.times.to_minute = (wish.times.from_minute + 60 * (1 + Below(23))) % (24 * 60);
  if (Chance(40) || wish.kind == v1::WISH_KIND_NOT_BEFORE) {
    wish.until = now + absl::Minutes(30 * (Below(200) - 20));
  }
  wish.channel = v1::Channel(1 + Below(5));
  wish.contact_point = Name("point-", Below(3));
  wish.contact_kind = v1::ContactKind(1 + Below(7));
  wish.broken = Chance(30);
  return wish;
}

rules::Facts RandomRules::FactsAt(absl::Time now) {
  rules::Facts facts;
  const rules::Contact like = Contact(now);
  facts.request = {like.channel,   like.contact_kind,
                   like.party,     v1::Act(1 + Below(7)),
                   like.party_id,  like.contact_point,
                   like.account,   v1::ProductKind(Below(4)),
                   like.collector, v1::CollectorKind(1 + Below(5))};
  for (int i = Chance(90) ? 1 + Below(2) : 0; i > 0; --i) {
    absl::TimeZone zone;
    absl::LoadTimeZone(ZoneName(), &zone);
    facts.zones.push_back(zone);
  }
  facts.account_disputed = Chance(30);
  facts.employer_forbids = Chance(30);
  for (int i = Below(3); i > 0; --i) facts.wishes.push_back(Wish(now));
  for (int i = Below(3); i > 0; --i) facts.wrong_points.push_back(Name("point-", Below(3)));
  for (int i = Below(3); i > 0; --i) {
    rules::HeardStop& stop = facts.stops.emplace_back();
    stop.reason = Chance(50) ? v1::STOP_REASON_DISPUTE : v1::STOP_REASON_HARDSHIP_PAUSE;
    if (Chance(50)) stop.account = Name("account-", Below(2));
    stop.from = Before(now) - absl::Hours(24) * Below(60);
    if (Chance(40)) stop.until = now + absl::Hours(Below(100) - 20);
  }
  for (int i = Below(3); i > 0; --i) {
    facts.consents.push_back(
        {v1::ConsentKind(1 + Below(5)), Before(now),
         Chance(40) ? now + absl::Hours(Below(60) - 20) : absl::InfiniteFuture(),
         Chance(70) ? "" : Name("party-", Below(2)), Chance(50) ? "" : Name("point-", Below(3)),
         Name("collector-", Below(2)), Name("account-", Below(2))});
  }
  for (int i = Below(16); i > 0; --i) facts.history.push_back(Contact(now));
  std::stable_sort(facts.history.begin(), facts.history.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return facts;
}

}  // namespace switchboard::tests
