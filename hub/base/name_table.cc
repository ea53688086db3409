#include "hub/base/name_table.h"

#include <algorithm>
#include <iterator>

namespace switchboard {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kJapaneseSurnames[] = {
#include "japanese_surname_rows.inc"
};
constexpr std::string_view kJapaneseSurnameReadings[] = {
#include "japanese_surname_reading_rows.inc"
};
constexpr std::string_view kJapaneseGivenNames[] = {
#include "japanese_given_name_rows.inc"
};
constexpr std::string_view kLongJapaneseGivenNames[] = {
#include "japanese_long_given_name_rows.inc"
};
constexpr std::string_view kChineseSurnames[] = {
#include "chinese_surname_rows.inc"
};

template <size_t kSize>
bool IsIn(const std::string_view (&sorted)[kSize], std::string_view text) {
  return std::binary_search(std::begin(sorted), std::end(sorted), text);
}

}  // namespace

bool IsJapaneseSurname(std::string_view text) { return IsIn(kJapaneseSurnames, text); }

bool IsJapaneseSurnameReading(std::string_view text) {
  return IsIn(kJapaneseSurnameReadings, text);
}

bool IsShortJapaneseGivenName(std::string_view text) { return IsIn(kJapaneseGivenNames, text); }

bool IsJapaneseGivenName(std::string_view text) {
  return IsIn(kJapaneseGivenNames, text) || IsIn(kLongJapaneseGivenNames, text);
}

bool IsChineseSurname(std::string_view text) { return IsIn(kChineseSurnames, text); }

}  // namespace switchboard
