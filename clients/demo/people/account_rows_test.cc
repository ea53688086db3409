#include "clients/demo/people/account_rows.h"

#include <zlib.h>

#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::TemporaryFolder;
using ::switchboard::testing::WriteFile;
using ::testing::HasSubstr;

constexpr char kHeader[] =
    "ID,LIMIT_BAL,SEX,EDUCATION,MARRIAGE,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,BILL_AMT1,BILL_"
    "AMT2,BILL_AMT3,"
    "BILL_AMT4,BILL_AMT5,BILL_AMT6,PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6\n";
constexpr char kRow[] = "1,20000,2,2,1,24,2,2,-1,-1,-2,-2,3913,3102,689,0,0,-5,0,689,0,0,0,7\n";

TEST(AccountRows, ReadsARow) {
  const TemporaryFolder folder;
  WriteFile(folder / "a.csv", std::string("\xEF\xBB\xBF") + kHeader + kRow + "\r\n");
  ASSERT_OK_AND_ASSIGN(const auto rows, ReadAccountRows(folder / "a.csv"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].limit, 20000);
  EXPECT_TRUE(rows[0].female);
  EXPECT_EQ(rows[0].age_years, 24);
  EXPECT_THAT(rows[0].months_late, ::testing::ElementsAre(2, 2, -1, -1, -2, -2));
  EXPECT_THAT(rows[0].statements, ::testing::ElementsAre(3913, 3102, 689, 0, 0, -5));
  EXPECT_THAT(rows[0].payments, ::testing::ElementsAre(0, 689, 0, 0, 0, 7));
}

TEST(AccountRows, ReadsQuotedAndDecimalCells) {
  const TemporaryFolder folder;
  std::string row = kRow;
  row.replace(row.find("20000"), 5, "\"20000.0\"");
  WriteFile(folder / "a.csv", kHeader + row);
  ASSERT_OK_AND_ASSIGN(const auto rows, ReadAccountRows(folder / "a.csv"));
  EXPECT_EQ(rows[0].limit, 20000);
  row.replace(row.find("\"20000.0\""), 9, "1e+05");
  WriteFile(folder / "a.csv", kHeader + row);
  ASSERT_OK_AND_ASSIGN(const auto more, ReadAccountRows(folder / "a.csv"));
  EXPECT_EQ(more[0].limit, 100'000);
}

TEST(AccountRows, NamesFileLineAndColumnOfWhatIsWrong) {
  struct Case {
    std::string from, to;  // replaced once in a good file of two rows
    std::string place;     // expected in the message
  };
  const std::string good = std::string(kHeader) + kRow + kRow;
  const std::vector<Case> cases = {
      {"LIMIT_BAL", "LIMIT", "a.csv:1: column LIMIT_BAL: is missing"},
      {"EDUCATION", "AGE", "a.csv:1: column AGE: stands twice"},
      {"1,20000", "1,2x000", "a.csv:2: column LIMIT_BAL: is not a whole number"},
      {"1,20000", "1,20000.5", "a.csv:2: column LIMIT_BAL: is not a whole number"},
      {"1,20000", "1,nan", "a.csv:2: column LIMIT_BAL: is not a whole number"},
      {"1,20000", "1,-1", "a.csv:2: column LIMIT_BAL: is outside"},
      {"1,20000", "1,99999999999999999999", "a.csv:2: column LIMIT_BAL: is too large"},
      {"2,2,1,24", "3,2,1,24", "a.csv:2: column SEX: is outside 1 to 2"},
      {"1,24,2", "1,17,2", "a.csv:2: column AGE: is outside 18 to 120"},
      {"24,2,2", "24,10,2", "a.csv:2: column PAY_0|PAY_1: is outside -2 to 9"},
      {",0,7\n", ",0\n", "a.csv:2: has 23 cells where the header has 24"},
      {",0,7\n", ",0,7,8\n", "a.csv:2: has 25 cells where the header has 24"},
      {",0,7\n", ",0,\"7\n", "a.csv:2: a quote is not closed"},
      {"20000",
       std::string("2\0"
                   "000",
                   5),
       "a.csv:2: holds a NUL byte"},
      {"20000", std::string(70'000, '2'), "a.csv:2: is longer than 64 KiB"},
      {good, "", "a.csv:1: the file is empty"},
      {std::string(kRow) + kRow, "\n\n", "the file has no rows"},
  };
  for (const Case& c : cases) {
    const TemporaryFolder folder;
    std::string text = good;
    text.replace(text.find(c.from), c.from.size(), c.to);
    WriteFile(folder / "a.csv", text);
    const auto rows = ReadAccountRows(folder / "a.csv");
    EXPECT_EQ(ErrorReason(rows.status()), "CSV_INVALID") << c.place;
    EXPECT_THAT(std::string(rows.status().message()), HasSubstr(c.place));
  }
}

TEST(AccountRows, RefusesAMissingFileAndADamagedArchive) {
  const TemporaryFolder folder;
  EXPECT_THAT(ReadAccountRows(folder / "none.csv"),
              testing::FailsWith(absl::StatusCode::kNotFound, "FILE_UNREADABLE"));
  std::string packed = testing::ReadFile("clients/demo/data/accounts.csv.gz");
  packed.resize(packed.size() / 2);
  WriteFile(folder / "cut.csv.gz", packed);
  EXPECT_THAT(ReadAccountRows(folder / "cut.csv.gz"),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "CSV_INVALID"));
}

}  // namespace
}  // namespace switchboard::demo
