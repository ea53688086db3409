#include "tests/servers/postgres_server.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "tests/servers/insert_load.h"
#include "tests/servers/postgres_fixture.h"
#include "tests/servers/postgres_session.h"

namespace switchboard::servers {
namespace {

namespace fs = std::filesystem;
using ::switchboard::testing::Eventually;
using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Every process of a PostgreSQL server runs in its data folder.
int ProcessesIn(const std::string& folder) {
  int count = 0;
  for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
    std::error_code ended;
    if (fs::read_symlink(process.path() / "cwd", ended) == folder && !ended) ++count;
  }
  return count;
}

TEST_F(PostgresTest, RunsStatements) {
  ASSERT_OK_AND_ASSIGN(PostgresSession session, PostgresSession::Open(uri()));
  ASSERT_OK(session.Run("CREATE TABLE t (id int PRIMARY KEY, name text)"));
  ASSERT_OK(session.Run("INSERT INTO t VALUES ($1, $2)", {"1", "田村"}));
  EXPECT_THAT(session.Run("SELECT id, name FROM t").value(), ElementsAre(ElementsAre("1", "田村")));
  const auto doubled = session.Run("INSERT INTO t VALUES (1, '')");
  EXPECT_THAT(doubled, FailsWith(absl::StatusCode::kInternal, "STATEMENT_FAILED"));
  EXPECT_EQ(ErrorMetadata(doubled.status(), "sqlstate"), "23505");
  EXPECT_EQ(session.Value("SHOW lc_collate").value(), "C");
  EXPECT_EQ(session.Value("SHOW data_checksums").value(), "on");
}

TEST_F(PostgresTest, HasADatabaseForEachTestAndCopiesOne) {
  ASSERT_OK_AND_ASSIGN(const std::string first, server().CreateDatabase("a \"name\""));
  ASSERT_OK(InsertLoad::MakeTable(first));
  ASSERT_OK_AND_ASSIGN(const std::string copy,
                       server().CreateDatabase("copy", Way::kTcp, "a \"name\""));
  ASSERT_OK_AND_ASSIGN(PostgresSession of_copy, PostgresSession::Open(copy));
  EXPECT_EQ(of_copy.Value("SELECT count(*) FROM load").value(), "0");
  ASSERT_OK_AND_ASSIGN(PostgresSession of_own, PostgresSession::Open(uri()));
  EXPECT_FALSE(of_own.Run("SELECT count(*) FROM load").ok());
  EXPECT_OK(server().DropDatabase("copy"));
  EXPECT_THAT(of_copy.Run("SELECT 1"),
              FailsWith(absl::StatusCode::kUnavailable, "CONNECTION_LOST"));
  EXPECT_OK(server().DropDatabase("a \"name\""));
}

TEST_F(PostgresTest, WantsThePasswordOverTcp) {
  ASSERT_OK(PostgresSession::Open(server().Uri("postgres", Way::kTcp)));
  std::string uri = server().Uri("postgres", Way::kTcp);
  uri.replace(uri.find(':', uri.find("hub")) + 1, 1, "#");
  EXPECT_THAT(PostgresSession::Open(uri),
              FailsWith(absl::StatusCode::kUnavailable, "CONNECTION_FAILED"));
}

// A server for the test alone.
class OwnPostgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
  }
};

TEST_F(OwnPostgres, SaysThatASocketCannotLieSoDeep) {
  const TemporaryFolder above;
  PostgresOptions options;
  options.parent_folder = above / std::string(80, 'x');
  fs::create_directory(options.parent_folder);
  for (const fs::path& path : {above.path(), fs::path(options.parent_folder)})
    fs::permissions(path, fs::perms::others_exec, fs::perm_options::add);
  EXPECT_THAT(PostgresServer::Create(options),
              FailsWith(absl::StatusCode::kInvalidArgument, "FOLDER_PATH_TOO_LONG"));
  EXPECT_TRUE(fs::is_empty(options.parent_folder));
}

TEST_F(OwnPostgres, KeepsEveryAcknowledgedRowWhenKilledUnderLoad) {
  PostgresOptions options;
  options.fsync = true;
  ASSERT_OK_AND_ASSIGN(const auto server, PostgresServer::Create(options));
  const std::string uri = server->Uri();
  ASSERT_OK(InsertLoad::MakeTable(uri));
  InsertLoad load(uri, 4);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(load.Acknowledges(300));
    server->Kill();
    EXPECT_EQ(ProcessesIn(server->data_folder()), 0);
    EXPECT_FALSE(server->Running());
    EXPECT_THAT(PostgresSession::Open(uri),
                FailsWith(absl::StatusCode::kUnavailable, "CONNECTION_FAILED"));
    ASSERT_OK(server->Start());
  }
  ASSERT_TRUE(load.Acknowledges(300));
  load.Stop();
  EXPECT_GE(load.acknowledged(), 1'200u);
  ASSERT_OK_AND_ASSIGN(const size_t lost, load.Lost(uri));
  EXPECT_EQ(lost, 0u);
  EXPECT_THAT(ReadFile(server->log_file()), HasSubstr("automatic recovery in progress"));
}

TEST_F(OwnPostgres, StopsAndStartsAndGoesWithItsFolder) {
  PostgresOptions options;
  options.settings = {{"work_mem", "7MB"}, {"log_line_prefix", "it's '%p' "}};
  ASSERT_OK_AND_ASSIGN(auto server, PostgresServer::Create(options));
  ASSERT_OK(InsertLoad::MakeTable(server->Uri()));
  ASSERT_OK_AND_ASSIGN(PostgresSession before, PostgresSession::Open(server->Uri()));
  EXPECT_OK(server->Stop());
  EXPECT_THAT(before.Run("SELECT 1"), FailsWith(absl::StatusCode::kUnavailable, "CONNECTION_LOST"));
  EXPECT_OK(server->Stop());
  ASSERT_OK(server->Start());
  ASSERT_OK(server->Start());
  ASSERT_OK_AND_ASSIGN(PostgresSession after, PostgresSession::Open(server->Uri()));
  EXPECT_EQ(after.Value("SELECT count(*) FROM load").value(), "0");
  EXPECT_EQ(after.Value("SHOW work_mem").value(), "7MB");
  EXPECT_EQ(after.Value("SHOW log_line_prefix").value(), "it's '%p' ");
  const std::string data = server->data_folder();
  server.reset();
  EXPECT_EQ(ProcessesIn(data), 0);
  EXPECT_FALSE(fs::exists(data));
}

TEST_F(OwnPostgres, SaysWhyItDoesNotStart) {
  PostgresOptions options;
  options.settings = {{"no_such_setting", "1"}};
  const auto server = PostgresServer::Create(options);
  EXPECT_THAT(server, FailsWith(absl::StatusCode::kInternal, "SERVER_NOT_STARTED"));
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("no_such_setting"));
}

TEST_F(OwnPostgres, ShowsACertificateThatClientsCanVerify) {
  PostgresOptions options;
  options.tls = true;
  ASSERT_OK_AND_ASSIGN(const auto server, PostgresServer::Create(options));
  const std::string uri = server->Uri("postgres", Way::kTcp);
  EXPECT_THAT(uri, HasSubstr("sslmode=verify-full"));
  ASSERT_OK_AND_ASSIGN(PostgresSession session, PostgresSession::Open(uri));
  EXPECT_EQ(session.Value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").value(), "t");
  const auto altered = [&](const std::string& from, const std::string& to) {
    return std::string(uri).replace(uri.find(from), from.size(), to);
  };
  // Without TLS, with a name that the certificate does not hold, with another authority.
  for (const std::string& bad :
       {altered("sslmode=verify-full", "sslmode=disable"),
        altered("host=localhost", "host=db.issuer.example"), altered("ca.crt", "tls.crt")}) {
    EXPECT_THAT(PostgresSession::Open(bad),
                FailsWith(absl::StatusCode::kUnavailable, "CONNECTION_FAILED"))
        << bad;
  }
  EXPECT_OK(PostgresSession::Open(altered("host=localhost", "host=127.0.0.1")));
}

// The server must not outlive a test that crashes: starts one in another process, which dies.
TEST_F(OwnPostgres, EndsWhenItsParentDies) {
  const TemporaryFolder folder;
  // The server's own user has to reach its folder below.
  fs::permissions(folder.path(), fs::perms(0711));
  EXPECT_EXIT(
      {
        PostgresOptions options;
        options.parent_folder = folder.path();
        const auto server = PostgresServer::Create(options);
        if (server.ok()) std::ofstream(folder / "data_folder") << (*server)->data_folder();
        raise(SIGKILL);
      },
      ::testing::KilledBySignal(SIGKILL), "");
  const std::string data = ReadFile(folder / "data_folder");
  ASSERT_TRUE(fs::exists(data));
  EXPECT_TRUE(Eventually([&] { return ProcessesIn(data) == 0; }));
  EXPECT_FALSE(fs::exists(data + "/postmaster.pid")) << "not an orderly end";
}

}  // namespace
}  // namespace switchboard::servers
