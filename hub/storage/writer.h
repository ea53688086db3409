#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/storage/lane.h"

namespace switchboard::storage {

// Runs units of work in groups, in as many lanes as the engine bears: one with SQLite, several with
// PostgreSQL, of which half are for bulk units. See lane.h for what a unit can rely on. One writer
// per hub.
//
// Thread-safe.
class Writer {
 public:
  using Unit = storage::Unit;
  using Done = UnitDone;
  using Hooks = WriterHooks;

  // Opens the lanes' connections; `database` and `clock` outlive the writer.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(Database& database, Clock& clock,
                                                      const WriterOptions& options, Hooks hooks);
  // Fails what still waits with UNAVAILABLE, SHUTTING_DOWN.
  ~Writer();

  // Queues a unit. `party` is whose it is, such as "vendor/sakura": parties take turns, the units
  // of one party and urgency run in the order in which they came, and none may fill the queue.
  // OVERLOADED, through `done` at once, when the queue is full.
  void Submit(Urgency urgency, std::string_view party, Unit unit, Done done);
  // The same for a unit about one person of whom the shard is known (base/ids.h): it shares a lane
  // with what others have to do in that shard, and takes turns with them there. Of one party, units
  // of one shard keep their order.
  void Submit(Urgency urgency, std::string_view party, std::string_view shard, Unit unit,
              Done done);
  // The same for units without a party, which keep no order and go where least is waiting.
  void Submit(Urgency urgency, Unit unit, Done done);

  // Queues a unit and waits. Only where a thread of its own calls; a thread must run groups
  // meanwhile.
  absl::Status SubmitAndWait(Urgency urgency, Unit unit);

  // Starts the threads that run groups. Without them, RunGroup() does.
  void Start();
  // Finishes what is queued and stops the threads.
  void Stop();

  // Runs one group on the calling thread; false when nothing waited. For tests, the simulation and
  // start-up.
  bool RunGroup();

  size_t queue_length() const;
  int lanes() const { return static_cast<int>(lanes_.size()); }
  // As of WriterOptions, or less where the engine asks for it.
  size_t piece_max() const { return piece_max_; }

 private:
  Writer(Hooks hooks, size_t piece_max) : hooks_(std::move(hooks)), piece_max_(piece_max) {}
  absl::Span<const std::unique_ptr<Lane>> LanesOf(Urgency urgency) const;
  Lane& LaneOf(Urgency urgency, std::string_view key) const;
  Lane& LeastLoaded(Urgency urgency) const;

  const Hooks hooks_;
  const size_t piece_max_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // constant after Open
};

}  // namespace switchboard::storage
