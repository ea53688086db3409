#include "hub/masking/token_maker.h"

#include "hub/base/digest.h"

namespace switchboard::masking {
namespace {

constexpr size_t kTokenCharacters = 26;
constexpr size_t kTokenBytes = 17;  // of which a token shows something

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

TokenMaker::TokenMaker(std::string_view key) : hash_(Secret(key)) {}

PersonTokens TokenMaker::TokensOf(std::string_view person_id) const {
  return PersonTokens(hash_.Of({"person:", person_id}));
}

std::string TokenMaker::AccountToken(std::string_view account_id) const {
  return TokenFrom(hash_.Of({"account:", account_id}).data());
}

std::string PersonTokens::Token() const { return TokenFrom(hash_.data()); }

// A second HMAC for each contact point would cost more than all else that is shown of it.
std::string PersonTokens::ContactPointToken(std::string_view contact_point_id) const {
  const std::string_view hash(reinterpret_cast<const char*>(hash_.data()), hash_.size());
  char of_point[kSha256Bytes];
  Sha256().Add(hash.substr(kTokenBytes)).Add(contact_point_id).FinishInto(of_point);
  return TokenFrom(reinterpret_cast<const unsigned char*>(of_point));
}

bool TokenMaker::SameKeyAs(const TokenMaker& other) const { return hash_.SameKeyAs(other.hash_); }

}  // namespace switchboard::masking
