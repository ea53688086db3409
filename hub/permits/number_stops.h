#pragma once

#include <cstdint>
#include <string_view>

#include "hub/book/book.h"
#include "hub/stops/stops.h"
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
// Book::NumberDigest. That it is of no use was said of `person_id`, and lies on it as a way to
// reach that person too, and whoever has an account of that person's by now: it may be right for
// somebody else. Waits for whoever decides by that number. REQUIRES: the person is held.
absl::StatusOr<int64_t> StopNumber(storage::Transaction& transaction, const book::Book& book,
                                   std::string_view actor, std::string_view stop_id,
                                   std::string_view person_id, std::string_view digest,
                                   const stops::StopTerms& terms);

// The core sent a person, new or with other contact points. A stop on a contact point that was not
// known when it was placed comes to lie on the number that it holds; CEASE on the person,
// on every number that leads there. REQUIRES: the person is held.
absl::Status StopNumbersOf(storage::Transaction& transaction, const book::Book& book,
                           std::string_view actor, const v1::Person& person);

// An account comes from `former` to `owner`, who may be the same customer under another number:
// what was said of the former owner's numbers, or of the new one's as ways to reach the former,
// lies on them as ways to reach the new one too, as does what lies on the former owner's channels.
// Voids the new one's permits for them.
// REQUIRES: both are held.
absl::Status CarryNumberStops(storage::Transaction& transaction, const book::Book& book,
                              std::string_view actor, const v1::Person& former,
                              const v1::Person& owner);

// The core sent a person anew, as of `as_of_us`. Open permits for contact points that are gone,
// bad, of another kind or hold another number now become void; a wrong or dead number that the core
// has newly set to STATE_GOOD, as of a time after it was reported, is usable again: for this
// person, and for others but those of whom it was said that it is wrong. (That it said so before
// and says it still is no answer to the report.) `before`: empty when the person is new. `arrives`:
// the person is new, and may have been here and been erased; or has just got an account from
// another. What the core says then is an answer to no report about this person. REQUIRES: the
// person is held.
absl::Status FollowContactPoints(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, const v1::Person& before,
                                 const v1::Person& now, int64_t as_of_us, bool arrives);

}  // namespace switchboard::permits
