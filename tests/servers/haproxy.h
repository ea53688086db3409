#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"
#include "tests/servers/reserved_port.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

struct HaProxyOptions {
  std::vector<std::string> hubs{};  // "127.0.0.1:8443", one each; need not listen yet
  std::string parent_folder{};      // as PostgresOptions
  // A hub that fails two checks in a row gets no more connections; the first good check brings it
  // back. What is open stays open.
  int check_milliseconds = 100;
  // As which address of the loopback it connects to the hubs ("127.0.0.2"), and tells them by the
  // PROXY protocol, version 2, who is behind. Empty: the system's choice, and it tells nothing.
  std::string tells_from{};
};

// A real HAProxy in front of several hubs, on a free port of 127.0.0.1 and in a temporary folder.
// It moves bytes and does not look into them: TLS passes through, so that the hub sees the caller's
// certificate, and every caller has the same address. The check is a TCP connection that is closed
// at once. Hubs take turns; a connection that one refuses goes to the next before the caller
// notices. Ends as PostgresServer does.
//
// Thread-compatible, see ChildProcess.
class HaProxy {
 public:
  // Whether the program is there. Errors: NOT_FOUND, PACKAGE_MISSING, naming Debian's package.
  static absl::Status Available();

  // Returns when it forwards; takes some 50 ms. It takes every hub for up until a check fails.
  // Errors: as Available, ServerFolder and ReservedPort; INTERNAL, SERVER_NOT_STARTED with the end
  // of its log.
  static absl::StatusOr<std::unique_ptr<HaProxy>> Create(HaProxyOptions options);

  HaProxy(const HaProxy&) = delete;
  HaProxy& operator=(const HaProxy&) = delete;

  // "127.0.0.1:<port>", where it listens.
  std::string address() const { return port_.address(); }

  // Which hubs are up in its eyes, in the order given. Errors: UNAVAILABLE, STATE_UNKNOWN.
  absl::StatusOr<std::vector<bool>> Up() const;

  // Refuses new connections, waits up to `milliseconds` for those that are open, then closes them.
  // True if none was left.
  bool Stop(int milliseconds);

  bool Running() { return process_->Running(); }
  absl::Status Ended() const { return process_->Ended("HAProxy"); }  // see ChildProcess

  // SIGKILL.
  void Kill() { process_->Kill(); }

  pid_t pid() const { return process_->pid(); }
  std::string log_file() const { return folder_ / "haproxy.log"; }

 private:
  HaProxy(HaProxyOptions options, ServerFolder folder, ReservedPort port);

  absl::Status Start();
  std::string Configuration() const;
  std::string Ask(const std::string& question) const;

  const HaProxyOptions options_;
  const ServerFolder folder_;
  const ReservedPort port_;
  std::optional<ChildProcess> process_;  // there after Create
};

}  // namespace switchboard::servers
