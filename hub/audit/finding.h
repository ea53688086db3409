#pragma once

#include <cstdint>
#include <string>

namespace switchboard::audit {

// Something in the log that is not as it should be.
struct Finding {
  enum Kind {
    kBroken,      // an entry does not fit itself or the one before
    kCut,         // what was noted, or what the tree tells of, is not there any more
    kNotAsNoted,  // what was noted is something else now: it was altered and computed anew
    kForked,      // two checkpoints of one size with different roots
    kForged,      // what is given as a checkpoint is none that the log's key signed
    kTree,        // the tree that the log keeps is not that of its entries
    kLost,        // cut or not as noted, and the log tells of a restore since; people know of it
  };

  Kind kind = kBroken;
  std::string place;  // "hub-1/512", "positions 800 to 812", the name of a file
  std::string text;   // a sentence that names it as well
};

// "2026-11-30 10:00:00 UTC"
std::string UtcTextOf(int64_t time_us);

}  // namespace switchboard::audit
