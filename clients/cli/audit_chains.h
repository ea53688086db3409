#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "hub/audit/log_check.h"
#include "hub/audit/note.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {

// All audit chains there are, by id.
absl::StatusOr<std::vector<std::string>> ChainIds(HubCalls& hub);

// OK if there is such a chain. Errors: NOT_FOUND, CHAIN_UNKNOWN, naming those there are.
absl::Status CheckChain(HubCalls& hub, const std::string& chain_id);

// Visits a chain's entries behind `after` in order; a status that `visit` returns ends it. Errors:
// DATA_LOSS, AUDIT_BROKEN for entries that do not grow.
absl::Status ForEachEntry(Session& session, HubCalls& hub, const std::string& chain_id,
                          int64_t after,
                          absl::FunctionRef<absl::Status(const v1::AuditEntry&)> visit);

// The heads that a file notes; none without a file. Errors: those of ReadTextFile and
// audit::ReadHeads, naming the file.
absl::StatusOr<std::vector<v1::AuditHead>> NotedHeads(const std::string& file);

// The checkpoints that files hold, and those in folders: all files there that end in ".checkpoint",
// by name. Errors: those of ReadTextFile; INVALID_ARGUMENT, CHECKPOINTS_MISSING for a folder that
// has none.
absl::StatusOr<std::vector<audit::NotedCheckpoint>> NotedCheckpoints(
    const std::vector<std::string>& paths);

// The keys that a file notes; none without a file. Errors: those of ReadTextFile and
// audit::ParseVerifierKeys, naming the file.
absl::StatusOr<std::vector<audit::VerifierKey>> NotedKeys(const std::string& file);

}  // namespace switchboard::cli
