// The daemon on storage that it cannot use: it says why, and ends. Of a database that goes while it
// runs it says so, and goes on.

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "clients/demo/director/hub_metrics.h"
#include "clients/demo/parties/child_status.h"
#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "tests/crash_campaign/stage.h"
#include "tests/testing.h"

namespace switchboard::crash {
namespace {

using testing::Eventually;
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
  void SetUp() override { SetUpOn("sqlite"); }
  void SetUpOn(const std::string& engine) {
    Stage::Options options;
    options.engine = engine;
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
  MakeDatabase();  // and with it the key file, without which no hub looks further
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

class DaemonOverPostgres : public DaemonStart {
 protected:
  void SetUp() override {
    if (const absl::Status available = servers::PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    SetUpOn("postgres");
    if (!HasFatalFailure()) server_ = std::move(stage_->MakeServers().front());
  }

  // Status of a page for probes; 0 when there is none.
  int Probe(const std::string& path) {
    demo::ChildStatus ports = demo::ReadChildStatus(stage_->HubFolder() + "/ports");
    const auto page = demo::ReadPage(static_cast<int>(ports["metrics"]), path);
    return page.ok() ? page->status : 0;
  }
  std::vector<std::string> LinesWith(const std::string& text) const {
    std::vector<std::string> lines;
    for (const absl::string_view line :
         absl::StrSplit(ReadFile(stage_->HubFolder() + "/log"), '\n')) {
      if (absl::StrContains(line, text)) lines.emplace_back(line);
    }
    return lines;
  }

  std::unique_ptr<Victim> server_;
};

TEST_F(DaemonOverPostgres, IsNotReadyWhileTheDatabaseIsAway) {
  ASSERT_OK(Start());
  EXPECT_EQ(Probe("/readyz"), 200);
  for (size_t times = 1; times <= 2; ++times) {
    server_->Kill();
    EXPECT_TRUE(Eventually([&] { return Probe("/readyz") == 503; }));
    EXPECT_EQ(Probe("/healthz"), 200);
    EXPECT_TRUE(Eventually([&] { return LinesWith("database_away").size() == times; }));
    ASSERT_OK(server_->Begin());
    EXPECT_TRUE(Eventually([&] { return Probe("/readyz") == 200; }));
    EXPECT_TRUE(Eventually([&] { return LinesWith("database_back").size() == times; }));
  }
  EXPECT_OK(hub_->End());
  const std::vector<std::string> lines = LinesWith("database_");
  EXPECT_EQ(lines.size(), 4u);
  for (const std::string& line : lines) {
    for (const char* place : {"/", "host", "socket", "127.0.0.1"})
      EXPECT_THAT(line, ::testing::Not(HasSubstr(place)));
  }
}

TEST_F(DaemonOverPostgres, DoesNotStartWithoutItsDatabase) {
  server_->Kill();
  ExpectRefused("cannot connect to the database: ");
  EXPECT_EQ(LinesWith("storage.postgres_url").size(), 1u);
}

}  // namespace
}  // namespace switchboard::crash
