#include "hub/upkeep/other_hubs.h"

#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

using testing::TestDatabase;

class OtherHubsTest : public ::testing::Test {
 protected:
  // One look.
  void Look() {
    test_.clock.Advance(absl::Seconds(1));
    hubs_.Tick(test_.clock.Now());
    executor_.RunAll();
  }
  void Change(const char* sql) {
    ASSERT_OK(test_.Run([sql](storage::Transaction& transaction) {
      return transaction.Execute(sql, {}).status();
    }));
  }

  TestDatabase test_;
  ManualExecutor executor_;
  OtherHubs hubs_{*test_.database, *test_.readers, executor_, [](const Topic&) {}};
};

// A file can be as far away as a server.
TEST_F(OtherHubsTest, TwoLooksThatFindNothingToReadTellThatTheDatabaseIsAway) {
  Look();
  EXPECT_TRUE(hubs_.database_reachable());
  Change("ALTER TABLE counter RENAME TO elsewhere");
  Look();
  EXPECT_TRUE(hubs_.database_reachable()) << "a connection may be lost while it idles";
  Look();
  EXPECT_FALSE(hubs_.database_reachable());
  Change("ALTER TABLE elsewhere RENAME TO counter");
  Look();
  EXPECT_TRUE(hubs_.database_reachable());
}

TEST_F(OtherHubsTest, OneLookAtATimeAndNoneTooSoon) {
  hubs_.Tick(test_.clock.Now());
  test_.clock.Advance(absl::Seconds(1));
  hubs_.Tick(test_.clock.Now());
  EXPECT_EQ(executor_.size(), 1u);
  executor_.RunAll();
  hubs_.Tick(test_.clock.Now());
  hubs_.Tick(test_.clock.Now());
  EXPECT_EQ(executor_.size(), 1u);
  executor_.RunAll();
  hubs_.Tick(test_.clock.Now());
  EXPECT_EQ(executor_.size(), 0u);
}

}  // namespace
}  // namespace switchboard::upkeep
