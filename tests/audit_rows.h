#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/storage/transaction.h"

// For tests of what stands on the audit chains: entries that were never sealed.

namespace switchboard::testing {

// What stands for the hash of an entry.
inline std::string MadeUpHash(const std::string& chain_id, int64_t sequence) {
  return Sha256Of(absl::StrCat(chain_id, "/", sequence));
}

// Entries `first` to `last` of a chain, with such hashes and without events, as of the
// transaction's time.
inline absl::Status AddEntries(storage::Transaction& transaction, const std::string& chain_id,
                               int64_t first, int64_t last) {
  for (int64_t sequence = first; sequence <= last; ++sequence) {
    const std::string hash = MadeUpHash(chain_id, sequence);
    RETURN_IF_ERROR(
        transaction
            .Execute("INSERT INTO audit_entry (chain_id, sequence, commit_time, events_root, hash, "
                     "events) VALUES ($1, $2, $3, $4, $5, $6)",
                     {chain_id, sequence, transaction.now_us(), storage::Value::Blob(hash),
                      storage::Value::Blob(hash), storage::Value::Blob("")})
            .status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::testing
