#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/core_service.grpc.pb.h"

namespace switchboard::clients {

// A hub that keeps what it is given, and cuts, repeats or falls silent when the test says so. For
// tests only.
//
// The test sets it up before a client calls and looks at it when the call has returned. What
// before_answer uses must outlive the hub: it may still run for a call that the client has left.
class ScriptedHub final : public v1::CoreService::Service {
 public:
  // Listens at the Unix socket `path`.
  explicit ScriptedHub(const std::string& path) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);  // tests have no 10 s
    builder.SetSyncServerOption(grpc::ServerBuilder::CQ_TIMEOUT_MSEC, 200);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ScriptedHub() override { server_->Shutdown(std::chrono::system_clock::time_point::min()); }

  // Of the n-th stream (from 0): after how many batches taken it ends, how, and whether the last of
  // them is still answered.
  struct Cut {
    int batches;
    absl::Status status;
    bool answered;
  };
  std::deque<Cut> cuts;
  bool silent = false;                  // takes batches and answers none
  std::deque<absl::Status> failures;    // of the first unary calls
  std::function<void()> before_answer;  // of each batch and unary call

  std::vector<int64_t> sequences;  // records taken for the first time, in order
  std::vector<int> batch_sizes;    // of all batches, repeats included
  std::atomic<int> streams = 0;
  std::string source;
  std::vector<absl::Time> as_of;          // of all batches
  std::vector<absl::Time> records_as_of;  // of the records that have one of their own
  std::vector<int64_t> outdated;          // sequences of which a newer truth is known
  std::vector<v1::ReadCoreFeedRequest> reads;
  int64_t items = 0;           // recorded so far
  int64_t skip = 0;            // a sequence that is left out by mistake
  int64_t erased_through = 0;  // as it says to readers
  std::atomic<int> posts = 0;

  grpc::Status ImportAccounts(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::ImportAccountsResponse, v1::ImportAccountsRequest>* stream)
      override {
    ++streams;
    const Cut cut = NextCut();
    if (cut.batches == 0) return identity::ToGrpc(cut.status);
    v1::ImportAccountsRequest request;
    for (int taken = 1; stream->Read(&request); ++taken) {
      if (silent) continue;
      if (before_answer) before_answer();
      const v1::ImportAccountsResponse answer = TakeBatch(request);
      if (taken < cut.batches || cut.answered) stream->Write(answer);
      if (taken == cut.batches) return identity::ToGrpc(cut.status);
    }
    return context->IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK;
  }

  grpc::Status PostEvents(grpc::ServerContext*, const v1::PostEventsRequest* request,
                          v1::PostEventsResponse* response) override {
    ++posts;
    if (before_answer) before_answer();
    if (const absl::Status failure = NextFailure(); !failure.ok()) return identity::ToGrpc(failure);
    for (const auto& event : request->events()) {
      response->add_receipts()->set_event_id(event.event_id());
    }
    return grpc::Status::OK;
  }

  grpc::Status ReadCoreFeed(grpc::ServerContext* context, const v1::ReadCoreFeedRequest* request,
                            v1::ReadCoreFeedResponse* response) override {
    if (before_answer) before_answer();
    {
      MutexLock lock(mutex_);
      reads.push_back(*request);
    }
    if (const absl::Status failure = NextFailure(); !failure.ok()) return identity::ToGrpc(failure);
    const int64_t last = std::min(items, request->after() + request->max_items());
    for (int64_t i = request->after() + 1; i <= last; ++i) {
      if (i != skip) response->add_items()->set_sequence(i);
    }
    response->set_newest(items);
    response->set_erased_through(erased_through);
    // A long poll that nothing ends but the client.
    while (response->items().empty() && request->max_wait().seconds() > 0 &&
           !context->IsCancelled()) {
      std::this_thread::yield();
    }
    return grpc::Status::OK;
  }

 private:
  using Import = v1::ImportAccountsResponse;

  static absl::Time TimeOf(const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  }

  Cut NextCut() {
    MutexLock lock(mutex_);
    if (cuts.empty()) return {1 << 30, absl::OkStatus(), true};
    const Cut cut = cuts.front();
    cuts.pop_front();
    return cut;
  }

  absl::Status NextFailure() {
    MutexLock lock(mutex_);
    if (failures.empty()) return absl::OkStatus();
    const absl::Status failure = failures.front();
    failures.pop_front();
    return failure;
  }

  // Refuses every tenth record, which moves no sequence.
  v1::ImportAccountsResponse TakeBatch(const v1::ImportAccountsRequest& request) {
    MutexLock lock(mutex_);
    v1::ImportAccountsResponse answer;
    source = request.source();
    batch_sizes.push_back(request.records_size());
    as_of.push_back(TimeOf(request.as_of_time()));
    int accepted = 0;
    for (const auto& record : request.records()) {
      const auto is_this = [&](int64_t sequence) { return sequence == record.sequence(); };
      const bool known = std::any_of(sequences.begin(), sequences.end(), is_this);
      if (!known) sequences.push_back(record.sequence());
      if (record.has_as_of_time()) records_as_of.push_back(TimeOf(record.as_of_time()));
      const bool invalid = record.sequence() % 10 == 0;
      const bool is_outdated = std::any_of(outdated.begin(), outdated.end(), is_this);
      if (known || invalid || is_outdated) {
        auto& receipt = *answer.add_receipts();
        receipt.set_sequence(record.sequence());
        receipt.set_status(known     ? Import::STATUS_REPEATED
                           : invalid ? Import::STATUS_INVALID
                                     : Import::STATUS_OUTDATED);
      } else {
        ++accepted;
        through_ = std::max(through_, record.sequence());
      }
    }
    answer.set_accepted(accepted);
    answer.set_through(through_);
    return answer;
  }

  Mutex mutex_;  // between handlers
  int64_t through_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::clients
