#include "clients/text_table.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/printable_text.h"

namespace switchboard {
namespace {

size_t WidthOf(UChar32 character) {
  const int type = u_charType(character);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// Calls visit(end of the character in bytes, its width) for each character until it returns false.
template <typename Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 character = 0;
    U8_NEXT(text.data(), i, length, character);
    if (!visit(static_cast<size_t>(i), character < 0 ? 1 : WidthOf(character))) return;
  }
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  ForEachCharacter(text, [&](size_t, size_t character) {
    width += character;
    return true;
  });
  return width;
}

std::string CutToWidth(std::string_view text, size_t columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  size_t kept = 0, width = 0;
  ForEachCharacter(text, [&](size_t end, size_t character) {
    if (width + character + 1 > columns) return false;
    width += character;
    kept = end;
    return true;
  });
  return absl::StrCat(absl::string_view(text.data(), kept), "…");
}

void TextTable::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::Render() const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = DisplayWidth(columns_[c].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[c]));
    widths.push_back(columns_[c].width_max > 0 ? std::min(width, columns_[c].width_max) : width);
  }
  const auto line = [&](const auto& cell_of) {
    std::string out = " ";
    for (size_t c = 0; c < columns_.size(); ++c) {
      const std::string cell = CutToWidth(cell_of(c), widths[c]);
      const std::string blanks(widths[c] - DisplayWidth(cell), ' ');
      absl::StrAppend(&out, " ", columns_[c].align == Align::kLeft ? cell + blanks : blanks + cell,
                      " ");
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
  };
  std::string out = line([&](size_t c) { return columns_[c].title; });
  out += line([&](size_t c) {
    std::string rule;
    for (size_t i = 0; i < widths[c]; ++i) rule += "─";
    return rule;
  });
  for (const auto& row : rows_) out += line([&](size_t c) { return row[c]; });
  return out;
}

std::string WithCommas(int64_t number) {
  const std::string digits = std::to_string(number);
  const size_t first = number < 0 ? 1 : 0;
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) grouped.push_back(',');
    grouped.push_back(digits[i]);
  }
  return grouped;
}

}  // namespace switchboard
