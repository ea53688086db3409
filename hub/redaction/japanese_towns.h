#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace switchboard::redaction {

// The table of Japan's towns (data/japanese_towns.csv), asked of places in a text. Texts and names
// are compared as TownLetter makes them. Immutable; threads share it.
class JapaneseTowns {
 public:
  static const JapaneseTowns& Get();

  struct Municipality {
    size_t size = 0;             // characters; 0: none
    std::vector<uint16_t> rows;  // of the table: several are called 中央区
  };
  // Characters of the prefecture that `text` begins with, with its ending (東京都, 大阪府); 0 for
  // none.
  size_t PrefectureSize(std::u32string_view text) const;
  // The longest that `text` begins with: whole (札幌市中央区, 虻田郡ニセコ町), or without its
  // district or city (中央区, ニセコ町), or a city of wards alone.
  Municipality MunicipalityAt(std::u32string_view text) const;
  // Characters of the longest town of any of the rows that `text` begins with, or 0.
  size_t TownSize(const std::vector<uint16_t>& rows, std::u32string_view text) const;

 private:
  struct Name {
    std::u32string text;
    std::vector<uint16_t> rows;
  };

  JapaneseTowns();
  void AddName(std::u32string name, uint16_t row);

  std::vector<std::u32string> prefectures_;
  std::vector<std::u32string> towns_;  // by row, '/' before and behind each
  absl::flat_hash_map<char32_t, std::vector<Name>>
      names_;  // by their first character, the longest first
};

// One for characters that people write one for the other in names of places: ヶ ケ が, ノ の 之, ツ
// つ ッ, old and new kanji, 一 and 1. REQUIRES: width is folded.
char32_t TownLetter(char32_t character);

}  // namespace switchboard::redaction
