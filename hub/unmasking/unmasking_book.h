#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/storage/box_place.h"
#include "hub/storage/transaction.h"
#include "hub/unmasking/decision.h"

// Requests to see more, and how they stand. Owns the table unmasking.

namespace switchboard::unmasking {

struct UnmaskingRow {
  std::string unmasking_id;
  std::string vendor_id;
  std::string assignment_id;
  std::string request_id;
  std::string person_id;
  std::string account_id;
  std::vector<v1::DataClass> classes;  // growing
  v1::UnmaskingReason reason = v1::UNMASKING_REASON_UNSPECIFIED;
  int64_t contract_version = 0;  // by which it was asked for, or shown last
  State state = v1::RequestUnmaskingResponse::STATE_UNSPECIFIED;  // as it was written down last
  int64_t ask_time_us = 0;
  std::string decided_by{};    // an operator; empty: nobody
  int64_t decide_time_us = 0;  // 0: nobody did
  int64_t show_time_us = 0;    // first; 0: it was not shown
  int64_t until_time_us = 0;   // 0: it was not shown
  std::string agent_box{};     // who sees it, at AgentPlace
};

// Where the box of who sees it lies.
storage::BoxPlace AgentPlace(std::string_view unmasking_id);

// What of it decides, but for stops and what else was asked for.
UnmaskingFacts FactsOf(const UnmaskingRow& row);

absl::Status InsertUnmasking(storage::Transaction& transaction, const UnmaskingRow& row);
// Writes down how it stands. REQUIRES: its person is held.
absl::Status UpdateUnmasking(storage::Transaction& transaction, const UnmaskingRow& row);

absl::StatusOr<std::optional<UnmaskingRow>> FindUnmasking(storage::Connection& connection,
                                                          std::string_view unmasking_id);
// What the same request for the assignment came to, or nothing.
absl::StatusOr<std::optional<UnmaskingRow>> FindOfRequest(storage::Connection& connection,
                                                          std::string_view assignment_id,
                                                          std::string_view request_id);

// How many a vendor asked for since a time, in all and of one account. Of an account it is exact
// where its person is held; in all, requests that groups under way in other lanes hold are not
// seen, so that a vendor which asks in all of them as its budget ends gets a few more.
struct UnmaskingCounts {
  int64_t of_vendor = 0;
  int64_t of_account = 0;
};
absl::StatusOr<UnmaskingCounts> CountSince(storage::Connection& connection,
                                           std::string_view vendor_id, std::string_view account_id,
                                           absl::Time hour_begin, absl::Time day_begin);

// By id, behind `after`. `vendor_id`: empty for all.
absl::StatusOr<std::vector<UnmaskingRow>> ListUnmaskings(storage::Connection& connection,
                                                         std::string_view vendor_id,
                                                         std::string_view after, int limit);
// The same of those that wait for a word.
absl::StatusOr<std::vector<UnmaskingRow>> ListWaiting(storage::Connection& connection,
                                                      std::string_view vendor_id,
                                                      std::string_view after, int limit,
                                                      absl::Time now);

// Those that wait for a word, by vendor.
struct WaitingUnmaskings {
  std::string vendor_id;
  int64_t count = 0;
  int64_t first_time_us = 0;  // when the first of them was asked for
};
absl::StatusOr<std::vector<WaitingUnmaskings>> UnmaskingsWaiting(storage::Connection& connection,
                                                                 absl::Time now);

// Ends all of a vendor's that wait, or could be shown still; how many.
absl::StatusOr<int64_t> EndUnmaskings(storage::Transaction& transaction,
                                      std::string_view vendor_id);

}  // namespace switchboard::unmasking
