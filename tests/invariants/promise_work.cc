#include "tests/invariants/promise_work.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "google/protobuf/util/time_util.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

// What a permit may live, and what a vendor's clock may be wrong by.
constexpr int64_t kHourUs = int64_t{3'600} * 1'000'000;
constexpr int64_t kMinuteUs = int64_t{60} * 1'000'000;

bool Lists(const std::map<std::string, std::set<int>>& work, const std::string& vendor_id,
           int work_type) {
  const auto found = work.find(vendor_id);
  return found != work.end() && found->second.contains(work_type);
}

}  // namespace

PromiseWork::PromiseWork(const Ledger& ledger) : ledger_(ledger), placements_(ledger) {
  std::unordered_set<std::string> named;
  for (const v1::CoreItem& item : ledger.items_read) {
    const v1::Outcome& outcome = item.outcome().outcome();
    if (outcome.has_promise() && !outcome.permit_id().empty()) named.insert(outcome.permit_id());
  }
  if (named.empty()) return;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() != v1::AuditEvent::KIND_PERMIT_GIVEN || !named.contains(event.subject_id()))
      return;
    const int64_t given_us = TimeUtil::TimestampToMicroseconds(event.time());
    given_[event.subject_id()] = {event.assignment_id(),
                                  std::max(given_us, event.permit_given().begin_us()),
                                  event.permit_given().expire_us()};
  });
}

Holds PromiseWork::LacksAct(const std::string& vendor_id, const Versions& versions) const {
  const auto* placement = placements_.Find(versions.rbegin()->second->assignment_id());
  if (placement == nullptr) return {};
  const int work_type = placement->work_type();
  const bool some_lack = Lists(ledger_.takes_none_in, vendor_id, work_type);
  return {some_lack && !Lists(ledger_.takes_promises_in, vendor_id, work_type), some_lack};
}

// A plan is judged by the first version that says it so.
Holds PromiseWork::WasLost(const Versions& versions) const {
  const std::string newest = versions.rbegin()->second->promise().SerializeAsString();
  Holds lost{true, false};
  for (const auto& [version, outcome] : versions) {
    if (outcome->promise().SerializeAsString() != newest) continue;
    const Holds one = WasLost(*outcome);
    lost.surely &= one.surely;
    lost.perhaps |= one.perhaps;
  }
  return lost;
}

Holds PromiseWork::WasLost(const v1::Outcome& outcome) const {
  const auto* placement = placements_.Find(outcome.assignment_id());
  if (placement == nullptr || !placement->has_withdraw_time()) return {};
  const int64_t start_us = TimeUtil::TimestampToMicroseconds(outcome.start_time());
  const int64_t end_us = TimeUtil::TimestampToMicroseconds(placement->withdraw_time()) + kHourUs;
  if (start_us <= end_us) return {};
  const auto given = given_.find(outcome.permit_id());
  const bool in_its_time =
      given != given_.end() && given->second.assignment_id == outcome.assignment_id() &&
      start_us >= given->second.begin_us - kMinuteUs && start_us < given->second.expire_us;
  if (in_its_time) return {};
  // Where the log names no permits at all, one that is named may have been given.
  const bool unknown = ledger_.audit.empty() && !outcome.permit_id().empty();
  return {!unknown, true};
}

}  // namespace switchboard::invariants
