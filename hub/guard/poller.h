#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "absl/time/time.h"
#include "hub/guard/socket.h"

namespace switchboard::guard {

// Which of many descriptors can be read or written: epoll(7), edge-triggered, so that each event is
// told once; and a way to wake who waits. Wake is thread-safe; the rest is the thread's that waits.
class Poller {
 public:
  // Which descriptor of its owner an event is of.
  enum class Side { kFirst = 0, kSecond = 1 };
  struct Event {
    void* owner;
    Side side;
    bool readable;  // or ended
    bool writable;
    bool ended;  // the other side sends no more
  };

  // Ends the process when the system has no descriptor left: at the start of a hub only.
  Poller();

  // From now on, until it is closed. `owner` is aligned to 2 bytes or more. Whether it can be
  // written is told of the first side of an owner; of the second, while AskWritable wants it.
  // False: the system has no memory.
  bool Add(int descriptor, void* owner, Side side);
  // A TCP socket tells that it can be written only to who was refused before; a socket of the unix
  // family whenever its peer has read something, which nobody wants to hear who has nothing to say.
  // Tells at once what is so already. False as Add.
  bool AskWritable(int descriptor, void* owner, bool wanted);
  void Remove(int descriptor);

  // Waits until something happens, Wake is called or `timeout` is over.
  std::span<const Event> Wait(absl::Duration timeout);
  void Wake();

 private:
  static constexpr size_t kEventsMax = 256;

  bool Control(int operation, int descriptor, void* owner, Side side, bool writable);

  Socket epoll_;
  Socket wake_;  // an eventfd
  std::array<epoll_event, kEventsMax> told_;
  std::array<Event, kEventsMax> events_;
};

}  // namespace switchboard::guard
