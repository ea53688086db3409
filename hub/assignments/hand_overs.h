#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/hand_over.pb.h"
#include "switchboard/v1/redaction.pb.h"

// Which work went from one party to another, and what was said of it. Owns the table hand_over.

namespace switchboard::assignments {

struct HandOver {
  std::string assignment_id;         // the one that began …
  std::string former_assignment_id;  // … when this one ended
  std::string from_vendor_id;
  std::string to_vendor_id;
  v1::HandOverReason reason = v1::HAND_OVER_REASON_UNSPECIFIED;
  int64_t time_us = 0;
  // For the receiver and the core, cleaned (redaction/clean_text.h), with what was taken out …
  std::string note;
  google::protobuf::RepeatedPtrField<v1::TextMark> note_marks;
  std::string note_digest;  // … and keyed, of the note as it was typed
};

// REQUIRES: nothing else is kept of either assignment's.
absl::Status WriteHandOver(storage::Transaction& transaction, storage::Sealer& sealer,
                           const HandOver& hand_over);

// That with which an assignment ended; nothing if it did not end so.
absl::StatusOr<std::optional<HandOver>> FindHandOverOf(storage::Connection& connection,
                                                       storage::Sealer& sealer,
                                                       std::string_view former_assignment_id);

// Those with which these assignments began, by their ids, in one journey.
absl::StatusOr<std::map<std::string, HandOver, std::less<>>> FindHandOvers(
    storage::Connection& connection, storage::Sealer& sealer,
    const std::vector<std::string>& assignment_ids);

}  // namespace switchboard::assignments
