#include "hub/upkeep/checkpoints.h"

#include "hub/audit/kept_checkpoints.h"
#include "hub/audit/log_tree.h"
#include "hub/audit/tiles.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::upkeep {
namespace {

// Some milliseconds, as long as a stop may wait.
constexpr int64_t kPage = 2'000;

// Leaves that no checkpoint covers yet.
absl::StatusOr<bool> TreeIsAhead(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const auto newest, audit::NewestCheckpoint(connection));
  ASSIGN_OR_RETURN(const int64_t size, audit::TreeSize(connection));
  return size > (newest.has_value() ? newest->size : 0);
}

}  // namespace

absl::StatusOr<bool> Checkpoints::Any(storage::Connection& reader, absl::Time /*now*/) {
  ASSIGN_OR_RETURN(const auto oldest, audit::OldestWithoutLeaf(reader));
  if (oldest.has_value()) return true;
  return TreeIsAhead(reader);
}

absl::Status Checkpoints::Run(storage::Transaction& transaction) {
  const storage::Key tree = book::AuditTreeKey();
  RETURN_IF_ERROR(transaction.Hold({&tree, 1}));
  ASSIGN_OR_RETURN(const int64_t added, audit::AddLeaves(transaction, seal_, kPage));
  goes_on_ = added == kPage;
  if (goes_on_) return absl::OkStatus();
  // Another hub was quicker.
  ASSIGN_OR_RETURN(const bool ahead, TreeIsAhead(transaction.connection()));
  if (!ahead) return absl::OkStatus();
  audit::Checkpoint checkpoint;
  ASSIGN_OR_RETURN(const int64_t generation,
                   audit::LogSigner::Generation(transaction.connection()));
  checkpoint.origin = log_.NameOf(generation);
  ASSIGN_OR_RETURN(checkpoint.size, audit::TreeSize(transaction.connection()));
  ASSIGN_OR_RETURN(checkpoint.root, audit::Tiles(transaction.connection()).RootAt(checkpoint.size));
  return audit::KeepCheckpoint(transaction,
                               {checkpoint.size, transaction.now_us(), log_.Sign(checkpoint)});
}

}  // namespace switchboard::upkeep
