#include "hub/audit/chain_reading.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr int kEntriesPage = 1000;

}  // namespace

absl::StatusOr<const v1::AuditEntry*> ChainReading::Next(LogSource& source, OnPage on_page) {
  if (!problem_.empty()) return nullptr;
  if (at_ == page_.entries_size()) RETURN_IF_ERROR(ReadPage(source, on_page));
  if (at_ == page_.entries_size()) return nullptr;
  const v1::AuditEntry& entry = page_.entries(at_++);
  commit_time_us_ = entry.commit_time_us();
  const absl::Status fits = verifier_.Add(entry);
  if (fits.ok()) return &entry;
  problem_ = std::string(fits.message());
  return nullptr;
}

absl::Status ChainReading::ReadPage(LogSource& source, OnPage on_page) {
  v1::ReadAuditRequest request;
  request.set_chain_id(chain_id_);
  request.set_after(verifier_.last());
  request.set_max_entries(kEntriesPage);
  request.set_stored(true);
  request.set_written(written_);
  auto page = source.Entries(request);
  at_ = 0;
  page_.Clear();
  // One that the tree names and that is gone: it ends before it began.
  if (ErrorReason(page.status()) == "CHAIN_UNKNOWN") return absl::OkStatus();
  RETURN_IF_ERROR(page.status());
  page_ = *std::move(page);
  on_page(page_);
  return absl::OkStatus();
}

absl::StatusOr<const v1::AuditEntry*> ChainReadings::Next(ChainReading& chain,
                                                          absl::FunctionRef<void()> on_page) {
  return chain.Next(source_, [&](const v1::ReadAuditResponse& page) {
    for (const std::string& chain_id : page.chain_ids()) Of(chain_id);
    on_page();
  });
}

absl::Status ChainReadings::ReadToEnds(absl::FunctionRef<void(const v1::AuditEntry&)> see,
                                       absl::FunctionRef<void()> on_page) {
  v1::ReadAuditRequest request;
  request.set_max_entries(1);
  request.set_stored(true);
  ASSIGN_OR_RETURN(const auto page, source_.Entries(request));
  for (const std::string& chain_id : page.chain_ids()) Of(chain_id);
  // A chain that appears meanwhile may come before this one: those there were are enough.
  for (auto& [chain_id, chain] : chains_) {
    while (true) {
      ASSIGN_OR_RETURN(const v1::AuditEntry* entry, Next(chain, on_page));
      if (entry == nullptr) break;
      see(*entry);
    }
  }
  return absl::OkStatus();
}

}  // namespace switchboard::audit
