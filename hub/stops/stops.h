#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/values.pb.h"

// A stop forbids contact from the moment it is committed until it is lifted. This header owns the
// table stop. Placing one neither withdraws assignments nor voids permits; rules/withdrawal.h does.

namespace switchboard::stops {

// What a stop lies on.
struct StopSubject {
  enum class Kind { kPerson = 1, kAccount = 2, kContactPoint = 3, kVendor = 4, kWorkType = 5 };
  Kind kind;
  std::string id;

  static StopSubject Person(std::string_view person_id) {
    return {Kind::kPerson, std::string(person_id)};
  }
  static StopSubject Account(std::string_view account_id) {
    return {Kind::kAccount, std::string(account_id)};
  }
  static StopSubject ContactPoint(std::string_view person_id, std::string_view contact_point_id) {
    return {Kind::kContactPoint, std::string(person_id) + "/" + std::string(contact_point_id)};
  }
  static StopSubject Vendor(std::string_view vendor_id) {
    return {Kind::kVendor, std::string(vendor_id)};
  }
  static StopSubject WorkType(v1::WorkType work_type) {
    return {Kind::kWorkType, v1::WorkType_Name(work_type)};
  }

  bool operator==(const StopSubject&) const = default;
};

// Places a stop. ALREADY_EXISTS when the id was used before.
absl::Status PlaceStop(storage::Transaction& transaction, std::string_view stop_id,
                       const StopSubject& subject, v1::StopReason reason);

// True if a stop of this id was ever placed and is not erased.
absl::StatusOr<bool> StopKnown(storage::Connection& connection, std::string_view stop_id);

// Lifts a stop. False when no stop of this id was in force, or when it is of a reason that only the
// hub sets (payment, closure, operator).
absl::StatusOr<bool> LiftStop(storage::Transaction& transaction, std::string_view stop_id);

// The same, if it lies on one of these subjects: an id that a vendor uses again after its outcome
// was erased must not lift what lies on somebody else.
absl::StatusOr<bool> LiftStopOn(storage::Transaction& transaction, std::string_view stop_id,
                                const std::vector<StopSubject>& subjects);

// Lifts every stop of one reason on a subject.
absl::Status LiftStops(storage::Transaction& transaction, const StopSubject& subject,
                       v1::StopReason reason);

// Which of the subjects have a stop on them now, in the order given.
absl::StatusOr<std::vector<StopSubject>> StoppedAmong(storage::Connection& connection,
                                                      const std::vector<StopSubject>& subjects);

}  // namespace switchboard::stops
