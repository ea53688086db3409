#include "hub/redaction/cue_words.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kWordMax = 32;  // characters of the longest

bool IsAsciiLetter(char32_t c) {
  return c < 0x80 && absl::ascii_isalpha(static_cast<unsigned char>(c));
}

bool IsWordAt(std::u32string_view loose, size_t at, std::u32string_view word) {
  if (loose.substr(at, word.size()) != word) return false;
  const size_t end = at + word.size();
  if (at > 0 && IsAsciiLetter(word.front()) && IsAsciiLetter(loose[at - 1])) return false;
  return end == loose.size() || !IsAsciiLetter(word.back()) || !IsAsciiLetter(loose[end]);
}

// Between a word and its number stands nothing that belongs to another one.
bool Divides(const FoldedText& text, size_t index, CueWords::Reach reach) {
  if (text.digit(index) >= 0) return true;
  const char32_t c = text.plain()[index];
  return reach == CueWords::Reach::kSentence &&
         (c == U'\n' || c == U'。' || c == U'!' || c == U'?');
}

}  // namespace

CueWords::CueWords(std::string_view words) {
  const FoldedText text(words);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.loose().find(U' ', begin), text.size());
    std::u32string word(text.loose().substr(begin, end - begin));
    std::replace(word.begin(), word.end(), U'_', U' ');
    if (!word.empty()) words_.push_back(std::move(word));
    begin = end + 1;
  }
  for (const std::u32string& word : words_) first_letters_ += word.front();
  std::sort(first_letters_.begin(), first_letters_.end());
}

size_t CueWords::SizeAt(std::u32string_view loose, size_t at) const {
  if (!std::binary_search(first_letters_.begin(), first_letters_.end(), loose[at])) return 0;
  for (const std::u32string& word : words_) {
    if (loose[at] == word.front() && IsWordAt(loose, at, word)) return word.size();
  }
  return 0;
}

bool CueWords::StandBefore(const FoldedText& text, size_t begin, size_t within, Reach reach) const {
  size_t from = 0;  // behind the last character that divides, which may be one of a word (下4桁)
  for (size_t at = begin; at > 0 && at + kWordMax > from && at + kWordMax + within > begin;) {
    --at;
    if (from == 0 && Divides(text, at, reach)) from = at + 1;
    const size_t end = at + SizeAt(text.loose(), at);
    if (end > at && end >= from && end <= begin && begin - end <= within) return true;
  }
  return false;
}

bool CueWords::StandBehind(const FoldedText& text, size_t end, size_t within, Reach reach) const {
  for (size_t at = end; at < text.size() && at <= end + within; ++at) {
    if (Divides(text, at, reach)) return false;
    if (SizeAt(text.loose(), at) > 0) return true;
  }
  return false;
}

std::vector<size_t> CueWords::EndsIn(const FoldedText& text) const {
  std::vector<size_t> ends;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t size = SizeAt(text.loose(), at);
    if (size > 0 && (ends.empty() || ends.back() < at + size)) ends.push_back(at + size);
  }
  return ends;
}

}  // namespace switchboard::redaction
