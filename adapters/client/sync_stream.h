#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include "absl/status/status.h"
#include "hub/base/mutex.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"

namespace switchboard::adapters {

// One Sync stream. Moves messages and nothing else: what they mean is SyncProtocol's. Thread-safe;
// keeps itself alive until its last event.
class SyncStream final : public grpc::ClientBidiReactor<v1::SyncRequest, v1::SyncResponse> {
 public:
  // Called on threads of gRPC: must only hand over.
  struct Events {
    std::function<void(v1::SyncResponse)> on_response;
    std::function<void(const absl::Status&)> on_done;
    // Last event: the stream has let go of everything but itself.
    std::function<void()> on_gone;
  };

  static std::shared_ptr<SyncStream> Open(v1::VendorService::Stub& stub, Events events);

  // Sends after what was given before. An ack that still waits is overtaken by a newer one, so at
  // most two messages are held.
  void Send(v1::SyncRequest request);

  // Reads one message. REQUIRES: the last Read was answered.
  void Read();

  // Ends the stream. on_done follows.
  void Close();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  explicit SyncStream(Events events) : events_(std::move(events)) {}
  void CloseLocked() SWITCHBOARD_REQUIRES(mutex_);

  Events events_;
  grpc::ClientContext context_;
  v1::SyncResponse response_;  // gRPC's between Read and OnReadDone

  Mutex mutex_;
  v1::SyncRequest writing_;  // gRPC's while is_writing_
  bool is_writing_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::optional<v1::SyncRequest> waiting_ SWITCHBOARD_GUARDED_BY(mutex_);  // the next to be written
  bool closed_ SWITCHBOARD_GUARDED_BY(mutex_) = false;  // nothing may be started any more
  std::shared_ptr<SyncStream> self_;                    // released by OnDone
};

}  // namespace switchboard::adapters
