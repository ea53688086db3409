#include "hub/storage/sealed_table.h"

#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

int KeyColumns(const SealedTable& table) {
  int count = 0;
  while (count < SealedTable::kKeyColumnsMax && table.key[count] != Value::Kind::kNull) ++count;
  return count;
}

absl::Status NoRowKey() { return absl::DataLossError("a walk over boxes stands at no row"); }

absl::StatusOr<int64_t> NumberIn(const std::string& text) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return NoRowKey();
  return number;
}

// The columns of what RowKey made; those before all rows of a table for nothing.
absl::StatusOr<std::vector<std::string>> KeyFrom(const SealedTable& table,
                                                 std::string_view row_key) {
  const auto columns = static_cast<size_t>(KeyColumns(table));
  std::vector<std::string> key;
  if (row_key.empty()) {
    for (size_t i = 0; i < columns; ++i) {
      key.push_back(table.key[i] == Value::Kind::kInteger
                        ? std::to_string(std::numeric_limits<int64_t>::min())
                        : "");
    }
    return key;
  }
  while (!row_key.empty()) {
    const size_t colon = row_key.find(':');
    if (colon == row_key.npos) return NoRowKey();
    ASSIGN_OR_RETURN(const int64_t size, NumberIn(std::string(row_key.substr(0, colon))));
    row_key.remove_prefix(colon + 1);
    if (size < 0 || static_cast<size_t>(size) > row_key.size()) return NoRowKey();
    key.emplace_back(row_key.substr(0, static_cast<size_t>(size)));
    row_key.remove_prefix(static_cast<size_t>(size));
  }
  if (key.size() != columns) return NoRowKey();
  return key;
}

// Refers to the key.
absl::StatusOr<std::vector<Value>> ValuesOf(const SealedTable& table,
                                            const std::vector<std::string>& key) {
  std::vector<Value> values;
  for (size_t i = 0; i < key.size(); ++i) {
    if (table.key[i] == Value::Kind::kInteger) {
      ASSIGN_OR_RETURN(const int64_t number, NumberIn(key[i]));
      values.emplace_back(number);
    } else {
      values.emplace_back(key[i]);
    }
  }
  return values;
}

}  // namespace

absl::StatusOr<std::vector<SealedRow>> ReadSealed(Connection& connection, const SealedTable& table,
                                                  std::string_view after, int limit) {
  ASSIGN_OR_RETURN(const std::vector<std::string> key, KeyFrom(table, after));
  ASSIGN_OR_RETURN(std::vector<Value> parameters, ValuesOf(table, key));
  parameters.emplace_back(limit);
  std::vector<SealedRow> rows;
  RETURN_IF_ERROR(connection.Query(table.select_after, parameters, [&](const Row& row) {
    const int columns = KeyColumns(table);
    std::vector<std::string> found;
    for (int i = 0; i < columns; ++i) {
      found.push_back(table.key[i] == Value::Kind::kInteger ? std::to_string(row.Integer(i))
                                                            : std::string(row.Text(i)));
    }
    rows.push_back({std::move(found), std::string(row.Blob(columns)), table.place(row)});
    return absl::OkStatus();
  }));
  return rows;
}

std::string RowKey(const SealedRow& row) {
  std::string text;
  for (const std::string& part : row.key) text += std::to_string(part.size()) + ":" + part;
  return text;
}

absl::StatusOr<int64_t> SwapBoxes(Transaction& transaction, const SealedTable& table,
                                  const std::vector<SealedAnew>& boxes) {
  if (boxes.empty()) return 0;
  std::vector<Value::Kind> columns{Value::Kind::kBlob};
  for (int i = 0; i < KeyColumns(table); ++i) columns.push_back(table.key[i]);
  columns.push_back(Value::Kind::kBlob);
  Rows rows(std::move(columns), boxes.size());
  for (const SealedAnew& anew : boxes) {
    std::vector<Value> row{Value::Blob(anew.box)};
    ASSIGN_OR_RETURN(const std::vector<Value> key, ValuesOf(table, anew.row.key));
    row.insert(row.end(), key.begin(), key.end());
    row.push_back(Value::Blob(anew.row.box));
    rows.Add(row);
  }
  return transaction.Execute(table.update, {rows});
}

}  // namespace switchboard::storage
