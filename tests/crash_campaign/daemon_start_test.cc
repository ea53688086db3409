// The daemon on storage that it cannot use: it says why, and ends. Of a database that goes while it
// runs it says so, and goes on. Where it waits for one, it can be ended.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/child_status.h"
#include "hub/identity/client_credentials.h"
#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "switchboard/v1/operator_work.pb.h"
#include "tests/crash_campaign/stage.h"
#include "tests/servers/child_process.h"
#include "tests/servers/postgres_session.h"
#include "tests/servers/web_page.h"
#include "tests/testing.h"

namespace switchboard::crash {
namespace {

using testing::Eventually;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

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

// One call under way over a channel.
class HubCall {
 public:
  HubCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
          const std::string& request)
      : stub_(channel) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    const grpc::Slice slice(request);
    call_ = stub_.PrepareUnaryCall(&context_, method, grpc::ByteBuffer(&slice, 1), &queue_);
    call_->StartCall();
    call_->Finish(&response_, &status_, this);
  }
  ~HubCall() {
    context_.TryCancel();
    Wait();
  }
  HubCall(const HubCall&) = delete;
  HubCall& operator=(const HubCall&) = delete;

  // The bytes of the answer; empty when there is none.
  std::string Wait() {
    void* tag = nullptr;
    bool ok = false;
    if (!over_) queue_.Next(&tag, &ok);
    over_ = true;
    grpc::Slice slice;
    if (!status_.ok() || !response_.DumpToSingleSlice(&slice).ok()) return {};
    return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
  }

 private:
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call_;
  bool over_ = false;
};

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
    const auto page = servers::ReadPage(static_cast<int>(ports["metrics"]), path);
    return page.ok() ? page->status : 0;
  }
  std::shared_ptr<grpc::Channel> Connect() {
    demo::ChildStatus ports = demo::ReadChildStatus(stage_->HubFolder() + "/ports");
    const auto credentials =
        identity::MakeClientCredentials(stage_->TlsOf("operator-checker"), clock_);
    EXPECT_OK(credentials);
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", ports["grpc"]), *credentials);
  }
  // What gRPC's health service says: SERVING is 1.
  int Health(const std::shared_ptr<grpc::Channel>& channel) {
    const std::string answer = HubCall(channel, "/grpc.health.v1.Health/Check", "").Wait();
    return answer.size() == 2 ? answer[1] : 0;
  }

  // From now on every commit waits for a standby that will not come.
  void LoseStandby() {
    const std::string config = ReadFile(stage_->HubFolder() + "/hub.yaml");
    constexpr char kUrl[] = "postgres_url: \"";
    const size_t begin = config.find(kUrl) + sizeof(kUrl) - 1;
    const std::string url = config.substr(begin, config.find('"', begin) - begin);
    ASSERT_OK_AND_ASSIGN(auto session, servers::PostgresSession::Open(url));
    session_ = std::make_unique<servers::PostgresSession>(std::move(session));
    ASSERT_OK(session_->Run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"));
    ASSERT_OK(session_->Run("SELECT pg_reload_conf()"));
  }
  bool ACommitWaits() {
    return Eventually([&] {
      const auto waiting =
          session_->Value("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
      return waiting.ok() && *waiting != "0";
    });
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
  std::unique_ptr<servers::PostgresSession> session_;
};

TEST_F(DaemonOverPostgres, IsNotReadyWhileTheDatabaseIsAway) {
  ASSERT_OK(Start());
  EXPECT_EQ(Probe("/readyz"), 200);
  const auto channel = Connect();
  EXPECT_EQ(Health(channel), 1);
  for (size_t times = 1; times <= 2; ++times) {
    server_->Kill();
    EXPECT_TRUE(Eventually([&] { return Probe("/readyz") == 503; }));
    EXPECT_EQ(Probe("/healthz"), 200);
    EXPECT_TRUE(Eventually([&] { return Health(channel) == 2; }));
    EXPECT_TRUE(Eventually([&] { return LinesWith("database_away").size() == times; }));
    ASSERT_OK(server_->Begin());
    EXPECT_TRUE(Eventually([&] { return Probe("/readyz") == 200; }));
    EXPECT_TRUE(Eventually([&] { return Health(channel) == 1; }));
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

TEST_F(DaemonOverPostgres, AStartThatWaitsForAStandbyIsEndedByOneSignal) {
  MakeDatabase();
  ASSERT_NO_FATAL_FAILURE(LoseStandby());
  ASSERT_OK(hub_->Begin());
  ASSERT_TRUE(ACommitWaits());
  const absl::Status ended = hub_->End();
  EXPECT_THAT(ended, FailsWith(absl::StatusCode::kInternal, "PROCESS_ENDED"));
  EXPECT_THAT(std::string(ended.message()), HasSubstr("exit code 1"));
  EXPECT_EQ(LinesWith("ended_at_once").size(), 1u);
}

// As while a primary is killed and its standby promoted.
TEST_F(DaemonOverPostgres, AStartThatLosesItsDatabaseGoesOnWhenItIsBack) {
  MakeDatabase();
  ASSERT_NO_FATAL_FAILURE(LoseStandby());
  ASSERT_OK(hub_->Begin());
  ASSERT_TRUE(ACommitWaits());
  // In the file, and not in force until the server starts again.
  ASSERT_OK(session_->Run("ALTER SYSTEM RESET synchronous_standby_names"));
  server_->Kill();
  EXPECT_TRUE(Eventually([&] { return !LinesWith("database_awaited").empty(); }))
      << ReadFile(stage_->HubFolder() + "/log");
  ASSERT_OK(server_->Begin());
  EXPECT_TRUE(Eventually([&] { return hub_->Serving() == absl::StatusOr<bool>(true); }));
  EXPECT_OK(hub_->End());
}

TEST_F(DaemonOverPostgres, AnEndThatWaitsForAStandbyIsEndedByASecondSignal) {
  ASSERT_OK_AND_ASSIGN(
      auto hub, servers::ChildProcess::Start({FolderOfThisProgram() + "/switchboardd", "--config",
                                              stage_->HubFolder() + "/hub.yaml"},
                                             stage_->HubFolder() + "/log"));
  ASSERT_TRUE(Eventually([&] { return std::filesystem::exists(stage_->HubFolder() + "/ports"); }));
  ASSERT_NO_FATAL_FAILURE(LoseStandby());
  v1::SetStopRequest stop;
  stop.set_vendor_id("asahi");
  stop.set_stopped(true);
  const HubCall call(Connect(), "/switchboard.v1.OperatorService/SetStop",
                     stop.SerializeAsString());
  ASSERT_TRUE(ACommitWaits());
  ASSERT_EQ(kill(hub.pid(), SIGTERM), 0);
  ASSERT_TRUE(Eventually([&] { return LinesWith("shutting_down").size() == 1; }));
  EXPECT_FALSE(hub.Stop(60'000));
  EXPECT_EQ(hub.exit_code(), 1) << hub.exit_text();
  EXPECT_EQ(LinesWith("ended_at_once").size(), 1u);
}

TEST_F(DaemonOverPostgres, DoesNotStartWithoutItsDatabase) {
  server_->Kill();
  ExpectRefused("cannot connect to the database: ");
  EXPECT_EQ(LinesWith("storage.postgres_url").size(), 1u);
}

}  // namespace
}  // namespace switchboard::crash
