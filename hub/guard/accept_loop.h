#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/guard/refusals.h"
#include "hub/guard/socket.h"

namespace switchboard::guard {

struct AcceptOptions {
  // "host:port"; port 0 for a free one: "0.0.0.0:8443", "[::]:8443", "127.0.0.1:0".
  std::string address;
  // A connection whose descriptor would be this number or higher is refused. POSIX hands out the
  // lowest free number, so all below it are then in use: an exact count of the process's open
  // descriptors for nothing, whoever closes them. 0: three quarters of RLIMIT_NOFILE, the rest is
  // for database and files.
  int descriptors_max = 0;
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
  // Binds and listens; connections wait in the backlog until Start. `refusals` outlives the loop.
  // Errors: INVALID_ARGUMENT, ADDRESS_INVALID; UNAVAILABLE, ADDRESS_UNUSABLE (taken, not ours, not
  // allowed).
  static absl::StatusOr<std::unique_ptr<AcceptLoop>> Bind(AcceptOptions options,
                                                          RefusalTally& refusals);

  ~AcceptLoop();
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;

  // The port bound.
  int port() const { return port_; }

  // Starts the thread, once. `hand_over` gets each connection, a non-blocking socket with
  // TCP_NODELAY, and the address that it came from: "192.0.2.7".
  void Start(std::function<void(Socket, std::string address)> hand_over);

  // Closes the listening socket and joins the thread. Idempotent. After it hand_over is not called
  // again.
  void Stop();

  // Handed over since Bind.
  int64_t accepted() const { return accepted_.load(); }

 private:
  AcceptLoop(const AcceptOptions& options, Socket listening, Socket stopping, int port,
             RefusalTally& refusals);

  void Run();
  // Accepts until nobody waits. False when the system is exhausted.
  bool AcceptWaiting();
  void Take(Socket socket, std::string address);

  const AcceptOptions options_;
  Socket listening_;
  const Socket stopping_;  // eventfd, readable once Stop was called
  const int port_;
  RefusalTally& refusals_;
  std::function<void(Socket, std::string)> hand_over_;
  std::thread thread_;
  bool stopped_ = false;  // of the caller: Stop is not called concurrently with itself

  std::atomic<int64_t> accepted_ = 0;
};

}  // namespace switchboard::guard
