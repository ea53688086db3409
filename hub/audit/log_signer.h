#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/note.h"
#include "hub/storage/signing_key.h"
#include "hub/storage/transaction.h"

namespace switchboard::audit {

// Who signs the log's checkpoints: its key, which is the database's, and its name. A database that
// came back from a backup is another log, whatever of the former one it holds: its name is the one
// that was configured with "/2" behind it, then "/3". So nobody who keeps checkpoints is ever shown
// two logs of one name. Thread-safe.
class LogSigner {
 public:
  // `origin`: as it is configured. `sealer` need not outlive it.
  LogSigner(const storage::Sealer& sealer, std::string origin)
      : signer_(storage::SigningKey(sealer, "audit/checkpoint")), origin_(std::move(origin)) {}

  // Which of the database's logs in a row it is now: 1, or more behind restores.
  static absl::StatusOr<int64_t> Generation(storage::Connection& connection);
  // Begins this one, if it is not begun.
  static absl::Status Begin(storage::Transaction& transaction, int64_t generation);

  std::string NameOf(int64_t generation) const;
  // What NameOf was asked for. Nothing: it is the name of another log.
  std::optional<int64_t> GenerationOf(std::string_view name) const;

  VerifierKey KeyOf(int64_t generation) const { return VerifierKeyOf(NameOf(generation), signer_); }
  // The signed note. REQUIRES: the checkpoint's origin is a NameOf.
  std::string Sign(const Checkpoint& checkpoint) const {
    return SignNote(checkpoint.Text(), checkpoint.origin, signer_);
  }

 private:
  const Ed25519Signer signer_;
  const std::string origin_;
};

}  // namespace switchboard::audit
