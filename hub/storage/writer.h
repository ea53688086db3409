#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/storage/sqlite.h"
#include "hub/storage/transaction.h"

namespace switchboard::storage {

// Which units go first. A stop or a permit must not wait behind a day's file.
enum class Urgency { kUrgent, kBulk };

struct WriterOptions {
  // Units that may wait. More are refused with a retry time (I11).
  size_t queue_max = 10'000;
  // Units in one commit. Larger groups cost each unit less and make the first one wait longer.
  size_t group_max = 256;
  // A group takes no further bulk unit after this long, so that an urgent one waits no longer than
  // that.
  absl::Duration group_time_max = absl::Milliseconds(4);
  // Log pages after which a checkpoint is made even though work is waiting (4 KiB each).
  int64_t log_pages_max = 16'384;
  // Log pages worth a checkpoint when there is nothing else to do.
  int64_t log_pages_idle = 1'024;
};

// Runs units of work in groups: one transaction and one commit for many, each unit undone alone
// when it fails. A unit's answer is given only after the commit is durable (I1). One writer per
// database.
//
// Thread-safe. Answers and announcements run on the thread that runs groups, in order, and must be
// quick.
class Writer {
 public:
  // Changes the database, or fails and leaves no trace. Runs once, or again if the engine asks for
  // it.
  using Unit = std::function<absl::Status(Transaction&)>;
  // Called exactly once, with the unit's status or the commit's.
  using Done = std::function<void(const absl::Status&)>;

  struct Hooks {
    // Runs last in each group that has records: the audit log seals them.
    std::function<absl::Status(Transaction&)> before_commit;
    // Runs after each durable commit, with the topics its units announced, without repeats, and the
    // records they left.
    std::function<void(const std::vector<std::string>& topics,
                       const std::vector<std::string>& records)>
        after_commit;
    // Units and seconds of each commit, for metrics.
    std::function<void(size_t units, absl::Duration took)> observe;
  };

  Writer(std::unique_ptr<WriterConnection> connection, Clock& clock, WriterOptions options,
         Hooks hooks);
  // Fails what still waits with UNAVAILABLE, SHUTTING_DOWN.
  ~Writer();

  // Queues a unit. OVERLOADED, through `done` at once, when the queue is full.
  void Submit(Urgency urgency, Unit unit, Done done);

  // Queues a unit and waits. Only where a thread of its own calls; a thread must run groups
  // meanwhile.
  absl::Status SubmitAndWait(Urgency urgency, Unit unit);

  // Starts the thread that runs groups. Without it, RunGroup() does.
  void Start();
  // Finishes what is queued and stops the thread.
  void Stop();

  // Runs one group on the calling thread; false when nothing waited. For tests, the simulation and
  // start-up.
  bool RunGroup();

  size_t queue_length() const;

 private:
  struct Waiting {
    Urgency urgency;
    Unit unit;
    Done done;
    absl::Status status;
  };

  void Loop();
  std::vector<Waiting> TakeGroup();
  absl::Status RunUnits(Transaction& transaction, std::vector<Waiting>& group);
  absl::Status RunUnit(Transaction& transaction, Waiting& waiting);
  void PutBack(std::vector<Waiting>& group, size_t from);
  struct Committed {
    std::vector<std::string> topics;
    std::vector<std::string> records;
  };
  absl::StatusOr<Committed> RunAndCommit(std::vector<Waiting>& group);
  void CheckpointIfDue(bool idle);

  // Constant after construction, or used by the group-running thread only.
  const std::unique_ptr<WriterConnection> connection_;
  Clock& clock_;
  const WriterOptions options_;
  const Hooks hooks_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> urgent_;    // guarded by mutex_
  std::deque<Waiting> bulk_;      // guarded by mutex_
  bool urgent_had_turn_ = false;  // guarded by mutex_: the last group was urgent
  bool stopping_ = false;         // guarded by mutex_
  std::thread thread_;
};

}  // namespace switchboard::storage
