#include "hub/permits/rule_facts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "hub/base/error.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_book.h"
#include "hub/rules/longest_window.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/wishes.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using stops::StopSubject;

// A contact point as rules tell them apart. An address has no number, and is one point. Empty: not
// known.
std::string PointOf(v1::ContactKind kind, std::string_view number_digest) {
  if (kind == v1::CONTACT_KIND_HOME_ADDRESS) return "address";
  return std::string(number_digest);
}

// A letter of which nothing else was said went to no number.
std::string PointOf(const contacts::ContactRow& row) {
  const bool by_address = row.channel == v1::CHANNEL_LETTER || row.channel == v1::CHANNEL_VISIT;
  const bool is_address = by_address && row.number_digest.empty();
  return PointOf(is_address ? v1::CONTACT_KIND_HOME_ADDRESS : row.contact_kind, row.number_digest);
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

// What was said to the former owner of the account was said about the same debt.
rules::Contact ContactOf(contacts::ContactRow&& row, const contacts::HistoryQuestion& whose) {
  rules::Contact contact;
  contact.at = absl::FromUnixMicros(row.begin_us);
  contact.direction = row.direction;
  contact.channel = row.channel;
  contact.contact_kind = row.contact_kind;
  contact.party = row.party;
  contact.act = row.act;
  contact.result = row.result;
  contact.other_person = row.person_id != whose.person_id && row.account_id != whose.account_id;
  contact.consented = row.consented;
  contact.objected = row.objected;
  contact.party_id = std::move(row.party_id);
  contact.contact_point = PointOf(row);
  contact.account = std::move(row.account_id);
  contact.collector = std::move(row.collector);
  return contact;
}

// A contact that may be made any moment, of somebody else at the same number; or that may be under
// way though its permit is void.
rules::Contact ContactOf(PermitRow&& permit, const std::string& person_id) {
  rules::Contact contact;
  // Any moment until then, and no window that comes before that leaves it out.
  contact.at =
      absl::FromUnixMicros(permit.void_time_us == 0 ? permit.expire_time_us : permit.void_time_us);
  contact.channel = permit.channel;
  contact.contact_kind = permit.contact_kind;
  contact.party = permit.party;
  contact.act = permit.act;
  contact.other_person = permit.person_id != person_id;
  contact.consented = permit.consented;
  contact.party_id = std::move(permit.party_id);
  contact.contact_point = PointOf(permit.contact_kind, permit.number_digest);
  contact.account = std::move(permit.account_id);
  contact.collector = std::move(permit.vendor_id);
  return contact;
}

absl::Status AddContacts(storage::Connection& connection, const contacts::HistoryQuestion& whose,
                         rules::Facts& facts) {
  ASSIGN_OR_RETURN(auto rows, contacts::HistoryOf(connection, whose));
  facts.history.reserve(facts.history.size() + rows.size());
  for (contacts::ContactRow& row : rows) facts.history.push_back(ContactOf(std::move(row), whose));
  return absl::OkStatus();
}

// The earliest contact that one of the packs may look at, in microseconds since 1970, when it is
// asked at `time`.
int64_t LookBack(const HeardPacks& packs, const rules::Facts& facts, absl::Time time) {
  absl::Duration longest;
  for (const rules::CompiledPack* pack : packs)
    longest = std::max(longest, rules::LongestWindowFor(pack->pack(), facts));
  return absl::ToUnixMicros(time - longest);
}

// Permits first: one that is used between the two looks is then counted twice, not never. Void ones
// of the person count until their time is up: who was told too late may have called.
absl::Status AddHistory(storage::Connection& connection, const RuleQuestion& question,
                        absl::Time now, bool shared_points, rules::Facts& facts) {
  const std::string& person_id = question.person.person_id();
  const std::string number = shared_points ? question.target.number_digest : std::string();
  std::vector<PermitRow> reserved;
  if (question.looks_at_void_permits) {
    ASSIGN_OR_RETURN(reserved, VoidPermitsOfPerson(connection, person_id, now));
  }
  if (!number.empty()) {
    ASSIGN_OR_RETURN(auto of_number, ReservedOfNumber(connection, number, now));
    for (PermitRow& permit : of_number)
      if (permit.person_id != person_id) reserved.push_back(std::move(permit));
  }
  for (PermitRow& permit : reserved) {
    const int64_t attempts = permit.attempts;
    const rules::Contact contact = ContactOf(std::move(permit), person_id);
    facts.history.insert(facts.history.end(), static_cast<size_t>(attempts), contact);
  }
  const bool sorted = facts.history.empty();
  RETURN_IF_ERROR(AddContacts(
      connection,
      {person_id, question.assignment.account_id, number, LookBack(question.packs, facts, now)},
      facts));
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
    facts.account_disputed |= of_account && stop.reason == v1::STOP_REASON_DISPUTE;
    heard.from = absl::FromUnixMicros(stop.begin_time_us);
    heard.until = stop.EndTime();
  }
}

}  // namespace

rules::PackNeeds NeedsOf(const HeardPacks& packs) {
  rules::PackNeeds needs;
  for (const rules::CompiledPack* pack : packs) needs |= pack->needs();
  return needs;
}

absl::StatusOr<rules::Facts> GatherRuleFacts(storage::Connection& connection,
                                             const book::Book& book, const RuleQuestion& question,
                                             absl::Time now) {
  rules::Facts facts;
  facts.request = RequestOf(question);
  facts.zones = question.zones;
  facts.employer_forbids = question.person.employer_forbids();
  AddWords(book, question.person, facts);
  AddStops(question.stops, facts);
  facts.employer_forbids |= absl::c_any_of(question.stops, IsOfWorkplace);
  const rules::PackNeeds needs = NeedsOf(question.packs);
  if (needs.products) {
    ASSIGN_OR_RETURN(const v1::Account account,
                     book.ReadAccount(connection, question.assignment.account_id));
    facts.request.product = account.product_kind();
  }
  RETURN_IF_ERROR(AddHistory(connection, question, now, needs.shared_points, facts));
  if (needs.wrong_points)
    RETURN_IF_ERROR(AddWrongPoints(connection, book, question.person, stops::StopsOn, now, facts));
  return facts;
}

absl::StatusOr<rules::Facts> GatherPastFacts(storage::Connection& connection,
                                             const book::Book& book, const v1::Person& person,
                                             const contacts::ContactRow& made,
                                             const std::vector<absl::TimeZone>& zones,
                                             const rules::CompiledPack& pack) {
  rules::Facts facts;
  rules::Request& request = facts.request;
  request.channel = made.channel;
  request.contact_kind = made.contact_kind;
  request.party = made.party;
  request.act = made.act;
  request.party_id = made.party_id;
  request.contact_point = PointOf(made);
  // Like no other, so that nothing passes for having been made at the same.
  if (request.contact_point.empty()) request.contact_point = "unknown";
  request.account = made.account_id;
  request.collector = made.collector;
  request.collector_kind = made.collector_kind;
  facts.zones = zones;
  facts.employer_forbids = person.employer_forbids();
  AddWords(book, person, facts);
  if (pack.needs().products) {
    const auto account = book.ReadAccount(connection, made.account_id);
    if (!account.ok() && !absl::IsNotFound(account.status())) return account.status();
    if (account.ok()) request.product = account->product_kind();
  }
  const absl::Time begin = absl::FromUnixMicros(made.begin_us);
  const std::string number = pack.needs().shared_points ? made.number_digest : std::string();
  RETURN_IF_ERROR(AddContacts(
      connection, {person.person_id(), made.account_id, number, LookBack({&pack}, facts, begin)},
      facts));
  // Of the same instant as it, none was known.
  std::erase_if(facts.history, [begin](const rules::Contact& one) { return one.at >= begin; });
  const auto stopped = {StopSubject::Person(person.person_id()),
                        StopSubject::Account(made.account_id)};
  ASSIGN_OR_RETURN(const auto stops, stops::StopsThen(connection, stopped, begin));
  AddStops(stops, facts);
  facts.employer_forbids |= absl::c_any_of(stops, IsOfWorkplace);
  if (pack.needs().wrong_points)
    RETURN_IF_ERROR(AddWrongPoints(connection, book, person, stops::StopsThen, begin, facts));
  return facts;
}

}  // namespace switchboard::permits
