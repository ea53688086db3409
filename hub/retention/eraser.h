#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/erasure.h"
#include "hub/book/erasure.h"
#include "hub/contracts/rule_packs.h"
#include "hub/retention/policy.h"
#include "hub/storage/transaction.h"

namespace switchboard::retention {

// Rows that one unit erases, or one look reads in vain, at most.
inline constexpr int kErasePage = 500;
// An assignment brings its permits, outcomes and promises with it, a handful each.
inline constexpr int kAssignmentsPage = 50;

// What is looked through, in this order: an account waits for its assignments, an event for its
// stop.
enum class Stage {
  kAssignments,
  kAccounts,
  kPersons,
  kQuarantine,
  kStops,
  kEvents,
  kDisclosures,
  kContacts,
  kEnd
};

// How far a sweep through everything has come. A new one begins at the beginning.
struct Position {
  Stage stage = Stage::kAssignments;
  assignments::EndedKind kind;  // kAssignments: the kind, if any was begun …
  assignments::EndedAssignment
      after;             // … and the last of it that was looked at; no id: the kind is done
  std::string after_id;  // else: the last row that was looked at
};

// What one look found to be due: a page of one stage.
struct Due {
  Stage stage = Stage::kEnd;  // kEnd: nothing was due
  int64_t until_us = 0;       // rows of this time and older are due
  assignments::EndedKind kind;
  std::vector<assignments::EndedAssignment> assignments;
  std::vector<book::AccountAge> accounts;
  std::vector<std::string> ids;  // of persons, stops or events
};

// Finds what is kept no longer, and erases it with a trace in the audit log. Thread-safe apart from
// the connections, transactions and positions passed in.
class Eraser {
 public:
  Eraser(Policy policy, const contracts::RulePacks& rule_packs)
      : policy_(std::move(policy)), rule_packs_(rule_packs) {}

  const Policy& policy() const { return policy_; }

  // Looks on from `position` and moves it, until something is due, the sweep is at its end, or a
  // page's worth of rows was read in vain.
  absl::StatusOr<Due> Look(storage::Connection& reader, absl::Time now, Position& position) const;

  // Erases what is due, as far as it still is; how many rows. Whatever hangs on an assignment goes
  // with it in this unit, or all of it waits.
  absl::StatusOr<int64_t> Erase(storage::Transaction& transaction, const Due& due) const;

 private:
  absl::StatusOr<Due> LookAtAssignments(storage::Connection& reader, absl::Time now,
                                        Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtAccounts(storage::Connection& reader, absl::Time now,
                                     Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtPersons(storage::Connection& reader, absl::Time now, Position& position,
                                    int& rows_left) const;
  absl::StatusOr<Due> LookAtRest(storage::Connection& reader, absl::Time now, Position& position,
                                 int& rows_left) const;
  absl::StatusOr<absl::Duration> KeepOf(storage::Connection& reader, Stage stage) const;
  absl::StatusOr<int64_t> EraseAssignments(storage::Transaction& transaction, const Due& due) const;
  absl::StatusOr<int64_t> EraseAccounts(storage::Transaction& transaction, const Due& due) const;
  absl::StatusOr<int64_t> ErasePersons(storage::Transaction& transaction,
                                       std::vector<std::string> person_ids) const;
  absl::StatusOr<int64_t> EraseRest(storage::Transaction& transaction, const Due& due) const;

  const Policy policy_;
  const contracts::RulePacks& rule_packs_;
};

}  // namespace switchboard::retention
