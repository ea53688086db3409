#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "hub/base/secret.h"

struct evp_pkey_st;

namespace switchboard {

// Signatures by Ed25519 (RFC 8032). Keys and signatures are bytes as that text writes them.

inline constexpr size_t kEd25519KeyBytes = 32;  // of a seed, and of a public key
inline constexpr size_t kEd25519SignatureBytes = 64;

// A private key. OpenSSL keeps it in its secure heap (see Secret) and wipes it when this goes.
// Moved, never copied. Thread-safe.
class Ed25519Signer {
 public:
  // REQUIRES: the seed has kEd25519KeyBytes.
  explicit Ed25519Signer(const Secret& seed);

  std::string Sign(std::string_view message) const;
  const std::string& public_key() const { return public_key_; }

 private:
  struct Deleter {
    void operator()(evp_pkey_st* key) const;
  };

  std::unique_ptr<evp_pkey_st, Deleter> key_;
  std::string public_key_;
};

// False also for a key or a signature that is none.
bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature);

}  // namespace switchboard
