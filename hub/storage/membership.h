#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/hub_clock.h"
#include "hub/storage/transaction.h"

// Several hubs over one database: who is who, and who does what only one needs to do. Owns the
// tables hub, lease and rehearsal.

namespace switchboard::storage {

// Before a hub takes its place: the first one notes of which rehearsal the database is, or that it
// is of none. Errors: FAILED_PRECONDITION, DATABASE_OF_REHEARSAL where it is of one and `rehearsal`
// is none or another; FAILED_PRECONDITION, DATABASE_OF_REAL_WORK where it is of none.
absl::Status NoteRehearsal(WriterConnection& writer, const std::optional<Rehearsal>& rehearsal);

// Takes the place of the hub of this name; its epoch. A process that had the place before finds it
// taken.
absl::StatusOr<int64_t> TakeHubPlace(WriterConnection& writer, std::string_view hub_id,
                                     int64_t now_us);

// UNAVAILABLE, HUB_ID_TAKEN when another process took the place after `epoch`: clients go on to
// another hub.
absl::Status HubPlaceTaken();
// That this process has its place still; the lowest data key that boxes may be stored under by now
// (Sealer::CheckSealed).
absl::StatusOr<int64_t> CheckHubPlace(Connection& connection, std::string_view hub_id,
                                      int64_t epoch);

// Takes the places of all other hubs: those still running can write no more, and notice.
absl::Status EvictOtherHubs(Transaction& transaction, std::string_view hub_id);
// The same of one hub that will not come back by itself: it seals by no key any more. False when
// there is none of this name.
absl::StatusOr<bool> EvictHub(Transaction& transaction, std::string_view hub_id);

// From this commit on, no box is stored under a lower data key.
absl::Status RaiseKeyFloor(Transaction& transaction, int64_t floor);

// True if this hub has the duty until now + `term`: it had it, or nobody had. Only saves work:
// whoever does a duty must be right even when two hubs whose clocks differ do it at once.
absl::StatusOr<bool> TakeLease(Transaction& transaction, std::string_view duty,
                               std::string_view hub_id, absl::Duration term);

// The same question without taking it: false while another hub has the duty.
absl::StatusOr<bool> LeaseIsFree(Connection& connection, std::string_view duty,
                                 std::string_view hub_id, absl::Time now);

}  // namespace switchboard::storage
