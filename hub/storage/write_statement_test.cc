#include "hub/storage/write_statement.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using enum Value::Kind;

constexpr char kCounter[] = "counter.name, counter.value";

WriteStatement Read(std::string_view sql) {
  auto read = ReadWriteStatement(sql);
  EXPECT_OK(read) << sql;
  return read.ok() ? *read : WriteStatement();
}

// Every row that the statement inserts, column by column.
std::vector<std::string> Inserted(const WriteStatement& statement,
                                  absl::Span<const Value> parameters) {
  std::vector<std::string> rows;
  VisitInserted(statement, parameters, [&](const Row& row) {
    std::string& text = rows.emplace_back();
    for (size_t i = 0; i < statement.table->columns.size(); ++i) {
      const int column = static_cast<int>(i);
      if (row.IsNull(column)) {
        text += "NULL|";
      } else if (statement.table->kinds[i] == 'i') {
        absl::StrAppend(&text, row.Integer(column), "|");
      } else {
        text += std::string(row.Text(column)) + "|";
      }
    }
  });
  return rows;
}

TEST(WriteStatementTest, WhatWritesNothingBoundStaysAsItIs) {
  for (const char* sql :
       {"SELECT value FROM counter WHERE name = $1", "SELECT name FROM counter FOR UPDATE",
        "WITH a AS (SELECT 1) SELECT * FROM a", "BEGIN", "COMMIT", "SAVEPOINT unit",
        "SET LOCAL statement_timeout = 0", "CREATE TABLE thing (id TEXT)", "DROP TABLE thing",
        "INSERT INTO audit_entry (chain_id) VALUES ($1)", "DELETE FROM held_key WHERE name = $1",
        "INSERT INTO thing (id) SELECT c1 FROM rows($1)", ""}) {
    const WriteStatement read = Read(sql);
    EXPECT_EQ(read.table, nullptr) << sql;
    EXPECT_EQ(read.text, sql);
  }
}

TEST(WriteStatementTest, UpdatesReturnTheWholeRow) {
  const struct {
    const char* sql;
    std::string text;
  } rows[] = {
      {"UPDATE counter SET value = $1 WHERE name = $2",
       absl::StrCat("UPDATE counter SET value = $1 WHERE name = $2 RETURNING ", kCounter)},
      {"UPDATE counter SET value = c1 FROM rows($1) WHERE name = c2 RETURNING value",
       absl::StrCat("UPDATE counter SET value = c1 FROM rows($1) WHERE name = c2 RETURNING value, ",
                    kCounter)},
      // The word within brackets is not the statement's own.
      {"UPDATE counter SET value = (SELECT 1 FROM stop WHERE 'RETURNING' = 'a, b') WHERE name = $1",
       absl::StrCat("UPDATE counter SET value = (SELECT 1 FROM stop WHERE 'RETURNING' = 'a, b') "
                    "WHERE name = $1 RETURNING ",
                    kCounter)},
      {"UPDATE counter AS c SET value = c.value + 1",
       "UPDATE counter AS c SET value = c.value + 1 RETURNING c.name, c.value"},
      {"UPDATE counter c SET value = c.value + 1",
       "UPDATE counter c SET value = c.value + 1 RETURNING c.name, c.value"},
  };
  for (const auto& row : rows) {
    const WriteStatement read = Read(row.sql);
    EXPECT_EQ(read.text, row.text);
    EXPECT_EQ(read.table, FindTable("counter"));
    EXPECT_FALSE(read.gone);
    EXPECT_THAT(read.sources, IsEmpty());
    EXPECT_THAT(read.returned, ElementsAre(0, 1));
  }
}

TEST(WriteStatementTest, DeletesReturnTheKey) {
  const WriteStatement read = Read(
      "DELETE FROM permit_tally WHERE day IN (SELECT c1 FROM rows($1)) AND given = 0 RETURNING "
      "day");
  EXPECT_TRUE(read.gone);
  EXPECT_EQ(read.text,
            "DELETE FROM permit_tally WHERE day IN (SELECT c1 FROM rows($1)) AND given = 0 "
            "RETURNING day, permit_tally.vendor_id, permit_tally.day, permit_tally.rule_id, "
            "permit_tally.lane");
  EXPECT_THAT(read.returned, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(Read("DELETE FROM counter").text, "DELETE FROM counter RETURNING counter.name");
}

TEST(WriteStatementTest, UpsertsReturnTheWholeRow) {
  const char* sql =
      "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
      "counter.value + CASE WHEN excluded.value > 0 THEN excluded.value ELSE 0 END WHERE "
      "counter.value < 9";
  const WriteStatement read = Read(sql);
  EXPECT_EQ(read.text, absl::StrCat(sql, " RETURNING ", kCounter));
  EXPECT_THAT(read.sources, IsEmpty());
  EXPECT_THAT(Read("INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING").text,
              ::testing::EndsWith(absl::StrCat("RETURNING ", kCounter)));
}

TEST(WriteStatementTest, PlainInsertsAreTakenFromTheParameters) {
  const WriteStatement read =
      Read("INSERT INTO lease (duty, expire_time, hub_id) VALUES ($2, 17, 'hub-1')");
  EXPECT_EQ(read.text, "INSERT INTO lease (duty, expire_time, hub_id) VALUES ($2, 17, 'hub-1')");
  EXPECT_THAT(Inserted(read, {"not this", "sweep"}), ElementsAre("sweep|hub-1|17|"));
  // Columns that are not named are NULL.
  const WriteStatement named = Read("INSERT INTO schema_version (version) VALUES ($1)");
  EXPECT_THAT(Inserted(named, {7}), ElementsAre("7|NULL|"));
  const WriteStatement null = Read(
      "INSERT INTO schema_version (version, apply_time) VALUES ($1, "
      "NULL)");
  EXPECT_THAT(Inserted(null, {7}), ElementsAre("7|NULL|"));
}

TEST(WriteStatementTest, SoAreWholeBatches) {
  const WriteStatement read = Read(
      "INSERT INTO lease (expire_time, hub_id, duty) SELECT c2, $2, c1 FROM rows($1) WHERE true "
      "RETURNING duty");
  ASSERT_FALSE(read.sources.empty());
  Rows rows({kText, kInteger}, 2);
  rows.Add({"a", 1});
  rows.Add({"b", nullptr});
  EXPECT_THAT(Inserted(read, {rows, "hub-2"}), ElementsAre("a|hub-2|1|", "b|hub-2|NULL|"));
}

TEST(WriteStatementTest, OtherInsertsReturnTheWholeRow) {
  for (const char* sql :
       {"INSERT INTO counter (name, value) SELECT $1, COUNT(*) FROM counter",
        "INSERT INTO counter (name, value) SELECT c1, n FROM rows($1)",
        "INSERT INTO counter (name, value) SELECT c1, c2 FROM rows($1) WHERE c2 > 0",
        "INSERT INTO counter (name, value) SELECT c1, c2 FROM rows($1) CROSS JOIN stop",
        "INSERT INTO counter (name, value) VALUES ('a', 1), ('b', 2)",
        "INSERT INTO counter (name, value) VALUES ($1, $2 + 1)",
        "INSERT INTO counter VALUES ($1, $2)"}) {
    const WriteStatement read = Read(sql);
    EXPECT_EQ(read.text, absl::StrCat(sql, " RETURNING ", kCounter));
    EXPECT_THAT(read.sources, IsEmpty());
  }
}

TEST(WriteStatementTest, WhatCannotBeVouchedForIsRefused) {
  for (const char* sql : {
           // Which row it was nobody would know.
           "UPDATE counter SET name = $1 WHERE name = $2",
           "UPDATE counter SET value = 1, name = $1",
           "INSERT INTO counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET name "
           "= excluded.name",
           "UPDATE counter SET (value) = (1)",
           "INSERT OR REPLACE INTO counter (name, value) VALUES ($1, $2)",
           "REPLACE INTO counter (name, value) VALUES ($1, $2)",
           "WITH a AS (SELECT 1) DELETE FROM counter",
           "WITH a AS (DELETE FROM counter RETURNING name) SELECT name FROM a",
       }) {
    EXPECT_THAT(ReadWriteStatement(sql), Not(IsOk())) << sql;
  }
}

// What stands between quotes in a source, pieces that follow each other as one.
std::vector<std::string> LiteralsOf(const std::string& source) {
  static const std::regex kPiece(R"re(//[^\n]*|R"\((?:[^)]|\)[^"])*\)"|'(?:\\.|[^'\\])'|)re"
                                 R"re("((?:\\.|[^"\\\n])*)")re");
  std::vector<std::string> literals;
  size_t end = std::string::npos;
  for (std::sregex_iterator piece(source.begin(), source.end(), kPiece), none; piece != none;
       ++piece) {
    if (!(*piece)[1].matched) continue;
    const auto begin = static_cast<size_t>(piece->position());
    const bool goes_on = end != std::string::npos && source.find_first_not_of(" \n", end) == begin;
    if (goes_on) {
      literals.back() += (*piece)[1].str();
    } else {
      literals.push_back((*piece)[1].str());
    }
    end = begin + static_cast<size_t>(piece->length());
  }
  return literals;
}

// So that none is refused, or goes by, when the hub runs it for the first time.
TEST(WriteStatementTest, EveryStatementOfTheHubIsUnderstood) {
  int statements = 0, from_parameters = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("hub")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".cc") || path.ends_with("_test.cc")) continue;
    std::ifstream file(path);
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (const std::string& literal : LiteralsOf(source)) {
      if (!literal.starts_with("INSERT INTO ") && !literal.starts_with("UPDATE ") &&
          !literal.starts_with("DELETE FROM ") && !literal.starts_with("WITH "))
        continue;
      const auto read = ReadWriteStatement(literal);
      EXPECT_OK(read) << path << ": " << literal;
      if (!read.ok() || read->table == nullptr) continue;
      ++statements;
      if (!read->sources.empty()) ++from_parameters;
    }
  }
  EXPECT_GT(statements, 150);
  EXPECT_GT(from_parameters, 15);
}

}  // namespace
}  // namespace switchboard::storage
