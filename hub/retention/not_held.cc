#include "hub/retention/not_held.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "hub/assignments/erasure.h"
#include "hub/base/error.h"
#include "hub/promises/erasure.h"
#include "hub/retention/refused_items.h"
#include "hub/stops/erasure.h"

namespace switchboard::retention {
namespace {

using legal_holds::Held;

std::vector<std::string> Without(const std::vector<std::string>& ids,
                                 const std::unordered_set<std::string>& held_ids) {
  std::vector<std::string> others;
  for (const std::string& id : ids) {
    if (!held_ids.contains(id)) others.push_back(id);
  }
  return others;
}

bool LiesOnHeld(const stops::StopSubject& subject, const Held& held) {
  using Kind = stops::StopSubject::Kind;
  switch (subject.kind) {
    case Kind::kPerson:
      return held.Person(subject.id);
    case Kind::kAccount:
      return held.Account(subject.id);
    case Kind::kContactPoint:
    case Kind::kNumberOfPerson:
    case Kind::kChannel:
      return held.Person(std::string_view(subject.id).substr(0, subject.id.find('/')));
    case Kind::kVendor:
    case Kind::kWorkType:
    case Kind::kNumber:
      return false;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> StopsNotHeld(storage::Connection& connection,
                                                      const Held& held,
                                                      const std::vector<std::string>& stop_ids) {
  if (held.empty()) return stop_ids;
  ASSIGN_OR_RETURN(const auto lying, stops::SubjectsOf(connection, stop_ids));
  std::unordered_set<std::string> held_ids;
  for (const stops::StopLying& stop : lying) {
    if (LiesOnHeld(stop.subject, held)) held_ids.insert(stop.stop_id);
  }
  return Without(stop_ids, held_ids);
}

absl::StatusOr<std::vector<std::string>> EventsNotHeld(storage::Connection& connection,
                                                       const Held& held,
                                                       const std::vector<std::string>& event_ids) {
  if (held.empty()) return event_ids;
  ASSIGN_OR_RETURN(const auto paid, promises::PaidBy(connection, event_ids));
  std::unordered_set<std::string> held_ids;
  for (const auto& [event_id, account_id] : paid) {
    if (held.Account(account_id)) held_ids.insert(event_id);
  }
  return Without(event_ids, held_ids);
}

absl::StatusOr<std::vector<std::string>> ItemsNotHeld(
    storage::Connection& connection, storage::Sealer& sealer, const Held& held,
    const std::vector<std::string>& quarantine_ids) {
  if (held.empty()) return quarantine_ids;
  const Them them = {[&](std::string_view id) { return held.Person(id) || held.Account(id); },
                     [&](const assignments::Assignment& one) {
                       return held.Person(one.person_id) || held.Account(one.account_id);
                     }};
  std::vector<std::string> others;
  for (const std::string& id : quarantine_ids) {
    ASSIGN_OR_RETURN(const Names names, NamesThem(connection, sealer, id, them));
    if (names == Names::kNobody) others.push_back(id);
  }
  return others;
}

absl::StatusOr<int64_t> PagesNotHeld(storage::Connection& connection, const Held& held,
                                     int64_t until_us) {
  if (held.empty()) return until_us;
  ASSIGN_OR_RETURN(const auto first_us, assignments::FirstPlaced(connection, held.PersonRows()));
  return first_us.has_value() ? std::min(until_us, *first_us - 1) : until_us;
}

}  // namespace switchboard::retention
