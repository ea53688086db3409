#include "tests/bench/vendor_load.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>

#include "tests/bench/records.h"

namespace switchboard::bench {
struct OutcomeSender::Call {
  grpc::ClientContext context;
  v1::ReportOutcomesRequest request;
  v1::ReportOutcomesResponse response;
};

OutcomeSender::OutcomeSender(v1::VendorService::Stub& stub, int vendor, int calls_max,
                             size_t per_call, int64_t first_number)
    : stub_(stub),
      vendor_(vendor),
      calls_max_(calls_max),
      per_call_(per_call),
      next_number_(first_number) {}

void OutcomeSender::Add(const std::string& assignment_id) {
  MutexLock lock(mutex_);
  waiting_.push_back(assignment_id);
  if (waiting_.size() >= per_call_ && calls_ < calls_max_) SendLocked();
}

void OutcomeSender::Flush(bool all) {
  MutexLock lock(mutex_);
  if (!waiting_.empty() && (all || calls_ == 0)) SendLocked();
}

void OutcomeSender::SendLocked() {
  auto* call = new Call;
  const size_t count = std::min(waiting_.size(), per_call_);
  for (size_t i = 0; i < count; ++i) {
    FillOutcome(vendor_, next_number_++, waiting_.front(), call->request.add_outcomes());
    waiting_.pop_front();
  }
  ++calls_;
  stub_.async()->ReportOutcomes(
      &call->context, &call->request, &call->response,
      [this, call](const grpc::Status& status) { Answered(call, status); });
}

void OutcomeSender::Answered(Call* call, const grpc::Status& status) {
  if (!status.ok()) GiveUp("ReportOutcomes: " + status.error_message());
  for (const auto& receipt : call->response.receipts()) {
    if (receipt.status() != v1::ReportOutcomesResponse::STATUS_RECORDED)
      GiveUp("an outcome was refused: " + receipt.ShortDebugString());
  }
  MutexLock lock(mutex_);
  answered_ += call->response.receipts_size();
  delete call;
  --calls_;
  if (!waiting_.empty()) SendLocked();
  changed_.NotifyAll();
}

void OutcomeSender::AwaitAnswers(int64_t count) {
  MutexLock lock(mutex_);
  if (!changed_.WaitFor(mutex_, absl::Seconds(120), [&] { return answered_ >= count; }))
    GiveUp("outcomes take too long");
}

FeedReader::FeedReader(v1::VendorService::Stub& stub, int window, const std::string& adapter,
                       OnBatch on_batch)
    : on_batch_(std::move(on_batch)) {
  stub.async()->Sync(&context_, this);
  request_.mutable_open()->set_window(window);
  request_.mutable_open()->set_adapter(adapter);
  StartWrite(&request_);
  StartRead(&response_);
  StartCall();
}

void FeedReader::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  context_.TryCancel();
  done_.Wait("the end of a stream");
}

void FeedReader::OnReadDone(bool ok) {
  if (!ok) return;
  if (response_.has_batch()) {
    const v1::SyncResponse::Batch& batch = response_.batch();
    received_ += batch.changes_size();
    on_batch_(batch);
    MutexLock lock(mutex_);
    stored_ = batch.through();
    ack_waits_ = true;
    AckLocked();
  } else if (response_.has_withdrawn_now()) {
    v1::SyncResponse::Batch ahead;
    ahead.add_changes()->mutable_withdrawn()->set_assignment_id(
        response_.withdrawn_now().assignment_id());
    on_batch_(ahead);
  } else if (!response_.has_opened()) {
    // The floor's word that it watches.
    on_batch_(v1::SyncResponse::Batch());
  }
  StartRead(&response_);
}

void FeedReader::OnWriteDone(bool ok) {
  if (!ok) return;
  MutexLock lock(mutex_);
  writing_ = false;
  AckLocked();
}

void FeedReader::AckLocked() {
  if (writing_ || !ack_waits_ || stopping_) return;
  writing_ = true;
  ack_waits_ = false;
  *request_.mutable_ack()->mutable_cursor() = stored_;
  StartWrite(&request_);
}

void FeedReader::OnDone(const grpc::Status& status) {
  {
    MutexLock lock(mutex_);
    if (!stopping_ && !status.ok()) GiveUp("Sync: " + status.error_message());
  }
  done_.Pass();
}

}  // namespace switchboard::bench
