#include "hub/base/card_removal.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/card_number.h"
#include "hub/base/digit_groups.h"

namespace switchboard {
namespace {

constexpr size_t kCardDigitsMax = 19;
constexpr size_t kSeparatorsMax = 3;  // between two groups of one number
constexpr size_t kBehindCard = 32;    // characters in which a card's code is looked for
constexpr size_t kBehindWord = 16;    // the same behind a word for it
constexpr UChar32 kEmojiVariant = 0xFE0F;
constexpr UChar32 kKeycap = 0x20E3;

// One character of the text, where it lies and what it counts for.
struct Character {
  size_t at, bytes;
  int digit;  // -1 for none
  bool separator;
};

// Digits in a row, as [begin, end) of the characters.
struct Group {
  size_t begin, end;
  bool joined;  // to the group before it
};

std::vector<Character> CharactersOf(std::string_view text) {
  std::vector<Character> characters;
  characters.reserve(text.size());
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const int32_t here = at;
    UChar32 c;
    U8_NEXT(text.data(), at, static_cast<int32_t>(text.size()), c);
    const bool of_digit = c == kEmojiVariant || c == kKeycap;  // a digit drawn as a key
    if (of_digit && !characters.empty() && characters.back().digit >= 0) {
      characters.back().bytes += static_cast<size_t>(at - here);
      continue;
    }
    characters.push_back({static_cast<size_t>(here), static_cast<size_t>(at - here),
                          c < 0 ? -1 : DigitValue(c), c >= 0 && IsDigitSeparator(c)});
  }
  return characters;
}

std::vector<Group> GroupsOf(const std::vector<Character>& characters) {
  std::vector<Group> groups;
  for (size_t i = 0; i < characters.size();) {
    if (characters[i].digit < 0) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < characters.size() && characters[end].digit >= 0) ++end;
    bool joined = false;
    if (!groups.empty() && i - groups.back().end <= kSeparatorsMax) {
      joined = std::all_of(characters.begin() + static_cast<std::ptrdiff_t>(groups.back().end),
                           characters.begin() + static_cast<std::ptrdiff_t>(i),
                           [](const Character& c) { return c.separator; });
    }
    groups.push_back({i, end, joined});
    i = end;
  }
  return groups;
}

class Removal {
 public:
  explicit Removal(std::string* text)
      : text_(*text), characters_(CharactersOf(text_)), groups_(GroupsOf(characters_)) {}

  size_t Run() {
    RemoveNumbers();
    RemoveCodesBehindWords();
    if (removed_ > 0) Write();
    return removed_;
  }

 private:
  std::string DigitsOf(size_t first, size_t last) const {
    std::string digits;
    for (size_t i = first; i <= last; ++i) {
      for (size_t j = groups_[i].begin; j < groups_[i].end; ++j) {
        digits += static_cast<char>('0' + characters_[j].digit);
      }
    }
    return digits;
  }

  size_t SizeOf(const Group& group) const { return group.end - group.begin; }

  // The last group of a number that begins with `first`, or nothing below it.
  size_t EndOfNumber(size_t first) const {
    const std::string run = DigitsOf(first, first);
    if (IsNumber(run)) return first + 1;
    size_t end = 0;
    std::string digits = run;
    for (size_t i = first + 1; i < groups_.size() && groups_[i].joined; ++i) {
      digits += DigitsOf(i, i);
      if (digits.size() > kCardDigitsMax) break;
      if (IsCardNumberInText(digits)) end = i + 1;
    }
    return end;
  }

  // A run without separators.
  static bool IsNumber(std::string_view run) {
    if (run.size() <= kCardDigitsMax) return IsCardNumberInText(run);
    // A number with its expiry or code typed on.
    for (size_t size = 13; size <= kCardDigitsMax; ++size) {
      for (size_t at = 0; at + size <= run.size(); ++at) {
        if (IsCardNumberInText(run.substr(at, size))) return true;
      }
    }
    return false;
  }

  void RemoveNumbers() {
    for (size_t i = 0; i < groups_.size();) {
      const size_t end = EndOfNumber(i);
      if (end == 0) {
        ++i;
        continue;
      }
      for (; i < end; ++i) Hide(groups_[i]);
      ++removed_;
      const size_t from = groups_[end - 1].end;
      for (size_t j = end; j < groups_.size() && groups_[j].begin <= from + kBehindCard; ++j) {
        if (IsCode(groups_[j]) && EndOfNumber(j) == 0) Hide(groups_[j]);
      }
    }
  }

  bool IsCode(const Group& group) const { return SizeOf(group) == 3 || SizeOf(group) == 4; }

  void RemoveCodesBehindWords() {
    static constexpr std::string_view kWords[] = {
        "cvv",       "cvc",          "cvn",    "csc",      "security code",
        "card code", "セキュリティ", "ｾｷｭﾘﾃｨ", "安全码",   "安全碼",
        "检查码",    "檢查碼",       "驗證碼", "보안코드", "보안 코드"};
    std::string lower = text_;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const std::string_view word : kWords) {
      for (size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
        RemoveCodeBehind(at + word.size());
      }
    }
  }

  void RemoveCodeBehind(size_t byte) {
    const auto first = std::partition_point(characters_.begin(), characters_.end(),
                                            [&](const Character& c) { return c.at < byte; });
    const auto from = static_cast<size_t>(first - characters_.begin());
    auto group = std::partition_point(groups_.begin(), groups_.end(),
                                      [&](const Group& one) { return one.begin < from; });
    for (; group != groups_.end() && group->begin <= from + kBehindWord; ++group) {
      if (!IsCode(*group) || hidden_.contains(group->begin)) continue;
      Hide(*group);
      ++removed_;
      return;
    }
  }

  void Hide(const Group& group) {
    for (size_t i = group.begin; i < group.end; ++i) hidden_.insert(i);
  }

  void Write() {
    std::string kept;
    kept.reserve(text_.size());
    for (size_t i = 0; i < characters_.size(); ++i) {
      if (hidden_.contains(i)) {
        kept += '*';
      } else {
        kept += std::string_view(text_).substr(characters_[i].at, characters_[i].bytes);
      }
    }
    text_ = std::move(kept);
  }

  std::string& text_;
  const std::vector<Character> characters_;
  const std::vector<Group> groups_;
  std::set<size_t> hidden_;  // characters that become asterisks
  size_t removed_ = 0;
};

}  // namespace

size_t RemoveCardNumbers(std::string* text) {
  // Nearly all notes hold no three digits, and cost one pass.
  size_t ascii_digits = 0;
  bool beyond_ascii = false;
  for (const char c : *text) {
    ascii_digits += c >= '0' && c <= '9';
    beyond_ascii = beyond_ascii || static_cast<unsigned char>(c) >= 0x80;
  }
  if (ascii_digits < 3 && !beyond_ascii) return 0;
  return Removal(text).Run();
}

}  // namespace switchboard
