#include "hub/permits/number_stops.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/permit_book.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using stops::StopSubject;

absl::Status LiftUnusable(storage::Transaction& transaction, std::string_view actor,
                          std::string_view person_id, std::string_view digest, int64_t as_of_us) {
  const StopSubject number = StopSubject::Number(digest);
  ASSIGN_OR_RETURN(const auto found,
                   stops::StopsOn(transaction.connection(),
                                  {StopSubject::NumberOfPerson(person_id, digest), number}));
  std::set<std::string> lifted;
  for (const stops::Stop& stop : found) {
    if (!IsUnusableNumber(stop.reason) || stop.place_time_us >= as_of_us) continue;
    if (lifted.contains(stop.stop_id)) continue;
    if (stop.subject == number) {
      RETURN_IF_ERROR(stops::LiftFrom(transaction, stop.stop_id, number));
    } else {
      RETURN_IF_ERROR(stops::LiftStop(transaction, stop.stop_id).status());
      lifted.insert(stop.stop_id);
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

absl::StatusOr<int64_t> StopNumber(storage::Transaction& transaction, std::string_view actor,
                                   std::string_view stop_id, std::string_view person_id,
                                   std::string_view digest, v1::StopReason reason) {
  const storage::Key number = book::NumberKey(digest);
  RETURN_IF_ERROR(transaction.Hold({&number, 1}));
  RETURN_IF_ERROR(stops::PlaceStop(transaction, {stop_id, StopSubject::Number(digest), reason}));
  if (reason == v1::STOP_REASON_WRONG_NUMBER) {
    RETURN_IF_ERROR(stops::PlaceStop(
        transaction, {stop_id, StopSubject::NumberOfPerson(person_id, digest), reason}));
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
  ASSIGN_OR_RETURN(const auto found, stops::StopsOn(connection, subjects));
  for (const stops::Stop& stop : found) {
    if (stop.subject == whole_person) {
      if (stop.reason != v1::STOP_REASON_CEASE_CONTACT) continue;
    } else {
      // The number that it met first is the one that was meant.
      ASSIGN_OR_RETURN(const bool met, stops::LiesOnNumber(connection, stop.stop_id));
      if (met) continue;
    }
    for (const std::string& digest : numbers.at(stop.subject)) {
      ASSIGN_OR_RETURN(const auto there, stops::StopsOn(connection, {StopSubject::Number(digest)}));
      const bool lies_there =
          std::any_of(there.begin(), there.end(),
                      [&](const stops::Stop& other) { return other.stop_id == stop.stop_id; });
      if (lies_there) continue;
      RETURN_IF_ERROR(
          StopNumber(transaction, actor, stop.stop_id, person.person_id(), digest, stop.reason)
              .status());
    }
  }
  return absl::OkStatus();
}

absl::Status FollowContactPoints(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, const v1::Person& before,
                                 const v1::Person& now, int64_t as_of_us) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(now.person_id())));
  std::set<std::string> good_before;  // numbers
  for (const auto& point : before.contact_points()) {
    if (point.state() == v1::ContactPoint::STATE_GOOD) good_before.insert(book.NumberDigest(point));
  }
  std::map<std::string, std::string> usable;  // contact point → number
  for (const auto& point : now.contact_points()) {
    const std::string digest = book.NumberDigest(point);
    if (point.state() != v1::ContactPoint::STATE_BAD)
      usable.emplace(point.contact_point_id(), digest);
    if (point.state() == v1::ContactPoint::STATE_GOOD && !good_before.contains(digest)) {
      RETURN_IF_ERROR(LiftUnusable(transaction, actor, now.person_id(), digest, as_of_us));
    }
  }
  ASSIGN_OR_RETURN(const auto open, OpenPermitsOfPerson(transaction.connection(), now.person_id()));
  for (const PermitRow& permit : open) {
    const auto found = usable.find(permit.contact_point_id);
    const bool fits = found != usable.end() && found->second == permit.number_digest;
    if (fits || permit.expire_time_us <= transaction.now_us()) continue;
    RETURN_IF_ERROR(VoidPermit(transaction, actor, permit));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::permits
