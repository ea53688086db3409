#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/audit/entry_seal.h"
#include "hub/base/digest.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"

// For tests of what stands on the audit chains: entries of no commit.

namespace switchboard::testing {

// What stands for the hash of an entry.
inline std::string MadeUpHash(const std::string& chain_id, int64_t sequence) {
  return Sha256Of(absl::StrCat(chain_id, "/", sequence));
}

// Entries `first` to `last` of a chain, with such hashes and an event that says nothing, as of the
// transaction's time.
inline absl::Status AddEntries(storage::Transaction& transaction, const storage::Sealer& sealer,
                               const std::string& chain_id, int64_t first, int64_t last) {
  const audit::EntrySeal seal(sealer);
  v1::AuditEntry events;
  events.add_events("");
  const std::string stored = events.SerializeAsString();
  for (int64_t sequence = first; sequence <= last; ++sequence) {
    const std::string hash = MadeUpHash(chain_id, sequence);
    const std::string sealed = seal.Of(hash);
    RETURN_IF_ERROR(
        transaction
            .Execute(
                "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, "
                "events_root, hash, events, written, seal) VALUES ($1, $2, $3, $4, $5, $6, "
                "$7, $8, $9)",
                {chain_id, sequence, sequence, transaction.now_us(), storage::Value::Blob(hash),
                 storage::Value::Blob(hash), storage::Value::Blob(stored), storage::Value::Blob(""),
                 storage::Value::Blob(sealed)})
            .status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::testing
