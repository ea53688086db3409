#pragma once

#include <cstdint>
#include <string_view>

#include "hub/base/ids.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"

// Stops that an operator puts on a whole vendor or a work type, and takes off again.

namespace switchboard::permits {

// How it is stopped.
struct OperatorStop {
  bool keep_work = false;   // a vendor keeps what it holds
  int64_t end_time_us = 0;  // when it goes on by itself; 0: when an operator says so
};

// Stops it and voids open permits; how many. Where it is stopped in another way already, this stop
// takes that one's place. Waits for whoever decides by it. REQUIRES: `subject` is a vendor or a
// work type.
absl::StatusOr<int64_t> PlaceOperatorStop(storage::Transaction& transaction, std::string_view actor,
                                          IdMint& ids, const stops::StopSubject& subject,
                                          const OperatorStop& how);

// Lets it go on; nothing happens if it is not stopped.
absl::Status LiftOperatorStop(storage::Transaction& transaction, std::string_view actor,
                              const stops::StopSubject& subject);

}  // namespace switchboard::permits
