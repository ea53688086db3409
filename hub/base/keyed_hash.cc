#include "hub/base/keyed_hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <utility>

#include "hub/base/error.h"

namespace switchboard {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

KeyedHash::KeyedHash(Secret key) : key_(std::move(key)) { SWITCHBOARD_ASSERT(!key_.empty()); }

KeyedHash::~KeyedHash() = default;

// OpenSSL wipes what a context was keyed with as it frees it.
void KeyedHash::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

KeyedHash::Context KeyedHash::Take() const {
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  SWITCHBOARD_ASSERT(hmac != nullptr);
  Context context(EVP_MAC_CTX_new(hmac.get()));
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  SWITCHBOARD_ASSERT(context != nullptr &&
                     EVP_MAC_init(context.get(), Bytes(key_.view()), key_.size(), parameters) == 1);
  return context;
}

void KeyedHash::GiveBack(Context context) const {
  MutexLock lock(mutex_);
  idle_.push_back(std::move(context));
}

KeyedHash::Sum KeyedHash::Of(std::initializer_list<std::string_view> parts) const {
  Context context = Take();
  Sum sum;
  size_t size = 0;
  // No key given: the context begins again under the key it has.
  bool ok = EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1;
  for (const std::string_view part : parts)
    ok = ok && EVP_MAC_update(context.get(), Bytes(part), part.size()) == 1;
  ok = ok && EVP_MAC_final(context.get(), sum.data(), &size, sum.size()) == 1;
  SWITCHBOARD_ASSERT(ok && size == sum.size());
  GiveBack(std::move(context));
  return sum;
}

std::string KeyedHash::TextOf(std::string_view content) const {
  const Sum sum = Of({content});
  return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

bool KeyedHash::SameKeyAs(const KeyedHash& other) const {
  return key_.size() == other.key_.size() &&
         CRYPTO_memcmp(key_.view().data(), other.key_.view().data(), key_.size()) == 0;
}

}  // namespace switchboard
