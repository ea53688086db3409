#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <optional>

#include "hub/base/mutex.h"
#include "hub/edge/edge_parts.h"
#include "hub/ingest/import_stream.h"

namespace switchboard::edge {

// One ImportAccounts stream: up to kUnderWayMax batches at the hub at a time, answered in order. A
// stream that drains reads no further batch, answers those it has, and ends with ShuttingDown().
// Who the core is is asked again with each batch.
class ImportReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                            public Call {
 public:
  static constexpr size_t kUnderWayMax = 4;

  // `method` and `parts` outlive the call; gRPC owns it.
  ImportReactor(const EdgeParts& parts, const api::Method& method,
                grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Drain() override;
  void End() override;

 private:
  // A batch at the hub, or its answer while it waits for its turn.
  struct Turn {
    std::optional<absl::StatusOr<v1::ImportAccountsResponse>> answer;
    MemoryBudget::Share memory;  // until it is answered
  };

  void Take(Received received) SWITCHBOARD_REQUIRES(mutex_);
  void Answer(const std::shared_ptr<Turn>& turn, absl::StatusOr<v1::ImportAccountsResponse> answer);
  void Pump() SWITCHBOARD_REQUIRES(mutex_);
  void FinishOnce(const absl::Status& status) SWITCHBOARD_REQUIRES(mutex_);
  void Release();

  const EdgeParts& parts_;
  const api::Method& method_;
  const absl::Time begin_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<ingest::ImportStream> import_;  // constant after construction; null when refused
  bool entered_ = false;                          // constant after construction

  Mutex mutex_;                // taken after Calls' own
  grpc::ByteBuffer request_;   // of the read under way
  grpc::ByteBuffer response_;  // of the write under way
  std::deque<std::shared_ptr<Turn>> turns_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool reading_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool writing_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool half_closed_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // the core sends no more
  bool draining_ SWITCHBOARD_GUARDED_BY(mutex_) = false;     // the hub takes no more
  bool finished_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  int holders_ SWITCHBOARD_GUARDED_BY(mutex_) = 1;  // gRPC, and one per batch at the hub
};

}  // namespace switchboard::edge
