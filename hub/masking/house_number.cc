#include "hub/masking/house_number.h"

#include <unicode/uchar.h>

#include "hub/masking/characters.h"

namespace switchboard::masking {
namespace {

bool IsNumber(UChar32 c) { return c < 0 || (U_GET_GC_MASK(c) & U_GC_N_MASK) != 0; }

// Bytes of the Han numerals that `text` begins with.
size_t NumeralBytes(std::string_view text) {
  constexpr std::u32string_view kNumerals =
      U"〇零○一二三四五六七八九十百千两兩壹壱貳贰弐叁參参肆伍陸陆柒捌玖拾佰仟廿卅";
  size_t bytes = 0;
  for (size_t at = 0; at < text.size(); bytes = at) {
    const UChar32 c = NextCharacter(text, &at);
    if (c < 0 || kNumerals.find(static_cast<char32_t>(c)) == std::u32string_view::npos) break;
  }
  return bytes;
}

// True where a name may end: at the end, at a sign or blank, and before a number.
bool NameEndsBefore(std::string_view text) {
  if (text.empty() || NumeralBytes(text) > 0) return true;
  size_t at = 0;
  return u_isalpha(NextCharacter(text, &at)) == 0;
}

// 三番町, 六番丁, 八号镇, 六号街道, 三室町: `text` is what stands behind 三番. In 十九番町田ビル
// the settlement's ending belongs to a building.
bool IsNameOfSettlement(std::string_view text) {
  const size_t ending =
      BeginsWith(text, {"町通", "町", "丁", "镇", "鎮", "乡", "鄉", "街道", "村"});
  return ending > 0 && NameEndsBefore(text.substr(ending));
}

// `numerals` are followed by `behind`; `before` is what stands before them.
bool IsHanNumber(std::string_view before, std::string_view numerals, std::string_view behind,
                 std::string_view country) {
  if (const size_t joint = BeginsWith(behind, {"ノ", "の", "之", "-", "－", "−", "‐", "ー"})) {
    const std::string_view next = behind.substr(joint);
    size_t at = 0;
    if (!next.empty() && (NumeralBytes(next) > 0 || IsNumber(NextCharacter(next, &at)))) {
      return true;
    }
  }
  if (BeginsWith(behind, {"丁目", "番地"})) return true;
  const bool japan = country == "JP";
  if (japan && numerals == "十" && before.ends_with("麻布") && behind.starts_with("番")) {
    return false;
  }
  size_t ending = BeginsWith(
      behind, {"番", "号", "號", "弄", "巷", "栋", "幢", "层", "单元", "單元", "组", "鄰", "邻"});
  // Districts of Japan: 九段南, and 三室 and 三棟町, which no house stands before.
  if (ending == 0 && !japan) ending = BeginsWith(behind, {"段"});
  if (ending == 0 && !(japan && before.empty())) {
    ending = BeginsWith(behind, {"室", "棟", "樓", "楼", "層"});
  }
  return ending > 0 && !IsNameOfSettlement(behind.substr(ending));
}

}  // namespace

size_t FirstNumber(std::string_view text, std::string_view country) {
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    const size_t numerals = NumeralBytes(text.substr(here));
    if (numerals > 0) {
      at = here + numerals;
      const std::string_view number = text.substr(here, numerals);
      if (IsHanNumber(text.substr(0, here), number, text.substr(at), country)) return here;
      // The zero is the one numeral that is no letter.
      if (number.find("〇") != std::string_view::npos) return here;
    } else if (IsNumber(NextCharacter(text, &at))) {
      return here;
    }
  }
  return text.size();
}

}  // namespace switchboard::masking
