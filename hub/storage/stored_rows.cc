#include "hub/storage/stored_rows.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "hub/base/field_problem.h"

namespace switchboard::storage {
namespace {

struct Texts {
  std::string first;
  std::string behind;
};

Texts TextsOf(const TableFacts& table) {
  std::string columns, key, places;
  for (const std::string& column : table.columns)
    absl::StrAppend(&columns, columns.empty() ? "" : ", ", column);
  for (size_t i = 0; i < table.key.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    absl::StrAppend(&key, comma, table.columns[table.key[i]]);
    absl::StrAppend(&places, comma, "$", i + 1);
  }
  const std::string select = absl::StrCat("SELECT ", columns, " FROM ", table.name);
  return {absl::StrCat(select, " ORDER BY ", key, " LIMIT $1"),
          absl::StrCat(select, " WHERE (", key, ") > (", places, ") ORDER BY ", key, " LIMIT $",
                       table.key.size() + 1)};
}

// Made once: a connection knows a statement by its address.
const Texts& StatementsFor(const TableFacts& table) {
  static const auto* const kAll = [] {
    auto* all = new std::vector<Texts>();
    for (const TableFacts& one : Tables()) all->push_back(TextsOf(one));
    return all;
  }();
  return (*kAll)[static_cast<size_t>(&table - Tables().data())];
}

void AppendNumber(uint64_t number, std::string* bytes) {
  for (int shift = 0; shift < 64; shift += 8)
    bytes->push_back(static_cast<char>(number >> shift & 0xff));
}

std::optional<uint64_t> TakeNumber(std::string_view& rest) {
  if (rest.size() < sizeof(uint64_t)) return std::nullopt;
  uint64_t number = 0;
  for (size_t i = sizeof(number); i > 0; --i)
    number = number << 8 | static_cast<unsigned char>(rest[i - 1]);
  rest.remove_prefix(sizeof(number));
  return number;
}

// What both engines take as TEXT.
bool IsText(std::string_view bytes) {
  const auto size = static_cast<int32_t>(bytes.size());
  for (int32_t at = 0; at < size;) {
    UChar32 character = 0;
    U8_NEXT(bytes.data(), at, size, character);
    if (character <= 0) return false;
  }
  return true;
}

// The values of a key, which refer to `place`. Nothing if it is no place of this table.
std::optional<std::vector<Value>> ValuesAt(const TableFacts& table, std::string_view place) {
  std::vector<Value> values;
  for (const size_t column : table.key) {
    const std::optional<uint64_t> number = TakeNumber(place);
    if (!number.has_value()) return std::nullopt;
    if (table.kinds[column] == 'i') {
      values.emplace_back(static_cast<int64_t>(*number));
      continue;
    }
    if (*number > place.size()) return std::nullopt;
    const std::string_view bytes = place.substr(0, *number);
    place.remove_prefix(*number);
    const bool text = table.kinds[column] == 't';
    if (text && !IsText(bytes)) return std::nullopt;
    values.push_back(text ? Value(bytes) : Value::Blob(bytes));
  }
  if (!place.empty()) return std::nullopt;
  return values;
}

}  // namespace

std::string PlaceOf(const TableFacts& table, const Row& row) {
  std::string place;
  for (const size_t key : table.key) {
    const int column = static_cast<int>(key);
    if (table.kinds[key] == 'i') {
      AppendNumber(static_cast<uint64_t>(row.Integer(column)), &place);
      continue;
    }
    const std::string_view bytes = table.kinds[key] == 't' ? row.Text(column) : row.Blob(column);
    AppendNumber(bytes.size(), &place);
    place.append(bytes);
  }
  return place;
}

absl::Status ReadStoredRows(Connection& reader, const TableFacts& table, std::string_view after,
                            int rows_max, absl::FunctionRef<absl::Status(const Row&)> visit) {
  const Texts& texts = StatementsFor(table);
  if (after.empty()) return reader.Query(texts.first.c_str(), {rows_max}, visit);
  std::optional<std::vector<Value>> values = ValuesAt(table, after);
  if (!values.has_value()) {
    return FieldInvalid({"after", absl::StrCat("must be a place in ", table.name)});
  }
  values->emplace_back(rows_max);
  return reader.Query(texts.behind.c_str(), *values, visit);
}

std::string KeyText(const TableFacts& table, const Row& row) {
  std::string text;
  for (size_t i = 0; i < table.key.size(); ++i) {
    const int column = static_cast<int>(table.key[i]);
    const char kind = table.kinds[table.key[i]];
    if (i > 0) text += '/';
    if (kind == 'i') {
      absl::StrAppend(&text, row.Integer(column));
    } else if (kind == 't') {
      text += row.Text(column);
    } else {
      const std::string_view bytes = row.Blob(column);
      text += absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
    }
  }
  return text;
}

}  // namespace switchboard::storage
