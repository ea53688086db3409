#pragma once

#include <atomic>
#include <functional>

#include "hub/base/mutex.h"
#include "switchboard/v1/core_service.grpc.pb.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"

namespace switchboard::bench {

// Imports accounts, made on the way, in batches with four under way.
class Importer final
    : public grpc::ClientBidiReactor<v1::ImportAccountsRequest, v1::ImportAccountsResponse> {
 public:
  // Makes record `number`, with number + 1 as its sequence, in a message that may hold an earlier
  // one.
  using Fill = std::function<void(int64_t number, v1::AccountRecord* record)>;

  // Records [from, from + count), by default the accounts with these numbers. Begins at once.
  Importer(v1::CoreService::Stub& stub, int64_t from, int64_t count, Fill fill = FillAccount,
           int64_t per_batch = 1'000);
  ~Importer() override { done_.Wait("the end of an import"); }

  // Makes no further batch.
  void Cut() { end_ = 0; }
  // Until all is answered.
  void Wait() { done_.Wait("an import"); }
  int64_t accepted() const { return accepted_; }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  void SendLocked() SWITCHBOARD_REQUIRES(mutex_);

  const Fill fill_;
  grpc::ClientContext context_;
  v1::ImportAccountsResponse response_;
  const int64_t per_batch_;
  std::atomic<int64_t> accepted_{0};
  std::atomic<int64_t> end_;
  Gate done_{1};
  Mutex mutex_;
  v1::ImportAccountsRequest request_;  // being written while writing_
  int64_t next_ SWITCHBOARD_GUARDED_BY(mutex_);
  int under_way_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  bool writing_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool said_done_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

// Reads the core feed and confirms it, from its construction until `count` are there.
class FeedConfirmer {
 public:
  FeedConfirmer(v1::CoreService::Stub& stub, int64_t after, int64_t count,
                int items_per_call = 1'000, const std::string& reader = "");
  // Until all are read and confirmed.
  void Wait() { done_.Wait("reading the core feed"); }

 private:
  void Ask();
  void Answered(const grpc::Status& status);

  v1::CoreService::Stub& stub_;
  const int64_t last_;
  std::unique_ptr<grpc::ClientContext> context_;
  v1::ReadCoreFeedRequest request_;
  v1::ReadCoreFeedResponse response_;
  Gate done_{1};
};

}  // namespace switchboard::bench
