#include "hub/storage/write_statement.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

using Source = WriteStatement::Source;

absl::Status NotUnderstood(std::string_view sql, std::string_view what) {
  return absl::InternalError(
      absl::StrCat("the audit log cannot vouch for what a statement writes: ",
                   absl::string_view(what.data(), what.size()), ": ",
                   absl::string_view(sql.data(), sql.size())));
}

// A piece of a statement's text: a word with dots and dollars, a quoted text with its quotes, or
// one other sign. `depth`: brackets around it.
struct Token {
  std::string_view text;
  int depth = 0;
};

bool IsOfWord(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.';
}

std::vector<Token> TokensOf(std::string_view sql) {
  std::vector<Token> tokens;
  int depth = 0;
  for (size_t at = 0; at < sql.size();) {
    if (absl::ascii_isspace(static_cast<unsigned char>(sql[at]))) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    if (sql[at] == '\'') {
      while (end < sql.size() && sql[end] != '\'') ++end;
      end = std::min(end + 1, sql.size());
    } else if (IsOfWord(sql[at])) {
      while (end < sql.size() && IsOfWord(sql[end])) ++end;
    }
    if (sql[at] == ')') --depth;
    tokens.push_back({sql.substr(at, end - at), depth});
    if (sql[at] == '(') ++depth;
    at = end;
  }
  return tokens;
}

// Goes through the tokens of a statement.
class Reading {
 public:
  explicit Reading(std::string_view sql) : tokens_(TokensOf(sql)) {}

  // Empty at the end.
  std::string_view Peek(size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead].text : std::string_view();
  }
  std::string_view Take() {
    const std::string_view token = Peek();
    ++at_;
    return token;
  }
  bool TakeIf(std::string_view text) {
    if (Peek() != text) return false;
    ++at_;
    return true;
  }
  bool AtEnd() const { return at_ >= tokens_.size(); }

  bool Has(std::string_view text) const {
    return std::any_of(tokens_.begin(), tokens_.end(),
                       [&](const Token& token) { return token.text == text; });
  }
  // Outside of all brackets, from here on.
  bool HasAhead(std::string_view text) const {
    return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
                       [&](const Token& token) { return token.depth == 0 && token.text == text; });
  }

  // Single tokens between brackets and commas, or nothing if it is anything else.
  std::optional<std::vector<std::string_view>> TakeList() {
    if (!TakeIf("(")) return std::nullopt;
    std::vector<std::string_view> items;
    do {
      items.push_back(Take());
    } while (TakeIf(","));
    return TakeIf(")") ? std::optional(items) : std::nullopt;
  }

  // The columns that each SET of the statement sets; nothing if one is not written as a column's
  // name and its value.
  std::optional<std::vector<std::string_view>> ColumnsSet() const {
    std::vector<std::string_view> columns;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].depth > 0 || tokens_[i].text != "SET") continue;
      for (size_t name = i + 1; name + 1 < tokens_.size();) {
        if (tokens_[name + 1].text != "=") return std::nullopt;
        columns.push_back(tokens_[name].text);
        while (name < tokens_.size() && !EndsValue(tokens_[name])) ++name;
        if (name >= tokens_.size() || tokens_[name].text != ",") break;
        ++name;
      }
    }
    return columns;
  }

 private:
  static bool EndsValue(const Token& token) {
    return token.depth == 0 && (token.text == "," || token.text == "FROM" ||
                                token.text == "WHERE" || token.text == "RETURNING");
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
};

// A positive number behind a prefix.
std::optional<int64_t> NumberBehind(std::string_view prefix, std::string_view token) {
  int64_t number = 0;
  if (!token.starts_with(prefix)) return std::nullopt;
  token.remove_prefix(prefix.size());
  if (!absl::SimpleAtoi(absl::string_view(token.data(), token.size()), &number) || number < 1)
    return std::nullopt;
  return number;
}

// Nothing if it is more than a parameter, a column of `rows` or a constant.
std::optional<Source> SourceOf(std::string_view token) {
  if (const auto number = NumberBehind("$", token))
    return Source{Source::From::kParameter, *number, ""};
  if (const auto number = NumberBehind("c", token))
    return Source{Source::From::kColumnOfRows, *number, ""};
  if (token == "NULL") return Source{Source::From::kNull, 0, ""};
  int64_t integer = 0;
  if (absl::SimpleAtoi(absl::string_view(token.data(), token.size()), &integer))
    return Source{Source::From::kInteger, integer, ""};
  if (token.size() >= 2 && token.front() == '\'' && token.back() == '\'')
    return Source{Source::From::kText, 0, std::string(token.substr(1, token.size() - 2))};
  return std::nullopt;
}

// The items of `SELECT … FROM rows($1)`, if that is all there is.
std::optional<std::vector<std::string_view>> TakeSelect(Reading& reading, WriteStatement& read) {
  std::vector<std::string_view> items;
  do {
    items.push_back(reading.Take());
  } while (reading.TakeIf(","));
  if (!reading.TakeIf("FROM") || !reading.TakeIf("rows")) return std::nullopt;
  const auto argument = reading.TakeList();
  if (!argument.has_value() || argument->size() != 1) return std::nullopt;
  const auto number = NumberBehind("$", argument->front());
  if (!number.has_value()) return std::nullopt;
  read.rows_parameter = static_cast<size_t>(*number);
  if (reading.TakeIf("WHERE") && !reading.TakeIf("true")) return std::nullopt;
  return items;
}

// Behind the table's name: what it inserts, if its text and parameters alone say it.
std::vector<Source> SourcesOf(Reading reading, WriteStatement& read) {
  if (reading.HasAhead("ON")) return {};
  const auto columns = reading.TakeList();
  if (!columns.has_value()) return {};
  std::optional<std::vector<std::string_view>> items;
  const bool from_rows = reading.Peek() == "SELECT";
  if (from_rows || reading.Peek() == "VALUES") {
    reading.Take();
    items = from_rows ? TakeSelect(reading, read) : reading.TakeList();
  }
  if (!items.has_value() || items->size() != columns->size()) return {};
  if (!reading.AtEnd() && reading.Peek() != "RETURNING") return {};
  // What is not named is NULL: no column has another default.
  std::vector<Source> sources(read.table->columns.size());
  for (size_t i = 0; i < columns->size(); ++i) {
    const auto& names = read.table->columns;
    const auto place = std::find(names.begin(), names.end(), (*columns)[i]);
    const std::optional<Source> source = SourceOf((*items)[i]);
    if (place == names.end() || !source.has_value()) return {};
    if (source->from == Source::From::kColumnOfRows && !from_rows) return {};
    sources[static_cast<size_t>(place - names.begin())] = *source;
  }
  return sources;
}

absl::Status LeavesKeysAlone(std::string_view sql, const Reading& reading,
                             const TableFacts& table) {
  const auto set = reading.ColumnsSet();
  if (!set.has_value()) return NotUnderstood(sql, "what it sets");
  for (const size_t place : table.key) {
    if (std::find(set->begin(), set->end(), table.columns[place]) != set->end())
      return NotUnderstood(sql, "it changes a primary key");
  }
  return absl::OkStatus();
}

// Lets it return what it writes, by columns of `name`.
void Return(std::string_view sql, const Reading& reading, std::string_view name,
            WriteStatement& read) {
  if (read.gone) {
    read.returned = read.table->key;
  } else {
    for (size_t i = 0; i < read.table->columns.size(); ++i) read.returned.push_back(i);
  }
  read.text = std::string(sql);
  const char* before = reading.HasAhead("RETURNING") ? ", " : " RETURNING ";
  for (const size_t place : read.returned) {
    absl::StrAppend(&read.text, before, absl::string_view(name.data(), name.size()), ".",
                    read.table->columns[place]);
    before = ", ";
  }
}

}  // namespace

absl::StatusOr<WriteStatement> ReadWriteStatement(std::string_view sql) {
  WriteStatement read;
  read.text = std::string(sql);
  Reading reading(sql);
  const std::string_view verb = reading.Take();
  if (verb == "SELECT") return read;
  const bool inserts = verb == "INSERT";
  if (!inserts && verb != "UPDATE" && verb != "DELETE") {
    for (const char* word : {"INSERT", "UPDATE", "DELETE", "INTO"})
      if (reading.Has(word)) return NotUnderstood(sql, "its form");
    return read;
  }
  read.gone = verb == "DELETE";
  if ((inserts && !reading.TakeIf("INTO")) || (read.gone && !reading.TakeIf("FROM")))
    return NotUnderstood(sql, "its form");
  std::string_view name = reading.Take();
  read.table = FindTable(name);
  if (read.table == nullptr) return read;
  if (reading.TakeIf("AS") || (verb == "UPDATE" && reading.Peek() != "SET") ||
      (read.gone && !reading.AtEnd() && reading.Peek() != "WHERE" && reading.Peek() != "RETURNING"))
    name = reading.Take();
  if (inserts) read.sources = SourcesOf(reading, read);
  if (!read.sources.empty()) return read;
  RETURN_IF_ERROR(LeavesKeysAlone(sql, reading, *read.table));
  Return(sql, reading, name, read);
  return read;
}

namespace {

class InsertedRow final : public Row {
 public:
  InsertedRow(const WriteStatement& statement, absl::Span<const Value> parameters, size_t row)
      : statement_(statement), parameters_(parameters), row_(row) {}

  bool IsNull(int column) const override { return At(column).kind() == Value::Kind::kNull; }
  int64_t Integer(int column) const override { return At(column).integer(); }
  std::string_view Text(int column) const override { return At(column).bytes(); }
  std::string_view Blob(int column) const override { return At(column).bytes(); }

 private:
  Value At(int column) const {
    const Source& source = statement_.sources[static_cast<size_t>(column)];
    const auto place = static_cast<size_t>(source.number) - 1;
    switch (source.from) {
      case Source::From::kParameter:
        return parameters_[place];
      case Source::From::kColumnOfRows:
        return parameters_[statement_.rows_parameter - 1].rows().At(row_, place);
      case Source::From::kInteger:
        return source.number;
      case Source::From::kText:
        return std::string_view(source.text);
      case Source::From::kNull:
        break;
    }
    return nullptr;
  }

  const WriteStatement& statement_;
  const absl::Span<const Value> parameters_;
  const size_t row_;
};

}  // namespace

void VisitInserted(const WriteStatement& statement, absl::Span<const Value> parameters,
                   absl::FunctionRef<void(const Row&)> visit) {
  const size_t rows =
      statement.rows_parameter == 0 ? 1 : parameters[statement.rows_parameter - 1].rows().size();
  for (size_t row = 0; row < rows; ++row) visit(InsertedRow(statement, parameters, row));
}

int ReturnedRow::PlaceOf(int column) const {
  const auto place = static_cast<size_t>(column);
  if (place < statement_.returned.size() && statement_.returned[place] == place)
    return first_ + column;
  const auto found = std::find(statement_.returned.begin(), statement_.returned.end(), place);
  SWITCHBOARD_ASSERT(found != statement_.returned.end());
  return first_ + static_cast<int>(found - statement_.returned.begin());
}

}  // namespace switchboard::storage
