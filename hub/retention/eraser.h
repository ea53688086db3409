#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/erasure.h"
#include "hub/book/erasure.h"
#include "hub/contracts/rule_packs.h"
#include "hub/legal_holds/held.h"
#include "hub/retention/policy.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

namespace switchboard::retention {

// Rows that one unit erases, or one look reads in vain, at most.
inline constexpr int kErasePage = 500;
// An assignment brings its permits, outcomes and promises with it, a handful each.
inline constexpr int kAssignmentsPage = 50;

// What is looked through: what persons asked for, which is a sweep of its own; or what time is up
// for, in this order, from kAssignments on. An account waits for its assignments, an event for its
// stop.
enum class Stage {
  kRequested,
  kAssignments,
  kAccounts,
  kPersons,
  kQuarantine,
  kStops,
  kEvents,
  kDisclosures,
  kAnswers,
  kContacts,
  kPast,
  kEnd
};

// Before every row.
inline constexpr int64_t kBeforeAll = std::numeric_limits<int64_t>::min();

// How far the refused items that may name the person of one deletion were looked through: those
// that were there when it was agreed to, which never become more. Behind it none is left.
struct ItemsLooked {
  std::string after;
  bool all = false;
};

// How far a sweep has come. A new one begins at the beginning of its stage, but for `requests`.
struct Position {
  Stage stage = Stage::kRequested;
  // kRequested: by the id of the agreed deletion. Outlives the sweep, so that nothing is opened for
  // one again and again; those that are agreed deletions no more are dropped on the way.
  std::map<std::string, ItemsLooked, std::less<>> requests{};
  assignments::EndedKind kind{};  // kAssignments: the kind, if any was begun …
  assignments::EndedAssignment
      after{};             // … and the last of it that was looked at; no id: the kind is done
  std::string after_id{};  // else: the last row that was looked at …
  int64_t after_us = kBeforeAll;  // … or, where rows go by their time, up to when all were
};

// What one look found to be due: a page of one stage.
struct Due {
  Stage stage = Stage::kEnd;  // kEnd: nothing was due
  int64_t until_us = 0;       // rows of this time and older are due …
  assignments::EndedKind kind{};
  std::vector<assignments::EndedAssignment> assignments{};
  std::vector<book::AccountAge> accounts{};
  std::vector<std::string> ids{};    // of persons, refused items, stops or events
  int64_t after_us = kBeforeAll;     // … where rows go by their time, and of later than this
  std::vector<std::string> items{};  // kRequested: refused items that name the person
};

// Of each of these whether it may go, whoever asks for that: nobody waits for anything of it any
// more, neither a reader of the core feed nor its vendor's order to delete, no promise made in it
// is still needed, and no legal hold keeps its person or its account.
absl::StatusOr<std::vector<bool>> MayGo(storage::Connection& connection,
                                        const legal_holds::Held& held,
                                        const std::vector<assignments::EndedAssignment>& ended);

class Requested;

// Finds what is kept no longer, and erases it with a trace in the audit log. What a legal hold
// keeps stays: a look steps over it, so that none finds the same in vain for ever, and each unit
// asks again. Thread-safe apart from the connections, transactions and positions passed in.
class Eraser {
 public:
  // The last two outlive it.
  Eraser(Policy policy, const contracts::RulePacks& rule_packs, storage::Sealer& sealer)
      : policy_(std::move(policy)), rule_packs_(rule_packs), sealer_(sealer) {}

  const Policy& policy() const { return policy_; }
  // What persons asked for (requested.h).
  Requested requested() const;

  // How long rows of a stage that is no assignments', accounts' or persons' are kept.
  absl::StatusOr<absl::Duration> KeepOf(storage::Connection& reader, Stage stage) const;

  // Looks on from `position` and moves it, until something is due, the sweep is at its end, or a
  // page's worth of rows was read in vain.
  absl::StatusOr<Due> Look(storage::Connection& reader, absl::Time now, Position& position) const;

  // Erases what is due, as far as it still is; how many rows. Whatever hangs on an assignment goes
  // with it in this unit, or all of it waits.
  absl::StatusOr<int64_t> Erase(storage::Transaction& transaction, const Due& due) const;

 private:
  using Held = legal_holds::Held;

  absl::StatusOr<Due> LookAt(storage::Connection& reader, const Held& held, absl::Time now,
                             Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtAssignments(storage::Connection& reader, const Held& held,
                                        absl::Time now, Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtAccounts(storage::Connection& reader, const Held& held, absl::Time now,
                                     Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtPersons(storage::Connection& reader, const Held& held, absl::Time now,
                                    Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtRest(storage::Connection& reader, const Held& held, absl::Time now,
                                 Position& position, int& rows_left) const;
  absl::StatusOr<Due> LookAtIds(storage::Connection& reader, const Held& held, Due due,
                                Position& position, int& rows_left) const;
  // Those of the ids of a stage that no legal hold keeps.
  absl::StatusOr<std::vector<std::string>> NotHeld(storage::Connection& connection,
                                                   const Held& held, Stage stage,
                                                   std::vector<std::string> ids) const;
  absl::StatusOr<int64_t> EraseAssignments(storage::Transaction& transaction, const Held& held,
                                           const Due& due) const;
  absl::StatusOr<int64_t> EraseAccounts(storage::Transaction& transaction, const Held& held,
                                        const Due& due) const;
  absl::StatusOr<int64_t> ErasePersons(storage::Transaction& transaction, const Held& held,
                                       std::vector<std::string> person_ids) const;
  absl::StatusOr<int64_t> EraseRest(storage::Transaction& transaction, const Held& held,
                                    const Due& due) const;

  const Policy policy_;
  const contracts::RulePacks& rule_packs_;
  storage::Sealer& sealer_;
};

}  // namespace switchboard::retention
