#pragma once

#include <cstdint>
#include <string>

namespace switchboard::audit {

// Something in the log, or in the rows that it vouches for, that is not as it should be.
struct Finding {
  enum Kind {
    kBroken,      // an entry does not fit itself or the one before
    kCut,         // what was noted, or what the tree tells of, is not there any more
    kNotAsNoted,  // what was noted is something else now: it was altered and computed anew
    kForked,      // two checkpoints of one size with different roots
    kForged,      // a checkpoint that the log's key did not sign, or an entry that no hub made
    kTree,        // the tree that the log keeps is not that of its entries
    kLost,        // cut or not as noted, and the log tells of a restore since; people know of it
    kAltered,     // a row is not as the log says that it was written last
    kOlder,       // a row is as it was written before that: an older one was put back
    kUnknown,     // a row that no entry wrote
    kMissing,     // a row that an entry wrote, and none removed, is not there
  };

  Kind kind = kBroken;
  // "hub-1/512", "positions 800 to 812", the name of a file, "permit P-1" (table and key)
  std::string place;
  std::string text;  // a sentence that names it as well
};

// "2026-11-30 10:00:00 UTC"
std::string UtcTextOf(int64_t time_us);

}  // namespace switchboard::audit
