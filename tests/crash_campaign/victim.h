#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"
#include "tests/servers/postgres_pair.h"
#include "tests/servers/postgres_server.h"

namespace switchboard::crash {

// Something that a campaign kills and starts again. Used by one thread, as ChildProcess is.
class Victim {
 public:
  virtual ~Victim() = default;

  virtual const std::string& name() const = 0;
  // -1: it does not run, or is more than one process.
  virtual pid_t pid() const { return -1; }

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
  pid_t pid() const override { return process_.has_value() ? process_->pid() : -1; }
  absl::Status Begin() override;
  absl::StatusOr<bool> Serving() override;
  void Kill() override;
  absl::Status End() override;

 private:
  const std::string name_;
  const std::function<std::vector<std::string>(int)> command_;
  const std::string serving_file_;
  const std::string log_;
  std::optional<servers::ChildProcess> process_;
  int starts_ = 0;
};

// The database server behind the hub, killed with all its processes at one moment. Runs already.
class DatabaseVictim final : public Victim {
 public:
  // `server` outlives it.
  explicit DatabaseVictim(servers::PostgresServer& server) : server_(server) {}

  const std::string& name() const override { return name_; }
  // Returns once it serves: the hub would not start without it.
  absl::Status Begin() override;
  absl::StatusOr<bool> Serving() override;
  void Kill() override { server_.Kill(); }
  // Leaves it to its owner.
  absl::Status End() override { return absl::OkStatus(); }

 private:
  const std::string name_ = "database";
  servers::PostgresServer& server_;
};

// The primary of two servers, killed in the same way. The standby takes its place, and the other
// one comes back behind it. Runs already.
class PrimaryVictim final : public Victim {
 public:
  // `pair` outlives it.
  explicit PrimaryVictim(servers::PostgresPair& pair) : pair_(pair) {}

  const std::string& name() const override { return name_; }
  // Returns once commits are on both servers again. Errors: as PostgresPair.
  absl::Status Begin() override;
  absl::StatusOr<bool> Serving() override;
  void Kill() override { pair_.primary().Kill(); }
  // Leaves it to its owner.
  absl::Status End() override { return absl::OkStatus(); }

 private:
  const std::string name_ = "primary";
  servers::PostgresPair& pair_;
};

}  // namespace switchboard::crash
