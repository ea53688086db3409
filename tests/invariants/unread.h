#pragma once

#include <string>
#include <unordered_map>

#include "tests/invariants/invariants.h"
#include "tests/invariants/ledger.h"

// What vendors reported with codes that had no meaning, and what the log says of it: such a contact
// counts under its permit until it is recorded. Pure.

namespace switchboard::invariants {

// What vendors reported under codes of their own.
class UnreadReports {
 public:
  // `ledger` outlives it.
  explicit UnreadReports(const Ledger& ledger);
  // What an event of an unread contact is about; null: nobody reported it. REQUIRES:
  // WHAT_UNREAD_CONTACT.
  const v1::Outcome* Find(const v1::AuditEvent& event) const;

 private:
  std::unordered_map<std::string, const v1::Outcome*> reported_;  // by vendor, id, version, permit
};

// Whether what waits for its code counts: once, as it was reported, and all that was under a permit
// which nothing else had used or ended.
void CheckUnread(const Ledger& ledger, Violations& violations);

}  // namespace switchboard::invariants
