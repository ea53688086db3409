#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hub/core_feed/core_feed.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/redaction.pb.h"

// The item of the core feed that an outcome becomes.

namespace switchboard::outcomes {

// What the core feed calls it.
std::string ItemPlace(std::string_view vendor_id, std::string_view outcome_id, int64_t version);

// Its box, and what was taken out of its note.
storage::EarlyBox SealItem(storage::Sealer& sealer, std::string_view vendor_id,
                           v1::Outcome& outcome);
storage::EarlyBox SealHidden(storage::Sealer& sealer, std::string_view vendor_id,
                             const v1::Outcome& outcome, const v1::HiddenText& hidden);

// `recorded`: what the hub adds to it.
core_feed::NewItem ItemOf(storage::Transaction& transaction, storage::Sealer& sealer,
                          std::string_view vendor_id, const ReceivedOutcome& received,
                          const v1::RecordedOutcome& recorded);

}  // namespace switchboard::outcomes
