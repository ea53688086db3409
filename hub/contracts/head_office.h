#pragma once

#include "switchboard/v1/values.pb.h"

namespace switchboard::contracts {

// What head office alone may do (Contract.head_office): it gives up what is owed, or says what the
// issuer alone answers for.
inline bool IsHeadOfficesAlone(v1::Act act) {
  switch (act) {
    case v1::ACT_WAIVE:
    case v1::ACT_SETTLE:
    case v1::ACT_LEGAL_STEP:
    case v1::ACT_EXPLAIN_RENEWAL:
      return true;
    default:
      return false;
  }
}

}  // namespace switchboard::contracts
