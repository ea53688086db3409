#include "hub/masking/worded_region.h"

#include <algorithm>
#include <vector>

#include "hub/masking/characters.h"
#include "hub/masking/divider.h"
#include "hub/masking/folded_text.h"
#include "hub/masking/street_words.h"

namespace switchboard::masking {
namespace {

constexpr size_t kRegionWordsMax = 4;
constexpr size_t kCodeBytesMax = 3;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool HoldsDigit(std::string_view word) { return std::any_of(word.begin(), word.end(), IsDigit); }

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

// From the first of some words of a text to the end of the last.
std::string_view Together(const std::vector<std::string_view>& words, size_t from, size_t to) {
  const char* const begin = words[from].data();
  const std::string_view last = words[to - 1];
  return {begin, static_cast<size_t>(last.data() + last.size() - begin)};
}

// 40219, 150-0041, K1A: numbers of houses are shorter, or are no number alone.
bool IsPostalCode(std::string_view word, std::string_view own_code) {
  constexpr std::ptrdiff_t kDigitsMin = 4;
  constexpr size_t kMixedBytes = 3;
  if (!HoldsDigit(word)) return false;
  if (word.size() >= kMixedBytes && own_code.find(word) != std::string_view::npos) return true;
  const auto digits = std::count_if(word.begin(), word.end(), IsDigit);
  return digits >= kDigitsMin || (word.size() == kMixedBytes && digits < 3);
}

bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

// SW1A 2AA: both words of a code of the United Kingdom, without one of which the other may be a
// part of a name.
bool IsBritishCode(std::string_view first, std::string_view second) {
  if (second.size() != 3 || !IsDigit(second[0]) || !IsCapital(second[1]) || !IsCapital(second[2]))
    return false;
  const size_t letters = first.size() > 1 && IsCapital(first[1]) ? 2 : 1;
  if (first.size() <= letters || first.size() > letters + 2 || !IsCapital(first[0])) return false;
  return IsDigit(first[letters]) && (IsDigit(first.back()) || IsCapital(first.back()));
}

bool IsOneOf(const std::string& word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsParticle(const std::string& folded) {
  return IsOneOf(folded, {"de", "del", "della", "di",  "da",  "do", "dos", "das", "du",  "des", "d",
                          "la", "las", "le",    "les", "los", "el", "of",  "the", "der", "van"});
}

// Words of names such as Fort Washington, Port Victoria and Higashi Osaka.
bool BeginsName(const std::string& folded) {
  return IsOneOf(folded, {"east", "west", "north", "south", "new", "port", "fort", "lake", "point",
                          "mount", "mt", "higashi", "nishi", "kita", "minami"});
}

// At the end of a text, where a short word that people write in any case tells nothing: "Goa" and
// "KY" are regions there, "ky" is none.
RegionName RegionNamed(const CountryPlaces& places, std::string_view text) {
  return text.size() <= kCodeBytesMax ? places.Region(text) : places.RegionLike(text);
}

// The region that some of a part's words end in.
RegionName RegionAtEnd(const CountryPlaces& places, std::string_view country,
                       const std::vector<std::string_view>& words, size_t from, size_t to,
                       bool codes_only) {
  for (size_t begin = std::max(from + 1, to - std::min(to, kRegionWordsMax)); begin < to; ++begin) {
    const std::string_view name = Together(words, begin, to);
    if (codes_only && name.size() > kCodeBytesMax) continue;
    const RegionName region = RegionNamed(places, name);
    if (region.region == 0) continue;
    const std::string before = Folded(words[begin - 1]);
    // "Pike Road AL" is no street that is called after Alabama.
    const bool name_of_street = name.size() > kCodeBytesMax &&
                                (HoldsDigit(before) || BeginsName(before) ||
                                 IsStreetWord(before, country) || HoldsStreetWord(before, country));
    if (!name_of_street && !IsParticle(before)) return region;
  }
  return {};
}

}  // namespace

RegionName RegionInWords(const CountryPlaces& places, std::string_view country,
                         std::string_view text, std::string_view own_code, FirstPart first) {
  const std::vector<std::string_view> parts = PartsBetweenDividers(text);
  for (size_t at = parts.size(); at-- > 0;) {
    const std::vector<std::string_view> words = WordsOf(parts[at]);
    size_t from = 0, to = words.size();
    if (country == "GB" && to > from + 1 && IsBritishCode(words[to - 2], words[to - 1])) to -= 2;
    while (to > from && IsPostalCode(words[to - 1], own_code)) --to;
    const bool any = at > 0 || to < words.size();
    while (from < to && IsPostalCode(words[from], own_code)) ++from;
    if (from == to) continue;
    if (any || first == FirstPart::kMayBeRegion) {
      const RegionName whole = places.RegionLike(Together(words, from, to));
      if (whole.region > 0) return whole;
    }
    if (any || first != FirstPart::kTellsNone) {
      const bool codes_only = !any && first == FirstPart::kMayEndInCode;
      const RegionName end = RegionAtEnd(places, country, words, from, to, codes_only);
      if (end.region > 0) return end;
    }
  }
  return {};
}

bool HoldsRegionBehindWords(const CountryPlaces& places, std::string_view text) {
  const std::vector<std::string_view> words = WordsOf(text);
  const bool capitals =
      std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  for (size_t begin = 1; begin < words.size(); ++begin) {
    const std::string before = Folded(words[begin - 1]);
    if (IsParticle(before) || BeginsName(before)) continue;
    for (size_t end = begin + 1; end <= std::min(words.size(), begin + kRegionWordsMax); ++end) {
      const std::string_view name = Together(words, begin, end);
      // In a text of capitals "DE" and "LA" are more often words than codes.
      if (capitals && end < words.size() && name.size() <= kCodeBytesMax) continue;
      if (RegionNamed(places, name).region > 0) return true;
    }
  }
  return false;
}

}  // namespace switchboard::masking
