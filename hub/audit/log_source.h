#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "switchboard/v1/audit_rows.pb.h"
#include "switchboard/v1/operator_audit.pb.h"
#include "switchboard/v1/operator_records.pb.h"

namespace switchboard::audit {

// A log as a hub answers (OperatorService); it may grow while it is read.
class LogSource {
 public:
  virtual ~LogSource() = default;

  // Ranges of the tree from leaf `after` on, as ReadAuditTree.
  virtual absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) = 0;
  // Entries of a chain, as ReadAudit; asked for in the order of each chain, with `stored`. What is
  // asked behind the end of a chain, or behind an answer of Rows, is read anew.
  virtual absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) = 0;
  // As ListCheckpoints.
  virtual absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) = 0;
  // Digests of a table's rows as they are now, as DigestRows.
  virtual absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) = 0;
};

}  // namespace switchboard::audit
