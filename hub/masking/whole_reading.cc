#include "hub/masking/whole_reading.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/name_table.h"
#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

constexpr size_t kWholeNameMin = 6;
constexpr size_t kPartMin = 2;

// The composed full-width form of one kana, as hiragana; empty when it is none, or no one of
// Japanese names.
std::string HiraganaOf(std::string_view kana) {
  constexpr char32_t kFirstKatakana = 0x30A1;
  constexpr char32_t kLastWithHiragana = 0x30F3;
  constexpr char32_t kBetween = 0x60;
  constexpr char32_t kForeign[] = {0x3041, 0x3043, 0x3045, 0x3047, 0x3049};  // ぁぃぅぇぉ
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* compose = icu::Normalizer2::getNFKCInstance(error);
  std::string full;
  icu::StringByteSink<std::string> sink(&full);
  compose->normalizeUTF8(0, {kana.data(), static_cast<int32_t>(kana.size())}, sink, nullptr, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  size_t at = 0;
  const int32_t c = full.empty() ? -1 : NextCharacter(full, &at);
  if (c < 0 || at < full.size()) return "";
  auto letter = static_cast<char32_t>(c);
  if (letter >= kFirstKatakana && letter <= kLastWithHiragana) letter -= kBetween;
  const bool foreign =
      std::find(std::begin(kForeign), std::end(kForeign), letter) != std::end(kForeign);
  if (letter < kForeign[0] || letter > kLastWithHiragana - kBetween || foreign) return "";
  std::string hiragana;
  return icu::UnicodeString(static_cast<UChar32>(letter)).toUTF8String(hiragana);
}

// Where each kana of a word ends, as it is written and in hiragana.
struct Kana {
  std::vector<size_t> ends;
  std::string hiragana;
  std::vector<size_t> hiragana_ends;
};

// Fewer than there are when one is no kana of Japanese names.
Kana KanaOf(std::string_view word) {
  Kana kana;
  for (size_t at = 0; at < word.size();) {
    const size_t begin = at;
    NextCharacter(word, &at);
    for (size_t next = at; next < word.size(); at = next) {
      if (u_hasBinaryProperty(NextCharacter(word, &next), UCHAR_GRAPHEME_EXTEND) == 0) break;
    }
    const std::string one = HiraganaOf(word.substr(begin, at - begin));
    if (one.empty()) break;
    kana.hiragana += one;
    kana.hiragana_ends.push_back(kana.hiragana.size());
    kana.ends.push_back(at);
  }
  return kana;
}

}  // namespace

size_t FamilyReadingBytes(std::string_view word) {
  const Kana kana = KanaOf(word);
  const size_t count = kana.ends.size();
  if (count < kWholeNameMin || kana.ends.back() < word.size()) return word.size();
  const std::string_view hiragana = kana.hiragana;
  if (IsJapaneseSurnameReading(hiragana)) return word.size();
  for (size_t family = count - kPartMin; family >= kPartMin; --family) {
    if (IsJapaneseSurnameReading(hiragana.substr(0, kana.hiragana_ends[family - 1]))) {
      return kana.ends[family - 1];
    }
  }
  return 0;
}

}  // namespace switchboard::masking
