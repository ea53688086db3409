#pragma once

#include <cstdint>
#include <string_view>

#include "hub/promises/promise_book.h"
#include "hub/storage/sealed_table.h"

// Boxes of promises, and what each of them is bound to.

namespace switchboard::promises {

storage::BoxPlace PlaceOfPromise(const PromiseKey& key);
// What was taken out of the note on a decision.
storage::BoxPlace PlaceOfHidden(const PromiseKey& key);
// With what it counts for, so that nothing counts elsewhere or at another time.
storage::BoxPlace PlaceOfPayment(std::string_view event_id, std::string_view account_id,
                                 int64_t pay_time_us);

extern const storage::SealedTable kSealedPromises;
extern const storage::SealedTable kSealedHidden;
extern const storage::SealedTable kSealedPayments;

}  // namespace switchboard::promises
