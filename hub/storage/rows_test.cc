// What a statement makes of rows, the same on both engines.

#include <string>
#include <vector>

#include "hub/storage/postgres_rows.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using enum Value::Kind;

constexpr char kMake[] =
    "CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, number BIGINT, bytes BYTEA)";
constexpr char kInsert[] = "INSERT INTO thing (id, number, bytes) SELECT c1, c2, c3 FROM rows($1)";
constexpr char kUpsert[] =
    "INSERT INTO thing (id, number, bytes) SELECT c1, c2, c3 FROM rows($1) WHERE true ON CONFLICT "
    "(id) DO UPDATE SET number = excluded.number WHERE thing.number < excluded.number";
constexpr char kSelect[] = "SELECT id, number, bytes FROM thing ORDER BY id";
constexpr char kFind[] =
    "SELECT n, number FROM rows($1) CROSS JOIN thing WHERE id = c1 AND number >= $2 ORDER BY n";
constexpr char kNumber[] = "UPDATE thing SET number = c2 FROM rows($1) WHERE id = c1";
constexpr char kErase[] =
    "DELETE FROM thing WHERE number > $1 AND (id, number) IN (SELECT c1, c2 FROM rows($2)) AND "
    "number < $3 RETURNING id";
constexpr char kAbsent[] =
    "SELECT n FROM rows($1) WHERE NOT EXISTS (SELECT 1 FROM thing WHERE id = c1) ORDER BY n";

class RowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, OpenDatabase(testing::NewStorage(folder_.path())));
    ASSERT_OK_AND_ASSIGN(writer_, database_->OpenWriter());
    ASSERT_OK(writer_->Begin());
    ASSERT_OK(writer_->Define(kMake));
  }
  void TearDown() override { EXPECT_OK(writer_->Rollback()); }

  // How many rows it changed; -1 when it fails.
  int64_t Execute(const char* sql, Connection::Parameters parameters) {
    return writer_->Execute(sql, parameters).value_or(-1);
  }

  // Each row's columns, with | between them.
  std::vector<std::string> Read(const char* sql, Connection::Parameters parameters, int columns) {
    std::vector<std::string> read;
    EXPECT_OK(writer_->Query(sql, parameters, [&](const Row& row) {
      std::string text;
      for (int column = 0; column < columns; ++column) {
        const bool is_text = sql == kSelect ? column != 1 : sql == kErase;
        text += column == 0 ? "" : "|";
        text += row.IsNull(column) ? "-"
                : is_text          ? std::string(row.Text(column))
                                   : std::to_string(row.Integer(column));
      }
      read.push_back(text);
      return absl::OkStatus();
    }));
    return read;
  }
  static Rows Things(std::initializer_list<std::pair<const char*, int64_t>> things) {
    Rows rows({kText, kInteger, kBlob}, things.size());
    for (const auto& [id, number] : things) rows.Add({id, number, Value::Blob("b")});
    return rows;
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<WriterConnection> writer_;
};

TEST_F(RowsTest, EveryTypeAndNullArriveAsTheyAre) {
  const std::string bytes("\0\xff\0", 3);
  Rows rows({kText, kInteger, kBlob}, 1);
  rows.Add({"a", INT64_MIN, Value::Blob(bytes)});
  rows.Add({"b {\"},\\ 東京", INT64_MAX, Value::Blob("")});
  rows.Add({"", nullptr, nullptr});
  EXPECT_EQ(Execute(kInsert, {rows}), 3);
  EXPECT_THAT(Read(kSelect, {}, 3), ElementsAre("|-|-", "a|-9223372036854775808|" + bytes,
                                                "b {\"},\\ 東京|9223372036854775807|"));
}

TEST_F(RowsTest, AColumnMayBeNullInEachRow) {
  Rows rows({kText, kInteger, kBlob}, 2);
  rows.Add({"a", nullptr, nullptr});
  rows.Add({"b", nullptr, nullptr});
  EXPECT_EQ(Execute(kInsert, {rows}), 2);
  EXPECT_THAT(Read(kSelect, {}, 3), ElementsAre("a|-|-", "b|-|-"));
}

TEST_F(RowsTest, AreCountedFromOneInTheirOrder) {
  ASSERT_GT(Execute(kInsert, {Things({{"a", 1}, {"b", 2}, {"c", 3}})}), 0);
  const std::vector<std::string> ids = {"c", "none", "b", "a", "c"};
  EXPECT_THAT(Read(kFind, {RowsOf(ids), 2}, 2), ElementsAre("1|3", "3|2", "5|3"));
  EXPECT_THAT(Read(kAbsent, {RowsOf(ids)}, 1), ElementsAre("2"));
}

TEST_F(RowsTest, MoreThanAThousandAreAskedForAtOnce) {
  std::vector<std::string> ids;
  for (int i = 0; i < 2'500; ++i) ids.push_back("id-" + std::to_string(i));
  Rows rows({kText, kInteger, kBlob}, ids.size());
  for (size_t i = 0; i < ids.size(); ++i)
    rows.Add({ids[i], static_cast<int64_t>(i), Value::Blob(ids[i])});
  EXPECT_EQ(Execute(kInsert, {rows}), 2'500);
  const auto found = Read(kFind, {RowsOf(ids), 0}, 2);
  ASSERT_EQ(found.size(), ids.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_EQ(found[i], std::to_string(i + 1) + "|" + std::to_string(i));
}

TEST_F(RowsTest, UpsertChangesOnlyWhatItsConditionSays) {
  ASSERT_GT(Execute(kInsert, {Things({{"a", 5}, {"b", 5}})}), 0);
  EXPECT_EQ(Execute(kUpsert, {Things({{"a", 4}, {"b", 6}, {"c", 1}})}), 2);
  EXPECT_THAT(Read(kSelect, {}, 2), ElementsAre("a|5", "b|6", "c|1"));
}

TEST_F(RowsTest, UpdateTakesEachValueToItsRow) {
  ASSERT_GT(Execute(kInsert, {Things({{"a", 1}, {"b", 2}, {"c", 3}})}), 0);
  EXPECT_EQ(Execute(kNumber, {Things({{"c", 30}, {"a", 10}, {"none", 0}})}), 2);
  EXPECT_THAT(Read(kSelect, {}, 2), ElementsAre("a|10", "b|2", "c|30"));
}

TEST_F(RowsTest, OtherParametersStandBeforeAndBehind) {
  ASSERT_GT(Execute(kInsert, {Things({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}})}), 0);
  const Rows pairs = Things({{"a", 1}, {"b", 2}, {"c", 9}, {"d", 4}});
  EXPECT_THAT(Read(kErase, {1, pairs, 4}, 1), ElementsAre("b"));
}

TEST_F(RowsTest, OneThatIsThereAlreadyFailsThemAll) {
  ASSERT_GT(Execute(kInsert, {Things({{"b", 2}})}), 0);
  ASSERT_OK(writer_->Savepoint());
  EXPECT_EQ(writer_->Execute(kInsert, {Things({{"a", 1}, {"b", 3}, {"c", 1}})}).status().code(),
            absl::StatusCode::kAlreadyExists);
  ASSERT_OK(writer_->RollbackToSavepoint());
  EXPECT_THAT(Read(kSelect, {}, 2), ElementsAre("b|2"));
}

TEST_F(RowsTest, OverNoneNothingIsRun) {
  const Rows none({kText, kInteger, kBlob}, 0);
  EXPECT_EQ(Execute(kInsert, {none}), 0);
  EXPECT_THAT(Read(kFind, {none, 0}, 2), ElementsAre());
}

TEST(WithArraysTest, ParametersBehindTheRowsAreCountedOn) {
  const Rows two({kText, kInteger}, 0);
  EXPECT_EQ(WithArrays("SELECT $1 FROM rows($2) WHERE a = $3 OR b = $12",
                       {1, two, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
            "SELECT $1 FROM unnest($2, $3) WITH ORDINALITY AS rows(c1, c2, n) WHERE a = $4 OR b = "
            "$13");
  EXPECT_EQ(WithArrays("SELECT $1", {1}), "SELECT $1");
}

}  // namespace
}  // namespace switchboard::storage
