#include "hub/permits/rule_facts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "hub/base/error.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_book.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/wishes.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using stops::StopSubject;

// A contact point as rules tell them apart. An address has no number, and is one point; one that
// nobody knows is like no other.
std::string PointOf(v1::ContactKind kind, std::string_view number_digest) {
  if (kind == v1::CONTACT_KIND_HOME_ADDRESS) return "address";
  return std::string(number_digest);
}

rules::Request RequestOf(const RuleQuestion& question) {
  rules::Request request;
  request.channel = question.request.channel();
  request.contact_kind = question.target.kind;
  request.party = question.target.party;
  request.act = question.request.act();
  request.party_id = question.request.party_id();
  request.contact_point = PointOf(question.target.kind, question.target.number_digest);
  request.account = question.assignment.account_id;
  request.collector = question.assignment.vendor_id;
  request.collector_kind = question.collector_kind;
  return request;
}

// An id that names no contact point of the person's any more stays, and fits none.
std::string DigestOf(const book::Book& book, const v1::Person& person, const std::string& id) {
  const v1::ContactPoint* point = book::FindContactPoint(person, id);
  return point == nullptr ? id : book.NumberDigest(*point);
}

void AddWords(const book::Book& book, const v1::Person& person, rules::Facts& facts) {
  for (const v1::Wish& said : person.wishes()) {
    rules::Wish& wish = facts.wishes.emplace_back(rules::WishOf(said));
    if (!wish.contact_point.empty())
      wish.contact_point = DigestOf(book, person, wish.contact_point);
  }
  for (const v1::Consent& given : person.consents()) {
    rules::Consent& consent = facts.consents.emplace_back(rules::ConsentOf(given));
    if (consent.collector.empty()) consent.collector = contacts::kIssuer;
    if (!consent.contact_point.empty())
      consent.contact_point = DigestOf(book, person, consent.contact_point);
  }
}

rules::Contact ContactOf(contacts::ContactRow&& row, const std::string& person_id) {
  rules::Contact contact;
  contact.at = absl::FromUnixMicros(row.begin_us);
  contact.direction = row.direction;
  contact.channel = row.channel;
  contact.contact_kind = row.contact_kind;
  contact.party = row.party;
  contact.act = row.act;
  contact.result = row.result;
  contact.other_person = row.person_id != person_id;
  contact.consented = row.consented;
  contact.objected = row.objected;
  contact.party_id = std::move(row.party_id);
  contact.contact_point = PointOf(row.contact_kind, row.number_digest);
  if (contact.contact_point.empty()) contact.contact_point = "unknown";
  contact.account = std::move(row.account_id);
  contact.collector = std::move(row.collector);
  return contact;
}

// A contact that may be made any moment, of somebody else at the same number.
rules::Contact ContactOf(PermitRow&& permit) {
  rules::Contact contact;
  // Any moment until it ends, and no window that comes before that leaves it out.
  contact.at = absl::FromUnixMicros(permit.expire_time_us);
  contact.channel = permit.channel;
  contact.contact_kind = permit.contact_kind;
  contact.party = permit.party;
  contact.act = permit.act;
  contact.other_person = true;
  contact.consented = permit.consented;
  contact.party_id = std::move(permit.party_id);
  contact.contact_point = std::move(permit.number_digest);
  contact.account = std::move(permit.account_id);
  contact.collector = std::move(permit.vendor_id);
  return contact;
}

// Those of the person, and of others at `number` unless that is empty.
absl::Status AddContacts(storage::Connection& connection, const std::string& person_id,
                         const std::string& number, rules::Facts& facts) {
  ASSIGN_OR_RETURN(auto rows, contacts::HistoryOf(connection, person_id, number));
  facts.history.reserve(facts.history.size() + rows.size());
  for (contacts::ContactRow& row : rows)
    facts.history.push_back(ContactOf(std::move(row), person_id));
  return absl::OkStatus();
}

// Permits first: one that is used between the two looks is then counted twice, not never.
absl::Status AddHistory(storage::Connection& connection, const RuleQuestion& question,
                        absl::Time now, rules::Facts& facts) {
  const std::string& person_id = question.person.person_id();
  const std::string number =
      question.needs.shared_points ? question.target.number_digest : std::string();
  if (!number.empty()) {
    ASSIGN_OR_RETURN(auto open, OpenPermitsOfNumber(connection, number));
    for (PermitRow& permit : open) {
      const bool counts =
          permit.person_id != person_id && absl::FromUnixMicros(permit.expire_time_us) > now;
      if (!counts) continue;
      const int64_t attempts = permit.attempts;
      const rules::Contact contact = ContactOf(std::move(permit));
      facts.history.insert(facts.history.end(), static_cast<size_t>(attempts), contact);
    }
  }
  const bool sorted = facts.history.empty();
  RETURN_IF_ERROR(AddContacts(connection, person_id, number, facts));
  if (!sorted) {
    absl::c_stable_sort(facts.history, [](const auto& a, const auto& b) { return a.at < b.at; });
  }
  return absl::OkStatus();
}

// What the core calls bad, and what outcomes and the core said is wrong or dead.
// `find`: stops::StopsOn, or stops::StopsThen where the time is long past.
absl::Status AddWrongPoints(storage::Connection& connection, const book::Book& book,
                            const v1::Person& person, decltype(stops::StopsOn)& find,
                            absl::Time time, rules::Facts& facts) {
  std::vector<StopSubject> subjects;
  for (const v1::ContactPoint& point : person.contact_points()) {
    const std::string digest = book.NumberDigest(point);
    if (point.state() == v1::ContactPoint::STATE_BAD) facts.wrong_points.push_back(digest);
    subjects.push_back(StopSubject::ContactPoint(person.person_id(), point.contact_point_id()));
    subjects.push_back(StopSubject::Number(digest));
    subjects.push_back(StopSubject::NumberOfPerson(person.person_id(), digest));
  }
  ASSIGN_OR_RETURN(const auto stops, find(connection, subjects, time));
  for (const stops::Stop& stop : stops) {
    if (!IsUnusableNumber(stop.reason)) continue;
    const auto subject = absl::c_find(subjects, stop.subject) - subjects.begin();
    facts.wrong_points.push_back(book.NumberDigest(person.contact_points(int(subject / 3))));
  }
  return absl::OkStatus();
}

bool IsOfWorkplace(const stops::Stop& stop) { return stop.reason == v1::STOP_REASON_WORKPLACE; }

// Those of whole persons and accounts.
void AddStops(const std::vector<stops::Stop>& stops, rules::Facts& facts) {
  for (const stops::Stop& stop : stops) {
    const bool of_account = stop.subject.kind == StopSubject::Kind::kAccount;
    const bool whole = of_account || stop.subject.kind == StopSubject::Kind::kPerson;
    if (!whole || !rules::IsHeardByPacks(stop.reason)) continue;
    rules::HeardStop& heard = facts.stops.emplace_back();
    heard.reason = stop.reason;
    if (of_account) heard.account = stop.subject.id;
    heard.from = absl::FromUnixMicros(stop.begin_time_us);
    heard.until = stop.EndTime();
  }
}

v1::ConsentKind ConsentFor(v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_PHONE:
      return v1::CONSENT_KIND_CALL;
    case v1::CHANNEL_SMS:
      return v1::CONSENT_KIND_SMS;
    case v1::CHANNEL_EMAIL:
      return v1::CONSENT_KIND_EMAIL;
    default:
      return v1::CONSENT_KIND_UNSPECIFIED;
  }
}

}  // namespace

absl::StatusOr<rules::Facts> GatherRuleFacts(storage::Connection& connection,
                                             const book::Book& book, const RuleQuestion& question,
                                             absl::Time now) {
  rules::Facts facts;
  facts.request = RequestOf(question);
  facts.zones = question.zones;
  facts.employer_forbids = question.person.employer_forbids();
  AddWords(book, question.person, facts);
  if (question.tells_stops) {
    AddStops(question.stops, facts);
    facts.employer_forbids |= absl::c_any_of(question.stops, IsOfWorkplace);
  }
  RETURN_IF_ERROR(AddHistory(connection, question, now, facts));
  if (question.needs.wrong_points)
    RETURN_IF_ERROR(AddWrongPoints(connection, book, question.person, stops::StopsOn, now, facts));
  if (question.needs.products) {
    ASSIGN_OR_RETURN(const v1::Account account,
                     book.ReadAccount(connection, question.assignment.account_id));
    facts.request.product = account.product_kind();
  }
  return facts;
}

absl::StatusOr<rules::Facts> GatherPastFacts(storage::Connection& connection,
                                             const book::Book& book, const v1::Person& person,
                                             const contacts::ContactRow& made,
                                             const std::vector<absl::TimeZone>& zones,
                                             const rules::PackNeeds& needs) {
  rules::Facts facts;
  rules::Request& request = facts.request;
  request.channel = made.channel;
  request.contact_kind = made.contact_kind;
  request.party = made.party;
  request.act = made.act;
  request.party_id = made.party_id;
  request.contact_point = PointOf(made.contact_kind, made.number_digest);
  request.account = made.account_id;
  request.collector = made.collector;
  request.collector_kind = made.collector_kind;
  facts.zones = zones;
  facts.employer_forbids = person.employer_forbids();
  AddWords(book, person, facts);
  RETURN_IF_ERROR(AddContacts(connection, person.person_id(),
                              needs.shared_points ? made.number_digest : "", facts));
  // Of the same instant as it, none was known.
  const absl::Time begin = absl::FromUnixMicros(made.begin_us);
  std::erase_if(facts.history, [begin](const rules::Contact& one) { return one.at >= begin; });
  const auto stopped = {StopSubject::Person(person.person_id()),
                        StopSubject::Account(made.account_id)};
  ASSIGN_OR_RETURN(const auto stops, stops::StopsThen(connection, stopped, begin));
  AddStops(stops, facts);
  facts.employer_forbids |= absl::c_any_of(stops, IsOfWorkplace);
  if (needs.wrong_points)
    RETURN_IF_ERROR(AddWrongPoints(connection, book, person, stops::StopsThen, begin, facts));
  if (needs.products) {
    const auto account = book.ReadAccount(connection, made.account_id);
    if (!account.ok() && !absl::IsNotFound(account.status())) return account.status();
    if (account.ok()) request.product = account->product_kind();
  }
  return facts;
}

bool IsConsented(const rules::Facts& facts, absl::Time now) {
  const rules::Request& request = facts.request;
  const v1::ConsentKind kind = ConsentFor(request.channel);
  return kind != v1::CONSENT_KIND_UNSPECIFIED &&
         absl::c_any_of(facts.consents, [&](const rules::Consent& consent) {
           return consent.what == kind && consent.given <= now && now < consent.until &&
                  consent.party_id == request.party_id && consent.collector == request.collector &&
                  (consent.contact_point.empty() || consent.contact_point == request.contact_point);
         });
}

}  // namespace switchboard::permits
