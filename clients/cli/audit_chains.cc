#include "clients/cli/audit_chains.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/text_files.h"
#include "clients/text_table.h"
#include "hub/audit/heads.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

constexpr int kEntriesPage = 1000;
constexpr char kCheckpointSuffix[] = ".checkpoint";

// A file itself; of a folder, the checkpoints in it.
absl::StatusOr<std::vector<std::string>> CheckpointFiles(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (auto entry = std::filesystem::directory_iterator(path, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == kCheckpointSuffix) files.push_back(entry->path().string());
  }
  if (error)
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": " + error.message());
  if (files.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "CHECKPOINTS_MISSING",
                 path + ": no file in it ends in " + kCheckpointSuffix + ", so it proves nothing");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ChainIds(HubCalls& hub) {
  v1::ReadAuditRequest request;
  request.set_max_entries(1);
  ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ReadAuditResponse>(request));
  return std::vector<std::string>(page.chain_ids().begin(), page.chain_ids().end());
}

absl::Status CheckChain(HubCalls& hub, const std::string& chain_id) {
  ASSIGN_OR_RETURN(const auto chains, ChainIds(hub));
  if (std::find(chains.begin(), chains.end(), chain_id) != chains.end()) return absl::OkStatus();
  return Error(absl::StatusCode::kNotFound, "CHAIN_UNKNOWN",
               absl::StrCat("there is no chain ", chain_id, "; there ",
                            chains.empty() ? "is none" : "are: ", absl::StrJoin(chains, ", ")));
}

absl::Status ForEachEntry(Session& session, HubCalls& hub, const std::string& chain_id,
                          int64_t after,
                          absl::FunctionRef<absl::Status(const v1::AuditEntry&)> visit) {
  v1::ReadAuditRequest request;
  request.set_chain_id(chain_id);
  request.set_after(after);
  request.set_max_entries(kEntriesPage);
  while (true) {
    ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ReadAuditResponse>(request));
    if (page.entries().empty()) return absl::OkStatus();
    for (const v1::AuditEntry& entry : page.entries()) RETURN_IF_ERROR(visit(entry));
    // An entry that is not the one asked for is the verifier's to report; here it must not loop.
    const int64_t last = page.entries().rbegin()->sequence();
    if (last <= request.after()) {
      return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                   absl::StrCat("chain ", chain_id, ": entries do not grow after ", last));
    }
    request.set_after(last);
    session.progress.Update(
        absl::StrCat("chain ", chain_id, ": ", WithCommas(last), " entries read"));
  }
}

absl::StatusOr<std::vector<v1::AuditHead>> NotedHeads(const std::string& file) {
  if (file.empty()) return std::vector<v1::AuditHead>();
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file));
  auto heads = audit::ReadHeads(text);
  return heads.ok() ? heads : Annotate(heads.status(), file);
}

absl::StatusOr<std::vector<audit::NotedCheckpoint>> NotedCheckpoints(
    const std::vector<std::string>& paths) {
  std::vector<audit::NotedCheckpoint> noted;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const auto files, CheckpointFiles(path));
    for (const std::string& file : files) {
      ASSIGN_OR_RETURN(std::string note, ReadTextFile(file));
      noted.push_back({file, std::move(note)});
    }
  }
  return noted;
}

absl::StatusOr<std::vector<audit::VerifierKey>> NotedKeys(const std::string& file) {
  if (file.empty()) return std::vector<audit::VerifierKey>();
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file));
  auto keys = audit::ParseVerifierKeys(text);
  return keys.ok() ? keys : Annotate(keys.status(), file);
}

}  // namespace switchboard::cli
