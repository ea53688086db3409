#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace switchboard::redaction {

// The tag of each character of a text by the linked weights: bits of ChineseWeights::tags. A
// character takes some 25 µs and, for the time of the call, 3 KB: pass sentences. Thread-safe.
// `characters`: width and compatibility forms folded (NFKC), traditional characters simplified.
std::vector<uint8_t> ChineseTags(std::u32string_view characters);

// The same as which of the model's 57 tags each is, for tests.
std::vector<uint8_t> ChineseTagNumbers(std::u32string_view characters);

}  // namespace switchboard::redaction
