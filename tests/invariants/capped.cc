#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I6.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// Open permits of each person while the log is read.
class OpenPermits {
 public:
  OpenPermits(const Ledger& ledger, Violations& violations)
      : ledger_(ledger), violations_(violations) {}

  void Give(const v1::AuditEvent& event) {
    const auto lifetime = ledger_.permit_lifetimes_us.find(event.vendor_id());
    if (lifetime == ledger_.permit_lifetimes_us.end()) return;
    const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
    Open& open = open_[event.person_id()];
    if (!open.permit_id.empty() && open.expire_time_us > now_us) {
      violations_.push_back(absl::StrCat("permit ", event.subject_id(), " was given while ",
                                         open.permit_id, " was open for the same person"));
    }
    open = {event.subject_id(), now_us + lifetime->second};
    person_[event.subject_id()] = event.person_id();
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
  const Ledger& ledger_;
  Violations& violations_;
  std::unordered_map<std::string, Open> open_;           // by person
  std::unordered_map<std::string, std::string> person_;  // by permit
};

}  // namespace

Violations Capped(const Ledger& ledger) {
  Violations violations;
  std::unordered_map<std::string, std::string> used;  // permit → outcome
  for (const v1::CoreItem& item : ledger.outcomes_read) {
    const std::string permit_id = PermitUsed(item.outcome());
    if (permit_id.empty()) continue;
    const std::string& outcome_id = item.outcome().outcome().outcome_id();
    if (used.emplace(permit_id, outcome_id).first->second != outcome_id) {
      violations.push_back(absl::StrCat("permit ", permit_id, " served two contacts"));
    }
  }
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  OpenPermits open(ledger, violations);
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
        open.Give(event);
        break;
      case v1::AuditEvent::KIND_PERMIT_VOIDED:
      case v1::AuditEvent::KIND_PERMIT_RELEASED:
        open.Close(event.subject_id());
        break;
      case v1::AuditEvent::KIND_OUTCOME:
        if (const auto found = outcomes.find(event.count()); found != outcomes.end()) {
          open.Close(PermitUsed(*found->second));
        }
        break;
      default:
        break;
    }
  });
  return violations;
}

}  // namespace switchboard::invariants
