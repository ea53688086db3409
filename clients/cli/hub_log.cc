#include "clients/cli/hub_log.h"

#include <memory>
#include <utility>

namespace switchboard::cli {

void HubLog::Settle() {
  if (coming_.valid()) ahead_.insert_or_assign(coming_chain_, coming_.get());
}

void HubLog::ReadAhead(v1::ReadAuditRequest request, int64_t after) {
  request.set_after(after);
  coming_chain_ = request.chain_id();
  auto page = std::make_shared<std::promise<Page>>();
  coming_ = page->get_future();
  reader_.Post([this, page, request = std::move(request)] {
    page->set_value({request.after(), hub_.Ask<v1::ReadAuditResponse>(request)});
  });
}

absl::StatusOr<v1::ReadAuditTreeResponse> HubLog::Tree(int64_t after) {
  Settle();
  v1::ReadAuditTreeRequest request;
  request.set_after(after);
  return hub_.Ask<v1::ReadAuditTreeResponse>(request);
}

absl::StatusOr<v1::ListCheckpointsResponse> HubLog::Checkpoints(int64_t after_size) {
  Settle();
  v1::ListCheckpointsRequest request;
  request.set_after_size(after_size);
  return hub_.Ask<v1::ListCheckpointsResponse>(request);
}

absl::StatusOr<v1::DigestRowsResponse> HubLog::Rows(const v1::DigestRowsRequest& request) {
  Settle();
  // Who asks for entries next is to hear of all that these rows can rest on.
  ahead_.clear();
  auto page = hub_.Ask<v1::DigestRowsResponse>(request);
  if (!page.ok() || page->rows().empty()) return page;
  rows_ += static_cast<int64_t>(page->rows().size() / audit::kWrittenRowBytes);
  if (on_rows_) on_rows_(rows_);
  return page;
}

absl::StatusOr<v1::ReadAuditResponse> HubLog::Entries(const v1::ReadAuditRequest& request) {
  Settle();
  auto found = ahead_.extract(request.chain_id());
  auto page = !found.empty() && found.mapped().after == request.after()
                  ? std::move(found.mapped().response)
                  : hub_.Ask<v1::ReadAuditResponse>(request);
  if (!page.ok() || page->entries().empty()) return page;
  // Of an unnamed chain nobody reads on; and one that does not grow is not to be read for ever.
  const int64_t last = page->entries().rbegin()->sequence();
  if (!request.chain_id().empty() && last > request.after()) ReadAhead(request, last);
  return page;
}

}  // namespace switchboard::cli
