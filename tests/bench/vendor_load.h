#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {

// Sends outcomes of one vendor in calls, a few under way at a time.
class OutcomeSender {
 public:
  // `stub` outlives the sender. Outcomes are numbered from `first_number` on: each once.
  OutcomeSender(v1::VendorService::Stub& stub, int vendor, int calls_max, size_t per_call = 500,
                int64_t first_number = 0);

  // Reports a promise on the assignment. Leaves with the call that fills up.
  void Add(const std::string& assignment_id);
  // Sends what has not filled a call. Without `all` only when no call is under way: the answer to
  // that call will send more at a time.
  void Flush(bool all);
  // Outcomes answered, every one as recorded.
  int64_t answered() const { return answered_; }
  void AwaitAnswers(int64_t count);

 private:
  struct Call;
  void SendLocked() SWITCHBOARD_REQUIRES(mutex_);
  void Answered(Call* call, const grpc::Status& status);

  v1::VendorService::Stub& stub_;
  const int vendor_;
  const int calls_max_;
  const size_t per_call_;
  std::atomic<int64_t> answered_{0};
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::string> waiting_ SWITCHBOARD_GUARDED_BY(mutex_);  // assignments to report on
  int64_t next_number_ SWITCHBOARD_GUARDED_BY(mutex_);
  int calls_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
};

// A vendor's stream without a mirror: reads batches, hands changes over, acks each batch.
class FeedReader final : public grpc::ClientBidiReactor<v1::SyncRequest, v1::SyncResponse> {
 public:
  using OnBatch = std::function<void(const v1::SyncResponse::Batch&)>;

  // Opens the stream with no cursor. `adapter` tells the floor server what to do. `on_batch` runs
  // on gRPC's threads, one at a time.
  FeedReader(v1::VendorService::Stub& stub, int window, const std::string& adapter,
             OnBatch on_batch);
  ~FeedReader() override { Stop(); }

  // Changes received.
  int64_t received() const { return received_; }
  // Cancels and waits for the end. Idempotent.
  void Stop();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  void AckLocked() SWITCHBOARD_REQUIRES(mutex_);

  const OnBatch on_batch_;
  grpc::ClientContext context_;
  v1::SyncResponse response_;
  std::atomic<int64_t> received_{0};
  Gate done_{1};
  Mutex mutex_;
  v1::SyncRequest request_;  // being written while writing_
  v1::Cursor stored_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool writing_ SWITCHBOARD_GUARDED_BY(mutex_) = true;
  bool ack_waits_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::bench
