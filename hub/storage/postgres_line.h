#pragma once

#include <libpq-fe.h>

#include <string>

#include "hub/base/mutex.h"

namespace switchboard::storage {

// Which primary of a line of them a session has. Each server that takes the place of another begins
// a timeline with a higher number, and the system keeps its name.
struct PostgresLine {
  std::string system;    // identifier that initdb gave; an upgrade gives a new one
  std::string timeline;  // eight hexadecimal digits; empty: not known, or a standby's

  // Whether that is a later primary of the same system.
  bool IsReplacedBy(const PostgresLine& other) const {
    return !timeline.empty() && system == other.system && timeline < other.timeline;
  }
};

// Asks the session's server. Without a timeline when it cannot say or does not within 5 s. Blocks.
// REQUIRES: nothing is under way, no pipeline mode.
PostgresLine LineOf(PGconn* session);

// The latest primary that any connection of the hub has met. One that stood still and goes on does
// not know that another one took its place: what it says until somebody stops it is old.
// Thread-safe.
class LatestPrimary {
 public:
  // A new connection has this one.
  void Meet(const PostgresLine& line);
  bool HasReplaced(const PostgresLine& line) const;

 private:
  mutable Mutex mutex_;
  PostgresLine latest_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::storage
