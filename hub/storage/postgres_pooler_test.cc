// A hub behind a real PgBouncer: one session of the hub's is one of the server's, or nothing.
#include "hub/storage/postgres.h"
#include "hub/storage/schema.h"
#include "tests/servers/pg_bouncer.h"
#include "tests/servers/postgres_fixture.h"

namespace switchboard::storage {
namespace {

using servers::PgBouncer;
using testing::FailsWith;
using testing::IsOk;

class PostgresPooler : public servers::PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (const absl::Status there = PgBouncer::Available(); !IsSkipped() && !there.ok())
      GTEST_SKIP() << there;
  }
  absl::StatusOr<std::unique_ptr<PostgresDatabase>> OpenThrough(const std::string& mode) {
    ASSIGN_OR_RETURN(pooler_, PgBouncer::Create(server(), mode));
    PostgresOptions options;
    options.url = pooler_->Uri(database());
    return PostgresDatabase::Open(options);
  }
  std::unique_ptr<PgBouncer> pooler_;
};

TEST_F(PostgresPooler, InSessionModeIsAsGoodAsTheServer) {
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenThrough("session"));
  ASSERT_OK_AND_ASSIGN(const auto writer, opened->OpenWriter());
  EXPECT_OK(Migrate(*writer, 1));
}

TEST_F(PostgresPooler, InTransactionModeIsRefusedWithTheWayOut) {
  const auto opened = OpenThrough("transaction");
  EXPECT_THAT(opened, FailsWith(absl::StatusCode::kFailedPrecondition, "POOLER_SHARES_SESSIONS"));
  EXPECT_THAT(std::string(opened.status().message()), ::testing::HasSubstr("pool_mode = session"));
}

}  // namespace
}  // namespace switchboard::storage
