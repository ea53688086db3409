#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/client/deletions.h"
#include "adapters/client/mirror.h"
#include "adapters/client/outbox.h"
#include "adapters/client/outcome_sender.h"
#include "adapters/client/sync_client.h"
#include "adapters/client/sync_protocol.h"
#include "adapters/client/sync_stream.h"
#include "adapters/client/vendor_file.h"
#include "adapters/client/worker.h"
#include "clients/transport/hub_channels.h"
#include "clients/transport/hub_round.h"
#include "clients/transport/unary_calls.h"

namespace switchboard::adapters {

// What is behind SyncClient: drives SyncProtocol, OutcomeSender and Deletions on one thread of its
// own, the only one that touches the vendor's file. Reactions of gRPC post to that thread and
// return.
class SyncClient::Engine {
 public:
  static absl::StatusOr<std::unique_ptr<Engine>> Create(SyncClientOptions options, Clock& clock,
                                                        IdMint& ids);
  ~Engine();

  void Start();
  void Stop();

  // Runs `task` on the thread and waits. CANCELLED, CLIENT_STOPPED once stopped.
  absl::Status Run(Worker::Task task);
  void Put(v1::Outcome outcome, OutcomeCallback done);
  void Reject(std::string_view assignment_id, v1::SyncRequest::Rejection::Reason reason);

  // One unary call, tried again until `call_timeout` is over. `method` names it for the tap.
  template <typename Response, typename Request>
  void CallHub(std::string_view method,
               void (v1::VendorService::Stub::async::*call)(grpc::ClientContext*, const Request*,
                                                            Response*,
                                                            std::function<void(grpc::Status)>),
               Request request, absl::AnyInvocable<void(absl::StatusOr<Response>)> done);

  // Waits until `holds` of the state, which is checked after every task.
  bool WaitFor(absl::Duration timeout, const std::function<bool(const SyncClientState&)>& holds);
  SyncClientState State() const;

  Mirror& mirror() { return *mirror_; }  // on the thread only
  Outbox& outbox() { return *outbox_; }  // on the thread only
  Worker& worker() { return *worker_; }
  Clock& hub_clock() { return options_.hub_clock == nullptr ? clock_ : *options_.hub_clock; }
  IdMint& ids() { return ids_; }
  absl::Duration call_timeout() const { return options_.call_timeout; }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  template <typename Request, typename Response>
  struct RetriedCall;

  using Hub = transport::Hubs<v1::VendorService>::Hub;

  Engine(SyncClientOptions options, Clock& clock, IdMint& ids,
         std::unique_ptr<transport::ChannelSource> source, const transport::Channels& channels);
  absl::Status OpenFile();

  template <typename Request, typename Response>
  void Attempt(std::shared_ptr<RetriedCall<Request, Response>> call);
  void Later(Instant when, Worker::Task task);

  // On the thread:
  void Tick();
  void RunDue();
  void Perform(SyncProtocol::Actions actions);
  void RenewChannels();
  SyncProtocol::Actions Connect();
  SyncProtocol::Actions Adopt(const v1::Cursor& cursor);
  SyncProtocol::Actions Store(const v1::SyncResponse::Batch& batch);
  SyncProtocol::Actions End(const v1::SyncResponse::WithdrawnNow& withdrawn);
  void OnStreamDone(int64_t stream, const Hub& hub, const absl::Status& status);
  void DrainPuts();
  void PutNow(std::vector<std::pair<v1::Outcome, OutcomeCallback>> puts);
  void SendOutcomes();
  void OnReceipts(size_t hub, const absl::StatusOr<v1::ReportOutcomesResponse>& answer);
  void CarryOutOrders();
  void Confirm(v1::DeletionStatement statement);
  void OnConfirmed(const absl::Status& status);
  bool IsStreaming() const;
  void Publish();

  // From anywhere:
  bool Hand(Worker::Task task);
  void Trouble(const absl::Status& status) const;
  std::function<void(const std::string&)> TapFor(std::string_view method) const;

  const SyncClientOptions options_;
  Clock& clock_;
  IdMint& ids_;
  const std::unique_ptr<transport::ChannelSource> source_;
  transport::Hubs<v1::VendorService> hubs_;
  transport::CallsUnderWay calls_;
  std::atomic<bool> started_{false};
  std::atomic<bool> stopping_{false};

  // On the thread only.
  std::unique_ptr<VendorFile> file_;
  std::unique_ptr<Mirror> mirror_;
  std::unique_ptr<Outbox> outbox_;
  SyncProtocol protocol_;
  std::unique_ptr<OutcomeSender> sender_;
  std::unique_ptr<Deletions> deletions_;
  bool asked_for_orders_ = false;  // since it had caught up first
  std::shared_ptr<SyncStream> stream_;
  absl::Status closing_why_;    // of the Disconnect under way
  int64_t streams_opened_ = 0;  // also the number of the newest stream
  int64_t changes_applied_ = 0;

  Mutex puts_mutex_;
  std::vector<std::pair<v1::Outcome, OutcomeCallback>> puts_ SWITCHBOARD_GUARDED_BY(puts_mutex_);

  Mutex later_mutex_;
  std::vector<std::pair<Instant, Worker::Task>> later_ SWITCHBOARD_GUARDED_BY(later_mutex_);
  bool later_closed_ SWITCHBOARD_GUARDED_BY(later_mutex_) = false;

  mutable Mutex state_mutex_;
  CondVar state_changed_;
  SyncClientState state_ SWITCHBOARD_GUARDED_BY(state_mutex_);

  Mutex stop_mutex_;                // serializes Stop
  std::unique_ptr<Worker> worker_;  // last: its thread uses all of the above
};

template <typename Request, typename Response>
struct SyncClient::Engine::RetriedCall {
  std::string_view method;  // a literal
  void (v1::VendorService::Stub::async::*call)(grpc::ClientContext*, const Request*, Response*,
                                               std::function<void(grpc::Status)>);
  Request request;
  absl::AnyInvocable<void(absl::StatusOr<Response>)> done;
  Instant deadline;
  transport::HubRound round;
};

template <typename Response, typename Request>
void SyncClient::Engine::CallHub(
    std::string_view method,
    void (v1::VendorService::Stub::async::*call)(grpc::ClientContext*, const Request*, Response*,
                                                 std::function<void(grpc::Status)>),
    Request request, absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  using Call = RetriedCall<Request, Response>;
  const Instant deadline =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options_.call_timeout);
  Attempt(
      std::shared_ptr<Call>(new Call{method, call, std::move(request), std::move(done), deadline,
                                     transport::HubRound(options_.backoff, hubs_.size())}));
}

}  // namespace switchboard::adapters
