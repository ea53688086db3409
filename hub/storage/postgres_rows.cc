#include "hub/storage/postgres_rows.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/postgres_value.h"

namespace switchboard::storage {
namespace {

// catalog/pg_type.dat
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;
constexpr Oid kByteaArray = 1001;
constexpr Oid kTextArray = 1009;
constexpr Oid kInt8Array = 1016;

constexpr std::string_view kToken = "rows($";
constexpr uint32_t kNullLength = 0xFFFFFFFF;

Oid ElementTypeOf(Value::Kind element) {
  if (element == Value::Kind::kInteger) return kInt8;
  return element == Value::Kind::kText ? kText : kBytea;
}

template <typename Unsigned>
void Append(std::string& bytes, Unsigned integer) {
  const Unsigned ordered = NetworkOrder(integer);
  bytes.append(reinterpret_cast<const char*>(&ordered), sizeof(ordered));
}

void AppendElement(std::string& array, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
    case Value::Kind::kRows:
      return Append(array, kNullLength);
    case Value::Kind::kInteger:
      Append(array, static_cast<uint32_t>(sizeof(int64_t)));
      return Append(array, static_cast<uint64_t>(value.integer()));
    case Value::Kind::kText:
    case Value::Kind::kBlob:
      Append(array, static_cast<uint32_t>(value.bytes().size()));
      array.append(value.bytes());
  }
}

// The number that a text begins with, and moves it behind that.
int TakeNumber(std::string_view* text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text->begin(), text->end(), number);
  SWITCHBOARD_ASSERT(error == std::errc());
  text->remove_prefix(static_cast<size_t>(end - text->begin()));
  return number;
}

// `unnest($2, $3) WITH ORDINALITY AS rows(c1, c2, n)`
std::string Unnested(int first, int columns) {
  std::string arguments, names;
  for (int column = 0; column < columns; ++column) {
    absl::StrAppend(&arguments, column == 0 ? "" : ", ", "$", first + column);
    absl::StrAppend(&names, "c", column + 1, ", ");
  }
  return absl::StrCat("unnest(", arguments, ") WITH ORDINALITY AS rows(", names, "n)");
}

}  // namespace

std::string WithArrays(std::string_view sql, Connection::Parameters parameters) {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [](const Value& value) {
    return value.kind() == Value::Kind::kRows;
  });
  if (found == parameters.end()) return std::string(sql);
  const int position = static_cast<int>(found - parameters.begin()) + 1;
  const int columns = static_cast<int>(found->rows().columns().size());
  std::string text;
  for (size_t dollar = sql.find('$'); dollar != std::string_view::npos; dollar = sql.find('$')) {
    const bool token = sql.substr(0, dollar + 1).ends_with(kToken);
    text.append(sql.substr(0, token ? dollar + 1 - kToken.size() : dollar));
    sql.remove_prefix(dollar + 1);
    const int number = TakeNumber(&sql);
    SWITCHBOARD_ASSERT(token == (number == position));
    if (token) {
      sql.remove_prefix(1);
      text.append(Unnested(number, columns));
    } else {
      absl::StrAppend(&text, "$", number < position ? number : number + columns - 1);
    }
  }
  return text.append(sql);
}

Oid ArrayTypeOf(Value::Kind element) {
  if (element == Value::Kind::kInteger) return kInt8Array;
  return element == Value::Kind::kText ? kTextArray : kByteaArray;
}

std::string ArrayOf(const Rows& rows, size_t column) {
  std::string array;
  Append(array, uint32_t{1});  // dimensions
  Append(array, uint32_t{1});  // nulls are possible
  Append(array, static_cast<uint32_t>(ElementTypeOf(rows.columns()[column])));
  Append(array, static_cast<uint32_t>(rows.size()));
  Append(array, uint32_t{1});  // the first one's number
  for (size_t row = 0; row < rows.size(); ++row) AppendElement(array, rows.At(row, column));
  return array;
}

}  // namespace switchboard::storage
