#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <utility>

#include "clients/cli/hub_calls.h"
#include "hub/audit/log_check.h"
#include "hub/base/executor.h"

namespace switchboard::cli {

// A hub's log for who recomputes it. While that is at work on a page, the one behind it is read on
// another thread; calls of the hub are made one at a time all the same. Not thread-safe.
class HubLog final : public audit::LogSource {
 public:
  // `hub` outlives it, and is nobody else's until it goes. `on_rows` is told how many rows were
  // read, after every page of them.
  explicit HubLog(HubCalls& hub, std::function<void(int64_t rows)> on_rows = nullptr)
      : hub_(hub), on_rows_(std::move(on_rows)) {}

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override;
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override;
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override;
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override;

 private:
  struct Page {
    int64_t after = 0;  // sequence
    absl::StatusOr<v1::ReadAuditResponse> response;
  };

  // Waits for what is under way.
  void Settle();
  void ReadAhead(v1::ReadAuditRequest request, int64_t after);

  HubCalls& hub_;
  const std::function<void(int64_t rows)> on_rows_;
  int64_t rows_ = 0;
  std::map<std::string, Page> ahead_;  // by chain
  std::string coming_chain_;
  std::future<Page> coming_;
  ThreadPool reader_{1};  // last: it ends what is under way
};

}  // namespace switchboard::cli
