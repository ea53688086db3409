#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace switchboard {

// Columns that a UTF-8 text takes on a terminal: two for East Asian wide characters, none for
// combining marks.
size_t DisplayWidth(std::string_view text);

// The text cut to at most `columns`, with "…" at the end if something was cut.
std::string CutToWidth(std::string_view text, size_t columns);

// A table for people. First column flush left, others as asked for; the widest cell makes the
// column, up to `widths_max` where that is not 0. Every line is indented by two blanks.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kRight;
    size_t width_max = 0;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns. What they hold is made printable (printable_text.h).
  void Add(std::vector<std::string> cells);

  std::string Render() const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// 24000 → "24,000".
std::string WithCommas(int64_t number);

}  // namespace switchboard
