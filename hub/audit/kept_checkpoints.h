#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/storage/transaction.h"

// The checkpoints that were made, which stay as long as the log, and how far they went to the
// places that keep them. Owns the tables audit_checkpoint and audit_delivery.

namespace switchboard::audit {

struct KeptCheckpoint {
  int64_t size = 0;  // leaves
  int64_t make_time_us = 0;
  std::string note;  // as it was signed
};

absl::StatusOr<std::optional<KeptCheckpoint>> NewestCheckpoint(storage::Connection& connection);
// The one of this size.
absl::StatusOr<std::optional<KeptCheckpoint>> CheckpointOf(storage::Connection& connection,
                                                           int64_t size);
// Larger ones, the smallest first, at most `max`.
absl::StatusOr<std::vector<KeptCheckpoint>> CheckpointsAfter(storage::Connection& connection,
                                                             int64_t size, int max);
absl::Status KeepCheckpoint(storage::Transaction& transaction, const KeptCheckpoint& checkpoint);

struct Delivery {
  std::string place;
  int64_t size = 0;  // of the newest checkpoint there; 0: none is
  int64_t deliver_time_us = 0;
  std::string problem;  // why a later one is not there; empty: it is
};

// By place.
absl::StatusOr<std::vector<Delivery>> Deliveries(storage::Connection& connection);
// Takes the place of what was noted of the same place, unless that is of a larger one: several hubs
// deliver.
absl::Status NoteDelivery(storage::Transaction& transaction, const Delivery& delivery);

}  // namespace switchboard::audit
