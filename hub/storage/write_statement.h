#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/storage/row.h"
#include "hub/storage/table_facts.h"
#include "hub/storage/value.h"

// What a statement writes, read off its text: for an engine that tells which rows it wrote only if
// it is asked to return them. Pure.

namespace switchboard::storage {

struct WriteStatement {
  // Null: it writes nothing that the audit log vouches for.
  const TableFacts* table = nullptr;
  bool gone = false;  // it deletes

  // Where a column of an INSERT has its value from, if nothing but that decides it.
  struct Source {
    enum class From { kParameter, kColumnOfRows, kInteger, kText, kNull };
    From from = From::kNull;
    int64_t number = 0;  // of the parameter or of the column of `rows`, from 1; or the integer
    std::string text;
  };
  // Of each column of the table. Empty: the rows have to come back, by `text`.
  std::vector<Source> sources;
  size_t rows_parameter = 0;  // the one that is `rows`, from 1; 0: none is

  // What is run in place of the statement: it returns, behind what it returned anyway, the columns
  // `returned` of each row that it wrote.
  std::string text;
  std::vector<size_t> returned;
};

// Errors: INTERNAL for a statement that writes and is not understood, or that changes a primary
// key, so that no row is ever written that nobody vouches for.
absl::StatusOr<WriteStatement> ReadWriteStatement(std::string_view sql);

// Shows the rows that an INSERT with `sources` writes when it is run with these parameters.
void VisitInserted(const WriteStatement& statement, absl::Span<const Value> parameters,
                   absl::FunctionRef<void(const Row&)> visit);

// A row that came back, as one of the table.
class ReturnedRow final : public Row {
 public:
  // The columns `returned` of the statement stand in `row` from `first` on. Both outlive it.
  ReturnedRow(const WriteStatement& statement, const Row& row, int first)
      : statement_(statement), row_(row), first_(first) {}

  bool IsNull(int column) const override { return row_.IsNull(PlaceOf(column)); }
  int64_t Integer(int column) const override { return row_.Integer(PlaceOf(column)); }
  std::string_view Text(int column) const override { return row_.Text(PlaceOf(column)); }
  std::string_view Blob(int column) const override { return row_.Blob(PlaceOf(column)); }

 private:
  int PlaceOf(int column) const;

  const WriteStatement& statement_;
  const Row& row_;
  const int first_;
};

}  // namespace switchboard::storage
