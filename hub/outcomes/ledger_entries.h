#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/contacts/contact_book.h"
#include "hub/permits/permit_book.h"
#include "hub/permits/permits.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// What one batch of outcomes says to the ledger of contacts, and what that does to permits: a
// contact uses an attempt of the permit that it was made under, once for all versions of its
// outcome, and a version that is not under that permit any more gives the attempt back. Used by one
// unit.
class LedgerEntries {
 public:
  // Both outlive it.
  LedgerEntries(storage::Transaction& transaction, std::string_view vendor_id)
      : transaction_(transaction), vendor_id_(vendor_id) {}

  // Reads what the ledger has of these outcomes: person and outcome id of each. To be called first,
  // once. REQUIRES: the persons are held.
  absl::Status Look(const std::vector<std::pair<std::string, std::string>>& outcomes);

  // What the ledger has of an outcome of the person's, entries of the batch included; version 0:
  // nothing. A vendor may have used the outcome's id for somebody else too.
  contacts::Standing Of(std::string_view person_id, std::string_view outcome_id) const;
  // Whether the ledger has the person's outcome under the permit that it names.
  bool UsedBefore(std::string_view person_id, const v1::Outcome& outcome) const;

  // The outcome goes into the ledger. `permit`: the one that the entry names, which is kept up; may
  // be null if that names none. `reserved`: a permit had kept room for just this.
  void Enter(const v1::Outcome& outcome, contacts::ContactRow entry, permits::PermitRow* permit,
             bool reserved);
  // A correction came of which nobody knows what it says: what the ledger has of the outcome stays,
  // and counts as a conversation from now on. REQUIRES: UsedBefore. `permit`: that one.
  absl::Status CountAsConversation(std::string_view person_id, const v1::Outcome& outcome,
                                   const permits::PermitRow& permit);

  // Writes the uses of permits, so that whoever reads permits sees them.
  absl::Status WriteUses();
  // Gives back what corrections so far have given up, and writes what those entries say. Those
  // permits, as they are now; nothing else has changed by it.
  absl::StatusOr<std::vector<permits::PermitRow>> GiveUsesBack(const permits::Permits& permits);
  // Writes the rest.
  absl::Status Write();

  // What no permit had kept room for: open permits that count it are to be judged anew. Of a permit
  // that is open again, whose contact it would be.
  const std::vector<contacts::ContactRow>& unreserved() const { return unreserved_; }
  // Permits that are open again, or were for a while. Once promises are settled they are to be
  // judged by those too.
  const std::vector<std::string>& reopened() const { return reopened_; }

 private:
  struct GivenUp {
    std::string person_id;
    std::string permit_id;
  };

  contacts::ContactKey KeyOf(std::string_view person_id, std::string_view outcome_id) const;

  storage::Transaction& transaction_;
  const std::string_view vendor_id_;
  std::map<contacts::ContactKey, contacts::Standing> standing_;
  std::vector<permits::PermitUse> uses_;                          // not yet in the table
  std::map<contacts::ContactKey, contacts::ContactRow> entries_;  // not yet in the ledger
  std::vector<contacts::ContactRow> unreserved_;
  std::vector<GivenUp> given_up_;
  std::vector<std::string> reopened_;
};

}  // namespace switchboard::outcomes
