#include "hub/upkeep/left_out_events.h"

#include "hub/audit/bounded_record.h"

namespace switchboard::upkeep {

absl::StatusOr<bool> LeftOutEvents::Any(storage::Connection& reader, absl::Time now) {
  return audit::AnyLeftOut(reader, absl::ToUnixMicros(now));
}

absl::Status LeftOutEvents::Run(storage::Transaction& transaction) {
  return audit::RecordLeftOut(transaction);
}

}  // namespace switchboard::upkeep
