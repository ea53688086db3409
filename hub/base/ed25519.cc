#include "hub/base/ed25519.h"

#include <openssl/evp.h>

#include "hub/base/error.h"

namespace switchboard {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void Ed25519Signer::Deleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Ed25519Signer::Ed25519Signer(const Secret& seed)
    : key_(
          EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed.view()), seed.size())),
      public_key_(kEd25519KeyBytes, '\0') {
  size_t size = public_key_.size();
  SWITCHBOARD_ASSERT(key_ != nullptr);
  SWITCHBOARD_ASSERT(EVP_PKEY_get_raw_public_key(
                         key_.get(), reinterpret_cast<unsigned char*>(public_key_.data()), &size) ==
                         1 &&
                     size == kEd25519KeyBytes);
}

std::string Ed25519Signer::Sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureBytes, '\0');
  size_t size = signature.size();
  SWITCHBOARD_ASSERT(
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) == 1 &&
      size == kEd25519SignatureBytes);
  return signature;
}

bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature) {
  // A key of another size is none for OpenSSL.
  EVP_PKEY* const key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size());
  const Context context(EVP_MD_CTX_new());
  const bool verified = key != nullptr &&
                        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                        EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                                         Bytes(message), message.size()) == 1;
  EVP_PKEY_free(key);
  return verified;
}

}  // namespace switchboard
