#pragma once

#include <cstdint>
#include <string_view>

#include "hub/book/book.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/contact.pb.h"

namespace switchboard::permits {

// Places a stop on a channel of a person, and of whoever has an account of that person's by now,
// who is the same customer under another number; voids the permits that are open by that channel,
// and says how many. `event`: the audit event of it, as far as it is the same for all: by whom, and
// what it is. REQUIRES: the person is held, if known.
absl::StatusOr<int64_t> StopChannel(storage::Transaction& transaction, const book::Book& book,
                                    const v1::AuditEvent& event, std::string_view stop_id,
                                    std::string_view person_id, v1::Channel channel,
                                    const stops::StopTerms& terms);

}  // namespace switchboard::permits
