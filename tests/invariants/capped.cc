#include <set>
#include <string>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/permit_attempts.h"

// The validator of I6.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// Open permits of each person while the log is read.
class OpenPermits {
 public:
  explicit OpenPermits(Violations& violations) : violations_(violations) {}

  void Give(const v1::AuditEvent& event) {
    attempts_.Give(event);
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    Open& open = open_[event.person_id()];
    if (!open.permit_id.empty() && open.expire_time_us > now_us) {
      violations_.push_back(absl::StrCat("permit ", event.subject_id(), " was given while ",
                                         open.permit_id, " was open for the same person"));
    }
    open = {event.subject_id(), event.permit_given().expire_us()};
    person_[event.subject_id()] = event.person_id();
  }

  void Use(const v1::RecordedOutcome& outcome) {
    const std::string permit_id = attempts_.Use(outcome);
    if (!permit_id.empty() && attempts_.Left(permit_id) == 0) Close(permit_id);
  }

  void Close(const std::string& permit_id) {
    const auto person = person_.find(permit_id);
    if (person == person_.end()) return;
    Open& open = open_[person->second];
    if (open.permit_id == permit_id) open = {};
  }

 private:
  struct Open {
    std::string permit_id;
    int64_t expire_time_us = 0;
  };
  Violations& violations_;
  PermitAttempts attempts_;
  std::unordered_map<std::string, Open> open_;           // by person
  std::unordered_map<std::string, std::string> person_;  // by permit
};

}  // namespace

Violations Capped(const Ledger& ledger) {
  Violations violations;
  std::unordered_map<std::string, std::set<std::string>> used;  // permit → outcomes
  for (const v1::CoreItem& item : ledger.items_read) {
    const std::string permit_id = PermitUsed(item.outcome());
    if (!permit_id.empty()) used[permit_id].insert(item.outcome().outcome().outcome_id());
  }
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  std::unordered_map<std::string, size_t> attempts;  // of plans, by permit
  OpenPermits open(violations);
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
        open.Give(event);
        if (event.permit_given().attempts() > 1)
          attempts[event.subject_id()] = static_cast<size_t>(event.permit_given().attempts());
        break;
      case v1::AuditEvent::KIND_PERMIT_VOIDED:
      case v1::AuditEvent::KIND_PERMIT_RELEASED:
        open.Close(event.subject_id());
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
  for (const auto& [permit_id, outcomes_of] : used) {
    const auto plan = attempts.find(permit_id);
    const size_t most = plan == attempts.end() ? 1 : plan->second;
    if (outcomes_of.size() > most) {
      violations.push_back(
          absl::StrCat("permit ", permit_id, " served ", outcomes_of.size(), " contacts"));
    }
  }
  return violations;
}

}  // namespace switchboard::invariants
