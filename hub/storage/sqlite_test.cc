#include "hub/storage/sqlite.h"

#include <sys/stat.h>

#include <map>
#include <string>
#include <vector>

#include "hub/storage/readers.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr char kInsert[] = "INSERT INTO thing (id, name, number, bytes) VALUES ($1, $2, $3, $4)";
constexpr char kSelect[] = "SELECT id, name, number, bytes FROM thing ORDER BY id";
constexpr char kCount[] = "SELECT COUNT(*) FROM thing";

class SqliteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, SqliteDatabase::Open(folder_ / "a.db"));
    ASSERT_OK_AND_ASSIGN(writer_, database_->OpenWriter());
    ASSERT_OK(
        writer_->Define("CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, name TEXT, "
                        "number BIGINT, bytes BYTEA)"));
  }

  absl::Status Insert(const char* id) {
    return writer_->Execute(kInsert, {id, "n", 1, Value::Blob("b")}).status();
  }
  static int64_t Count(Connection& connection) {
    int64_t count = -1;
    EXPECT_OK(connection.Query(kCount, {}, [&](const Row& row) {
      count = row.Integer(0);
      return absl::OkStatus();
    }));
    return count;
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_;
  std::unique_ptr<WriterConnection> writer_;
};

TEST_F(SqliteTest, KeepsEveryTypeAsItWas) {
  const std::string bytes("\0\xff\0", 3);
  const std::string quoted = "O'Brien; DROP TABLE thing; -- \"x\" 東京";
  ASSERT_OK(writer_->Execute(kInsert, {"1", quoted, INT64_MAX, Value::Blob(bytes)}));
  ASSERT_OK(writer_->Execute(kInsert, {"2", nullptr, INT64_MIN, Value::Blob("")}));
  ASSERT_OK(writer_->Execute(kInsert, {"3", std::string_view(), nullptr, nullptr}));
  ASSERT_OK(writer_->Execute(kInsert, {"4", std::string("a\0b", 3), true, nullptr}));
  int row_number = 0;
  ASSERT_OK(writer_->Query(kSelect, {}, [&](const Row& row) {
    switch (++row_number) {
      case 1:
        EXPECT_EQ(row.Text(1), quoted);
        EXPECT_EQ(row.Integer(2), INT64_MAX);
        EXPECT_EQ(row.Blob(3), bytes);
        break;
      case 2:
        EXPECT_TRUE(row.IsNull(1));
        EXPECT_EQ(row.Text(1), "");
        EXPECT_EQ(row.Integer(2), INT64_MIN);
        EXPECT_FALSE(row.IsNull(3));  // empty is not NULL
        EXPECT_EQ(row.Blob(3), "");
        break;
      case 3:
        EXPECT_FALSE(row.IsNull(1));
        EXPECT_TRUE(row.IsNull(2));
        EXPECT_EQ(row.Integer(2), 0);
        break;
      default:
        EXPECT_EQ(row.Text(1), std::string_view("a\0b", 3));
        EXPECT_EQ(row.Integer(2), 1);
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(row_number, 4);
}

TEST_F(SqliteTest, ExecuteCountsChangedRows) {
  ASSERT_OK(Insert("1"));
  ASSERT_OK(Insert("2"));
  ASSERT_OK_AND_ASSIGN(int64_t changed, writer_->Execute("UPDATE thing SET number = $1", {5}));
  EXPECT_EQ(changed, 2);
  ASSERT_OK_AND_ASSIGN(changed, writer_->Execute("DELETE FROM thing WHERE id = $1", {"9"}));
  EXPECT_EQ(changed, 0);
}

TEST_F(SqliteTest, ErrorsHaveTheirCodes) {
  ASSERT_OK(Insert("1"));
  EXPECT_EQ(Insert("1").code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(writer_->Execute("INSERT INTO nothing (a) VALUES ($1)", {1}).status().code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(writer_->Execute("no sql at all", {}).status().code(), absl::StatusCode::kInternal);
  // The connection goes on after an error.
  EXPECT_OK(Insert("2"));
}

// A conflict must not put the value into an error, which may be logged.
TEST_F(SqliteTest, ErrorsNeverQuoteValues) {
  ASSERT_OK(Insert("secret-id"));
  EXPECT_THAT(std::string(Insert("secret-id").message()), Not(HasSubstr("secret-id")));
  const absl::Status wrong = writer_->Execute(kInsert, {"2", "n", "secret-text", nullptr}).status();
  EXPECT_THAT(wrong, Not(IsOk()));
  EXPECT_THAT(std::string(wrong.message()), Not(HasSubstr("secret-text")));
}

// STRICT tables refuse what does not fit instead of bending it.
TEST_F(SqliteTest, ColumnsRefuseOtherTypes) {
  const auto code_of = [&](Connection::Parameters parameters) {
    return writer_->Execute(kInsert, parameters).status().code();
  };
  EXPECT_EQ(code_of({"1", "n", "not a number", nullptr}), absl::StatusCode::kInternal);
  EXPECT_EQ(code_of({"1", "n", 1, "text, not bytes"}), absl::StatusCode::kInternal);
  EXPECT_EQ(code_of({nullptr, "n", 1, nullptr}), absl::StatusCode::kInternal);
  EXPECT_EQ(Count(*writer_), 0);
}

TEST_F(SqliteTest, VisitorEndsAQueryWithItsError) {
  for (const char* id : {"1", "2", "3"}) ASSERT_OK(Insert(id));
  std::vector<std::string> seen;
  auto visit = [&](const Row& row) {
    seen.emplace_back(row.Text(0));
    return seen.size() == 2 ? absl::DataLossError("enough") : absl::OkStatus();
  };
  EXPECT_EQ(writer_->Query(kSelect, {}, visit).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(seen, ElementsAre("1", "2"));
  seen.clear();
  // The statement starts anew.
  EXPECT_OK(writer_->Query(kSelect, {}, [&](const Row& row) {
    seen.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  EXPECT_THAT(seen, ElementsAre("1", "2", "3"));
}

TEST_F(SqliteTest, SavepointUndoesOnlyItsUnit) {
  ASSERT_OK(writer_->Begin());
  EXPECT_TRUE(writer_->InTransaction());
  ASSERT_OK(writer_->Savepoint());
  ASSERT_OK(Insert("kept"));
  ASSERT_OK(writer_->ReleaseSavepoint());
  ASSERT_OK(writer_->Savepoint());
  ASSERT_OK(Insert("undone"));
  ASSERT_OK(writer_->RollbackToSavepoint());
  ASSERT_OK(writer_->Savepoint());
  ASSERT_OK(Insert("kept too"));
  ASSERT_OK(writer_->ReleaseSavepoint());
  ASSERT_OK(writer_->Commit());
  EXPECT_FALSE(writer_->InTransaction());
  EXPECT_EQ(Count(*writer_), 2);
}

TEST_F(SqliteTest, ReadersSeeCommitsOnlyAndCannotWrite) {
  ASSERT_OK_AND_ASSIGN(const auto reader, database_->OpenReader());
  ASSERT_OK(writer_->Begin());
  ASSERT_OK(Insert("1"));
  EXPECT_EQ(Count(*reader), 0);
  ASSERT_OK(writer_->Commit());
  EXPECT_EQ(Count(*reader), 1);
  EXPECT_THAT(reader->Execute("DELETE FROM thing WHERE id = $1", {"1"}), Not(IsOk()));
  EXPECT_EQ(Count(*writer_), 1);
}

TEST_F(SqliteTest, LostConnectionLosesTheOpenTransactionOnly) {
  ASSERT_OK(writer_->Begin());
  ASSERT_OK(Insert("committed"));
  ASSERT_OK(writer_->Commit());
  ASSERT_OK(writer_->Begin());
  ASSERT_OK(Insert("lost"));
  writer_.reset();
  ASSERT_OK_AND_ASSIGN(writer_, database_->OpenWriter());
  EXPECT_EQ(Count(*writer_), 1);
}

TEST_F(SqliteTest, LogGrowsAndHousekeepingMovesItIntoTheFile) {
  const std::string big(100'000, 'x');
  ASSERT_OK(writer_->Execute(kInsert, {"1", big, 1, nullptr}));
  const auto before = std::filesystem::file_size(folder_ / "a.db");
  writer_->Housekeep(/*idle=*/true);  // 25 pages are not worth it
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db"), before);
  const std::string bigger(5'000'000, 'x');
  ASSERT_OK(writer_->Execute(kInsert, {"2", bigger, 1, nullptr}));
  writer_->Housekeep(/*idle=*/false);  // work waits
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db"), before);
  writer_->Housekeep(/*idle=*/true);
  EXPECT_GT(std::filesystem::file_size(folder_ / "a.db"), before + 4'900'000);
}

// What was deleted is in neither file once the engine has put things in order, which it does as
// soon as no reader is in the way.
TEST_F(SqliteTest, WhatIsForgottenLeavesTheFiles) {
  const auto found = [&](const std::string& part) {
    return testing::ReadFile(folder_ / "a.db").find(part) != std::string::npos ||
           testing::ReadFile(folder_ / "a.db-wal").find(part) != std::string::npos;
  };
  const std::string small = "a name that nobody may read";
  const std::string large = "the end of what takes pages of its own";
  ASSERT_OK(writer_->Execute(kInsert, {"1", small, 1, nullptr}));
  ASSERT_OK(writer_->Execute(kInsert, {"2", std::string(20'000, 'x') + large, 1, nullptr}));
  ASSERT_OK(writer_->Execute(kInsert, {"3", "stays", 1, nullptr}));
  writer_->Forget();
  EXPECT_FALSE(writer_->Housekeep(/*idle=*/true));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db-wal"), 0u);
  ASSERT_TRUE(found(small) && found(large));
  ASSERT_OK(writer_->Begin());
  ASSERT_OK(writer_->Execute("DELETE FROM thing WHERE id < '3'", {}));
  writer_->Forget();
  ASSERT_OK(writer_->Commit());
  EXPECT_TRUE(found(small) && found(large));
  EXPECT_FALSE(writer_->Housekeep(/*idle=*/false)) << "work that waits goes first";
  ASSERT_OK_AND_ASSIGN(const auto reader, database_->OpenReader());
  ASSERT_OK(reader->Query("SELECT id FROM thing", {}, [&](const Row&) {
    EXPECT_TRUE(writer_->Housekeep(/*idle=*/true)) << "a reader is in the way";
    return absl::OkStatus();
  }));
  EXPECT_FALSE(writer_->Housekeep(/*idle=*/true));
  EXPECT_FALSE(found(small));
  EXPECT_FALSE(found(large));
  EXPECT_TRUE(found("stays"));
}

// What a commit promises rests on these two; no crash of a process could show them missing.
TEST_F(SqliteTest, CommitsWaitForTheDisk) {
  std::string mode;
  int64_t synchronous = -1;
  EXPECT_OK(writer_->Query("PRAGMA journal_mode", {}, [&](const Row& row) {
    mode = row.Text(0);
    return absl::OkStatus();
  }));
  EXPECT_OK(writer_->Query("PRAGMA synchronous", {}, [&](const Row& row) {
    synchronous = row.Integer(0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(mode, "wal");
  EXPECT_EQ(synchronous, 2);  // FULL
}

TEST_F(SqliteTest, SecondOpenerIsRefusedUntilTheFirstCloses) {
  EXPECT_THAT(SqliteDatabase::Open(folder_ / "a.db"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_IN_USE"));
  EXPECT_OK(SqliteDatabase::Open(folder_ / "b.db"));
  writer_.reset();
  database_.reset();
  EXPECT_OK(SqliteDatabase::Open(folder_ / "a.db"));
}

TEST_F(SqliteTest, OthersCannotReadTheFile) {
  struct stat facts {};
  ASSERT_EQ(stat((folder_ / "a.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST(SqliteOpenTest, RefusesOtherFilesAndLeavesThemAlone) {
  TemporaryFolder folder;
  for (const std::string& content :
       {std::string("short"), std::string("just a text\n") + std::string(9000, 'x')}) {
    WriteFile(folder / "letter.txt", content);
    EXPECT_THAT(SqliteDatabase::Open(folder / "letter.txt"),
                FailsWith(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE"));
    EXPECT_EQ(ReadFile(folder / "letter.txt"), content);
  }
}

TEST(SqliteOpenTest, FolderMustExist) {
  TemporaryFolder folder;
  EXPECT_THAT(SqliteDatabase::Open(folder / "missing/a.db"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE"));
}

TEST(ReadersTest, LendsAConnectionPerReadAndUsesItAgain) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, SqliteDatabase::Open(folder / "a.db"));
  Readers readers(*database);
  Connection* first = nullptr;
  ASSERT_OK(readers.Run([&](Connection& outer) {
    first = &outer;
    return readers.Run([&](Connection& inner) {
      EXPECT_NE(&outer, &inner);
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(readers.Run([&](Connection&) { return absl::DataLossError("x"); }).code(),
            absl::StatusCode::kDataLoss);
  std::map<Connection*, int> lent;
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK(readers.Run([&](Connection& connection) {
      ++lent[&connection];
      return absl::OkStatus();
    }));
  }
  EXPECT_EQ(lent.size(), 1u);
}

}  // namespace
}  // namespace switchboard::storage
