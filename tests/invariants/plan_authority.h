#pragma once

#include "tests/invariants/commitments.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/promise_work.h"
#include "tests/invariants/sent_records.h"

// What a contract lets a vendor agree to, read again. Pure.

namespace switchboard::invariants {

// Adds a sentence for each reason for which a plan is said to wait and need not, and for each that
// is not said. `versions`: those of its outcome; the newest one has the plan. `told`: the newest
// change. Where the person's day was another one than in UTC, or what was due then is one of
// several amounts, what may be is believed. Not judged of vendors that are not in
// Ledger.plan_terms.
void CheckAuthority(const Ledger& ledger, const SentRecords& records, const PromiseWork& work,
                    const PromiseKey& key, const Versions& versions, const v1::PromiseChange& told,
                    Violations& violations);

}  // namespace switchboard::invariants
