#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/storage/transaction.h"

namespace switchboard::upkeep {

// Something that must be done as time goes by, by any one of the hubs: a name, an interval, a look
// that writes nothing, and a unit of work. A duty must be right even when two hubs do it at once;
// the lease under its name only saves work. One call at a time; what it remembers between calls is
// read again after a restart.
class Duty {
 public:
  virtual ~Duty() = default;

  // Also the lease's: never changes.
  virtual std::string name() const = 0;
  // From one look to the next.
  virtual absl::Duration interval() const = 0;
  // Whether there is anything to do. Cheap; on a reading connection.
  virtual absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) = 0;
  // Does a page of it. May run again if the engine asks for it.
  virtual absl::Status Run(storage::Transaction& transaction) = 0;
  // Run was committed. True if the next look should come at once.
  virtual bool Done() { return false; }
};

}  // namespace switchboard::upkeep
