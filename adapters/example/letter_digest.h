#pragma once

#include <string>
#include <string_view>

#include "hub/base/digest.h"

namespace switchboard::adapters {

// 32 letters a to p that stand for a text: 128 bits of its SHA-256. No digits, so that what is made
// of it never looks like a phone or a card number.
inline std::string LetterDigest(std::string_view text) {
  std::string letters;
  for (const char byte : Sha256Of(text).substr(0, 16)) {
    const auto bits = static_cast<unsigned char>(byte);
    letters += static_cast<char>('a' + (bits >> 4));
    letters += static_cast<char>('a' + (bits & 15));
  }
  return letters;
}

}  // namespace switchboard::adapters
