#include "clients/demo/people/csv.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/tokenizer.hpp>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr size_t kLineBytesMax = 64 * 1024;

bool IsOneOf(const std::string& name, const std::string& alternatives) {
  for (const absl::string_view alternative : absl::StrSplit(alternatives, '|')) {
    if (absl::string_view(name) == alternative) return true;
  }
  return false;
}

}  // namespace

CsvReader::CsvReader(std::string path, std::vector<std::string> columns, char separator)
    : path_(std::move(path)), columns_(std::move(columns)), separator_(separator) {}

CsvReader::~CsvReader() {
  if (file_ != nullptr) gzclose(static_cast<gzFile>(file_));
}

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Open(const std::string& path,
                                                           std::vector<std::string> columns,
                                                           char separator) {
  std::unique_ptr<CsvReader> reader(new CsvReader(path, std::move(columns), separator));
  reader->file_ = gzopen(path.c_str(), "rb");
  if (reader->file_ == nullptr) {
    return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE",
                 absl::StrCat(path, ": cannot be opened"));
  }
  gzbuffer(static_cast<gzFile>(reader->file_), 1 << 17);
  RETURN_IF_ERROR(reader->ReadHeader());
  return reader;
}

absl::Status CsvReader::ErrorAt(std::string_view column, std::string_view problem) const {
  std::string place = absl::StrCat(path_, ":", line_, ": ");
  if (!column.empty())
    absl::StrAppend(&place, "column ", absl::string_view(column.data(), column.size()), ": ");
  return Error(absl::StatusCode::kInvalidArgument, "CSV_INVALID", place + std::string(problem),
               {{"file", path_}, {"line", absl::StrCat(line_)}, {"column", std::string(column)}});
}

absl::StatusOr<bool> CsvReader::ReadLine(std::string* line) {
  line->clear();
  ++line_;
  std::array<char, 8192> piece;
  for (;;) {
    // gzgets ends its text with NUL, so a NUL of the file would cut a line unnoticed: fill first,
    // then look.
    piece.fill('\n');
    if (gzgets(static_cast<gzFile>(file_), piece.data(), piece.size()) == nullptr) {
      int code = Z_OK;
      const char* text = gzerror(static_cast<gzFile>(file_), &code);
      if (code != Z_OK) return ErrorAt("", absl::StrCat("the compressed file is damaged: ", text));
      return !line->empty();
    }
    const size_t last_nul = std::string_view(piece.data(), piece.size()).rfind('\0');
    const size_t first_nul = std::strlen(piece.data());
    if (first_nul != last_nul) return ErrorAt("", "holds a NUL byte");
    line->append(piece.data(), first_nul);
    if (line->size() > kLineBytesMax) return ErrorAt("", "is longer than 64 KiB");
    if (!line->empty() && line->back() == '\n') {
      line->pop_back();
      if (!line->empty() && line->back() == '\r') line->pop_back();
      return true;
    }
  }
}

std::vector<std::string> CsvReader::Split(const std::string& line) const {
  using Separator = boost::escaped_list_separator<char>;
  const Separator rules(std::string(), std::string(1, separator_), "\"");
  const boost::tokenizer<Separator> cells(line, rules);
  return {cells.begin(), cells.end()};
}

absl::Status CsvReader::ReadHeader() {
  std::string line;
  ASSIGN_OR_RETURN(const bool found, ReadLine(&line));
  if (!found) return ErrorAt("", "the file is empty; a header line is needed");
  if (line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
  const std::vector<std::string> names = Split(line);
  width_ = names.size();
  for (const std::string& wanted : columns_) {
    std::optional<size_t> position;
    for (size_t i = 0; i < names.size(); ++i) {
      if (!IsOneOf(names[i], wanted)) continue;
      if (position.has_value()) return ErrorAt(wanted, "stands twice in the header");
      position = i;
    }
    if (!position.has_value()) return ErrorAt(wanted, "is missing from the header");
    positions_.push_back(*position);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> CsvReader::Next(std::vector<std::string>* cells) {
  std::string line;
  do {
    ASSIGN_OR_RETURN(const bool found, ReadLine(&line));
    if (!found) return false;
  } while (line.empty());
  if (std::count(line.begin(), line.end(), '"') % 2 != 0)
    return ErrorAt("", "a quote is not closed");
  std::vector<std::string> all = Split(line);
  if (all.size() != width_) {
    return ErrorAt("", absl::StrCat("has ", all.size(), " cells where the header has ", width_));
  }
  cells->resize(positions_.size());
  for (size_t i = 0; i < positions_.size(); ++i) (*cells)[i] = all[positions_[i]];
  return true;
}

absl::StatusOr<int64_t> CsvReader::WholeNumber(const std::vector<std::string>& cells, size_t column,
                                               int64_t low, int64_t high) const {
  const std::string& text = cells[column];
  // As R and spreadsheets write them: 100000, 100000.0, 1e+05. A double holds whole numbers to 9 *
  // 10^15.
  double number = 0;
  const bool plain =
      !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (!plain || !absl::SimpleAtod(text, &number) || number != std::trunc(number)) {
    return ErrorAt(columns_[column], "is not a whole number");
  }
  if (std::abs(number) > 9e15) return ErrorAt(columns_[column], "is too large");
  const auto value = static_cast<int64_t>(number);
  if (value < low || value > high) {
    return ErrorAt(columns_[column], absl::StrCat("is outside ", low, " to ", high));
  }
  return value;
}

}  // namespace switchboard::demo
