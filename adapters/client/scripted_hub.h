#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "adapters/client/feed_model.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"

namespace switchboard::adapters {

// A hub whose every step the test decides: it takes a stream, reads from it, writes to it and ends
// it. For tests only.
class ScriptedHub final : public v1::VendorService::Service {
 public:
  // One Sync stream in the test's hands.
  class Session {
   public:
    Session(grpc::ServerContext* context,
            grpc::ServerReaderWriter<v1::SyncResponse, v1::SyncRequest>* stream)
        : context_(context), stream_(stream) {}

    // The next message; nothing once the client ended the stream.
    std::optional<v1::SyncRequest> Read() {
      v1::SyncRequest request;
      if (!stream_->Read(&request)) return std::nullopt;
      return request;
    }
    // The sequence of the next ack; -1 when something else came.
    int64_t ReadAck() {
      const auto request = Read();
      return request.has_value() && request->has_ack() ? request->ack().cursor().sequence() : -1;
    }
    void Write(const v1::SyncResponse& response) { stream_->Write(response); }
    void WriteOpened(const v1::Cursor& cursor, int heartbeat_seconds = 10) {
      v1::SyncResponse response;
      *response.mutable_opened()->mutable_cursor() = cursor;
      response.mutable_opened()->mutable_heartbeat_interval()->set_seconds(heartbeat_seconds);
      response.mutable_opened()->set_window(500);
      Write(response);
    }
    void WriteBatch(const v1::SyncResponse::Batch& batch) {
      v1::SyncResponse response;
      *response.mutable_batch() = batch;
      Write(response);
    }
    // Ends the stream. The session is of no use afterwards.
    void End(const absl::Status& status) {
      MutexLock lock(mutex_);
      ended_ = status;
      end_.NotifyAll();
    }

   private:
    friend class ScriptedHub;
    // The stream lives no longer than its handler, which therefore stays as long as the test has it
    // in hand. A stream that the test has forgotten ends with its client.
    static absl::Status WaitForEnd(const std::shared_ptr<Session>& session) {
      MutexLock lock(session->mutex_);
      while (!session->ended_.has_value()) {
        if (session.use_count() == 1 && session->context_->IsCancelled()) break;
        session->end_.WaitFor(session->mutex_, absl::Milliseconds(5));
      }
      return session->ended_.value_or(absl::CancelledError(""));
    }

    grpc::ServerContext* const context_;
    grpc::ServerReaderWriter<v1::SyncResponse, v1::SyncRequest>* const stream_;
    Mutex mutex_;
    CondVar end_;
    std::optional<absl::Status> ended_ SWITCHBOARD_GUARDED_BY(mutex_);
  };

  // Listens at the Unix socket `path`, unless it is empty.
  explicit ScriptedHub(const std::string& path = "") {
    grpc::ServerBuilder builder;
    if (!path.empty()) builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);  // tests have no 10 s
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ScriptedHub() override {
    {
      MutexLock lock(mutex_);
      sessions_.clear();
    }
    server_->Shutdown(std::chrono::system_clock::time_point::min());
  }

  std::shared_ptr<grpc::Channel> Channel() { return server_->InProcessChannel({}); }

  // The next stream that a client opens. Moves `clock` on until there is one, past any backoff.
  std::shared_ptr<Session> NextSession(ManualClock& clock) {
    std::shared_ptr<Session> session;
    for (int i = 0; i < 4000 && session == nullptr; ++i) {
      session = SessionWithin(std::chrono::milliseconds(5));
      if (session == nullptr) clock.Advance(absl::Seconds(1));
    }
    SWITCHBOARD_ASSERT(session != nullptr);
    return session;
  }
  // The next stream, if one comes so soon; else null.
  std::shared_ptr<Session> SessionWithin(std::chrono::milliseconds time) {
    MutexLock lock(mutex_);
    arrived_.WaitFor(mutex_, absl::FromChrono(time),
                     [this]() SWITCHBOARD_REQUIRES(mutex_) { return !sessions_.empty(); });
    if (sessions_.empty()) return nullptr;
    std::shared_ptr<Session> session = std::move(sessions_.front());
    sessions_.pop_front();
    return session;
  }

  // What the unary methods answer. Set before the client starts.
  std::function<absl::Status(const v1::ReportOutcomesRequest&, v1::ReportOutcomesResponse&)>
      on_outcomes;
  std::function<absl::Status(const v1::RequestPermitRequest&, v1::RequestPermitResponse&)>
      on_permit;
  std::function<absl::Status(const v1::ReleasePermitRequest&)> on_release;
  std::function<absl::Status(const v1::ObjectToRecallRequest&, v1::ObjectToRecallResponse&)>
      on_objection;

  grpc::Status Sync(grpc::ServerContext* context,
                    grpc::ServerReaderWriter<v1::SyncResponse, v1::SyncRequest>* stream) override {
    auto session = std::make_shared<Session>(context, stream);
    {
      MutexLock lock(mutex_);
      sessions_.push_back(session);
    }
    arrived_.NotifyAll();
    return identity::ToGrpc(Session::WaitForEnd(session));
  }
  grpc::Status ReportOutcomes(grpc::ServerContext*, const v1::ReportOutcomesRequest* request,
                              v1::ReportOutcomesResponse* response) override {
    return identity::ToGrpc(on_outcomes(*request, *response));
  }
  grpc::Status RequestPermit(grpc::ServerContext*, const v1::RequestPermitRequest* request,
                             v1::RequestPermitResponse* response) override {
    return identity::ToGrpc(on_permit(*request, *response));
  }
  grpc::Status ReleasePermit(grpc::ServerContext*, const v1::ReleasePermitRequest* request,
                             v1::ReleasePermitResponse*) override {
    return identity::ToGrpc(on_release(*request));
  }
  grpc::Status ObjectToRecall(grpc::ServerContext*, const v1::ObjectToRecallRequest* request,
                              v1::ObjectToRecallResponse* response) override {
    return identity::ToGrpc(on_objection(*request, *response));
  }

 private:
  std::unique_ptr<grpc::Server> server_;
  Mutex mutex_;
  CondVar arrived_;
  std::deque<std::shared_ptr<Session>> sessions_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::adapters
