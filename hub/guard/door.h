#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/guard/address_budget.h"
#include "hub/guard/address_range.h"
#include "hub/guard/poller.h"
#include "hub/guard/refusals.h"
#include "hub/guard/socket.h"
#include "hub/guard/tls_session.h"

namespace switchboard::guard {

struct DoorOptions {
  // Connections whose handshake is not over; the oldest makes room.
  int half_open_max = 500;
  // From the first byte that could come to the end of the handshake.
  absl::Duration handshake_max = absl::Seconds(5);
  // New connections of one address (IPv6: of one /64). A handshake costs about 2 ms of CPU. 0 per
  // second: no limit.
  Rate per_address = {64, 256};
  // Who speaks the PROXY protocol (proxy_header.h), and must; everybody else must not.
  std::vector<AddressRange> proxies;
};

// What a door asks and tells, from its thread; must not block.
struct DoorCalls {
  // With what the next handshake is made.
  std::function<std::shared_ptr<const TlsContext>()> context;
  // A handshake is over; the address is the peer's true one, as far as a proxy told it.
  std::function<void(Socket, std::unique_ptr<TlsSession>, std::string address)> admit;
};

// Where handshakes are made: on a thread of its own and of a lower priority, so that strangers
// never stand before the bytes of those who are in, nor take the core that these need. Thread-safe.
class Door {
 public:
  // `refusals` and `clock`, which never steps back, outlive the door.
  Door(DoorOptions options, RefusalTally& refusals, Clock& clock, DoorCalls calls);
  ~Door();

  // Takes over a connection that was accepted from `address`: a non-blocking socket.
  void Give(Socket socket, std::string address);

  // Closes what is half open and joins the thread; what is given later is closed. Idempotent.
  void Stop();

  int half_open() const { return half_open_; }

 private:
  struct Guest;
  using Guests = std::list<std::unique_ptr<Guest>>;  // from the oldest

  void Run();
  void Begin(Socket socket, std::string address, absl::Time now);
  void Serve(Guest& guest);
  // The header of a proxy, as far as it came. False: it is not whole, or was refused.
  bool TakeProxyHeader(Guest& guest, std::string_view& bytes);
  void Handshake(Guest& guest, std::string_view bytes);
  // Sends what TLS wants sent. False: the socket takes it no more.
  static bool Send(Guest& guest);
  // False, and the guest is gone, when its address comes too often.
  bool Welcome(Guest& guest);
  void Refuse(Guest& guest, RefusalReason reason);
  void Drop(Guest& guest);
  void DropLate(absl::Time now);

  const DoorOptions options_;
  RefusalTally& refusals_;
  Clock& clock_;
  const DoorCalls calls_;
  Poller poller_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> half_open_ = 0;

  // Of the thread.
  AddressBudget budget_;
  Guests guests_;
  Guests dead_;  // events of this round may still name them
  std::vector<char> bytes_;

  struct Given {
    Socket socket;
    std::string address;
  };
  Mutex mutex_;
  std::vector<Given> given_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::thread thread_;  // last: uses all of the above
};

}  // namespace switchboard::guard
