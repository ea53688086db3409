#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/permits/permit_budget.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/contact.pb.h"
#include "switchboard/v1/values.pb.h"

// The permits that were given. Owns the table permit. A permit is open until as many outcomes name
// it as it has attempts, it is released, it becomes void or its time is up. What is left of a void
// one counts for rules until its time is up: who heard of it too late may have made the contact.

namespace switchboard::permits {

using VoidCause = v1::AuditEvent::PermitVoided::Cause;

enum class PermitState { kOpen = 1, kUsed = 2, kVoid = 3, kReleased = 4, kExpired = 5 };

// A permit, as it was given and as it stands.
struct PermitRow {
  std::string permit_id;
  std::string vendor_id;
  std::string request_id;
  std::string assignment_id;
  std::string person_id;
  std::string account_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  std::string contact_point_id;
  std::string number_digest;  // Book::NumberDigest of what it was given for; empty: an address
  // What it was given for, as the ledger will have it once there is an outcome.
  v1::CollectorKind collector_kind = v1::COLLECTOR_KIND_UNSPECIFIED;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;
  v1::Act act = v1::ACT_UNSPECIFIED;
  v1::Party party = v1::PARTY_UNSPECIFIED;
  std::string party_id{};  // of others than the person
  bool consented = false;
  int64_t contract_version = 0;
  int64_t attempts = 1;  // that are left
  PermitState state = PermitState::kOpen;
  int64_t give_time_us = 0;
  int64_t begin_time_us = 0;  // not to be used sooner
  int64_t expire_time_us = 0;
  int64_t void_time_us = 0;  // since when it is void; 0: it is not
  std::string outcome_id{};  // that used it last; empty before
  // Of a day's plan the hours in which it may be used, serialized (v1::ContactPlan); empty: from
  // begin to end.
  std::string plan{};
  std::string sub_contractor{};  // whose agents make the contact; empty: the vendor's own
};

// An outcome, and the permit that it is the one to use.
struct PermitUse {
  std::string permit_id;
  std::string outcome_id;
};

// Writes a permit that is given now.
absl::Status InsertPermit(storage::Transaction& transaction, const PermitRow& permit);

// The vendor's permit of this id, or nothing.
absl::StatusOr<std::optional<PermitRow>> FindPermit(storage::Connection& connection,
                                                    std::string_view vendor_id,
                                                    std::string_view permit_id);
// The permit of this id, whoever has it, or nothing.
absl::StatusOr<std::optional<PermitRow>> FindAnyPermit(storage::Connection& connection,
                                                       std::string_view permit_id);
// The vendor's permits among these ids, by id, in one journey.
absl::StatusOr<std::map<std::string, PermitRow, std::less<>>> FindPermits(
    storage::Connection& connection, std::string_view vendor_id,
    const std::vector<std::string>& permit_ids);
// What a permit is asked for.
struct PermitQuestion {
  std::string_view request_id;
  std::string_view vendor_id;
  std::string_view assignment_id;  // of which these are …
  std::string_view person_id;
  std::string_view account_id;
  int64_t day_begin_us = 0;  // since when those that came to nothing are counted
};

// What was given before, as far as it decides about the next.
struct PermitsBefore {
  std::optional<PermitRow> of_request;  // what the same request for the assignment got
  int64_t open_until_us = 0;            // when the person's other open ones expire; 0: none is
  bool any_void = false;                // some of the person's are void that still count
  int64_t unused_of_account = 0;        // of the vendor's for the account: came to nothing
  BudgetUse use;                        // of the vendor in this hour, as of the last commits
};

// In one journey. REQUIRES: the person is held.
absl::StatusOr<PermitsBefore> LookBack(storage::Transaction& transaction,
                                       const PermitQuestion& question);
// Open permits of a person, by id; their time may be up.
absl::StatusOr<std::vector<PermitRow>> OpenPermitsOfPerson(storage::Connection& connection,
                                                           std::string_view person_id);

// An open permit, and under which contract it was given.
struct OpenPermit {
  std::string permit_id;
  std::string vendor_id;
  int64_t contract_version = 0;
};
// All that are open, in no order; the time of some may be up.
absl::StatusOr<std::vector<OpenPermit>> OpenPermits(storage::Connection& connection);

// What may be under way or come at a number or an address, whoever has the permit: open ones and
// those void ones that still count.
absl::StatusOr<std::vector<PermitRow>> ReservedOfNumber(storage::Connection& connection,
                                                        std::string_view number_digest,
                                                        absl::Time now);
// The person's void permits that still count.
absl::StatusOr<std::vector<PermitRow>> VoidPermitsOfPerson(storage::Connection& connection,
                                                           std::string_view person_id,
                                                           absl::Time now);

// Which open permits to void; an empty field matches any. REQUIRES: person_id, number_digest or
// vendor_id is set, or a work type.
struct PermitFilter {
  std::string person_id;
  std::string account_id;
  std::string assignment_id;
  std::string contact_point_id;
  std::string number_digest;
  std::string vendor_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  VoidCause cause = v1::AuditEvent::PermitVoided::CAUSE_STOP;  // for the log; fits any
};

// Makes open permits void and says how many. Those whose time is up stay as they are.
absl::StatusOr<int64_t> VoidPermits(storage::Transaction& transaction, std::string_view actor,
                                    const PermitFilter& filter);
// The same of one. REQUIRES: it is open. `since`: no later than now.
absl::Status VoidPermit(storage::Transaction& transaction, std::string_view actor,
                        const PermitRow& permit, VoidCause cause);
absl::Status VoidPermitSince(storage::Transaction& transaction, std::string_view actor,
                             const PermitRow& permit, VoidCause cause, absl::Time since);

// Takes an attempt for each use from permits that are open, or were until their time was up or they
// became void; those that have none left are used.
absl::Status UsePermits(storage::Transaction& transaction, const std::vector<PermitUse>& uses);
// Gives an attempt back, as if the outcome that had used it had not been reported: the permit is
// open again, or expired if its time is up; a void or released one stays that. `outcome_id`: which
// used it last of those that still do; empty: none does. The permit as it is now; nothing: it is
// erased.
absl::StatusOr<std::optional<PermitRow>> ReturnUse(storage::Transaction& transaction,
                                                   std::string_view permit_id,
                                                   std::string_view outcome_id);
// An open plan is said again with so many attempts, 1 or more, and these hours.
absl::Status SetPlan(storage::Transaction& transaction, std::string_view permit_id,
                     int64_t attempts, std::string_view plan);
// Marks an open permit as given back.
absl::Status MarkReleased(storage::Transaction& transaction, std::string_view permit_id);
// A void permit counts no more: what was left of it was not used.
absl::Status MarkVoidUnused(storage::Transaction& transaction, std::string_view permit_id);

// Writes down which open permits' time is up, so that a clock that steps back does not open them
// again. An outcome of a contact that began in time may still use them.
absl::Status ExpirePermits(storage::Transaction& transaction);
// Whether there are any.
absl::StatusOr<bool> AnyPermitsToExpire(storage::Connection& connection, absl::Time now);

}  // namespace switchboard::permits
