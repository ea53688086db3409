#include "hub/reports/audit_reading.h"

#include <algorithm>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::reports {
namespace {

constexpr int kEntriesDefault = 100;
// Keeps an answer below the 4 MiB that clients take by default.
constexpr size_t kBytesMax = 2 * 1024 * 1024;

}  // namespace

absl::StatusOr<v1::ReadAuditResponse> ReadAudit(storage::Connection& reader,
                                                const v1::ReadAuditRequest& request) {
  v1::ReadAuditResponse response;
  ASSIGN_OR_RETURN(const auto chain_ids, audit::ChainIds(reader));
  for (const std::string& chain_id : chain_ids) response.add_chain_ids(chain_id);
  const bool named = !request.chain_id().empty();
  if (named && std::find(chain_ids.begin(), chain_ids.end(), request.chain_id()) == chain_ids.end())
    return Error(absl::StatusCode::kNotFound, "CHAIN_UNKNOWN", "chain_id: there is no such chain");
  if (chain_ids.empty()) return response;
  const std::string& chain_id = named ? request.chain_id() : chain_ids.front();
  const int limit = request.max_entries() == 0 ? kEntriesDefault : request.max_entries();
  size_t bytes = 0;
  RETURN_IF_ERROR(
      audit::ReadEntries(reader, chain_id, request.after(), limit, [&](v1::AuditEntry entry) {
        bytes += entry.ByteSizeLong();
        if (bytes > kBytesMax && response.entries_size() > 0) return false;
        *response.add_entries() = std::move(entry);
        return true;
      }));
  return response;
}

absl::StatusOr<v1::ListAuditHeadsResponse> ListAuditHeads(storage::Connection& reader) {
  v1::ListAuditHeadsResponse response;
  ASSIGN_OR_RETURN(auto heads, audit::Heads(reader));
  for (v1::AuditHead& head : heads) *response.add_heads() = std::move(head);
  return response;
}

}  // namespace switchboard::reports
