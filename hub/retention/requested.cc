#include "hub/retention/requested.h"

#include <algorithm>

#include "hub/base/error.h"
#include "hub/book/book.h"
#include "hub/book/holds.h"
#include "hub/core_feed/erasure.h"
#include "hub/person_requests/person_requests.h"

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
  if (have[0]) return Due();
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

// What comes next of a deletion; kEnd: it waits.
absl::StatusOr<Due> NextOf(storage::Connection& reader, const legal_holds::Held& held,
                           const AgreedDeletion& deletion) {
  if (held.Person(deletion.person_id)) return Due();
  ASSIGN_OR_RETURN(const Left left, LeftOf(reader, deletion));
  ASSIGN_OR_RETURN(Due due, DueWork(reader, held, deletion, left));
  if (due.stage == Stage::kEnd) {
    ASSIGN_OR_RETURN(due, DueAccounts(reader, held, deletion, left));
  }
  if (due.stage == Stage::kEnd) {
    ASSIGN_OR_RETURN(due, DuePerson(reader, deletion, left));
  }
  if (due.stage != Stage::kEnd || !left.nothing()) return due;
  ASSIGN_OR_RETURN(const bool read, CoreHasRead(reader, deletion.request_id));
  if (read) {
    due.stage = Stage::kRequested;
    due.ids = {deletion.request_id};
  }
  return due;
}

}  // namespace

absl::StatusOr<Due> LookAtRequested(storage::Connection& reader, const legal_holds::Held& held,
                                    Position& position, int& rows_left) {
  ASSIGN_OR_RETURN(const auto next, person_requests::AgreedDeletions(reader, position.after_id, 1));
  if (next.empty()) {
    position = Position();
    position.stage = Stage::kAssignments;
    return Due();
  }
  --rows_left;
  ASSIGN_OR_RETURN(Due due, NextOf(reader, held, next.front()));
  // The next look goes on with what is left of it then.
  if (due.stage == Stage::kEnd) position.after_id = next.front().request_id;
  return due;
}

absl::StatusOr<int64_t> FinishRequested(storage::Transaction& transaction, const Due& due) {
  for (const std::string& request_id : due.ids) {
    ASSIGN_OR_RETURN(const auto deletion,
                     person_requests::FindAgreedDeletion(transaction.connection(), request_id));
    if (!deletion.has_value()) continue;
    const storage::Key person = book::PersonKey(deletion->person_id);
    RETURN_IF_ERROR(transaction.Hold({&person, 1}));
    ASSIGN_OR_RETURN(const Left left, LeftOf(transaction.connection(), *deletion));
    ASSIGN_OR_RETURN(const bool read, CoreHasRead(transaction.connection(), request_id));
    if (!left.nothing() || !read) continue;
    RETURN_IF_ERROR(person_requests::FinishDeletion(transaction, *deletion));
  }
  return 0;
}

absl::StatusOr<bool> AnyRequested(storage::Connection& reader) {
  ASSIGN_OR_RETURN(const auto first, person_requests::AgreedDeletions(reader, "", 1));
  return !first.empty();
}

}  // namespace switchboard::retention
