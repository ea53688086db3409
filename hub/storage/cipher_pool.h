#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/base/secret.h"

struct evp_cipher_ctx_st;

namespace switchboard::storage {

inline constexpr size_t kCipherKeyBytes = 32;
inline constexpr size_t kCipherNonceBytes = 12;
inline constexpr size_t kCipherTagBytes = 16;

// AES-256-GCM (NIST SP 800-38D) under one key. A context that is keyed already seals in half the
// time; it serves one thread at a time, so the idle ones wait in a pool, which grows to the number
// of threads. They hold the key too, and are wiped with this. Thread-safe.
class CipherPool {
 public:
  // REQUIRES: kCipherKeyBytes.
  explicit CipherPool(Secret key);
  ~CipherPool();
  CipherPool(const CipherPool&) = delete;
  CipherPool& operator=(const CipherPool&) = delete;

  // Writes nonce, ciphertext and tag behind `out`. `place` is bound to them. REQUIRES: no two calls
  // under one key have one nonce.
  void Seal(std::string_view nonce, std::string_view place, std::string_view plaintext,
            std::string* out);
  // Of such bytes the plaintext; false if they were altered, or sealed for another place or under
  // another key.
  bool Open(std::string_view place, std::string_view sealed, std::string* plaintext);

  // Keyed contexts that wait.
  size_t idle() const;

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
  enum Way { kSeal, kOpen };

  Context Take(Way way);
  void GiveBack(Way way, Context context);

  const Secret key_;
  mutable Mutex mutex_;
  std::vector<Context> idle_[2] SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard::storage
