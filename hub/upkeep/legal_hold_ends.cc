#include "hub/upkeep/legal_hold_ends.h"

#include "hub/legal_holds/legal_holds.h"

namespace switchboard::upkeep {

absl::StatusOr<bool> LegalHoldEnds::Any(storage::Connection& reader, absl::Time now) {
  return legal_holds::AnyToEnd(reader, now);
}

absl::Status LegalHoldEnds::Run(storage::Transaction& transaction) {
  return legal_holds::EndByDay(transaction);
}

}  // namespace switchboard::upkeep
