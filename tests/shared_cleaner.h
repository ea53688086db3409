#pragma once

#include <memory>

#include "hub/redaction/clean_text.h"

namespace switchboard::testing {

// The one cleaner of a test program: its dictionaries are loaded once, however many hubs open.
inline std::shared_ptr<const redaction::Cleaner> SharedCleaner() {
  static const std::shared_ptr<const redaction::Cleaner> cleaner = *redaction::Cleaner::Load("");
  return cleaner;
}

}  // namespace switchboard::testing
