#pragma once

#include <string>

#include "hub/base/digest.h"

namespace switchboard::simulation {

// A vendor's word, signed: nobody else of a run says it so.
inline std::string SignatureOf(const std::string& vendor_id, const std::string& statement) {
  return Sha256Of("the key of " + vendor_id + "\n" + statement);
}

}  // namespace switchboard::simulation
