// What a crash, a full disk or a bad one leaves behind.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

constexpr char kInsert[] = "INSERT INTO thing (id, bytes) VALUES ($1, $2)";
constexpr char kSelect[] = "SELECT id, bytes FROM thing ORDER BY id";
constexpr int kCommits = 12;

// What commit `number` puts into its row: between a few bytes and several pages.
std::string BytesOf(int64_t number) {
  return std::string(static_cast<size_t>(number * number * 97), static_cast<char>('a' + number));
}

absl::Status Insert(WriterConnection& writer, int64_t number) {
  const std::string bytes = BytesOf(number);
  RETURN_IF_ERROR(writer.Begin());
  RETURN_IF_ERROR(writer.Execute(kInsert, {number, Value::Blob(bytes)}).status());
  return writer.Commit();
}

// The rows 1, 2, 3 … that are there, whole; -1 when something else is there.
absl::StatusOr<int64_t> CountWhole(Connection& connection) {
  int64_t count = 0;
  RETURN_IF_ERROR(connection.Query(kSelect, {}, [&](const Row& row) {
    const bool whole =
        count >= 0 && row.Integer(0) == count + 1 && row.Blob(1) == BytesOf(count + 1);
    count = whole ? count + 1 : -1;
    return absl::OkStatus();
  }));
  return count;
}

// A database with some commits that lie in its log alone, as a process that was killed leaves it.
class KilledWriter : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const auto database, SqliteDatabase::Open(folder_ / "live.db"));
    ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
    ASSERT_OK(writer->Define("CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, bytes BYTEA)"));
    for (int64_t number = 1; number <= kCommits; ++number) {
      ASSERT_OK(Insert(*writer, number));
      ends_.push_back(std::filesystem::file_size(folder_ / "live.db-wal"));
    }
    file_ = ReadFile(folder_ / "live.db");
    log_ = ReadFile(folder_ / "live.db-wal");
    ASSERT_EQ(log_.size(), ends_.back());
  }

  // How many commits a hub finds that starts on this log, after it has gone on for one more.
  int64_t FoundIn(const std::string& log) {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"})
      std::filesystem::remove(folder_ / "found.db" + suffix);
    WriteFile(folder_ / "found.db", file_);
    WriteFile(folder_ / "found.db-wal", log);
    int64_t found = -1;
    for (int start = 1; start <= 2; ++start) {
      const auto database = SqliteDatabase::Open(folder_ / "found.db");
      EXPECT_OK(database);
      if (!database.ok()) return -1;
      const auto writer = (*database)->OpenWriter();
      EXPECT_OK(writer);
      const auto count = CountWhole(**writer);
      EXPECT_OK(count);
      if (start == 2) {
        EXPECT_EQ(*count, found + 1) << "what came after the damage is not there";
        return found;
      }
      found = *count;
      EXPECT_OK(Insert(**writer, found + 1));
    }
    return found;
  }

  // Commits whose end lies within the first `bytes` of the log.
  int64_t Whole(size_t bytes) const {
    return std::count_if(ends_.begin(), ends_.end(), [&](size_t end) { return end <= bytes; });
  }

  TemporaryFolder folder_;
  std::string file_;
  std::string log_;
  std::vector<size_t> ends_;  // of each commit, in the log
};

TEST_F(KilledWriter, EveryCommitIsThereWhereverTheLogWasCut) {
  std::mt19937 random(1);
  std::vector<size_t> cuts = ends_;
  for (const size_t end : ends_) cuts.insert(cuts.end(), {end - 1, end + 1, end + 24});
  for (int i = 0; i < 40; ++i)
    cuts.push_back(ends_.front() + random() % (log_.size() - ends_.front()));
  for (const size_t cut : cuts) {
    if (cut > log_.size()) continue;
    EXPECT_EQ(FoundIn(log_.substr(0, cut)), Whole(cut)) << "cut at " << cut;
  }
}

// A page that was half written when the power went.
TEST_F(KilledWriter, TornPageCostsItsOwnCommitOnly) {
  for (const size_t torn : {512, 2048, 4095}) {
    std::string log = log_;
    log.replace(log.size() - torn, torn, std::string(torn, '\0'));
    EXPECT_EQ(FoundIn(log), kCommits - 1) << torn;
  }
}

TEST_F(KilledWriter, FlippedBitsCostTheirOwnCommitOnly) {
  std::mt19937 random(2);
  const size_t last = ends_[kCommits - 2];  // where the last commit begins
  for (int i = 0; i < 60; ++i) {
    std::string log = log_;
    // The frame's header first, which is as well protected as its page.
    const size_t place = last + (i < 24 ? static_cast<size_t>(i) : random() % (log.size() - last));
    log[place] = static_cast<char>(log[place] ^ (1 << random() % 8));
    EXPECT_EQ(FoundIn(log), kCommits - 1) << "bit of byte " << place;
  }
}

// What lies behind the end, from an earlier use of the same blocks.
TEST_F(KilledWriter, RubbishBehindTheEndIsNotTaken) {
  for (const std::string& rubbish :
       {std::string(100, '\0'), std::string(9000, 'x'), log_.substr(32, 2 * 4120)}) {
    EXPECT_EQ(FoundIn(log_ + rubbish), kCommits);
  }
}

// A file that was closed in order, with everything in its place.
class DamagedFile : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const auto database, SqliteDatabase::Open(path_));
    ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
    ASSERT_OK(Migrate(*writer, 1));
    ASSERT_OK(writer->Define("CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, bytes BYTEA)"));
    for (int64_t number = 1; number <= kCommits; ++number) ASSERT_OK(Insert(*writer, number));
  }

  // What comes of opening the file, migrating it and reading all of the table.
  absl::StatusOr<int64_t> Read() {
    ASSIGN_OR_RETURN(const auto database, SqliteDatabase::Open(path_));
    ASSIGN_OR_RETURN(const auto writer, database->OpenWriter());
    RETURN_IF_ERROR(Migrate(*writer, 2));
    ASSIGN_OR_RETURN(const auto reader, database->OpenReader());
    return CountWhole(*reader);
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "a.db";
};

TEST_F(DamagedFile, DestroyedPagesAreNoticedAndSaidClearly) {
  const std::string good = ReadFile(path_);
  ASSERT_OK_AND_ASSIGN(const int64_t all, Read());
  EXPECT_EQ(all, kCommits);
  int damaged = 0;
  for (size_t page = 0; page < good.size() / 4096; ++page) {
    std::string bad = good;
    // The header of the page: of the first one, behind that of the file.
    bad[page * 4096 + (page == 0 ? 100 : 0)] ^= 0x77;
    WriteFile(path_, bad);
    const auto read = Read();
    if (read.ok()) {
      // A page of some other table, or one in the middle of a long value. SQLite keeps no checksum
      // of content: there the boxes of the sealer and the chain of the audit log notice.
      continue;
    }
    ++damaged;
    EXPECT_THAT(read, FailsWith(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED")) << page;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("restore it from a backup"));
  }
  EXPECT_GE(damaged, 3);  // the schema, its versions, the table
}

TEST_F(DamagedFile, CutFileIsNoticed) {
  const std::string good = ReadFile(path_);
  WriteFile(path_, good.substr(0, good.size() / 2));
  EXPECT_THAT(Read(), FailsWith(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED"));
}

TEST_F(DamagedFile, HeaderOfAnotherKindIsNoDatabase) {
  std::string bad = ReadFile(path_);
  bad[3] ^= 1;
  WriteFile(path_, bad);
  EXPECT_THAT(Read(), FailsWith(absl::StatusCode::kFailedPrecondition, "NOT_A_DATABASE"));
}

// Root may write anything: as somebody else while it lives.
class AsNobody {
 public:
  AsNobody() : root_(geteuid() == 0) { Become(65534); }
  ~AsNobody() { Become(0); }

 private:
  void Become(uid_t user) const {
    if (!root_) return;
    EXPECT_EQ(seteuid(user), 0);
  }
  const bool root_;
};

TEST_F(DamagedFile, FileThatCannotBeWrittenIsRefusedAtOnce) {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  ASSERT_EQ(chmod(path_.c_str(), 0444), 0);
  ASSERT_EQ(chmod((path_ + ".lock").c_str(), 0666), 0);
  const AsNobody nobody;
  const auto read = Read();
  EXPECT_THAT(read, FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE"));
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("Permission denied"));
}

TEST_F(DamagedFile, FolderThatCannotBeWrittenIsRefusedAtOnce) {
  std::filesystem::remove(path_ + ".lock");
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  {
    const AsNobody nobody;
    const auto read = Read();
    EXPECT_THAT(read, FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_UNREACHABLE"));
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("Permission denied"));
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
}

}  // namespace
}  // namespace switchboard::storage
