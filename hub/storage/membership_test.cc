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

const Rehearsal kRehearsal{absl::FromUnixSeconds(1'800'000'000), absl::FromUnixSeconds(1), 900};

TEST_F(MembershipTest, ADatabaseOfRealWorkTakesNoRehearsal) {
  ASSERT_OK(NoteRehearsal(*writer_, std::nullopt));
  ASSERT_OK(TakeHubPlace(*writer_, "a", 1).status());
  EXPECT_OK(NoteRehearsal(*writer_, std::nullopt));
  EXPECT_THAT(NoteRehearsal(*writer_, kRehearsal),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REAL_WORK"));
}

TEST_F(MembershipTest, ADatabaseOfARehearsalTakesNoRealWorkAndNoOtherRehearsal) {
  ASSERT_OK(NoteRehearsal(*writer_, kRehearsal));
  // Before any hub has its place, too: another may be about to take it.
  EXPECT_THAT(NoteRehearsal(*writer_, std::nullopt),
              FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL"));
  ASSERT_OK(TakeHubPlace(*writer_, "a", 1).status());
  EXPECT_OK(NoteRehearsal(*writer_, kRehearsal));
  Rehearsal later = kRehearsal;
  later.begin += absl::Minutes(1);
  for (const std::optional<Rehearsal> other : {std::optional<Rehearsal>(), std::optional(later)}) {
    EXPECT_THAT(NoteRehearsal(*writer_, other),
                FailsWith(absl::StatusCode::kFailedPrecondition, "DATABASE_OF_REHEARSAL"));
  }
}

}  // namespace
}  // namespace switchboard::storage
