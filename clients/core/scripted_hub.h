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
#include "hub/identity/grpc_status.h"
#include "switchboard/v1/core_service.grpc.pb.h"

namespace switchboard::clients {

// A hub that keeps what it is given, and cuts, repeats or falls silent when the test says so. For
// tests only.
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
  std::vector<v1::ReadOutcomesRequest> reads;
  int64_t outcomes = 0;        // recorded so far
  int64_t skip = 0;            // a sequence that is left out by mistake
  int64_t erased_through = 0;  // as it says to readers
  std::atomic<int> posts = 0;

  grpc::Status ImportAccounts(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::ImportAccountsResponse, v1::ImportAccountsRequest>* stream)
      override {
    ++streams;
    Cut cut{1 << 30, absl::OkStatus(), true};
    if (!cuts.empty()) {
      cut = cuts.front();
      cuts.pop_front();
    }
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

  grpc::Status ReadOutcomes(grpc::ServerContext* context, const v1::ReadOutcomesRequest* request,
                            v1::ReadOutcomesResponse* response) override {
    reads.push_back(*request);
    if (before_answer) before_answer();
    if (const absl::Status failure = NextFailure(); !failure.ok()) return identity::ToGrpc(failure);
    const int64_t last = std::min(outcomes, request->after() + request->max_outcomes());
    for (int64_t i = request->after() + 1; i <= last; ++i) {
      if (i != skip) response->add_outcomes()->set_sequence(i);
    }
    response->set_newest(outcomes);
    response->set_erased_through(erased_through);
    // A long poll that nothing ends but the client.
    while (response->outcomes().empty() && request->max_wait().seconds() > 0 &&
           !context->IsCancelled()) {
      std::this_thread::yield();
    }
    return grpc::Status::OK;
  }

 private:
  using Import = v1::ImportAccountsResponse;

  absl::Status NextFailure() {
    if (failures.empty()) return absl::OkStatus();
    const absl::Status failure = failures.front();
    failures.pop_front();
    return failure;
  }

  v1::ImportAccountsResponse TakeBatch(const v1::ImportAccountsRequest& request) {
    v1::ImportAccountsResponse answer;
    source = request.source();
    batch_sizes.push_back(request.records_size());
    int accepted = 0;
    for (const auto& record : request.records()) {
      const bool known =
          std::find(sequences.begin(), sequences.end(), record.sequence()) != sequences.end();
      if (!known) sequences.push_back(record.sequence());
      if (known || record.sequence() % 10 == 0) {
        auto& receipt = *answer.add_receipts();
        receipt.set_sequence(record.sequence());
        receipt.set_status(known ? Import::STATUS_REPEATED : Import::STATUS_INVALID);
      } else {
        ++accepted;
      }
    }
    answer.set_accepted(accepted);
    answer.set_through(sequences.empty() ? 0 : sequences.back());
    return answer;
  }

  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::clients
