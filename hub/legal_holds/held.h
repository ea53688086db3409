#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"

namespace switchboard::legal_holds {

// Whose rows stay, by the legal holds in force when it was read: the persons whom they name,
// whoever has or had the accounts that they name, and what accounts any of these has or had.
//
// Whoever erases reads it in its unit, once it holds book::LegalHoldsKey shared, so that a hold
// that was answered keeps everything from then on; see MayErase. A look may read it before, and
// only saves work by it.
class Held {
 public:
  // Nobody's.
  Held() = default;

  static absl::StatusOr<Held> Read(storage::Connection& connection);
  // The same inside a unit that erases, once no hold can be placed or ended until it is committed.
  static absl::StatusOr<Held> MayErase(storage::Transaction& transaction);

  bool empty() const { return persons_.empty(); }
  bool Person(std::string_view person_id) const { return persons_.contains(person_id); }
  bool Account(std::string_view account_id) const { return accounts_.contains(account_id); }
  // Whether vendors keep theirs of this person as well: nobody orders them to delete it.
  bool VendorsKeep(std::string_view person_id) const { return vendors_keep_.contains(person_id); }

  // The holds by which something of this person, or of this account, stays, by id.
  std::vector<std::string> HoldsOn(std::string_view person_id,
                                   std::string_view account_id = {}) const;

  // Whom a hold keeps.
  std::vector<std::string> PersonsOf(std::string_view hold_id) const;

  // The held persons: one column, which refers to this. Empty where nobody is held: a statement
  // over no rows is not run (storage/value.h).
  storage::Rows PersonRows() const;

 private:
  using Ids = std::set<std::string, std::less<>>;

  void AddPerson(const std::string& person_id, const std::string& hold_id, bool vendors_keep);

  // Of each the holds that keep it.
  std::map<std::string, Ids, std::less<>> persons_;
  std::map<std::string, Ids, std::less<>> accounts_;
  Ids vendors_keep_;
};

}  // namespace switchboard::legal_holds
