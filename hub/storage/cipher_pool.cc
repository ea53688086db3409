#include "hub/storage/cipher_pool.h"

#include <openssl/evp.h>

#include <cstring>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool Encrypt(EVP_CIPHER_CTX* cipher, std::string_view nonce, std::string_view place,
             std::string_view plaintext, unsigned char* to) {
  int size = 0;
  return EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, Bytes(nonce)) == 1 &&
         EVP_EncryptUpdate(cipher, nullptr, &size, Bytes(place), static_cast<int>(place.size())) ==
             1 &&
         EVP_EncryptUpdate(cipher, to, &size, Bytes(plaintext),
                           static_cast<int>(plaintext.size())) == 1 &&
         EVP_EncryptFinal_ex(cipher, to + plaintext.size(), &size) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kCipherTagBytes,
                             to + plaintext.size()) == 1;
}

bool Decrypt(EVP_CIPHER_CTX* cipher, std::string_view place, std::string_view sealed,
             std::string* plaintext) {
  const size_t length = sealed.size() - kCipherNonceBytes - kCipherTagBytes;
  plaintext->resize(length);
  auto* to = reinterpret_cast<unsigned char*>(plaintext->data());
  std::string tag(sealed.substr(kCipherNonceBytes + length));
  int size = 0;
  unsigned char rest[kCipherTagBytes];
  return EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, Bytes(sealed)) == 1 &&
         EVP_DecryptUpdate(cipher, nullptr, &size, Bytes(place), static_cast<int>(place.size())) ==
             1 &&
         EVP_DecryptUpdate(cipher, to, &size, Bytes(sealed) + kCipherNonceBytes,
                           static_cast<int>(length)) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kCipherTagBytes, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(cipher, rest, &size) == 1;
}

}  // namespace

CipherPool::CipherPool(Secret key) : key_(std::move(key)) {
  SWITCHBOARD_ASSERT(key_.size() == kCipherKeyBytes);
}

CipherPool::~CipherPool() = default;

// OpenSSL wipes what a context was keyed with as it frees it.
void CipherPool::Free::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

void CipherPool::Seal(std::string_view nonce, std::string_view place, std::string_view plaintext,
                      std::string* out) {
  SWITCHBOARD_ASSERT(nonce.size() == kCipherNonceBytes);
  const size_t begin = out->size();
  out->resize(begin + kCipherNonceBytes + plaintext.size() + kCipherTagBytes);
  std::memcpy(out->data() + begin, nonce.data(), kCipherNonceBytes);
  auto* to = reinterpret_cast<unsigned char*>(out->data()) + begin + kCipherNonceBytes;
  Context context = Take(kSeal);
  SWITCHBOARD_ASSERT(Encrypt(context.get(), nonce, place, plaintext, to));
  GiveBack(kSeal, std::move(context));
}

bool CipherPool::Open(std::string_view place, std::string_view sealed, std::string* plaintext) {
  if (sealed.size() < kCipherNonceBytes + kCipherTagBytes) return false;
  Context context = Take(kOpen);
  const bool opened = Decrypt(context.get(), place, sealed, plaintext);
  GiveBack(kOpen, std::move(context));
  return opened;
}

size_t CipherPool::idle() const {
  MutexLock lock(mutex_);
  return idle_[kSeal].size() + idle_[kOpen].size();
}

CipherPool::Context CipherPool::Take(Way way) {
  {
    MutexLock lock(mutex_);
    if (!idle_[way].empty()) {
      Context context = std::move(idle_[way].back());
      idle_[way].pop_back();
      return context;
    }
  }
  Context context(EVP_CIPHER_CTX_new());
  SWITCHBOARD_ASSERT(context != nullptr &&
                     EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                       Bytes(key_.view()), nullptr, way == kSeal) == 1);
  return context;
}

void CipherPool::GiveBack(Way way, Context context) {
  MutexLock lock(mutex_);
  idle_[way].push_back(std::move(context));
}

}  // namespace switchboard::storage
