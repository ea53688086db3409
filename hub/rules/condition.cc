#include "hub/rules/condition.h"

#include <algorithm>
#include <string>

#include "hub/rules/answer.h"
#include "hub/rules/daily_time.h"
#include "hub/rules/stop_end.h"
#include "hub/rules/window.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

template <typename List, typename Value>
bool Has(const List& list, Value value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// From `from` inclusive until `until` exclusive.
Truth Between(absl::Time from, absl::Time until, absl::Time time) {
  if (time < from) return {false, std::min(from, until)};
  if (time < until) return {true, until};
  return Always(false);
}

Truth IsStopped(const RulePack::Stop& rule, const Hearing& hearing, absl::Time time) {
  Truth any = Always(false);
  for (const HeardStop& stop : hearing.facts.stops) {
    if (!Has(rule.reasons(), stop.reason)) continue;
    if (!stop.account.empty() && stop.account != hearing.facts.request.account) continue;
    const absl::Time until = stop.until < absl::InfiniteFuture()
                                 ? stop.until
                                 : EndOfStop(rule, hearing.home_zone, stop.from);
    any = Or(any, Between(stop.from, until, time));
  }
  return any;
}

// Whether two contact points lie in one place: at home or at work. Mobiles and e-mail lie nowhere.
bool IsSamePlace(v1::ContactKind a, v1::ContactKind b) {
  const auto place = [](v1::ContactKind kind) {
    switch (kind) {
      case v1::CONTACT_KIND_HOME_PHONE:
      case v1::CONTACT_KIND_HOME_ADDRESS:
        return 1;
      case v1::CONTACT_KIND_WORK_PHONE:
      case v1::CONTACT_KIND_WORK_ADDRESS:
        return 2;
      default:
        return 0;
    }
  };
  return a != v1::CONTACT_KIND_UNSPECIFIED && (a == b || (place(a) != 0 && place(a) == place(b)));
}

Truth GoesAgainst(const Wish& wish, const Hearing& hearing, absl::Time time) {
  const Request& request = hearing.facts.request;
  switch (wish.kind) {
    case v1::WISH_KIND_NOT_BEFORE:
      return Always(true);
    case v1::WISH_KIND_NOT_BETWEEN: {
      Truth any = Always(false);
      for (const absl::TimeZone zone : hearing.zones) {
        any = Or(any, IsWithin(wish.times, zone, time));
      }
      return any;
    }
    case v1::WISH_KIND_NO_CHANNEL:
      return Always(wish.channel == request.channel);
    case v1::WISH_KIND_NO_CONTACT_POINT:
      return Always(wish.contact_point == request.contact_point);
    case v1::WISH_KIND_INCONVENIENT_PLACE:
      return Always(IsSamePlace(wish.contact_kind, request.contact_kind));
    default:
      return Always(false);
  }
}

Truth IsUnwished(const RulePack::Wish& rule, const Hearing& hearing, absl::Time time) {
  if (hearing.facts.request.party != v1::PARTY_PERSON) return Always(false);
  Truth any = Always(false);
  for (const Wish& wish : hearing.facts.wishes) {
    if (!Has(rule.kinds(), wish.kind) || (rule.without_broken() && wish.broken)) continue;
    any = Or(any, And(Between(absl::InfinitePast(), wish.until, time),
                      GoesAgainst(wish, hearing, time)));
  }
  return any;
}

// Nobody knows yet what came of it.
bool IsUnderWay(const Contact& contact) { return contact.result == v1::CONTACT_RESULT_UNSPECIFIED; }

absl::Time EndOfConsent(const RulePack::Consent& rule, const Consent& consent, Hearing& hearing) {
  absl::Time until = consent.until;
  if (rule.days() > 0) {
    for (const absl::TimeZone zone : hearing.zones) {
      until = std::min(until, StartOfDay(zone, DayAt(zone, consent.given) + rule.days()));
    }
  }
  if (!rule.has_until_next()) return until;
  // What may be the next ends it.
  for (const int place : hearing.past.Fitting(rule.until_next(), hearing.zones, Sense::kRefuses)) {
    const Contact& next = hearing.past.At(place);
    if (next.at <= consent.given) continue;
    // What is under way may stand at any later time, and may be the next by now.
    return IsUnderWay(next) ? consent.given : std::min(until, next.at);
  }
  return until;
}

Truth IsConsented(const RulePack::Consent& rule, Hearing& hearing, absl::Time time) {
  const Request& request = hearing.facts.request;
  const std::string party_id = request.party == v1::PARTY_PERSON ? "" : request.party_id;
  Truth any = Always(false);
  for (const Consent& consent : hearing.facts.consents) {
    const bool names_point = consent.contact_point == request.contact_point;
    if (consent.what != rule.what() || consent.party_id != party_id ||
        (rule.direct() && consent.collector != request.collector) ||
        (rule.same_account() && consent.account != request.account) ||
        (!names_point && (rule.names_contact_point() || !consent.contact_point.empty()))) {
      continue;
    }
    any = Or(any, Between(consent.given, EndOfConsent(rule, consent, hearing), time));
  }
  return any;
}

Truth HaveFailed(const RulePack::FailedAttempts& rule, Hearing& hearing, absl::Time time,
                 Sense sense) {
  const bool lets_pass = sense == Sense::kLetsPass;
  const Traits failure = AllowedBy(rule.failures(), sense);
  const Traits sure_attempt = AllowedBy(rule.attempts(), Sense::kLetsPass);
  const auto& attempts = hearing.past.Fitting(rule.attempts(), hearing.zones, Sense::kRefuses);
  std::vector<int> row;  // the newest first
  for (auto place = attempts.rbegin(); place != attempts.rend(); ++place) {
    const Traits traits = hearing.past.TraitsAt(*place);
    // What is under way has not failed yet, where failures let pass.
    const bool open = IsUnderWay(hearing.past.At(*place)) && lets_pass;
    const bool failed = !open && Fits(traits, failure);
    // What may be no attempt at all is one only where that is stricter.
    if (!Fits(traits, sure_attempt) && failed == lets_pass) continue;
    if (!failed) break;
    row.push_back(*place);
  }
  const auto needed = static_cast<size_t>(rule.at_least());
  if (row.size() < needed) return Always(false);
  if (!rule.from_next_day()) return Always(true);
  const absl::Time last = hearing.past.At(row[row.size() - needed]).at;
  absl::Time from = absl::InfinitePast();
  for (const absl::TimeZone zone : hearing.zones) {
    from = std::max(from, StartOfDay(zone, DayAt(zone, last) + 1));
  }
  return Between(from, absl::InfiniteFuture(), time);
}

bool AreAllWrong(const RulePack::Contacts& rule, Hearing& hearing, Sense sense) {
  if (hearing.facts.wrong_points.empty()) return false;
  // What may have been tried, at a point that may be in order, is a reason against all being wrong.
  const bool lets_pass = sense == Sense::kLetsPass;
  const auto& tried =
      hearing.past.Fitting(rule, hearing.zones, lets_pass ? Sense::kRefuses : Sense::kLetsPass);
  return std::all_of(tried.begin(), tried.end(), [&](int place) {
    const std::string& point = hearing.past.At(place).contact_point;
    return point.empty() ? !lets_pass : Has(hearing.facts.wrong_points, point);
  });
}

template <typename List, typename Value>
bool Allows(const List& list, Value value) {
  return list.empty() || Has(list, value);
}

}  // namespace

bool IsAsk(const RulePack::Ask& ask, const Request& request) {
  return Allows(ask.channels(), request.channel) &&
         Allows(ask.contact_kinds(), request.contact_kind) &&
         !Has(ask.contact_kinds_other_than(), request.contact_kind) &&
         Allows(ask.parties(), request.party) && Allows(ask.acts(), request.act) &&
         Allows(ask.collector_kinds(), request.collector_kind) &&
         (request.product == v1::PRODUCT_KIND_UNSPECIFIED ||
          Allows(ask.products(), request.product));
}

bool SpeaksOf(const RulePack::Rule& rule, const Request& request) {
  return rule.asks().empty() ||
         std::any_of(rule.asks().begin(), rule.asks().end(),
                     [&](const RulePack::Ask& ask) { return IsAsk(ask, request); });
}

Truth Holds(const RulePack::Condition& condition, Hearing& hearing, absl::Time time, Sense sense) {
  const Facts& facts = hearing.facts;
  Truth all = Always(true);
  if (condition.has_ask()) all = And(all, Always(IsAsk(condition.ask(), facts.request)));
  if (condition.account_disputed()) all = And(all, Always(facts.account_disputed));
  if (condition.employer_forbids()) all = And(all, Always(facts.employer_forbids));
  // Nothing that follows can make a part hold that never will.
  if (!all.holds) return all;
  if (condition.has_stop()) all = And(all, IsStopped(condition.stop(), hearing, time));
  if (condition.has_wish()) all = And(all, IsUnwished(condition.wish(), hearing, time));
  if (condition.has_consent()) all = And(all, IsConsented(condition.consent(), hearing, time));
  if (condition.has_answer()) {
    all = And(all, IsAnswer(condition.answer(), facts, hearing.zones, time));
  }
  if (condition.has_contact()) {
    const RulePack::PastContact& past = condition.contact();
    const auto& contacts = hearing.past.Fitting(past.contacts(), hearing.zones, sense);
    all = And(all, CountIn(past.window(), contacts, 1, hearing, time, sense).reaches);
  }
  if (condition.has_failed_attempts()) {
    all = And(all, HaveFailed(condition.failed_attempts(), hearing, time, sense));
  }
  if (condition.has_only_wrong_points()) {
    all = And(all, Always(AreAllWrong(condition.only_wrong_points(), hearing, sense)));
  }
  return all;
}

}  // namespace switchboard::rules
