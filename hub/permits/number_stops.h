#pragma once

#include <cstdint>
#include <string_view>

#include "hub/book/book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/person.pb.h"

// A stop on a way to reach somebody is a stop on the number or address behind it, whoever else has
// it and under whichever id it comes back.

namespace switchboard::permits {

// True if a stop of this reason says that the number is of no use (wrong or dead), not that
// somebody must be left alone.
bool IsUnusableNumber(v1::StopReason reason);

// Places a stop on a number and voids the permits that are open for it; how many. `digest`:
// Book::NumberDigest. That it is a wrong number was said of `person_id`, and lies on it as a way to
// reach that person too: it may be right for somebody else. Waits for whoever decides by that
// number.
absl::StatusOr<int64_t> StopNumber(storage::Transaction& transaction, std::string_view actor,
                                   std::string_view stop_id, std::string_view person_id,
                                   std::string_view digest, v1::StopReason reason);

// The core sent a person, new or with other contact points. A stop on a contact point that was not
// known when it was placed comes to lie on the number that it holds; CEASE_CONTACT on the person,
// on every number that leads there. REQUIRES: the person is held.
absl::Status StopNumbersOf(storage::Transaction& transaction, const book::Book& book,
                           std::string_view actor, const v1::Person& person);

// The core sent a person anew, as of `as_of_us`. Open permits for contact points that are gone, bad
// or hold another number now become void; a wrong or dead number that the core has newly set to
// STATE_GOOD, as of a time after it was reported, is usable again: for this person, and for others
// but those of whom it was said that it is wrong. (That it said so before and says it still is no
// answer to the report.) `before`: empty when the person is new. REQUIRES: the person is held.
absl::Status FollowContactPoints(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, const v1::Person& before,
                                 const v1::Person& now, int64_t as_of_us);

}  // namespace switchboard::permits
