#include "hub/masking/whole_name.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <string>
#include <vector>

#include "hub/base/name_table.h"
#include "hub/masking/characters.h"
#include "hub/masking/primary_language.h"
#include "hub/masking/whole_reading.h"

namespace switchboard::masking {
namespace {

struct Variant {
  std::string_view written;
  std::string_view usual;  // as tables have it
};
// Registers of families keep old and popular forms of characters, lists of names rarely do.
constexpr Variant kVariants[] = {
    {"冨", "富"}, {"國", "国"}, {"圓", "円"}, {"嶋", "島"}, {"嶌", "島"}, {"廣", "広"},
    {"德", "徳"}, {"惠", "恵"}, {"栁", "柳"}, {"榮", "栄"}, {"槗", "橋"}, {"櫻", "桜"},
    {"澤", "沢"}, {"濱", "浜"}, {"濵", "浜"}, {"瀧", "滝"}, {"眞", "真"}, {"邉", "辺"},
    {"邊", "辺"}, {"髙", "高"}, {"齊", "斉"}, {"齋", "斎"}, {"龍", "竜"}, {"﨑", "崎"},
    {"𠮷", "吉"}, {"𣘺", "橋"}};

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return c < 0 ? USCRIPT_UNKNOWN : uscript_getScript(c, &error);
}

bool IsKana(UScriptCode script) { return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA; }

// Selectors, combining marks, and the letters of Hangul behind the first of a syllable.
bool StaysWithTheOneBefore(UChar32 c) {
  if (c < 0) return false;
  const int32_t syllable = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  return syllable == U_HST_VOWEL_JAMO || syllable == U_HST_TRAILING_JAMO ||
         u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) != 0;
}

// A word by its characters, as it is written and in the usual ones.
class Spelling {
 public:
  explicit Spelling(std::string_view written) : written_(written) {
    for (size_t at = 0; at < written.size();) {
      const size_t begin = at;
      const UChar32 c = NextCharacter(written, &at);
      if (written_ends_.size() > 1 && StaysWithTheOneBefore(c)) {
        written_ends_.back() = at;
        if (u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR) != 0) continue;
        usual_ += written.substr(begin, at - begin);
        usual_ends_.back() = usual_.size();
        continue;
      }
      const std::string_view character = written.substr(begin, at - begin);
      const auto* variant =
          std::find_if(std::begin(kVariants), std::end(kVariants),
                       [&](const Variant& one) { return one.written == character; });
      usual_ += variant == std::end(kVariants) ? character : variant->usual;
      usual_ends_.push_back(usual_.size());
      written_ends_.push_back(at);
    }
  }

  size_t size() const { return written_ends_.size() - 1; }
  // Of the first `characters`, as they are written.
  size_t Bytes(size_t characters) const { return written_ends_[characters]; }

  // Whether the characters from the one to before the other are a name of the table.
  bool Is(bool (*in_table)(std::string_view), size_t from, size_t to) const {
    const size_t written = written_ends_[from];
    const size_t usual = usual_ends_[from];
    return in_table(written_.substr(written, written_ends_[to] - written)) ||
           in_table(std::string_view(usual_).substr(usual, usual_ends_[to] - usual));
  }

  // Whether `characters` hold the one at `place`, in its usual form.
  bool IsIn(std::string_view characters, size_t place) const {
    const size_t from = usual_ends_[place];
    const auto usual = std::string_view(usual_).substr(from, usual_ends_[place + 1] - from);
    return characters.find(usual) != std::string_view::npos;
  }

  // Characters before the kana at the end.
  size_t BeforeKana() const {
    size_t before = size();
    while (before > 0) {
      size_t at = written_ends_[before - 1];
      const UChar32 c = NextCharacter(written_, &at);
      const UScriptCode script = ScriptOf(c);
      const bool long_vowel = script == USCRIPT_COMMON && u_hasBinaryProperty(c, UCHAR_EXTENDER);
      if (!IsKana(script) && !long_vowel) break;
      --before;
    }
    return before;
  }

 private:
  std::string_view written_;
  std::string usual_;
  std::vector<size_t> written_ends_ = {0};
  std::vector<size_t> usual_ends_ = {0};
};

// Characters of the family name, here and below.
size_t KoreanFamily(const Spelling& word, std::string_view text) {
  const bool two = BeginsWith(text, {"남궁", "황보", "제갈", "선우", "사공", "서문", "독고", "동방",
                                     "어금", "망절"}) > 0;
  return std::min<size_t>(word.size(), two ? 2 : 1);
}

size_t ChineseFamily(const Spelling& word) {
  return word.size() > 1 && word.Is(IsChineseSurname, 0, 2) ? 2 : 1;
}

// What family names of two characters and more end with, as two of the table do at least; without
// what given names end with more often (子, 美, 代).
bool EndsAsSurname(const Spelling& word) {
  constexpr std::string_view kEnds =
      "上下中丸井保俣倉元内出切利前勢原取口司合吉名地坂垣城堀場塚妻安宮家寺尻尾居屋山岡"
      "岩岸島崎嶺川巻市幡平庭形我戸方日月木本杉村条東松林柳根桐森樫橋武水永江池沼泉津浜"
      "浦海淵渕渡滝沢瀬牧生田町畑畠石神端竹米納羽脇葉藤西覇見谷貫越路辺道部郷里野門間関"
      "須飼馬高黒";
  return word.IsIn(kEnds, word.size() - 1);
}

size_t JapaneseFamily(const Spelling& word) {
  constexpr size_t kLongest = 4;
  const size_t all = word.size();
  if (all <= 2 || word.Is(IsJapaneseSurname, 0, all)) return all;
  const size_t before_kana = word.BeforeKana();
  if (all - before_kana >= 2) return before_kana;
  const bool may_be_surname = all <= kLongest && EndsAsSurname(word);
  for (size_t family = all - 1; family > 0; --family) {
    if (!word.Is(IsJapaneseSurname, 0, family)) continue;
    const bool given = word.Is(IsShortJapaneseGivenName, family, all);
    if (all >= kLongest || given || !may_be_surname) return family;
  }
  if (all > kLongest) return 0;
  if (all == kLongest && word.Is(IsShortJapaneseGivenName, 2, all)) return 2;
  if (may_be_surname) return all;
  return all == kLongest || word.Is(IsShortJapaneseGivenName, 2, all) ? 2 : 1;
}

bool BeginsWithJapaneseSurname(const Spelling& word) {
  for (size_t family = word.size(); family > 0; --family) {
    if (word.Is(IsJapaneseSurname, 0, family)) return true;
  }
  return false;
}

size_t FamilyOfUnknownLanguage(const Spelling& word) {
  const size_t chinese = ChineseFamily(word);
  const bool is_chinese =
      word.size() > 2 && word.Is(IsChineseSurname, 0, chinese) && !BeginsWithJapaneseSurname(word);
  return is_chinese ? chinese : JapaneseFamily(word);
}

bool IsOneOf(std::string_view text, Words list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

size_t FamilyBytes(std::string_view word, std::string_view language) {
  size_t first = 0;
  const UScriptCode script = word.empty() ? USCRIPT_UNKNOWN : ScriptOf(NextCharacter(word, &first));
  if (first == word.size()) return first;
  if (script == USCRIPT_HANGUL) {
    const Spelling spelling(word);
    return spelling.Bytes(KoreanFamily(spelling, word));
  }
  const std::string primary = PrimaryLanguage(language);
  if (IsKana(script)) return primary == "ja" ? FamilyReadingBytes(word) : word.size();
  if (script != USCRIPT_HAN) return word.size();
  if (IsOneOf(primary, {"zh", "ko", "yue", "cmn", "nan", "hak", "wuu"})) {
    const Spelling spelling(word);
    return spelling.Bytes(ChineseFamily(spelling));
  }
  constexpr size_t kTwoCharactersBytes = 6;
  if (word.size() <= kTwoCharactersBytes || IsJapaneseSurname(word)) return word.size();
  const Spelling spelling(word);
  return spelling.Bytes(primary == "ja" ? JapaneseFamily(spelling)
                                        : FamilyOfUnknownLanguage(spelling));
}

}  // namespace switchboard::masking
