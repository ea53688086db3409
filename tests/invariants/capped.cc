#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/permit_attempts.h"
#include "tests/invariants/unread.h"

// The validator of I6.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// Open permits of each person while the log is read.
class OpenPermits {
 public:
  // `placements` and `violations` outlive it.
  OpenPermits(const PlacementIndex& placements, Violations& violations)
      : violations_(violations), attempts_(placements) {}

  // The time of an event that is read.
  void Pass(const v1::AuditEvent& event) {
    latest_us_ = std::max(latest_us_, TimeUtil::TimestampToMicroseconds(event.time()));
  }
  void Give(const v1::AuditEvent& event) {
    attempts_.Give(event);
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    Open& open = open_[event.person_id()];
    if (!open.permit_id.empty() && open.expire_time_us > now_us) {
      violations_.push_back(absl::StrCat("permit ", event.subject_id(), " was given while ",
                                         open.permit_id, " was open for the same person"));
    }
    open = {event.subject_id(), event.permit_given().expire_us()};
    given_[event.subject_id()] = {event.person_id(), event.permit_given().expire_us()};
  }

  void Use(const v1::RecordedOutcome& outcome) { Take(attempts_.Use(outcome)); }
  void UseUnread(const v1::AuditEvent& event) { Take(attempts_.UseUnread(event)); }

  // Void or released: nothing opens it again.
  void End(const std::string& permit_id) {
    Close(permit_id);
    given_.erase(permit_id);
  }

  // A permit may be given back and used again in one commit, in whatever order.
  void EndCommit() {
    for (const std::string& permit_id : used_now_) {
      if (!attempts_.IsOverdrawn(permit_id)) continue;
      violations_.push_back(
          absl::StrCat("permit ", permit_id, " served ", attempts_.UsedOf(permit_id), " contacts"));
    }
    used_now_.clear();
    for (const std::string& permit_id : reopened_now_) Reopen(permit_id);
    reopened_now_.clear();
  }

 private:
  struct Given {
    std::string person_id;
    int64_t expire_time_us = 0;
  };
  struct Open {
    std::string permit_id;
    int64_t expire_time_us = 0;
  };

  void Take(const PermitAttempts::Change& change) {
    if (!change.given_back.empty()) reopened_now_.insert(change.given_back);
    if (change.used.empty()) return;
    used_now_.insert(change.used);
    if (attempts_.Left(change.used) == 0) Close(change.used);
  }
  void Close(const std::string& permit_id) {
    const auto given = given_.find(permit_id);
    if (given == given_.end()) return;
    Open& open = open_[given->second.person_id];
    if (open.permit_id == permit_id) open = {};
  }
  // What was given back and is neither void nor used when its commit ends is open again. A permit's
  // time is over once it was over for anybody: no clock that steps back opens it again.
  void Reopen(const std::string& permit_id) {
    const auto given = given_.find(permit_id);
    if (given == given_.end() || attempts_.Left(permit_id) == 0 ||
        given->second.expire_time_us <= latest_us_)
      return;
    Open& open = open_[given->second.person_id];
    const bool beside_another =
        !open.permit_id.empty() && open.permit_id != permit_id && open.expire_time_us > latest_us_;
    if (!beside_another) {
      open = {permit_id, given->second.expire_time_us};
      return;
    }
    violations_.push_back(absl::StrCat("permit ", permit_id, " was given back while ",
                                       open.permit_id, " was open for the same person"));
  }

  Violations& violations_;
  PermitAttempts attempts_;
  std::unordered_map<std::string, Open> open_;     // by person
  std::unordered_map<std::string, Given> given_;   // neither void nor released
  std::set<std::string> used_now_, reopened_now_;  // in the commit
  int64_t latest_us_ = INT64_MIN;                  // of all that was read
};

}  // namespace

Violations Capped(const Ledger& ledger) {
  Violations violations;
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  const PlacementIndex placements(ledger);
  OpenPermits open(placements, violations);
  int64_t entry = 0;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (logged.entry != entry) open.EndCommit();
    entry = logged.entry;
    open.Pass(event);
    if (Is(event, v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT)) open.UseUnread(event);
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
        open.Give(event);
        break;
      case v1::AuditEvent::KIND_PERMIT_VOIDED:
      case v1::AuditEvent::KIND_PERMIT_RELEASED:
        open.End(event.subject_id());
        break;
      case v1::AuditEvent::KIND_OUTCOME:
        if (const auto found = outcomes.find(event.count()); found != outcomes.end()) {
          open.Use(*found->second);
        }
        break;
      default:
        break;
    }
  });
  open.EndCommit();
  CheckUnread(ledger, violations);
  return violations;
}

}  // namespace switchboard::invariants
