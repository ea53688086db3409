// PostgreSQL over a network that is not ours: every connection is over TLS to a server that shows a
// certificate of our authority, or there is none.

#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "hub/storage/open_database.h"
#include "hub/storage/readers.h"
#include "hub/storage/schema.h"
#include "hub/storage/writer.h"
#include "tests/servers/postgres_server.h"
#include "tests/servers/postgres_session.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using servers::PostgresServer;
using servers::PostgresSession;
using servers::Way;
using testing::Eventually;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kInsert[] = "INSERT INTO counter (name, value) VALUES ($1, $2)";
constexpr char kSelect[] = "SELECT value FROM counter WHERE name = $1";
// Which of the hub's connections there are: "switchboard hub-1 writer over TLS" and so on.
constexpr char kConnections[] =
    "SELECT string_agg(DISTINCT application_name || CASE WHEN ssl THEN ' over TLS' ELSE '' END, "
    "', ' ORDER BY application_name || CASE WHEN ssl THEN ' over TLS' ELSE '' END) "
    "FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name LIKE 'switchboard%'";

class PostgresOverTls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PostgresServer::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    servers::PostgresOptions options;
    options.tls = true;
    ASSERT_OK_AND_ASSIGN(server_, PostgresServer::Create(options));
    ASSERT_OK_AND_ASSIGN(url_, server_->CreateDatabase("hub", Way::kTcp));
    ASSERT_THAT(url_, HasSubstr("sslmode=verify-full"));
  }

  static std::string PasswordOf(const std::string& url) {
    const size_t begin = url.find(':', url.find("://") + 3) + 1;
    return url.substr(begin, url.find('@') - begin);
  }
  static std::string ParameterOf(const std::string& url, const std::string& name) {
    const size_t begin = url.find(name + "=") + name.size() + 1;
    return url.substr(begin, url.find('&', begin) - begin);
  }
  // For a machine that builds something else.
  static std::string Patient(const std::string& url) { return url + "&connect_timeout=60"; }
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& url) {
    StorageOptions options;
    options.postgres_url = Patient(url);
    return OpenDatabase(options);
  }

  // Refused, with the setting to look at, and nothing that must not be told.
  void ExpectRefused(const std::string& url, const std::string& why) const {
    const absl::Status status = Open(url).status();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE"));
    const std::string text = status.ToString();
    EXPECT_THAT(text, HasSubstr(why));
    EXPECT_THAT(text, HasSubstr("storage.postgres_url"));
    EXPECT_THAT(text, Not(HasSubstr("postgresql://")));
    EXPECT_THAT(text, Not(HasSubstr(PasswordOf(url))));
  }

  ManualClock clock_;
  std::unique_ptr<PostgresServer> server_;
  std::string url_;
};

TEST_F(PostgresOverTls, WritersReadersAndBulletinsWork) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open(url_));
  {
    ASSERT_OK_AND_ASSIGN(const auto connection, database->OpenWriter());
    ASSERT_OK(Migrate(*connection, 1));
  }
  StorageOptions options;
  options.postgres_url = Patient(url_);
  options.hub_id = "hub-2";
  ASSERT_OK_AND_ASSIGN(const auto other, OpenDatabase(options));
  std::atomic<bool> heard = false;
  const auto ears = other->OpenBulletin([&](const std::string& topic) {
    if (topic == "feed/sakura") heard = true;
  });
  const auto voice = database->OpenBulletin([](const std::string&) {});

  ASSERT_OK_AND_ASSIGN(const auto writer, Writer::Open(*database, clock_, {}, {}));
  writer->Start();
  ASSERT_OK(writer->SubmitAndWait(Urgency::kBulk, [](Transaction& transaction) {
    return transaction.Execute(kInsert, {"once", 7}).status();
  }));
  int64_t value = 0;
  ASSERT_OK(Readers(*other).Run([&](Connection& reader) {
    return reader.Query(kSelect, {"once"}, [&](const Row& row) {
      value = row.Integer(0);
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(value, 7);
  // Whoever listens too late hears nothing, so it is said until it is heard.
  EXPECT_TRUE(Eventually([&] {
    voice->Post({"feed/sakura"});
    return heard.load();
  }));
  ASSERT_OK_AND_ASSIGN(const auto reader, database->OpenReader());
  ASSERT_OK_AND_ASSIGN(auto session, PostgresSession::Open(server_->Uri("hub")));
  ASSERT_OK_AND_ASSIGN(const std::string connections, session.Value(kConnections));
  EXPECT_EQ(connections,
            "switchboard bulletin over TLS, switchboard hub-1 reader over TLS, switchboard hub-1 "
            "writer over TLS");
  writer->Stop();
}

TEST_F(PostgresOverTls, ServerOfAnotherAuthorityIsRefused) {
  servers::PostgresOptions options;
  options.tls = true;
  ASSERT_OK_AND_ASSIGN(const auto stranger, PostgresServer::Create(options));
  const std::string theirs = stranger->Uri("postgres", Way::kTcp);
  ASSERT_OK(Open(theirs));
  ExpectRefused(absl::StrReplaceAll(theirs, {{ParameterOf(theirs, "sslrootcert"),
                                              ParameterOf(url_, "sslrootcert")}}),
                "certificate verify failed");
}

TEST_F(PostgresOverTls, ServerWithAnotherNameIsRefused) {
  ExpectRefused(absl::StrReplaceAll(url_, {{"host=localhost", "host=db.issuer.example"}}),
                "does not match host name");
}

TEST_F(PostgresOverTls, ServerWithoutTlsIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto plain, PostgresServer::Create());
  const std::string theirs = plain->Uri("postgres", Way::kTcp);
  ASSERT_OK(Open(theirs));
  ExpectRefused(theirs + "&sslmode=verify-full&sslrootcert=" + ParameterOf(url_, "sslrootcert"),
                "does not support SSL");
}

TEST_F(PostgresOverTls, AuthorityThatIsNotThereIsNamed) {
  ExpectRefused(url_ + ".gone", "root certificate file");
}

// libpq would repeat all of it.
TEST(PostgresUrl, OneThatCannotBeReadIsNotRepeated) {
  for (const std::string url :
       {"postgresql://hub:hunter2@[::1/hub", "postgresql://hub:hunter2@db/hub?sslmod=verify-full",
        "postgresql://hub:hunter2%zz@db/hub"}) {
    StorageOptions options;
    options.postgres_url = url;
    const absl::Status status = OpenDatabase(options).status();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "DATABASE_URL_INVALID"));
    EXPECT_THAT(status.ToString(), HasSubstr("storage.postgres_url"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace switchboard::storage
