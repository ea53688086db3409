#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "hub/storage/transaction.h"

namespace switchboard::ingest {

// How many decisions were made in each stratum of a routing plan, so that splits are exact over all
// imports. Left for the end of the unit's group, which ends with the unit. Owns the table
// stratum_position.
class StratumPositions final : public storage::ClosingWork {
 public:
  // The position of a stratum, to be moved by whoever uses it up; read from its row at first use.
  // REQUIRES: `placement` is held.
  static absl::StatusOr<int64_t> Read(storage::Transaction& transaction, const std::string& plan_id,
                                      const std::string& segment_and_stratum);
  // One decision more.
  static void Advance(storage::Transaction& transaction, const std::string& plan_id,
                      const std::string& segment_and_stratum);

  void Absorb(storage::ClosingWork& later) override;
  absl::Status Run(storage::Transaction& transaction) override;

 private:
  struct Position {
    int64_t value = 0;
    bool moved = false;
  };
  std::map<std::pair<std::string, std::string>, Position> positions_;  // by plan and stratum
};

}  // namespace switchboard::ingest
