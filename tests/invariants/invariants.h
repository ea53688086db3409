#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// What must always hold, one validator per invariant. Unit tests, the simulation and the demo
// gather a Ledger each in its own way and ask the same questions of it. Pure: no hub, no clock, no
// files.

namespace switchboard::invariants {

// Sentences without personal data: ids, counts and enum names only. Empty: it holds.
using Violations = std::vector<std::string>;

// An outcome as a vendor wrote it down before it was first sent.
struct ReportedOutcome {
  std::string vendor_id;
  v1::Outcome outcome;
  // The receipt's status, if the vendor got one; UNSPECIFIED when it is still waiting.
  v1::ReportOutcomesResponse::Status receipt = v1::ReportOutcomesResponse::STATUS_UNSPECIFIED;
  // The vendor lost the file in which it waited, or died before it was durable there, so that it
  // may never have been sent.
  bool lost_by_vendor = false;
};

// A permit that a vendor received. Times are places on one growing scale that all parties of the
// run share: steps, or nanoseconds of a monotonic clock.
struct ReceivedPermit {
  std::string vendor_id;
  std::string permit_id;
  std::string assignment_id;
  std::string contact_point_id;
  int64_t asked_at = 0;     // when the vendor sent the request …
  int64_t received_at = 0;  // … and when it had the answer
};

// A payment, stop or closure that the core was answered ACCEPTED, REPEATED or UNKNOWN_SUBJECT.
struct AcknowledgedStop {
  std::string event_id;
  std::string person_id;         // of a person or a contact point; empty for an account
  std::string account_id;        // of an account; empty for a person
  std::string contact_point_id;  // of a contact point
  int64_t acknowledged_at = 0;   // when the core had the answer; the same scale as asked_at
  // When the core sent what may have ended it: a lift, or the account again. INT64_MAX: never.
  int64_t lift_sent_at = INT64_MAX;
};

// Both ends of one vendor's feed once all is quiet.
struct Feed {
  std::string vendor_id;
  // Assignment → its row, serialized: live at the hub, and of the current generation in the
  // vendor's own copy. A row that is empty on either side is not compared.
  std::map<std::string, std::string> live;
  std::map<std::string, std::string> workable;
  int64_t stored_rows = 0;  // all rows in the vendor's copy
  int64_t newest = 0;       // the hub's numbers …
  int64_t acknowledged = 0;
  int64_t cursor = 0;  // … and the vendor's stored sequence
  // How often the vendor's copy was lost or went back in time; each may cost one full load.
  int64_t losses = 0;
};

// One Sync stream as its vendor saw it.
struct StreamLoad {
  std::string vendor_id;
  int64_t window = 0;         // granted by Opened
  int64_t in_flight_max = 0;  // most changes received beyond the last ack sent
};

// What the parties were told, and what is there afterwards. A part that is left empty is not
// judged, unless the other side of a comparison names something that is missing from it.
struct Ledger {
  // Told to the core.
  std::vector<std::string> placed_accounts;      // answered as accepted and placed, at least once
  std::map<std::string, int64_t> through;        // highest answered, by source
  std::vector<std::string> acknowledged_events;  // event ids answered as recorded
  std::vector<AcknowledgedStop> stops;
  std::vector<v1::RecordedOutcome> outcomes_read;  // as the core kept them, in order of reading

  // Told to vendors.
  std::vector<ReportedOutcome> outcomes_reported;
  std::vector<ReceivedPermit> permits;
  std::vector<std::pair<std::string, v1::Assignment>> shown;  // (vendor, row), each as received
  std::vector<StreamLoad> streams;

  // There afterwards.
  std::vector<v1::ListPlacementsResponse::Placement> placements;
  std::vector<v1::ListDisclosuresResponse::Disclosure> disclosures;
  std::vector<v1::ListQuarantineResponse::Item> quarantine;
  std::vector<v1::AuditEntry> audit;                  // chain by chain, each in order
  std::map<std::string, int64_t> through_afterwards;  // by source
  std::vector<Feed> feeds;

  // What the run was set up with.
  std::map<std::string, std::string> vendor_groups;       // vendor → group
  std::map<std::string, int64_t> permit_lifetimes_us;     // vendor → lifetime of its permits
  std::map<std::string, std::set<std::string>> withheld;  // vendor → raw values it must never see
  // How long assignments are kept after they ended, by work type and country, and where persons
  // live; not judged of what is not named.
  std::map<std::pair<int, std::string>, int64_t> keeps_us;
  std::map<std::string, std::string> countries;  // person → country
  // Bytes sent to a vendor, for the search of `withheld`: any cut, in any order.
  std::map<std::string, std::vector<std::string>> bytes_shown;
  // What a search made elsewhere found in such bytes, where they are too many to be kept here:
  // vendor → kind of value → how often.
  std::map<std::string, std::map<std::string, int64_t>> withheld_found;
  int64_t queue_length_max = 0;  // seen in the hub's write queue …
  int64_t queue_limit = 0;       // … and allowed; 0: not judged
};

// I1: what was acknowledged is there afterwards.
Violations Durable(const Ledger& ledger);
// I2: every outcome reached the core once, unchanged and in a dense order; what was refused is
// kept; none was erased that a core had not confirmed.
Violations Once(const Ledger& ledger);
// I3: one vendor at a time holds an account for a work type, and no group gets an account twice.
Violations OneHand(const Ledger& ledger);
// I4: no vendor was sent a value that its contract withholds.
Violations Masked(const Ledger& ledger);
// I5: behind a stop no permit was given, none given before was honoured, and no assignment of the
// person or account is live. Judged twice: by the order of the audit log, and by what the parties
// saw of each other's time.
Violations Stopped(const Ledger& ledger);
Violations StoppedByLog(const Ledger& ledger);
Violations StoppedByTimes(const Ledger& ledger);
// I6, as far as it goes today: a permit serves one contact, and a person has one open permit at
// most.
Violations Capped(const Ledger& ledger);
// I7: what a vendor was shown, permitted and believed was its own and about that account, and no
// token is shared.
Violations OwnOnly(const Ledger& ledger);
// I8: the audit log verifies and names everything that happened, nothing vanished without its
// erasure standing there, and nothing was erased too early.
Violations Evident(const Ledger& ledger);
// I9: two runs of the same inputs, seed and clock are the same in audit log, routing and masks.
Violations Reproducible(const Ledger& first, const Ledger& second);
// I10: vendors' copies equal the hub's live rows, and were loaded whole only when they had been
// lost.
Violations Resumable(const Ledger& ledger);
// I11: no stream went beyond its window and no queue beyond its limit.
Violations Bounded(const Ledger& ledger);

// The outcomes of I1 and I2 as numbers, for reports.
struct OutcomeCounts {
  int64_t reported = 0;  // by vendors, each version once
  int64_t read = 0;      // by the core
  int64_t lost = 0;      // acknowledged to a vendor or waiting for ever, and never read
  int64_t doubled = 0;   // read again
};
OutcomeCounts CountOutcomes(const Ledger& ledger);

// All of the above but I9, by name ("I1 Durable"), in order, those that hold included.
std::vector<std::pair<std::string, Violations>> CheckAll(const Ledger& ledger);

}  // namespace switchboard::invariants
