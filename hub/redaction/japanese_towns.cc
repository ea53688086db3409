#include "hub/redaction/japanese_towns.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "hub/redaction/japanese_tokens.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

using std::string_view_literals::operator""sv;

struct Row {
  std::string_view prefecture;
  std::string_view municipality;
  std::string_view towns;  // '/' between them
};
constexpr Row kRows[] = {
#include "japanese_town_rows.inc"
};

std::u32string Letters(std::string_view text) {
  std::u32string letters;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    UChar32 c;
    U8_NEXT_UNSAFE(text.data(), at, c);
    letters += TownLetter(static_cast<char32_t>(c));
  }
  return letters;
}

}  // namespace

char32_t TownLetter(char32_t character) {
  // By turns what is written and what it is read as.
  constexpr std::u32string_view kAlike =
      U"ケヶがヶヵヶのノ之ノつツっツッツ〇0一1二2三3四4五5六6七7八8九9";
  for (size_t i = 0; i + 1 < kAlike.size(); i += 2) {
    if (kAlike[i] == character) return kAlike[i + 1];
  }
  return UsualKanji(character);
}

const JapaneseTowns& JapaneseTowns::Get() {
  static const JapaneseTowns& towns = *new const JapaneseTowns();
  return towns;
}

JapaneseTowns::JapaneseTowns() {
  for (const Row& row : kRows) {
    const auto number = static_cast<uint16_t>(towns_.size());
    towns_.push_back(U"/" + Letters(row.towns) + U"/");
    const std::u32string prefecture = Letters(row.prefecture);
    if (std::find(prefectures_.begin(), prefectures_.end(), prefecture) == prefectures_.end()) {
      prefectures_.push_back(prefecture);
    }
    const std::u32string whole = Letters(row.municipality);
    AddName(whole, number);
    if (const size_t district = whole.find(U'郡'); district < whole.size() - 2) {
      AddName(whole.substr(district + 1), number);
    }
    if (const size_t city = whole.find(U'市'); whole.ends_with(U'区') && city != whole.npos) {
      AddName(whole.substr(0, city + 1), number);
      // 北区 alone is more often a part of something else.
      constexpr size_t kWardMin = 3;
      if (whole.size() - city - 1 >= kWardMin) AddName(whole.substr(city + 1), number);
    }
  }
  for (auto& [first, names] : names_) {
    std::stable_sort(names.begin(), names.end(),
                     [](const Name& a, const Name& b) { return a.text.size() > b.text.size(); });
  }
}

void JapaneseTowns::AddName(std::u32string name, uint16_t row) {
  std::vector<Name>& names = names_[name.front()];
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& one) { return one.text == name; });
  if (found != names.end()) {
    found->rows.push_back(row);
  } else {
    names.push_back({std::move(name), {row}});
  }
}

size_t JapaneseTowns::PrefectureSize(std::u32string_view text) const {
  const auto found =
      std::find_if(prefectures_.begin(), prefectures_.end(),
                   [&](const std::u32string& prefecture) { return text.starts_with(prefecture); });
  return found == prefectures_.end() ? 0 : found->size();
}

JapaneseTowns::Municipality JapaneseTowns::MunicipalityAt(std::u32string_view text) const {
  const auto names = text.empty() ? names_.end() : names_.find(text.front());
  if (names == names_.end()) return {};
  for (const Name& name : names->second) {
    if (text.starts_with(name.text)) return {name.text.size(), name.rows};
  }
  return {};
}

size_t JapaneseTowns::TownSize(const std::vector<uint16_t>& rows, std::u32string_view text) const {
  constexpr size_t kTownMax = 12;
  text = text.substr(0, kTownMax);
  for (size_t size = text.size(); size > 0; --size) {
    const std::u32string town = U"/" + std::u32string(text.substr(0, size)) + U"/";
    for (const uint16_t row : rows) {
      if (towns_[row].find(town) != std::u32string::npos) return size;
    }
  }
  return 0;
}

}  // namespace switchboard::redaction
