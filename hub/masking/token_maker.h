#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace switchboard::masking {

// Makes the tokens that stand for the core's ids towards one vendor: HMAC-SHA256 under the vendor's
// key, cut to 130 bits, as 26 characters of lower-case base 32 (RFC 4648). The same id gives the
// same token; without the key a token says nothing, and tokens under two keys cannot be joined.
// Thread-safe.
class TokenMaker {
 public:
  // REQUIRES: `key` is not empty; 32 random bytes in production.
  explicit TokenMaker(std::string_view key);
  ~TokenMaker();
  TokenMaker(const TokenMaker&) = delete;
  TokenMaker& operator=(const TokenMaker&) = delete;

  // A person and an account with the same id get different tokens.
  std::string PersonToken(std::string_view person_id) const;
  std::string AccountToken(std::string_view account_id) const;

  bool SameKeyAs(const TokenMaker& other) const;

 private:
  class KeyedHashes;

  std::string Token(std::string_view kind, std::string_view id) const;

  const std::unique_ptr<KeyedHashes> hashes_;
};

}  // namespace switchboard::masking
