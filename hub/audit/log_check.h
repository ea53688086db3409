#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "hub/audit/finding.h"
#include "hub/audit/note.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/operator_audit.pb.h"
#include "switchboard/v1/operator_records.pb.h"

// The whole log, recomputed and held against what was noted of it. Pure, apart from its source.

namespace switchboard::audit {

// A log as a hub answers (OperatorService); it may grow while it is read.
class LogSource {
 public:
  virtual ~LogSource() = default;

  // Ranges of the tree from leaf `after` on, as ReadAuditTree.
  virtual absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) = 0;
  // Entries of a chain, as ReadAudit; asked for in the order of each chain, with `stored`.
  virtual absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) = 0;
  // As ListCheckpoints.
  virtual absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) = 0;
};

struct NotedCheckpoint {
  std::string source;  // where it lay: the name of a file
  std::string note;    // as it was signed
};

struct LogCheckOptions {
  std::vector<v1::AuditHead> heads;
  std::vector<NotedCheckpoint> checkpoints;
  // Keys that checkpoints are believed from. Empty: the one that the log says is its own, which
  // who makes up a whole log has as well.
  std::vector<VerifierKey> keys;
};

struct LogReport {
  struct Chain {
    std::string chain_id;
    int64_t entries = 0;  // that verify
    int64_t events = 0;
    std::string head;            // hash of the last of them
    int64_t commit_time_us = 0;  // of the last one read; 0: none
    std::string problem;         // why it does not go on; empty: it ends there
  };

  std::vector<Chain> chains;  // by id
  int64_t entries = 0;
  int64_t events = 0;
  std::string origin;       // the log's name
  int64_t tree_size = 0;    // leaves that the log says there are
  int64_t leaves = 0;       // of these, recomputed
  int64_t checkpoints = 0;  // that the log keeps
  int64_t noted_heads = 0;
  int64_t heads_not_as_noted = 0;
  int64_t heads_lost = 0;  // by a restore
  int64_t noted_checkpoints = 0;
  int64_t checkpoints_as_noted = 0;
  std::vector<VerifierKey> keys;  // that were believed
  // Empty: everything fits, and is as noted.
  std::vector<Finding> findings;
};

// Reads all chains in the order of the tree, then what is no leaf yet. `progress` is told of
// entries and events after every page. Errors: those of the source; INVALID_ARGUMENT, KEY_INVALID
// where the log's own key is none and no other was given.
absl::StatusOr<LogReport> CheckLog(
    LogSource& source, LogCheckOptions options,
    absl::FunctionRef<void(int64_t entries, int64_t events)> progress);

}  // namespace switchboard::audit
