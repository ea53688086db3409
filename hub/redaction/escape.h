#pragma once

#include <cstddef>
#include <string_view>

namespace switchboard::redaction {

// A character that somebody wrote as an escape, and the bytes that it took.
struct Escape {
  char32_t character = 0;
  size_t bytes = 0;
};

// The escape that `text` begins with: a reference of HTML by number, or by name for the signs of
// addresses and numbers; percent-encoded UTF-8; "\u0034", "\u{34}", "\x34", "\U00000034". No bytes
// when there is none, and when it stands for no character of Unicode or for a control.
Escape EscapeAt(std::string_view text);

}  // namespace switchboard::redaction
