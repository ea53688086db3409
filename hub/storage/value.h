#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/error.h"

// What statements are run with.

namespace switchboard::storage {

class Rows;

// A parameter. Text, blobs and rows are not copied: they must live until the call returns.
class Value {
 public:
  enum class Kind { kNull, kInteger, kText, kBlob, kRows };

  Value(std::nullptr_t) : kind_(Kind::kNull), integer_(0) {}  // NOLINT: implicit by design
  Value(int64_t integer) : kind_(Kind::kInteger), integer_(integer) {}  // NOLINT
  Value(int integer) : Value(int64_t{integer}) {}                       // NOLINT
  Value(bool flag) : Value(int64_t{flag}) {}                            // NOLINT
  Value(std::string_view text) : Value(Kind::kText, text) {}            // NOLINT
  Value(const std::string& text) : Value(std::string_view(text)) {}     // NOLINT
  Value(const char* text) : Value(std::string_view(text)) {}            // NOLINT
  Value(const Rows& rows) : kind_(Kind::kRows), rows_(&rows) {}         // NOLINT
  static Value Blob(std::string_view bytes) { return Value(Kind::kBlob, bytes); }

  Kind kind() const { return kind_; }
  int64_t integer() const { return kind_ == Kind::kInteger ? integer_ : 0; }
  std::string_view bytes() const { return bytes_; }
  // REQUIRES: kRows.
  const Rows& rows() const {
    SWITCHBOARD_ASSERT(kind_ == Kind::kRows);
    return *rows_;
  }

 private:
  Value(Kind kind, std::string_view bytes) : kind_(kind), integer_(0), bytes_(bytes) {}

  Kind kind_;
  union {
    int64_t integer_;
    const Rows* rows_;
  };
  std::string_view bytes_;
};

// In microseconds; 0 is none.
inline Value TimeOrNull(int64_t time_us) { return time_us == 0 ? Value(nullptr) : Value(time_us); }

// Rows that one run of a statement reads as a table: where its text says `rows($1)`, with columns
// c1, c2 … in the order of a row's values, and n, which counts the rows from 1. It costs far less
// than a run for each row: SQLite opens each table and index once, and PostgreSQL is asked once. A
// statement takes rows once, in the FROM of a SELECT or an UPDATE, and is not run at all over none.
//
// An INSERT that updates on conflict may not meet one key in two of the rows: PostgreSQL refuses
// that.
class Rows {
 public:
  static constexpr int kColumnsMax = 20;

  // What each column holds, where it is not null.
  Rows(std::vector<Value::Kind> columns, size_t expected_rows) : columns_(std::move(columns)) {
    SWITCHBOARD_ASSERT(!columns_.empty() && columns_.size() <= size_t{kColumnsMax});
    values_.reserve(expected_rows * columns_.size());
  }

  // REQUIRES: a value for each column.
  void Add(std::initializer_list<Value> row) {
    SWITCHBOARD_ASSERT(row.size() == columns_.size());
    values_.insert(values_.end(), row);
  }
  void Add(const std::vector<Value>& row) {
    SWITCHBOARD_ASSERT(row.size() == columns_.size());
    values_.insert(values_.end(), row.begin(), row.end());
  }

  const std::vector<Value::Kind>& columns() const { return columns_; }
  size_t size() const { return values_.size() / columns_.size(); }
  bool empty() const { return values_.empty(); }
  const Value& At(size_t row, size_t column) const {
    return values_[row * columns_.size() + column];
  }

 private:
  std::vector<Value::Kind> columns_;
  std::vector<Value> values_;  // row by row
};

// One column of texts, which it refers to.
Rows RowsOf(const std::vector<std::string>& texts);
Rows RowsOf(std::vector<std::string>&& texts) = delete;

}  // namespace switchboard::storage
