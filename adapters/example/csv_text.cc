#include "adapters/example/csv_text.h"

#include <unicode/utf8.h>

#include <algorithm>

namespace switchboard::adapters {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool IsUtf8(std::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 character = 0;
    U8_NEXT(text.data(), i, length, character);
    if (character < 0) return false;
  }
  return true;
}

// Reads one record after the other.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
  }

  bool AtEnd() const { return at_ >= text_.size(); }

  CsvRecord Next() {
    CsvRecord record;
    record.line = line_;
    begin_ = at_;
    const char* problem = Fields(record.fields);
    const std::string_view bytes = text_.substr(begin_, at_ - begin_);
    if (problem == nullptr && !IsUtf8(bytes)) problem = "the text is not UTF-8";
    if (problem != nullptr) {
      record.fields.clear();
      record.problem = problem;
      at_ = std::min(text_.find('\n', begin_), text_.size() - 1) + 1;
    }
    line_ += std::count(text_.begin() + begin_, text_.begin() + at_, '\n');
    return record;
  }

 private:
  // Up to behind the record's end; what is wrong, or null.
  const char* Fields(std::vector<std::string>& fields) {
    while (true) {
      std::string field;
      const char* problem = !AtEnd() && text_[at_] == '"' ? Quoted(field) : Plain(field);
      if (problem == nullptr && at_ - begin_ > kCsvRecordBytesMax) problem = kTooLong;
      if (problem != nullptr) return problem;
      fields.push_back(std::move(field));
      if (AtEnd()) return nullptr;
      if (text_[at_++] == '\n') return nullptr;
    }
  }

  // Leaves at_ at the comma, the line's end or the text's.
  const char* Plain(std::string& field) {
    const size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    std::string_view plain = text_.substr(at_, end - at_);
    const bool ends_line = end == text_.size() || text_[end] == '\n';
    if (ends_line && !plain.empty() && plain.back() == '\r') plain.remove_suffix(1);
    if (plain.find('"') != std::string_view::npos)
      return "a quote in a field that does not begin with one";
    field = plain;
    at_ = end;
    return nullptr;
  }

  const char* Quoted(std::string& field) {
    for (size_t from = at_ + 1;;) {
      const size_t quote = text_.find('"', from);
      if (quote == std::string_view::npos) return "a quote is never closed";
      if (quote - begin_ > kCsvRecordBytesMax) return kTooLong;
      field += text_.substr(from, quote - from);
      from = quote + 1;
      if (from >= text_.size() || text_[from] != '"') {
        at_ = from;
        break;
      }
      field += '"';
      ++from;
    }
    if (text_.substr(at_, 2) == "\r\n" || text_.substr(at_) == "\r") ++at_;
    if (!AtEnd() && text_[at_] != ',' && text_[at_] != '\n')
      return "text between a closing quote and the comma";
    return nullptr;
  }

  static constexpr char kTooLong[] = "a line takes at most 64 KiB; or a quote is closed too late";

  const std::string_view text_;
  size_t at_ = 0;
  size_t begin_ = 0;  // of the record
  int64_t line_ = 1;  // of begin_
};

}  // namespace

std::vector<CsvRecord> ReadCsv(std::string_view text) {
  std::vector<CsvRecord> records;
  for (Parser parser(text); !parser.AtEnd();) {
    CsvRecord record = parser.Next();
    const bool is_empty =
        record.problem.empty() && record.fields.size() == 1 && record.fields.front().empty();
    if (!is_empty) records.push_back(std::move(record));
  }
  return records;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    // A byte order mark where a file may begin would be taken for that.
    const bool plain = fields[i].find_first_of(",\"\r\n") == std::string::npos &&
                       fields[i].substr(0, kByteOrderMark.size()) != kByteOrderMark;
    if (plain) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + '\n';
}

}  // namespace switchboard::adapters
