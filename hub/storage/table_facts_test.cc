// What is read off the schema's text is what the engine makes of it, on both engines.
#include "hub/storage/table_facts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "hub/storage/open_database.h"
#include "hub/storage/schema.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::NewStorage;
using testing::TemporaryFolder;

// Table, column, kind, place in the primary key from 1 or 0; in the table's order.
constexpr char kOfSqlite[] =
    "SELECT t.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'i' WHEN 'TEXT' THEN 't' ELSE 'b' END, "
    "c.pk FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY "
    "t.name, c.cid";
constexpr char kOfPostgres[] =
    "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CASE c.data_type WHEN "
    "'bigint' THEN 'i' WHEN 'text' THEN 't' ELSE 'b' END, CAST(COALESCE(k.ordinal_position, 0) AS "
    "BIGINT) FROM information_schema.columns c LEFT JOIN information_schema.table_constraints p ON "
    "p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' LEFT JOIN "
    "information_schema.key_column_usage k ON k.constraint_name = p.constraint_name AND "
    "k.column_name = c.column_name WHERE c.table_schema = current_schema() ORDER BY c.table_name, "
    "c.ordinal_position";

struct Found {
  std::vector<std::string> columns;
  std::vector<char> kinds;
  std::map<int64_t, size_t> key;
};

TEST(TableFactsTest, AreAsTheEngineHasTheTables) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000));
  std::map<std::string, Found> found;
  const char* sql = testing::OnPostgres() ? kOfPostgres : kOfSqlite;
  ASSERT_OK(writer->Query(sql, {}, [&](const Row& row) {
    Found& table = found[std::string(row.Text(0))];
    if (row.Integer(3) > 0) table.key[row.Integer(3)] = table.columns.size();
    table.columns.emplace_back(row.Text(1));
    table.kinds.push_back(row.Text(2)[0]);
    return absl::OkStatus();
  }));
  // The engine's own; and what is chained itself.
  for (const char* other : {"held_key", "audit_entry"}) found.erase(other);
  for (const TableFacts& table : Tables()) {
    SCOPED_TRACE(table.name);
    ASSERT_TRUE(found.contains(table.name));
    const Found& there = found[table.name];
    EXPECT_EQ(table.columns, there.columns);
    EXPECT_EQ(table.kinds, there.kinds);
    std::vector<size_t> key;
    for (const auto& [place, column] : there.key) key.push_back(column);
    EXPECT_EQ(table.key, key);
    found.erase(table.name);
  }
  std::vector<std::string> left;
  for (const auto& [name, table] : found) left.push_back(name);
  EXPECT_THAT(left, IsEmpty()) << "nothing vouches for them";
}

TEST(TableFactsTest, AreFoundByName) {
  const TableFacts* table = FindTable("permit_tally");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->name, "permit_tally");
  EXPECT_TRUE(table->often);
  EXPECT_THAT(table->key, ElementsAre(0, 1, 2, 3));
  EXPECT_FALSE(FindTable("stop")->often);
  EXPECT_NE(FindTable("schema_version"), nullptr);
  for (const char* name : {"audit_entry", "held_key", "nothing", ""})
    EXPECT_EQ(FindTable(name), nullptr) << name;
}

// What waits for its entry is written as it is then: by a column that is none of its key.
TEST(TableFactsTest, WhatIsWrittenOftenHasMoreThanAKey) {
  int often = 0;
  for (const TableFacts& table : Tables()) {
    if (!table.often) continue;
    ++often;
    EXPECT_LT(table.key.size(), table.columns.size()) << table.name;
  }
  EXPECT_EQ(often, 14);
}

}  // namespace
}  // namespace switchboard::storage
