#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/storage/transaction.h"

namespace switchboard::assignments {

// What units change in a vendor's numbers, and the rows that take the next numbers of its feed: at
// the end of a group, in RandomOrder. Left for the group's end; see VendorCounters.
struct VendorCounter {
  struct Placement {
    Assignment assignment;
    std::string why_box;
  };
  struct Work {
    int64_t placed = 0;
    int64_t withdrawn = 0;
  };

  // What this unit leaves for a vendor, made at first use.
  static VendorCounter& Of(storage::Transaction& transaction, std::string_view vendor_id);
  // The same, or null when there is nothing yet.
  static const VendorCounter* LeftByUnit(const storage::Transaction& transaction,
                                         std::string_view vendor_id);
  // What earlier units of the group left, or null.
  static const VendorCounter* Left(const storage::Transaction& transaction,
                                   std::string_view vendor_id);

  std::map<std::string, Work> work;  // by segment
  int64_t permits_given = 0;
  int64_t permits_refused = 0;
  int64_t outcomes = 0;
  std::vector<Placement> placements{};  // rows to be inserted
  std::vector<std::string> touches{};   // ids of rows that changed

  // In the number of live assignments, in all and in one segment.
  int64_t LiveChange() const;
  int64_t LiveChange(const std::string& segment) const;

  void Absorb(VendorCounter& later);
};

// The numbers of all vendors that a group touches, each kind in one statement: the only code that
// writes the tables vendor_counter and vendor_tally. Every lane and hub wants the same rows of
// vendor_counter; they are locked in the order of vendors, last of all, and stay locked until the
// commit, so that the order of commits is the order of each feed. A tally is the lane's own.
class VendorCounters final : public storage::ClosingWork {
 public:
  VendorCounter& Of(std::string_view vendor_id);
  // Or null.
  const VendorCounter* Find(std::string_view vendor_id) const;

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  // The number before the first of those taken, by vendor.
  using Sequences = std::map<std::string, int64_t, std::less<>>;

  absl::StatusOr<Sequences> TakeSequences(storage::Transaction& transaction) const;
  absl::Status Touch(storage::Transaction& transaction, Sequences& sequences) const;
  absl::Status Insert(storage::Transaction& transaction, Sequences& sequences) const;
  absl::Status AddTallies(storage::Transaction& transaction) const;

  std::map<std::string, VendorCounter, std::less<>> vendors_;
};

// Begins the numbers of a vendor that has none yet.
absl::Status AddVendorCounter(storage::Transaction& transaction, std::string_view vendor_id);

// Writes new rows at once, without a place in the feed: to be touched before the unit ends.
absl::Status InsertWithoutSequence(storage::Transaction& transaction,
                                   const std::vector<VendorCounter::Placement>& placements);

}  // namespace switchboard::assignments
