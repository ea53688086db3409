#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/evidence/work_folder.h"
#include "tests/servers/child_process.h"
#include "tests/servers/reserved_port.h"

namespace switchboard::demo {

// The hubs of a run, each a process on a port that stays its own. They end with the object. Keep it
// in one thread, see ChildProcess.
class HubProcesses {
 public:
  // `count` hubs, "hub-1" and so on, of which none runs yet. `program` is switchboardd;
  // `postgres_url` is empty for a SQLite file, which takes one hub. All go by the clock of `day`.
  // `folder` outlives this.
  // Errors: UNAVAILABLE, PORT_UNAVAILABLE, FILE_NOT_WRITTEN.
  static absl::StatusOr<HubProcesses> Make(const WorkFolder& folder, const std::string& program,
                                           int count, const std::string& postgres_url,
                                           const Rehearsal& day);

  size_t size() const { return hubs_.size(); }
  const std::string& id(size_t hub) const { return hubs_[hub].id; }
  pid_t pid(size_t hub) const { return hubs_[hub].process->pid(); }
  std::vector<std::string> addresses() const;  // "127.0.0.1:port", in order

  // Starts one that does not run, and does not wait for it. Errors: as ChildProcess.
  absl::Status Begin(size_t hub);

  // Until one that was begun listens. Errors: INTERNAL, PROCESS_ENDED; DEADLINE_EXCEEDED,
  // NO_PROGRESS after a minute; ABORTED, INTERRUPTED.
  absl::Status AwaitListening(size_t hub);

  // The vendors that have a stream at one that listens, by its own metrics: at most a tick, 100 ms,
  // late. Errors: UNAVAILABLE, PAGE_UNREADABLE.
  absl::StatusOr<std::set<std::string>> StreamingAt(size_t hub) const;

  // SIGKILL. Until Begin it counts as one that need not run.
  void Kill(size_t hub);

  // Errors: INTERNAL, PROCESS_ENDED when one ended by itself.
  absl::Status CheckAlive();

  // SIGTERM to one after the other. Errors: INTERNAL, PROCESS_ENDED when one did not end well.
  absl::Status Stop();

 private:
  struct Hub {
    std::string id;
    servers::ReservedPort port;
    std::optional<servers::ChildProcess> process;  // nothing: not begun, or killed
  };

  HubProcesses(const WorkFolder& folder, std::string program)
      : folder_(folder), program_(std::move(program)) {}

  const WorkFolder& folder_;
  std::string program_;
  std::vector<Hub> hubs_;
};

}  // namespace switchboard::demo
