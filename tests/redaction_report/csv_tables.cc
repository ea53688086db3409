#include "tests/redaction_report/csv_tables.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::redaction_report {
namespace {

using Cells = std::vector<std::string>;

// In which a card number stands, once each: "#" is its place.
constexpr std::array<std::string_view, 5> kSentences = {
    "#",
    "the payment of yesterday went with # as agreed",
    "told us the card # was lost",
    "本日のお支払いは#で承りました。",
    "客户说昨天用#付款。",
};

// RFC 4180.
std::vector<Cells> Rows(std::string_view csv) {
  std::vector<Cells> rows;
  Cells cells(1);
  bool quoted = false;
  for (size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (c == '"') {
      const bool doubled = quoted && i + 1 < csv.size() && csv[i + 1] == '"';
      if (doubled) {
        cells.back() += c;
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && c == ',') {
      cells.emplace_back();
    } else if (!quoted && c == '\n') {
      rows.push_back(std::exchange(cells, Cells(1)));
    } else if (quoted || c != '\r') {
      cells.back() += c;
    }
  }
  if (cells.size() > 1 || !cells.front().empty()) rows.push_back(std::move(cells));
  return rows;
}

// A table by its columns.
class Table {
 public:
  explicit Table(std::string_view csv) : rows_(Rows(csv)) {
    if (rows_.empty()) return;
    header_ = std::move(rows_.front());
    rows_.erase(rows_.begin());
  }

  bool Has(std::initializer_list<std::string_view> columns) const {
    return std::all_of(columns.begin(), columns.end(),
                       [&](std::string_view column) { return ColumnOf(column) < header_.size(); });
  }
  size_t rows() const { return rows_.size(); }
  // Empty where the row is shorter than the first line.
  std::string Cell(size_t row, std::string_view column) const {
    const size_t at = ColumnOf(column);
    return at < rows_[row].size() ? rows_[row][at] : "";
  }

 private:
  size_t ColumnOf(std::string_view column) const {
    return static_cast<size_t>(std::find(header_.begin(), header_.end(), column) - header_.begin());
  }

  Cells header_;
  std::vector<Cells> rows_;
};

LabelledText WholeText(const std::string& text, Type type) {
  LabelledText whole{.text = text};
  whole.spans.push_back({0, CodePoints(text).size(), type});
  return whole;
}

LabelledText InSentence(std::string_view sentence, const std::string& number, bool labelled) {
  const size_t at = sentence.find('#');
  const std::string before(sentence.substr(0, at));
  LabelledText text{.text = before + number + std::string(sentence.substr(at + 1))};
  if (labelled) {
    const size_t begin = CodePoints(before).size();
    text.spans.push_back({begin, begin + CodePoints(number).size(), v1::TextMark::KIND_CARD});
  }
  return text;
}

LabelledFile Cards(const Table& table) {
  LabelledFile file{.role = LabelledFile::Role::kCards};
  for (size_t row = 0; row < table.rows(); ++row) {
    for (const auto& sentence : kSentences) {
      file.texts.push_back(InSentence(sentence, table.Cell(row, "text"), true));
    }
  }
  return file;
}

LabelledFile NoCards(const Table& table) {
  LabelledFile file{.role = LabelledFile::Role::kNoCards};
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.Cell(row, "luhn_ok") != "0") continue;
    for (const auto& sentence : kSentences) {
      file.texts.push_back(InSentence(sentence, table.Cell(row, "number"), false));
    }
  }
  return file;
}

LabelledFile Phones(const Table& table) {
  LabelledFile file;
  for (size_t row = 0; row < table.rows(); ++row) {
    file.texts.push_back(WholeText(table.Cell(row, "text"), v1::TextMark::KIND_PHONE));
  }
  return file;
}

// A person's number that is whole; those of companies stay, and so do broken ones.
LabelledFile IdentityNumbers(const Table& table) {
  LabelledFile file;
  for (size_t row = 0; row < table.rows(); ++row) {
    const std::string kind = table.Cell(row, "kind");
    const bool of_person = kind == "cn_resident_id" || kind == "jp_individual_number";
    LabelledText text = WholeText(table.Cell(row, "number"), v1::TextMark::KIND_IDENTITY_NUMBER);
    if (!of_person || table.Cell(row, "expected") == "invalid") text.spans.clear();
    file.texts.push_back(std::move(text));
  }
  return file;
}

LabelledFile Narratives(const Table& table) {
  LabelledFile file{.role = LabelledFile::Role::kTexts};
  for (size_t row = 0; row < table.rows(); ++row) {
    file.texts.push_back({.text = table.Cell(row, "narrative"), .language = "en"});
  }
  return file;
}

}  // namespace

std::optional<LabelledFile> LabelledTable(std::string_view csv) {
  const Table table(csv);
  if (table.Has({"pan", "format", "text"})) return Cards(table);
  if (table.Has({"number", "luhn_ok"})) return NoCards(table);
  if (table.Has({"e164", "text"})) return Phones(table);
  if (table.Has({"kind", "number", "expected"})) return IdentityNumbers(table);
  if (table.Has({"narrative"})) return Narratives(table);
  return std::nullopt;
}

}  // namespace switchboard::redaction_report
