#pragma once

#include <string>
#include <string_view>

#include "hub/base/keyed_hash.h"

namespace switchboard::masking {

// The tokens of one person towards one vendor. Thread-safe.
class PersonTokens {
 public:
  std::string Token() const;
  // Of a contact point of the person's, by the core's id of it: SHA-256 over what the person's own
  // token leaves of its HMAC and the id, written as other tokens are.
  std::string ContactPointToken(std::string_view contact_point_id) const;

 private:
  friend class TokenMaker;
  explicit PersonTokens(const KeyedHash::Sum& hash) : hash_(hash) {}

  const KeyedHash::Sum hash_;
};

// Makes the tokens that stand for the core's ids towards one vendor: HMAC-SHA256 under the vendor's
// key, cut to 130 bits, as 26 characters of lower-case base 32 (RFC 4648). The same id gives the
// same token; without the key a token says nothing, and tokens under two keys cannot be joined.
// Thread-safe.
class TokenMaker {
 public:
  // REQUIRES: `key` is not empty; 32 random bytes in production.
  explicit TokenMaker(std::string_view key);

  // A person and an account with the same id get different tokens.
  PersonTokens TokensOf(std::string_view person_id) const;
  std::string AccountToken(std::string_view account_id) const;

  bool SameKeyAs(const TokenMaker& other) const;

 private:
  const KeyedHash hash_;
};

}  // namespace switchboard::masking
