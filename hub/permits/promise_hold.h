#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/permits/permit_book.h"
#include "hub/promises/promise_book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::permits {

// The hub's own rule: whoever promised to pay is left alone until the time of that is up, but for
// what is said of it on its last days (Config.PromisePolicy). True of acts that it keeps from.
bool WaitsForPromise(v1::Act act);

// From a moment inclusive until another exclusive.
struct FreeSpell {
  absl::Time from;
  absl::Time to;
};
// The first spell from `from` on in which a live promise does not keep from the act.
FreeSpell FirstFreeSpell(const promises::LivePromise& live, v1::Act act, absl::Time from);

// Whether a live promise on its account keeps from nothing that is left of an open permit, until
// that ends.
bool LeavesFree(const promises::LivePromise& live, const PermitRow& permit, absl::Time now);

// A promise on the account came to be live: what is open and would not be given now becomes void.
// How many did. REQUIRES: the person is held.
absl::StatusOr<int64_t> VoidForPromise(storage::Transaction& transaction, std::string_view actor,
                                       std::string_view person_id, std::string_view account_id);

// Promises on these accounts stand otherwise: whoever has an account sees that anew, and what is
// open and would not be given now becomes void.
absl::Status FollowPromises(storage::Transaction& transaction, std::string_view actor,
                            const book::Book& book, const std::set<std::string>& account_ids);

}  // namespace switchboard::permits
