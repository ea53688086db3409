#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "hub/redaction/folded_text.h"

namespace switchboard::redaction {

// The letters and digits of a text in the loose dress, without what stands between them.
std::u32string Squeezed(std::string_view typed);

// Where squeezed letters end that begin at `begin`, whatever one or two signs divide them; `begin`
// if they do not stand there. And where those begin that end at `end`; else `end`.
size_t EndOfLetters(const FoldedText& text, size_t begin, std::u32string_view letters);
size_t BeginOfLetters(const FoldedText& text, size_t end, std::u32string_view letters);

// Calls `found` with [begin, end) for each place of a text where squeezed letters stand, whatever
// one or two signs divide them. No letter or digit of an alphabet touches them. REQUIRES: some
// letters.
template <typename Found>
void ForEachWhole(const FoldedText& text, std::u32string_view letters, Found found) {
  const auto is_of_alphabet = [&](size_t i) { return text.is_word(i) && text.plain()[i] < 0x250; };
  for (size_t begin = 0; begin < text.size(); ++begin) {
    if (text.loose()[begin] != letters.front() || !text.is_word(begin)) continue;
    if (begin > 0 && is_of_alphabet(begin - 1)) continue;
    const size_t end = EndOfLetters(text, begin, letters);
    if (end == begin || (end < text.size() && is_of_alphabet(end))) continue;
    found(begin, end);
  }
}

}  // namespace switchboard::redaction
