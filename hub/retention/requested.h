#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/contracts/rule_packs.h"
#include "hub/legal_holds/held.h"
#include "hub/person_requests/person_requests.h"
#include "hub/retention/eraser.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

// What goes sooner than its class says because the person asked for it, and operators agreed.

namespace switchboard::retention {

// Of a deletion what goes first are refused items that name the person, while accounts and work
// still say which these are; then ended work, accounts and the person; then contacts that no rule
// counts any more. Done is it once none of that is left, and the core has read that it was asked
// for.
class Requested {
 public:
  // Both outlive it.
  Requested(const contracts::RulePacks& rule_packs, storage::Sealer& sealer)
      : rule_packs_(rule_packs), sealer_(sealer) {}

  // A sweep of its own, Stage::kRequested. Looks on from `position.after_id`, a request after the
  // other, as far as `rows_left` lets it; each is left behind once nothing of it is due. Refused
  // items are looked through once for each request and position (`Position::requests`), and nothing
  // else of a request is due before they were.
  // What is due is a page of the person's assignments that ended, accounts or the person, to be
  // erased as of those stages (`Due::stage`), or of kRequested: see CarryOut.
  absl::StatusOr<Due> Look(storage::Connection& reader, const legal_holds::Held& held,
                           absl::Time now, Position& position, int& rows_left) const;

  // Erases `due.items`, or else contacts of the persons of these requests that no rule counts, and
  // closes the requests as far as nothing is left. How many rows. REQUIRES: of kRequested.
  absl::StatusOr<int64_t> CarryOut(storage::Transaction& transaction, const legal_holds::Held& held,
                                   const Due& due) const;

  // What else keeps a deletion up.
  struct StillKept {
    int64_t counted_contacts = 0;
    bool held_items = false;     // refused ones, which name somebody who is held as well
    bool items_unknown = false;  // no more might be looked at, and none of these was such a one
  };
  // Looks at `items_left` refused items at most, and lowers that: it opens them.
  absl::StatusOr<StillKept> FindStillKept(storage::Connection& reader,
                                          const legal_holds::Held& held, absl::Time now,
                                          const person_requests::AgreedDeletion& deletion,
                                          int& items_left) const;

 private:
  absl::StatusOr<Due> LookAtItems(storage::Connection& reader, const legal_holds::Held& held,
                                  const person_requests::AgreedDeletion& deletion,
                                  Position& position, int& rows_left) const;
  absl::StatusOr<Due> NextOf(storage::Connection& reader, const legal_holds::Held& held,
                             absl::Time now, const person_requests::AgreedDeletion& deletion) const;
  // Those of these refused items that name the person.
  absl::StatusOr<std::vector<std::string>> ItemsOf(
      storage::Connection& connection, const person_requests::AgreedDeletion& deletion,
      const std::vector<std::string>& quarantine_ids) const;
  // Contacts of a deletion's person of this time and before may go.
  absl::StatusOr<int64_t> CountedUntil(storage::Connection& connection, absl::Time now,
                                       const person_requests::AgreedDeletion& deletion) const;

  const contracts::RulePacks& rule_packs_;
  storage::Sealer& sealer_;
};

// Whether there is a request to be carried out, whatever the classes say.
absl::StatusOr<bool> AnyRequested(storage::Connection& reader);

}  // namespace switchboard::retention
