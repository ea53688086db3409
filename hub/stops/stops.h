#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/contact.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/values.pb.h"

// A stop forbids contact from the moment it is committed until it is lifted or ends by itself. Owns
// the table stop. Placing one neither withdraws assignments nor voids permits; permits/withdrawal.h
// does.

namespace switchboard::stops {

// What a stop lies on.
struct StopSubject {
  enum class Kind {
    kPerson = 1,
    kAccount = 2,
    kContactPoint = 3,
    kVendor = 4,
    kWorkType = 5,
    kNumber = 6,          // a number or an address, wherever it is met
    kNumberOfPerson = 7,  // the same, as a way to reach this person
    kChannel = 8,         // a channel of a person
  };
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
  // `digest`: Book::NumberDigest of it.
  static StopSubject Number(std::string_view digest) {
    return {Kind::kNumber, std::string(digest)};
  }

  static StopSubject NumberOfPerson(std::string_view person_id, std::string_view digest) {
    return {Kind::kNumberOfPerson, std::string(person_id) + "/" + std::string(digest)};
  }

  static StopSubject Channel(std::string_view person_id, v1::Channel channel) {
    return {Kind::kChannel, std::string(person_id) + "/" + v1::Channel_Name(channel)};
  }

  bool operator==(const StopSubject&) const = default;
  auto operator<=>(const StopSubject&) const = default;
};

// Parties that a stop does not keep from contact.
class SparedParties {
 public:
  SparedParties() = default;
  explicit SparedParties(int64_t bits) : bits_(bits) {}
  void Add(v1::Party party) { bits_ |= int64_t{1} << party; }
  bool Has(v1::Party party) const { return (bits_ >> party & 1) != 0; }
  int64_t bits() const { return bits_; }

 private:
  int64_t bits_ = 0;
};

// What a stop says, on whatever it lies.
struct StopTerms {
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;
  std::string origin{};       // who placed it first, as the audit log writes actors
  int64_t begin_time_us = 0;  // since when it is so; 0: since it was placed
  int64_t end_time_us = 0;    // when it ends by itself, exclusive; 0: it does not
  bool keep_work = false;     // vendors keep what they hold, and make no contact
  SparedParties spared{};

  absl::Time EndTime() const {
    return end_time_us == 0 ? absl::InfiniteFuture() : absl::FromUnixMicros(end_time_us);
  }
};

// A stop in force.
struct Stop : StopTerms {
  std::string stop_id;
  StopSubject subject;
  int64_t place_time_us = 0;

  const StopTerms& terms() const { return *this; }
};

// A stop to be placed.
struct NewStop {
  std::string_view stop_id;
  StopSubject subject;
  StopTerms terms;
  // Of a payment: data that is true as of a later time than this ends it.
  int64_t settle_time_us = 0;
  // When it was placed first, of one that comes to lie on another subject; 0: now.
  int64_t place_time_us = 0;
  // What it lies on is not known, and rules will say when it ends; see EndStop.
  bool awaits_end = false;
};

// Whether vendors keep the work that a stop of this reason concerns, and make no contact, where
// nobody says otherwise.
bool HoldsWorkByItself(v1::StopReason reason);

// What the audit log says of a stop.
void Describe(const StopTerms& terms, v1::AuditEvent::Occurrence& occurrence);

// Places a stop. One id may lie on several subjects. ALREADY_EXISTS when it lay on this one before.
// REQUIRES: its terms have an origin.
absl::Status PlaceStop(storage::Transaction& transaction, const NewStop& stop);

// True if a stop of this id was ever placed and is not erased.
absl::StatusOr<bool> StopKnown(storage::Connection& connection, std::string_view stop_id);

// True if a stop of this id is in force, whatever it lies on.
absl::StatusOr<bool> StopInForce(storage::Connection& connection, std::string_view stop_id,
                                 absl::Time now);

// True if a stop of this id lies on a number, for everybody or for one person, lifted or not.
absl::StatusOr<bool> LiesOnNumber(storage::Connection& connection, std::string_view stop_id);

// Lifts a stop from all that it lies on. False when no stop of this id was in force, or when it is
// of a reason that only the hub lifts (payment, closure, operator). One that has ended by itself
// counts as in force until it is lifted.
absl::StatusOr<bool> LiftStop(storage::Transaction& transaction, std::string_view stop_id);

// Lifts a stop from one of the subjects that it lies on. Whatever the reason.
absl::Status LiftFrom(storage::Transaction& transaction, std::string_view stop_id,
                      const StopSubject& subject);

// Whatever lies on a person comes to lie on an account that is, or was, that person's too, under
// the same ids, so that one lift ends both.
absl::Status ExtendToAccount(storage::Transaction& transaction, std::string_view actor,
                             std::string_view person_id, std::string_view account_id);

// Those in force on a subject that await an end, in no order.
absl::StatusOr<std::vector<Stop>> StopsAwaitingEnd(storage::Connection& connection,
                                                   const StopSubject& subject);
// One of them awaits no end any longer: it ends at `end_time_us`, also if that has passed; 0: when
// it is lifted.
absl::Status EndStop(storage::Transaction& transaction, const Stop& stop, int64_t end_time_us);

// Lifts every stop of one reason on a subject.
absl::Status LiftStops(storage::Transaction& transaction, const StopSubject& subject,
                       v1::StopReason reason);

// Lifts the stops that payments placed on an account and that data as of `as_of_us` has taken into
// account; how many. What was true before a payment was booked or known never lifts its stop (I12).
absl::StatusOr<int64_t> SettlePayments(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view account_id, int64_t as_of_us);

// The stops that lie on any of the subjects now, in the order of the subjects.
absl::StatusOr<std::vector<Stop>> StopsOn(storage::Connection& connection,
                                          const std::vector<StopSubject>& subjects, absl::Time now);

// Those that lay on any of these at `then`, by what was known then; in no order. Those lifted since
// are found as long as they are kept.
absl::StatusOr<std::vector<Stop>> StopsThen(storage::Connection& connection,
                                            const std::vector<StopSubject>& subjects,
                                            absl::Time then);

// Which of the subjects have a stop on them now, in the order given.
absl::StatusOr<std::vector<StopSubject>> StoppedAmong(storage::Connection& connection,
                                                      const std::vector<StopSubject>& subjects,
                                                      absl::Time now);

// Every stop that lies on a vendor now, by the vendor's id.
absl::StatusOr<std::vector<Stop>> StoppedVendors(storage::Connection& connection, absl::Time now);

}  // namespace switchboard::stops
