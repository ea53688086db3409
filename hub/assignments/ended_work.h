#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/assignment.pb.h"

// Work that has ended, on its way into orders to delete what its vendor was shown of it
// (deletions/).

namespace switchboard::assignments {

// What stands in the place of an order's id for work of which nothing is to be deleted: head
// office's, which is the issuer.
inline constexpr std::string_view kNoOrder = "none";

struct EndedWork {
  std::string assignment_id;
  std::string person_id;
  int64_t withdraw_time_us = 0;
  v1::WithdrawReason reason = v1::WITHDRAW_REASON_UNSPECIFIED;
};

// The vendor behind `after` that has ended work in no order; nothing: there is none.
absl::StatusOr<std::optional<std::string>> NextVendorWithEndedWork(storage::Connection& connection,
                                                                   std::string_view after);
// Such work of a vendor, by time and id, at most `limit`, from behind `after` (its time and id
// count).
absl::StatusOr<std::vector<EndedWork>> EndedWorkOf(storage::Connection& connection,
                                                   std::string_view vendor_id,
                                                   const EndedWork& after, int limit);
// Puts ended work of these ids, all of one vendor, into an order, as far as it is in none; which it
// was, in the order of their bytes.
absl::StatusOr<std::vector<std::string>> PutIntoOrder(
    storage::Transaction& transaction, const std::vector<std::string>& assignment_ids,
    std::string_view order_id);

// Takes work of these ids out of an order again, as far as it is in that one.
absl::Status TakeOutOfOrder(storage::Transaction& transaction,
                            const std::vector<std::string>& assignment_ids,
                            std::string_view order_id);
// The orders in which ended work of these persons stands.
absl::StatusOr<std::vector<std::string>> OrdersOfPersons(
    storage::Connection& connection, const std::vector<std::string>& person_ids);

// In which order each of these stands, by the assignment's id: empty, in none yet; kNoOrder. Those
// that are not there are left out.
absl::StatusOr<std::map<std::string, std::string, std::less<>>> OrdersOf(
    storage::Connection& connection, const std::vector<std::string>& assignment_ids);

}  // namespace switchboard::assignments
