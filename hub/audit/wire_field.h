#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::audit {

// Takes the field of bytes or of a message that a serialized message begins with: its tag, of one
// byte, and its content, of less than 2^35 bytes. False if it begins with anything else.
inline bool TakeField(std::string_view& rest, char& tag, std::string_view& content) {
  constexpr int kBitsMax = 28;  // shifted so far at most: five bytes
  if (rest.empty()) return false;
  tag = rest.front();
  size_t at = 1, size = 0;
  for (int shift = 0;; shift += 7) {
    if (at == rest.size() || shift > kBitsMax) return false;
    const auto byte = static_cast<unsigned char>(rest[at++]);
    size |= static_cast<size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (size > rest.size() - at) return false;
  content = rest.substr(at, size);
  rest.remove_prefix(at + size);
  return true;
}

}  // namespace switchboard::audit
