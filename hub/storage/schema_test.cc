// Which databases a program takes, on both engines.
#include "hub/storage/schema.h"

#include "hub/base/error.h"
#include "hub/storage/open_database.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::NewStorage;
using testing::TemporaryFolder;

constexpr char kSetVersion[] = "UPDATE schema_version SET version = $1";

TEST(SchemaTest, TablesAreMadeOnce) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000));
  ASSERT_OK(writer->Execute("INSERT INTO counter (name, value) VALUES ('n', 7)", {}));
  ASSERT_OK(Migrate(*writer, 2'000));
  int64_t value = 0;
  ASSERT_OK(writer->Query("SELECT value FROM counter", {}, [&](const Row& row) {
    value = row.Integer(0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(value, 7);
}

TEST(SchemaTest, DatabasesOfOtherLayoutsAreRefusedWithAWord) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000));
  ASSERT_OK(writer->Execute(kSetVersion, {kSchemaVersion - 1}));
  EXPECT_THAT(Migrate(*writer, 2'000),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_OLD"));
  ASSERT_OK(writer->Execute(kSetVersion, {kSchemaVersion + 1}));
  EXPECT_THAT(Migrate(*writer, 3'000),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW"));
}

}  // namespace
}  // namespace switchboard::storage
