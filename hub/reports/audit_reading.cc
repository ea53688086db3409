#include "hub/reports/audit_reading.h"

#include <algorithm>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::reports {
namespace {

constexpr int kEntriesDefault = 100;
// Keeps an answer below the 4 MiB that clients take by default.
constexpr size_t kBytesMax = 2 * 1024 * 1024;
// Entries are of some hundred bytes, or of many kilobytes: so many show of which kind they are.
constexpr int kEntriesToLookAt = 64;

// Fills the page with entries. A query reads all that it is asked for: it is asked for no more than
// about what the page holds.
absl::Status ReadPage(storage::Connection& reader, const audit::EntrySeal& seal,
                      const std::string& chain_id, const v1::ReadAuditRequest& request,
                      v1::ReadAuditResponse& response) {
  const audit::EntryForm form = {
      .stored = request.stored(), .written = request.written(), .seal = &seal};
  const int limit = request.max_entries() == 0 ? kEntriesDefault : request.max_entries();
  size_t bytes = 0;
  int64_t after = request.after();
  int asked = std::min(limit, kEntriesToLookAt), got = asked;
  bool has_room = true;
  while (has_room && got == asked && response.entries_size() < limit) {
    if (bytes > 0) {
      const size_t average = bytes / static_cast<size_t>(response.entries_size());
      asked = std::min(limit - response.entries_size(),
                       static_cast<int>((kBytesMax - bytes) / average) + 1);
    }
    got = 0;
    const auto visit = [&](v1::AuditEntry entry) {
      ++got;
      const size_t size = entry.ByteSizeLong();
      has_room = response.entries_size() == 0 || bytes + size <= kBytesMax;
      if (!has_room) return false;
      bytes += size;
      after = entry.sequence();
      *response.add_entries() = std::move(entry);
      return true;
    };
    RETURN_IF_ERROR(audit::ReadEntries(reader, chain_id, after, asked, form, visit));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ReadAuditResponse> ReadAudit(storage::Connection& reader,
                                                const audit::EntrySeal& seal,
                                                const v1::ReadAuditRequest& request) {
  v1::ReadAuditResponse response;
  ASSIGN_OR_RETURN(const auto chain_ids, audit::ChainIds(reader));
  for (const std::string& chain_id : chain_ids) response.add_chain_ids(chain_id);
  const bool named = !request.chain_id().empty();
  if (named && std::find(chain_ids.begin(), chain_ids.end(), request.chain_id()) == chain_ids.end())
    return Error(absl::StatusCode::kNotFound, "CHAIN_UNKNOWN", "chain_id: there is no such chain");
  if (chain_ids.empty()) return response;
  const std::string& chain_id = named ? request.chain_id() : chain_ids.front();
  RETURN_IF_ERROR(ReadPage(reader, seal, chain_id, request, response));
  return response;
}

absl::StatusOr<v1::ListAuditHeadsResponse> ListAuditHeads(storage::Connection& reader) {
  v1::ListAuditHeadsResponse response;
  ASSIGN_OR_RETURN(auto heads, audit::Heads(reader));
  for (v1::AuditHead& head : heads) *response.add_heads() = std::move(head);
  return response;
}

}  // namespace switchboard::reports
