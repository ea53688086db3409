#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::core_feed {

// An outcome that was accepted, as it will be stored.
struct AcceptedOutcome {
  std::string vendor_id;
  std::string outcome_id;
  int64_t version = 0;
  std::string assignment_id;
  std::string account_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  int64_t marks = 0;
  std::string digest;
  std::string box;
};

// Gives accepted outcomes the next numbers of the one dense sequence that the core reads, writes
// them and their audit events. Left for the group's end, because every lane wants the sequence.
class OutcomeBook final : public storage::ClosingWork {
 public:
  static void Write(storage::Transaction& transaction, std::vector<AcceptedOutcome> accepted);
  // What earlier units of the group left to be written, which the table does not show yet.
  static const std::vector<AcceptedOutcome>& Left(const storage::Transaction& transaction);

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  std::vector<AcceptedOutcome> accepted_;
};

// Leaves out the numbers up to `sequence` that are not taken yet; the newest number afterwards. For
// a restored database, whose core has read outcomes that are gone: the next ones must lie beyond
// them.
absl::StatusOr<int64_t> SkipOutcomesThrough(storage::Transaction& transaction, int64_t sequence);

// The newest number of the sequence, 0 when there is none.
absl::StatusOr<int64_t> NewestOutcome(storage::Connection& connection);

}  // namespace switchboard::core_feed
