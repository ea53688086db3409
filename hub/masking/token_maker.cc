#include "hub/masking/token_maker.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <utility>
#include <vector>

#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::masking {
namespace {

constexpr size_t kTokenCharacters = 26;
constexpr size_t kTokenBytes = 17;  // of which a token shows something

struct FreeHash {
  void operator()(EVP_MAC_CTX* hash) const { EVP_MAC_CTX_free(hash); }
};
using KeyedHash = std::unique_ptr<EVP_MAC_CTX, FreeHash>;

KeyedHash NewKeyedHash(std::string_view key) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  SWITCHBOARD_ASSERT(hmac != nullptr);
  KeyedHash hash(EVP_MAC_CTX_new(hmac.get()));
  SWITCHBOARD_ASSERT(hash != nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  SWITCHBOARD_ASSERT(EVP_MAC_init(hash.get(), reinterpret_cast<const unsigned char*>(key.data()),
                                  key.size(), parameters) == 1);
  return hash;
}

std::string TokenFrom(const unsigned char* bytes) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text(kTokenCharacters, 'a');
  for (size_t i = 0; i < kTokenCharacters; ++i) {
    const size_t bit = i * 5;
    const unsigned pair = (bytes[bit / 8] << 8) | bytes[bit / 8 + 1];
    text[i] = kAlphabet[(pair >> (11 - bit % 8)) & 31];
  }
  return text;
}

}  // namespace

// Keyed once; starting a keyed context again costs a third of keying or copying one. A context
// serves one thread at a time, so the idle ones wait in a pool, which grows to the number of
// threads that mask.
class TokenMaker::KeyedHashes {
 public:
  explicit KeyedHashes(std::string_view key) : key_(key), pristine_(NewKeyedHash(key)) {
    SWITCHBOARD_ASSERT(!key.empty());
  }
  ~KeyedHashes() { OPENSSL_cleanse(key_.data(), key_.size()); }

  KeyedHash Take() {
    MutexLock lock(mutex_);
    if (idle_.empty()) {
      KeyedHash hash(EVP_MAC_CTX_dup(pristine_.get()));
      SWITCHBOARD_ASSERT(hash != nullptr);
      return hash;
    }
    KeyedHash hash = std::move(idle_.back());
    idle_.pop_back();
    return hash;
  }

  void GiveBack(KeyedHash hash) {
    MutexLock lock(mutex_);
    idle_.push_back(std::move(hash));
  }

  const std::string& key() const { return key_; }

 private:
  std::string key_;
  const KeyedHash pristine_;
  Mutex mutex_;
  std::vector<KeyedHash> idle_ SWITCHBOARD_GUARDED_BY(mutex_);
};

TokenMaker::TokenMaker(std::string_view key) : hashes_(std::make_unique<KeyedHashes>(key)) {}
TokenMaker::~TokenMaker() = default;

PersonTokens TokenMaker::TokensOf(std::string_view person_id) const {
  return PersonTokens(Hmac("person:", person_id));
}

std::string TokenMaker::AccountToken(std::string_view account_id) const {
  return TokenFrom(Hmac("account:", account_id).data());
}

std::string PersonTokens::Token() const { return TokenFrom(hash_.data()); }

// A second HMAC for each contact point would cost more than all else that is shown of it.
std::string PersonTokens::ContactPointToken(std::string_view contact_point_id) const {
  const std::string_view hash(reinterpret_cast<const char*>(hash_.data()), hash_.size());
  char of_point[kSha256Bytes];
  Sha256().Add(hash.substr(kTokenBytes)).Add(contact_point_id).FinishInto(of_point);
  return TokenFrom(reinterpret_cast<const unsigned char*>(of_point));
}

bool TokenMaker::SameKeyAs(const TokenMaker& other) const {
  const std::string& mine = hashes_->key();
  const std::string& theirs = other.hashes_->key();
  return mine.size() == theirs.size() &&
         CRYPTO_memcmp(mine.data(), theirs.data(), mine.size()) == 0;
}

PersonTokens::Hash TokenMaker::Hmac(std::string_view kind, std::string_view id) const {
  KeyedHash hash = hashes_->Take();
  const auto add = [&](std::string_view bytes) {
    return EVP_MAC_update(hash.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size());
  };
  PersonTokens::Hash digest;
  size_t length = 0;
  // No key given: the context begins again under the key it has.
  const bool done = EVP_MAC_init(hash.get(), nullptr, 0, nullptr) == 1 && add(kind) == 1 &&
                    add(id) == 1 &&
                    EVP_MAC_final(hash.get(), digest.data(), &length, digest.size()) == 1;
  SWITCHBOARD_ASSERT(done && length == digest.size());
  hashes_->GiveBack(std::move(hash));
  return digest;
}

}  // namespace switchboard::masking
