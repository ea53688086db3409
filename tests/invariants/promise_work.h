#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "tests/invariants/audit_reading.h"
#include "tests/invariants/commitments.h"
#include "tests/invariants/ledger.h"

// Whose work it was when somebody promised something, and what a contract let be done in it: read
// again. Pure.

namespace switchboard::invariants {

// Whether something holds, as far as the ledger tells.
struct Holds {
  bool surely = false;
  bool perhaps = false;  // at least
};

// Of work that the ledger does not know nothing holds.
class PromiseWork {
 public:
  // `ledger` must outlive it.
  explicit PromiseWork(const Ledger& ledger);

  // Whether the contract of this vendor let it take no promise in the work that the newest of these
  // versions speaks of.
  Holds LacksAct(const std::string& vendor_id, const Versions& versions) const;
  // Whether the contact began more than an hour after the vendor had lost the work, and under no
  // permit of its time: by whichever version says of the promise what the newest one says.
  Holds WasLost(const Versions& versions) const;

 private:
  struct Given {
    std::string assignment_id;
    int64_t begin_us = 0;
    int64_t expire_us = 0;
  };
  Holds WasLost(const v1::Outcome& outcome) const;

  const Ledger& ledger_;
  const PlacementIndex placements_;
  std::unordered_map<std::string, Given> given_;  // permits under which something was promised
};

}  // namespace switchboard::invariants
