#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/audit/kept_checkpoints.h"
#include "hub/audit/log_signer.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/storage/readers.h"
#include "hub/storage/writer.h"
#include "hub/upkeep/log_continuity.h"

namespace switchboard::upkeep {

// Brings the newest checkpoint to every place that keeps checkpoints, on a thread of its own: a
// folder may lie on another machine, which does not answer. A place that fails is tried again after
// a second, then after ever longer, at most ten minutes. Several hubs of a database may bring the
// same one. Thread-safe.
class CheckpointPlaces {
 public:
  // All outlive it.
  struct Parts {
    const audit::LogSigner& log;
    storage::Readers& readers;
    storage::Writer& writer;
    Clock& clock;       // of delivery times
    Clock& true_clock;  // of what is tried again; the same, but in a rehearsal
  };
  CheckpointPlaces(const Parts& parts, std::vector<CheckpointPlace> places);
  ~CheckpointPlaces() { Stop(); }

  // Starts the thread, if there is a place. The writer must run. Once.
  void Start();
  // Ends it, when what it is about is done.
  void Stop();

  // Brings what is due to be brought now, in the thread's stead. Blocks.
  void Turn();

  struct State {
    std::string place;
    // Of what was tried last; also OK before anything was.
    absl::Status last;
    // DATA_LOSS, CHECKPOINT_CONFLICT once the place held a checkpoint of this log's name that it
    // did not make: no later delivery mends that. Until the hub starts again.
    absl::Status conflict;
  };
  // By place, in the order of the configuration.
  std::vector<State> States() const;

 private:
  // The newest checkpoint, and how far places are.
  struct Due {
    audit::KeptCheckpoint checkpoint;
    std::string file;                                   // its name; empty: there is none
    std::map<std::string, audit::Delivery> deliveries;  // by place
  };
  struct Attempts {
    bool looked_at = false;  // what the place held before
    int failures = 0;        // in a row
    absl::Time next = absl::InfinitePast();
  };

  void Loop();
  absl::StatusOr<Due> Read();
  void BringTo(size_t number, const Due& due);
  absl::Status Deliver(size_t number, const Due& due);
  absl::Status LookAtOnce(size_t number);
  void NoteConflict(size_t number, const absl::Status& conflict);
  // What is wrong with the place as of now; empty: nothing.
  std::string NoteLast(size_t number, const absl::Status& last);

  const Parts parts_;
  const std::vector<CheckpointPlace> places_;
  std::vector<Attempts> attempts_;  // of whoever takes turns
  mutable Mutex mutex_;
  CondVar wake_;
  bool ending_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::vector<State> states_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace switchboard::upkeep
