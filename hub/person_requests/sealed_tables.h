#pragma once

#include "hub/storage/sealed_table.h"

// Boxes of requests of persons.

namespace switchboard::person_requests {

extern const storage::SealedTable kSealedRequests;

}  // namespace switchboard::person_requests
