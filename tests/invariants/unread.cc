#include "tests/invariants/unread.h"

#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

std::string KeyOf(const std::string& vendor_id, const std::string& outcome_id, int64_t version,
                  const std::string& permit_id) {
  return absl::StrCat(vendor_id, " ", outcome_id, " v", version, " ", permit_id);
}

// A permit of which nothing in the log says that it was used, void, released or erased.
struct Untouched {
  std::string vendor_id, assignment_id;
  int64_t begin_us = 0;
  int64_t expire_us = 0;
};

Untouched UntouchedOf(const v1::AuditEvent& event) {
  const v1::AuditEvent::PermitGiven& given = event.permit_given();
  const int64_t now_us = TimeUtil::TimestampToMicroseconds(event.time());
  return {event.vendor_id(), event.assignment_id(),
          given.begin_us() == 0 ? now_us : given.begin_us(), given.expire_us()};
}

// Whether the outcome lies in the permit, beyond all doubt.
bool Lies(const v1::Outcome& outcome, const std::string& vendor_id, const Untouched& permit) {
  const int64_t start_us = TimeUtil::TimestampToMicroseconds(outcome.start_time());
  return vendor_id == permit.vendor_id && outcome.assignment_id() == permit.assignment_id &&
         start_us >= permit.begin_us && start_us < permit.expire_us;
}

}  // namespace

UnreadReports::UnreadReports(const Ledger& ledger) {
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    const v1::Outcome& outcome = one.outcome;
    if (outcome.vendor_code().empty()) continue;
    reported_[KeyOf(one.vendor_id, outcome.outcome_id(), outcome.version(), outcome.permit_id())] =
        &outcome;
  }
}

const v1::Outcome* UnreadReports::Find(const v1::AuditEvent& event) const {
  const auto found = reported_.find(
      KeyOf(event.vendor_id(), event.subject_id(), event.count(), event.occurrence().permit_id()));
  return found == reported_.end() ? nullptr : found->second;
}

void CheckUnread(const Ledger& ledger, Violations& violations) {
  const UnreadReports reports(ledger);
  const OutcomesBySequence outcomes = IndexOutcomes(ledger);
  const Erasures erasures = FindErasures(ledger);
  std::unordered_map<std::string, Untouched> untouched;  // by permit
  std::unordered_set<std::string> counted;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) {
      untouched[event.subject_id()] = UntouchedOf(event);
    } else if (event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED ||
               event.kind() == v1::AuditEvent::KIND_PERMIT_RELEASED) {
      untouched.erase(event.subject_id());
    } else if (event.kind() == v1::AuditEvent::KIND_OUTCOME) {
      const auto found = outcomes.find(event.count());
      if (found != outcomes.end()) untouched.erase(PermitUsed(*found->second));
    } else if (Is(event, v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT)) {
      untouched.erase(event.occurrence().permit_id());
      const std::string name =
          absl::StrCat(event.vendor_id(), "'s outcome ", event.subject_id(), " v", event.count());
      if (!counted.insert(absl::StrCat(name, " ", event.assignment_id())).second)
        violations.push_back(absl::StrCat(name, " was counted twice before it was recorded"));
      if (reports.Find(event) == nullptr)
        violations.push_back(absl::StrCat(name, " was counted, and nobody reported it so"));
    }
  });
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    if (one.receipt != v1::ReportOutcomesResponse::STATUS_UNMAPPED) continue;
    if (one.outcome.version() != 1 || erasures.assignments.contains(one.outcome.assignment_id()))
      continue;
    const auto permit = untouched.find(one.outcome.permit_id());
    if (permit == untouched.end() || !Lies(one.outcome, one.vendor_id, permit->second)) continue;
    violations.push_back(absl::StrCat(one.vendor_id, "'s outcome ", one.outcome.outcome_id(),
                                      " waits under permit ", permit->first,
                                      " and counts nowhere"));
  }
}

}  // namespace switchboard::invariants
