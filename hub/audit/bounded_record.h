#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"

// Events that a peer can cause as often as it likes, such as the refusal of a permit, in a log that
// is never erased: of one actor and kind so many in a second are written each, the others counted,
// and the count is an event of its own. Owns the table audit_left_out.

namespace switchboard::audit {

// Of one actor and kind in one second, by the hub's clock. An agent asks for a few permits a
// minute.
inline constexpr int64_t kEachInASecond = 20;

// Records the event, or counts it. An event of a later second brings what was counted before along.
absl::Status RecordBounded(storage::Transaction& transaction, v1::AuditEvent event);

// Whether there are counts of seconds that are over at `now_us`.
absl::StatusOr<bool> AnyLeftOut(storage::Connection& reader, int64_t now_us);
// Records those counts.
absl::Status RecordLeftOut(storage::Transaction& transaction);

}  // namespace switchboard::audit
