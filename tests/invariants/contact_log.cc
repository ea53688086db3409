#include "tests/invariants/contact_log.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Occurrence = v1::AuditEvent::Occurrence;

constexpr char kAddress[] = "address";  // where letters and visits go

int64_t Micros(const google::protobuf::Timestamp& time) {
  return TimeUtil::TimestampToMicroseconds(time);
}

// What a result counts as.
v1::ContactResult ResultOf(const v1::Outcome::Result& result) {
  static const std::map<v1::Connection, v1::ContactResult> kResults = {
      {v1::CONNECTION_NOT_PLACED, v1::CONTACT_RESULT_NOT_PLACED},
      {v1::CONNECTION_NOT_CONNECTED, v1::CONTACT_RESULT_NOT_CONNECTED},
      {v1::CONNECTION_RANG_OUT, v1::CONTACT_RESULT_RANG_OUT},
      {v1::CONNECTION_MACHINE, v1::CONTACT_RESULT_MACHINE},
      {v1::CONNECTION_DELIVERED, v1::CONTACT_RESULT_DELIVERED},
      {v1::CONNECTION_ANSWERED, v1::CONTACT_RESULT_CONVERSATION},
  };
  if (result.reached() == v1::REACHED_THIRD) return v1::CONTACT_RESULT_OTHER_PERSON;
  return kResults.at(result.connection());
}

// Who answered is whom it was with, unless that is a stranger.
void SetParty(const v1::Outcome::Result& result, rules::Contact& contact) {
  static const std::map<v1::Reached, v1::Party> kParties = {
      {v1::REACHED_PERSON, v1::PARTY_PERSON},
      {v1::REACHED_PROXY, v1::PARTY_PROXY},
      {v1::REACHED_RELATED, v1::PARTY_RELATED},
  };
  const auto party = kParties.find(result.reached());
  if (party == kParties.end() || party->second == contact.party) return;
  contact.party = party->second;
  contact.party_id.clear();
}

v1::Direction DirectionOf(v1::Direction said) {
  return said == v1::DIRECTION_IN ? v1::DIRECTION_IN : v1::DIRECTION_OUT;
}

v1::Party PartyOf(v1::Party said) {
  return said == v1::PARTY_UNSPECIFIED ? v1::PARTY_PERSON : said;
}

// How, where no permit that is known says it. Beside one that is not, what the outcome has tells.
v1::Channel ChannelOf(const v1::Outcome& outcome) {
  if (outcome.channel() != v1::CHANNEL_UNSPECIFIED) return outcome.channel();
  if (outcome.permit_id().empty()) return v1::CHANNEL_PHONE;
  if (outcome.has_visit()) return v1::CHANNEL_VISIT;
  return outcome.has_message() || outcome.result().connection() == v1::CONNECTION_DELIVERED
             ? v1::CHANNEL_SMS
             : v1::CHANNEL_PHONE;
}

bool IsOfNumber(v1::StopReason reason) {
  return reason == v1::STOP_REASON_WRONG_NUMBER || reason == v1::STOP_REASON_DISCONNECTED;
}

void AddOnce(const KnownContact* contact, ContactLog::Contacts& contacts) {
  if (std::find(contacts.begin(), contacts.end(), contact) == contacts.end())
    contacts.push_back(contact);
}

const ContactLog::Contacts& Find(
    const std::unordered_map<std::string, ContactLog::Contacts>& contacts, const std::string& key) {
  static const ContactLog::Contacts* const kNone = new ContactLog::Contacts();
  const auto found = contacts.find(key);
  return found == contacts.end() ? *kNone : found->second;
}

std::string KeyOf(const v1::AuditEvent& event, const std::string& person_id) {
  return absl::StrCat("outcome/", event.vendor_id(), "/", event.subject_id(), "/", person_id);
}

}  // namespace

ContactLog::ContactLog(const Ledger& ledger)
    : ledger_(ledger),
      placements_(ledger),
      outcomes_(IndexOutcomes(ledger)),
      unread_(ledger),
      acts_(ledger.acts),
      attempts_(placements_) {
  for (int act = 1; ledger.acts.empty() && act <= v1::Act_MAX; ++act)
    acts_.insert(static_cast<v1::Act>(act));
  for (const IssuersContact& made : ledger.issuers_contacts) made_[made.event.event_id()] = &made;
  for (const SentRecord& record : ledger.records) {
    if (record.sent_at != INT64_MAX) owners_[record.account_id].insert(record.person_id);
  }
  for (const auto& placement : ledger.placements)
    owners_[placement.account_id()].insert(placement.person_id());
  for (const ReceivedPermit& permit : ledger.permits) {
    if (!permit.number.empty()) dialled_[permit.permit_id] = permit.number;
  }
  for (const auto& [id, person] : ledger.persons)
    wrong_numbers_.insert(person.bad_numbers.begin(), person.bad_numbers.end());
}

const KnownPerson& ContactLog::Person(const std::string& person_id) const {
  static const KnownPerson* const kNobody = new KnownPerson();
  const auto found = ledger_.persons.find(person_id);
  return found == ledger_.persons.end() ? *kNobody : found->second;
}

void ContactLog::SetPoint(const std::string& person_id, const std::string& point_id,
                          ContactReading& reading) const {
  const v1::Channel channel = reading.contact.channel;
  const bool by_address = channel == v1::CHANNEL_LETTER || channel == v1::CHANNEL_VISIT;
  const auto& points = Person(person_id).points;
  const auto found = points.find(point_id);
  if (by_address && point_id.empty()) {
    reading.kinds.insert({v1::CONTACT_KIND_HOME_ADDRESS, v1::CONTACT_KIND_UNSPECIFIED});
    reading.points.insert(kAddress);
  } else if (found == points.end()) {
    reading.kinds.insert(v1::CONTACT_KIND_UNSPECIFIED);
    reading.points.insert("");
  } else {
    reading.kinds.insert(found->second.kinds.begin(), found->second.kinds.end());
    reading.points.insert(found->second.numbers.begin(), found->second.numbers.end());
  }
}

void ContactLog::Enter(const v1::AuditEvent& event) {
  if (event.kind() == v1::AuditEvent::KIND_OUTCOME) return EnterOutcome(event);
  if (Is(event, Occurrence::WHAT_MADE_CONTACT)) return EnterMade(event);
  if (Is(event, Occurrence::WHAT_UNREAD_CONTACT)) return EnterUnread(event);
  if (Is(event, Occurrence::WHAT_CONTACT_POINT_STOP)) EnterPointStop(event);
}

void ContactLog::EnterOutcome(const v1::AuditEvent& event) {
  const auto found = outcomes_.find(event.count());
  const auto* placement = placements_.Find(event.assignment_id());
  if (found == outcomes_.end() || placement == nullptr) return;
  const v1::RecordedOutcome& recorded = *found->second;
  const v1::Outcome& outcome = recorded.outcome();
  const auto permit = permits_.find(outcome.permit_id());
  const bool known = permit != permits_.end() && permit->second.vendor_id == event.vendor_id();
  const auto change = attempts_.Use(recorded);
  Take(change);
  if (change.used.empty() && known && permit->second.void_us != 0) permit->second.doubtful = true;
  const std::string key = KeyOf(event, placement->person_id());
  // A first report of work without a contact is none; a correction to that takes a contact back, as
  // does one that nobody could read before.
  if (outcome.result().connection() == v1::CONNECTION_NOT_PLACED && outcome.version() == 1 &&
      !contacts_.contains(key))
    return;
  ContactReading reading;
  rules::Contact& contact = reading.contact;
  int64_t begin_us = std::min(Micros(outcome.start_time()), Micros(event.time()));
  if (known) {
    reading = permit->second.reading;
    begin_us = std::max(begin_us, permit->second.begin_us);
    reading.kept_room = outcome.version() == 1 && !PermitUsed(recorded).empty();
  } else {
    contact.channel = ChannelOf(outcome);
    contact.party = PartyOf(outcome.party());
    contact.party_id = outcome.party_id();
    reading.acts = {outcome.act()};
    SetPoint(placement->person_id(), outcome.contact_point_id(), reading);
  }
  reading.persons = {placement->person_id()};
  contact.direction = DirectionOf(outcome.direction());
  contact.at = absl::FromUnixMicros(begin_us);
  SetParty(outcome.result(), contact);
  contact.result = ResultOf(outcome.result());
  contact.objected = outcome.result().objected();
  contact.account = recorded.account_id();
  contact.collector = event.vendor_id();
  if (outcome.result().disposition() == v1::DISPOSITION_WRONG_NUMBER ||
      outcome.result().disposition() == v1::DISPOSITION_DISCONNECTED) {
    wrong_numbers_.insert(reading.points.begin(), reading.points.end());
    wrong_numbers_.erase("");
  }
  reading.version = outcome.version();
  reading.permit_id = PermitUsed(recorded);
  KeepRecorded(Put(key, std::move(reading)));
}

// It counts as a conversation until it is recorded.
void ContactLog::EnterUnread(const v1::AuditEvent& event) {
  Take(attempts_.UseUnread(event));
  const auto permit = permits_.find(event.occurrence().permit_id());
  const v1::Outcome* outcome = unread_.Find(event);
  if (permit == permits_.end() || outcome == nullptr) return;
  ContactReading reading = permit->second.reading;
  rules::Contact& contact = reading.contact;
  contact.direction = v1::DIRECTION_OUT;
  contact.result = v1::CONTACT_RESULT_CONVERSATION;
  const int64_t begin_us = std::min(Micros(outcome->start_time()), Micros(event.time()));
  contact.at = absl::FromUnixMicros(std::max(begin_us, permit->second.begin_us));
  reading.kept_room = event.count() == 1;
  reading.version = event.count();
  reading.permit_id = permit->first;
  reading.unread = true;
  const auto* placement = placements_.Find(event.assignment_id());
  const std::string person_id = placement == nullptr ? "" : placement->person_id();
  KeepRecorded(Put(KeyOf(event, person_id), std::move(reading)));
}

// Recorded in the same commit, that version stands in the log behind the one that waits.
void ContactLog::KeepRecorded(KnownContact& contact) {
  for (ContactReading& waiting : contact.now) {
    if (!waiting.unread) continue;
    const ContactReading* recorded = nullptr;
    for (const auto* readings : {&contact.before, &contact.now}) {
      for (const ContactReading& said : *readings) {
        if (!said.unread && said.version < waiting.version &&
            (recorded == nullptr || said.version > recorded->version))
          recorded = &said;
      }
    }
    if (recorded == nullptr || recorded->permit_id != waiting.permit_id) continue;
    ContactReading kept = *recorded;
    kept.contact.result = v1::CONTACT_RESULT_CONVERSATION;
    kept.kept_room = false;
    kept.version = waiting.version;
    kept.unread = true;
    waiting = std::move(kept);
  }
}

void ContactLog::Take(const PermitAttempts::Change& change) {
  if (!change.used.empty()) ++used_now_[change.used];
  const auto given_back = permits_.find(change.given_back);
  if (given_back == permits_.end() || given_back->second.ended) return;
  given_back->second.doubtful = true;
  Open(given_back->second);
}

// One that is told anew stands in the place of the one before. Whose the account was then the log
// does not say, nor whether an answer other than ACCEPTED means that the hub has the contact.
void ContactLog::EnterMade(const v1::AuditEvent& event) {
  const std::string& id = event.subject_id();
  const auto told = made_.find(id);
  if (told == made_.end()) {
    untold_.push_back(id);
    return;
  }
  const v1::CoreEvent::MadeContact& made = told->second->event.made_contact();
  const bool anew = !made.replaces_event_id().empty();
  const bool accepted = told->second->answer == v1::PostEventsResponse::STATUS_ACCEPTED;
  const auto first = first_of_.find(made.replaces_event_id());
  first_of_[id] = !anew ? id : first == first_of_.end() ? made.replaces_event_id() : first->second;
  ContactReading reading;
  rules::Contact& contact = reading.contact;
  contact.at = absl::FromUnixMicros(std::min(Micros(made.begin_time()), Micros(event.time())));
  contact.direction = DirectionOf(made.direction());
  contact.channel = made.channel();
  contact.party = PartyOf(made.party());
  contact.party_id = made.party_id();
  contact.result = made.result();
  contact.consented = made.consented();
  contact.objected = made.objected();
  contact.account = made.account_id();
  contact.collector = "issuer";
  reading.acts = {made.act()};
  if (const auto owners = owners_.find(made.account_id()); owners != owners_.end())
    reading.persons = owners->second;
  for (const std::string& person_id : reading.persons)
    SetPoint(person_id, made.contact_point_id(), reading);
  reading.counts_surely = accepted && reading.persons.size() == 1;
  reading.never_counts = anew && accepted && made.result() == v1::CONTACT_RESULT_NOT_PLACED;
  const std::string key = "event/" + first_of_[id];
  // It may be the one before that counts: whatever result is counted. The same comes again where
  // the hub has forgotten that it came.
  if ((anew && !accepted) || (!anew && contacts_.contains(key))) {
    reading.counts_surely = false;
    contact.result = v1::CONTACT_RESULT_UNSPECIFIED;
  }
  Put(key, std::move(reading));
}

void ContactLog::EnterPointStop(const v1::AuditEvent& event) {
  if (!IsOfNumber(event.occurrence().reason())) return;
  const auto& points = Person(event.person_id()).points;
  const auto found = points.find(event.occurrence().contact_point_id());
  if (found == points.end()) return;
  wrong_numbers_.insert(found->second.numbers.begin(), found->second.numbers.end());
}

KnownContact& ContactLog::Put(const std::string& key, ContactReading reading) {
  KnownContact& contact = contacts_[key];
  for (const std::string& person_id : reading.persons) AddOnce(&contact, of_person_[person_id]);
  for (const std::string& point : reading.points) {
    if (!point.empty() && point != kAddress) AddOnce(&contact, at_number_[point]);
  }
  AddOnce(&contact, about_account_[reading.contact.account]);
  if (contact.now.empty()) said_now_.push_back(&contact);
  contact.now.push_back(std::move(reading));
  return contact;
}

const KnownPermit& ContactLog::Give(const v1::AuditEvent& event) {
  const v1::AuditEvent::PermitGiven& given = event.permit_given();
  const std::string& id = event.subject_id();
  attempts_.Give(event);
  KnownPermit& permit = permits_[id];
  permit.permit_id = id;
  permit.vendor_id = event.vendor_id();
  permit.assignment_id = event.assignment_id();
  permit.account_id = event.account_id();
  permit.person_id = event.person_id();
  permit.begin_us = given.begin_us() == 0 ? Micros(event.time()) : given.begin_us();
  permit.expire_us = given.expire_us();
  permit.attempts = std::max(given.attempts(), 1);
  ContactReading& reading = permit.reading;
  reading.contact.channel = given.channel();
  reading.contact.party = PartyOf(given.party());
  reading.contact.account = event.account_id();
  reading.contact.collector = event.vendor_id();
  reading.persons = {event.person_id()};
  reading.acts = acts_;
  reading.may_be_consented = !Person(event.person_id()).consents.empty();
  SetPoint(event.person_id(), given.contact_point_id(), reading);
  if (const auto dialled = dialled_.find(id); dialled != dialled_.end())
    reading.points = {dialled->second};
  Open(permit);
  return permit;
}

void ContactLog::Open(const KnownPermit& permit) {
  open_of_person_[permit.person_id].insert(permit.permit_id);
  of_assignment_[permit.assignment_id].insert(permit.permit_id);
  for (const std::string& point : permit.reading.points) {
    if (!point.empty() && point != kAddress) open_at_number_[point].insert(permit.permit_id);
  }
}

void ContactLog::End(const v1::AuditEvent& event) {
  std::set<std::string> ids = {event.subject_id()};
  if (event.kind() == v1::AuditEvent::KIND_ERASED) {
    if (event.erased().what() != v1::AuditEvent::Erased::WHAT_ASSIGNMENT) return;
    ids = of_assignment_[event.assignment_id()];
  }
  for (const std::string& id : ids) {
    const auto permit = permits_.find(id);
    if (permit == permits_.end()) continue;
    permit->second.ending = true;
    ending_now_.push_back(id);
    if (event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED) {
      permit->second.void_us = Micros(event.time());
    } else {
      permit->second.ended = true;
      closed_now_.push_back(id);
    }
  }
}

void ContactLog::Close(const std::string& permit_id) {
  const auto found = permits_.find(permit_id);
  if (found == permits_.end()) return;
  const KnownPermit& permit = found->second;
  open_of_person_[permit.person_id].erase(permit_id);
  of_assignment_[permit.assignment_id].erase(permit_id);
  for (const std::string& point : permit.reading.points) open_at_number_[point].erase(permit_id);
}

void ContactLog::EndCommit() {
  for (KnownContact* contact : said_now_) {
    // What waits for its code stands in the log ahead of what was recorded.
    contact->before = {*std::max_element(
        contact->now.rbegin(), contact->now.rend(),
        [](const ContactReading& a, const ContactReading& b) { return a.version < b.version; })};
    contact->now.clear();
  }
  said_now_.clear();
  for (const auto& [id, uses] : used_now_) {
    if (attempts_.Left(id) == 0) Close(id);
  }
  used_now_.clear();
  for (const std::string& id : closed_now_) Close(id);
  closed_now_.clear();
  for (const std::string& id : ending_now_) permits_[id].ending = false;
  ending_now_.clear();
}

const ContactLog::Contacts& ContactLog::Of(const std::string& person_id) const {
  return Find(of_person_, person_id);
}

const ContactLog::Contacts& ContactLog::About(const std::string& account_id) const {
  return Find(about_account_, account_id);
}

const ContactLog::Contacts& ContactLog::At(const std::string& number) const {
  return Find(at_number_, number);
}

ContactLog::Permits ContactLog::PermitsOf(const std::string& person_id) const {
  return Among(open_of_person_, person_id);
}

ContactLog::Permits ContactLog::PermitsAt(const std::string& number) const {
  return Among(open_at_number_, number);
}

ContactLog::Permits ContactLog::Among(const Ids& ids, const std::string& key) const {
  Permits permits;
  const auto found = ids.find(key);
  if (found == ids.end()) return permits;
  for (const std::string& id : found->second) permits.push_back(&permits_.at(id));
  return permits;
}

// Of a plan fewer attempts may be left than the log says, but one at least as long as it was not
// used.
int64_t ContactLog::LeastOf(const KnownPermit& permit) const {
  if (permit.ending || permit.doubtful || used_now_.contains(permit.permit_id)) return 0;
  return attempts_.Left(permit.permit_id) == permit.attempts ? 1 : 0;
}

int64_t ContactLog::MostOf(const KnownPermit& permit) const {
  const auto used = used_now_.find(permit.permit_id);
  return attempts_.Left(permit.permit_id) + (used == used_now_.end() ? 0 : used->second);
}

}  // namespace switchboard::invariants
