#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "hub/edge/unary_call.h"
#include "hub/api/core_api.h"

namespace switchboard::edge {

// One ImportAccounts stream: up to kUnderWayMax batches at the desk at a time, answered in order.
class ImportReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  static constexpr size_t kUnderWayMax = 4;
  static constexpr const char* kMethod = "/switchboard.v1.CoreService/ImportAccounts";

  ImportReactor(const EdgeParts& parts, api::CoreApi& desk,
                grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // A batch at the desk, or its answer while it waits for its turn.
  struct Turn {
    std::optional<absl::StatusOr<v1::ImportAccountsResponse>> answer;
  };

  void Answer(const std::shared_ptr<Turn>& turn, absl::StatusOr<v1::ImportAccountsResponse> answer);
  void Pump();                                  // REQUIRES: mutex_ is held
  void FinishOnce(const absl::Status& status);  // REQUIRES: mutex_ is held
  void Release();

  const EdgeParts& parts_;
  const absl::Time begin_;
  std::shared_ptr<ingest::ImportStream> import_;  // constant after construction; null when refused

  std::mutex mutex_;
  grpc::ByteBuffer request_;                 // of the read under way
  grpc::ByteBuffer response_;                // of the write under way
  std::deque<std::shared_ptr<Turn>> turns_;  // guarded by mutex_
  bool reading_ = false;                     // guarded by mutex_
  bool writing_ = false;                     // guarded by mutex_
  bool half_closed_ = false;                 // guarded by mutex_; the core sends no more
  bool finished_ = false;                    // guarded by mutex_
  int holders_ = 1;  // guarded by mutex_; gRPC, and one per batch at the desk
};

}  // namespace switchboard::edge
