#include "tests/bench/core_load.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "hub/base/clock.h"

namespace switchboard::bench {
namespace {

constexpr int kUnderWayMax = 4;

}  // namespace

Importer::Importer(v1::CoreService::Stub& stub, int64_t from, int64_t count, Fill fill,
                   int64_t per_batch)
    : fill_(std::move(fill)), per_batch_(per_batch), end_(from + count), next_(from) {
  stub.async()->ImportAccounts(&context_, this);
  request_.set_source("bench");
  request_.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(SystemClock().Now()));
  {
    MutexLock lock(mutex_);
    SendLocked();
  }
  StartRead(&response_);
  StartCall();
}

void Importer::SendLocked() {
  if (writing_ || said_done_ || under_way_ >= kUnderWayMax) return;
  const int64_t count = std::min(per_batch_, end_ - next_);
  if (count <= 0) {
    said_done_ = true;
    StartWritesDone();
    return;
  }
  // Messages that were used before keep their memory.
  while (request_.records_size() > count) request_.mutable_records()->RemoveLast();
  while (request_.records_size() < count) request_.add_records();
  for (int i = 0; i < count; ++i) fill_(next_++, request_.mutable_records(i));
  ++under_way_;
  writing_ = true;
  StartWrite(&request_);
}

void Importer::OnWriteDone(bool ok) {
  if (!ok) return;
  MutexLock lock(mutex_);
  writing_ = false;
  SendLocked();
}

void Importer::OnReadDone(bool ok) {
  if (!ok) return;
  if (response_.receipts_size() > 0)
    GiveUp("an account was refused: " + response_.receipts(0).ShortDebugString());
  accepted_ += response_.accepted();
  StartRead(&response_);
  MutexLock lock(mutex_);
  --under_way_;
  SendLocked();
}

void Importer::OnDone(const grpc::Status& status) {
  if (!status.ok()) GiveUp("ImportAccounts: " + status.error_message());
  done_.Pass();
}

FeedConfirmer::FeedConfirmer(v1::CoreService::Stub& stub, int64_t after, int64_t count,
                             int items_per_call, const std::string& reader)
    : stub_(stub), last_(after + count) {
  request_.set_after(after);
  request_.set_max_items(items_per_call);
  request_.set_reader(reader);
  request_.mutable_max_wait()->set_seconds(10);
  Ask();
}

void FeedConfirmer::Ask() {
  context_ = std::make_unique<grpc::ClientContext>();
  stub_.async()->ReadCoreFeed(context_.get(), &request_, &response_,
                              [this](const grpc::Status& status) { Answered(status); });
}

void FeedConfirmer::Answered(const grpc::Status& status) {
  if (!status.ok()) GiveUp("ReadCoreFeed: " + status.error_message());
  // This answer confirmed the last one.
  if (request_.after() >= last_) return done_.Pass();
  for (const v1::CoreItem& item : response_.items()) {
    if (item.sequence() != request_.after() + 1) GiveUp("the core's feed has a gap");
    request_.set_after(item.sequence());
  }
  if (request_.after() >= last_) request_.clear_max_wait();
  Ask();
}

}  // namespace switchboard::bench
