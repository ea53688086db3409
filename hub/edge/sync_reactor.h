#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>

#include "hub/base/mutex.h"
#include "hub/edge/edge_parts.h"
#include "hub/masking/to_vendor.h"
#include "hub/sync/sync_stream.h"

namespace switchboard::edge {

// One Sync stream: moves bytes between gRPC and a SyncStream. What waits to be written is bounded
// by the session's window; a peer that never reads stops there. Who the vendor is is asked again
// with each message in either direction, heartbeats too.
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
  void Send(masking::ToVendor<v1::SyncResponse> message) override;
  void Finish(const absl::Status& status) override;

  // The server's side.
  void Drain() override {}  // the hub ends its streams itself, with a reason
  void End() override;

 private:
  // The call as far as it still is one; outlives the reactor in the alarm.
  struct Connection {
    Mutex mutex;  // taken after the reactor's
    // Null once the call is over.
    grpc::CallbackServerContext* context SWITCHBOARD_GUARDED_BY(mutex) = nullptr;
  };

  bool Cancelled();  // REQUIRES: the call is not over
  absl::Status AskAgain();
  void FinishOnce(const absl::Status& status) SWITCHBOARD_REQUIRES(mutex_);

  const EdgeParts& parts_;
  const api::Method& method_;
  const absl::Time begin_;
  const std::shared_ptr<Connection> connection_;
  std::shared_ptr<sync::SyncStream> stream_;  // constant after construction; null when refused
  bool entered_ = false;                      // constant after construction
  grpc::ByteBuffer request_;                  // of the read under way

  Mutex mutex_;  // taken after the stream's own and Calls' own
  std::deque<grpc::ByteBuffer> waiting_
      SWITCHBOARD_GUARDED_BY(mutex_);  // the first one is being written
  bool finished_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool finish_waits_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // finish once everything is written
  grpc::Alarm unread_
      SWITCHBOARD_GUARDED_BY(mutex_);  // ends a call whose peer does not read its end
  absl::Status finish_status_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::edge
