#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace switchboard::masking {

using Words = std::initializer_list<std::string_view>;

// The character at *at, moving *at behind it; negative when the text is not UTF-8.
// REQUIRES: *at < text.size().
int32_t NextCharacter(std::string_view text, size_t* at);

// Han, kana, Hangul and Bopomofo.
bool IsEastAsian(int32_t character);
bool HoldsEastAsian(std::string_view text);

// Bytes of the first of `words` that `text` begins with, or 0.
size_t BeginsWith(std::string_view text, Words words);
bool EndsWith(std::string_view text, Words words);

}  // namespace switchboard::masking
