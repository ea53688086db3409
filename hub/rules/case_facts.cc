#include "hub/rules/case_facts.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "hub/base/proto_time.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/wishes.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

std::string OrElse(const std::string& value, const std::string& left_out) {
  return value.empty() ? left_out : value;
}

template <typename Enum>
Enum OrElse(Enum value, Enum left_out) {
  return value == Enum{} ? left_out : value;
}

Request RequestOf(const v1::RuleFacts& facts, FieldCheck* check) {
  const v1::RuleAsk& ask = facts.ask();
  check->Require(ask.channel() != v1::CHANNEL_UNSPECIFIED, "ask.channel", "is missing");
  check->Require(ask.party() != v1::PARTY_UNSPECIFIED, "ask.party", "is missing");
  check->Require(ask.act() != v1::ACT_UNSPECIFIED, "ask.act", "is missing");
  check->Require(!facts.account().id().empty(), "account.id", "is missing");
  check->Require(!facts.collector().id().empty(), "collector.id", "is missing");
  check->Require(facts.collector().kind() != v1::COLLECTOR_KIND_UNSPECIFIED, "collector.kind",
                 "is missing");
  Request request;
  request.channel = ask.channel();
  request.contact_kind = ask.contact_kind();
  request.party = ask.party();
  request.act = ask.act();
  request.party_id = ask.party_id();
  request.contact_point = ask.contact_point();
  request.account = facts.account().id();
  request.product = facts.account().product();
  request.collector = facts.collector().id();
  request.collector_kind = facts.collector().kind();
  return request;
}

Contact ContactOf(const v1::RuleContact& proto, const Request& request) {
  Contact contact;
  contact.at = TimeOf(proto.at());
  contact.direction = OrElse(proto.direction(), v1::DIRECTION_OUT);
  contact.channel = OrElse(proto.channel(), request.channel);
  contact.contact_point = OrElse(proto.contact_point(), request.contact_point);
  contact.contact_kind = proto.contact_kind();
  if (contact.contact_point == request.contact_point) {
    contact.contact_kind = OrElse(contact.contact_kind, request.contact_kind);
  }
  contact.party = OrElse(proto.party(), request.party);
  contact.party_id = proto.party_id();
  if (contact.party == request.party) {
    contact.party_id = OrElse(contact.party_id, request.party_id);
  }
  contact.act = OrElse(proto.act(), request.act);
  contact.result = proto.result();
  contact.consented = proto.consented();
  contact.objected = proto.objected();
  contact.account = OrElse(proto.account(), request.account);
  contact.collector = OrElse(proto.collector(), request.collector);
  return contact;
}

void AddHistory(const v1::RuleFacts& proto, Facts* facts, FieldCheck* check) {
  absl::Time before = absl::InfinitePast();
  for (int i = 0; i < proto.history_size() && check->ok(); ++i) {
    const std::string path = absl::StrCat("history[", i, "]");
    check->Require(proto.history(i).has_at(), path + ".at", "is missing");
    check->Require(proto.history(i).result() != v1::CONTACT_RESULT_UNSPECIFIED, path + ".result",
                   "is missing");
    const Contact& contact =
        facts->history.emplace_back(ContactOf(proto.history(i), facts->request));
    check->Require(contact.at >= before, path + ".at", "lies before the contact above it");
    check->Require(contact.at <= TimeOf(proto.now()), path + ".at", "lies after now");
    before = contact.at;
  }
}

void AddStops(const v1::RuleFacts& proto, Facts* facts, FieldCheck* check) {
  for (int i = 0; i < proto.stops_size(); ++i) {
    const v1::RuleStop& stop = proto.stops(i);
    const std::string path = absl::StrCat("stops[", i, "]");
    check->Require(IsHeardByPacks(stop.reason()), path + ".reason",
                   "must be a reason that packs hear, as DISPUTE");
    check->Require(stop.on() != v1::RuleStop::SUBJECT_UNSPECIFIED, path + ".on", "is missing");
    check->Require(stop.has_from(), path + ".from", "is missing");
    HeardStop& heard = facts->stops.emplace_back();
    heard.reason = stop.reason();
    if (stop.on() == v1::RuleStop::SUBJECT_ACCOUNT) {
      heard.account = OrElse(stop.account(), facts->request.account);
    }
    heard.from = TimeOf(stop.from());
    if (stop.has_until()) heard.until = TimeOf(stop.until());
  }
}

void AddConsents(const v1::RuleFacts& proto, Facts* facts, FieldCheck* check) {
  for (int i = 0; i < proto.consents_size(); ++i) {
    CheckConsent(proto.consents(i), absl::StrCat("consents[", i, "]"), *check);
    Consent& consent = facts->consents.emplace_back(ConsentOf(proto.consents(i)));
    consent.collector = OrElse(consent.collector, facts->request.collector);
    consent.account = OrElse(consent.account, facts->request.account);
  }
}

}  // namespace

Facts FactsOf(const v1::RuleFacts& proto, FieldCheck* check) {
  Facts facts;
  check->Require(proto.has_now(), "now", "is missing");
  facts.request = RequestOf(proto, check);
  facts.account_disputed = proto.account().disputed();
  const v1::RulePerson& person = proto.person();
  facts.employer_forbids = person.employer_forbids();
  facts.wrong_points.assign(person.wrong_points().begin(), person.wrong_points().end());
  for (int i = 0; i < person.zones_size(); ++i) {
    const auto zone = FindZone(person.zones(i));
    check->Require(zone.has_value(), absl::StrCat("person.zones[", i, "]"),
                   "must be a zone of the IANA database, as Asia/Tokyo");
    if (zone) facts.zones.push_back(*zone);
  }
  for (int i = 0; i < person.wishes_size(); ++i) {
    CheckWish(person.wishes(i), absl::StrCat("person.wishes[", i, "]"), *check);
    facts.wishes.push_back(WishOf(person.wishes(i)));
  }
  AddHistory(proto, &facts, check);
  AddStops(proto, &facts, check);
  AddConsents(proto, &facts, check);
  return facts;
}

}  // namespace switchboard::rules
