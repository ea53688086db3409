#include "tests/invariants/invariants.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/invariants_erasure.h"
#include "tests/invariants/invariants_log.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using Placement = v1::ListPlacementsResponse::Placement;

std::string KeyOf(const std::string& vendor_id, const v1::Outcome& outcome) {
  return absl::StrCat(vendor_id, " ", outcome.outcome_id(), " v", outcome.version());
}

bool Accepted(const ReportedOutcome& reported) {
  return reported.receipt == v1::ReportOutcomesResponse::STATUS_RECORDED ||
         reported.receipt == v1::ReportOutcomesResponse::STATUS_REPEATED;
}

// No receipt says what became of it, though the vendor did not lose it.
bool Waits(const ReportedOutcome& reported) {
  return reported.receipt == v1::ReportOutcomesResponse::STATUS_UNSPECIFIED &&
         !reported.lost_by_vendor;
}

std::unordered_set<std::string> KeysRead(const Ledger& ledger) {
  std::unordered_set<std::string> read;
  for (const auto& outcome : ledger.outcomes_read) {
    read.insert(KeyOf(outcome.vendor_id(), outcome.outcome()));
  }
  return read;
}

int64_t PlaceTime(const Placement& placement) {
  return TimeUtil::TimestampToMicroseconds(placement.place_time());
}

int64_t EndTime(const Placement& placement) {
  return placement.has_withdraw_time()
             ? TimeUtil::TimestampToMicroseconds(placement.withdraw_time())
             : INT64_MAX;
}

// A text that the two ends of a cut may share is found in no piece alone.
bool FoundIn(const std::vector<std::string>& pieces, const std::string& value) {
  return std::any_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
    return piece.find(value) != std::string::npos;
  });
}

// A group that an account was taken from may get it again once nobody remembers.
void CheckHands(const std::string& account_id, const std::vector<const Placement*>& placements,
                const Ledger& ledger, const Erasures& erasures, Violations& violations) {
  std::set<std::pair<std::string, std::string>> groups;  // person and group
  for (size_t i = 0; i < placements.size(); ++i) {
    const Placement& one = *placements[i];
    const auto group = ledger.vendor_groups.find(one.vendor_id());
    if (group != ledger.vendor_groups.end() &&
        !erasures.assignments.contains(one.assignment_id()) &&
        !groups.emplace(one.person_id(), group->second).second) {
      violations.push_back(
          absl::StrCat("account ", account_id, " came twice to group ", group->second));
    }
    for (size_t j = i + 1; j < placements.size(); ++j) {
      const Placement& other = *placements[j];
      if (PlaceTime(one) < EndTime(other) && PlaceTime(other) < EndTime(one)) {
        violations.push_back(absl::StrCat("account ", account_id, " is in two hands: ",
                                          one.assignment_id(), " and ", other.assignment_id()));
      }
    }
  }
}

// Tokens of `kind` by vendor: the same token at two vendors would let them compare notes.
class Tokens {
 public:
  explicit Tokens(const char* kind) : kind_(kind) {}
  void Add(const std::string& vendor_id, const std::string& token, Violations& violations) {
    if (token.empty()) return;
    const auto [found, added] = owner_.emplace(token, vendor_id);
    if (added || found->second == vendor_id) return;
    violations.push_back(
        absl::StrCat("vendors ", found->second, " and ", vendor_id, " share a token of ", kind_));
  }

 private:
  const char* const kind_;
  std::unordered_map<std::string, std::string> owner_;
};

void CheckFeed(const Feed& feed, Violations& violations) {
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
  if (feed.cursor != feed.newest) say("cursor ", feed.cursor, " of ", feed.newest);
  if (feed.acknowledged != feed.cursor) {
    say("stored up to ", feed.cursor, ", the hub has ", feed.acknowledged, " acknowledged");
  }
}

// The log is the only place where an event can be seen again.
void CheckEventsKept(const Ledger& ledger, Violations& violations) {
  std::unordered_set<std::string> kept;
  ForEachEvent(ledger, [&](const Logged& logged) {
    if (logged.event.kind() == v1::AuditEvent::KIND_EVENT) kept.insert(logged.event.subject_id());
  });
  for (const std::string& event_id : ledger.acknowledged_events) {
    if (kept.contains(event_id)) continue;
    violations.push_back(absl::StrCat("event ", event_id, " was acknowledged and is lost"));
  }
}

// What the hub recorded reached the core.
void CheckLoggedWereRead(const Ledger& ledger, Violations& violations) {
  const OutcomesBySequence read = IndexOutcomes(ledger);
  ForEachEvent(ledger, [&](const Logged& logged) {
    if (logged.event.kind() != v1::AuditEvent::KIND_OUTCOME) return;
    if (read.contains(logged.event.count())) return;
    violations.push_back(
        absl::StrCat("outcome ", logged.event.count(), " was recorded and never read"));
  });
}

}  // namespace

Violations Durable(const Ledger& ledger) {
  Violations violations;
  std::unordered_set<std::string> placed;
  for (const Placement& placement : ledger.placements) placed.insert(placement.account_id());
  for (const auto& [id, placement] : FindErasures(ledger).assignments)
    placed.insert(placement.account_id());
  for (const std::string& account_id : ledger.placed_accounts) {
    if (!placed.contains(account_id)) {
      violations.push_back(absl::StrCat("account ", account_id, " was acknowledged and is lost"));
    }
  }
  const std::unordered_set<std::string> read = KeysRead(ledger);
  for (const ReportedOutcome& reported : ledger.outcomes_reported) {
    const std::string key = KeyOf(reported.vendor_id, reported.outcome);
    if (Accepted(reported) && !read.contains(key)) {
      violations.push_back(absl::StrCat("outcome ", key, " was acknowledged and is lost"));
    }
  }
  for (const auto& [source, through] : ledger.through) {
    const auto found = ledger.through_afterwards.find(source);
    const int64_t afterwards = found == ledger.through_afterwards.end() ? 0 : found->second;
    if (afterwards < through) {
      violations.push_back(absl::StrCat("source ", source, " was answered through ", through,
                                        " and stands at ", afterwards));
    }
  }
  CheckEventsKept(ledger, violations);
  return violations;
}

Violations Once(const Ledger& ledger) {
  Violations violations;
  std::unordered_map<std::string, std::string> reported;  // key → content
  int64_t refused = 0;
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    reported.emplace(KeyOf(one.vendor_id, one.outcome), one.outcome.SerializeAsString());
    if (!Accepted(one) && one.receipt != v1::ReportOutcomesResponse::STATUS_UNSPECIFIED) ++refused;
  }
  std::unordered_set<std::string> read;
  int64_t expected = 1;
  for (const auto& outcome : ledger.outcomes_read) {
    if (outcome.sequence() != expected) {
      violations.push_back(absl::StrCat("the core read outcome ", outcome.sequence(), " where ",
                                        expected, " was due"));
    }
    expected = outcome.sequence() + 1;
    const std::string key = KeyOf(outcome.vendor_id(), outcome.outcome());
    if (!read.insert(key).second)
      violations.push_back(absl::StrCat("outcome ", key, " came twice"));
    const auto source = reported.find(key);
    if (source == reported.end()) {
      violations.push_back(absl::StrCat("outcome ", key, " was reported by nobody"));
    } else if (source->second != outcome.outcome().SerializeAsString()) {
      violations.push_back(absl::StrCat("outcome ", key, " arrived altered"));
    }
  }
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    const std::string key = KeyOf(one.vendor_id, one.outcome);
    if (Waits(one) && !read.contains(key)) {
      violations.push_back(absl::StrCat("outcome ", key, " reached nobody"));
    }
  }
  int64_t kept = FindErasures(ledger).quarantine;
  for (const auto& item : ledger.quarantine) kept += item.kind() == "outcome" ? 1 : 0;
  if (kept < refused) {
    violations.push_back(
        absl::StrCat(refused, " outcomes were refused, ", kept, " are kept in quarantine"));
  }
  CheckErasedWereConfirmed(ledger, violations);
  CheckLoggedWereRead(ledger, violations);
  return violations;
}

OutcomeCounts CountOutcomes(const Ledger& ledger) {
  OutcomeCounts counts;
  const std::unordered_set<std::string> read = KeysRead(ledger);
  std::unordered_set<std::string> reported;
  for (const ReportedOutcome& one : ledger.outcomes_reported) {
    const std::string key = KeyOf(one.vendor_id, one.outcome);
    if (!reported.insert(key).second) continue;
    counts.lost += (Accepted(one) || Waits(one)) && !read.contains(key) ? 1 : 0;
  }
  counts.reported = static_cast<int64_t>(reported.size());
  counts.read = static_cast<int64_t>(ledger.outcomes_read.size());
  counts.doubled = counts.read - static_cast<int64_t>(read.size());
  return counts;
}

Violations OneHand(const Ledger& ledger) {
  const Erasures erasures = FindErasures(ledger);
  std::map<std::pair<std::string, int>, std::vector<const Placement*>> by_work;
  for (const auto& [id, placement] : erasures.assignments) {
    by_work[{placement.account_id(), placement.work_type()}].push_back(&placement);
  }
  for (const Placement& placement : ledger.placements) {
    by_work[{placement.account_id(), placement.work_type()}].push_back(&placement);
  }
  Violations violations;
  for (const auto& [work, placements] : by_work) {
    CheckHands(work.first, placements, ledger, erasures, violations);
  }
  return violations;
}

Violations Masked(const Ledger& ledger) {
  Violations violations;
  for (const auto& [vendor_id, values] : ledger.withheld) {
    const auto shown = ledger.bytes_shown.find(vendor_id);
    if (shown == ledger.bytes_shown.end()) continue;
    int64_t found = 0;
    for (const std::string& value : values) found += FoundIn(shown->second, value) ? 1 : 0;
    if (found > 0) {
      violations.push_back(
          absl::StrCat("vendor ", vendor_id, " was sent ", found, " withheld values"));
    }
  }
  for (const auto& [vendor_id, kinds] : ledger.withheld_found) {
    for (const auto& [kind, times] : kinds) {
      violations.push_back(absl::StrCat("vendor ", vendor_id, " was sent a withheld ", kind, " ",
                                        times, times == 1 ? " time" : " times"));
    }
  }
  return violations;
}

Violations OwnOnly(const Ledger& ledger) {
  Violations violations;
  const Erasures erasures = FindErasures(ledger);
  std::unordered_map<std::string, const Placement*> placements;
  for (const Placement& placement : ledger.placements) {
    placements[placement.assignment_id()] = &placement;
  }
  for (const auto& [id, placement] : erasures.assignments) placements.emplace(id, &placement);
  auto check = [&](const std::string& vendor_id, const std::string& assignment_id,
                   const char* did) {
    const auto found = placements.find(assignment_id);
    if (found != placements.end() && found->second->vendor_id() == vendor_id) return true;
    violations.push_back(absl::StrCat("vendor ", vendor_id, " ", did, " assignment ", assignment_id,
                                      ", which it never held"));
    return false;
  };
  Tokens persons("persons"), accounts("accounts");
  for (const auto& [vendor_id, row] : ledger.shown) {
    check(vendor_id, row.assignment_id(), "was shown");
    persons.Add(vendor_id, row.person().person_token(), violations);
    accounts.Add(vendor_id, row.account().account_token(), violations);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    check(permit.vendor_id, permit.assignment_id, "got a permit for");
  }
  for (const auto& outcome : ledger.outcomes_read) {
    const std::string& assignment_id = outcome.outcome().assignment_id();
    if (!check(outcome.vendor_id(), assignment_id, "was believed about")) continue;
    if (outcome.account_id() == placements.at(assignment_id)->account_id()) continue;
    violations.push_back(absl::StrCat("outcome ", outcome.sequence(), " is about account ",
                                      outcome.account_id(), ", assignment ", assignment_id,
                                      " is not"));
  }
  return violations;
}

Violations Reproducible(const Ledger& first, const Ledger& second) {
  Violations violations;
  auto compare = [&](const char* what, const auto& one, const auto& other, auto bytes_of) {
    const size_t common = std::min(one.size(), other.size());
    for (size_t i = 0; i < common; ++i) {
      if (bytes_of(one[i]) == bytes_of(other[i])) continue;
      violations.push_back(absl::StrCat(what, " differ, first at ", i + 1));
      return;
    }
    if (one.size() != other.size()) {
      violations.push_back(absl::StrCat(what, ": ", one.size(), " and ", other.size()));
    }
  };
  auto serialized = [](const auto& message) { return message.SerializeAsString(); };
  compare("audit entries", first.audit, second.audit, serialized);
  compare("placements", first.placements, second.placements, serialized);
  compare("rows shown", first.shown, second.shown,
          [](const auto& shown) { return shown.first + " " + shown.second.SerializeAsString(); });
  compare("outcomes", first.outcomes_read, second.outcomes_read, serialized);
  return violations;
}

Violations Resumable(const Ledger& ledger) {
  Violations violations;
  for (const Feed& feed : ledger.feeds) CheckFeed(feed, violations);
  std::map<std::string, int64_t> loads;  // forced by a cursor that did not fit
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_GENERATION && event.actor() == "hub")
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

Violations Bounded(const Ledger& ledger) {
  Violations violations;
  for (const StreamLoad& stream : ledger.streams) {
    if (stream.in_flight_max > stream.window) {
      violations.push_back(absl::StrCat("vendor ", stream.vendor_id, " was sent ",
                                        stream.in_flight_max,
                                        " changes beyond its ack in a window of ", stream.window));
    }
  }
  if (ledger.queue_limit > 0 && ledger.queue_length_max > ledger.queue_limit) {
    violations.push_back(
        absl::StrCat("the write queue held ", ledger.queue_length_max, " of ", ledger.queue_limit));
  }
  return violations;
}

std::vector<std::pair<std::string, Violations>> CheckAll(const Ledger& ledger) {
  return {{"I1 Durable", Durable(ledger)},      {"I2 Once", Once(ledger)},
          {"I3 One hand", OneHand(ledger)},     {"I4 Masked", Masked(ledger)},
          {"I5 Stopped", Stopped(ledger)},      {"I6 Capped", Capped(ledger)},
          {"I7 Own only", OwnOnly(ledger)},     {"I8 Evident", Evident(ledger)},
          {"I10 Resumable", Resumable(ledger)}, {"I11 Bounded", Bounded(ledger)}};
}

}  // namespace switchboard::invariants
