#include "tests/crash_campaign/counts.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace switchboard::crash {
namespace {

// How often each id is there.
using Times = absl::flat_hash_map<std::string, int64_t>;

// What the audit log names, by kind of event.
absl::flat_hash_map<int, Times> NamedIn(const invariants::Ledger& ledger) {
  absl::flat_hash_map<int, Times> named;
  for (const v1::AuditEntry& entry : ledger.audit) {
    for (const std::string& bytes : entry.events()) {
      v1::AuditEvent event;
      if (event.ParseFromString(bytes)) ++named[event.kind()][event.subject_id()];
    }
  }
  return named;
}

void Look(const Times& times, const std::string& id, Count& count) {
  ++count.acknowledged;
  const auto found = times.find(id);
  if (found == times.end()) {
    ++count.lost;
    return;
  }
  ++count.found;
  count.doubled += found->second > 1 ? 1 : 0;
}

std::string KeyOf(const std::string& vendor_id, const v1::Outcome& outcome) {
  return absl::StrCat(vendor_id, " ", outcome.outcome_id(), " ", outcome.version());
}

Count CountAccounts(const CoreRecord& core, const invariants::Ledger& ledger) {
  const CoreRecord::Count sent = core.accounts();
  Count count{sent.acknowledged, sent.found, sent.acknowledged - sent.found, 0};
  Times live;
  for (const auto& placement : ledger.placements) {
    if (placement.has_withdraw_time()) continue;
    const std::string work = absl::StrCat(placement.account_id(), " ", placement.work_type());
    count.doubled += ++live[work] == 2 ? 1 : 0;
  }
  return count;
}

// An event is there if the hub knows it when it is posted again and the log names it.
Count CountEvents(const CoreRecord& core, const invariants::Ledger& ledger, const Times& logged) {
  Count count;
  for (const std::string& event_id : ledger.acknowledged_events) Look(logged, event_id, count);
  const CoreRecord::Count posted = core.posted_events();
  count.found = std::min(count.found, posted.found);
  count.lost = count.acknowledged - count.found;
  return count;
}

Count CountOutcomes(const invariants::Ledger& ledger, const std::vector<v1::CoreItem>& there) {
  Times times;
  for (const v1::CoreItem& item : there)
    if (item.has_outcome()) ++times[KeyOf(item.outcome().vendor_id(), item.outcome().outcome())];
  Count count;
  for (const auto& reported : ledger.outcomes_reported) {
    if (reported.receipt != v1::ReportOutcomesResponse::STATUS_RECORDED &&
        reported.receipt != v1::ReportOutcomesResponse::STATUS_REPEATED) {
      continue;
    }
    Look(times, KeyOf(reported.vendor_id, reported.outcome), count);
  }
  return count;
}

}  // namespace

Count& Count::operator+=(const Count& other) {
  acknowledged += other.acknowledged;
  found += other.found;
  lost += other.lost;
  doubled += other.doubled;
  return *this;
}

Counts CountAll(const CoreRecord& core, const invariants::Ledger& ledger,
                const std::vector<v1::CoreItem>& there) {
  auto named = NamedIn(ledger);
  Counts counts;
  counts["accounts"] = CountAccounts(core, ledger);
  counts["events"] = CountEvents(core, ledger, named[v1::AuditEvent::KIND_EVENT]);
  counts["outcomes"] = CountOutcomes(ledger, there);
  for (const auto& permit : ledger.permits)
    Look(named[v1::AuditEvent::KIND_PERMIT_GIVEN], permit.permit_id, counts["permits"]);
  return counts;
}

Count SumOf(const Counts& counts) {
  Count sum;
  for (const auto& [kind, count] : counts) sum += count;
  return sum;
}

}  // namespace switchboard::crash
