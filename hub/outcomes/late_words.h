#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

// Words that end contact ("my lawyer") from a vendor whose assignment has ended by now. They count,
// because a call may end after the recall; but they take the account from whoever holds it now, so
// a vendor could empty another's book with them. Beyond a number a day, and for contacts that did
// not lie in the vendor's time, somebody at the issuer must say so too. What is promised later than
// in that time binds nobody by itself either. Owns the table late_word.

namespace switchboard::outcomes {

// When a contact may have begun at the latest: the longest life of a permit after the vendor lost
// the account. REQUIRES: the assignment has ended.
absl::Time EndOfContacts(const assignments::Assignment& assignment);

// Whether the contact began while the vendor had the account, or until the end of its contacts.
// REQUIRES: as above.
bool LiesInPlacement(const v1::Outcome& outcome, const assignments::Assignment& assignment);

// Counts one on this UTC day. False: the vendor had `day_max` already, and the stop waits.
absl::StatusOr<bool> TakeLateWord(storage::Transaction& transaction, std::string_view vendor_id,
                                  int64_t day_max);
// Counts one that waits whatever the number.
absl::Status KeepLateWordWaiting(storage::Transaction& transaction, std::string_view vendor_id);

// Of vendors whose words wait, on the day of `now`, by id.
struct LateWords {
  std::string vendor_id;
  int64_t taken = 0;
  int64_t waiting = 0;
};
absl::StatusOr<std::vector<LateWords>> LateWordsWaiting(storage::Connection& reader,
                                                        absl::Time now);

}  // namespace switchboard::outcomes
