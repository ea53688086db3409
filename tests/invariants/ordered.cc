#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/row_content.h"
#include "tests/invariants/sent_records.h"

// The validator of I12.

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;
using What = v1::AuditEvent::Occurrence;

// The core's clock may be ahead of the hub's by so much; what is further ahead is refused.
constexpr int64_t kSkewUs = 60'000'000;

// The payments of each account while the log is read.
class PaymentsOfLog {
 public:
  PaymentsOfLog(const SentRecords& records, Violations& violations)
      : records_(records), violations_(violations) {}

  void Take(const v1::AuditEvent& event) {
    if (Is(event, What::WHAT_PAYMENT)) {
      by_account_[event.account_id()].push_back(
          {event.subject_id(), event.occurrence().settled_until_us()});
    } else if (Is(event, What::WHAT_PAYMENT_SETTLED)) {
      Settle(event);
    } else if (event.kind() == v1::AuditEvent::KIND_PLACED) {
      Judge(event, "was placed");
    } else if (event.kind() == v1::AuditEvent::KIND_PERMIT_GIVEN) {
      Judge(event, "was permitted");
    }
  }

 private:
  struct Payment {
    std::string event_id;
    int64_t settled_until_us;
    bool settled = false;
  };

  // The event names as of when the data was true.
  void Settle(const v1::AuditEvent& event) {
    const int64_t as_of_us = event.occurrence().settled_until_us();
    for (Payment& payment : by_account_[event.account_id()])
      payment.settled = payment.settled || payment.settled_until_us <= as_of_us;
    // Retention settles what is older than anything that may yet come.
    if (event.actor() == "hub" || records_.empty()) return;
    const SentRecords::Records& sent = records_.Of(event.account_id());
    if (std::any_of(sent.begin(), sent.end(), [&](const SentRecord* record) {
          return record->may_count() && record->as_of_us == as_of_us;
        }))
      return;
    violations_.push_back(absl::StrCat("account ", event.account_id(),
                                       ": payments were settled by data as of ", as_of_us,
                                       ", and nobody sent any"));
  }

  void Judge(const v1::AuditEvent& event, const char* did) {
    const auto found = by_account_.find(event.account_id());
    if (found == by_account_.end()) return;
    const int64_t newest =
        records_.empty()
            ? INT64_MAX
            : records_.NewestAsOf(event.account_id(),
                                  TimeUtil::TimestampToMicroseconds(event.time()) + kSkewUs);
    for (const Payment& payment : found->second) {
      if (payment.settled && payment.settled_until_us <= newest) continue;
      violations_.push_back(absl::StrCat(
          "account ", event.account_id(), " ", did, " behind payment ", payment.event_id,
          payment.settled ? ", and nothing younger had come" : ", which nothing had settled"));
      return;
    }
  }

  const SentRecords& records_;
  Violations& violations_;
  std::unordered_map<std::string, std::vector<Payment>> by_account_;
};

void CheckPermits(const Ledger& ledger, const SentRecords& records, Violations& violations) {
  const PlacementIndex placements(ledger);
  std::unordered_multimap<std::string, const AcknowledgedStop*> payments;
  for (const AcknowledgedStop& stop : ledger.stops) {
    if (stop.payment()) payments.emplace(stop.account_id, &stop);
  }
  for (const ReceivedPermit& permit : ledger.permits) {
    const auto* placement = placements.Find(permit.assignment_id);
    if (placement == nullptr) continue;
    const auto [begin, end] = payments.equal_range(placement->account_id());
    for (auto found = begin; found != end; ++found) {
      const AcknowledgedStop& payment = *found->second;
      if (permit.asked_at < payment.acknowledged_at) continue;
      const int64_t opened =
          records.FirstSentLaterThan(payment.account_id, payment.settled_until_us);
      if (opened <= std::max(permit.asked_at, permit.received_at)) continue;
      violations.push_back(absl::StrCat("permit ", permit.permit_id, " was given after payment ",
                                        payment.event_id, ", and nothing younger had been sent"));
    }
  }
}

// What was acknowledged as the newest truth stays it for whatever is sent later.
void CheckAnswers(const SentRecords::Records& records, int64_t remembers_us,
                  Violations& violations) {
  for (const SentRecord* record : records) {
    const auto say = [&](const char* what) {
      violations.push_back(absl::StrCat("account ", record->account_id, ": the record as of ",
                                        record->as_of_us, " ", what));
    };
    const auto any = [&](auto fits) {
      return std::any_of(records.begin(), records.end(),
                         [&](const SentRecord* other) { return other != record && fits(*other); });
    };
    if (record->accepted() && any([&](const SentRecord& other) {
          return other.accepted() && other.as_of_us > record->as_of_us &&
                 other.answered_at < record->call_at;
        }))
      say("was accepted, and a newer one had been acknowledged");
    const bool outdated = record->answered_at != 0 &&
                          record->answer == v1::ImportAccountsResponse::STATUS_OUTDATED &&
                          record->answered_us - record->as_of_us <= remembers_us;
    if (outdated && !any([&](const SentRecord& other) {
          return other.as_of_us >= record->as_of_us && other.sent_at < record->answered_at;
        }))
      say("was refused as outdated, and no newer one had been sent");
  }
}

// What stops an account besides payments, by the log, and until when its payments hold.
struct StopsOfLog {
  std::unordered_set<std::string> accounts, persons;
  std::unordered_map<std::string, int64_t> settled_until_us;
};

StopsOfLog FindStops(const Ledger& ledger) {
  StopsOfLog stops;
  ForEachEvent(ledger, [&](const Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (Is(event, What::WHAT_PAYMENT)) {
      int64_t& until = stops.settled_until_us[event.account_id()];
      until = std::max(until, event.occurrence().settled_until_us());
    }
    if (!Is(event, What::WHAT_STOP) && !Is(event, What::WHAT_CLOSURE)) return;
    stops.accounts.insert(event.account_id());
    if (event.account_id().empty()) stops.persons.insert(event.person_id());
  });
  return stops;
}

// A payment must not hold up what is true after it.
void CheckNoneStuck(const Ledger& ledger, Violations& violations) {
  const StopsOfLog stops = FindStops(ledger);
  for (const SentRecord& record : ledger.records) {
    if (!record.accepted() || record.not_placed != v1::NOT_PLACED_REASON_STOPPED) continue;
    if (stops.accounts.contains(record.account_id) || stops.persons.contains(record.person_id))
      continue;
    const auto until = stops.settled_until_us.find(record.account_id);
    if (until != stops.settled_until_us.end() && record.as_of_us <= until->second) continue;
    violations.push_back(absl::StrCat("account ", record.account_id, ": the record as of ",
                                      record.as_of_us, " was held up by no stop that is known"));
  }
}

}  // namespace

Violations OrderedByLog(const Ledger& ledger) {
  Violations violations;
  const SentRecords records(ledger);
  PaymentsOfLog payments(records, violations);
  ForEachEvent(ledger, [&](const Logged& logged) { payments.Take(logged.event); });
  return violations;
}

Violations OrderedByTimes(const Ledger& ledger) {
  Violations violations;
  const SentRecords records(ledger);
  CheckPermits(ledger, records, violations);
  std::unordered_set<std::string> seen = FindErasures(ledger).account_ids;
  for (const SentRecord& record : ledger.records) {
    if (seen.insert(record.account_id).second)
      CheckAnswers(records.Of(record.account_id), ledger.remembers_us, violations);
  }
  CheckNoneStuck(ledger, violations);
  return violations;
}

Violations OrderedByRows(const Ledger& ledger) {
  Violations violations;
  const SentRecords records(ledger);
  if (records.empty()) return violations;
  const PlacementIndex placements(ledger);
  const auto forgotten = PersonsToForget(ledger);
  for (const Feed& feed : ledger.feeds) {
    for (const auto& [id, bytes] : feed.live) {
      v1::Assignment row;
      const auto* placement = placements.Find(id);
      if (placement == nullptr || !row.ParseFromString(bytes)) continue;
      if (forgotten.contains(placement->person_id())) continue;
      const auto newest = records.NewestOf(placement->account_id());
      const bool said =
          newest.empty() || std::any_of(newest.begin(), newest.end(), [&](const SentRecord* one) {
            return !one->content.has_account() || Says(row.account(), one->content.account());
          });
      const std::set<std::string> languages = records.LanguagesOf(placement->person_id());
      const bool spoken = !row.person().has_language() || languages.empty() ||
                          languages.contains(PrimaryTag(row.person().language()));
      if (said && spoken) continue;
      violations.push_back(absl::StrCat(
          "vendor ", feed.vendor_id, ": assignment ", id, " of account ", placement->account_id(),
          " does not say the newest truth", said ? " about the language" : ""));
    }
  }
  return violations;
}

Violations Ordered(const Ledger& ledger) {
  Violations violations = OrderedByLog(ledger);
  for (const Violations& more :
       {OrderedByTimes(ledger), OrderedByNumbers(ledger), OrderedByRows(ledger)})
    violations.insert(violations.end(), more.begin(), more.end());
  return violations;
}

}  // namespace switchboard::invariants
