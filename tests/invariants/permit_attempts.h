#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

#include "switchboard/v1/audit.pb.h"
#include "tests/invariants/audit_reading.h"

namespace switchboard::invariants {

// What is left of each permit while the log is read and outcomes use it up: one attempt, or those
// of a plan. A correction of an outcome that used it takes none.
class PermitAttempts {
 public:
  // REQUIRES: KIND_PERMIT_GIVEN.
  void Give(const v1::AuditEvent& event) {
    const int64_t attempts = std::max(event.permit_given().attempts(), 1);
    permits_[event.subject_id()] = {attempts, {}};
  }
  // The permit that the outcome took an attempt from; empty for none.
  std::string Use(const v1::RecordedOutcome& recorded) {
    const std::string permit_id = PermitUsed(recorded);
    const auto permit = permits_.find(permit_id);
    if (permit == permits_.end() || permit->second.left == 0) return "";
    if (!permit->second.outcome_ids.insert(recorded.outcome().outcome_id()).second) return "";
    --permit->second.left;
    return permit_id;
  }
  int64_t Left(const std::string& permit_id) const {
    const auto permit = permits_.find(permit_id);
    return permit == permits_.end() ? 0 : permit->second.left;
  }

 private:
  struct Permit {
    int64_t left = 0;
    std::set<std::string> outcome_ids;  // that used it
  };
  std::unordered_map<std::string, Permit> permits_;
};

}  // namespace switchboard::invariants
