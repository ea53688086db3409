#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/guard/accept_loop.h"
#include "hub/guard/connection_book.h"
#include "hub/guard/door.h"
#include "hub/guard/frame_limits.h"
#include "hub/guard/pump.h"
#include "hub/guard/refusals.h"
#include "hub/identity/peer_trust.h"
#include "hub/identity/tls_directory.h"

namespace switchboard::guard {

struct GuardOptions {
  AcceptOptions accept;
  DoorOptions door;
  FrameLimits frames;
  // SPIFFE trust domain of every peer.
  std::string trust_domain;
  // Threads that move bytes, at least 1.
  int pumps = 2;
};

// What a guard tells, from its threads; must not block.
struct GuardCalls {
  // A verified certificate that is nobody's, and why.
  std::function<void(const absl::Status&)> on_nameless;
  // A connection that was let in was ended from this side.
  std::function<void(const OpenConnection&, Offence)> on_offence;
};

// What stands before gRPC: accepts connections, ends TLS, bounds what a peer may send whatever it
// acknowledges, and hands gRPC plain HTTP/2 over a pair of sockets whose name says who it is
// (ConnectionBook). It is there because gRPC 1.51, the version that Debian keeps, stops listening
// for good when accept fails (CVE-2023-4785), and applies its limits only as far as a peer has
// acknowledged them. Knows no gRPC.
//
// In this order: Bind, Start once gRPC serves, StopAccepting, the shutdown of gRPC, whose last
// words still pass, destruction. Thread-safe.
class Guard {
 public:
  // Binds the address. `tls`, `trust`, `book`, `refusals` and the clocks outlive the guard;
  // `steady_clock` never steps back. Errors: as AcceptLoop::Bind and TlsContext::Make.
  static absl::StatusOr<std::unique_ptr<Guard>> Bind(GuardOptions options,
                                                     const identity::TlsDirectory& tls,
                                                     identity::PeerTrust& trust,
                                                     ConnectionBook& book, RefusalTally& refusals,
                                                     Clock& clock, Clock& steady_clock,
                                                     GuardCalls calls);
  ~Guard();

  int port() const { return accept_->port(); }
  int64_t accepted() const { return accept_->accepted(); }
  int half_open() const { return door_ == nullptr ? 0 : door_->half_open(); }

  // Begins to accept. `hand_over` owns what it gets: gRPC's end of each connection.
  void Start(std::function<void(int descriptor)> hand_over);
  // Accepts no more, and ends handshakes under way. Live connections stay. Idempotent.
  void StopAccepting();

 private:
  Guard(GuardOptions options, const identity::TlsDirectory& tls, identity::PeerTrust& trust,
        ConnectionBook& book, RefusalTally& refusals, Clock& clock, Clock& steady_clock,
        GuardCalls calls, std::unique_ptr<AcceptLoop> accept);

  // That of the material which is live now.
  std::shared_ptr<const TlsContext> Context();
  absl::Status RenewContext();
  void Admit(Socket socket, std::unique_ptr<TlsSession> tls, std::string address);
  void CloseEnded(const OpenConnection& connection, Offence offence);

  const GuardOptions options_;
  const identity::TlsDirectory& tls_;
  identity::PeerTrust& trust_;
  ConnectionBook& book_;
  RefusalTally& refusals_;
  Clock& clock_;
  Clock& steady_clock_;
  const GuardCalls calls_;
  const std::unique_ptr<AcceptLoop> accept_;

  Mutex mutex_;
  std::shared_ptr<const TlsContext> context_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t context_generation_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;

  std::vector<std::unique_ptr<Pump>> pumps_;
  size_t turn_ = 0;             // of the door's thread: which pump is next
  std::unique_ptr<Door> door_;  // uses the pumps
};

}  // namespace switchboard::guard
