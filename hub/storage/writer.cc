#include "hub/storage/writer.h"

#include <algorithm>
#include <chrono>
#include <future>

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

constexpr absl::Duration kOverloadRetryDelay = absl::Milliseconds(200);
constexpr int kRetriesMax = 5;
// A bulk unit may be a thousand accounts: a few of them make a group.
constexpr size_t kBulkMax = 16;

// Groups are cut by elapsed time, which the wall clock of a simulation must not influence.
std::chrono::steady_clock::time_point SteadyNow() { return std::chrono::steady_clock::now(); }

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down");
}

}  // namespace

Writer::Writer(std::unique_ptr<WriterConnection> connection, Clock& clock, WriterOptions options,
               Hooks hooks)
    : connection_(std::move(connection)),
      clock_(clock),
      options_(options),
      hooks_(std::move(hooks)) {}

Writer::~Writer() {
  Stop();
  for (auto* queue : {&urgent_, &bulk_}) {
    for (Waiting& waiting : *queue) waiting.done(ShuttingDown());
  }
}

void Writer::Submit(Urgency urgency, Unit unit, Done done) {
  absl::Status refused;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = ShuttingDown();
    } else if (urgent_.size() + bulk_.size() >= options_.queue_max) {
      refused = OverloadedError("too many writes are waiting", kOverloadRetryDelay);
    } else {
      auto& queue = urgency == Urgency::kUrgent ? urgent_ : bulk_;
      queue.push_back({urgency, std::move(unit), std::move(done), absl::OkStatus()});
    }
  }
  if (!refused.ok()) {
    done(refused);
    return;
  }
  wake_.notify_one();
}

absl::Status Writer::SubmitAndWait(Urgency urgency, Unit unit) {
  auto answer = std::make_shared<std::promise<absl::Status>>();
  auto future = answer->get_future();
  Submit(urgency, std::move(unit),
         [answer](const absl::Status& status) { answer->set_value(status); });
  return future.get();
}

void Writer::Start() {
  SWITCHBOARD_ASSERT(!thread_.joinable());
  thread_ = std::thread([this] { Loop(); });
}

void Writer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

size_t Writer::queue_length() const {
  std::lock_guard lock(mutex_);
  return urgent_.size() + bulk_.size();
}

void Writer::Loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !urgent_.empty() || !bulk_.empty(); });
      if (stopping_ && urgent_.empty() && bulk_.empty()) return;
    }
    RunGroup();
    CheckpointIfDue(queue_length() == 0);
  }
}

// Urgent units make a group of their own: a bulk unit beside them, a thousand accounts for
// instance, would delay their commit by all that it takes. Bulk units have every second turn.
std::vector<Writer::Waiting> Writer::TakeGroup() {
  std::vector<Waiting> group;
  std::lock_guard lock(mutex_);
  const bool take_urgent = !urgent_.empty() && (bulk_.empty() || !urgent_had_turn_);
  urgent_had_turn_ = take_urgent;
  auto& queue = take_urgent ? urgent_ : bulk_;
  const size_t limit = take_urgent ? options_.group_max : std::min(options_.group_max, kBulkMax);
  while (!queue.empty() && group.size() < limit) {
    group.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  return group;
}

bool Writer::RunGroup() {
  std::vector<Waiting> group = TakeGroup();
  if (group.empty()) return false;
  const auto begin = SteadyNow();
  auto committed = RunAndCommit(group);
  for (int retry = 0; retry < kRetriesMax && absl::IsUnavailable(committed.status()); ++retry) {
    committed = RunAndCommit(group);
  }
  if (hooks_.observe) hooks_.observe(group.size(), absl::FromChrono(SteadyNow() - begin));
  if (committed.ok() && hooks_.after_commit)
    hooks_.after_commit(committed->topics, committed->records);
  for (Waiting& waiting : group) {
    waiting.done(committed.ok() ? waiting.status : committed.status());
  }
  return true;
}

absl::Status Writer::RunUnits(Transaction& transaction, std::vector<Waiting>& group) {
  const auto begin = SteadyNow();
  for (size_t i = 0; i < group.size(); ++i) {
    if (i > 0 && absl::FromChrono(SteadyNow() - begin) > options_.group_time_max) {
      PutBack(group, i);
      break;
    }
    RETURN_IF_ERROR(RunUnit(transaction, group[i]));
  }
  return absl::OkStatus();
}

// Fails only when the whole group is lost; a unit's own failure is its status.
absl::Status Writer::RunUnit(Transaction& transaction, Waiting& waiting) {
  const Transaction::Mark mark = transaction.Here();
  RETURN_IF_ERROR(connection_->Savepoint());
  waiting.status = waiting.unit(transaction);
  if (!connection_->InTransaction()) {
    return waiting.status.ok() ? absl::InternalError("the transaction ended early")
                               : waiting.status;
  }
  if (waiting.status.ok()) return connection_->ReleaseSavepoint();
  transaction.DropAfter(mark);
  return connection_->RollbackToSavepoint();
}

// What did not fit goes back to where it came from, ahead of everything newer.
void Writer::PutBack(std::vector<Waiting>& group, size_t from) {
  std::lock_guard lock(mutex_);
  while (group.size() > from) {
    auto& queue = group.back().urgency == Urgency::kUrgent ? urgent_ : bulk_;
    queue.push_front(std::move(group.back()));
    group.pop_back();
  }
}

absl::StatusOr<Writer::Committed> Writer::RunAndCommit(std::vector<Waiting>& group) {
  RETURN_IF_ERROR(connection_->Begin());
  Transaction transaction(*connection_, clock_.Now());
  absl::Status status = RunUnits(transaction, group);
  if (status.ok() && hooks_.before_commit && !transaction.records().empty())
    status = hooks_.before_commit(transaction);
  if (status.ok()) status = connection_->Commit();
  if (!status.ok()) {
    // The transaction may be gone already (disk full rolls back by itself); the first error counts.
    connection_->Rollback().IgnoreError();
    return status;
  }
  Committed committed;
  transaction.Take(&committed.topics, &committed.records);
  std::sort(committed.topics.begin(), committed.topics.end());
  committed.topics.erase(std::unique(committed.topics.begin(), committed.topics.end()),
                         committed.topics.end());
  return committed;
}

void Writer::CheckpointIfDue(bool idle) {
  const int64_t pages = connection_->LogPages();
  if (pages < (idle ? options_.log_pages_idle : options_.log_pages_max)) return;
  // A failed checkpoint loses nothing: the log stays and the next call tries again.
  connection_->Checkpoint().IgnoreError();
}

}  // namespace switchboard::storage
