#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"
#include "tests/servers/server_folder.h"

namespace switchboard::servers {

// A program and whatever it starts, also what it starts as a daemon: all of it is killed, frozen
// and thawed together, and ends with the thread that started it or when the whole process dies.
// A keeper stands above it, a few lines of Python, to which the kernel gives what lost its parent;
// it ends when nothing is left below it. Thread-compatible, see ChildProcess.
class ProcessTree {
 public:
  // Starts it in the folder, as ServerFolder::Start. Errors: as that.
  static absl::StatusOr<ProcessTree> Start(const ServerFolder& folder,
                                           const std::vector<std::string>& command,
                                           const std::string& log);

  ProcessTree(ProcessTree&&) = default;
  ProcessTree& operator=(ProcessTree&& other) noexcept;
  ~ProcessTree() { Kill(); }

  // Whether anything of it is left.
  bool Running() { return keeper_.Running(); }
  // Waits until nothing is, up to `milliseconds`. True if so.
  bool EndsWithin(int milliseconds) { return keeper_.EndsWithin(milliseconds); }
  absl::Status Ended(const std::string& name) const { return keeper_.Ended(name); }
  // Of the program itself; -1 when it has ended.
  pid_t pid() const;

  // SIGSTOP to every process of it; what they would have started meanwhile is frozen too.
  void Freeze() { Stop(); }
  // SIGCONT to all of them.
  void Thaw();
  // SIGKILL to all of them at one moment. Nothing of it is left when this returns.
  void Kill();

 private:
  explicit ProcessTree(ChildProcess keeper) : keeper_(std::move(keeper)) {}
  std::vector<pid_t> Stop();

  ChildProcess keeper_;
};

}  // namespace switchboard::servers
