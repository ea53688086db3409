#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/base/ids.h"
#include "hub/base/keyed_hash.h"
#include "hub/base/mutex.h"
#include "hub/base/secret.h"
#include "hub/storage/box_place.h"
#include "hub/storage/transaction.h"
#include "hub/storage/wrappings.h"

namespace switchboard::storage {

class BoxKey;

// What was sealed before the unit that stores it runs; only Sealer::Take makes a box of it, so that
// nothing is stored under a key that was retired meanwhile.
class EarlyBox {
 public:
  bool empty() const { return bytes_.empty(); }

 private:
  friend class Sealer;
  std::string bytes_;
  std::shared_ptr<BoxKey> key_;
};

// What is found by a keyed digest of its content instead of the content: each under a key of its
// own, so that digests of two kinds say nothing of each other.
enum class Index {
  kNumber,  // a number or an address
  kAgent,   // who made a call or a visit, of a vendor
};
inline constexpr int kIndexCount = 2;

// Seals personal data before it reaches the database file: AES-256-GCM (NIST SP 800-38D), one box
// per record, bound to its place in the database (box_place.h).
//
// The data key is new at every start of a hub and with every rotation, and its nonce is a counter,
// so no nonce is ever used twice under one key. Data keys lie in the table data_key, wrapped
// (wrappings.h); without what they are wrapped by nothing can be opened. A box begins with the
// number of its key. Thread-safe.
class Sealer {
 public:
  // Opens the root key, or makes it in a database that has none, and adds a data key for the hub to
  // seal by. `ids` outlives this. Errors: those of KeyWrapping; KEY_FILE_WRONG or TOKEN_INVALID
  // when what is there does not open this database's keys.
  static absl::StatusOr<std::unique_ptr<Sealer>> Open(std::unique_ptr<Wrappings> wrappings,
                                                      std::string hub_id, Connection& writer,
                                                      IdMint& ids, int64_t now_us);
  ~Sealer();

  // In a unit, which notes by which key: see CheckSealed.
  std::string Seal(Transaction& transaction, const BoxPlace& place, std::string_view plaintext);
  // Off the writer's thread. Take makes the box of it in the unit that stores it, for the same
  // place; sealed anew if the key is not the one that the hub seals by any more.
  EarlyBox SealEarly(const BoxPlace& place, std::string_view plaintext);
  std::string Take(Transaction& transaction, const BoxPlace& place, const EarlyBox& box);

  // The plaintext. DATA_LOSS, BOX_BROKEN when it was altered, moved, or sealed under a key that is
  // unknown or gone. `reader` finds the keys of other hubs; its errors, and UNAVAILABLE,
  // KEY_STORE_AWAY.
  absl::StatusOr<std::string> Open(const BoxPlace& place, std::string_view box, Connection& reader);

  // The key by which a box was sealed; 0: it is none.
  static int64_t KeyOf(std::string_view box);
  // The key that this hub seals by.
  int64_t sealing_key() const;

  // A key for one purpose, 32 bytes, the same for ever in this database: "token/sakura".
  Secret DeriveKey(std::string_view purpose) const;
  // HMAC-SHA256 under the database's own key: a digest that says nothing to who has no key.
  std::string Digest(std::string_view content) const;
  // 16 bytes of a digest by which rows are found.
  std::string IndexOf(Index index, std::string_view content) const;

  // The rest is for rotations (upkeep/key_rotation.h).

  // UNAVAILABLE, so that the group runs again, when a unit of it sealed by a key below `floor`.
  // This hub must renew its key before that can help: see must_renew.
  absl::Status CheckSealed(const Transaction& transaction, int64_t floor);
  bool must_renew() const { return floor_ > sealing_key(); }

  // Adds a data key and notes that this hub seals by it, which it does once that is committed and
  // SealBy called. REQUIRES: who asks holds StartKey() (schema.h).
  absl::StatusOr<std::shared_ptr<BoxKey>> Renew(Connection& writer, int64_t now_us);
  void SealBy(std::shared_ptr<BoxKey> key);
  // The same for the key that it has, once the hub has its place.
  absl::Status NoteSealing(Connection& writer, int64_t now_us) const;

  // Wipes what this process knows of data keys up to `through`, which are gone from the database,
  // and keeps none of them in memory from now on; the one that it seals by until SealBy.
  void Forget(int64_t through);

  Wrappings& wrappings() { return *wrappings_; }

 private:
  Sealer(std::unique_ptr<Wrappings> wrappings, std::string hub_id, IdMint& ids);

  absl::StatusOr<std::shared_ptr<BoxKey>> AddKey(Connection& writer, int64_t now_us);
  absl::StatusOr<std::shared_ptr<BoxKey>> FindKey(int64_t number, Connection& reader);
  std::shared_ptr<BoxKey> SealingKey() const;
  void DropForgotten() SWITCHBOARD_REQUIRES(mutex_);
  absl::Status SetUpRoot(Connection& writer, int64_t now_us);

  const std::unique_ptr<Wrappings> wrappings_;
  const std::string hub_id_;
  IdMint& ids_;
  std::unique_ptr<const KeyedHash> root_;                  // constant once open …
  std::unique_ptr<const KeyedHash> indexes_[kIndexCount];  // … likewise
  std::atomic<int64_t> floor_{0};
  mutable Mutex mutex_;
  std::shared_ptr<BoxKey> sealing_key_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<int64_t, std::shared_ptr<BoxKey>> keys_ SWITCHBOARD_GUARDED_BY(mutex_);
  int64_t forgotten_through_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
};

}  // namespace switchboard::storage
