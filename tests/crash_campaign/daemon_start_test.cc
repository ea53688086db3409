// The daemon on storage that it cannot use: it says why, and ends.

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string>

#include "clients/demo/child_status.h"
#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "tests/crash_campaign/stage.h"
#include "tests/testing.h"

namespace switchboard::crash {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

std::string FolderOfThisProgram() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

class DaemonStart : public ::testing::Test {
 protected:
  void SetUp() override {
    Stage::Options options;
    options.programs = FolderOfThisProgram();
    options.keep = folder_ / "stage";
    ASSERT_OK_AND_ASSIGN(stage_, Stage::Make(options, clock_));
    ASSERT_OK(stage_->BeginRound(1));
    hub_ = stage_->MakeHub();
    database_ = stage_->HubFolder() + "/hub.db";
  }

  // Starts the hub and waits until it serves or has ended.
  absl::Status Start() {
    RETURN_IF_ERROR(hub_->Begin());
    while (true) {
      ASSIGN_OR_RETURN(const bool serving, hub_->Serving());
      if (serving) return absl::OkStatus();
      demo::WaitForStop(5);
    }
  }

  // Starts once, so that there is a database with everything in it.
  void MakeDatabase() {
    ASSERT_OK(Start());
    ASSERT_OK(hub_->End());
  }

  void ExpectRefused(const std::string& why) {
    const absl::Status started = Start();
    EXPECT_THAT(started, FailsWith(absl::StatusCode::kInternal, "PROCESS_ENDED"));
    EXPECT_THAT(std::string(started.message()), HasSubstr("exit code 1"));
    EXPECT_THAT(ReadFile(stage_->HubFolder() + "/log"), HasSubstr("switchboardd: " + why));
  }

  SystemClock clock_;
  TemporaryFolder folder_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Victim> hub_;
  std::string database_;
};

TEST_F(DaemonStart, StartsAgainOnItsOwnDatabase) {
  MakeDatabase();
  EXPECT_OK(Start());
  EXPECT_OK(hub_->End());
}

TEST_F(DaemonStart, RefusesADatabaseOfANewerProgram) {
  MakeDatabase();
  {
    ASSERT_OK_AND_ASSIGN(const auto database, storage::SqliteDatabase::Open(database_));
    ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
    ASSERT_OK(writer->Execute("INSERT INTO schema_version (version, apply_time) VALUES ($1, $2)",
                              {storage::kSchemaVersion + 1, 1}));
  }
  ExpectRefused("the database has version " + std::to_string(storage::kSchemaVersion + 1));
}

TEST_F(DaemonStart, RefusesADamagedDatabase) {
  MakeDatabase();
  std::string bytes = ReadFile(database_);
  bytes[100] ^= 0x77;  // the header of the schema's page
  WriteFile(database_, bytes);
  ExpectRefused("the database is damaged; restore it from a backup");
}

TEST_F(DaemonStart, RefusesSomethingElse) {
  WriteFile(database_, "a letter to somebody\n" + std::string(9'000, '.'));
  ExpectRefused("the file is no SQLite database");
}

// A folder that is not there cannot be written by anybody, root included.
TEST_F(DaemonStart, RefusesAPlaceThatItCannotWrite) {
  MakeDatabase();
  std::filesystem::remove(database_ + ".lock");
  std::filesystem::create_directory(database_ + ".lock");
  ExpectRefused("cannot make the lock file beside the database");
}

}  // namespace
}  // namespace switchboard::crash
