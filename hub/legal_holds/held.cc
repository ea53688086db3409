#include "hub/legal_holds/held.h"

#include <algorithm>
#include <iterator>

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/book/owners.h"
#include "hub/contacts/former_owners.h"

namespace switchboard::legal_holds {
namespace {

constexpr char kSelect[] =
    "SELECT hold_id, person_id, account_id, vendors_keep FROM legal_hold WHERE end_time IS NULL";

template <typename Map>
std::vector<std::string> KeysOf(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

void Held::AddPerson(const std::string& person_id, const std::string& hold_id, bool vendors_keep) {
  persons_[person_id].insert(hold_id);
  if (vendors_keep) vendors_keep_.insert(person_id);
}

absl::StatusOr<Held> Held::Read(storage::Connection& connection) {
  Held held;
  std::map<std::string, bool> vendors_keep;  // by hold
  RETURN_IF_ERROR(connection.Query(kSelect, {}, [&](const storage::Row& row) {
    const std::string hold_id(row.Text(0));
    vendors_keep[hold_id] = row.Integer(3) != 0;
    held.AddPerson(std::string(row.Text(1)), hold_id, vendors_keep[hold_id]);
    if (!row.Text(2).empty()) held.accounts_[std::string(row.Text(2))].insert(hold_id);
    return absl::OkStatus();
  }));
  if (held.empty()) return held;
  const std::vector<std::string> named = KeysOf(held.accounts_);
  ASSIGN_OR_RETURN(book::Owned owners, book::OwnersOf(connection, named));
  ASSIGN_OR_RETURN(contacts::FormerOwned former, contacts::FormerOwnersOf(connection, named));
  std::move(former.begin(), former.end(), std::back_inserter(owners));
  for (const auto& [account_id, person_id] : owners) {
    for (const std::string& hold_id : held.accounts_[account_id])
      held.AddPerson(person_id, hold_id, vendors_keep[hold_id]);
  }
  const std::vector<std::string> persons = KeysOf(held.persons_);
  ASSIGN_OR_RETURN(book::Owned accounts, book::AccountsOf(connection, persons));
  ASSIGN_OR_RETURN(former, contacts::FormerAccountsOf(connection, persons));
  std::move(former.begin(), former.end(), std::back_inserter(accounts));
  for (const auto& [account_id, person_id] : accounts) {
    const Ids& hold_ids = held.persons_[person_id];
    held.accounts_[account_id].insert(hold_ids.begin(), hold_ids.end());
  }
  return held;
}

absl::StatusOr<Held> Held::MayErase(storage::Transaction& transaction) {
  const storage::Key key = book::LegalHoldsKey(book::Sharing::kShared);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  return Read(transaction.connection());
}

std::vector<std::string> Held::HoldsOn(std::string_view person_id,
                                       std::string_view account_id) const {
  Ids hold_ids;
  if (const auto found = persons_.find(person_id); found != persons_.end()) {
    hold_ids = found->second;
  }
  if (const auto found = accounts_.find(account_id); found != accounts_.end()) {
    hold_ids.insert(found->second.begin(), found->second.end());
  }
  return {hold_ids.begin(), hold_ids.end()};
}

std::vector<std::string> Held::PersonsOf(std::string_view hold_id) const {
  std::vector<std::string> person_ids;
  for (const auto& [person_id, hold_ids] : persons_)
    if (hold_ids.contains(hold_id)) person_ids.push_back(person_id);
  return person_ids;
}

storage::Rows Held::PersonRows() const {
  storage::Rows rows({storage::Value::Kind::kText}, persons_.size());
  for (const auto& [person_id, hold_ids] : persons_) rows.Add({person_id});
  return rows;
}

}  // namespace switchboard::legal_holds
