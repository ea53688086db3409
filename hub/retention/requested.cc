#include "hub/retention/requested.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/book/book.h"
#include "hub/book/holds.h"
#include "hub/contacts/erasure.h"
#include "hub/core_feed/erasure.h"
#include "hub/retention/not_held.h"
#include "hub/retention/refused_items.h"

namespace switchboard::retention {
namespace {

using person_requests::AgreedDeletion;

// What is kept of a person from before the deletion was agreed to. What came later stays: the core
// sent it in the knowledge of that.
struct Left {
  std::vector<assignments::EndedOfPerson> work;  // by id
  std::vector<book::AccountAge> accounts;
  bool person = false;  // known, and by nothing that came later

  bool nothing() const { return work.empty() && accounts.empty() && !person; }
};

absl::StatusOr<Left> LeftOf(storage::Connection& connection, const AgreedDeletion& deletion) {
  Left left;
  ASSIGN_OR_RETURN(left.work, assignments::EndedAssignmentsOf(connection, deletion.person_id));
  std::erase_if(left.work, [&](const auto& one) {
    return one.assignment.withdraw_time_us > deletion.agree_time_us;
  });
  ASSIGN_OR_RETURN(left.accounts, book::AccountAgesOf(connection, deletion.person_id));
  const bool imported_again = std::erase_if(left.accounts, [&](const auto& account) {
                                return account.update_time_us > deletion.agree_time_us;
                              }) > 0;
  if (imported_again) return left;
  ASSIGN_OR_RETURN(left.person, book::KnowsPerson(connection, deletion.person_id));
  return left;
}

// A page of the work that may go, all of one kind.
absl::StatusOr<Due> DueWork(storage::Connection& reader, const legal_holds::Held& held,
                            const AgreedDeletion& deletion, const Left& left) {
  std::vector<assignments::EndedAssignment> ended;
  std::vector<assignments::EndedKind> kinds;
  for (const assignments::EndedOfPerson& one : left.work) {
    if (one.in_feed) continue;
    ended.push_back(one.assignment);
    kinds.push_back(one.kind);
  }
  if (ended.empty()) return Due();
  ASSIGN_OR_RETURN(const std::vector<bool> may_go, MayGo(reader, held, ended));
  Due due;
  for (size_t i = 0; i < ended.size(); ++i) {
    if (!may_go[i] || due.assignments.size() == kAssignmentsPage) continue;
    if (due.assignments.empty()) {
      due.stage = Stage::kAssignments;
      due.until_us = deletion.agree_time_us;
      due.kind = kinds[i];
    }
    const bool alike =
        kinds[i].work_type == due.kind.work_type && kinds[i].country == due.kind.country;
    if (alike) due.assignments.push_back(ended[i]);
  }
  return due;
}

absl::StatusOr<Due> DueAccounts(storage::Connection& reader, const legal_holds::Held& held,
                                const AgreedDeletion& deletion, const Left& left) {
  std::vector<assignments::Holder> holders;
  for (const book::AccountAge& account : left.accounts)
    holders.push_back({account.person_id, account.account_id});
  if (holders.empty()) return Due();
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(reader, holders));
  Due due;
  due.until_us = deletion.agree_time_us;
  for (size_t i = 0; i < holders.size() && due.accounts.size() < kErasePage; ++i) {
    const bool stays = have[i] || held.Account(holders[i].account_id);
    if (!stays) due.accounts.push_back(left.accounts[i]);
  }
  if (!due.accounts.empty()) due.stage = Stage::kAccounts;
  return due;
}

absl::StatusOr<Due> DuePerson(storage::Connection& reader, const AgreedDeletion& deletion,
                              const Left& left) {
  if (!left.person || !left.accounts.empty()) return Due();
  ASSIGN_OR_RETURN(const auto have,
                   assignments::HaveAssignments(reader, {{deletion.person_id, ""}}));
  ASSIGN_OR_RETURN(const auto waiting,
                   person_requests::CorrectionsWait(reader, {deletion.person_id}));
  if (have[0] || waiting[0]) return Due();
  Due due;
  due.stage = Stage::kPersons;
  due.until_us = deletion.agree_time_us;
  due.ids = {deletion.person_id};
  return due;
}

absl::StatusOr<bool> CoreHasRead(storage::Connection& connection, const std::string& request_id) {
  ASSIGN_OR_RETURN(const auto waiting,
                   core_feed::ItemsWait(connection, {person_requests::ItemOwner(request_id)}));
  return !waiting[0];
}

void Record(storage::Transaction& transaction, v1::AuditEvent::Erased::What what, int64_t rows,
            const std::string& person_id) {
  if (rows == 0) return;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ERASED, "hub");
  event.mutable_erased()->set_what(what);
  event.set_count(rows);
  event.set_person_id(person_id);
  audit::Record(transaction, std::move(event));
}

// What is known of requests that are no agreed deletions any more is dropped on the way.
void GoOnTo(const std::string& request_id, Position& position) {
  auto& known = position.requests;
  known.erase(known.upper_bound(position.after_id), known.lower_bound(request_id));
}

void End(Position& position) {
  auto& known = position.requests;
  known.erase(known.upper_bound(position.after_id), known.end());
  position.after_id.clear();
  position.stage = Stage::kEnd;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Requested::ItemsOf(
    storage::Connection& connection, const AgreedDeletion& deletion,
    const std::vector<std::string>& quarantine_ids) const {
  std::set<std::string, std::less<>> ids = {deletion.person_id};
  ASSIGN_OR_RETURN(const auto accounts, book::AccountAgesOf(connection, deletion.person_id));
  for (const book::AccountAge& account : accounts) ids.insert(account.account_id);
  const Them them = {
      [&](std::string_view id) { return ids.contains(id); },
      [&](const assignments::Assignment& one) { return one.person_id == deletion.person_id; }};
  std::vector<std::string> items;
  for (const std::string& id : quarantine_ids) {
    ASSIGN_OR_RETURN(const Names names, NamesThem(connection, sealer_, id, them));
    if (names == Names::kThem) items.push_back(id);
  }
  return items;
}

absl::StatusOr<int64_t> Requested::CountedUntil(storage::Connection& connection, absl::Time now,
                                                const AgreedDeletion& deletion) const {
  ASSIGN_OR_RETURN(const absl::Duration window, rule_packs_.LongestWindow(connection));
  return std::min(deletion.agree_time_us, absl::ToUnixMicros(now - window));
}

// A page that has some is looked at again until it has none: once accounts and work are gone,
// nobody knows them any more.
absl::StatusOr<Due> Requested::LookAtItems(storage::Connection& reader,
                                           const legal_holds::Held& held,
                                           const AgreedDeletion& deletion, Position& position,
                                           int& rows_left) const {
  ItemsLooked& looked = position.requests[deletion.request_id];
  ASSIGN_OR_RETURN(const auto page,
                   audit::OldItems(reader, looked.after, deletion.agree_time_us, kErasePage));
  rows_left -= page.rows;
  ASSIGN_OR_RETURN(const auto items, ItemsOf(reader, deletion, page.old_ids));
  Due due;
  ASSIGN_OR_RETURN(due.items, ItemsNotHeld(reader, sealer_, held, items));
  if (!due.items.empty()) {
    due.stage = Stage::kRequested;
    due.ids = {deletion.request_id};
    return due;
  }
  if (!items.empty()) {
    position.after_id = deletion.request_id;
    return Due();
  }
  looked = {page.last_id, page.last_id.empty()};
  return Due();
}

// What comes next of a deletion; kEnd: it waits.
absl::StatusOr<Due> Requested::NextOf(storage::Connection& reader, const legal_holds::Held& held,
                                      absl::Time now, const AgreedDeletion& deletion) const {
  ASSIGN_OR_RETURN(const Left left, LeftOf(reader, deletion));
  ASSIGN_OR_RETURN(Due due, DueWork(reader, held, deletion, left));
  if (due.stage == Stage::kEnd) {
    ASSIGN_OR_RETURN(due, DueAccounts(reader, held, deletion, left));
  }
  if (due.stage == Stage::kEnd) {
    ASSIGN_OR_RETURN(due, DuePerson(reader, deletion, left));
  }
  if (due.stage != Stage::kEnd || !left.nothing()) return due;
  ASSIGN_OR_RETURN(const int64_t counted_us, CountedUntil(reader, now, deletion));
  const std::string& person_id = deletion.person_id;
  ASSIGN_OR_RETURN(const int64_t over, contacts::CountContactsOf(reader, person_id, counted_us));
  ASSIGN_OR_RETURN(const int64_t all,
                   contacts::CountContactsOf(reader, person_id, deletion.agree_time_us));
  ASSIGN_OR_RETURN(const bool read, CoreHasRead(reader, deletion.request_id));
  if (over > 0 || (all == 0 && read)) {
    due.stage = Stage::kRequested;
    due.ids = {deletion.request_id};
  }
  return due;
}

absl::StatusOr<Due> Requested::Look(storage::Connection& reader, const legal_holds::Held& held,
                                    absl::Time now, Position& position, int& rows_left) const {
  ASSIGN_OR_RETURN(const auto next, person_requests::AgreedDeletions(reader, position.after_id, 1));
  if (next.empty()) {
    End(position);
    return Due();
  }
  --rows_left;
  const AgreedDeletion& deletion = next.front();
  GoOnTo(deletion.request_id, position);
  if (held.Person(deletion.person_id)) {
    position.after_id = deletion.request_id;
    return Due();
  }
  const auto looked = position.requests.find(deletion.request_id);
  if (looked == position.requests.end() || !looked->second.all)
    return LookAtItems(reader, held, deletion, position, rows_left);
  ASSIGN_OR_RETURN(Due due, NextOf(reader, held, now, deletion));
  // The next look goes on with what is left of it then.
  if (due.stage == Stage::kEnd) position.after_id = deletion.request_id;
  return due;
}

absl::StatusOr<int64_t> Requested::CarryOut(storage::Transaction& transaction,
                                            const legal_holds::Held& held, const Due& due) const {
  using Erased = v1::AuditEvent::Erased;
  storage::Connection& connection = transaction.connection();
  int64_t rows = 0;
  for (const std::string& request_id : due.ids) {
    ASSIGN_OR_RETURN(const auto deletion,
                     person_requests::FindAgreedDeletion(connection, request_id));
    if (!deletion.has_value() || held.Person(deletion->person_id)) continue;
    const storage::Key person = book::PersonKey(deletion->person_id);
    RETURN_IF_ERROR(transaction.Hold({&person, 1}));
    if (!due.items.empty()) {
      ASSIGN_OR_RETURN(const auto items, ItemsNotHeld(connection, sealer_, held, due.items));
      for (const std::string& id : items)
        RETURN_IF_ERROR(audit::RemoveQuarantined(transaction, id));
      Record(transaction, Erased::WHAT_QUARANTINE, std::ssize(items), deletion->person_id);
      rows += std::ssize(items);
      continue;
    }
    ASSIGN_OR_RETURN(const Left left, LeftOf(connection, *deletion));
    if (!left.nothing()) continue;
    ASSIGN_OR_RETURN(const int64_t counted_us,
                     CountedUntil(connection, transaction.now(), *deletion));
    ASSIGN_OR_RETURN(const int64_t erased,
                     contacts::EraseContactsOf(transaction, deletion->person_id, counted_us));
    Record(transaction, Erased::WHAT_CONTACT, erased, deletion->person_id);
    rows += erased;
    ASSIGN_OR_RETURN(
        const int64_t counted,
        contacts::CountContactsOf(connection, deletion->person_id, deletion->agree_time_us));
    ASSIGN_OR_RETURN(const bool read, CoreHasRead(connection, request_id));
    if (counted > 0 || !read) continue;
    RETURN_IF_ERROR(person_requests::FinishDeletion(transaction, *deletion));
  }
  return rows;
}

absl::StatusOr<Requested::StillKept> Requested::FindStillKept(storage::Connection& reader,
                                                              const legal_holds::Held& held,
                                                              absl::Time now,
                                                              const AgreedDeletion& deletion,
                                                              int& items_left) const {
  StillKept kept;
  ASSIGN_OR_RETURN(const int64_t counted_us, CountedUntil(reader, now, deletion));
  const std::string& person_id = deletion.person_id;
  ASSIGN_OR_RETURN(const int64_t over, contacts::CountContactsOf(reader, person_id, counted_us));
  ASSIGN_OR_RETURN(const int64_t all,
                   contacts::CountContactsOf(reader, person_id, deletion.agree_time_us));
  kept.counted_contacts = all - over;
  if (held.empty()) return kept;
  std::string after;
  do {
    const int limit = std::min(items_left, kErasePage);
    kept.items_unknown = limit <= 0;
    if (kept.items_unknown) break;
    ASSIGN_OR_RETURN(const auto page,
                     audit::OldItems(reader, after, deletion.agree_time_us, limit));
    items_left -= page.rows;
    ASSIGN_OR_RETURN(const auto items, ItemsOf(reader, deletion, page.old_ids));
    ASSIGN_OR_RETURN(const auto others, ItemsNotHeld(reader, sealer_, held, items));
    kept.held_items = others.size() < items.size();
    after = page.last_id;
  } while (!kept.held_items && !after.empty());
  return kept;
}

absl::StatusOr<bool> AnyRequested(storage::Connection& reader) {
  ASSIGN_OR_RETURN(const auto first, person_requests::AgreedDeletions(reader, "", 1));
  return !first.empty();
}

}  // namespace switchboard::retention
