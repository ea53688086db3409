#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/storage/fair_queue.h"
#include "hub/storage/transaction.h"

namespace switchboard::storage {

// Which units go first. What stops work goes ahead of everything and always finds room; a permit
// must not wait behind a day's file.
enum class Urgency { kStop, kUrgent, kBulk };

// Changes the database, or fails and leaves no trace. Runs once, or again if the engine asks for
// it.
using Unit = std::function<absl::Status(Transaction&)>;
// Called exactly once, with the unit's status or the commit's: UNAVAILABLE, DATABASE_UNREACHABLE
// when the engine was away for longer than retry_time_max.
using UnitDone = std::function<void(const absl::Status&)>;

struct WriterOptions {
  // Whose lanes they are; see LaneName.
  std::string hub_id = "hub-1";
  // Units that may wait, in all lanes together, each of which has its share. More are refused with
  // a retry time (I11); stops find a tenth more room.
  size_t queue_max = 10'000;
  // Most of them from one party, such as a vendor: the others always find room.
  size_t party_max = 2'500;
  // Units in one commit. Larger groups cost each unit less and make the first one wait longer.
  size_t group_max = 256;
  // Records in one bulk unit, such as a piece of an import. Others wait until it is done, while the
  // statements are as many for few as for many.
  size_t piece_max = 1'000;
  // A group takes no further unit after this long, so that an urgent one waits no longer than that
  // …
  absl::Duration group_time_max = absl::Milliseconds(4);
  // … but one of bulk units goes on for this long while nothing urgent waits.
  absl::Duration bulk_time_max = absl::Milliseconds(50);
  // How long a group is tried again while the engine is away or asks for it, before its units are
  // answered UNAVAILABLE.
  absl::Duration retry_time_max = absl::Seconds(5);
};

// What a lane is called among those of all hubs: "hub-1" for the first, "hub-1.2" for the second.
std::string LaneName(const std::string& hub_id, int lane);

// What happens around the units of a group, on the lane's thread. `lane` counts from 0.
struct WriterHooks {
  // Runs last in each group that wrote rows or has records, which the audit log seals, or boxes,
  // and alone where `owes` asked for it. Returns a token by which find_commit knows this commit
  // again; empty: it need not be known.
  std::function<absl::StatusOr<std::string>(Transaction&, int lane)> before_commit;
  // After before_commit, with what came of the group: in doubt it is taken as not committed.
  std::function<void(int lane, bool committed)> settled;
  // When before_commit wants to run although no unit comes; never: absl::InfiniteFuture(). That is
  // tried once at a time, and not while stops wait, unless they do so for a second.
  std::function<absl::Time(int lane)> owes;
  // Before a group runs again, on its connection, outside of a transaction.
  std::function<void(WriterConnection&, int lane)> before_retry;
  // Whether the commit of this token is in the database: asked when the engine was lost before it
  // answered.
  std::function<absl::StatusOr<bool>(Connection&, int lane, const std::string& token)> find_commit;
  // Runs after each durable commit, with the topics its units announced, without repeats, and the
  // records they left.
  std::function<void(const std::vector<std::string>& topics,
                     const std::vector<std::string>& records)>
      after_commit;
  // The disk was full. True if room was made, so that the group may run once more before anybody is
  // refused.
  std::function<bool()> make_room;
  // Units and seconds of each commit, for metrics.
  std::function<void(size_t units, absl::Duration took)> observe;
};

// Runs units of work in groups on one connection: one transaction and one commit for many, each
// unit undone alone when it fails. A unit's answer is given only after the commit is durable (I1).
//
// Thread-safe. Answers and announcements run on the thread that runs groups, in order, and must be
// quick.
class Lane {
 public:
  Lane(int number, std::unique_ptr<WriterConnection> connection, Clock& clock,
       const WriterOptions& options, const WriterHooks& hooks);
  // Fails what still waits with UNAVAILABLE, SHUTTING_DOWN.
  ~Lane();

  // Queues a unit. OVERLOADED, through `done` at once, when the queue is full.
  void Submit(Urgency urgency, std::string_view party, Unit unit, UnitDone done);

  // Starts the thread that runs groups. Without it, RunGroup() does.
  void Start();
  // Finishes what is queued and stops the thread.
  void Stop();
  // Runs one group on the calling thread; false when nothing waited, or what was owed failed.
  bool RunGroup();

  size_t queue_length() const;
  // What a new unit would wait behind, roughly.
  size_t load() const;

 private:
  struct Waiting {
    Urgency urgency;
    std::string party;
    Unit unit;
    UnitDone done;
    absl::Status status;
  };
  using Group = std::vector<Waiting>;
  struct Committed {
    std::vector<std::string> topics;
    std::vector<std::string> records;
  };

  void Loop();
  bool HasRoom(Urgency urgency, std::string_view party) const SWITCHBOARD_REQUIRES(mutex_);
  FairQueue<Waiting>& QueueOf(Urgency urgency) SWITCHBOARD_REQUIRES(mutex_);
  size_t Length() const SWITCHBOARD_REQUIRES(mutex_) {
    return stops_.size() + urgent_.size() + bulk_.size();
  }
  bool UrgentWaits() const;
  bool GoesOn(const Group& group, absl::Duration elapsed) const;
  Group TakeGroup();
  absl::Time OwesAt() const;
  bool OwedIsNext() const;
  bool RunOwed();
  void GiveTurn(bool bulk_ran, absl::Duration took);
  void PutBack(Group& group, size_t from);
  void RunAndAnswer(Group& group);
  absl::StatusOr<Committed> RunUntilSettled(Group& group);
  // What a unit that fails takes with it: nothing, or what its group has done so far.
  enum class Undo { kUnit, kGroup };
  absl::StatusOr<Committed> RunOnce(Group& group);
  absl::StatusOr<Committed> RunOnce(Group& group, Undo undo);
  absl::Status RunUnits(Transaction& transaction, Group& group, Undo undo);
  absl::StatusOr<bool> RunUnit(Transaction& transaction, Waiting& waiting, Undo undo);
  absl::Status Settle(absl::Status status, const std::string& token);
  bool Pause(int retry);

  // Constant after construction, or used by the group-running thread only.
  const int number_;
  const std::string name_;
  const std::unique_ptr<WriterConnection> connection_;
  Clock& clock_;
  int careful_groups_ = 0;  // so many groups to come undo their units one by one
  bool cut_short_ = false;  // the last group's units took so long that some were put back
  const WriterOptions options_;
  const WriterHooks& hooks_;

  mutable Mutex mutex_;
  CondVar wake_;
  FairQueue<Waiting> stops_ SWITCHBOARD_GUARDED_BY(mutex_);
  FairQueue<Waiting> urgent_ SWITCHBOARD_GUARDED_BY(mutex_);
  FairQueue<Waiting> bulk_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool bulk_has_turn_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  absl::Duration urgent_turn_ SWITCHBOARD_GUARDED_BY(mutex_);  // what is left of it
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::atomic<size_t> running_{0};  // load of the group under way
  std::thread thread_;
};

}  // namespace switchboard::storage
