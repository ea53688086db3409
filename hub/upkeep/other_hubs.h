#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/executor.h"
#include "hub/base/topic.h"
#include "hub/storage/database.h"
#include "hub/storage/readers.h"
#include "hub/upkeep/news.h"

namespace switchboard::upkeep {

// What the hubs of one database tell each other: each posts what its commits announced, and hears
// the others' word, or finds out by looking four times a second when that is lost. The look also
// tells whether the database can be read, so a hub that is alone looks too. Tick is for one thread;
// the rest is thread-safe.
class OtherHubs {
 public:
  // `heard` is told of each topic, on any thread, until this is destroyed. All outlive it.
  OtherHubs(storage::Database& database, storage::Readers& readers, Executor& executor,
            std::function<void(const Topic&)> heard);

  // Tells the others what a commit announced.
  void Post(const std::vector<std::string>& topics);

  // Starts a look when its time has come. Call about ten times a second.
  void Tick(absl::Time now);

  // False once two looks in a row could not read the database, and until one can: about half a
  // second after its server is gone, at most 15 s after it vanished without a word.
  bool database_reachable() const { return failed_looks_ < kFailedLooksMax; }

 private:
  void Look();

  // In a row. One alone is a connection that was lost while it idled.
  static constexpr int kFailedLooksMax = 2;

  storage::Readers& readers_;
  Executor& executor_;
  const std::function<void(const Topic&)> heard_;
  absl::Time next_look_ = absl::InfinitePast();  // of the ticking thread
  News news_;                                    // of the task that looks for it
  std::atomic<bool> looking_{false};
  std::atomic<int> failed_looks_{0};
  // Last: it calls until it is gone. Null where a hub is alone: then nobody hears anything.
  std::unique_ptr<storage::Bulletin> bulletin_;
};

}  // namespace switchboard::upkeep
