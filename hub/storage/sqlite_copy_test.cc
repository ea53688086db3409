#include "hub/storage/sqlite_copy.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr char kInsert[] = "INSERT INTO thing (id, bytes) VALUES ($1, $2)";
constexpr char kCount[] = "SELECT COUNT(*), MAX(id) FROM thing";
constexpr int kRows = 2'000;

bool GoOn(int64_t, int64_t) { return true; }

// A database with a writer at work: some rows in its file, some in its log.
class SqliteCopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(live_, SqliteDatabase::Open(folder_ / "live.db"));
    ASSERT_OK_AND_ASSIGN(writer_, live_->OpenWriter());
    ASSERT_OK(writer_->Define("CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, bytes BYTEA)"));
    for (int i = 1; i <= kRows; ++i) Insert(i);
  }

  void Insert(int64_t id) {
    const std::string bytes(1'500, static_cast<char>('a' + id % 26));
    ASSERT_OK(writer_->Begin());
    ASSERT_OK(writer_->Execute(kInsert, {id, Value::Blob(bytes)}).status());
    ASSERT_OK(writer_->Commit());
  }

  // Rows in the copy; they are 1, 2, 3 … when the largest is as many.
  int64_t RowsIn(const std::string& name) {
    int64_t rows = -1;
    const auto database = SqliteDatabase::Open(folder_ / name);
    EXPECT_OK(database);
    if (!database.ok()) return rows;
    const auto reader = (*database)->OpenReader();
    EXPECT_OK((*reader)->Query(kCount, {}, [&](const Row& row) {
      rows = row.Integer(0) == row.Integer(1) ? row.Integer(0) : -1;
      return absl::OkStatus();
    }));
    return rows;
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> live_;
  std::unique_ptr<WriterConnection> writer_;
};

TEST_F(SqliteCopyTest, HoldsOneMomentWhileTheWriterGoesOn) {
  int64_t next = kRows;
  int told = 0;
  int64_t through = 0;
  // What commits between two steps neither gets into the copy nor makes it begin again.
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", [&](int64_t done, int64_t total) {
    EXPECT_GE(done, through);
    EXPECT_LE(done, total);
    through = done;
    ++told;
    for (int i = 0; i < 50; ++i) Insert(++next);
    writer_->Housekeep(/*idle=*/true);
    return true;
  }));
  EXPECT_GT(told, 2);
  EXPECT_OK(live_->CheckBackup(folder_ / "copy.db", GoOn));
  ASSERT_OK_AND_ASSIGN(const auto copy, live_->OpenBackup(folder_ / "copy.db"));
  ASSERT_OK(copy->Query(kCount, {}, [](const Row& row) {
    EXPECT_EQ(row.Integer(0), kRows);
    return absl::OkStatus();
  }));
  for (const char* beside : {"-wal", "-shm", ".lock"})
    EXPECT_FALSE(std::filesystem::exists(folder_ / (std::string("copy.db") + beside))) << beside;
  EXPECT_EQ(RowsIn("copy.db"), kRows);
  int64_t rows = 0;
  ASSERT_OK(writer_->Query(kCount, {}, [&](const Row& row) {
    rows = row.Integer(0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(rows, next);
}

TEST_F(SqliteCopyTest, IsTheOwnersAlone) {
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", GoOn));
  struct stat info {};
  ASSERT_EQ(stat((folder_ / "copy.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST_F(SqliteCopyTest, EndedCopyLeavesNothing) {
  EXPECT_EQ(live_->BackUp(folder_ / "copy.db", [](int64_t, int64_t) { return false; }).code(),
            absl::StatusCode::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db"));
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", GoOn));
  EXPECT_EQ(live_->CheckBackup(folder_ / "copy.db", [](int64_t, int64_t) { return false; }).code(),
            absl::StatusCode::kCancelled);
}

TEST_F(SqliteCopyTest, NeverWritesOverAFile) {
  WriteFile(folder_ / "copy.db", "precious");
  EXPECT_THAT(live_->BackUp(folder_ / "copy.db", GoOn),
              FailsWith(absl::StatusCode::kAlreadyExists, "FILE_EXISTS"));
  EXPECT_EQ(ReadFile(folder_ / "copy.db"), "precious");
  EXPECT_THAT(live_->BackUp(folder_ / "nowhere/copy.db", GoOn),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE"));
}

TEST_F(SqliteCopyTest, CheckFindsWhatIsNoBackup) {
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", GoOn));
  const std::string good = ReadFile(folder_ / "copy.db");
  EXPECT_THAT(CheckSqlite(folder_ / "missing.db", GoOn),
              FailsWith(absl::StatusCode::kNotFound, "FILE_MISSING"));
  WriteFile(folder_ / "text.db", std::string(10'000, 'x'));
  EXPECT_THAT(CheckSqlite(folder_ / "text.db", GoOn),
              FailsWith(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE"));
  WriteFile(folder_ / "short.db", good.substr(0, good.size() / 2));
  EXPECT_THAT(CheckSqlite(folder_ / "short.db", GoOn),
              FailsWith(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED"));
  std::string foreign = good;
  foreign[68] ^= 1;  // the application's id
  WriteFile(folder_ / "foreign.db", foreign);
  EXPECT_THAT(CheckSqlite(folder_ / "foreign.db", GoOn),
              FailsWith(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE"));
}

TEST_F(SqliteCopyTest, ReplacesWhatNobodyHasOpenAndKeepsIt) {
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", GoOn));
  EXPECT_THAT(ReplaceSqlite(folder_ / "live.db", folder_ / "copy.db", ".old"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_IN_USE"));
  Insert(kRows + 1);
  writer_.reset();
  live_.reset();
  ASSERT_OK(ReplaceSqlite(folder_ / "live.db", folder_ / "copy.db", ".old"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db"));
  EXPECT_EQ(RowsIn("live.db"), kRows);
  EXPECT_EQ(RowsIn("live.db.old"), kRows + 1);
}

// Left by a hub that was killed: the log belongs to the old database, and to no other one.
TEST_F(SqliteCopyTest, TheOldLogDoesNotGetIntoTheNewDatabase) {
  ASSERT_OK(live_->BackUp(folder_ / "copy.db", GoOn));
  for (int i = 1; i <= 100; ++i) Insert(kRows + i);
  const std::string file = ReadFile(folder_ / "live.db");
  const std::string log = ReadFile(folder_ / "live.db-wal");
  writer_.reset();
  live_.reset();
  WriteFile(folder_ / "live.db", file);
  WriteFile(folder_ / "live.db-wal", log);
  ASSERT_OK(ReplaceSqlite(folder_ / "live.db", folder_ / "copy.db", ".old"));
  EXPECT_EQ(RowsIn("live.db"), kRows);
  EXPECT_EQ(RowsIn("live.db.old"), kRows + 100);
}

}  // namespace
}  // namespace switchboard::storage
