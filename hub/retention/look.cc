#include <algorithm>
#include <limits>

#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/contacts/erasure.h"
#include "hub/feed/erasure.h"
#include "hub/ingest/erasure.h"
#include "hub/outcomes/erasure.h"
#include "hub/promises/erasure.h"
#include "hub/retention/eraser.h"
#include "hub/stops/erasure.h"

// How the eraser finds what is due, by reading only.

namespace switchboard::retention {
namespace {

// Rows of this time and older are due; before every row when they are kept for ever.
int64_t Until(absl::Time now, absl::Duration keep) {
  if (keep == absl::InfiniteDuration()) return std::numeric_limits<int64_t>::min();
  return absl::ToUnixMicros(now - keep);
}

void GoOn(Position& position) {
  position = {static_cast<Stage>(static_cast<int>(position.stage) + 1), {}, {}, {}};
}

// One page of a table in the order of its ids.
template <typename Page>
absl::StatusOr<Due> LookAtPage(storage::Connection& reader,
                               absl::StatusOr<Page> (*read)(storage::Connection&, std::string_view,
                                                            int64_t, int),
                               Due due, Position& position, int& rows_left) {
  ASSIGN_OR_RETURN(Page page, read(reader, position.after_id, due.until_us, kErasePage));
  rows_left -= page.rows;
  due.ids = std::move(page.old_ids);
  position.after_id = page.last_id;
  if (page.last_id.empty()) GoOn(position);
  return due.ids.empty() ? Due() : due;
}

}  // namespace

absl::StatusOr<Due> Eraser::LookAtAssignments(storage::Connection& reader, absl::Time now,
                                              Position& position, int& rows_left) const {
  if (position.after.assignment_id.empty()) {
    ASSIGN_OR_RETURN(const auto next, assignments::NextEndedKind(reader, position.kind));
    if (!next.has_value()) {
      GoOn(position);
      return Due();
    }
    position.kind = *next;
    position.after.withdraw_time_us = std::numeric_limits<int64_t>::min();
  }
  const absl::Duration keep = policy_.KeepOf(position.kind.work_type, position.kind.country);
  --rows_left;  // a kind of which nothing is due costs something as well
  if (keep == absl::InfiniteDuration()) return Due();
  Due due{Stage::kAssignments, Until(now, keep), position.kind, {}, {}, {}};
  ASSIGN_OR_RETURN(const auto page,
                   assignments::EndedAssignments(reader, position.kind, due.until_us,
                                                 position.after, kAssignmentsPage));
  rows_left -= static_cast<int>(page.size());
  position.after = page.size() < kAssignmentsPage ? assignments::EndedAssignment() : page.back();
  ASSIGN_OR_RETURN(const auto waiting, outcomes::WaitForCore(reader, page));
  ASSIGN_OR_RETURN(const auto needed, promises::StillNeeded(reader, page));
  for (size_t i = 0; i < page.size(); ++i) {
    if (!waiting[i] && !needed[i]) due.assignments.push_back(page[i]);
  }
  return due.assignments.empty() ? Due() : due;
}

absl::StatusOr<Due> Eraser::LookAtAccounts(storage::Connection& reader, absl::Time now,
                                           Position& position, int& rows_left) const {
  const absl::Duration keep = policy_.AccountsKeep();
  if (keep == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{Stage::kAccounts, Until(now, keep), {}, {}, {}, {}};
  ASSIGN_OR_RETURN(const auto page, book::AccountsAfter(reader, position.after_id, kErasePage));
  rows_left -= static_cast<int>(page.size());
  std::vector<book::AccountAge> old;
  std::vector<assignments::Holder> holders;
  for (const book::AccountAge& account : page) {
    if (account.update_time_us > due.until_us) continue;
    old.push_back(account);
    holders.push_back({account.person_id, account.account_id});
  }
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(reader, holders));
  for (size_t i = 0; i < old.size(); ++i) {
    if (!have[i]) due.accounts.push_back(old[i]);
  }
  if (page.size() < kErasePage) {
    GoOn(position);
  } else {
    position.after_id = page.back().account_id;
  }
  return due.accounts.empty() ? Due() : due;
}

absl::StatusOr<Due> Eraser::LookAtPersons(storage::Connection& reader, absl::Time now,
                                          Position& position, int& rows_left) const {
  if (policy_.AccountsKeep() == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{Stage::kPersons, Until(now, policy_.AccountsKeep()), {}, {}, {}, {}};
  ASSIGN_OR_RETURN(const auto page, book::PersonsAfter(reader, position.after_id, kErasePage));
  rows_left -= page.rows;
  std::vector<assignments::Holder> holders;
  for (const std::string& person_id : page.without_accounts) holders.push_back({person_id, ""});
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(reader, holders));
  for (size_t i = 0; i < holders.size(); ++i) {
    if (!have[i]) due.ids.push_back(holders[i].person_id);
  }
  position.after_id = page.last_id;
  if (page.last_id.empty()) GoOn(position);
  return due.ids.empty() ? Due() : due;
}

namespace {

absl::StatusOr<bool> AnyOldContacts(storage::Connection& reader, int64_t until_us) {
  ASSIGN_OR_RETURN(const bool any, contacts::AnyOldContacts(reader, until_us));
  return any ? any : book::AnyOldPast(reader, until_us);
}

}  // namespace

// Contacts are kept as long as some rule may count them, whatever the classes say; and with them
// what was known and lay there then.
absl::StatusOr<absl::Duration> Eraser::KeepOf(storage::Connection& reader, Stage stage) const {
  if (stage == Stage::kQuarantine) return policy_.QuarantineKeep();
  const absl::Duration keep = policy_.LongestKeep();
  const bool of_then = stage == Stage::kContacts || stage == Stage::kStops;
  if (!of_then || keep == absl::InfiniteDuration()) return keep;
  ASSIGN_OR_RETURN(const absl::Duration counted, rule_packs_.LongestWindow(reader));
  return std::max(keep, counted);
}

absl::StatusOr<Due> Eraser::LookAtRest(storage::Connection& reader, absl::Time now,
                                       Position& position, int& rows_left) const {
  const Stage stage = position.stage;
  ASSIGN_OR_RETURN(const absl::Duration keep, KeepOf(reader, stage));
  if (keep == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{stage, Until(now, keep), {}, {}, {}, {}};
  if (stage == Stage::kStops || stage == Stage::kEvents) {
    return stage == Stage::kStops
               ? LookAtPage(reader, &stops::OldStops, due, position, rows_left)
               : LookAtPage(reader, &ingest::OldEvents, due, position, rows_left);
  }
  // From the oldest on: what this look finds, the next one does not find again.
  ASSIGN_OR_RETURN(const bool found,
                   stage == Stage::kContacts ? AnyOldContacts(reader, due.until_us)
                   : stage == Stage::kQuarantine
                       ? audit::AnyOldQuarantine(reader, due.until_us, kErasePage)
                       : feed::AnyOldDisclosures(reader, due.until_us, kErasePage));
  if (found) return due;
  GoOn(position);
  return Due();
}

}  // namespace switchboard::retention
