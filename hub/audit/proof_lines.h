#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/audit/merkle.h"

// How the formats of c2sp.org write what they say, a line each. What has more than one spelling is
// read in one only, so that who changes a byte of a proof breaks it.

namespace switchboard::audit {

// Lines of a text, one after the other.
class ProofLines {
 public:
  // `text` must outlive it.
  explicit ProofLines(std::string_view text) : rest_(text) {}

  // The next line, without its newline. Nothing where no whole line is left.
  std::optional<std::string_view> Next();
  // What has not been read.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Standard base64 with its padding (RFC 4648 section 4).
std::string ToBase64(std::string_view bytes);
std::optional<std::string> FromBase64(std::string_view text);
// A hash as base64.
std::optional<Hash> HashFromBase64(std::string_view text);

// Digits without leading zeros, up to 2^63 - 1.
std::optional<int64_t> FromDecimal(std::string_view text);

// What follows `key` and a blank at the line's beginning; nothing where that is empty.
std::optional<std::string_view> ValueOf(std::string_view line, std::string_view key);

}  // namespace switchboard::audit
