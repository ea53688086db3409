#include "hub/redaction/japanese_address.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/japanese_block.h"
#include "hub/redaction/japanese_towns.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;

// What may touch the name of a municipality that is where somebody is. Any other noun is of what is
// called after it: 渋谷区役所, 横浜市立, 松本市民, 奈良市美術館.
constexpr std::u32string_view kOfPlaces[] = {U"在住", U"居住", U"出身", U"内",   U"周辺", U"付近",
                                             U"方面", U"近郊", U"勤務", U"在勤", U"住"};
constexpr std::u32string_view kMunicipalities = U"市区郡町村";

bool IsPlaceLetter(char32_t c) { return IsHan(c) || IsHiragana(c) || IsKatakana(c) || c == U'ヶ'; }

class AddressSearch {
 public:
  AddressSearch(const JapaneseReading& reading, Marks* marks)
      : reading_(reading), marks_(marks), text_(marks->text()), letters_(text_.plain()) {
    for (char32_t& c : letters_) c = TownLetter(c);
    token_at_.resize(letters_.size() + 1, reading.tokens.size());
    for (size_t i = 0; i < reading.tokens.size(); ++i) token_at_[reading.tokens[i].begin] = i;
  }

  void Run() {
    for (size_t at = 0; at < letters_.size();) {
      const size_t end = IsPlaceLetter(text_.plain()[at]) ? AddressEnd(at) : at;
      if (end > at) marks_->Add({at, end, v1::TextMark::KIND_ADDRESS});
      at = std::max(end, at + 1);
    }
  }

 private:
  // How far an address has come.
  struct Found {
    size_t end = 0;
    bool prefecture = false, municipality = false, town = false;
    JapaneseBlock block = {};
    std::vector<uint16_t> rows = {};  // of the table of towns
  };

  std::u32string_view From(size_t at) const {
    return std::u32string_view(letters_).substr(std::min(at, letters_.size()));
  }
  // Which word begins at `at`, null for none.
  const JapaneseToken* TokenAt(size_t at) const {
    return token_at_[at] < reading_.tokens.size() ? &reading_.tokens[token_at_[at]] : nullptr;
  }
  bool IsWordBegin(size_t at) const { return TokenAt(at) != nullptr; }

  // Behind the address that begins at `at`, or `at`.
  size_t AddressEnd(size_t at) const {
    Found found;
    found.end = at;
    TakePrefecture(&found);
    TakeMunicipality(at, &found);
    if (!found.municipality) return found.prefecture ? at : TownWithBlock(at);
    TakeTown(&found);
    TakeBlock(&found);
    const bool finer = found.town || found.block.numbers > 0;
    if (!finer && !found.prefecture && !StandsAlone(at, found.end)) return at;
    return finer || !GoesOnAsOffice(found.end) ? found.end : at;
  }

  void TakePrefecture(Found* found) const {
    const size_t size = JapaneseTowns::Get().PrefectureSize(From(found->end));
    found->prefecture = size > 0;
    found->end += size;
    if (size > 0) found->end = BehindBlank(found->end);
  }

  size_t BehindBlank(size_t at) const {
    return at < text_.size() && text_.plain()[at] == U' ' ? at + 1 : at;
  }

  // One municipality, or a city and its ward, a district and its town.
  void TakeMunicipality(size_t begin, Found* found) const {
    const auto known = JapaneseTowns::Get().MunicipalityAt(From(found->end));
    // 中央区 is no end of 何中央区.
    const bool begins =
        found->end > begin || begin == 0 || !IsHan(text_.plain()[begin - 1]) || IsWordBegin(begin);
    if (known.size > 0 && begins) {
      found->end += known.size;
      found->municipality = true;
      found->rows = known.rows;
      if (letters_[found->end - 1] == U'市') TakeWard(found);
      return;
    }
    while (const size_t size = MunicipalityByWords(found->end, found->municipality)) {
      found->end += size;
      found->municipality = true;
      const auto inner = JapaneseTowns::Get().MunicipalityAt(From(found->end));
      if (inner.size > 0) {
        found->end += inner.size;
        found->rows = inner.rows;
        return;
      }
    }
    if (found->prefecture && !found->municipality) {
      const size_t size = MunicipalityByEnding(found->end);
      found->municipality = size > 0;
      found->end += size;
    }
  }

  // A ward of a city of which the table has not all.
  void TakeWard(Found* found) const {
    const size_t size = MunicipalityByWords(found->end, true);
    if (size > 0 && letters_[found->end + size - 1] == U'区') found->end += size;
  }

  // Behind a prefecture any letters that end as a municipality does.
  size_t MunicipalityByEnding(size_t at) const {
    constexpr size_t kNameMax = 7;
    for (const std::u32string_view endings : {U"市郡区", U"町村"}) {
      for (size_t end = at; end < letters_.size() && end - at < kNameMax; ++end) {
        if (!IsPlaceLetter(text_.plain()[end])) break;
        if (end == at || !IsOneOf(letters_[end], endings)) continue;
        if (letters_[end] != U'郡') return end + 1 - at;
        const size_t inner = MunicipalityByEnding(end + 1);
        return inner > 0 ? end + 1 + inner - at : 0;
      }
    }
    return 0;
  }

  // Characters of a place by the dictionary with the ending of a municipality, or of any words with
  // one inside another; 0 for none.
  size_t MunicipalityByWords(size_t at, bool inside) const {
    constexpr size_t kWordsMax = 3;
    size_t end = at;
    bool place = false;
    for (size_t words = 0; words <= kWordsMax; ++words) {
      const JapaneseToken* const token = TokenAt(end);
      if (token == nullptr) return 0;
      const std::u32string_view word = From(token->begin).substr(0, token->size());
      const bool ending = word.size() == 1 && IsOneOf(word[0], kMunicipalities);
      if (ending && words > 0) return place ? token->end - at : 0;
      // 南アルプス市 is in two words. The wards of a city have names of any kind.
      if (words == 0 && token->kind != Kind::kPlace && word.size() > 1 && !inside) return 0;
      place = place || inside || token->kind == Kind::kPlace;
      if (token->kind == Kind::kParticle || token->kind == Kind::kSign ||
          token->kind == Kind::kOther) {
        return 0;
      }
      const bool whole = word.size() > 2 && IsOneOf(word.back(), kMunicipalities);
      if (place && whole) return token->end - at;
      end = token->end;
    }
    return 0;
  }

  void TakeTown(Found* found) const {
    size_t at = found->end;
    for (const std::u32string_view lead : {U"大字", U"字"}) {
      if (From(at).starts_with(lead)) at += lead.size();
    }
    at = BehindBlank(at);
    size_t end = at + JapaneseTowns::Get().TownSize(found->rows, From(at));
    if (end == at) end = PlaceWordsEnd(at);
    if (end == at) end = NameBeforeNumber(at);
    if (end == at) return;
    found->town = true;
    found->end = end;
    // 字 or the rest of a town's name, before the numbers.
    const size_t more = NameBeforeNumber(end);
    if (more > end) found->end = more;
  }

  // Behind words that the dictionary has as places, at most three.
  size_t PlaceWordsEnd(size_t at) const {
    size_t end = at;
    for (size_t words = 0; words < 3; ++words) {
      const JapaneseToken* const token = TokenAt(end);
      if (token == nullptr || token->kind != Kind::kPlace) break;
      end = token->end;
      const JapaneseToken* const ending = TokenAt(end);
      if (ending != nullptr && From(end).starts_with(U"町")) end += 1;
    }
    return end;
  }

  // Behind letters of a place that end where numbers of a block begin; `at` when there are none.
  size_t NameBeforeNumber(size_t at) const {
    constexpr size_t kNameMax = 9, kShortMax = 5;
    size_t end = at;
    bool plain = true;  // no hiragana, of which most words between names consist
    while (end < letters_.size() && end - at < kNameMax && IsPlaceLetter(text_.plain()[end])) {
      plain = plain && !IsHiragana(letters_[end]);
      ++end;
      const JapaneseBlock block = JapaneseBlockAt(text_, end);
      if (block.is_sure || block.numbers >= 2) return end;
      if (block.numbers == 1 && plain && end - at <= kShortMax) return end;
    }
    return at;
  }

  void TakeBlock(Found* found) const {
    const size_t at = BehindBlank(found->end);
    found->block = JapaneseBlockAt(text_, at);
    if (found->block.numbers == 0) return;
    found->end = JapaneseBuildingEnd(text_, found->block.end);
  }

  // A town by the dictionary, or anything before 丁目, with its block.
  size_t TownWithBlock(size_t at) const {
    const JapaneseToken* const token = TokenAt(at);
    if (token == nullptr || token->kind == Kind::kParticle || token->kind == Kind::kOther)
      return at;
    const size_t places = PlaceWordsEnd(at);
    const size_t name = places > at ? places : token->end;
    const JapaneseBlock block = JapaneseBlockAt(text_, name);
    if (block.numbers == 0 || !IsHan(text_.plain()[name - 1])) return at;
    constexpr size_t kNumbersMin = 2;
    const bool with_unit = block.is_sure && From(name).substr(0, block.end - name).find(U"丁目") !=
                                                std::u32string_view::npos;
    const bool row = places > at && (block.is_sure || block.numbers >= kNumbersMin);
    return with_unit || row ? JapaneseBuildingEnd(text_, block.end) : at;
  }

  // A municipality by itself: not one of two characters, which is a word of other meaning, or a
  // part of one.
  bool StandsAlone(size_t begin, size_t end) const {
    return end - begin >= 3 && IsOneOf(letters_[end - 1], U"市区町村");
  }

  bool GoesOnAsOffice(size_t end) const {
    const JapaneseToken* const next = TokenAt(end);
    if (next == nullptr) return end < letters_.size() && IsHan(text_.plain()[end]);
    const bool noun = next->kind == Kind::kNoun || next->kind == Kind::kSuffix ||
                      next->kind == Kind::kOrganization || next->kind == Kind::kProper;
    return noun &&
           std::none_of(std::begin(kOfPlaces), std::end(kOfPlaces),
                        [&](std::u32string_view word) { return From(end).starts_with(word); });
  }

  const JapaneseReading& reading_;
  Marks* const marks_;
  const FoldedText& text_;
  std::u32string letters_;
  std::vector<size_t> token_at_;  // by character; their number where none begins
};

}  // namespace

void FindJapaneseAddresses(const JapaneseReading& reading, Marks* marks) {
  AddressSearch(reading, marks).Run();
}

}  // namespace switchboard::redaction
