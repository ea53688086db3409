// What an older program left comes along, on both engines.
#include "hub/storage/schema.h"

#include <string>

#include "hub/storage/open_database.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::IsOk;
using testing::NewStorage;
using testing::TemporaryFolder;

constexpr char kInsertAssignment[] =
    "INSERT INTO assignment (assignment_id, vendor_id, vendor_group, change_sequence, person_id, "
    "account_id, work_type, placement, ended, segment, why, place_time, expire_time, "
    "withdraw_time, withdraw_reason, recall_reason, recall_time, recall_objected, "
    "recall_place_again) VALUES ('as-1', 'sakura', 'sakura', NULL, 'P-1', 'A-1', 3, 1, 1, 'early', "
    "$1, 5, NULL, 9, 1, 0, NULL, 0, 0)";
constexpr char kInsertAccount[] =
    "INSERT INTO account (account_id, person_id, actor, source, sequence, digest, box) VALUES "
    "('A-1', 'P-1', 'core/main', 'file', 1, $1, $1)";
constexpr char kInsertPerson[] = "INSERT INTO person (person_id, box) VALUES ('P-1', $1)";

TEST(SchemaTest, RowsOfVersionTwoComeAlong) {
  TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(NewStorage(folder.path())));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(Migrate(*writer, 1'000, /*to=*/2));
  EXPECT_TRUE(absl::IsNotFound(ApplyTime(*writer, 3).status()));
  for (const char* insert : {kInsertPerson, kInsertAccount, kInsertAssignment})
    ASSERT_OK(writer->Execute(insert, {Value::Blob("sealed")}));
  ASSERT_OK(Migrate(*writer, 2'000));
  ASSERT_OK_AND_ASSIGN(const int64_t applied, ApplyTime(*writer, 3));
  EXPECT_EQ(applied, 2'000);
  int rows = 0;
  ASSERT_OK(writer->Query(
      "SELECT f.country, f.withdraw_time, a.update_time FROM assignment f JOIN account a ON "
      "a.account_id = f.account_id WHERE f.ended > 0 AND f.change_sequence IS NULL",
      {}, [&](const Row& row) {
        ++rows;
        EXPECT_FALSE(row.IsNull(0));
        EXPECT_EQ(row.Text(0), "");
        EXPECT_EQ(row.Integer(1), 9);
        EXPECT_EQ(row.Integer(2), 0);
        return absl::OkStatus();
      }));
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace switchboard::storage
