#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "hub/edge/edge_parts.h"
#include "hub/ingest/import_stream.h"

namespace switchboard::edge {

// One ImportAccounts stream: up to kUnderWayMax batches at the hub at a time, answered in order. A
// stream that drains reads no further batch, answers those it has, and ends with ShuttingDown().
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
  };

  void Take(std::string bytes);  // REQUIRES: mutex_ is held
  void Answer(const std::shared_ptr<Turn>& turn, absl::StatusOr<v1::ImportAccountsResponse> answer);
  void Pump();                                  // REQUIRES: mutex_ is held
  void FinishOnce(const absl::Status& status);  // REQUIRES: mutex_ is held
  void Release();

  const EdgeParts& parts_;
  const api::Method& method_;
  const absl::Time begin_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<ingest::ImportStream> import_;  // constant after construction; null when refused
  bool entered_ = false;                          // constant after construction

  std::mutex mutex_;                         // taken after Calls' own
  grpc::ByteBuffer request_;                 // of the read under way
  grpc::ByteBuffer response_;                // of the write under way
  std::deque<std::shared_ptr<Turn>> turns_;  // guarded by mutex_
  bool reading_ = false;                     // guarded by mutex_
  bool writing_ = false;                     // guarded by mutex_
  bool half_closed_ = false;                 // guarded by mutex_; the core sends no more
  bool draining_ = false;                    // guarded by mutex_; the hub takes no more
  bool finished_ = false;                    // guarded by mutex_
  int holders_ = 1;  // guarded by mutex_; gRPC, and one per batch at the hub
};

}  // namespace switchboard::edge
