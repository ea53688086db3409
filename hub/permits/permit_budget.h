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
//
// Who asks sees all that was committed and what its own group gave. Groups under way at the same
// time, one in each lane of each hub, do not see each other's: a vendor that asks in all of them as
// its budget ends gets beyond it, once an hour, at most what the other lanes' groups hold of it.
// One lane is exact. What an account's permits of a day come to is exact everywhere, since its
// person is held.

namespace switchboard::permits {

// Of one vendor in one hour.
struct BudgetUse {
  int64_t given = 0;
  int64_t unused = 0;   // given back, or expired without an outcome
  int64_t refused = 0;  // for want of budget
};

// What one group of units adds; see ClosingPlace.
class PermitBudget final : public storage::ClosingWork {
 public:
  explicit PermitBudget(std::string vendor_id) : vendor_id_(std::move(vendor_id)) {}

  // What this unit adds for a vendor, made at first use.
  static PermitBudget& Of(storage::Transaction& transaction, std::string_view vendor_id);
  // What earlier units of the group add for it.
  static BudgetUse LeftFor(const storage::Transaction& transaction, std::string_view vendor_id);

  BudgetUse added;

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  const std::string vendor_id_;
};

// The hour of a time, as the table counts them.
int64_t HourOf(absl::Time time);
// When the hour after this one begins.
absl::Time NextHour(absl::Time now);

// Vendors that were refused permits for want of budget in the hour of `now`, by id.
struct SpentBudget {
  std::string vendor_id;
  BudgetUse use;
};
absl::StatusOr<std::vector<SpentBudget>> SpentBudgets(storage::Connection& reader, absl::Time now);

}  // namespace switchboard::permits
