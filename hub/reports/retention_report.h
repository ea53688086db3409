#pragma once

#include "absl/time/time.h"
#include "hub/retention/eraser.h"
#include "hub/storage/database.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::reports {

// What retention erases with its next sweep, what waits, for whom, and what would end that. Counts
// of a line end at kCountMax. Reads in pages: on the reports' threads.
inline constexpr int64_t kCountMax = 100'000;
absl::StatusOr<v1::ReportRetentionResponse> ReportRetention(storage::Connection& reader,
                                                            const retention::Eraser& eraser,
                                                            storage::Sealer& sealer,
                                                            absl::Time now);

}  // namespace switchboard::reports
