#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "hub/audit/finding.h"
#include "hub/audit/log_source.h"
#include "hub/audit/note.h"
#include "hub/audit/row_check.h"
#include "switchboard/v1/audit.pb.h"

// The whole log, recomputed and held against what was noted of it, and the rows of all tables
// against the log. Pure, apart from its source.

namespace switchboard::audit {

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
  // Whether the rows of all tables are to be judged as well, see row_check.h, and how much memory
  // what the log says of them may take; where that is not enough, the log is read again.
  bool rows = true;
  size_t memory_bytes = size_t{256} << 20;
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
  RowReport rows;
  std::vector<VerifierKey> keys;  // that were believed
  // Empty: everything fits, and is as noted.
  std::vector<Finding> findings;
};

// Reads all chains in the order of the tree, then what is no leaf yet, then the rows; these only
// where no chain is broken. `progress` is told of entries and events after every page, and anew
// from none where the log is read again. Errors: those of the source; INVALID_ARGUMENT, KEY_INVALID
// where the log's own key is none and no other was given; DATA_LOSS, ANSWER_MALFORMED for rows that
// are none, AUDIT_BROKEN where the log is altered between two readings.
absl::StatusOr<LogReport> CheckLog(
    LogSource& source, LogCheckOptions options,
    absl::FunctionRef<void(int64_t entries, int64_t events)> progress);

}  // namespace switchboard::audit
