#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/identity/address_budget.h"

namespace switchboard::identity {

// Why a connection was closed before TLS began.
enum class RefusalReason {
  // Too many descriptors are open in the process.
  kDescriptorsMax,
  // The address opens connections too fast.
  kAddressRate,
  // The system had no descriptor or memory left; connections wait until it has.
  kSystemExhausted,
};
inline constexpr int kRefusalReasons = 3;

// "too many open descriptors", …
std::string_view RefusalText(RefusalReason reason);

// Refusals of one kind since the last report: at most one report a second and kind, so that a flood
// of connections is no flood of log lines.
struct Refusals {
  RefusalReason reason;
  std::string address;  // of the newest, "192.0.2.7"; empty with kSystemExhausted
  int64_t count = 0;
};

struct AcceptOptions {
  // "host:port"; port 0 for a free one: "0.0.0.0:8443", "[::]:8443", "127.0.0.1:0".
  std::string address;
  // A connection whose descriptor would be this number or higher is refused. POSIX hands out the
  // lowest free number, so all below it are then in use: an exact count of the process's open
  // descriptors for nothing, whoever closes them. 0: three quarters of RLIMIT_NOFILE, the rest is
  // for database and files.
  int descriptors_max = 0;
  // New connections per address (IPv6: per /64). A handshake costs about 2 ms of CPU, and one that
  // stalls holds a descriptor for the handshake timeout. 0 per second: no limit.
  double connections_per_second_per_address = 64;
  int connection_burst_per_address = 256;
  // Called from the accepting thread.
  std::function<void(const Refusals&)> on_refused;
};

// Accepts TCP connections and hands them over, for ever.
//
// Why not gRPC's own listener: CVE-2023-4785. In gRPC 1.51 one failed accept4(), for instance
// EMFILE while all descriptors are in use, ends that listener for good: the process looks healthy,
// live streams go on, and nobody can connect any more. A hundred idle TCP connections suffice, no
// certificate is needed, and Debian 12 and 13 ship this version without a fix. This loop takes any
// accept error for passing: it waits 10 ms, then twice as long up to 1 s, and tries again; waiting
// connections stay in the backlog.
//
// Thread-safe. Owns a thread between Start and Stop.
class AcceptLoop {
 public:
  // Binds and listens; connections wait in the backlog until Start.
  // Errors: INVALID_ARGUMENT, ADDRESS_INVALID; UNAVAILABLE, ADDRESS_UNUSABLE (taken, not ours, not
  // allowed).
  static absl::StatusOr<std::unique_ptr<AcceptLoop>> Bind(AcceptOptions options, Clock& clock);

  ~AcceptLoop();
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;

  // The port bound.
  int port() const { return port_; }

  // Starts the thread, once. `hand_over` gets each connection: a non-blocking socket with
  // TCP_NODELAY that it owns from then on.
  void Start(std::function<void(int descriptor)> hand_over);

  // Closes the listening socket and joins the thread. Idempotent. After it hand_over is not called
  // again.
  void Stop();

  // Counted since Bind.
  int64_t accepted() const { return accepted_.load(); }
  int64_t refused(RefusalReason reason) const {
    return refused_[static_cast<size_t>(reason)].load();
  }

 private:
  AcceptLoop(AcceptOptions options, int listening, int stopping, int port, Clock& clock);

  void Run();
  // Accepts until nobody waits. False when the system is exhausted.
  bool AcceptWaiting();
  void Take(int descriptor, const std::string& address);
  void Refuse(RefusalReason reason, const std::string& address);

  const AcceptOptions options_;
  const int listening_;  // descriptor
  const int stopping_;   // eventfd, readable once Stop was called
  const int port_;
  Clock& clock_;
  AddressBudget budget_;  // of the thread
  std::function<void(int)> hand_over_;
  std::thread thread_;
  bool stopped_ = false;  // of the caller: Stop is not called concurrently with itself

  struct Unreported {
    int64_t count = 0;
    absl::Time last_report = absl::InfinitePast();
  };
  std::array<Unreported, kRefusalReasons> unreported_;  // of the thread
  std::atomic<int64_t> accepted_ = 0;
  std::array<std::atomic<int64_t>, kRefusalReasons> refused_ = {};
};

}  // namespace switchboard::identity
