#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// An assignment is an account placed with a vendor for a work type. This header owns the table
// assignment: how one comes to be, changes and ends. Life: live → (recall pending → live)* →
// withdrawn. Withdrawn is final; placing the account again makes a new assignment.

namespace switchboard::assignments {

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
  int64_t review_time_us = 0;    // when the vendor is to be shown the row anew by itself; 0: never
  int64_t withdraw_time_us = 0;  // 0: while it is live
  std::string former_assignment_id;  // which was handed over for it; empty: none was

  bool recall_pending() const { return live && recall_time_us != 0; }
};

// Why it was placed where it is. NOT_FOUND; DATA_LOSS when its box was altered.
absl::StatusOr<v1::PlacementReason> ReadWhy(storage::Connection& connection,
                                            storage::Sealer& sealer,
                                            std::string_view assignment_id);

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
// An assignment and its place in its vendor's feed.
struct InFeed {
  Assignment assignment;
  int64_t sequence = 0;
};
// Live assignments of a vendor behind `after` in its feed, in order, at most `limit`. One that
// changes moves to the feed's end: who goes through all of them meets each at least once, and those
// that changed meanwhile once more.
absl::StatusOr<std::vector<InFeed>> LiveAssignmentsOfVendor(storage::Connection& connection,
                                                            std::string_view vendor_id,
                                                            int64_t after, int limit);
// Live assignments of all vendors behind `after`, by id, at most `limit`.
absl::StatusOr<std::vector<Assignment>> LiveAssignmentsAfter(storage::Connection& connection,
                                                             std::string_view after, int limit);
// The ids of live assignments of a vendor behind `after`, in order, at most `limit`. Reads all rows
// of the vendor's.
absl::StatusOr<std::vector<std::string>> LiveIdsOfVendor(storage::Connection& connection,
                                                         std::string_view vendor_id,
                                                         std::string_view after, int limit);
// When those were withdrawn that lie in a vendor's feed behind `after`, through `through`, and were
// withdrawn for a payment, a closure or a stop; microseconds since 1970 UTC.
absl::StatusOr<std::vector<int64_t>> StoppedBetween(storage::Connection& connection,
                                                    std::string_view vendor_id, int64_t after,
                                                    int64_t through);
// Ended work that lies in a vendor's feed behind `after`, through `through`: the ids.
absl::StatusOr<std::vector<std::string>> EndedBetween(storage::Connection& connection,
                                                      std::string_view vendor_id, int64_t after,
                                                      int64_t through);
// The end of a vendor's feed; 0 where it has none.
absl::StatusOr<int64_t> NewestSequence(storage::Connection& connection, std::string_view vendor_id);
// Live assignments whose expiry or final recall time is not after `now_us`, at most `limit`.
absl::StatusOr<std::vector<Assignment>> DueAssignments(storage::Connection& connection,
                                                       int64_t now_us, int limit);

// Live assignments of a vendor, in all and in one segment, as the rows say.
absl::StatusOr<int64_t> CountLive(storage::Connection& connection, std::string_view vendor_id);
absl::StatusOr<int64_t> CountLiveInSegment(storage::Connection& connection,
                                           std::string_view vendor_id, std::string_view segment);
// Live assignments whose review time is not after `now_us`, at most `limit`.
absl::StatusOr<std::vector<Assignment>> AssignmentsToReview(storage::Connection& connection,
                                                            int64_t now_us, int limit);

// Takes ended assignments out of the vendor's feed up to change `through`, the oldest first, at
// most `limit`; returns how many. REQUIRES: the vendor is not told of them again.
absl::StatusOr<int64_t> LeaveFeed(storage::Transaction& transaction, std::string_view vendor_id,
                                  int64_t through, int limit);

// Notes with which reason, one that the protocol names, the vendor could not take the row of an
// assignment. The first one stands. False: one was noted before.
absl::StatusOr<bool> NoteRejection(storage::Transaction& transaction,
                                   std::string_view assignment_id,
                                   v1::SyncRequest::Rejection::Reason reason);

struct VendorCounter;

// What one unit of work changes in the vendors' feeds. Rows of the table change at once; what needs
// numbers of the feed is left with the transaction, for the end of the group; see vendor_counter.h.
//
// Announces the feed of each vendor touched. Used by one unit, any number of them.
class Changes {
 public:
  Changes(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
          std::string actor);
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  // Places an account: everything in `assignment` but its id and place time is the caller's; `why`
  // is stored sealed. Returns it as placed. A unit that places something ends its group,
  // so that no other one looks for what is not in the table yet.
  Assignment Place(Assignment assignment, const v1::PlacementReason& why);
  // The vendor is to see the row again: its content changed.
  void Touch(const Assignment& assignment);
  // Ends an assignment. REQUIRES: it is live.
  absl::Status Withdraw(const Assignment& assignment, v1::WithdrawReason reason);
  // Sets or clears (recall_time_us = 0) the pending recall, and touches. `step` is for the audit
  // log.
  absl::Status SetRecall(const Assignment& assignment, const v1::AuditEvent::Recall& step);
  // Sets when the row is to be shown anew by itself (0: never), and touches.
  absl::Status SetReview(const Assignment& assignment, int64_t review_time_us);

  // True if this unit placed it and the table does not show it yet.
  bool PlacedHere(std::string_view assignment_id) const;
  // Change in the number of live assignments of a vendor that its rows do not show yet, also in one
  // segment.
  int64_t LiveChange(const std::string& vendor_id) const;
  int64_t LiveChange(const std::string& vendor_id, const std::string& segment) const;

  // Puts what was placed so far into the table, so that this unit can change it again.
  absl::Status Settle();

 private:
  VendorCounter& CounterOf(std::string_view vendor_id);
  std::vector<VendorCounter*> Touched() const;

  storage::Transaction& transaction_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const std::string actor_;
  std::set<std::string, std::less<>> vendors_;  // touched by this one
};

}  // namespace switchboard::assignments
