#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/clock.h"
#include "hub/storage/sealed_table.h"
#include "hub/storage/sealer.h"
#include "hub/upkeep/duty.h"
#include "hub/upkeep/key_rotation_row.h"
#include "hub/upkeep/sealed_tables.h"

namespace switchboard::upkeep {

// How a rotation goes; the defaults are what the daemon does.
struct KeyRotationOptions {
  std::vector<const storage::SealedTable*> tables = SealedTables();
  // How long hubs are waited for that seal by a key that goes. Behind it nothing of theirs is
  // stored any more until they have renewed their keys, which they do then.
  absl::Duration switch_wait = absl::Seconds(60);
  // How long after that the boxes are looked at once more, at the earliest: what is late is mostly
  // stored by then. Nothing rests on it.
  absl::Duration floor_wait = absl::Minutes(3);
  // A tick of the hub (a tenth of a second) takes one page.
  int sealing_page = 1'000;
  int proof_page = 2'000;
  // A mistake, so that it is seen that the proof finds it: a table that is not sealed anew. Never
  // in the daemon.
  std::string forgets{};
};

// Takes a rotation of data keys (key_rotation_row.h) from step to step:
//
// SWITCHING  hubs take new keys (own_key.h). Then the floor is raised (storage::RaiseKeyFloor):
//            what was sealed below it is stored by no commit that comes.
// SEALING    all boxes are looked at, table after table, and those below the floor sealed anew
//            where they are still what they were.
// PROVING    once no transaction of before the floor is under way, by the engine's own word and
//            however long one waits for its standby, all are looked at once more: if any below the
//            floor opens, it goes back.
// DONE       the keys that no box needs are gone. Boxes that do not open keep theirs.
//
// What it knows is in the row: another hub goes on where one was killed, but begins a proof anew.
class KeyRotation final : public Duty {
 public:
  // Both outlive it. `true_clock`: see HubOptions.
  KeyRotation(storage::Sealer& sealer, Clock& true_clock, KeyRotationOptions options = {})
      : sealer_(sealer), true_clock_(true_clock), options_(std::move(options)) {}

  std::string name() const override { return "key_rotation"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override;

 private:
  struct Anew {
    storage::SealedRow row;
    storage::EarlyBox box;
  };
  // What a look found, from where the row stood.
  struct Page {
    KeyRotationRow from;
    size_t table = 0;
    bool table_ends = false;
    std::string last;  // RowKey
    int64_t seen = 0;
    std::vector<Anew> anew;
    std::set<std::string> broken;
  };
  // Boxes of each table, as far as a proof has come.
  struct Proof {
    int64_t through = 0;
    std::string table;
    std::string after;
    std::map<std::string, int64_t> boxes;
  };

  absl::Duration WaitedInStep(const KeyRotationRow& row);
  absl::StatusOr<bool> NothingOfBefore(storage::Connection& reader, int64_t through);
  size_t TableOf(const KeyRotationRow& row) const;
  absl::Status ReadPage(storage::Connection& reader, int limit);
  absl::Status LookAt(storage::Connection& reader, storage::SealedRow row);
  void Begin(storage::Transaction& transaction, KeyRotationRow& row,
             v1::ListKeysResponse::Rotation::Step step) const;
  // False when it was the last table.
  bool Advance(KeyRotationRow& row) const;
  absl::Status Seal(storage::Transaction& transaction, KeyRotationRow& row) const;
  absl::Status Prove(storage::Transaction& transaction, KeyRotationRow& row);
  absl::Status Destroy(storage::Transaction& transaction, KeyRotationRow& row) const;

  storage::Sealer& sealer_;
  Clock& true_clock_;
  const KeyRotationOptions options_;
  // When this hub first saw the step, by `through` and step.
  std::pair<std::pair<int64_t, int>, absl::Time> step_seen_{{0, 0}, absl::InfinitePast()};
  // Of a rotation by its `through`, whose floor is there: what was under way is below this; 0: it
  // has ended.
  std::pair<int64_t, int64_t> began_before_{0, 0};
  std::optional<Page> page_;
  Proof proof_;
  std::optional<Proof> next_proof_;  // once the run is committed
};

}  // namespace switchboard::upkeep
