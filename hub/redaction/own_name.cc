#include "hub/redaction/own_name.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "hub/base/error.h"
#include "hub/redaction/folded_text.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Script = OwnName::Script;
using Needs = OwnName::Needs;

// Names that are words of English too, and those of which a capital says nothing: months, days and
// places.
constexpr std::u32string_view kWords[] = {
    U"angel",  U"art",    U"ash",     U"banks",   U"bell",     U"best",   U"bill",    U"black",
    U"bond",   U"bishop", U"brook",   U"brown",   U"bush",     U"butler", U"carol",   U"case",
    U"cash",   U"chase",  U"cook",    U"cooper",  U"day",      U"dean",   U"dick",    U"drew",
    U"earl",   U"early",  U"faith",   U"field",   U"fields",   U"fisher", U"fox",     U"frank",
    U"gay",    U"gene",   U"glen",    U"good",    U"grace",    U"grant",  U"gray",    U"green",
    U"guy",    U"hall",   U"harmony", U"heather", U"hill",     U"holly",  U"hope",    U"house",
    U"hunt",   U"hunter", U"iris",    U"ivy",     U"jack",     U"jewel",  U"john",    U"joy",
    U"king",   U"knight", U"lane",    U"law",     U"lily",     U"little", U"long",    U"love",
    U"luck",   U"major",  U"man",     U"mark",    U"marks",    U"mason",  U"max",     U"may",
    U"melody", U"mercy",  U"miles",   U"mill",    U"mills",    U"moon",   U"moore",   U"more",
    U"nick",   U"noble",  U"olive",   U"page",    U"park",     U"parks",  U"pat",     U"patience",
    U"pearl",  U"penny",  U"piper",   U"poe",     U"pool",     U"pope",   U"porter",  U"potter",
    U"power",  U"price",  U"prince",  U"queen",   U"ray",      U"reason", U"red",     U"reed",
    U"rich",   U"rob",    U"robin",   U"rock",    U"rose",     U"ruby",   U"rush",    U"sage",
    U"sandy",  U"savage", U"scott",   U"sharp",   U"shepherd", U"short",  U"singer",  U"sky",
    U"small",  U"smart",  U"smith",   U"snow",    U"star",     U"stone",  U"strong",  U"sue",
    U"summer", U"sunny",  U"swift",   U"taylor",  U"trip",     U"turner", U"victor",  U"violet",
    U"walker", U"wall",   U"ward",    U"wade",    U"water",    U"waters", U"weaver",  U"west",
    U"white",  U"wild",   U"will",    U"wise",    U"wolf",     U"wood",   U"woods",   U"worth",
    U"young",  U"call",   U"note",    U"home",    U"office",   U"mobile", U"account", U"card",
    U"money",  U"friend",
};
constexpr std::u32string_view kProperWords[] = {
    U"april",  U"june",    U"july",   U"august",   U"january",  U"may",     U"march",  U"monday",
    U"friday", U"sunday",  U"paris",  U"london",   U"sydney",   U"georgia", U"austin", U"dallas",
    U"jordan", U"chelsea", U"dakota", U"virginia", U"carolina", U"china",   U"israel", U"india",
    U"summer", U"autumn",  U"winter", U"chase",    U"english",  U"french",  U"german", U"visa",
};
// The same of Han, in the loose dress: words, and places that people are called after.
constexpr std::u32string_view kHanWords[] = {
    U"平和", U"和平", U"文明", U"正义", U"希望", U"建设", U"国庆", U"胜利", U"光明", U"大和",
    U"明日", U"本日", U"今日", U"日本", U"中国", U"东京", U"大阪", U"京都", U"北京", U"上海",
    U"高兴", U"成功", U"安全", U"自由", U"健康", U"幸福", U"未来", U"进步", U"团结", U"三菱",
    U"住友", U"长江", U"黄河", U"春天", U"晴天", U"真实", U"诚实", U"平安", U"立春", U"中秋",
};

bool IsKana(char32_t c) { return c >= 0x3041 && c < 0x3100; }
bool IsHangul(char32_t c) { return c >= 0xAC00 && c < 0xD7B0; }

Script ScriptOf(std::u32string_view letters) {
  const auto all = [&](auto is) { return std::all_of(letters.begin(), letters.end(), is); };
  if (std::any_of(letters.begin(), letters.end(), IsHan)) return Script::kHan;
  if (all(IsKana)) return Script::kKana;
  return all([](char32_t c) { return c < 0x900 || (c >= 0x1E00 && c < 0x2000); })
             ? Script::kAlphabet
             : Script::kOther;
}

template <size_t kSize>
bool IsAmong(const std::u32string_view (&words)[kSize], std::u32string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

Needs NeedsOf(Script script, std::u32string_view letters) {
  switch (script) {
    case Script::kHan:
      return letters.size() == 1 || IsAmong(kHanWords, letters) ? Needs::kTitle : Needs::kNothing;
    case Script::kKana:
      return letters.size() <= 2 ? Needs::kTitle : Needs::kNothing;
    case Script::kAlphabet:
      if (letters.size() == 1 || IsAmong(kProperWords, letters)) return Needs::kTitle;
      return letters.size() == 2 || IsAmong(kWords, letters) ? Needs::kCapital : Needs::kNothing;
    case Script::kOther:
      return letters.size() == 1 && IsHangul(letters[0]) ? Needs::kTitle : Needs::kNothing;
  }
  return Needs::kNothing;
}

// A name in the loose dress without what stands between its letters.
struct SqueezedName {
  std::u32string letters;
  std::vector<std::string> words;  // in the plain dress
};

SqueezedName SqueezedOf(const std::string& name) {
  const FoldedText text(name);
  SqueezedName squeezed;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && text.is_word(end)) squeezed.letters += text.loose()[end++];
    if (end > begin) squeezed.words.push_back(text.Plain(begin, end));
    begin = std::max(end, begin + 1);
  }
  return squeezed;
}

const icu::Transliterator* Made(const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Transliterator* made = icu::Transliterator::createInstance(id, UTRANS_FORWARD, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  return made;
}

std::string Transliterated(const icu::Transliterator& rules, const std::string& text) {
  icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(text);
  rules.transliterate(unicode);
  std::string written;
  return unicode.toUTF8String(written);
}

// Letters of Latin alphabets that people also write as two.
std::vector<std::u32string> Alternatives(char32_t letter) {
  switch (letter) {
    case U'ä':
    case U'æ':
      return {U"ae", U"a"};
    case U'ö':
    case U'ø':
    case U'œ':
      return {U"oe", U"o"};
    case U'ü':
    case U'ǖ':
    case U'ǘ':
    case U'ǚ':
    case U'ǜ':
      return {U"ue", U"u", U"v"};
    case U'å':
      return {U"aa", U"a"};
    case U'ß':
      return {U"ss", U"ß"};
    case U'þ':
      return {U"th", U"þ"};
    default:
      return {};
  }
}

// A name in Latin or other letters of an alphabet, letter by letter.
Spellings LetterSpellings(const std::string& name) {
  const FoldedText text(name);
  Spellings pieces;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!text.is_word(i)) continue;
    const auto small = static_cast<char32_t>(u_tolower(static_cast<UChar32>(text.plain()[i])));
    std::vector<std::u32string> both = Alternatives(small);
    if (both.empty()) both.emplace_back(1, text.loose()[i]);
    pieces.push_back(std::move(both));
  }
  return pieces;
}

class Collection {
 public:
  explicit Collection(std::vector<OwnName>* names) : names_(names) {}

  void Add(Spellings pieces, Script script, std::u32string_view letters, size_t blanks) {
    if (pieces.empty() || letters.empty()) return;
    names_->push_back({std::move(pieces), script, NeedsOf(script, letters), blanks});
  }

  void AddExact(std::u32string_view letters, size_t blanks) {
    Add({{std::u32string(letters)}}, ScriptOf(letters), letters, blanks);
  }

  void AddKana(std::u32string_view hiragana, size_t blanks) {
    AddExact(hiragana, blanks);
    Spellings romaji = RomajiOf(hiragana);
    std::u32string letters;
    for (const std::vector<std::u32string>& piece : romaji) letters += piece.front();
    Add(std::move(romaji), Script::kAlphabet, letters, blanks);
  }

  void AddLetters(const std::string& name, size_t blanks) {
    const SqueezedName squeezed = SqueezedOf(name);
    Add(LetterSpellings(name), Script::kAlphabet, squeezed.letters, blanks);
  }

  // Syllables may stand apart.
  void AddPinyin(const std::string& name) {
    static const icu::Transliterator& rules = *Made("Han-Latin/Names");
    const std::string written = Transliterated(rules, name);
    const SqueezedName squeezed = SqueezedOf(written);
    Add(LetterSpellings(written), Script::kAlphabet, squeezed.letters, squeezed.letters.size() / 2);
  }

 private:
  std::vector<OwnName>* const names_;
};

// Words between the names of a family.
bool IsParticle(std::string_view word) {
  static constexpr std::string_view kParticles[] = {"van", "von", "der", "den", "del",
                                                    "bin", "ibn", "the", "dos", "das"};
  return std::any_of(std::begin(kParticles), std::end(kParticles), [&](std::string_view particle) {
    return absl::EqualsIgnoreCase({word.data(), word.size()}, {particle.data(), particle.size()});
  });
}

}  // namespace

std::vector<OwnName> SpellingsOf(const std::string& name, std::string_view language, bool chinese) {
  std::vector<OwnName> names;
  const SqueezedName squeezed = SqueezedOf(name);
  if (squeezed.letters.empty()) return names;
  Collection collection(&names);
  const Script script = ScriptOf(squeezed.letters);
  const size_t blanks = squeezed.words.size() - 1;
  switch (script) {
    case Script::kKana:
      collection.AddKana(squeezed.letters, blanks);
      break;
    case Script::kHan:
      collection.AddExact(squeezed.letters, blanks);
      if (chinese) collection.AddPinyin(name);
      break;
    case Script::kAlphabet:
      collection.AddLetters(name, blanks);
      for (const std::string& word : squeezed.words) {
        const bool stands_alone = blanks > 0 && word.size() >= 3 && !IsParticle(word);
        if (stands_alone) collection.AddLetters(word, 0);
      }
      if (language.substr(0, 2) == "ja") {
        static const icu::Transliterator& rules = *Made("Latin-Hiragana");
        const SqueezedName kana = SqueezedOf(Transliterated(rules, name));
        if (ScriptOf(kana.letters) == Script::kKana) collection.AddKana(kana.letters, blanks);
      }
      break;
    case Script::kOther:
      collection.AddExact(squeezed.letters, blanks);
      break;
  }
  return names;
}

}  // namespace switchboard::redaction
