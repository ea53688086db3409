#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::redaction {

// What somebody typed, as a row of characters that look alike however they were typed, each with
// the bytes that it stands for. Folded are width and other forms of compatibility (NFKC), digits of
// any script, marks and variation selectors on a character, and escapes: "&#52;", "&#x34;", "%34",
// "\u0034", "\x34" and percent-encoded UTF-8 are the one character that they stand for. One
// character typed may be several here (㈱ is "(株)"); they share their bytes.
//
// Each character is there in two dresses of the same length:
// - plain: what a reader sees, for dictionaries and taggers. Case, kana and old kanji are kept;
// - loose: for comparing. Lower case, letters without marks (é as e), katakana as hiragana, old and
//   variant kanji and traditional characters as new ones (髙 as 高, 邊 as 边), letters of other
//   scripts inside a Latin word as the Latin ones that they look like.
// What was typed in the form of a mark ("[NAME 1]") is of no letters, digits or separators: U+FFFC
// for each of its characters in both dresses. An index is always one of characters.
class FoldedText {
 public:
  // REQUIRES: `typed` is UTF-8. It is kept as a view, and must outlive the text.
  explicit FoldedText(std::string_view typed);

  std::string_view typed() const { return typed_; }
  size_t size() const { return plain_.size(); }
  std::u32string_view plain() const { return plain_; }
  std::u32string_view loose() const { return loose_; }
  // The digit that a character is or stands for, -1 for none. Han numerals (〇一二…, 壹, 壱, 幺)
  // are digits where seven of them and of other digits stand in a row, separators apart; plain and
  // loose have them as they are.
  int digit(size_t index) const { return digits_[index]; }
  size_t digits() const { return digit_count_; }
  // A blank, dash, dot, slash, bracket, comma, underscore or the like: what stands between the
  // groups of a number.
  bool separates(size_t index) const { return separates_[index] != 0; }
  // A letter, digit or mark: what a value is made of.
  bool is_word(size_t index) const { return is_word_[index] != 0; }

  // Of something in the form of a mark.
  bool in_mark(size_t index) const { return in_mark_[index] != 0; }

  // Where the bytes of a character begin and end in `typed`.
  size_t begin_byte(size_t index) const { return begin_bytes_[index]; }
  size_t end_byte(size_t index) const { return end_bytes_[index]; }
  // What was typed for the characters [begin, end). REQUIRES: begin < end <= size().
  std::string_view Typed(size_t begin, size_t end) const;
  // The same characters in their plain and in their loose dress, as UTF-8.
  std::string Plain(size_t begin, size_t end) const;
  std::string Loose(size_t begin, size_t end) const;

 private:
  void Read();
  bool ReadMark(size_t* at);
  bool ReadEscape(size_t* at);
  void ReadSegment(size_t* at);
  void AppendFolded(std::u32string_view typed, size_t begin, size_t end);
  void Append(char32_t character, size_t begin, size_t end);
  void SeeThroughLookalikes();
  void FindHanNumerals();

  const std::string_view typed_;
  std::u32string plain_, loose_;
  std::vector<int8_t> digits_;
  size_t digit_count_ = 0;
  std::vector<uint8_t> separates_, is_word_, in_mark_;
  std::vector<uint32_t> begin_bytes_, end_bytes_;
};

// Some characters as UTF-8.
std::string Utf8Of(std::u32string_view characters);

}  // namespace switchboard::redaction
