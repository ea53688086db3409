#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/executor.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Runs duties: each looks on the executor when its time has come, and is written as bulk work if it
// found something and no other hub has its lease. An idle hub writes nothing. Tick is for one
// thread.
class Upkeep {
 public:
  // All outlive it. `hub_id` takes the leases.
  Upkeep(storage::Readers& readers, storage::Writer& writer, Executor& executor, std::string hub_id)
      : readers_(readers), writer_(writer), executor_(executor), hub_id_(std::move(hub_id)) {}

  // Before the first Tick.
  void Add(std::unique_ptr<Duty> duty);

  // Starts whatever has come due; intervals are of the true time, see HubOptions. Call about ten
  // times a second.
  void Tick(absl::Time now, absl::Time true_now);

 private:
  struct Entry {
    std::unique_ptr<Duty> duty;
    absl::Time next_look = absl::InfinitePast();  // of the ticking thread
    std::atomic<bool> again{false};               // look at once
    std::atomic<bool> under_way{false};
    std::atomic<bool> ran{false};  // the last unit had the lease
  };

  void Look(Entry& entry, absl::Time now);
  void Do(Entry& entry);

  storage::Readers& readers_;
  storage::Writer& writer_;
  Executor& executor_;
  const std::string hub_id_;
  std::vector<std::unique_ptr<Entry>> entries_;  // constant once ticking
};

}  // namespace switchboard::upkeep
