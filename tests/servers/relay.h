#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "hub/base/mutex.h"

namespace switchboard::servers {

// A wire between clients and a server that the test cuts, freezes and mends: what a server that
// dies, or vanishes without a word, looks like from outside. A place is the path of a Unix socket,
// which stays the test's own while nobody serves there, or "127.0.0.1:<port>", for what takes no
// paths; reserve the port of `place` then (reserved_port.h). Thread-safe.
class Relay {
 public:
  // Passes on between `place`, where it begins to listen, and the server at `target`.
  Relay(std::string place, std::string target);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // As gRPC takes it.
  std::string address() const { return (place_.front() == '/' ? "unix:" : "") + place_; }

  // Each of these holds when it returns.
  // Ends all connections, and every new one as soon as it is there.
  void Cut() { Change(Mode::kCut); }
  // Passes nothing on any more and ends nothing; nobody is turned away.
  void Freeze() { Change(Mode::kFrozen); }
  // Passes on again, what came while it was frozen first.
  void Mend() { Change(Mode::kMended); }

  // New connections lead to the server at this place; those that are open stay. What a proxy does.
  void LeadTo(const std::string& target);

  // New connections that it ended while it was cut.
  int refused();
  // Waits until these are `count`; false after two minutes.
  bool HasRefused(int count);
  // How often clients have sent something, as it reads them.
  int heard();
  // Waits until that is `count`; false after two minutes.
  bool HasHeard(int count);

 private:
  enum class Mode { kMended, kCut, kFrozen };
  struct Link {
    int ends[2];          // the client's and the server's
    std::string rest[2];  // read from the other end and still to be written to this one
  };

  void Change(Mode mode);
  void Loop();
  void Accept(Mode mode);
  bool Pass(Link& link, const short (&events)[2]);

  const std::string place_;
  int listener_ = -1;
  int wake_ = -1;            // an eventfd
  std::vector<Link> links_;  // of the thread
  Mutex mutex_;
  CondVar changed_;
  std::deque<Mode> wanted_
      SWITCHBOARD_GUARDED_BY(mutex_);                   // in the order in which they were asked for
  int64_t applied_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;  // how many were done
  std::string target_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  int refused_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  int heard_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace switchboard::servers
