#include "hub/storage/row_touch.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/write_statement.h"

namespace switchboard::storage {
namespace {

constexpr size_t kRowsAtOnce = 500;

struct Texts {
  std::string touch;
  std::string select_keys;
};

Texts TextsOf(const TableFacts& table) {
  size_t plain = 0;
  while (std::find(table.key.begin(), table.key.end(), plain) != table.key.end()) ++plain;
  SWITCHBOARD_ASSERT(plain < table.columns.size());
  const std::string& column = table.columns[plain];
  Texts texts;
  texts.touch = absl::StrCat("UPDATE ", table.name, " SET ", column, " = ", table.name, ".", column,
                             " FROM rows($1)");
  const char* before = " WHERE ";
  for (size_t i = 0; i < table.key.size(); ++i) {
    absl::StrAppend(&texts.touch, before, table.name, ".", table.columns[table.key[i]], " = c",
                    i + 1);
    absl::StrAppend(&texts.select_keys, i == 0 ? "SELECT " : ", ", table.columns[table.key[i]]);
    before = " AND ";
  }
  absl::StrAppend(&texts.select_keys, " FROM ", table.name);
  return texts;
}

// Made once: a connection knows a statement by its address.
const Texts& StatementsFor(const TableFacts& table) {
  static const auto* const kAll = [] {
    auto* all = new std::vector<Texts>();
    for (const TableFacts& one : Tables())
      all->push_back(one.key.size() < one.columns.size() ? TextsOf(one) : Texts());
    return all;
  }();
  const Texts& texts = (*kAll)[static_cast<size_t>(&table - Tables().data())];
  SWITCHBOARD_ASSERT(!texts.touch.empty());
  return texts;
}

Value::Kind KindOf(char kind) {
  if (kind == 'i') return Value::Kind::kInteger;
  return kind == 't' ? Value::Kind::kText : Value::Kind::kBlob;
}

}  // namespace

absl::Status TouchRows(WriterConnection& connection, const TableFacts& table,
                       const std::vector<std::string_view>& rows) {
  std::vector<Value::Kind> kinds;
  for (const size_t place : table.key) kinds.push_back(KindOf(table.kinds[place]));
  for (size_t from = 0; from < rows.size(); from += kRowsAtOnce) {
    const size_t to = std::min(rows.size(), from + kRowsAtOnce);
    Rows keys(kinds, to - from);
    for (size_t i = from; i < to; ++i) keys.Add(RowWrites::ValuesOf(table, rows[i]));
    RETURN_IF_ERROR(connection.Execute(StatementsFor(table).touch.c_str(), {keys}).status());
  }
  return absl::OkStatus();
}

absl::Status TouchAllRows(WriterConnection& connection, const TableFacts& table) {
  WriteStatement keys;
  keys.returned = table.key;
  RowWrites found;
  RETURN_IF_ERROR(
      connection.Query(StatementsFor(table).select_keys.c_str(), {}, [&](const Row& row) {
        found.PutGone(table, ReturnedRow(keys, row, 0));
        return absl::OkStatus();
      }));
  std::vector<std::string_view> rows;
  found.ForEach([&](const RowWrites::Write& write) { rows.push_back(write.row); });
  return TouchRows(connection, table, rows);
}

}  // namespace switchboard::storage
