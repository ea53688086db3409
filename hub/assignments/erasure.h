#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/values.pb.h"

// Erases what retention says of the tables assignment, former_change and hand_over. An assignment
// may be erased once it has ended and left the feed; what hangs on it elsewhere is for the caller
// to erase in the same unit.

namespace switchboard::assignments {

// Assignments of one work type and country are kept equally long. Country: empty where it is not
// known.
struct EndedKind {
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  std::string country;
};

// The kind that follows `after` among those of which there are ended assignments outside of the
// feed; nothing behind the last one. Begin with EndedKind().
absl::StatusOr<std::optional<EndedKind>> NextEndedKind(storage::Connection& connection,
                                                       const EndedKind& after);

struct EndedAssignment {
  std::string assignment_id;
  std::string vendor_id;
  std::string person_id;
  std::string account_id;
  int64_t withdraw_time_us = 0;
};

// The account's id and the assignment's of each, for what hangs on them in other rooms' tables.
storage::Rows RowsOf(const std::vector<EndedAssignment>& assignments);
// How often the id of each stands among these.
std::vector<int64_t> CountEach(const std::vector<EndedAssignment>& assignments,
                               const std::vector<std::string>& assignment_ids);

// Those of a kind that ended no later than `until_us`, by time and id, at most `limit`, from behind
// `after` (its time and id count).
absl::StatusOr<std::vector<EndedAssignment>> EndedAssignments(storage::Connection& connection,
                                                              const EndedKind& kind,
                                                              int64_t until_us,
                                                              const EndedAssignment& after,
                                                              int limit);

// An assignment of a person's that ended.
struct EndedOfPerson {
  EndedKind kind;
  EndedAssignment assignment;
  bool in_feed = false;  // its vendor has yet to acknowledge the end
};
// All of them, by id.
absl::StatusOr<std::vector<EndedOfPerson>> EndedAssignmentsOf(storage::Connection& connection,
                                                              std::string_view person_id);

// Erases those that ended no later than `until_us`, with their places in the feed, live ones and
// ones still in the feed never; says of each whether it did. REQUIRES: their persons are held.
absl::StatusOr<std::vector<bool>> EraseAssignments(storage::Transaction& transaction,
                                                   const std::vector<EndedAssignment>& ended,
                                                   int64_t until_us);

// Erases the hand-overs with which these began; of each how many. The assignment that ended by one
// goes when its own time is up.
absl::StatusOr<std::vector<int64_t>> EraseHandOvers(storage::Transaction& transaction,
                                                    const std::vector<EndedAssignment>& erased);

// When the first assignment of any of these persons was placed that is there, in microseconds.
absl::StatusOr<std::optional<int64_t>> FirstPlaced(storage::Connection& connection,
                                                   const storage::Rows& person_ids);

// An account at its owner, or with an empty account_id a person.
struct Holder {
  std::string person_id;
  std::string account_id;
};
// Of each whether it has any assignment, live or ended.
absl::StatusOr<std::vector<bool>> HaveAssignments(storage::Connection& connection,
                                                  const std::vector<Holder>& holders);

}  // namespace switchboard::assignments
