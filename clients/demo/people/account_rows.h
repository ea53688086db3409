#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace switchboard::demo {

// One row of the UCI "Default of Credit Card Clients" file. Amounts in whole NT$.
struct AccountRow {
  int64_t limit = 0;
  bool female = false;
  int age_years = 0;
  // Repayment status of the last six months, newest first: -2 unused, -1 paid in full, 0 revolving,
  // n months late.
  std::array<int, 6> months_late = {};
  // Statement balances, newest first; negative when the issuer owes.
  std::array<int64_t, 6> statements = {};
  // Paid since the statement, newest first.
  std::array<int64_t, 6> payments = {};
};

// Reads a file of that kind: columns LIMIT_BAL, SEX, AGE, PAY_0 (or PAY_1), PAY_2 to PAY_6,
// BILL_AMT1 to 6, PAY_AMT1 to 6, in any order, others ignored; plain or gzip; 1 to 1,000,000 rows.
// Errors: those of CsvReader; a value that is no whole number or out of range is CSV_INVALID with
// its file, line and column.
absl::StatusOr<std::vector<AccountRow>> ReadAccountRows(const std::string& path);

}  // namespace switchboard::demo
