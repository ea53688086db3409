#include "clients/core/import_run.h"

#include <grpc/support/time.h>
#include <grpcpp/alarm.h>

#include <atomic>
#include <thread>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::clients {

// One stream, of which each answer must come within the call timeout. Written by a thread of its
// own: a hub that is held up by an answer nobody reads would otherwise hold up the writing, and
// both wait for ever.
class ImportRun::Stream {
 public:
  explicit Stream(CoreClient::Wire& wire) : wire_(wire), hub_(wire.hubs().current()) {
    begun_ = wire_.calls().Begin(&context_);
    if (!begun_) return;
    stream_ = hub_->stub->ImportAccounts(&context_);
    writer_ = std::thread([this] { WriteAll(); });
  }
  ~Stream() {
    if (!begun_) return;
    context_.TryCancel();  // of no effect once finished
    Finish(/*writes_done=*/false).IgnoreError();
    wire_.calls().Forget(&context_);
    wire_.calls().End();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool begun() const { return begun_; }
  const transport::Hubs<v1::CoreService>::Hub& hub() const { return *hub_; }

  // Queues `request`, which must live until it is answered or the stream is finished.
  void Send(const v1::ImportAccountsRequest& request) {
    {
      MutexLock lock(mutex_);
      queue_.push_back(&request);
    }
    wake_.NotifyOne();
  }

  bool Read(v1::ImportAccountsResponse* response) {
    const Watch watch(*this);
    if (!stream_->Read(response)) return false;
    wire_.See("ImportAccounts", grpc::Status::OK, *response);
    return true;
  }

  // Why the stream ended; not OK unless the hub said so. REQUIRES: Read gave false, or
  // `writes_done` and everything is answered, or the call is cancelled.
  absl::Status Finish(bool writes_done) {
    if (finished_) return absl::OkStatus();
    finished_ = true;
    const Watch watch(*this);
    {
      MutexLock lock(mutex_);
      closing_ = true;
      if (!writes_done) queue_.clear();
    }
    wake_.NotifyOne();
    writer_.join();
    const grpc::Status status = stream_->Finish();
    if (!status.ok()) wire_.See("ImportAccounts", status, v1::ImportAccountsResponse());
    if (timed_out_->load()) {
      return Error(absl::StatusCode::kDeadlineExceeded, "HUB_SILENT",
                   "the hub did not answer in time");
    }
    return identity::FromGrpc(status);
  }

 private:
  // Cancels the stream unless destroyed in time.
  class Watch {
   public:
    explicit Watch(Stream& stream) {
      const auto deadline = gpr_time_add(
          gpr_now(GPR_CLOCK_MONOTONIC),
          gpr_time_from_nanos(absl::ToInt64Nanoseconds(stream.wire_.options().call_timeout),
                              GPR_TIMESPAN));
      fire_ = std::make_shared<Fire>();
      fire_->context = &stream.context_;
      fire_->timed_out = stream.timed_out_;
      alarm_.Set(deadline, [fire = fire_](bool due) {
        MutexLock lock(fire->mutex);
        if (!due || fire->context == nullptr) return;
        fire->timed_out->store(true);
        fire->context->TryCancel();
      });
    }
    ~Watch() {
      {
        MutexLock lock(fire_->mutex);
        fire_->context = nullptr;  // the alarm may still go off
      }
      alarm_.Cancel();
    }

   private:
    struct Fire {
      Mutex mutex;
      grpc::ClientContext* context SWITCHBOARD_GUARDED_BY(mutex);
      std::shared_ptr<std::atomic<bool>> timed_out;
    };
    std::shared_ptr<Fire> fire_;
    grpc::Alarm alarm_;
  };

  void WriteAll() {
    MutexLock lock(mutex_);
    while (true) {
      while (!closing_ && queue_.empty()) wake_.Wait(mutex_);
      if (queue_.empty()) break;
      const v1::ImportAccountsRequest* request = queue_.front();
      queue_.pop_front();
      lock.Unlock();
      const bool written = stream_->Write(*request);
      lock.Lock();
      if (!written) return;  // Read will say so
    }
    lock.Unlock();
    stream_->WritesDone();
  }

  CoreClient::Wire& wire_;
  const std::shared_ptr<transport::Hubs<v1::CoreService>::Hub> hub_;
  grpc::ClientContext context_;
  std::shared_ptr<std::atomic<bool>> timed_out_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportAccountsRequest, v1::ImportAccountsResponse>>
      stream_;
  bool begun_ = false;
  bool finished_ = false;

  Mutex mutex_;
  CondVar wake_;
  std::deque<const v1::ImportAccountsRequest*> queue_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool closing_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::thread writer_;
};

ImportRun::ImportRun(CoreClient::Wire& wire, std::string_view source, absl::Time as_of,
                     CoreClient::RecordReader read, CoreClient::AnswerVisitor on_answer)
    : wire_(wire), source_(source), as_of_(as_of), read_(read), on_answer_(on_answer) {}

v1::ImportAccountsRequest ImportRun::EmptyBatch() const {
  v1::ImportAccountsRequest batch;
  batch.set_source(source_);
  const timespec as_of = absl::ToTimespec(as_of_);
  batch.mutable_as_of_time()->set_seconds(as_of.tv_sec);
  batch.mutable_as_of_time()->set_nanos(static_cast<int32_t>(as_of.tv_nsec));
  return batch;
}

absl::StatusOr<ImportSummary> ImportRun::Run() {
  RETURN_IF_ERROR(UntilDone());
  RETURN_IF_ERROR(read_error_);
  return summary_;
}

absl::StatusOr<int64_t> ImportRun::AskThrough() {
  exhausted_ = true;
  unanswered_.push_back(EmptyBatch());
  RETURN_IF_ERROR(UntilDone());
  return summary_.through;
}

absl::Status ImportRun::UntilDone() {
  CoreClient::Wire::Attempts attempts(wire_);
  while (true) {
    if (unanswered_.empty() && !exhausted_) FillNextBatch();
    if (unanswered_.empty()) return absl::OkStatus();
    ++summary_.streams;
    Stream stream(wire_);
    const absl::Status status = OverOneStream(stream, attempts);
    if (!status.ok()) RETURN_IF_ERROR(attempts.WaitAfter(status, stream.hub()));
  }
}

absl::Status ImportRun::OverOneStream(Stream& stream, CoreClient::Wire::Attempts& attempts) {
  if (!stream.begun()) return transport::ClientStopped();
  size_t sent = 0;  // of unanswered_, from its front
  while (true) {
    KeepFull(stream, sent);
    if (unanswered_.empty()) {
      // Everything is durable, however the stream ends.
      stream.Finish(/*writes_done=*/true).IgnoreError();
      return absl::OkStatus();
    }
    v1::ImportAccountsResponse answer;
    if (!stream.Read(&answer)) {
      const absl::Status status = stream.Finish(/*writes_done=*/false);
      if (!status.ok()) return status;
      return Error(absl::StatusCode::kUnavailable, "STREAM_ENDED",
                   "the hub ended the import before its last answer");
    }
    if (sent == 0) {
      return Error(absl::StatusCode::kInternal, "PROTOCOL_VIOLATED",
                   "the hub answered what was not sent");
    }
    unanswered_.pop_front();
    --sent;
    attempts.Progressed();
    OnAnswer(answer);
  }
}

// Keeps as many batches under way as the protocol allows.
void ImportRun::KeepFull(Stream& stream, size_t& sent) {
  while (sent < kUnderWayMax) {
    if (sent == unanswered_.size() && !exhausted_) FillNextBatch();
    if (sent == unanswered_.size()) return;
    stream.Send(unanswered_[sent++]);
  }
}

absl::StatusOr<bool> ImportRun::ReadRecord() {
  if (std::exchange(is_carrying_, false)) return true;
  carried_.Clear();
  ASSIGN_OR_RETURN(const bool more, read_(carried_));
  if (more && carried_.ByteSizeLong() > kBatchBytesMax) {
    return Error(absl::StatusCode::kInvalidArgument, "RECORD_TOO_LARGE",
                 "a record takes at most 3 MiB",
                 {{"sequence", std::to_string(carried_.sequence())}});
  }
  return more;
}

void ImportRun::FillNextBatch() {
  v1::ImportAccountsRequest batch = EmptyBatch();
  size_t bytes = 0;
  while (batch.records_size() < kRecordsMax) {
    const absl::StatusOr<bool> more = ReadRecord();
    if (!more.ok()) read_error_ = more.status();
    if (!more.ok() || !*more) {
      exhausted_ = true;
      break;
    }
    bytes += carried_.ByteSizeLong();
    if (bytes > kBatchBytesMax && batch.records_size() > 0) {
      is_carrying_ = true;
      break;
    }
    *batch.add_records() = std::move(carried_);
  }
  if (batch.records().empty()) return;
  summary_.records += batch.records_size();
  unanswered_.push_back(std::move(batch));
}

void ImportRun::OnAnswer(const v1::ImportAccountsResponse& answer) {
  using Response = v1::ImportAccountsResponse;
  summary_.through = answer.through();
  summary_.accepted += answer.accepted();
  ++summary_.batches;
  for (const auto& receipt : answer.receipts()) {
    if (receipt.status() == Response::STATUS_REPEATED) {
      ++summary_.repeated;
    } else if (receipt.status() == Response::STATUS_OUTDATED) {
      ++summary_.outdated;
    } else if (receipt.status() == Response::STATUS_NOT_PLACED) {
      ++summary_.not_placed;
    } else {
      ++summary_.refused;
    }
  }
  on_answer_(answer);
}

}  // namespace switchboard::clients
