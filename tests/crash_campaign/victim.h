#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"

namespace switchboard::crash {

// Something that a campaign kills and starts again. Used by one thread, as ChildProcess is.
class Victim {
 public:
  virtual ~Victim() = default;

  virtual const std::string& name() const = 0;

  // Starts it and does not wait for it. REQUIRES: it does not run.
  // Errors: UNAVAILABLE, PROCESS_NOT_STARTED.
  virtual absl::Status Begin() = 0;

  // Whether it does its work by now. Errors: INTERNAL, PROCESS_ENDED: it ended by itself.
  virtual absl::StatusOr<bool> Serving() = 0;

  // SIGKILL. It is gone when this returns.
  virtual void Kill() = 0;

  // SIGTERM, and waits until it has ended. Errors: INTERNAL, PROCESS_ENDED: not by itself, or not
  // with exit code 0.
  virtual absl::Status End() = 0;
};

// A process that writes a file once it serves.
class ProcessVictim final : public Victim {
 public:
  // `command` is asked at every start, with 1, 2, 3 …; its output is appended to `log`.
  ProcessVictim(std::string name, std::function<std::vector<std::string>(int start)> command,
                std::string serving_file, std::string log);

  const std::string& name() const override { return name_; }
  absl::Status Begin() override;
  absl::StatusOr<bool> Serving() override;
  void Kill() override;
  absl::Status End() override;

 private:
  absl::Status Ended() const;

  const std::string name_;
  const std::function<std::vector<std::string>(int)> command_;
  const std::string serving_file_;
  const std::string log_;
  std::optional<servers::ChildProcess> process_;
  int starts_ = 0;
};

}  // namespace switchboard::crash
