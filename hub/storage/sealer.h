#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "hub/base/secret.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

// Seals personal data before it reaches the database file: AES-256-GCM (NIST SP 800-38D), one box
// per record, bound to its place in the database by the associated data.
//
// The data key is new at every start of a hub and its nonce is a counter, so no nonce is ever used
// twice under one key. Data keys lie in the table data_key, wrapped by the key in the key file;
// without that file nothing can be opened. Thread-safe.
class Sealer {
 public:
  // Reads the key file (32 bytes as 64 hexadecimal digits, with a mode that secret_file.h allows),
  // making it with mode 0600 when it is missing and the database has no keys yet, and adds a data
  // key to the database. Errors: FAILED_PRECONDITION, KEY_FILE_INVALID; FAILED_PRECONDITION,
  // KEY_FILE_MISSING; FAILED_PRECONDITION, KEY_FILE_WRONG when it does not open this database's
  // keys.
  static absl::StatusOr<std::unique_ptr<Sealer>> Open(const std::string& key_file,
                                                      Connection& writer, IdMint& ids,
                                                      int64_t now_us);
  ~Sealer();

  // `place` names where the box will lie ("person|P-1"); it must be the same for Open.
  std::string Seal(std::string_view place, std::string_view plaintext);

  // The plaintext. DATA_LOSS, BOX_BROKEN when it was altered, moved, or sealed under an unknown
  // key. `reader` finds the keys of other hubs.
  absl::StatusOr<std::string> Open(std::string_view place, std::string_view box,
                                   Connection& reader);

  // A key for one purpose, 32 bytes, the same for ever in this database: "token/sakura".
  std::string DeriveKey(std::string_view purpose) const;

  // HMAC-SHA256 under the database's own key: a digest that says nothing to who has no key.
  std::string Digest(std::string_view content) const;

 private:
  struct Key;
  Sealer();

  absl::StatusOr<std::shared_ptr<const Key>> FindKey(uint64_t number, Connection& reader);

  const uint64_t serial_;  // of this process: no two sealers have one
  Secret wrapping_key_;
  Secret root_key_;
  std::shared_ptr<const Key> sealing_key_;
  std::atomic<uint64_t> nonce_{0};
  Mutex mutex_;
  std::map<uint64_t, std::shared_ptr<const Key>> keys_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// What Sealer::Open would find wrong with a key file that is there; empty if nothing.
std::string KeyFileProblem(const std::string& path);

}  // namespace switchboard::storage
