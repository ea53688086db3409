#pragma once

#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/mutex.h"

namespace switchboard::edge {

// One call as the end of the server sees it.
class Call {
 public:
  // The hub shuts down: takes nothing more, and ends as soon as what it took is answered.
  virtual void Drain() = 0;
  // The time for that is over: ends now. What was begun may still become durable.
  virtual void End() = 0;

 protected:
  ~Call() = default;
};

// The calls under way. gRPC keeps such a list too, but lets nobody end them with a reason, and when
// it shuts down waits for connections that nobody uses any more. Thread-safe.
class Calls {
 public:
  // A call begins; false once the hub shuts down: it must end with ShuttingDown() and does not
  // leave. It may be told to drain before this returns.
  bool Enter(Call* call);
  // It is over, and gone once this returns.
  void Leave(Call* call);

  // Drains every call. None enters any more.
  void BeginShutdown();
  // True once the last one has left, at most until `timeout` is over.
  bool WaitUntilOver(absl::Duration timeout);
  // Ends what is left.
  void EndAll();
  // Returns once no call has come for a while, at most after `timeout`: refused peers have heard so
  // and gone elsewhere.
  void WaitUntilQuiet(absl::Duration timeout);

 private:
  Mutex mutex_;  // taken before a call's own
  CondVar over_;
  std::set<Call*> calls_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool shutting_down_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  int64_t refused_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;  // since the shutdown began
};

// UNAVAILABLE, SHUTTING_DOWN.
absl::Status ShuttingDown();

}  // namespace switchboard::edge
