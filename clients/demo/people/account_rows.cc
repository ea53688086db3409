#include "clients/demo/people/account_rows.h"

#include "clients/demo/people/csv.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kAmountMax = 100'000'000'000;
constexpr size_t kRowsMax = 1'000'000;

// The order below is the order of the cells.
std::vector<std::string> Columns() {
  std::vector<std::string> columns = {"LIMIT_BAL", "SEX", "AGE", "PAY_0|PAY_1"};
  for (const char* n : {"2", "3", "4", "5", "6"}) columns.push_back(std::string("PAY_") + n);
  for (const char* n : {"1", "2", "3", "4", "5", "6"})
    columns.push_back(std::string("BILL_AMT") + n);
  for (const char* n : {"1", "2", "3", "4", "5", "6"})
    columns.push_back(std::string("PAY_AMT") + n);
  return columns;
}

absl::StatusOr<AccountRow> ParseRow(const CsvReader& reader,
                                    const std::vector<std::string>& cells) {
  AccountRow row;
  ASSIGN_OR_RETURN(row.limit, reader.WholeNumber(cells, 0, 0, kAmountMax));
  ASSIGN_OR_RETURN(const int64_t sex, reader.WholeNumber(cells, 1, 1, 2));
  row.female = sex == 2;
  ASSIGN_OR_RETURN(const int64_t age, reader.WholeNumber(cells, 2, 18, 120));
  row.age_years = static_cast<int>(age);
  for (size_t i = 0; i < 6; ++i) {
    ASSIGN_OR_RETURN(const int64_t late, reader.WholeNumber(cells, 3 + i, -2, 9));
    row.months_late[i] = static_cast<int>(late);
    ASSIGN_OR_RETURN(row.statements[i], reader.WholeNumber(cells, 9 + i, -kAmountMax, kAmountMax));
    ASSIGN_OR_RETURN(row.payments[i], reader.WholeNumber(cells, 15 + i, 0, kAmountMax));
  }
  return row;
}

}  // namespace

absl::StatusOr<std::vector<AccountRow>> ReadAccountRows(const std::string& path) {
  ASSIGN_OR_RETURN(const auto reader, CsvReader::Open(path, Columns()));
  std::vector<AccountRow> rows;
  std::vector<std::string> cells;
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, reader->Next(&cells));
    if (!found) break;
    if (rows.size() == kRowsMax)
      return reader->ErrorAt("", "the file has more than 1,000,000 rows");
    ASSIGN_OR_RETURN(AccountRow row, ParseRow(*reader, cells));
    rows.push_back(row);
  }
  if (rows.empty()) return reader->ErrorAt("", "the file has no rows");
  return rows;
}

}  // namespace switchboard::demo
