#include "hub/assignments/own_data.h"

#include <set>
#include <span>

#include "hub/base/error.h"

namespace switchboard::assignments {
namespace {

using Persons = std::map<std::string, book::KnownPerson, std::less<>>;

// One that was altered keeps nobody's note from being taken, least of all that of another.
absl::StatusOr<Persons> PersonsOf(storage::Connection& connection, const book::Book& book,
                                  const std::set<std::string>& ids) {
  auto all = book.ReadPersons(connection, {ids.begin(), ids.end()});
  if (!absl::IsDataLoss(all.status())) return all;
  Persons persons;
  for (const std::string& id : ids) {
    auto one = book.ReadPerson(connection, id);
    if (absl::IsDataLoss(one.status()) || absl::IsNotFound(one.status())) continue;
    RETURN_IF_ERROR(one.status());
    persons[id].person = *std::move(one);
  }
  return persons;
}

}  // namespace

absl::StatusOr<std::map<std::string, redaction::OwnData, std::less<>>> ReadOwnData(
    storage::Connection& connection, const book::Book& book, const std::vector<Assignment>& work) {
  std::map<std::string, redaction::OwnData, std::less<>> own;
  if (work.empty()) return own;
  std::set<std::string> person_ids, account_ids;
  for (const Assignment& one : work) {
    person_ids.insert(one.person_id);
    account_ids.insert(one.account_id);
  }
  ASSIGN_OR_RETURN(const Persons persons, PersonsOf(connection, book, person_ids));
  ASSIGN_OR_RETURN(const auto accounts,
                   book.ReadAccounts(connection, {account_ids.begin(), account_ids.end()}));
  for (const Assignment& one : work) {
    const auto person = persons.find(one.person_id);
    if (person == persons.end()) continue;
    std::vector<const v1::Account*> of_work;
    const auto account = accounts.find(one.account_id);
    if (account != accounts.end()) of_work.push_back(&account->second.account);
    own.emplace(one.assignment_id, redaction::OwnData(person->second.person, of_work));
  }
  return own;
}

}  // namespace switchboard::assignments
