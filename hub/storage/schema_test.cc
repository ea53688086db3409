// Which databases a program takes, and what their columns hold, on both engines.
#include "hub/storage/schema.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "hub/base/error.h"
#include "hub/storage/column_class.h"
#include "hub/storage/open_database.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::NewStorage;
using testing::TemporaryFolder;

constexpr char kForgetVersion[] = "DELETE FROM schema_version";
constexpr char kSetVersion[] = "INSERT INTO schema_version (version, apply_time) VALUES ($1, 1)";

TEST(SchemaTest, TablesAreMadeOnce) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000));
  ASSERT_OK(writer->Execute("INSERT INTO counter (name, value) VALUES ('n', 7)", {}));
  ASSERT_OK(Migrate(*writer, 2'000));
  int64_t value = 0;
  ASSERT_OK(writer->Query("SELECT value FROM counter", {}, [&](const Row& row) {
    value = row.Integer(0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(value, 7);
}

TEST(SchemaTest, DatabasesOfOtherLayoutsAreRefusedWithAWord) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000));
  ASSERT_OK(writer->Execute(kForgetVersion, {}));
  ASSERT_OK(writer->Execute(kSetVersion, {kSchemaVersion - 1}));
  EXPECT_THAT(Migrate(*writer, 2'000),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_OLD"));
  ASSERT_OK(writer->Execute(kSetVersion, {kSchemaVersion + 1}));
  EXPECT_THAT(Migrate(*writer, 3'000),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW"));
}

// A column as the engine says it.
struct Column {
  std::string table;
  std::string name;
  std::string type;  // "bytes", "number", or what the engine calls it

  std::string FullName() const { return table + "." + name; }
};

using List = std::vector<std::string>;

List ProblemsOf(const std::vector<Column>& columns, absl::Span<const ClassifiedColumn> classes) {
  List problems;
  std::set<std::string> classified;
  for (const ClassifiedColumn& one : classes) {
    const std::string name = std::string(one.table) + "." + std::string(one.column);
    if (!classified.insert(name).second) problems.push_back(name + " is classified twice");
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const Column& it) { return it.FullName() == name; });
    if (column == columns.end()) {
      problems.push_back(name + " is no column");
      continue;
    }
    const bool sealed = one.holds == ColumnClass::kBox || one.holds == ColumnClass::kWrapped;
    const bool bytes = sealed || one.holds == ColumnClass::kDigest ||
                       one.holds == ColumnClass::kEvents || one.holds == ColumnClass::kProtocol;
    if (column->type == "bytes" && !bytes) problems.push_back(name + " may not hold bytes");
    if (column->type != "bytes" && sealed) problems.push_back(name + " cannot hold a box");
    const bool number = one.holds == ColumnClass::kTime || one.holds == ColumnClass::kCount;
    if (number && column->type != "number") problems.push_back(name + " holds no numbers");
  }
  for (const Column& column : columns) {
    if (!classified.contains(column.FullName()))
      problems.push_back(column.FullName() + " has no class");
  }
  return problems;
}

class ColumnClassTest : public ::testing::Test {
 protected:
  ColumnClassTest() {
    database_ = *OpenDatabase(NewStorage(folder_.path()));
    writer_ = *database_->OpenWriter();
    EXPECT_OK(Migrate(*writer_, 1'000));
  }

  std::vector<Column> Columns() {
    const char* const sql =
        testing::OnPostgres()
            ? "SELECT c.table_name::text, c.column_name::text, c.data_type::text FROM "
              "information_schema.columns c WHERE c.table_schema = current_schema() AND "
              "c.table_name <> 'held_key'"  // the engine's own: book/holds.h makes what is in it
            : "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c "
              "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
    std::vector<Column> columns;
    EXPECT_OK(writer_->Query(sql, {}, [&](const Row& row) {
      std::string type(row.Text(2));
      if (type == "bytea" || type == "BLOB") type = "bytes";
      if (type == "bigint" || type == "INTEGER") type = "number";
      columns.push_back({std::string(row.Text(0)), std::string(row.Text(1)), type});
      return absl::OkStatus();
    }));
    return columns;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<WriterConnection> writer_;
};

TEST_F(ColumnClassTest, EveryColumnIsClassified) {
  EXPECT_GT(Columns().size(), 400u);
  EXPECT_EQ(ProblemsOf(Columns(), kClassifiedColumns), List());
}

TEST_F(ColumnClassTest, AColumnWithoutAClassIsFound) {
  ASSERT_OK(writer_->Execute("ALTER TABLE person ADD COLUMN nickname TEXT", {}));
  EXPECT_EQ(ProblemsOf(Columns(), kClassifiedColumns), List{"person.nickname has no class"});
}

TEST_F(ColumnClassTest, AColumnThatIsNoMoreIsFound) {
  ASSERT_OK(writer_->Execute("ALTER TABLE person DROP COLUMN said", {}));
  EXPECT_EQ(ProblemsOf(Columns(), kClassifiedColumns), List{"person.said is no column"});
}

TEST(ColumnClassRulesTest, BytesAreDigestsBoxesEventsOrListed) {
  const std::vector<Column> columns = {
      {"t", "blob", "bytes"}, {"t", "word", "text"}, {"t", "when", "text"}};
  using enum ColumnClass;
  for (const ColumnClass holds : {kDigest, kBox, kWrapped, kEvents, kProtocol})
    EXPECT_EQ(ProblemsOf({columns[0]}, {{{"t", "blob", holds}}}), List());
  for (const ColumnClass holds : {kId, kReference, kCode, kConfigured}) {
    EXPECT_EQ(ProblemsOf({columns[0]}, {{{"t", "blob", holds}}}),
              List{"t.blob may not hold bytes"});
    EXPECT_EQ(ProblemsOf({columns[1]}, {{{"t", "word", holds}}}), List());
  }
  EXPECT_EQ(ProblemsOf({columns[1]}, {{{"t", "word", kBox}}}), List{"t.word cannot hold a box"});
  EXPECT_EQ(ProblemsOf({columns[2]}, {{{"t", "when", kTime}}}), List{"t.when holds no numbers"});
  EXPECT_EQ(ProblemsOf({columns[1]}, {{{"t", "word", kId}, {"t", "word", kId}}}),
            List{"t.word is classified twice"});
}

}  // namespace
}  // namespace switchboard::storage
