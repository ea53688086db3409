#include <algorithm>

#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/contacts/erasure.h"
#include "hub/deletions/erasure.h"
#include "hub/disclosures/erasure.h"
#include "hub/ingest/erasure.h"
#include "hub/outcomes/erasure.h"
#include "hub/person_requests/person_requests.h"
#include "hub/promises/erasure.h"
#include "hub/retention/eraser.h"
#include "hub/retention/not_held.h"
#include "hub/retention/requested.h"
#include "hub/stops/erasure.h"

// How the eraser finds what is due, by reading only.

namespace switchboard::retention {
namespace {

// Rows of this time and older are due; before every row when they are kept for ever.
int64_t Until(absl::Time now, absl::Duration keep) {
  if (keep == absl::InfiniteDuration()) return kBeforeAll;
  return absl::ToUnixMicros(now - keep);
}

void GoOn(Position& position) {
  position = Position{static_cast<Stage>(static_cast<int>(position.stage) + 1)};
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
  return due;
}

// One page of a table in the order of its times: due unless it is of held persons alone.
template <typename Page>
absl::StatusOr<Due> LookAtTimes(storage::Connection& reader,
                                absl::StatusOr<Page> (*read)(storage::Connection&, int64_t, int64_t,
                                                             int),
                                const legal_holds::Held& held, Due due, Position& position,
                                int& rows_left) {
  due.after_us = position.after_us;
  ASSIGN_OR_RETURN(const Page page, read(reader, due.after_us, due.until_us, kErasePage));
  rows_left -= static_cast<int>(page.person_ids.size());
  due.until_us = page.through_us;
  position.after_us = page.through_us;
  if (page.last) GoOn(position);
  const bool any = std::any_of(page.person_ids.begin(), page.person_ids.end(),
                               [&](const std::string& id) { return !held.Person(id); });
  return any ? due : Due();
}

}  // namespace

absl::StatusOr<std::vector<bool>> MayGo(storage::Connection& connection,
                                        const legal_holds::Held& held,
                                        const std::vector<assignments::EndedAssignment>& ended) {
  ASSIGN_OR_RETURN(std::vector<bool> may_go, deletions::AllClosed(connection, ended));
  ASSIGN_OR_RETURN(const auto waiting, outcomes::WaitForCore(connection, ended));
  ASSIGN_OR_RETURN(const auto needed, promises::StillNeeded(connection, ended));
  for (size_t i = 0; i < ended.size(); ++i) {
    const bool is_held = held.Person(ended[i].person_id) || held.Account(ended[i].account_id);
    if (is_held || waiting[i] || needed[i]) may_go[i] = false;
  }
  return may_go;
}

absl::StatusOr<Due> Eraser::LookAt(storage::Connection& reader, const Held& held, absl::Time now,
                                   Position& position, int& rows_left) const {
  switch (position.stage) {
    case Stage::kRequested:
      return requested().Look(reader, held, now, position, rows_left);
    case Stage::kAssignments:
      return LookAtAssignments(reader, held, now, position, rows_left);
    case Stage::kAccounts:
      return LookAtAccounts(reader, held, now, position, rows_left);
    case Stage::kPersons:
      return LookAtPersons(reader, held, now, position, rows_left);
    default:
      return LookAtRest(reader, held, now, position, rows_left);
  }
}

absl::StatusOr<Due> Eraser::Look(storage::Connection& reader, absl::Time now,
                                 Position& position) const {
  ASSIGN_OR_RETURN(const Held held, Held::Read(reader));
  int rows_left = kErasePage;
  Due due;
  while (due.stage == Stage::kEnd && position.stage != Stage::kEnd && rows_left > 0) {
    ASSIGN_OR_RETURN(due, LookAt(reader, held, now, position, rows_left));
  }
  return due;
}

absl::StatusOr<Due> Eraser::LookAtAssignments(storage::Connection& reader, const Held& held,
                                              absl::Time now, Position& position,
                                              int& rows_left) const {
  if (position.after.assignment_id.empty()) {
    ASSIGN_OR_RETURN(const auto next, assignments::NextEndedKind(reader, position.kind));
    if (!next.has_value()) {
      GoOn(position);
      return Due();
    }
    position.kind = *next;
    position.after.withdraw_time_us = kBeforeAll;
  }
  const absl::Duration keep = policy_.KeepOf(position.kind.work_type, position.kind.country);
  --rows_left;  // a kind of which nothing is due costs something as well
  if (keep == absl::InfiniteDuration()) return Due();
  Due due{Stage::kAssignments, Until(now, keep), position.kind};
  ASSIGN_OR_RETURN(const auto page,
                   assignments::EndedAssignments(reader, position.kind, due.until_us,
                                                 position.after, kAssignmentsPage));
  rows_left -= static_cast<int>(page.size());
  position.after = page.size() < kAssignmentsPage ? assignments::EndedAssignment() : page.back();
  ASSIGN_OR_RETURN(const auto may_go, MayGo(reader, held, page));
  for (size_t i = 0; i < page.size(); ++i) {
    if (may_go[i]) due.assignments.push_back(page[i]);
  }
  return due.assignments.empty() ? Due() : due;
}

absl::StatusOr<Due> Eraser::LookAtAccounts(storage::Connection& reader, const Held& held,
                                           absl::Time now, Position& position,
                                           int& rows_left) const {
  const absl::Duration keep = policy_.AccountsKeep();
  if (keep == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{Stage::kAccounts, Until(now, keep)};
  ASSIGN_OR_RETURN(const auto page, book::AccountsAfter(reader, position.after_id, kErasePage));
  rows_left -= static_cast<int>(page.size());
  std::vector<book::AccountAge> old;
  std::vector<assignments::Holder> holders;
  for (const book::AccountAge& account : page) {
    if (account.update_time_us > due.until_us || held.Account(account.account_id)) continue;
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

absl::StatusOr<Due> Eraser::LookAtPersons(storage::Connection& reader, const Held& held,
                                          absl::Time now, Position& position,
                                          int& rows_left) const {
  if (policy_.AccountsKeep() == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{Stage::kPersons, Until(now, policy_.AccountsKeep())};
  ASSIGN_OR_RETURN(const auto page, book::PersonsAfter(reader, position.after_id, kErasePage));
  rows_left -= page.rows;
  std::vector<assignments::Holder> holders;
  for (const std::string& person_id : page.without_accounts) {
    if (!held.Person(person_id)) holders.push_back({person_id, ""});
  }
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(reader, holders));
  std::vector<std::string> idle;
  for (size_t i = 0; i < holders.size(); ++i) {
    if (!have[i]) idle.push_back(holders[i].person_id);
  }
  ASSIGN_OR_RETURN(const auto waiting, person_requests::CorrectionsWait(reader, idle));
  for (size_t i = 0; i < idle.size(); ++i) {
    if (!waiting[i]) due.ids.push_back(std::move(idle[i]));
  }
  position.after_id = page.last_id;
  if (page.last_id.empty()) GoOn(position);
  return due.ids.empty() ? Due() : due;
}

namespace {

absl::StatusOr<bool> AnyOldPages(storage::Connection& reader, const legal_holds::Held& held,
                                 int64_t until_us) {
  ASSIGN_OR_RETURN(const int64_t until_first_us, PagesNotHeld(reader, held, until_us));
  return disclosures::AnyOldDisclosures(reader, until_first_us, kErasePage);
}

absl::StatusOr<bool> AnyOldAnswers(storage::Connection& reader, const legal_holds::Held& held,
                                   int64_t until_us) {
  ASSIGN_OR_RETURN(const bool any, disclosures::AnyOldAnswers(reader, until_us, held.PersonRows()));
  return any ? any : deletions::AnyOldOrders(reader, until_us);
}

}  // namespace

// Contacts are kept as long as some rule may count them, whatever the classes say; and with them
// what was known and lay there then.
absl::StatusOr<absl::Duration> Eraser::KeepOf(storage::Connection& reader, Stage stage) const {
  if (stage == Stage::kQuarantine) return policy_.QuarantineKeep();
  const absl::Duration keep = policy_.LongestKeep();
  const bool of_then = stage == Stage::kContacts || stage == Stage::kPast || stage == Stage::kStops;
  if (!of_then || keep == absl::InfiniteDuration()) return keep;
  ASSIGN_OR_RETURN(const absl::Duration counted, rule_packs_.LongestWindow(reader));
  return std::max(keep, counted);
}

absl::StatusOr<Due> Eraser::LookAtRest(storage::Connection& reader, const Held& held,
                                       absl::Time now, Position& position, int& rows_left) const {
  const Stage stage = position.stage;
  ASSIGN_OR_RETURN(const absl::Duration keep, KeepOf(reader, stage));
  if (keep == absl::InfiniteDuration()) {
    GoOn(position);
    return Due();
  }
  Due due{stage, Until(now, keep)};
  switch (stage) {
    case Stage::kQuarantine:
    case Stage::kStops:
    case Stage::kEvents:
      return LookAtIds(reader, held, std::move(due), position, rows_left);
    case Stage::kContacts:
      return LookAtTimes(reader, &contacts::OldContacts, held, std::move(due), position, rows_left);
    case Stage::kPast:
      return LookAtTimes(reader, &book::OldPast, held, std::move(due), position, rows_left);
    default:
      break;
  }
  // From the oldest on: what this look finds, the next one does not find again.
  ASSIGN_OR_RETURN(const bool found, stage == Stage::kDisclosures
                                         ? AnyOldPages(reader, held, due.until_us)
                                         : AnyOldAnswers(reader, held, due.until_us));
  if (found) return due;
  GoOn(position);
  return Due();
}

absl::StatusOr<Due> Eraser::LookAtIds(storage::Connection& reader, const Held& held, Due due,
                                      Position& position, int& rows_left) const {
  const Stage stage = due.stage;
  ASSIGN_OR_RETURN(
      due, stage == Stage::kQuarantine
               ? LookAtPage(reader, &audit::OldItems, std::move(due), position, rows_left)
           : stage == Stage::kStops
               ? LookAtPage(reader, &stops::OldStops, std::move(due), position, rows_left)
               : LookAtPage(reader, &ingest::OldEvents, std::move(due), position, rows_left));
  ASSIGN_OR_RETURN(due.ids, NotHeld(reader, held, stage, std::move(due.ids)));
  if (!due.ids.empty()) return due;
  // Of refused items that were only counted no page is read: they go with any, or with none.
  if (stage == Stage::kQuarantine && position.stage != stage) {
    ASSIGN_OR_RETURN(const bool counted, audit::AnyOldRest(reader, due.until_us));
    if (counted) return due;
  }
  return Due();
}

}  // namespace switchboard::retention
