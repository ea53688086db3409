#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/contracts/contracts.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/deletion.pb.h"

// To whom vendors said that they give data of their work: sub-contractors, which the contract
// names. Owns the table passed_on.

namespace switchboard::deletions {

// See VendorService.PassOn: all of it is written down, or nothing. Errors as there, and
// PERMISSION_DENIED, NO_CONTRACT.
absl::Status PassOn(storage::Transaction& transaction, contracts::Contracts& contracts,
                    std::string_view vendor_id, const v1::PassOnRequest& request);

// Writes down that it was refused, to a sub-contractor who is not registered; such events are
// bounded.
absl::Status NoteNotPassedOn(storage::Transaction& transaction, std::string_view vendor_id,
                             std::string_view sub_contractor_id, const absl::Status& why);

// Whether the assignment was passed on to this sub-contractor.
absl::StatusOr<bool> IsPassedOn(storage::Connection& connection, std::string_view assignment_id,
                                std::string_view sub_contractor_id);

// An assignment that was passed on.
struct PassedOn {
  std::string assignment_id;
  std::string sub_contractor_id;
  std::string vendor_id;
  int64_t pass_time_us = 0;
};
// What of these was, by assignment and sub-contractor, in one journey.
absl::StatusOr<std::vector<PassedOn>> FindPassedOn(storage::Connection& connection,
                                                   const std::vector<std::string>& assignment_ids);

// To whom any assignment of an order was passed on, in the order of their bytes.
absl::StatusOr<std::vector<std::string>> SubContractorsOf(storage::Connection& connection,
                                                          std::string_view order_id);

}  // namespace switchboard::deletions
