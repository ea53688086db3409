#pragma once

#include <string>
#include <string_view>

#include "hub/storage/transaction.h"
#include "switchboard/v1/values.pb.h"

// What units of work keep others away from, so that several lanes and several hubs decide as one
// would. A unit holds these before it reads what it decides by:
//
// | key       | alone                                          | shared                           |
// | --------- | ---------------------------------------------- | -------------------------------- |
// | person    | permits, outcomes, stops, recalls, imports,    |                                  |
// |           | unmaskings, withdrawals, erasing of that person|                                  |
// | placement | imports and other placements; contracts, plans | stops on somebody the book does  |
// |           | erasing accounts and persons                   | not know, who may be on the way  |
// | vendor    | contracts and stops of the vendor              | permits, also those given back   |
// | work type | stops of the work type                         | permits, also those given back   |
// | number    | stops of the number or address; permits where  | permits; contacts that no permit |
// |           | rules count what others do there               | had kept room for, and permits   |
// |           |                                                | that corrections give back       |
// | texts     | rule packs; code maps; scripts, a kind each;   |                                  |
// |           | proposals of all kinds, before anything else   |                                  |
// | feed      | sessions, cursors and disclosures of a vendor  |                                  |
// | debt      | promises and payments on an account            |                                  |
// | confirming| a core that confirms what it has read          | corrections that take back stops |
// | keys      | steps of a rotation, keys wrapped anew         |                                  |
// | legal     | placing and ending a legal hold                | everything that erases           |
// | deletions | orders to delete of a vendor: opened, confirmed|                                  |
// |           | and waived                                     |                                  |
// | look-ups  | persons that an operator looks for, counted    |                                  |
// | audit tree| checkpoints of the audit log, a restore        |                                  |
//
// Only a placement makes a person known, and only who holds `placement` makes one unknown again, so
// that who holds `placement` knows that nobody else does either.

// What every group wants, whoever it is about, is not held but taken at the end of the group, in
// the order of ClosingPlace; see ClosingWork. It stays locked until the commit.

namespace switchboard::book {

// The order in which groups take what all of them want.
enum class ClosingPlace {
  kStratum,       // positions of a routing plan's strata
  kVendor,        // places in the feeds of all vendors that the group touches, by vendor id
  kPermitBudget,  // what a vendor's permits of the hour come to, by vendor id
  kPermitTally,   // what came of asking for permits, for reports
  kDisclosure,    // numbers of disclosures
  kCoreFeed,      // numbers of the core feed …
  kOutcome,       // … and what is stored with them
  kTermsChange,   // that what vendors may hold has changed (book/terms_change.h)
  kSwept,         // when a sweep of retention ended (retention/swept.h)
};

inline storage::ClosingKey ClosingKeyOf(ClosingPlace place, std::string_view name = "") {
  return {static_cast<int>(place), std::string(name)};
}

enum class Sharing { kAlone, kShared };

inline storage::Key PersonKey(std::string_view person_id) {
  return {"person/" + std::string(person_id)};
}
inline storage::Key PlacementKey(Sharing sharing = Sharing::kAlone) {
  return {"placement", sharing == Sharing::kShared};
}
inline storage::Key VendorKey(std::string_view vendor_id, Sharing sharing = Sharing::kAlone) {
  return {"vendor/" + std::string(vendor_id), sharing == Sharing::kShared};
}
inline storage::Key WorkTypeKey(v1::WorkType work_type, Sharing sharing = Sharing::kAlone) {
  return {"work_type/" + v1::WorkType_Name(work_type), sharing == Sharing::kShared};
}
// Of a number or an address, by its digest (Book::NumberDigest).
inline storage::Key NumberKey(std::string_view digest, Sharing sharing = Sharing::kAlone) {
  return {"number/" + std::string(digest), sharing == Sharing::kShared};
}
// Of one kind of texts, as rule packs.
inline storage::Key VersionedTextsKey(std::string_view kind) {
  return {"texts/" + std::string(kind)};
}
// Of what is proposed and released, whatever its kind.
inline storage::Key ProposalsKey() { return VersionedTextsKey("proposal"); }
inline storage::Key DebtKey(std::string_view account_id) {
  return {"debt/" + std::string(account_id)};
}
inline storage::Key ConfirmingKey(Sharing sharing = Sharing::kAlone) {
  return {"confirming", sharing == Sharing::kShared};
}
inline storage::Key FeedKey(std::string_view vendor_id) {
  return {"feed/" + std::string(vendor_id)};
}
inline storage::Key KeysKey() { return {"keys"}; }
inline storage::Key LegalHoldsKey(Sharing sharing = Sharing::kAlone) {
  return {"legal holds", sharing == Sharing::kShared};
}
inline storage::Key DeletionsKey(std::string_view vendor_id) {
  return {"deletions/" + std::string(vendor_id)};
}
inline storage::Key LookUpsKey(std::string_view actor) {
  return {"look-ups/" + std::string(actor)};
}
inline storage::Key AuditTreeKey() { return {"audit tree"}; }

}  // namespace switchboard::book
