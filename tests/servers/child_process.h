#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::servers {

struct ProcessOptions {
  std::string log{};                       // stdout and stderr are appended to this file
  std::string user{};                      // whom it runs as, if we are root; empty: as we do
  std::string folder{};                    // where it runs; empty: where we do
  std::vector<std::string> environment{};  // "NAME=value"; empty: ours
  int end_with_parent = SIGKILL;           // what it gets when the thread that started it is gone
};

// The processes whose parent is this one, as they are at this moment.
std::vector<pid_t> ChildrenOf(pid_t parent);

// The last 2,000 bytes of a file; of one that cannot be read, nothing.
std::string EndOfFile(const std::string& path);

// A process that this one started. It dies with its parent, whatever becomes of that, and is ended
// when the object goes. Ends nothing but its own pid and, where it says so, that one's children.
// Start and keep all of them in one thread: the kernel ties the child to the thread that started
// it.
class ChildProcess {
 public:
  // Runs `command` (path of the program first). Errors: UNAVAILABLE, PROCESS_NOT_STARTED. A program
  // that cannot be run ends with exit code 127.
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& command,
                                            const ProcessOptions& options);
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& command,
                                            const std::string& log);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // -1 once it has ended.
  pid_t pid() const { return pid_; }

  // False once it has ended; `exit_text` then says how.
  bool Running();
  const std::string& exit_text() const { return exit_text_; }
  int exit_code() const { return exit_code_; }  // -1: runs, or ended by a signal
  // INTERNAL, PROCESS_ENDED: `name` ended, how, and what it wrote last; folders of logs often go
  // before anybody has looked into them.
  absl::Status Ended(const std::string& name) const;

  // Waits until it has ended, up to `milliseconds`. True if it has.
  bool EndsWithin(int milliseconds);

  // SIGKILL, and waits until it is gone.
  void Kill();

  // SIGKILL to it and to all its children at one moment, so that it can start no more of them and
  // none outlives it. Returns when all are gone. Grandchildren are not looked for.
  void KillWithChildren();

  // Sends `signal`, waits up to `milliseconds`, then Kill. True if it ended by itself with exit
  // code 0.
  bool Stop(int milliseconds, int signal = SIGTERM);

 private:
  ChildProcess(pid_t pid, std::string log) : pid_(pid), log_(std::move(log)) {}
  void Reap(int options);

  pid_t pid_ = -1;  // -1: ended, or moved away
  std::string log_;
  int exit_code_ = -1;
  std::string exit_text_;
};

}  // namespace switchboard::servers
