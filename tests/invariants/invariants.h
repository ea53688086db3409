#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/invariants/ledger.h"

// What must always hold, one validator per invariant, each in a file of its name. Unit tests, the
// simulation, the crash campaign and the demo gather a Ledger each in its own way and ask the same
// questions of it. Pure: no hub, no clock, no files.

namespace switchboard::invariants {

// Sentences without personal data: ids, counts and enum names only. Empty: it holds.
using Violations = std::vector<std::string>;

// I1: what was acknowledged is there afterwards.
Violations Durable(const Ledger& ledger);
// I2: every outcome reached the core once, unchanged and in a dense order; what was refused is
// kept; none was erased that a core had not confirmed.
Violations Once(const Ledger& ledger);
// I2: what a vendor reported under a code of its own arrived as what the newest version of its code
// map says of it.
Violations Mapped(const Ledger& ledger);
// I3: one vendor at a time holds an account for a work type, and no group gets an account twice
// unless it was current in between.
Violations OneHand(const Ledger& ledger);
// I3: one promise at most is live on an account, and each stands as the newest versions of outcomes
// and the core's payments have it.
Violations Promised(const Ledger& ledger);
// I4: no vendor was sent a value that its contract withholds, nor would have been but for the guard
// on the wire.
Violations Masked(const Ledger& ledger);
// I4: more was shown for a time to whom the contract lets it alone, not before an operator had said
// yes where the contract wants two, and not behind its time.
Violations Unmasked(const Ledger& ledger);
// I5: behind a stop no permit was given, none given before was honoured for a contact that began
// behind it, and no assignment of the person or account is live. Judged twice: by the order of the
// audit log, and by what the parties saw of each other's time.
Violations Stopped(const Ledger& ledger);
Violations StoppedByLog(const Ledger& ledger);
Violations StoppedByTimes(const Ledger& ledger);
// I6: a permit serves one contact, and a person has one open permit at most. A contact under a
// permit counts from when the hub answered its report, also if its code had no meaning.
Violations Capped(const Ledger& ledger);
// I6: every rule about hours, every count and every pause of every pack in force, recounted in the
// order of the audit log: no permit was given against one, or stayed open against one behind a
// contact that it had kept no room for, and none was refused in the name of one that did not
// refuse.
Violations Counted(const Ledger& ledger);
// I7: what a vendor was shown, permitted and believed was its own and about that account, no token
// is shared, and what it holds in the end its contract allows.
Violations OwnOnly(const Ledger& ledger);
// I8: the audit log verifies and names everything that happened, nothing vanished without its
// erasure standing there, and nothing was erased too early.
Violations Evident(const Ledger& ledger);
// I8: each row, number and unmasking that a vendor has in hand is told by a line of its own in the
// record of disclosures, with the same fields and digest, and no row was shown once its work had
// ended.
Violations ToldDisclosures(const Ledger& ledger);
// I8: work that left a vendor's feed stands in one order to delete. Each confirmation is the
// vendor's own word about just that, and nothing is confirmed that was shown again since.
Violations Deleted(const Ledger& ledger);
// I8: each text that came into force was proposed by one operator and released by another, as it
// was proposed and in the place of what stood then; only a database without texts took the files
// that began it. What was shown and permitted names the version of the contract that decided then.
Violations Released(const Ledger& ledger);
// I9: two runs of the same inputs, seed and clock are the same in audit log, routing and masks.
Violations Reproducible(const Ledger& first, const Ledger& second);
// I10: vendors' copies equal the hub's live rows, were loaded whole only when they had been lost,
// and what was withdrawn ahead of the feed did not come back.
Violations Resumable(const Ledger& ledger);
// I11: no stream went beyond its window and no queue beyond its limit.
Violations Bounded(const Ledger& ledger);
// I12: what the core had read before an event never undid it. The whole is the four below, each
// from another witness.
Violations Ordered(const Ledger& ledger);
// By the audit log: nothing opened a paid account again but data that was true after the payment.
Violations OrderedByLog(const Ledger& ledger);
// By what the parties saw: behind an acknowledged payment no permit without such data having been
// sent; no older truth was accepted where a newer one had been acknowledged, and none refused as
// outdated, or left behind a payment, that was the newest.
Violations OrderedByTimes(const Ledger& ledger);
// By the numbers that permits carried: each was that of the contact point, by the newest truth.
Violations OrderedByNumbers(const Ledger& ledger);
// By what vendors hold in the end: each live row says what the newest truth says.
Violations OrderedByRows(const Ledger& ledger);

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
