#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"

// What an entry says its commit wrote (v1::RowWrites), read where it lies, and rows as a hub lists
// their digests. Pure; storage/row_writes.h makes them.

namespace switchboard::audit {

inline constexpr size_t kWrittenRowBytes = 16;

// Digests of a row: of its primary key, and of all of it.
struct WrittenRow {
  uint64_t row = 0;
  uint64_t content = 0;  // 0: it is gone
};

// REQUIRES: a whole number of rows.
void ForEachRow(std::string_view rows, absl::FunctionRef<void(const WrittenRow&)> visit);

// Visits tables with their rows, in order, and tables that are left open. False if this is no
// serialized v1::RowWrites, or rows are cut short.
bool ForEachWritten(
    std::string_view written,
    absl::FunctionRef<void(std::string_view table, std::string_view rows)> visit_table,
    absl::FunctionRef<void(std::string_view table)> visit_open);

}  // namespace switchboard::audit
