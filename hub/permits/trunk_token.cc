#include "hub/permits/trunk_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>

#include "hub/base/error.h"

namespace switchboard::permits {
namespace {

constexpr size_t kMacBytes = 20;
constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

std::string Base32(const uint8_t* bytes, size_t size) {
  std::string text;
  uint32_t buffer = 0;
  int bits = 0;
  for (size_t i = 0; i < size; ++i) {
    buffer = (buffer << 8) | bytes[i];
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[(buffer >> (bits - 5)) & 31];
  }
  return text;
}

}  // namespace

std::string TrunkTokenOf(std::string_view key, std::string_view permit_id) {
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const uint8_t* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const uint8_t*>(permit_id.data()), permit_id.size(), mac, &size);
  SWITCHBOARD_ASSERT(made != nullptr && size >= kMacBytes);
  return std::string(permit_id) + "." + Base32(mac, kMacBytes);
}

std::optional<std::string> PermitOfTrunkToken(std::string_view key, std::string_view token) {
  const size_t dot = token.rfind('.');
  if (dot == token.npos) return std::nullopt;
  const std::string_view permit_id = token.substr(0, dot);
  const std::string made = TrunkTokenOf(key, permit_id);
  if (made.size() != token.size() || CRYPTO_memcmp(made.data(), token.data(), made.size()) != 0)
    return std::nullopt;
  return std::string(permit_id);
}

}  // namespace switchboard::permits
