#pragma once

#include <memory>
#include <string>
#include <utility>

#include "hub/audit/entry_seal.h"
#include "hub/audit/log_signer.h"
#include "hub/audit/log_source.h"
#include "hub/base/error.h"
#include "hub/base/secret.h"
#include "hub/reports/audit_reading.h"
#include "hub/reports/audit_tree.h"
#include "hub/reports/row_digests.h"
#include "hub/storage/row_key.h"

namespace switchboard::testing {

// The log as it lies in a database, answered as a hub does, without one: on a connection that may
// be in the midst of a transaction.
class StoredLog final : public audit::LogSource {
 public:
  // `connection` outlives it; `sealer` need not.
  StoredLog(storage::Connection& connection, const storage::Sealer& sealer, std::string origin)
      : connection_(connection),
        signer_(sealer, std::move(origin)),
        seal_(sealer),
        row_key_(storage::RowKey(sealer)) {}

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
    v1::ReadAuditTreeRequest request;
    request.set_after(after);
    return reports::ReadAuditTree(connection_, signer_, request);
  }
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    return reports::ReadAudit(connection_, seal_, request);
  }
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
    v1::ListCheckpointsRequest request;
    request.set_after_size(after_size);
    return reports::ListCheckpoints(connection_, signer_, request);
  }
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
    return reports::DigestRows(connection_, row_key_.view(), request);
  }

 private:
  storage::Connection& connection_;
  const audit::LogSigner signer_;
  const audit::EntrySeal seal_;
  const Secret row_key_;
};

}  // namespace switchboard::testing
