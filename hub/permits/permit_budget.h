#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/storage/transaction.h"

// How many permits a vendor gets in a clock hour (UTC), and how many of them come to nothing: a
// permit can carry a number that the contract withholds, so whoever asks, looks and gives back
// would have the whole book's numbers in minutes. Owns the table permit_budget.

namespace switchboard::permits {

// Of one vendor in one hour.
struct BudgetUse {
  int64_t given = 0;
  int64_t unused = 0;   // given back, or expired without an outcome
  int64_t refused = 0;  // for want of budget
};

// What one group of units adds; see ClosingPlace. Several lanes at once may go a few permits beyond
// a budget.
class PermitBudget final : public storage::ClosingWork {
 public:
  explicit PermitBudget(std::string vendor_id) : vendor_id_(std::move(vendor_id)) {}

  // What this unit adds for a vendor, made at first use.
  static PermitBudget& Of(storage::Transaction& transaction, std::string_view vendor_id);
  // Of the current hour, with what the group adds.
  static absl::StatusOr<BudgetUse> UseOf(storage::Transaction& transaction,
                                         std::string_view vendor_id);

  BudgetUse added;

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  const std::string vendor_id_;
};

// When the hour after this one begins.
absl::Time NextHour(absl::Time now);

// Vendors that were refused permits for want of budget in the hour of `now`, by id.
struct SpentBudget {
  std::string vendor_id;
  BudgetUse use;
};
absl::StatusOr<std::vector<SpentBudget>> SpentBudgets(storage::Connection& reader, absl::Time now);

}  // namespace switchboard::permits
