#pragma once

#include "tests/invariants/audit_reading.h"
#include "tests/invariants/invariants.h"

// What the validators of I2 and I8 ask of erasure. Pure.

namespace switchboard::invariants {

// No assignment was erased before every reader of the core feed that was not retired had confirmed
// its outcomes.
void CheckErasedWereConfirmed(const Ledger& ledger, Violations& violations);

// What was erased had been placed, had ended, was kept as long as it had to be, and as long as a
// promise made in it was open or a plan could still be agreed to; it went once and is gone. What is
// gone was erased. Sooner went only what had ended when a person's own request was agreed to.
// Nothing was of whom a legal hold was in force on, nor an account that it named; and no work
// before its order to delete was closed.
void CheckErasures(const Ledger& ledger, const Erasures& erasures, Violations& violations);

}  // namespace switchboard::invariants
