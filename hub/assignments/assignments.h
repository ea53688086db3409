#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// An assignment is an account placed with a vendor for a work type. This header owns the table
// assignment: how one comes to be, changes and ends. Life: live → (recall pending → live)* →
// withdrawn. Withdrawn is final; placing the account again makes a new assignment.

namespace switchboard::assignments {

using WithdrawReason = v1::SyncResponse::Withdrawal::Reason;

struct Assignment {
  std::string assignment_id;
  std::string vendor_id;
  std::string vendor_group;
  std::string person_id;
  std::string account_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  int64_t placement = 0;  // 1 for the first of this account and work type
  bool live = true;
  std::string segment;
  std::string country;  // of the person when it was placed; empty when that is not known
  int64_t place_time_us = 0;
  int64_t expire_time_us = 0;  // 0: no limit
  v1::RecallReason recall_reason = v1::RECALL_REASON_UNSPECIFIED;
  int64_t recall_time_us = 0;  // final time of a pending recall; 0: none
  bool recall_objected = false;
  bool recall_place_again = false;

  bool recall_pending() const { return live && recall_time_us != 0; }
};

// Reads, on any connection.
absl::StatusOr<std::optional<Assignment>> FindAssignment(storage::Connection& connection,
                                                         std::string_view assignment_id);
// Those of the ids that are there, by id, in one journey.
absl::StatusOr<std::map<std::string, Assignment, std::less<>>> FindAssignments(
    storage::Connection& connection, std::vector<std::string> assignment_ids);
// All assignments of a person by account and work type, the live one first.
absl::StatusOr<std::vector<Assignment>> AssignmentsOfPerson(storage::Connection& connection,
                                                            std::string_view person_id);
// The same of each of these people, in their order, in one journey.
absl::StatusOr<std::vector<std::vector<Assignment>>> AssignmentsOfPersons(
    storage::Connection& connection, const std::vector<std::string>& person_ids);
// Live assignments of a vendor after `after_id`, by id, at most `limit`.
absl::StatusOr<std::vector<Assignment>> LiveAssignmentsOfVendor(storage::Connection& connection,
                                                                std::string_view vendor_id,
                                                                std::string_view after_id,
                                                                int limit);
// Live assignments whose expiry or final recall time is not after `now_us`, at most `limit`.
absl::StatusOr<std::vector<Assignment>> DueAssignments(storage::Connection& connection,
                                                       int64_t now_us, int limit);

class VendorCounter;

// What one unit of work changes in the vendors' feeds. Collects, and leaves what needs numbers of
// the feed to the end of the group at Flush(); see feed/vendor_counter.h.
//
// Announces "feed/<vendor>" for each vendor touched. Used by one unit.
class Changes {
 public:
  Changes(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
          std::string actor);
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  // REQUIRES: Flush() was called, or nothing was changed, or the unit failed.
  ~Changes();

  // Places an account: everything in `assignment` but its id and place time is the caller's; `why`
  // is stored sealed. `rule` says in one word how it was chosen, for the audit log. Returns it as
  // placed.
  Assignment Place(Assignment assignment, std::string_view why, std::string_view rule);
  // The vendor is to see the row again: its content changed.
  void Touch(const Assignment& assignment);
  // Ends an assignment. REQUIRES: it is live.
  absl::Status Withdraw(const Assignment& assignment, WithdrawReason reason);
  // Sets or clears (recall_time_us = 0) the pending recall, and touches. `step` is for the audit
  // log.
  absl::Status SetRecall(const Assignment& assignment, std::string_view step);

  // True if this unit placed it and the table does not show it yet.
  bool PlacedHere(std::string_view assignment_id) const;
  // Change in the number of live assignments of a vendor that its rows do not show yet, also in one
  // segment.
  int64_t LiveChange(const std::string& vendor_id) const;
  int64_t LiveChange(const std::string& vendor_id, const std::string& segment) const;

  // Puts what was placed so far into the table, so that this unit can change it again.
  absl::Status Settle();
  // Hands everything over to the end of the group. A unit that placed something is the last of its
  // group, so that no other one looks for what is not in the table yet.
  void Flush();

 private:
  VendorCounter& CounterOf(const std::string& vendor_id);

  storage::Transaction& transaction_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const std::string actor_;
  std::map<std::string, std::unique_ptr<VendorCounter>> by_vendor_;
};

}  // namespace switchboard::assignments
