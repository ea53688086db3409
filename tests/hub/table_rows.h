#pragma once

// For tests: rows of any table, read and written by what the schema says of it.

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/stored_rows.h"
#include "hub/storage/table_facts.h"

namespace switchboard::testing {

struct Bytes {
  std::string bytes;
  bool operator==(const Bytes&) const = default;
};
using Cell = std::variant<std::monostate, int64_t, std::string, Bytes>;  // nothing: NULL

// All columns of a row, in the order of its table.
class TableRow final : public storage::Row {
 public:
  TableRow(const storage::TableFacts& table, const storage::Row& row) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const int column = static_cast<int>(i);
      if (row.IsNull(column)) {
        cells.emplace_back();
      } else if (table.kinds[i] == 'i') {
        cells.emplace_back(row.Integer(column));
      } else if (table.kinds[i] == 't') {
        cells.emplace_back(std::string(row.Text(column)));
      } else {
        cells.emplace_back(Bytes{std::string(row.Blob(column))});
      }
    }
  }
  // One that nobody wrote, with a value in every column: `number` tells it from others.
  TableRow(const storage::TableFacts& table, int64_t number) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const std::string text = absl::StrCat("made up ", number);
      if (table.kinds[i] == 'i') {
        cells.emplace_back(-1'000 - number);
      } else if (table.kinds[i] == 't') {
        cells.emplace_back(text);
      } else {
        cells.emplace_back(Bytes{text});
      }
    }
  }

  bool IsNull(int column) const override { return At(column).index() == 0; }
  int64_t Integer(int column) const override {
    const auto* number = std::get_if<int64_t>(&At(column));
    return number == nullptr ? 0 : *number;
  }
  std::string_view Text(int column) const override {
    const auto* text = std::get_if<std::string>(&At(column));
    return text == nullptr ? std::string_view() : *text;
  }
  std::string_view Blob(int column) const override {
    const auto* bytes = std::get_if<Bytes>(&At(column));
    return bytes == nullptr ? std::string_view() : bytes->bytes;
  }

  // Refers to the row.
  storage::Value ValueOf(size_t column) const {
    const Cell& cell = cells[column];
    if (const auto* number = std::get_if<int64_t>(&cell)) return *number;
    if (const auto* text = std::get_if<std::string>(&cell)) return std::string_view(*text);
    if (const auto* bytes = std::get_if<Bytes>(&cell)) return storage::Value::Blob(bytes->bytes);
    return nullptr;
  }

  // Makes a column another one than it was; no other row has it.
  void Change(const storage::TableFacts& table, size_t column) {
    Cell& cell = cells[column];
    if (table.kinds[column] == 'i') {
      cell = Integer(static_cast<int>(column)) + 1'000'003;
    } else if (table.kinds[column] == 't') {
      cell = absl::StrCat(std::string(Text(static_cast<int>(column))), "~");
    } else {
      std::string bytes(Blob(static_cast<int>(column)));
      if (bytes.empty()) bytes.push_back('\0');
      bytes.back() = static_cast<char>(bytes.back() ^ '\x80');
      cell = Bytes{std::move(bytes)};
    }
  }

  std::vector<Cell> cells;

 private:
  const Cell& At(int column) const { return cells[static_cast<size_t>(column)]; }
};

inline bool IsOfKey(const storage::TableFacts& table, size_t column) {
  for (const size_t key : table.key)
    if (key == column) return true;
  return false;
}

// Writes rows of any table on one connection, one at a time.
class TableWriter {
 public:
  explicit TableWriter(storage::Connection& connection) : connection_(connection) {}

  absl::Status Insert(const storage::TableFacts& table, const TableRow& row) {
    std::string columns, values;
    std::vector<storage::Value> parameters;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      absl::StrAppend(&columns, i == 0 ? "" : ", ", table.columns[i]);
      absl::StrAppend(&values, i == 0 ? "$" : ", $", i + 1);
      parameters.push_back(row.ValueOf(i));
    }
    return Run(absl::StrCat("INSERT INTO ", table.name, " (", columns, ") VALUES (", values, ")"),
               parameters);
  }
  absl::Status Delete(const storage::TableFacts& table, const TableRow& row) {
    std::vector<storage::Value> parameters;
    const std::string where = Where(table, row, &parameters);
    return Run(absl::StrCat("DELETE FROM ", table.name, where), parameters);
  }
  // Of the row with the key of `before`, one column as it is in `after`.
  absl::Status Update(const storage::TableFacts& table, const TableRow& before,
                      const TableRow& after, size_t column) {
    std::vector<storage::Value> parameters = {after.ValueOf(column)};
    const std::string where = Where(table, before, &parameters);
    return Run(absl::StrCat("UPDATE ", table.name, " SET ", table.columns[column], " = $1", where),
               parameters);
  }

  // INTERNAL unless it changes so many rows.
  absl::Status Run(std::string sql, const std::vector<storage::Value>& parameters,
                   int64_t rows = 1) {
    // A connection knows a statement by its address.
    const char* text = nullptr;
    for (const std::string& one : texts_)
      if (one == sql) text = one.c_str();
    if (text == nullptr) text = texts_.emplace_back(std::move(sql)).c_str();
    ASSIGN_OR_RETURN(const int64_t changed, connection_.Execute(text, parameters));
    if (changed == rows) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(changed, " rows were changed: ", text));
  }

 private:
  static std::string Where(const storage::TableFacts& table, const TableRow& row,
                           std::vector<storage::Value>* parameters) {
    std::string where;
    for (const size_t key : table.key) {
      parameters->push_back(row.ValueOf(key));
      absl::StrAppend(&where, where.empty() ? " WHERE " : " AND ", table.columns[key], " = $",
                      parameters->size());
    }
    return where;
  }

  storage::Connection& connection_;
  static inline std::deque<std::string> texts_;
};

// The first rows of a table, by its key.
inline absl::StatusOr<std::vector<TableRow>> FirstRows(storage::Connection& connection,
                                                       const storage::TableFacts& table, int max) {
  std::vector<TableRow> rows;
  RETURN_IF_ERROR(storage::ReadStoredRows(connection, table, "", max, [&](const storage::Row& row) {
    rows.emplace_back(table, row);
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace switchboard::testing
