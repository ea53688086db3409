#include "hub/redaction/japanese_block.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

constexpr std::u32string_view kNumerals = U"0123456789〇一二三四五六七八九十百千";
constexpr std::u32string_view kDashes = U"-‐‑‒–—―−ーｰ";

struct Unit {
  std::u32string_view text;
  bool is_sure;
};
// Behind a number; the longer of two with one begin first.
constexpr Unit kUnits[] = {{U"丁目", true}, {U"番地割", true}, {U"番地", true}, {U"番町", true},
                           {U"番", false},  {U"号室", true},   {U"号棟", true}, {U"号館", true},
                           {U"号", false},  {U"条通", true},   {U"条", false},  {U"線", false},
                           {U"地割", true}, {U"丁", false},    {U"階", false},  {U"棟", false},
                           {U"区", false},  {U"組", false},    {U"F", false}};
// Before a number, or alone.
constexpr std::u32string_view kLeads[] = {U"大字", U"小字", U"字", U"番外", U"無番地",
                                          U"地先", U"甲",   U"乙", U"丙",   U"丁",
                                          U"東",   U"西",   U"南", U"北"};
// What numbers count otherwise.
constexpr std::u32string_view kCounted =
    U"月日年時分秒円万億回件名人歳才%個台代度倍社通枚本ヶ世期点位";

class BlockSearch {
 public:
  BlockSearch(const FoldedText& text, size_t at) : text_(text) { block_.end = at; }

  JapaneseBlock Run() {
    while (TakeNumber()) {
    }
    return block_;
  }

 private:
  std::u32string_view From(size_t at) const {
    return text_.plain().substr(std::min(at, text_.size()));
  }
  char32_t At(size_t at) const { return at < text_.size() ? text_.plain()[at] : U'\0'; }
  bool IsNumeral(size_t at) const { return At(at) != 0 && IsOneOf(At(at), kNumerals); }

  // One number with what belongs to it.
  bool TakeNumber() {
    size_t begin = block_.end;
    if (At(begin) == U' ' && block_.numbers > 0) ++begin;
    if (block_.numbers > 0 && IsOneOf(At(begin), kDashes) && IsNumeral(begin + 1)) {
      ++begin;
    } else if (block_.numbers > 0 && IsOneOf(At(begin), U"の之ノ") && IsNumeral(begin + 1)) {
      ++begin;
    } else {
      begin = BehindLead(begin);
    }
    size_t end = begin;
    while (IsNumeral(end)) ++end;
    constexpr size_t kNumeralsMax = 5;
    if (end == begin || end - begin > kNumeralsMax) return false;
    const auto* const unit =
        std::find_if(std::begin(kUnits), std::end(kUnits),
                     [&](const Unit& one) { return From(end).starts_with(one.text); });
    if (unit != std::end(kUnits)) {
      end += unit->text.size();
      block_.is_sure = block_.is_sure || unit->is_sure;
    } else if (At(end) != 0 && (IsOneOf(At(end), kCounted) || IsWordOfHan(begin, end))) {
      return false;
    }
    block_.end = end;
    ++block_.numbers;
    return true;
  }

  // 十 of 十余二 is no number.
  bool IsWordOfHan(size_t begin, size_t end) const {
    return text_.plain()[begin] >= 0x80 && (IsHan(At(end)) || IsHiragana(At(end)));
  }

  size_t BehindLead(size_t at) const {
    for (const std::u32string_view lead : kLeads) {
      if (From(at).starts_with(lead) && IsNumeral(at + lead.size())) return at + lead.size();
    }
    return at;
  }

  const FoldedText& text_;
  JapaneseBlock block_;
};

}  // namespace

JapaneseBlock JapaneseBlockAt(const FoldedText& text, size_t at) {
  return BlockSearch(text, at).Run();
}

size_t JapaneseBuildingEnd(const FoldedText& text, size_t at) {
  constexpr std::u32string_view kBuildings[] = {
      U"ビルディング", U"ビル",   U"マンション", U"ハイツ", U"コーポ", U"荘",       U"タワー",
      U"アパート",     U"館",     U"棟",         U"ヒルズ", U"プラザ", U"センター", U"会館",
      U"ハイム",       U"メゾン", U"レジデンス", U"パレス", U"団地",   U"住宅",     U"寮"};
  constexpr size_t kNameMax = 16;
  const std::u32string_view plain = text.plain();
  size_t begin = at;
  if (begin < plain.size() && plain[begin] == U' ') ++begin;
  size_t end = begin, behind = at;
  while (end < plain.size() && end - begin < kNameMax) {
    const char32_t c = plain[end];
    const bool latin = c < 0x80 && text.is_word(end) && text.digit(end) < 0;
    if (!latin && !IsHan(c) && !IsKatakana(c) && c != U'・') break;
    ++end;
    const auto name = plain.substr(begin, end - begin);
    for (const std::u32string_view building : kBuildings) {
      if (name.ends_with(building)) behind = end;
    }
    // ハイツ神南 as well as 神南ハイツ.
    const bool digits_follow = end < plain.size() && text.digit(end) >= 0;
    for (const std::u32string_view building : kBuildings) {
      if (digits_follow && building.size() > 1 && name.starts_with(building)) behind = end;
    }
  }
  if (behind == at) return at;
  const JapaneseBlock flat =
      JapaneseBlockAt(text, behind + (behind < plain.size() && plain[behind] == U' '));
  return flat.numbers > 0 ? flat.end : behind;
}

}  // namespace switchboard::redaction
