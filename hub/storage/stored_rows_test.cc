#include "hub/storage/stored_rows.h"

#include <string>
#include <vector>

#include "tests/database_fixture.h"
#include "tests/hub/table_rows.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::FirstRows;
using testing::TableRow;
using testing::TestDatabase;

constexpr int kRows = 5;

class StoredRowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(db_.Run([](Transaction& transaction) -> absl::Status {
      testing::TableWriter writer(transaction.connection());
      for (const TableFacts& table : Tables())
        for (int number = 1; number <= kRows; ++number)
          RETURN_IF_ERROR(writer.Insert(table, TableRow(table, number)));
      return absl::OkStatus();
    }));
    ASSERT_OK_AND_ASSIGN(reader_, db_.database->OpenReader());
  }

  TestDatabase db_;
  std::unique_ptr<Connection> reader_;
};

TEST_F(StoredRowsTest, PagesOfEveryTableAreItsRows) {
  for (const TableFacts& table : Tables()) {
    ASSERT_OK_AND_ASSIGN(const auto all, FirstRows(*reader_, table, 1'000));
    EXPECT_GE(all.size(), size_t{kRows}) << table.name;
    std::vector<TableRow> paged;
    std::string after;
    size_t got = 2;
    while (got == 2) {
      got = 0;
      std::string last;
      ASSERT_OK(ReadStoredRows(*reader_, table, after, 2, [&](const Row& row) {
        ++got;
        paged.emplace_back(table, row);
        last = PlaceOf(table, row);
        return absl::OkStatus();
      }));
      if (got > 0) after = last;
    }
    ASSERT_EQ(paged.size(), all.size()) << table.name;
    for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(paged[i].cells, all[i].cells) << table.name;
  }
}

TEST_F(StoredRowsTest, WhatIsNoPlaceIsRefused) {
  const auto read = [&](const char* table, const std::string& after) {
    return ReadStoredRows(*reader_, *FindTable(table), after, 1,
                          [](const Row&) { return absl::OkStatus(); });
  };
  const std::string one("\1\0\0\0\0\0\0\0", 8);
  EXPECT_OK(read("person", one + "x"));
  EXPECT_OK(read("disclosure", one));
  for (const std::string& after : {std::string("x"), one, one + "xy", one + "\xff", one + '\0'})
    EXPECT_THAT(read("person", after),
                FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  for (const std::string& after : {one + "x", one.substr(1)})
    EXPECT_THAT(read("disclosure", after),
                FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(StoredRowsTest, KeysAreNamedForPeople) {
  const auto text = [&](const char* name) {
    const TableFacts& table = *FindTable(name);
    return KeyText(table, TableRow(table, 3));
  };
  EXPECT_EQ(text("person"), "made up 3");
  EXPECT_EQ(text("disclosure"), "-1003");
  EXPECT_EQ(text("contract"), "made up 3/-1003");
}

}  // namespace
}  // namespace switchboard::storage
