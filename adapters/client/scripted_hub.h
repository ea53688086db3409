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
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"

namespace switchboard::adapters {

// A request for a call, as a vendor's program makes it.
inline v1::RequestPermitRequest CallTo(const std::string& assignment_id,
                                       const std::string& contact_point_id) {
  v1::RequestPermitRequest request;
  request.set_assignment_id(assignment_id);
  request.set_contact_point_id(contact_point_id);
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_act(v1::ACT_REMIND);
  return request;
}

// A hub whose every step the test decides: it takes a stream, reads from it, writes to it and ends
// it; unary calls get the reactions that the test lends it. For tests only.
//
// gRPC runs a reaction on a thread of its own, and may still run it when the client has long given
// up and the test is at its end. So a reaction is lent for a scope: the Lent that the On… functions
// return ends it, once nothing runs it any more. Declare it after everything that it captures.
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
    LetGo();
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

  template <typename Request, typename Response>
  using Reaction = std::function<absl::Status(const Request&, Response&)>;
  using OutcomesReaction = Reaction<v1::ReportOutcomesRequest, v1::ReportOutcomesResponse>;
  using PermitReaction = Reaction<v1::RequestPermitRequest, v1::RequestPermitResponse>;
  using ReleaseReaction = Reaction<v1::ReleasePermitRequest, v1::ReleasePermitResponse>;
  using ObjectionReaction = Reaction<v1::ObjectToRecallRequest, v1::ObjectToRecallResponse>;
  using HandOverReaction = Reaction<v1::HandOverRequest, v1::HandOverResponse>;
  using OrdersReaction = Reaction<v1::ListDeletionOrdersRequest, v1::ListDeletionOrdersResponse>;
  using ConfirmationReaction = Reaction<v1::ConfirmDeletionRequest, v1::ConfirmDeletionResponse>;
  using PassOnReaction = Reaction<v1::PassOnRequest, v1::PassOnResponse>;

  // A reaction is in use as long as this lives. Its end lets go of what is held, waits for the
  // calls that are in the reaction, and has later ones answered with UNAVAILABLE.
  class [[nodiscard]] Lent {
   public:
    explicit Lent(std::function<void()> take_back) : take_back_(std::move(take_back)) {}
    ~Lent() {
      if (take_back_) take_back_();
    }
    Lent(Lent&& other) noexcept : take_back_(std::exchange(other.take_back_, nullptr)) {}
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    Lent& operator=(Lent&&) = delete;

   private:
    std::function<void()> take_back_;
  };

  // What the unary methods answer while the Lent lives; UNAVAILABLE otherwise, apart from orders to
  // delete, of which there are none then. One of a kind at a time.
  Lent OnOutcomes(OutcomesReaction reaction) { return Lend(on_outcomes_, std::move(reaction)); }
  Lent OnPermit(PermitReaction reaction) { return Lend(on_permit_, std::move(reaction)); }
  Lent OnRelease(ReleaseReaction reaction) { return Lend(on_release_, std::move(reaction)); }
  Lent OnObjection(ObjectionReaction reaction) { return Lend(on_objection_, std::move(reaction)); }
  Lent OnHandOver(HandOverReaction reaction) { return Lend(on_hand_over_, std::move(reaction)); }

  Lent OnOrders(OrdersReaction reaction) { return Lend(on_orders_, std::move(reaction)); }
  Lent OnConfirmation(ConfirmationReaction reaction) {
    return Lend(on_confirmation_, std::move(reaction));
  }
  Lent OnPassOn(PassOnReaction reaction) { return Lend(on_pass_on_, std::move(reaction)); }

  // Within a reaction: stays until LetGo, or until a Lent ends.
  void Hold() {
    MutexLock lock(mutex_);
    ++held_;
    changed_.NotifyAll();
    changed_.Wait(mutex_, [this]() SWITCHBOARD_REQUIRES(mutex_) { return let_go_; });
    --held_;
  }
  void WaitUntilHeld() {
    MutexLock lock(mutex_);
    changed_.Wait(mutex_, [this]() SWITCHBOARD_REQUIRES(mutex_) { return held_ > 0; });
  }
  // From now on nothing is held.
  void LetGo() {
    MutexLock lock(mutex_);
    let_go_ = true;
    changed_.NotifyAll();
  }

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
    return React(on_outcomes_, *request, *response);
  }
  grpc::Status RequestPermit(grpc::ServerContext*, const v1::RequestPermitRequest* request,
                             v1::RequestPermitResponse* response) override {
    return React(on_permit_, *request, *response);
  }
  grpc::Status ReleasePermit(grpc::ServerContext*, const v1::ReleasePermitRequest* request,
                             v1::ReleasePermitResponse* response) override {
    return React(on_release_, *request, *response);
  }
  grpc::Status ObjectToRecall(grpc::ServerContext*, const v1::ObjectToRecallRequest* request,
                              v1::ObjectToRecallResponse* response) override {
    return React(on_objection_, *request, *response);
  }
  grpc::Status HandOver(grpc::ServerContext*, const v1::HandOverRequest* request,
                        v1::HandOverResponse* response) override {
    return React(on_hand_over_, *request, *response);
  }
  grpc::Status ListDeletionOrders(grpc::ServerContext*,
                                  const v1::ListDeletionOrdersRequest* request,
                                  v1::ListDeletionOrdersResponse* response) override {
    const grpc::Status status = React(on_orders_, *request, *response);
    return status.error_message() == kNoReaction ? grpc::Status::OK : status;
  }
  grpc::Status ConfirmDeletion(grpc::ServerContext*, const v1::ConfirmDeletionRequest* request,
                               v1::ConfirmDeletionResponse* response) override {
    return React(on_confirmation_, *request, *response);
  }
  grpc::Status PassOn(grpc::ServerContext*, const v1::PassOnRequest* request,
                      v1::PassOnResponse* response) override {
    return React(on_pass_on_, *request, *response);
  }

 private:
  static constexpr char kNoReaction[] = "no reaction";

  // A reaction and the calls that are in it.
  template <typename Function>
  struct Use {
    Function reaction;    // empty: not lent
    bool ending = false;  // takes no more calls
    int calls = 0;
  };

  template <typename Function>
  Lent Lend(Use<Function>& use, Function reaction) {
    MutexLock lock(mutex_);
    SWITCHBOARD_ASSERT(!use.reaction);
    use.reaction = std::move(reaction);
    let_go_ = false;
    return Lent([this, &use] {
      MutexLock taken(mutex_);
      use.ending = true;
      let_go_ = true;
      changed_.NotifyAll();
      changed_.Wait(mutex_, [&use] { return use.calls == 0; });
      use = {};
    });
  }

  template <typename Function, typename Request, typename Response>
  grpc::Status React(Use<Function>& use, const Request& request, Response& response) {
    {
      MutexLock lock(mutex_);
      if (!use.reaction || use.ending) return identity::ToGrpc(absl::UnavailableError(kNoReaction));
      ++use.calls;
    }
    const absl::Status status = use.reaction(request, response);
    MutexLock lock(mutex_);
    --use.calls;
    changed_.NotifyAll();
    return identity::ToGrpc(status);
  }

  Mutex mutex_;
  CondVar arrived_;
  CondVar changed_;
  std::deque<std::shared_ptr<Session>> sessions_ SWITCHBOARD_GUARDED_BY(mutex_);
  Use<OutcomesReaction> on_outcomes_;  // these: guarded by mutex_
  Use<PermitReaction> on_permit_;
  Use<ReleaseReaction> on_release_;
  Use<ObjectionReaction> on_objection_;
  Use<HandOverReaction> on_hand_over_;
  Use<OrdersReaction> on_orders_;
  Use<ConfirmationReaction> on_confirmation_;
  Use<PassOnReaction> on_pass_on_;
  int held_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  bool let_go_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::Server> server_;  // last: its threads use all of the above
};

}  // namespace switchboard::adapters
