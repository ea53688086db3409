#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/storage/transaction.h"

namespace switchboard::assignments {

// What one group of units changes in a vendor's numbers, and the rows that take the next numbers of
// its feed: the only code that writes the tables vendor_counter and segment_load. Left for the
// group's end, because every lane and hub wants the same row; the row stays locked until the
// commit, so that the order of commits is the order of the feed.
class VendorCounter final : public storage::ClosingWork {
 public:
  struct Placement {
    Assignment assignment;
    std::string why_box;
  };

  explicit VendorCounter(std::string vendor_id) : vendor_id_(std::move(vendor_id)) {}

  // What this unit leaves for a vendor, made at first use.
  static VendorCounter& Of(storage::Transaction& transaction, std::string_view vendor_id);
  // The same, or null when there is nothing yet.
  static const VendorCounter* LeftByUnit(const storage::Transaction& transaction,
                                         std::string_view vendor_id);
  // What earlier units of the group left, or null.
  static const VendorCounter* Left(const storage::Transaction& transaction,
                                   std::string_view vendor_id);

  int64_t placed = 0;
  int64_t withdrawn = 0;
  int64_t permits_given = 0;
  int64_t permits_refused = 0;
  int64_t outcomes = 0;
  std::map<std::string, int64_t> live_by_segment;  // changes
  std::vector<Placement> placements;               // rows to be inserted
  std::vector<std::string> touches;                // ids of rows that changed

  int64_t LiveIn(const std::string& segment) const;

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  std::array<storage::Value, 8> Counts(int64_t sequences) const;
  absl::Status AddCounts(storage::Transaction& transaction) const;
  absl::StatusOr<int64_t> TakeSequences(storage::Transaction& transaction, int64_t count) const;
  absl::Status AddSegmentLoads(storage::Transaction& transaction) const;

  const std::string vendor_id_;
};

// Begins the numbers of a vendor that has none yet.
absl::Status AddVendorCounter(storage::Transaction& transaction, std::string_view vendor_id);

// Writes new rows at once, without a place in the feed: to be touched before the unit ends.
absl::Status InsertWithoutSequence(storage::Transaction& transaction,
                                   const std::vector<VendorCounter::Placement>& placements);

}  // namespace switchboard::assignments
