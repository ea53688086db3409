#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/deletion.pb.h"

// Orders to delete what vendors were shown of work that has ended. Owns the tables deletion_order
// and deletion_item. An order is open until its vendor confirms it or an operator waives it; that
// is final. What changes orders of a vendor holds book::DeletionsKey.

namespace switchboard::deletions {

using Cause = v1::DeletionOrder::Cause;
using State = v1::DeletionOrder::State;

// Most assignments of one order.
inline constexpr int kItemsMax = 1'000;

struct Order {
  std::string order_id;
  std::string vendor_id;
  Cause cause = v1::DeletionOrder::CAUSE_UNSPECIFIED;
  int64_t open_time_us = 0;
  int64_t due_time_us = 0;
  int64_t count = 0;
  std::string digest{};  // see DigestOf
  State state = v1::DeletionOrder::STATE_OPEN;
  int64_t confirm_time_us = 0;                // 0: it was not
  int64_t refused = 0;                        // confirmations that were
  v1::ConfirmDeletionRequest confirmation{};  // the word as it came; empty before
  std::string closed_by{};                    // who waived it …
  std::string reason{};                       // … and why

  bool open() const { return state == v1::DeletionOrder::STATE_OPEN; }
  bool IsOverdue(absl::Time now) const { return open() && due_time_us <= absl::ToUnixMicros(now); }
};

// As vendors and operators are shown it.
v1::DeletionOrder Describe(const Order& order);

// SHA-256 over ids, each with a line feed behind it, in the order of their bytes. REQUIRES: they
// are in that order.
std::string DigestOf(const std::vector<std::string>& assignment_ids);

// Writes an order that is opened, and what is in it.
absl::Status InsertOrder(storage::Transaction& transaction, const Order& order,
                         const std::vector<std::string>& assignment_ids);

// Nothing: there is none of this id.
absl::StatusOr<std::optional<Order>> FindOrder(storage::Connection& connection,
                                               std::string_view order_id);
// By id, in one journey, without the vendors' words. Those that are not there are left out.
absl::StatusOr<std::map<std::string, Order, std::less<>>> FindOrders(
    storage::Connection& connection, const std::vector<std::string>& order_ids);

// Which orders to list. Of all that are not empty or false every one holds.
struct OrderFilter {
  std::string vendor_id;
  bool open_only = false;
  std::optional<absl::Time> overdue_at;  // open ones whose time is up then
  std::string after;                     // behind this id
};
// By id, at most `limit`, without the vendors' words.
absl::StatusOr<std::vector<Order>> ListOrders(storage::Connection& connection,
                                              const OrderFilter& filter, int limit);

// The assignments of an order, in the order of their bytes.
absl::StatusOr<std::vector<std::string>> ItemsOf(storage::Connection& connection,
                                                 std::string_view order_id);

// Closes an order that is open, as its fields say: state, confirm_time_us, confirmation, closed_by,
// reason. REQUIRES: the vendor's orders are held.
absl::Status CloseOrder(storage::Transaction& transaction, const Order& order);
// Counts a confirmation that was refused.
absl::Status CountRefused(storage::Transaction& transaction, std::string_view order_id);

// Open orders of a vendor, and those of them whose time is up.
struct OpenOrders {
  std::string vendor_id;
  int64_t open = 0;
  int64_t overdue = 0;
};
// Of vendors that have any.
absl::StatusOr<std::vector<OpenOrders>> CountOpenOrders(storage::Connection& reader,
                                                        absl::Time now);

// What came of a vendor's orders that were due in a time.
struct OrderCounts {
  std::string vendor_id;
  int64_t due = 0;
  int64_t in_time = 0;
  int64_t late = 0;
  int64_t waived = 0;
  int64_t overdue = 0;
  int64_t refused = 0;  // confirmations
};
// Due from `from_us` until `to_us` exclusive, by vendor. `vendor_id`: empty for all.
absl::StatusOr<std::vector<OrderCounts>> CountOrdersDue(storage::Connection& reader,
                                                        std::string_view vendor_id, int64_t from_us,
                                                        int64_t to_us, absl::Time now);

}  // namespace switchboard::deletions
