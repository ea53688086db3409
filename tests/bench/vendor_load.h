#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {

// Sends outcomes of one vendor in calls of 500, a few under way at a time.
class OutcomeSender {
 public:
  // `stub` outlives the sender.
  OutcomeSender(v1::VendorService::Stub& stub, int vendor, int calls_max);

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
  void SendLocked();
  void Answered(Call* call, const grpc::Status& status);

  v1::VendorService::Stub& stub_;
  const int vendor_;
  const int calls_max_;
  std::atomic<int64_t> answered_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;  // guarded by mutex_: assignments to report on
  int64_t next_number_ = 0;          // guarded by mutex_
  int calls_ = 0;                    // guarded by mutex_
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
  void AckLocked();

  const OnBatch on_batch_;
  grpc::ClientContext context_;
  v1::SyncResponse response_;
  std::atomic<int64_t> received_{0};
  Gate done_{1};
  std::mutex mutex_;
  v1::SyncRequest request_;  // being written while writing_
  v1::Cursor stored_;        // guarded by mutex_
  bool writing_ = true;      // guarded by mutex_
  bool ack_waits_ = false;   // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
};

}  // namespace switchboard::bench
