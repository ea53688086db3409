#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/client/sync_client.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "tests/crash_campaign/vendor_record.h"
#include "tests/simulation/options.h"

namespace switchboard::crash {

// The agents of one vendor: each takes the next assignment of the copy, asks for a permit, and
// reports what came of it, now and then corrected, without a permit, or not at all. Goes round and
// round until it is stopped.
class Agents {
 public:
  // All references must outlive the agents.
  Agents(adapters::SyncClient& client, VendorRecord& record, Clock& clock, IdMint& ids)
      : client_(client), record_(record), clock_(clock), ids_(ids) {}
  // Stops.
  ~Agents() { Stop(); }

  void Start(int count, uint64_t seed);
  // Returns when every agent has finished what it was at.
  void Stop();

 private:
  void WorkForEver(uint64_t seed);
  bool Pause(int milliseconds);
  absl::StatusOr<v1::Assignment> NextRow();
  // False: the hub did not answer.
  bool Contact(simulation::Dice& dice, const v1::Assignment& row);
  void Report(simulation::Dice& dice, v1::Outcome outcome);

  adapters::SyncClient& client_;
  VendorRecord& record_;
  Clock& clock_;
  IdMint& ids_;
  std::vector<std::thread> threads_;

  Mutex mutex_;
  CondVar ending_;
  bool ends_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::string worked_ SWITCHBOARD_GUARDED_BY(mutex_);  // id of the assignment taken last
};

}  // namespace switchboard::crash
