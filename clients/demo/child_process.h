#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace switchboard::demo {

// A process that this one started. It dies with its parent, whatever becomes of that, and is ended
// when the object goes. Ends nothing but its own pid. Start and keep all of them in one thread: the
// kernel ties the child to the thread that started it.
class ChildProcess {
 public:
  // Runs `command` (path of the program first), stdout and stderr appended to `log`.
  // Errors: UNAVAILABLE, PROCESS_NOT_STARTED.
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& command,
                                            const std::string& log);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  // False once it has ended; `exit_text` then says how.
  bool Running();
  const std::string& exit_text() const { return exit_text_; }

  // SIGKILL, and waits until it is gone.
  void Kill();

  // SIGTERM, waits up to `milliseconds`, then Kill. True if it ended by itself with exit code 0.
  bool Stop(int milliseconds);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  void Reap(int options);

  pid_t pid_ = -1;  // -1: ended, or moved away
  int exit_code_ = -1;
  std::string exit_text_;
};

}  // namespace switchboard::demo
