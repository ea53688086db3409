#include "tests/invariants/invariants.h"

namespace switchboard::invariants {

std::vector<std::pair<std::string, Violations>> CheckAll(const Ledger& ledger) {
  return {{"I1 Durable", Durable(ledger)},
          {"I2 Once", Once(ledger)},
          {"I2 Mapped", Mapped(ledger)},
          {"I3 One hand", OneHand(ledger)},
          {"I3 Promised", Promised(ledger)},
          {"I4 Masked", Masked(ledger)},
          {"I4 Unmasked", Unmasked(ledger)},
          {"I5 Stopped", Stopped(ledger)},
          {"I6 Capped", Capped(ledger)},
          {"I6 Counted", Counted(ledger)},
          {"I7 Own only", OwnOnly(ledger)},
          {"I8 Evident", Evident(ledger)},
          {"I8 Told disclosures", ToldDisclosures(ledger)},
          {"I8 Deleted", Deleted(ledger)},
          {"I8 Released", Released(ledger)},
          {"I10 Resumable", Resumable(ledger)},
          {"I11 Bounded", Bounded(ledger)},
          {"I12 Ordered", Ordered(ledger)}};
}

}  // namespace switchboard::invariants
