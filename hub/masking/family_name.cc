#include "hub/masking/family_name.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/text.h"
#include "hub/masking/characters.h"
#include "hub/masking/whole_name.h"

namespace switchboard::masking {
namespace {

constexpr std::string_view kHidden = "***";

bool IsBlank(UChar32 c) { return c >= 0 && u_isUWhiteSpace(c) != 0; }

// Letters, marks, and the signs that stand inside names.
bool IsOfName(UChar32 c) {
  if (c < 0) return false;
  constexpr UChar32 kSigns[] = {'-',    '\'',   '.',    0xB7,   0x2010, 0x2019, 0x02BC,
                                0x2027, 0x30FB, 0xFF65, 0x30A0, 0x200C, 0x200D};
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0 ||
         std::find(std::begin(kSigns), std::end(kSigns), c) != std::end(kSigns);
}

// Signs that end a name and begin a remark.
bool EndsName(UChar32 c) {
  constexpr UChar32 kSigns[] = {',', ';', '/', '"', 0x3001, 0xFF0C, 0xFF0F, 0xFF1B};
  constexpr uint32_t kBrackets = U_GC_PS_MASK | U_GC_PE_MASK | U_GC_PI_MASK | U_GC_PF_MASK;
  if (c < 0 || IsOfName(c)) return false;
  return (U_GET_GC_MASK(c) & kBrackets) != 0 ||
         std::find(std::begin(kSigns), std::end(kSigns), c) != std::end(kSigns);
}

// What joins the parts of a foreign name where no blanks are written.
bool JoinsNames(UChar32 c) {
  return c == 0xB7 || c == 0x2027 || c == 0x30FB || c == 0xFF65 || c == 0x30A0;
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const UChar32 c = NextCharacter(text, &at);
    if (!IsBlank(c) && !JoinsNames(c)) continue;
    if (here > begin) words.push_back(text.substr(begin, here - begin));
    begin = at;
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

// "taro.yamada", "example.jp": a full stop between letters, two at least on both sides. St.John is
// a name, and so is J.R.Smith.
bool HoldsStopOfAddress(std::string_view word) {
  size_t letters = 0;
  size_t before = 0;  // letters before the last full stop
  for (size_t at = 0; at < word.size();) {
    const UChar32 c = NextCharacter(word, &at);
    if (c == '.') {
      const std::string_view part = word.substr(0, at);
      const bool saint = BeginsWith(part, {"St.", "Ste.", "Sta.", "Sto."}) == part.size();
      before = saint ? 0 : letters;
      letters = 0;
    } else if (++letters >= 2 && before >= 2) {
      return true;
    }
  }
  return false;
}

bool IsNoName(std::string_view word) {
  for (size_t at = 0; at < word.size();) {
    const UChar32 c = NextCharacter(word, &at);
    if (!IsOfName(c) && !EndsName(c)) return true;
  }
  return HoldsStopOfAddress(word);
}

// The same for every case and width: "TARO", ﾀﾛｳ and タロウ.
std::string Folded(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded);
  fold->normalizeUTF8(0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  if (folded.ends_with('.')) folded.pop_back();
  return folded;
}

// Small words of family names, which given names have too: María de la Luz de la Cruz.
bool IsParticle(std::string_view word) {
  constexpr std::string_view kParticles[] = {
      "de",  "del", "la",  "las", "los", "le",  "da", "do", "dos", "das",   "di",  "du", "des",
      "van", "von", "der", "den", "ten", "ter", "el", "al", "bin", "binti", "ibn", "y",  "e"};
  return std::find(std::begin(kParticles), std::end(kParticles), word) != std::end(kParticles);
}

bool IsKana(std::string_view text) {
  size_t at = 0;
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(NextCharacter(text, &at), &error);
  return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

class GivenName {
 public:
  explicit GivenName(std::string_view given) : words_(WordsOf(given)) {}

  bool Has(std::string_view word) const {
    if (word.empty() || IsParticle(word)) return false;
    const std::string folded = Folded(word);
    return std::any_of(words_.begin(), words_.end(),
                       [&](std::string_view one) { return Folded(one) == folded; });
  }

  // Bytes of `word` before a given name that it ends with, else all. Short given names prove
  // nothing, as in 五十嵐 嵐 and ササキ サキ.
  size_t BytesBefore(std::string_view word) const {
    for (const std::string_view one : words_) {
      const size_t least = IsKana(one) ? 3 : 2;
      if (word.size() > one.size() && word.ends_with(one) && CharactersIn(one) >= least) {
        return word.size() - one.size();
      }
    }
    return word.size();
  }

 private:
  std::vector<std::string_view> words_;
};

// Part by part, up to what ends the name.
std::string ShownOf(std::string_view word, const GivenName& given, std::string_view language) {
  if (IsNoName(word)) return std::string(kHidden);
  size_t begin = 0;
  for (size_t at = 0; at <= word.size();) {
    const size_t here = at;
    const UChar32 c = here < word.size() ? NextCharacter(word, &at) : UChar32{','};
    if (!EndsName(c) && !JoinsNames(c)) continue;
    const std::string_view part = word.substr(begin, here - begin);
    if (given.Has(part)) return std::string(word.substr(0, begin)).append(kHidden);
    const size_t own = HoldsEastAsian(part)
                           ? std::min(given.BytesBefore(part), FamilyBytes(part, language))
                           : part.size();
    if (own < part.size()) return std::string(word.substr(0, begin + own)).append(kHidden);
    if (here == word.size()) break;
    if (EndsName(c)) return std::string(word.substr(0, here)).append(kHidden);
    begin = at;
  }
  return std::string(word);
}

bool HoldsParticle(std::string_view text) {
  const std::vector<std::string_view> words = WordsOf(text);
  return std::any_of(words.begin(), words.end(), IsParticle);
}

// "Dr.", "K.": what stands before the first word of a family name.
bool IsTitleOrInitial(std::string_view word) {
  if (!word.ends_with('.')) return false;
  constexpr std::string_view kTitles[] = {"dr", "prof", "ing", "mr", "mrs",
                                          "ms", "ifj",  "id",  "özv"};
  const std::string folded = Folded(word);
  return CharactersIn(folded) == 1 ||
         std::find(std::begin(kTitles), std::end(kTitles), folded) != std::end(kTitles);
}

}  // namespace

std::string FamilyNameOnly(NameParts name, std::string_view language, NameOrder order) {
  const GivenName given_name(name.given);
  const std::string_view family = name.family;
  std::string shown;
  bool is_first = true;
  bool one_word = false;
  for (size_t at = 0; at < family.size();) {
    const size_t begin = at;
    size_t end = at;
    while (end < family.size() && !IsBlank(NextCharacter(family, &at))) end = at;
    if (end > begin) {
      const std::string_view word = family.substr(begin, end - begin);
      const bool east_asian = HoldsEastAsian(word);
      const bool behind = order == NameOrder::kFamilyFirst && !is_first && !HoldsParticle(family);
      const bool hides = behind || (!is_first && (one_word || east_asian));
      shown += hides ? std::string(kHidden) : ShownOf(word, given_name, language);
      one_word = one_word || (is_first && east_asian);
      is_first = is_first && !east_asian && IsTitleOrInitial(word);
    }
    shown += family.substr(end, at - end);
  }
  return shown;
}

}  // namespace switchboard::masking
