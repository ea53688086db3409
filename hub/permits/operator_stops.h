#pragma once

#include <cstdint>
#include <string_view>

#include "hub/base/ids.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"

// Stops that an operator puts on a whole vendor or a work type, and takes off again.

namespace switchboard::permits {

// Stops it and voids open permits; how many. With one in force already only what becomes of the
// vendor's work may change. Waits for whoever decides by it. REQUIRES: `subject` is a vendor or a
// work type.
absl::StatusOr<int64_t> PlaceOperatorStop(storage::Transaction& transaction, std::string_view actor,
                                          IdMint& ids, const stops::StopSubject& subject,
                                          bool keep_work);

// Lets it go on; nothing happens if it is not stopped.
absl::Status LiftOperatorStop(storage::Transaction& transaction, std::string_view actor,
                              const stops::StopSubject& subject);

}  // namespace switchboard::permits
