#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/recording.pb.h"

// Recordings of calls, which stay at the vendors: which are owed, and what vendors told of them.
// Where one lies is in the outcome alone. Owns the table recording.

namespace switchboard::outcomes {

// What the outcomes of one batch say of recordings, in their newest versions. Used by one unit.
class Recordings {
 public:
  // Both outlive it.
  Recordings(storage::Transaction& transaction, std::string_view vendor_id)
      : transaction_(transaction), vendor_id_(vendor_id) {}

  // An outcome was accepted, of a contact by this channel. `contract`: of the contact, or null.
  // What versions before said of a recording, or owed, is forgotten.
  void Take(const v1::Outcome& outcome, v1::Channel channel, const v1::Contract* contract);

  // Writes what was taken.
  absl::Status Write();

 private:
  struct Taken {
    std::string assignment_id;
    int64_t call_us = 0;
    std::optional<int64_t> due_us{};  // nothing: none is owed
    std::string sha256{};             // empty: none was told of
  };

  storage::Transaction& transaction_;
  const std::string_view vendor_id_;
  std::map<std::string, Taken> taken_;  // by outcome
  std::set<std::string> taken_back_;    // outcomes that have none, and owe none, any more
};

// How many calls are listed at once.
inline constexpr int kMissingRecordingsMax = 1'000;

// Calls whose recordings were not told of by `now`, though they were to be: of a vendor by outcome,
// those behind the outcome `after`; at most `limit`.
absl::StatusOr<std::vector<v1::MissingRecording>> MissingRecordings(storage::Connection& reader,
                                                                    absl::Time now,
                                                                    std::string_view vendor_id,
                                                                    std::string_view after,
                                                                    int limit);
// The same of all vendors by vendor and outcome, those behind an outcome of a vendor.
absl::StatusOr<std::vector<v1::MissingRecording>> MissingRecordingsOfAll(
    storage::Connection& reader, absl::Time now, std::string_view after_vendor_id,
    std::string_view after_outcome_id, int limit);

// Whether a recording that was fetched is what its vendor told of, by SHA-256; told to the audit
// log too. Holds the person. NOT_FOUND, RECORDING_UNKNOWN.
absl::StatusOr<bool> CheckRecording(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view vendor_id, std::string_view outcome_id,
                                    std::string_view sha256);

// Erases those of these outcomes: vendors and ids.
absl::Status EraseRecordings(storage::Transaction& transaction, const storage::Rows& outcomes);

}  // namespace switchboard::outcomes
