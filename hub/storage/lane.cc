#include "hub/storage/lane.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/thread_name.h"

namespace switchboard::storage {
namespace {

constexpr absl::Duration kOverloadRetryDelay = absl::Milliseconds(200);
// A bulk unit may be a thousand accounts: a few of them make a group.
constexpr size_t kBulkMax = 16;
// What a bulk group under way weighs against waiting units when a lane is chosen.
constexpr size_t kBulkLoad = 1'000;
// A group whose keys are taken waits for them where it begins; there is no need to pause.
constexpr int kRetriesWithoutPause = 3;
constexpr absl::Duration kPause = absl::Milliseconds(20);
// When the engine has more to put in order than it could do just now.
constexpr absl::Duration kHousekeepPause = absl::Seconds(1);
// After a unit has failed in the midst of others. Somebody whose units always fail makes the
// others' run twice no more often than that.
constexpr int kCarefulGroups = 32;
constexpr int kPausesMax = 16;  // the longest pause, in units of the shortest
// What is owed lets stops go ahead for so long.
constexpr absl::Duration kOwedDelayMax = absl::Seconds(1);

// Groups are cut by elapsed time, which the wall clock of a simulation must not influence.
std::chrono::steady_clock::time_point SteadyNow() { return std::chrono::steady_clock::now(); }

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down");
}

}  // namespace

std::string LaneName(const std::string& hub_id, int lane) {
  return lane == 0 ? hub_id : absl::StrCat(hub_id, ".", lane + 1);
}

Lane::Lane(int number, std::unique_ptr<WriterConnection> connection, Clock& clock,
           const WriterOptions& options, const WriterHooks& hooks)
    : number_(number),
      name_(LaneName(options.hub_id, number)),
      connection_(std::move(connection)),
      clock_(clock),
      options_(options),
      hooks_(hooks) {}

Lane::~Lane() {
  Stop();
  for (auto* queue : {&stops_, &urgent_, &bulk_}) {
    while (!queue->empty()) queue->Pop().done(ShuttingDown());
  }
}

FairQueue<Lane::Waiting>& Lane::QueueOf(Urgency urgency) {
  switch (urgency) {
    case Urgency::kStop:
      return stops_;
    case Urgency::kUrgent:
      return urgent_;
    case Urgency::kBulk:
      break;
  }
  return bulk_;
}

bool Lane::HasRoom(Urgency urgency, std::string_view party) const {
  if (urgency == Urgency::kStop) return Length() < options_.queue_max + options_.queue_max / 10;
  if (Length() >= options_.queue_max) return false;
  return party.empty() || urgent_.size_of(party) + bulk_.size_of(party) < options_.party_max;
}

void Lane::Submit(Urgency urgency, std::string_view party, Unit unit, UnitDone done) {
  absl::Status refused;
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      refused = ShuttingDown();
    } else if (!HasRoom(urgency, party)) {
      refused = OverloadedError("too many writes are waiting", kOverloadRetryDelay);
    } else {
      QueueOf(urgency).PushBack(
          party, {urgency, std::string(party), std::move(unit), std::move(done), absl::OkStatus()});
    }
  }
  if (!refused.ok()) {
    done(refused);
    return;
  }
  wake_.NotifyOne();
}

void Lane::Start() {
  SWITCHBOARD_ASSERT(!thread_.joinable());
  thread_ = std::thread([this] { Loop(); });
}

void Lane::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

size_t Lane::load() const { return queue_length() + running_; }

size_t Lane::queue_length() const {
  MutexLock lock(mutex_);
  return Length();
}

void Lane::Loop() {
  NameThread("lane");
  bool housekeep_again = false;
  bool owes = false;
  while (true) {
    {
      MutexLock lock(mutex_);
      const auto ready = [this]()
                             SWITCHBOARD_REQUIRES(mutex_) { return stopping_ || Length() > 0; };
      if (housekeep_again || owes) {
        wake_.WaitFor(mutex_, kHousekeepPause, ready);
      } else {
        wake_.Wait(mutex_, ready);
      }
      if (stopping_ && Length() == 0) break;
    }
    RunGroup();
    owes = OwesAt() < absl::InfiniteFuture();
    housekeep_again = connection_->Housekeep(queue_length() == 0);
  }
  if (owes) RunOwed();
}

// Urgent units make a group of their own: a bulk unit beside them, a thousand accounts for
// instance, would delay their commit by all that it takes. Within an urgent group a stop and
// something else urgent take turns: a day's payments that come at once must not keep every permit
// waiting until they are in.
Lane::Group Lane::TakeGroup() {
  Group group;
  MutexLock lock(mutex_);
  const bool any_urgent = !stops_.empty() || !urgent_.empty();
  const bool take_urgent = any_urgent && (bulk_.empty() || !bulk_has_turn_);
  while (take_urgent && group.size() < options_.group_max && !(stops_.empty() && urgent_.empty())) {
    if (!stops_.empty()) group.push_back(stops_.Pop());
    if (!urgent_.empty() && group.size() < options_.group_max) group.push_back(urgent_.Pop());
  }
  const size_t bulk_max = std::min(options_.group_max, kBulkMax);
  while (!take_urgent && group.size() < bulk_max && !bulk_.empty()) group.push_back(bulk_.Pop());
  return group;
}

// What did not fit goes back to where it came from, ahead of everything newer.
void Lane::PutBack(Group& group, size_t from) {
  MutexLock lock(mutex_);
  while (group.size() > from) {
    Waiting& last = group.back();
    last.status = absl::OkStatus();
    const std::string party = last.party;
    QueueOf(last.urgency).PutBack(party, std::move(last));
    group.pop_back();
  }
}

absl::Time Lane::OwesAt() const {
  return hooks_.owes ? hooks_.owes(number_) : absl::InfiniteFuture();
}

// A group of no units, tried once: it touches rows that others may have, for whom no unit of this
// lane is to wait. It is owed still if it fails.
bool Lane::RunOwed() {
  Group none;
  return RunOnce(none).ok();
}

bool Lane::OwedIsNext() const {
  const absl::Time owes_at = OwesAt();
  const absl::Time now = clock_.Now();
  if (owes_at > now) return false;
  MutexLock lock(mutex_);
  return stops_.empty() || owes_at + kOwedDelayMax <= now;
}

bool Lane::RunGroup() {
  const bool paid = OwedIsNext() && RunOwed();
  Group group = TakeGroup();
  if (group.empty()) return paid;
  const bool bulk = group.front().urgency == Urgency::kBulk;
  running_ = bulk ? kBulkLoad : group.size();
  const auto begin = SteadyNow();
  RunAndAnswer(group);
  GiveTurn(bulk, absl::FromChrono(SteadyNow() - begin));
  running_ = 0;
  return true;
}

// Bulk units have every second turn. A turn of urgent ones is as long as the last of bulk units
// was, and may take several groups: a few stops each time, between accounts by the thousand, would
// be fewer than come.
void Lane::GiveTurn(bool bulk_ran, absl::Duration took) {
  MutexLock lock(mutex_);
  if (bulk_ran) {
    urgent_turn_ = took;
    bulk_has_turn_ = false;
    return;
  }
  urgent_turn_ -= took;
  bulk_has_turn_ = !cut_short_ || urgent_turn_ <= absl::ZeroDuration();
}

void Lane::RunAndAnswer(Group& group) {
  const auto begin = SteadyNow();
  const auto committed = RunUntilSettled(group);
  if (hooks_.observe) hooks_.observe(group.size(), absl::FromChrono(SteadyNow() - begin));
  const bool full_or_away =
      absl::IsResourceExhausted(committed.status()) || absl::IsUnavailable(committed.status());
  if (!committed.ok() && !full_or_away && group.size() > 1) {
    // One of them spoils the group, at its end perhaps: each for itself, so that it fails alone.
    for (Waiting& waiting : group) {
      Group alone;
      alone.push_back(std::move(waiting));
      alone.back().status = absl::OkStatus();
      RunAndAnswer(alone);
    }
    return;
  }
  if (committed.ok() && hooks_.after_commit)
    hooks_.after_commit(committed->topics, committed->records);
  const absl::Status failed = ForCallers(committed.status());
  for (Waiting& waiting : group) waiting.done(committed.ok() ? waiting.status : failed);
}

absl::StatusOr<Lane::Committed> Lane::RunUntilSettled(Group& group) {
  const auto begin = SteadyNow();
  auto committed = RunOnce(group);
  for (int retry = 0; absl::IsUnavailable(committed.status()); ++retry) {
    if (absl::FromChrono(SteadyNow() - begin) > options_.retry_time_max || !Pause(retry)) break;
    if (hooks_.before_retry) hooks_.before_retry(*connection_, number_);
    committed = RunOnce(group);
  }
  if (SaysStorageFull(committed.status()) && hooks_.make_room && hooks_.make_room())
    committed = RunOnce(group);
  return committed;
}

// Waits before the next try; false when the lane is to stop.
bool Lane::Pause(int retry) {
  if (retry < kRetriesWithoutPause) return true;
  const int pauses = std::min(1 << std::min(retry - kRetriesWithoutPause, 8), kPausesMax);
  MutexLock lock(mutex_);
  return !wake_.WaitFor(mutex_, kPause * pauses,
                        [this]() SWITCHBOARD_REQUIRES(mutex_) { return stopping_; });
}

// A savepoint costs SQLite a copy of every page that the unit touches. Units hardly ever fail, so
// where nobody comes in between the group goes without, and begins again if one does.
absl::StatusOr<Lane::Committed> Lane::RunOnce(Group& group) {
  if (!connection_->alone()) return RunOnce(group, Undo::kUnit);
  if (group.size() == 1) return RunOnce(group, Undo::kGroup);
  if (careful_groups_ == 0) {
    auto committed = RunOnce(group, Undo::kGroup);
    if (!absl::IsAborted(committed.status())) return committed;
    careful_groups_ = kCarefulGroups;
  }
  careful_groups_ = std::max(0, careful_groups_ - 1);
  return RunOnce(group, Undo::kUnit);
}

// ABORTED when a unit has failed and others go with it.
absl::StatusOr<Lane::Committed> Lane::RunOnce(Group& group, Undo undo) {
  RETURN_IF_ERROR(connection_->Begin());
  Transaction transaction(*connection_, clock_, name_);
  std::string token;
  absl::Status status = RunUnits(transaction, group, undo);
  if (status.ok()) status = transaction.Close();
  const bool must_ask = !transaction.records().empty() || transaction.sealed() ||
                        !connection_->row_writes().empty() || group.empty();
  const bool asks = status.ok() && hooks_.before_commit && must_ask;
  if (asks) {
    auto sealed = hooks_.before_commit(transaction, number_);
    status = sealed.status();
    if (sealed.ok()) token = *std::move(sealed);
  }
  if (status.ok()) status = Settle(connection_->Commit(), token);
  if (asks && hooks_.settled) hooks_.settled(number_, status.ok());
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

// A commit whose answer was lost is looked up: units that ran must not run again, nor units that
// did not be answered. UNAVAILABLE, to run again, if it is not there.
absl::Status Lane::Settle(absl::Status status, const std::string& token) {
  if (!absl::IsUnknown(status)) return status;
  const absl::Status again = absl::UnavailableError(status.message());
  if (token.empty() || !hooks_.find_commit) return again;
  const auto begin = SteadyNow();
  for (int retry = 0;; ++retry) {
    auto found = hooks_.find_commit(*connection_, number_, token);
    if (found.ok()) return *found ? absl::OkStatus() : again;
    const bool late = absl::FromChrono(SteadyNow() - begin) > options_.retry_time_max;
    if (late || !Pause(retry + kRetriesWithoutPause)) return again;
  }
}

absl::Status Lane::RunUnits(Transaction& transaction, Group& group, Undo undo) {
  const auto begin = SteadyNow();
  cut_short_ = false;
  const bool alone = group.size() == 1;
  for (size_t i = 0; i < group.size(); ++i) {
    if (i > 0 && !GoesOn(group, absl::FromChrono(SteadyNow() - begin))) {
      PutBack(group, i);
      cut_short_ = true;
      break;
    }
    ASSIGN_OR_RETURN(const bool last, RunUnit(transaction, group[i], undo));
    if (undo == Undo::kGroup && !group[i].status.ok()) {
      if (!alone) return absl::AbortedError("a unit failed in the midst of others");
      RETURN_IF_ERROR(connection_->Rollback());
      return connection_->Begin();
    }
    if (!last) continue;
    if (!connection_->alone()) {
      PutBack(group, i + 1);
      break;
    }
    // Nobody else wants what is held while closing.
    RETURN_IF_ERROR(transaction.Close());
  }
  return absl::OkStatus();
}

// Each commit makes pages of the feed, which cost both ends less when they are full.
bool Lane::GoesOn(const Group& group, absl::Duration elapsed) const {
  if (elapsed <= options_.group_time_max) return true;
  return group.front().urgency == Urgency::kBulk && elapsed <= options_.bulk_time_max &&
         !UrgentWaits();
}

bool Lane::UrgentWaits() const {
  MutexLock lock(mutex_);
  return !stops_.empty() || !urgent_.empty();
}

// Fails only when the whole group is lost; a unit's own failure is its status. True if the group
// ends with this unit.
absl::StatusOr<bool> Lane::RunUnit(Transaction& transaction, Waiting& waiting, Undo undo) {
  const Transaction::Mark mark = transaction.BeginUnit();
  if (undo == Undo::kUnit) RETURN_IF_ERROR(connection_->Savepoint());
  waiting.status = waiting.unit(transaction);
  // The engine wants the whole group again, not this unit's answer; or there may be room for it.
  if (AsksForRetry(waiting.status) || SaysStorageFull(waiting.status)) return waiting.status;
  if (!connection_->InTransaction()) {
    return waiting.status.ok() ? absl::InternalError("the transaction ended early")
                               : waiting.status;
  }
  if (waiting.status.ok()) {
    if (undo == Undo::kUnit) RETURN_IF_ERROR(connection_->ReleaseSavepoint());
    return transaction.KeepUnit();
  }
  transaction.DropUnit(mark);
  if (undo == Undo::kUnit) RETURN_IF_ERROR(connection_->RollbackToSavepoint());
  return false;
}

}  // namespace switchboard::storage
