#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/ended_work.h"
#include "hub/base/ids.h"
#include "hub/contracts/contracts.h"
#include "hub/deletions/deletion_book.h"
#include "hub/storage/transaction.h"

// How ended work comes into orders to delete: all work, whatever ended it and whether or not a page
// had shown it, since a vendor may as well confirm that it has nothing. A recall and the end of a
// contract are ordered at once. What ends one by one all day long, by payments for instance, is
// gathered: for a tenth of Contract.deletion.within, an hour at most, or until an order is full.

namespace switchboard::deletions {

// How long what ends one by one is gathered, at most.
inline constexpr absl::Duration kGatherMost = absl::Hours(1);

// Why an order is opened for work that ended so.
Cause CauseOf(v1::WithdrawReason reason);

// Ended work of one vendor, a page of what was looked through.
struct ToOrder {
  std::string vendor_id;
  std::vector<assignments::EndedWork> work;
};

// How far a look through all vendors has come. A new one begins at the beginning.
struct Position {
  std::string vendor_id;         // that was looked at; empty: none yet
  assignments::EndedWork after;  // the last of it that was; without an id: all of it
};

// Looks on from `position` and moves it: work that may go into an order now, at most a page of it,
// by vendor. What a legal hold lets vendors keep waits, and so does the work of a vendor while the
// text of its newest contract cannot be used. Empty: none was found, or as much as one look reads
// was read in vain.
absl::StatusOr<std::vector<ToOrder>> LookForEndedWork(storage::Connection& reader,
                                                      contracts::Contracts& contracts,
                                                      absl::Duration gather_most, absl::Time now,
                                                      Position& position);

// Opens orders for what of it still is in none and is not held. An order is due
// Contract.deletion.within after the first end of work in it, by the contract of that moment, or by
// the newest where the text of that one cannot be used; where that has passed, as it may behind a
// legal hold that let the vendor keep it, as long after now. Opens none while the text of the
// newest contract cannot be used: once it is put back, or another is released, a look finds the
// work again.
absl::Status OrderDeletion(storage::Transaction& transaction, contracts::Contracts& contracts,
                           IdMint& ids, const ToOrder& to_order);

}  // namespace switchboard::deletions
