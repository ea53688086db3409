#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/core_feed/core_feed.h"
#include "hub/outcomes/outcome_book.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

// What a correction says otherwise than the version before it.

namespace switchboard::outcomes {

// Paths of the fields in which two versions differ, in the order of their numbers: no values.
// RecordedOutcome.changed_fields says how they are named.
std::vector<std::string> ChangedFields(const v1::Outcome& before, const v1::Outcome& after);

// What the versions say that a batch corrects. Of one batch; not thread-safe.
class FormerVersions {
 public:
  explicit FormerVersions(storage::Sealer& sealer) : sealer_(sealer) {}

  // Reads, in one journey, the newest version that was recorded of each outcome that the batch has
  // the next one of. `versions`: of these outcomes. Opens none yet.
  absl::Status Read(storage::Transaction& transaction, std::string_view vendor_id,
                    absl::Span<const ReceivedOutcome> received,
                    const std::map<std::string, Versions, std::less<>>& versions);

  // The version that `outcome` corrects, as it was recorded; null: there is none. It does not
  // outlive this. DATA_LOSS when it cannot be read.
  absl::StatusOr<const v1::Outcome*> Before(storage::Connection& connection,
                                            const v1::Outcome& outcome);

  // What `outcome` says otherwise than the version before it; nothing of a version 1. From then on
  // it is the version that the next one corrects; it outlives this. REQUIRES that it follows.
  // DATA_LOSS when the version before is not where it was recorded.
  absl::StatusOr<std::vector<std::string>> Take(storage::Connection& connection,
                                                const v1::Outcome& outcome);

 private:
  storage::Sealer& sealer_;
  bool corrects_ = false;                                              // whether the batch does
  std::map<std::string, core_feed::StoredBox, std::less<>> recorded_;  // by outcome
  std::deque<v1::Outcome> opened_;                                     // of those
  std::map<std::string, const v1::Outcome*, std::less<>> told_;        // the newest, by outcome
};

}  // namespace switchboard::outcomes
