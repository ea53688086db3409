#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "hub/base/keyed_hash.h"
#include "hub/storage/sealer.h"

namespace switchboard::audit {

// Tells entries that a hub made from those that somebody put into the database who has no key: an
// entry's hash anybody can compute. 16 bytes, HMAC-SHA256 of that hash, under a key made from the
// database's root key; beside the hash and not part of it, so that who has no key can still verify
// chains and proofs. Thread-safe.
class EntrySeal {
 public:
  // `sealer` need not outlive it.
  explicit EntrySeal(const storage::Sealer& sealer);

  std::string Of(std::string_view entry_hash) const;
  bool Fits(std::string_view entry_hash, std::string_view seal) const {
    return seal == Of(entry_hash);
  }
  // DATA_LOSS, AUDIT_FORGED naming the entry, unless `seal` is that of its hash.
  absl::Status Check(std::string_view chain_id, int64_t sequence, std::string_view entry_hash,
                     std::string_view seal) const;

 private:
  const KeyedHash keyed_;
};

}  // namespace switchboard::audit
