#include "hub/permits/number_stops.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/contact_target.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/permit_book.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using stops::StopSubject;

// Whether a stop of this id lies on the subject now.
absl::StatusOr<bool> LiesOn(storage::Transaction& transaction, std::string_view stop_id,
                            const StopSubject& subject) {
  ASSIGN_OR_RETURN(const auto there,
                   stops::StopsOn(transaction.connection(), {subject}, transaction.now()));
  return std::any_of(there.begin(), there.end(),
                     [&](const stops::Stop& stop) { return stop.stop_id == stop_id; });
}

// Whether what a permit was given for is there as it was: another kind of place is heard by other
// rules.
bool StillFits(const book::Book& book, const v1::Person& person, const PermitRow& permit) {
  if (!HasContactPoint(book, person, permit.contact_point_id, permit.number_digest)) return false;
  const v1::ContactPoint* point = book::FindContactPoint(person, permit.contact_point_id);
  return point == nullptr || point->kind() == permit.contact_kind;
}

absl::Status LiftUnusable(storage::Transaction& transaction, std::string_view actor,
                          std::string_view person_id, std::string_view digest, int64_t as_of_us,
                          bool arrives) {
  const StopSubject number = StopSubject::Number(digest);
  // What was said of this person comes first.
  ASSIGN_OR_RETURN(
      const auto found,
      stops::StopsOn(transaction.connection(),
                     {StopSubject::NumberOfPerson(person_id, digest), number}, transaction.now()));
  std::set<std::string> decided;
  for (const stops::Stop& stop : found) {
    if (!IsUnusableNumber(stop.reason) || decided.contains(stop.stop_id)) continue;
    const bool of_person = stop.subject != number;
    decided.insert(stop.stop_id);
    if (stop.place_time_us >= as_of_us) continue;
    // The core may well have said the same before the report, and says it still.
    if (of_person && arrives) continue;
    // That a number is right for one says nothing of another for whom it was wrong. One that is
    // alive is so for all.
    if (!of_person && stop.reason == v1::STOP_REASON_WRONG_NUMBER) {
      RETURN_IF_ERROR(stops::LiftFrom(transaction, stop.stop_id, number));
    } else {
      RETURN_IF_ERROR(stops::LiftStop(transaction, stop.stop_id).status());
    }
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_person_id(std::string(person_id));
    event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_LIFT);
    event.mutable_occurrence()->set_stop_id(stop.stop_id);
    event.mutable_occurrence()->set_reason(stop.reason);
    audit::Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsUnusableNumber(v1::StopReason reason) {
  return reason == v1::STOP_REASON_WRONG_NUMBER || reason == v1::STOP_REASON_DISCONNECTED;
}

absl::StatusOr<int64_t> StopNumber(storage::Transaction& transaction, const book::Book& book,
                                   std::string_view actor, std::string_view stop_id,
                                   std::string_view person_id, std::string_view digest,
                                   const stops::StopTerms& terms) {
  const storage::Key number = book::NumberKey(digest);
  RETURN_IF_ERROR(transaction.Hold({&number, 1}));
  RETURN_IF_ERROR(stops::PlaceStop(transaction, {stop_id, StopSubject::Number(digest), terms}));
  if (IsUnusableNumber(terms.reason)) {
    std::set<std::string> persons = {std::string(person_id)};
    ASSIGN_OR_RETURN(const auto moved, HoldMovedAccounts(transaction, book, person_id));
    for (const MovedAccount& one : moved) persons.insert(one.owner_id);
    for (const std::string& person : persons) {
      RETURN_IF_ERROR(stops::PlaceStop(
          transaction, {stop_id, StopSubject::NumberOfPerson(person, digest), terms}));
    }
  }
  PermitFilter filter;
  filter.number_digest = digest;
  return VoidPermits(transaction, actor, filter);
}

absl::Status StopNumbersOf(storage::Transaction& transaction, const book::Book& book,
                           std::string_view actor, const v1::Person& person) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(person.person_id())));
  storage::Connection& connection = transaction.connection();
  const auto whole_person = StopSubject::Person(person.person_id());
  std::map<StopSubject, std::set<std::string>> numbers;
  for (const auto& point : person.contact_points()) {
    const std::string digest = book.NumberDigest(point);
    numbers[whole_person].insert(digest);
    numbers[StopSubject::ContactPoint(person.person_id(), point.contact_point_id())].insert(digest);
  }
  std::vector<StopSubject> subjects;
  for (const auto& [subject, digests] : numbers) subjects.push_back(subject);
  ASSIGN_OR_RETURN(const auto found, stops::StopsOn(connection, subjects, transaction.now()));
  for (const stops::Stop& stop : found) {
    if (stop.subject == whole_person) {
      if (stop.reason != v1::STOP_REASON_CEASE) continue;
    } else {
      // The number that it met first is the one that was meant.
      ASSIGN_OR_RETURN(const bool met, stops::LiesOnNumber(connection, stop.stop_id));
      if (met) continue;
    }
    for (const std::string& digest : numbers.at(stop.subject)) {
      ASSIGN_OR_RETURN(const bool lies_there,
                       LiesOn(transaction, stop.stop_id, StopSubject::Number(digest)));
      if (lies_there) continue;
      RETURN_IF_ERROR(StopNumber(transaction, book, actor, stop.stop_id, person.person_id(), digest,
                                 stop.terms())
                          .status());
    }
  }
  return absl::OkStatus();
}

absl::Status CarryNumberStops(storage::Transaction& transaction, const book::Book& book,
                              std::string_view actor, const v1::Person& former,
                              const v1::Person& owner) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(former.person_id())) &&
                     transaction.Holds(book::PersonKey(owner.person_id())));
  // What lies on the former owner, and where it comes to lie.
  std::map<StopSubject, StopSubject> heirs;
  std::map<StopSubject, PermitFilter> permits;
  for (const v1::Person* person : {&former, &owner}) {
    for (const auto& point : person->contact_points()) {
      const std::string digest = book.NumberDigest(point);
      const auto subject = StopSubject::NumberOfPerson(former.person_id(), digest);
      heirs.emplace(subject, StopSubject::NumberOfPerson(owner.person_id(), digest));
      permits[subject].number_digest = digest;
    }
  }
  for (const v1::Channel channel : {v1::CHANNEL_PHONE, v1::CHANNEL_SMS, v1::CHANNEL_EMAIL,
                                    v1::CHANNEL_LETTER, v1::CHANNEL_VISIT}) {
    const auto subject = StopSubject::Channel(former.person_id(), channel);
    heirs.emplace(subject, StopSubject::Channel(owner.person_id(), channel));
    permits[subject].channel = channel;
  }
  std::vector<StopSubject> subjects;
  for (const auto& [subject, heir] : heirs) subjects.push_back(subject);
  ASSIGN_OR_RETURN(const auto found,
                   stops::StopsOn(transaction.connection(), subjects, transaction.now()));
  for (const stops::Stop& stop : found) {
    stops::NewStop carried{stop.stop_id, heirs.at(stop.subject), stop.terms()};
    carried.place_time_us = stop.place_time_us;
    ASSIGN_OR_RETURN(const bool lies_there, LiesOn(transaction, stop.stop_id, carried.subject));
    if (lies_there) continue;
    RETURN_IF_ERROR(stops::PlaceStop(transaction, carried));
    PermitFilter& filter = permits.at(stop.subject);
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_person_id(owner.person_id());
    auto& occurrence = *event.mutable_occurrence();
    stops::Describe(stop, occurrence);
    occurrence.set_what(filter.channel == v1::CHANNEL_UNSPECIFIED
                            ? v1::AuditEvent::Occurrence::WHAT_CONTACT_POINT_STOP
                            : v1::AuditEvent::Occurrence::WHAT_CHANNEL_STOP);
    occurrence.set_channel(filter.channel);
    occurrence.set_stop_id(stop.stop_id);
    audit::Record(transaction, std::move(event));
    filter.person_id = owner.person_id();
    RETURN_IF_ERROR(VoidPermits(transaction, actor, filter).status());
  }
  return absl::OkStatus();
}

absl::Status FollowContactPoints(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, const v1::Person& before,
                                 const v1::Person& now, int64_t as_of_us, bool arrives) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(now.person_id())));
  std::set<std::string> good_before;  // numbers
  for (const auto& point : before.contact_points()) {
    if (point.state() == v1::ContactPoint::STATE_GOOD) good_before.insert(book.NumberDigest(point));
  }
  for (const auto& point : now.contact_points()) {
    const std::string digest = book.NumberDigest(point);
    if (point.state() == v1::ContactPoint::STATE_GOOD && !good_before.contains(digest)) {
      RETURN_IF_ERROR(LiftUnusable(transaction, actor, now.person_id(), digest, as_of_us, arrives));
    }
  }
  ASSIGN_OR_RETURN(const auto open, OpenPermitsOfPerson(transaction.connection(), now.person_id()));
  for (const PermitRow& permit : open) {
    if (permit.expire_time_us <= transaction.now_us() || StillFits(book, now, permit)) continue;
    RETURN_IF_ERROR(
        VoidPermit(transaction, actor, permit, v1::AuditEvent::PermitVoided::CAUSE_PERSON));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::permits
