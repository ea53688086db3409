#pragma once

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/storage/database.h"
#include "hub/storage/table_facts.h"

// Rows of any table as they are stored, in the order of its primary key.

namespace switchboard::storage {

// Where a row is in that order, for ReadStoredRows.
std::string PlaceOf(const TableFacts& table, const Row& row);

// At most `rows_max` rows, with all columns of the table in their order, behind `after`, or from
// the first one if that is empty. Errors: those of the engine and of `visit`; INVALID_ARGUMENT,
// FIELD_INVALID where `after` is no place in this table.
absl::Status ReadStoredRows(Connection& reader, const TableFacts& table, std::string_view after,
                            int rows_max, absl::FunctionRef<absl::Status(const Row&)> visit);

// Its primary key for people: "sakura/7"; bytes as hexadecimal digits.
std::string KeyText(const TableFacts& table, const Row& row);

}  // namespace switchboard::storage
