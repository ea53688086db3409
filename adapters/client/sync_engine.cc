#include "adapters/client/sync_engine.h"

#include <algorithm>
#include <deque>
#include <type_traits>

#include "clients/transport/retry.h"
#include "clients/transport/statement_signer.h"
#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

SyncProtocolOptions ProtocolOptions(const SyncClientOptions& options) {
  SyncProtocolOptions protocol;
  protocol.window = options.window;
  protocol.adapter = options.adapter;
  protocol.backoff = options.backoff;
  protocol.hubs = options.hub_addresses.size();
  return protocol;
}

absl::Status Check(const SyncClientOptions& options) {
  const auto invalid = [](const char* field, const char* allowed) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", allowed, {{"field", field}});
  };
  if (options.window < 1 || options.window > 10'000)
    return invalid("window", "window: 1 to 10,000");
  if (options.adapter.size() > 100) return invalid("adapter", "adapter: at most 100 bytes");
  if (options.mirror_path.empty()) return invalid("mirror_path", "mirror_path: a file");
  if (options.tick_interval <= absl::ZeroDuration() ||
      options.call_timeout <= absl::ZeroDuration()) {
    return invalid("tick_interval", "tick_interval and call_timeout: positive");
  }
  if (options.connect_timeout < absl::Milliseconds(100)) {
    return invalid("connect_timeout", "connect_timeout: at least 100 ms");
  }
  if (options.backoff.initial <= absl::ZeroDuration() || options.backoff.factor < 1) {
    return invalid("backoff", "backoff: initial positive, factor at least 1");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SyncClient::Engine>> SyncClient::Engine::Create(
    SyncClientOptions options, Clock& clock, IdMint& ids) {
  RETURN_IF_ERROR(Check(options));
  transport::ChannelOptions channel_options;
  channel_options.connect_timeout = options.connect_timeout;
  auto source = std::make_unique<transport::ChannelSource>(
      options.hub_addresses, options.tls_directory, options.make_channel, clock, channel_options);
  ASSIGN_OR_RETURN(const transport::Channels channels, source->Make());
  std::unique_ptr<Engine> engine(
      new Engine(std::move(options), clock, ids, std::move(source), channels));
  RETURN_IF_ERROR(engine->OpenFile());
  engine->worker_ = std::make_unique<Worker>([self = engine.get()] { self->Tick(); },
                                             engine->options_.tick_interval);
  return engine;
}

SyncClient::Engine::Engine(SyncClientOptions options, Clock& clock, IdMint& ids,
                           std::unique_ptr<transport::ChannelSource> source,
                           const transport::Channels& channels)
    : options_(std::move(options)),
      clock_(clock),
      ids_(ids),
      source_(std::move(source)),
      hubs_(channels, ids.Random()),
      protocol_(ProtocolOptions(options_), [&ids] { return ids.Random(); }) {}

SyncClient::Engine::~Engine() { Stop(); }

absl::Status SyncClient::Engine::OpenFile() {
  ASSIGN_OR_RETURN(file_, VendorFile::Open(options_.mirror_path));
  ASSIGN_OR_RETURN(mirror_, Mirror::Open(*file_, &hub_clock()));
  ASSIGN_OR_RETURN(outbox_, Outbox::Open(*file_, ids_));
  sender_ = std::make_unique<OutcomeSender>(
      *outbox_, options_.backoff, [this] { return ids_.Random(); }, hubs_.size());
  deletions_ = std::make_unique<Deletions>(
      *file_, *mirror_, [this] { return ids_.Random(); },
      Deletions::Callbacks{options_.on_change, options_.on_deletion_order});
  Publish();
  return absl::OkStatus();
}

void SyncClient::Engine::Start() {
  started_ = true;
  Hand([this] { Tick(); });
}

void SyncClient::Engine::Stop() {
  MutexLock lock(stop_mutex_);
  if (stopping_.exchange(true) || worker_ == nullptr) return;
  worker_->Run([this] {
    if (stream_ != nullptr) stream_->Close();
  });
  calls_.CancelAll();
  calls_.WaitForAll();  // from here on nothing is posted by gRPC
  worker_->Stop();
  std::vector<std::pair<Instant, Worker::Task>> left;
  {
    MutexLock later_lock(later_mutex_);
    later_closed_ = true;
    left.swap(later_);
  }
  for (auto& [when, task] : left) task();  // each finds the client stopped and says so
}

bool SyncClient::Engine::Hand(Worker::Task task) {
  return worker_->Post([this, task = std::move(task)]() mutable {
    task();
    Publish();
  });
}

absl::Status SyncClient::Engine::Run(Worker::Task task) {
  if (worker_->Run([&] {
        task();
        Publish();
      })) {
    return absl::OkStatus();
  }
  return transport::ClientStopped();
}

// --- The stream
// ---------------------------------------------------------------------------------------

void SyncClient::Engine::Tick() {
  if (!started_ || stopping_) return;
  Perform(protocol_.OnTick(clock_.Now()));
  SendOutcomes();
  CarryOutOrders();
  RunDue();
  hubs_.DropUnused();
  file_->Housekeep();
  Publish();
}

void SyncClient::Engine::Perform(SyncProtocol::Actions actions) {
  std::deque<SyncProtocol::Action> todo(std::make_move_iterator(actions.begin()),
                                        std::make_move_iterator(actions.end()));
  while (!todo.empty()) {
    SyncProtocol::Action action = std::move(todo.front());
    todo.pop_front();
    SyncProtocol::Actions next;
    if (std::holds_alternative<SyncProtocol::Connect>(action)) {
      next = Connect();
    } else if (auto* send = std::get_if<SyncProtocol::Send>(&action)) {
      if (stream_ != nullptr) stream_->Send(std::move(send->request));
    } else if (std::holds_alternative<SyncProtocol::Read>(action)) {
      if (stream_ != nullptr) stream_->Read();
    } else if (auto* adopt = std::get_if<SyncProtocol::Adopt>(&action)) {
      next = Adopt(adopt->cursor);
    } else if (auto* store = std::get_if<SyncProtocol::Store>(&action)) {
      next = Store(store->batch);
    } else if (auto* end = std::get_if<SyncProtocol::End>(&action)) {
      next = End(end->withdrawn);
    } else if (auto* disconnect = std::get_if<SyncProtocol::Disconnect>(&action)) {
      closing_why_ = std::move(disconnect->why);
      if (stream_ != nullptr) stream_->Close();
    }
    todo.insert(todo.end(), std::make_move_iterator(next.begin()),
                std::make_move_iterator(next.end()));
  }
}

// A stream lasts 45 minutes unless the hub says otherwise, so a renewed certificate is in use soon.
void SyncClient::Engine::RenewChannels() {
  auto renewed = source_->Renew();
  if (!renewed.ok()) return Trouble(renewed.status());
  if (renewed->has_value()) hubs_.Replace(**renewed);
}

SyncProtocol::Actions SyncClient::Engine::Connect() {
  RenewChannels();
  const int64_t number = ++streams_opened_;
  const std::shared_ptr<Hub> hub = hubs_.current();
  closing_why_ = absl::OkStatus();
  if (!calls_.Begin(nullptr))
    return protocol_.OnDisconnected(clock_.Now(), transport::ClientStopped());
  SyncStream::Events events;
  events.on_response = [this, number, tap = TapFor("Sync")](v1::SyncResponse response) {
    if (tap) tap(response.SerializeAsString());
    Hand([this, number, response = std::move(response)]() mutable {
      if (number != streams_opened_ || stopping_) return;  // of a stream that is over
      Perform(protocol_.OnResponse(clock_.Now(), std::move(response)));
    });
  };
  events.on_done = [this, number, hub, tap = TapFor("Sync")](const absl::Status& status) {
    if (tap && !status.ok()) tap(std::string(status.message()));
    Hand([this, number, hub, status] { OnStreamDone(number, *hub, status); });
  };
  events.on_gone = [this] { calls_.End(); };
  stream_ = SyncStream::Open(*hub->stub, std::move(events));
  return protocol_.OnConnected(clock_.Now(), mirror_->cursor());
}

SyncProtocol::Actions SyncClient::Engine::Adopt(const v1::Cursor& cursor) {
  const absl::Status stored = mirror_->Opened(cursor);
  if (stored.ok() && options_.on_new_generation) options_.on_new_generation();
  return protocol_.OnStored(clock_.Now(), cursor, stored);
}

SyncProtocol::Actions SyncClient::Engine::Store(const v1::SyncResponse::Batch& batch) {
  const absl::Status stored = mirror_->Apply(batch);
  if (stored.ok()) {
    changes_applied_ += batch.changes_size();
    for (const auto& change : batch.changes()) {
      if (change.has_withdrawn()) deletions_->AskSoon(hub_clock().Now());
      if (options_.on_change) options_.on_change(change);
    }
  }
  const bool was_caught_up = protocol_.caught_up();
  SyncProtocol::Actions next = protocol_.OnStored(clock_.Now(), batch.through(), stored);
  const bool news = !batch.changes().empty() || !was_caught_up;
  if (protocol_.caught_up() && news && options_.on_caught_up) options_.on_caught_up();
  // A program that runs for minutes a day asks as well.
  if (protocol_.caught_up() && !std::exchange(asked_for_orders_, true)) deletions_->AskNow();
  return next;
}

SyncProtocol::Actions SyncClient::Engine::End(const v1::SyncResponse::WithdrawnNow& withdrawn) {
  const absl::Status ended = mirror_->Withdraw(withdrawn);
  if (ended.ok()) deletions_->AskSoon(hub_clock().Now());
  if (ended.ok() && options_.on_change) {
    v1::SyncResponse::Change change;
    change.mutable_withdrawn()->set_assignment_id(withdrawn.assignment_id());
    change.mutable_withdrawn()->set_reason(withdrawn.reason());
    options_.on_change(change);
  }
  return protocol_.OnEnded(clock_.Now(), withdrawn.change_sequence(), ended);
}

void SyncClient::Engine::OnStreamDone(int64_t stream, const Hub& hub, const absl::Status& status) {
  if (stream != streams_opened_ || stopping_) return;
  stream_.reset();
  const absl::Status why = closing_why_.ok() ? status : closing_why_;
  if (why.ok()) {
    // Ended for its age. The next one may go anywhere: vendors that a hub lost while it was away
    // come back to it in this way.
    hubs_.TurnTo(ids_.Random());
  } else if (why.code() != absl::StatusCode::kAborted) {  // superseded: nothing against this hub
    hubs_.TurnFrom(hub.number);
  }
  if (why.code() != absl::StatusCode::kAborted) {
    if (const auto elsewhere = source_->Elsewhere(*hub.channel); elsewhere.has_value())
      hubs_.Replace(*elsewhere);
  }
  if (!why.ok()) Trouble(why);
  Perform(protocol_.OnDisconnected(clock_.Now(), why));
}

void SyncClient::Engine::Reject(std::string_view assignment_id,
                                v1::SyncRequest::Rejection::Reason reason) {
  if (worker_->IsCurrent()) return protocol_.Reject(assignment_id, reason);
  Hand([this, id = std::string(assignment_id), reason] { protocol_.Reject(id, reason); });
}

// --- Outcomes
// -----------------------------------------------------------------------------------------

void SyncClient::Engine::Put(v1::Outcome outcome, OutcomeCallback done) {
  if (worker_->IsCurrent()) {
    std::vector<std::pair<v1::Outcome, OutcomeCallback>> one;
    one.emplace_back(std::move(outcome), std::move(done));
    return PutNow(std::move(one));
  }
  bool first;
  {
    MutexLock lock(puts_mutex_);
    first = puts_.empty();
    puts_.emplace_back(std::move(outcome), std::move(done));
  }
  if (!first || Hand([this] { DrainPuts(); })) return;
  std::vector<std::pair<v1::Outcome, OutcomeCallback>> refused;
  {
    MutexLock lock(puts_mutex_);
    refused.swap(puts_);
  }
  for (auto& [ignored, refused_done] : refused) {
    if (refused_done) refused_done(transport::ClientStopped());
  }
}

void SyncClient::Engine::DrainPuts() {
  std::vector<std::pair<v1::Outcome, OutcomeCallback>> puts;
  {
    MutexLock lock(puts_mutex_);
    puts.swap(puts_);
  }
  PutNow(std::move(puts));
}

void SyncClient::Engine::PutNow(std::vector<std::pair<v1::Outcome, OutcomeCallback>> puts) {
  std::vector<v1::Outcome> outcomes;
  outcomes.reserve(puts.size());
  for (auto& put : puts) outcomes.push_back(std::move(put.first));
  const auto results = outbox_->PutAll(std::move(outcomes));
  for (size_t i = 0; i < puts.size(); ++i) {
    if (!puts[i].second) continue;
    if (results.ok()) {
      puts[i].second((*results)[i]);
    } else {
      puts[i].second(results.status());
    }
  }
  if (started_ && !stopping_) SendOutcomes();
}

void SyncClient::Engine::SendOutcomes() {
  auto request = sender_->Next(clock_.Now());
  if (!request.ok()) return Trouble(request.status());
  if (!request->has_value()) return;
  const std::shared_ptr<Hub> hub = hubs_.current();
  transport::StartUnary<v1::ReportOutcomesResponse>(
      calls_, *hub->stub->async(), &v1::VendorService::Stub::async::ReportOutcomes,
      **std::move(request), options_.call_timeout, TapFor("ReportOutcomes"),
      [this, hub](absl::StatusOr<v1::ReportOutcomesResponse> answer) {
        Hand([this, hub, answer = std::move(answer)] { OnReceipts(hub->number, answer); });
      });
}

void SyncClient::Engine::OnReceipts(size_t hub,
                                    const absl::StatusOr<v1::ReportOutcomesResponse>& answer) {
  const auto refused = sender_->OnAnswer(clock_.Now(), answer);
  if (stopping_) return;
  if (!refused.ok()) {
    if (transport::AnotherHubMayDo(refused.status())) hubs_.TurnFrom(hub);
    Trouble(refused.status());
    return SendOutcomes();  // to the next hub, if it is its turn
  }
  if (answer.ok() && options_.on_recorded) {
    for (const auto& receipt : answer->receipts()) {
      if (Outbox::Delivered(receipt)) options_.on_recorded(receipt);
    }
  }
  for (const auto& receipt : *refused) {
    if (options_.on_refused) options_.on_refused(receipt);
  }
  SendOutcomes();
}

// --- Orders to delete
// ----------------------------------------------------------------------------------

void SyncClient::Engine::CarryOutOrders() {
  // While the feed is behind, rows that an order is about are still on their way. Without a stream,
  // as when the contract has ended, only orders tell what is to be deleted.
  if (IsStreaming() && !protocol_.caught_up()) return;
  auto step = deletions_->Next(hub_clock().Now());
  if (!step.ok()) return Trouble(step.status());
  if (!step->has_value()) return;
  if (auto* statement = std::get_if<v1::DeletionStatement>(&**step))
    return Confirm(std::move(*statement));
  CallHub<v1::ListDeletionOrdersResponse>(
      "ListDeletionOrders", &v1::VendorService::Stub::async::ListDeletionOrders,
      std::get<v1::ListDeletionOrdersRequest>(**std::move(step)),
      [this](absl::StatusOr<v1::ListDeletionOrdersResponse> answer) {
        Hand([this, answer = std::move(answer)] {
          const absl::Status taken = deletions_->OnOrders(hub_clock().Now(), answer);
          if (!taken.ok()) Trouble(taken);
        });
      });
}

void SyncClient::Engine::Confirm(v1::DeletionStatement statement) {
  const auto signer = transport::StatementSigner::Read(options_.tls_directory, clock_);
  if (!signer.ok()) return OnConfirmed(signer.status());
  auto request = signer->Sign(std::move(statement));
  if (!request.ok()) return OnConfirmed(request.status());
  CallHub<v1::ConfirmDeletionResponse>(
      "ConfirmDeletion", &v1::VendorService::Stub::async::ConfirmDeletion, *std::move(request),
      [this](const absl::StatusOr<v1::ConfirmDeletionResponse>& answer) {
        Hand([this, status = answer.status()] { OnConfirmed(status); });
      });
}

void SyncClient::Engine::OnConfirmed(const absl::Status& status) {
  const absl::Status taken = deletions_->OnConfirmed(hub_clock().Now(), status);
  if (!taken.ok()) Trouble(taken);
}

// --- Other calls
// --------------------------------------------------------------------------------------

template <typename Request, typename Response>
void SyncClient::Engine::Attempt(std::shared_ptr<RetriedCall<Request, Response>> call) {
  const std::shared_ptr<Hub> hub = hubs_.current();
  absl::Duration timeout = absl::FromChrono(call->deadline - std::chrono::steady_clock::now());
  if (hubs_.size() > 1) timeout = std::min(timeout, options_.call_timeout / 2);
  transport::StartUnary<Response>(
      calls_, *hub->stub->async(), call->call, call->request, timeout, TapFor(call->method),
      [this, call, hub](absl::StatusOr<Response> answer) {
        if (!answer.ok() && stopping_) return call->done(transport::ClientStopped());
        if (answer.ok() || !transport::MayRetry(answer.status()))
          return call->done(std::move(answer));
        if (transport::AnotherHubMayDo(answer.status())) hubs_.TurnFrom(hub->number);
        const absl::Duration delay = call->round.After(answer.status(), ids_.Random());
        const Instant when = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
        if (when >= call->deadline) return call->done(std::move(answer));
        if (delay == absl::ZeroDuration()) return Attempt(call);
        Later(when, [this, call] { Attempt(call); });
      });
}

void SyncClient::Engine::Later(Instant when, Worker::Task task) {
  {
    MutexLock lock(later_mutex_);
    if (!later_closed_) {
      later_.emplace_back(when, std::move(task));
      return;
    }
  }
  task();
}

void SyncClient::Engine::RunDue() {
  const Instant now = std::chrono::steady_clock::now();
  std::vector<std::pair<Instant, Worker::Task>> due;
  {
    MutexLock lock(later_mutex_);
    const auto first_due = std::partition(later_.begin(), later_.end(),
                                          [now](const auto& entry) { return entry.first > now; });
    due.assign(std::make_move_iterator(first_due), std::make_move_iterator(later_.end()));
    later_.erase(first_due, later_.end());
  }
  for (auto& [when, task] : due) task();
}

template void SyncClient::Engine::Attempt(
    std::shared_ptr<RetriedCall<v1::RequestPermitRequest, v1::RequestPermitResponse>>);
template void SyncClient::Engine::Attempt(
    std::shared_ptr<RetriedCall<v1::ReleasePermitRequest, v1::ReleasePermitResponse>>);
template void SyncClient::Engine::Attempt(
    std::shared_ptr<RetriedCall<v1::ObjectToRecallRequest, v1::ObjectToRecallResponse>>);
template void SyncClient::Engine::Attempt(
    std::shared_ptr<RetriedCall<v1::HandOverRequest, v1::HandOverResponse>>);
template void SyncClient::Engine::Attempt(
    std::shared_ptr<RetriedCall<v1::PassOnRequest, v1::PassOnResponse>>);

// --- What others see
// ----------------------------------------------------------------------------------

bool SyncClient::Engine::IsStreaming() const {
  const auto protocol = protocol_.state();
  return protocol == SyncProtocol::State::kStreaming || protocol == SyncProtocol::State::kStoring ||
         protocol == SyncProtocol::State::kEnding || protocol == SyncProtocol::State::kAdopting;
}

void SyncClient::Engine::Publish() {
  SyncClientState state;
  state.streaming = IsStreaming();
  state.caught_up = state.streaming && protocol_.caught_up();
  state.workable_rows = mirror_->current_rows();
  state.pending_outcomes = outbox_->pending();
  state.refused_outcomes = outbox_->refused();
  state.not_kept_outcomes = outbox_->not_kept();
  state.streams_opened = streams_opened_;
  state.changes_applied = changes_applied_;
  state.cursor = mirror_->cursor();
  {
    MutexLock lock(state_mutex_);
    state_ = std::move(state);
  }
  state_changed_.NotifyAll();
}

SyncClientState SyncClient::Engine::State() const {
  MutexLock lock(state_mutex_);
  return state_;
}

bool SyncClient::Engine::WaitFor(absl::Duration timeout,
                                 const std::function<bool(const SyncClientState&)>& holds) {
  MutexLock lock(state_mutex_);
  return state_changed_.WaitFor(state_mutex_, timeout,
                                [&]() SWITCHBOARD_REQUIRES(state_mutex_) { return holds(state_); });
}

void SyncClient::Engine::Trouble(const absl::Status& status) const {
  if (options_.on_trouble && !stopping_) options_.on_trouble(status);
}

std::function<void(const std::string&)> SyncClient::Engine::TapFor(std::string_view method) const {
  if (!options_.tap) return nullptr;
  return [this, method](const std::string& bytes) { options_.tap(method, bytes); };
}

}  // namespace switchboard::adapters
