#include "hub/redaction/squeezed.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kInsideMax = 2;  // signs between two letters

}  // namespace

size_t EndOfLetters(const FoldedText& text, size_t begin, std::u32string_view letters) {
  size_t matched = 0, apart = 0;
  for (size_t at = begin; at < text.size(); ++at) {
    if (!text.is_word(at)) {
      if (text.in_mark(at) || ++apart > kInsideMax) break;
      continue;
    }
    if (text.loose()[at] != letters[matched]) break;
    if (++matched == letters.size()) return at + 1;
    apart = 0;
  }
  return begin;
}

size_t BeginOfLetters(const FoldedText& text, size_t end, std::u32string_view letters) {
  size_t left = letters.size(), apart = 0;
  for (size_t at = end; at > 0; --at) {
    if (!text.is_word(at - 1)) {
      if (text.in_mark(at - 1) || ++apart > kInsideMax) break;
      continue;
    }
    if (text.loose()[at - 1] != letters[left - 1]) break;
    if (--left == 0) return at - 1;
    apart = 0;
  }
  return end;
}

std::u32string Squeezed(std::string_view typed) {
  const FoldedText text(typed);
  std::u32string letters;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.is_word(i)) letters += text.loose()[i];
  }
  return letters;
}

}  // namespace switchboard::redaction
