#pragma once

#include <atomic>

#include "hub/base/executor.h"
#include "hub/storage/readers.h"
#include "hub/storage/sealer.h"
#include "hub/storage/writer.h"

namespace switchboard::upkeep {

// What each hub does for itself in a rotation of keys: it takes a new key to seal by, and forgets
// the old ones once they are gone. Announced is for any thread, Tick for one.
class OwnKey {
 public:
  // All outlive it.
  OwnKey(storage::Sealer& sealer, storage::Readers& readers, storage::Writer& writer,
         Executor& executor)
      : sealer_(sealer), readers_(readers), writer_(writer), executor_(executor) {}

  // A rotation came a step further (Topic::Keys).
  void Announced() { look_ = true; }
  // Looks if there is something to look at. `now`: of the true clock.
  void Tick(absl::Time now);

 private:
  void Look();
  void Renew(int64_t through);

  storage::Sealer& sealer_;
  storage::Readers& readers_;
  storage::Writer& writer_;
  Executor& executor_;
  absl::Time next_look_ = absl::InfinitePast();  // of the ticking thread
  std::atomic<bool> look_{true};
  std::atomic<bool> under_way_{false};
};

}  // namespace switchboard::upkeep
