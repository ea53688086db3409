#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// The validator of I10.

namespace switchboard::invariants {
namespace {

void CheckFeed(const Feed& feed, Violations& violations) {
  if (feed.cut_off) return;
  auto say = [&](auto... what) {
    violations.push_back(absl::StrCat("vendor ", feed.vendor_id, ": ", what...));
  };
  for (const auto& [id, row] : feed.live) {
    const auto copy = feed.workable.find(id);
    if (copy == feed.workable.end()) {
      say("live assignment ", id, " is not in its copy");
    } else if (!row.empty() && !copy->second.empty() && row != copy->second) {
      say("its copy of assignment ", id, " is not what the hub would send");
    }
  }
  for (const auto& [id, row] : feed.workable) {
    if (!feed.live.contains(id)) say("ended assignment ", id, " is still in its copy");
  }
  if (feed.stored_rows != static_cast<int64_t>(feed.workable.size())) {
    say("keeps ", feed.stored_rows, " rows, ", feed.workable.size(), " of them current");
  }
  if (feed.cursor < feed.newest_before.value_or(feed.newest) || feed.cursor > feed.newest)
    say("cursor ", feed.cursor, " of ", feed.newest);
  if (feed.acknowledged != feed.cursor) {
    say("stored up to ", feed.cursor, ", the hub has ", feed.acknowledged, " acknowledged");
  }
}

}  // namespace

Violations Resumable(const Ledger& ledger) {
  Violations violations;
  for (const Feed& feed : ledger.feeds) CheckFeed(feed, violations);
  for (const auto& [vendor_id, assignment_id] : ledger.undone_withdrawals) {
    violations.push_back(absl::StrCat("vendor ", vendor_id, ": assignment ", assignment_id,
                                      " came back after a withdrawal that overtook the feed"));
  }
  std::map<std::string, int64_t> loads;  // forced by a cursor that did not fit
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_GENERATION &&
        event.generation() == v1::AuditEvent::GENERATION_REASON_CURSOR)
      ++loads[event.vendor_id()];
  });
  for (const Feed& feed : ledger.feeds) {
    if (loads[feed.vendor_id] > feed.losses) {
      violations.push_back(absl::StrCat("vendor ", feed.vendor_id, " was loaded anew ",
                                        loads[feed.vendor_id], " times and lost its copy ",
                                        feed.losses, " times"));
    }
  }
  return violations;
}

}  // namespace switchboard::invariants
