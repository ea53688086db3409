#include "hub/upkeep/retention_sweep.h"

#include "hub/contracts/rule_packs.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

class RetentionSweepTest : public ::testing::Test {
 protected:
  static retention::Policy Keep() {
    retention::Settings settings;
    settings.add_classes()->set_keep_days(10);
    return retention::Policy(settings);
  }
  bool Look() {
    bool any = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, sweep_.Any(reader, test_.clock.Now()));
      return absl::OkStatus();
    }));
    return any;
  }
  // As far as there is nothing to be written.
  bool LookOn() {
    for (int i = 0; i < 20; ++i)
      if (Look()) return true;
    return false;
  }

  testing::TestDatabase test_;
  contracts::RulePacks rule_packs_;
  retention::Eraser eraser_{Keep(), rule_packs_, *test_.sealer};
  RetentionSweep sweep_{eraser_};
};

TEST_F(RetentionSweepTest, RestsOnceItsEndIsCommittedAndNotBefore) {
  ASSERT_TRUE(LookOn());
  // The run failed: nobody is told that it is done.
  ASSERT_TRUE(LookOn()) << "at once, and not in an hour";
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) { return sweep_.Run(transaction); }));
  EXPECT_FALSE(sweep_.Done());
  EXPECT_FALSE(LookOn());
  test_.clock.Advance(absl::Hours(1));
  EXPECT_TRUE(LookOn());
}

}  // namespace
}  // namespace switchboard::upkeep
