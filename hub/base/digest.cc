#include "hub/base/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "hub/base/error.h"

namespace switchboard {
namespace {

struct Deleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* Context() {
  thread_local std::unique_ptr<EVP_MD_CTX, Deleter> context(EVP_MD_CTX_new());
  return context.get();
}

const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

Sha256::Sha256() { SWITCHBOARD_ASSERT(EVP_DigestInit_ex(Context(), Algorithm(), nullptr) == 1); }

Sha256& Sha256::Add(std::string_view bytes) {
  EVP_DigestUpdate(Context(), bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::AddNumber(int64_t number) {
  char bytes[8];
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return Add({bytes, sizeof(bytes)});
}

std::string Sha256::Finish() {
  std::string hash(kSha256Bytes, '\0');
  FinishInto(hash.data());
  return hash;
}

void Sha256::FinishInto(char* hash) {
  EVP_DigestFinal_ex(Context(), reinterpret_cast<unsigned char*>(hash), nullptr);
}

}  // namespace switchboard
