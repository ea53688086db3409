// Which hub a database takes, on both engines.
#include "hub/storage/membership.h"

#include "hub/storage/open_database.h"
#include "hub/storage/schema.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::FailsWith;
using testing::NewStorage;
using testing::TemporaryFolder;

class MembershipTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, OpenDatabase(NewStorage(folder_.path())));
    ASSERT_OK_AND_ASSIGN(writer_, database_->OpenWriter());
    ASSERT_OK(Migrate(*writer_, 1'000));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<WriterConnection> writer_;
};

TEST_F(MembershipTest, ADatabaseOfRealWorkTakesNoRehearsal) {
  ASSERT_OK(NoteRehearsal(*writer_, false, 1));
  ASSERT_OK(TakeHubPlace(*writer_, "a", 1).status());
  EXPECT_OK(NoteRehearsal(*writer_, false, 2));
  EXPECT_THAT(NoteRehearsal(*writer_, true, 3),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REAL_WORK"));
}

TEST_F(MembershipTest, ADatabaseOfARehearsalTakesNoRealWork) {
  ASSERT_OK(NoteRehearsal(*writer_, true, 1));
  // Before any hub has its place, too: another may be about to take it.
  EXPECT_THAT(NoteRehearsal(*writer_, false, 2),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL"));
  ASSERT_OK(TakeHubPlace(*writer_, "a", 1).status());
  EXPECT_OK(NoteRehearsal(*writer_, true, 3));
  EXPECT_THAT(NoteRehearsal(*writer_, false, 4),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL"));
}

}  // namespace
}  // namespace switchboard::storage
