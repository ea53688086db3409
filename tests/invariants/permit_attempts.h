#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "switchboard/v1/audit.pb.h"
#include "tests/invariants/audit_reading.h"

namespace switchboard::invariants {

// What is left of each permit while the log is read and outcomes use it up: one attempt, or those
// of a plan. A correction of an outcome that used it takes none, and gives it back if it is not
// under the permit any more. One whose code has no meaning yet uses it too. An outcome's id that a
// vendor used for two persons is two outcomes.
class PermitAttempts {
 public:
  // `placements` outlive it.
  explicit PermitAttempts(const PlacementIndex& placements) : placements_(placements) {}

  // What an outcome did to permits; empty: nothing.
  struct Change {
    std::string used;
    std::string given_back;
  };

  // REQUIRES: KIND_PERMIT_GIVEN.
  void Give(const v1::AuditEvent& event) {
    permits_[event.subject_id()].attempts = std::max(event.permit_given().attempts(), 1);
  }
  Change Use(const v1::RecordedOutcome& recorded) {
    const v1::Outcome& outcome = recorded.outcome();
    return Use(KeyOf(recorded.vendor_id(), outcome.assignment_id(), outcome.outcome_id()),
               outcome.version(), PermitUsed(recorded));
  }
  // REQUIRES: WHAT_UNREAD_CONTACT.
  Change UseUnread(const v1::AuditEvent& event) {
    return Use(KeyOf(event.vendor_id(), event.assignment_id(), event.subject_id()), event.count(),
               event.occurrence().permit_id());
  }
  int64_t Left(const std::string& permit_id) const {
    return std::max<int64_t>(Count(permit_id).attempts - Count(permit_id).used, 0);
  }
  // Whether more outcomes are under it than it was given for. Within a commit the log does not tell
  // what came first, so that only its end says so.
  bool IsOverdrawn(const std::string& permit_id) const {
    return Count(permit_id).used > Count(permit_id).attempts;
  }
  // How many outcomes are under it.
  int64_t UsedOf(const std::string& permit_id) const { return Count(permit_id).used; }

 private:
  struct Permit {
    int64_t attempts = 1;
    int64_t used = 0;
  };
  struct Outcome {
    int64_t version = 0;
    std::string permit_id;
  };

  std::string KeyOf(const std::string& vendor_id, const std::string& assignment_id,
                    const std::string& outcome_id) const {
    const auto* placement = placements_.Find(assignment_id);
    return vendor_id + "/" + (placement == nullptr ? "" : placement->person_id()) + "/" +
           outcome_id;
  }
  // What an older version says is not so any more.
  Change Use(const std::string& key, int64_t version, const std::string& permit_id) {
    Outcome& known = outcomes_[key];
    if (version < known.version) return {};
    known.version = version;
    if (known.permit_id == permit_id) return {};
    Change change{permit_id, std::exchange(known.permit_id, permit_id)};
    if (!change.given_back.empty()) --permits_[change.given_back].used;
    if (!permit_id.empty()) ++permits_[permit_id].used;
    return change;
  }
  Permit Count(const std::string& permit_id) const {
    const auto permit = permits_.find(permit_id);
    return permit == permits_.end() ? Permit() : permit->second;
  }

  const PlacementIndex& placements_;
  std::unordered_map<std::string, Permit> permits_;
  std::unordered_map<std::string, Outcome> outcomes_;  // by vendor, person and id
};

}  // namespace switchboard::invariants
