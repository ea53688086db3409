#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/guard/guarded_connection.h"
#include "hub/guard/poller.h"

namespace switchboard::guard {

// What a pump tells and asks. Called from its thread; must not block.
struct PumpCalls {
  // gRPC's end of a connection, which it owns from now on.
  std::function<void(Socket)> hand_over;
  // Whether what the peer showed still counts. Asked about once a second.
  std::function<Offence(const OpenConnection&)> judge;
  // A connection is no more; kNone: peer or gRPC ended it.
  std::function<void(const OpenConnection&, Offence)> on_end;
};

// One thread that moves the bytes of its connections, taking turns. Thread-safe.
class Pump {
 public:
  // `clock` never steps back and outlives the pump, as `limits` does.
  Pump(const FrameLimits& limits, Clock& clock, PumpCalls calls);
  // Ends its connections without a word.
  ~Pump();

  // Takes over a connection. With an offence it says goodbye at once, and gRPC never hears of it.
  void Give(std::unique_ptr<GuardedConnection> connection, Offence offence);

  // Ends everything and joins the thread. Idempotent.
  void Stop();

 private:
  struct Held;
  struct Given {
    std::unique_ptr<GuardedConnection> connection;
    Offence offence;
  };

  void Run();
  void Begin(Given given, absl::Time now);
  void Note(const Poller::Event& event);
  void Queue(Held& held);
  void ServeQueued(absl::Time now);
  // Asks to be told when gRPC takes bytes, while some wait. False: the system has no memory.
  bool AskForPair(Held& held);
  void DropDrained(absl::Time now);
  void LookAtAll(absl::Time now);
  void NoteEnd(Held& held, Offence offence);
  void End(Held& held, Offence offence, absl::Time now);
  void Drop(Held& held);

  const FrameLimits& limits_;
  Clock& clock_;
  const PumpCalls calls_;
  Poller poller_;
  std::atomic<bool> stopping_ = false;

  // Of the thread.
  PumpBuffers buffers_;
  std::unordered_map<Held*, std::unique_ptr<Held>> all_;
  std::unordered_set<Held*> ending_;
  std::deque<Held*> queue_;
  // Events of this round may still name them.
  std::vector<std::unique_ptr<Held>> dead_;

  Mutex mutex_;
  std::vector<Given> given_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::thread thread_;  // last: uses all of the above
};

}  // namespace switchboard::guard
