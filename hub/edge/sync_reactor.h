#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <mutex>

#include "hub/edge/edge_parts.h"
#include "hub/sync/sync_stream.h"

namespace switchboard::edge {

// One Sync stream: moves bytes between gRPC and a SyncStream. What waits to be written is bounded
// by the session's window; a peer that never reads stops there.
class SyncReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public sync::Outlet,
                          public Call {
 public:
  // `method` and `parts` outlive the call; gRPC owns it.
  SyncReactor(const EdgeParts& parts, const api::Method& method,
              grpc::CallbackServerContext* context);

  // gRPC's side.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // The stream's side.
  void Send(v1::SyncResponse response) override;
  void Finish(const absl::Status& status) override;

  // The server's side.
  void Drain() override {}  // the hub ends its streams itself, with a reason
  void End() override;

 private:
  // The call as far as it still is one; outlives the reactor in the alarm.
  struct Connection {
    std::mutex mutex;                      // taken after the reactor's
    grpc::CallbackServerContext* context;  // guarded by mutex; null once the call is over
  };

  bool Cancelled();                             // REQUIRES: the call is not over
  void FinishOnce(const absl::Status& status);  // REQUIRES: mutex_ is held

  const EdgeParts& parts_;
  const api::Method& method_;
  const absl::Time begin_;
  const std::shared_ptr<Connection> connection_;
  std::shared_ptr<sync::SyncStream> stream_;  // constant after construction; null when refused
  bool entered_ = false;                      // constant after construction
  grpc::ByteBuffer request_;                  // of the read under way

  std::mutex mutex_;                      // taken after the stream's own and Calls' own
  std::deque<grpc::ByteBuffer> waiting_;  // guarded by mutex_; the first one is being written
  bool finished_ = false;                 // guarded by mutex_
  bool finish_waits_ = false;             // guarded by mutex_; finish once everything is written
  grpc::Alarm unread_;          // guarded by mutex_; ends a call whose peer does not read its end
  absl::Status finish_status_;  // guarded by mutex_
};

}  // namespace switchboard::edge
