#include "hub/redaction/romaji.h"

#include <algorithm>
#include <map>
#include <utility>

namespace switchboard::redaction {
namespace {

// Kana of one sound, each with its spellings.
constexpr std::u32string_view kSounds =
    U"あ a い i yi う u え e ye お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge "
    U"ご go さ sa し shi si す su せ se そ so ざ za じ ji zi ず zu ぜ ze ぞ zo た ta "
    U"ち chi ti つ tsu tu て te と to だ da ぢ ji di zi づ dzu du zu で de ど do な na に ni "
    U"ぬ nu ね ne の no は ha ひ hi ふ fu hu へ he ほ ho ば ba び bi ぶ bu べ be ぼ bo ぱ pa "
    U"ぴ pi ぷ pu ぺ pe ぽ po ま ma み mi む mu め me も mo や ya ゆ yu よ yo ら ra la "
    U"り ri li る ru lu れ re le ろ ro lo わ wa を wo o ん nn n ゔ vu bu ゐ wi i ゑ we e "
    U"きゃ kya きゅ kyu きょ kyo ぎゃ gya ぎゅ gyu ぎょ gyo しゃ sha sya しゅ shu syu "
    U"しょ sho syo しぇ she sye じゃ ja zya jya じゅ ju zyu jyu じょ jo zyo jyo じぇ je zye "
    U"ちゃ cha tya ちゅ chu tyu ちょ cho tyo ちぇ che tye にゃ nya にゅ nyu にょ nyo ひゃ hya "
    U"ひゅ hyu ひょ hyo びゃ bya びゅ byu びょ byo ぴゃ pya ぴゅ pyu ぴょ pyo みゃ mya "
    U"みゅ myu みょ myo りゃ rya りゅ ryu りょ ryo ふぁ fa ふぃ fi ふぇ fe ふぉ fo てぃ ti "
    U"でぃ di とぅ tu どぅ du うぃ wi うぇ we うぉ wo ゔぁ va ゔぃ vi ゔぇ ve ゔぉ vo";

using Table = std::map<std::u32string_view, std::vector<std::u32string>>;

const Table& Sounds() {
  static const Table& table = *new const Table([] {
    Table made;
    std::vector<std::u32string>* spellings = nullptr;
    for (std::u32string_view rest = kSounds; !rest.empty();) {
      const size_t end = std::min(rest.find(U' '), rest.size());
      const std::u32string_view word = rest.substr(0, end);
      if (word.front() >= 0x80) {
        spellings = &made[word];
      } else {
        spellings->emplace_back(word);
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return made;
  }());
  return table;
}

char32_t VowelOf(const std::vector<std::u32string>& spellings) { return spellings.front().back(); }

// What a vowel that draws out the one before it is written as; nothing when it is one of its own.
std::vector<std::u32string> DrawnOut(char32_t kana, char32_t vowel) {
  switch (kana) {
    case U'ー':
      return {std::u32string(1, vowel), U"h", U""};
    case U'う':
      if (vowel == U'o') return {U"u", U"o", U"h", U""};
      return vowel == U'u' ? std::vector<std::u32string>{U"u", U"h", U""}
                           : std::vector<std::u32string>{};
    case U'お':
      return vowel == U'o' ? std::vector<std::u32string>{U"o", U"h", U""}
                           : std::vector<std::u32string>{};
    case U'い':
      if (vowel == U'e') return {U"i", U"e", U""};
      return vowel == U'i' ? std::vector<std::u32string>{U"i", U""} : std::vector<std::u32string>{};
    case U'あ':
      return vowel == U'a' ? std::vector<std::u32string>{U"a", U"h", U""}
                           : std::vector<std::u32string>{};
    case U'え':
      return vowel == U'e' ? std::vector<std::u32string>{U"e", U""} : std::vector<std::u32string>{};
    default:
      return {};
  }
}

// Behind a small っ: "kko"; "tchi" and "cchi".
std::vector<std::u32string> Doubled(const std::vector<std::u32string>& spellings) {
  std::vector<std::u32string> doubled;
  for (const std::u32string& spelling : spellings) {
    doubled.push_back(spelling.front() + spelling);
    if (spelling.starts_with(U"ch")) doubled.push_back(U't' + spelling);
    doubled.push_back(spelling);
  }
  return doubled;
}

}  // namespace

Spellings RomajiOf(std::u32string_view hiragana) {
  Spellings pieces;
  bool doubles = false;
  char32_t vowel = 0;
  for (size_t at = 0; at < hiragana.size();) {
    if (hiragana[at] == U'っ') {
      doubles = true;
      ++at;
      continue;
    }
    std::vector<std::u32string> drawn_out = DrawnOut(hiragana[at], vowel);
    if (vowel != 0 && !drawn_out.empty()) {
      pieces.push_back(std::move(drawn_out));
      vowel = 0;
      ++at;
      continue;
    }
    auto sound = Sounds().find(hiragana.substr(at, 2));
    if (sound == Sounds().end()) sound = Sounds().find(hiragana.substr(at, 1));
    if (sound == Sounds().end()) return {};
    pieces.push_back(doubles ? Doubled(sound->second) : sound->second);
    vowel = hiragana[at] == U'ん' ? 0 : VowelOf(sound->second);
    at += sound->first.size();
    doubles = false;
    // "Shimbashi"
    const bool before_lips =
        at < hiragana.size() && std::u32string_view(
                                    U"ばびぶべぼぱぴぷぺぽ"
                                    U"まみむめも")
                                        .find(hiragana[at]) != std::u32string_view::npos;
    if (hiragana[at - 1] == U'ん' && before_lips) pieces.back().push_back(U"m");
  }
  return pieces;
}

}  // namespace switchboard::redaction
