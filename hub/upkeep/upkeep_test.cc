#include "hub/upkeep/upkeep.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/storage/membership.h"
#include "hub/upkeep/backup_folder.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestDatabase;

// What a test's duty is to do, and what became of it.
struct Script {
  int left = 0;          // pages there are
  bool fails = false;    // Run does
  bool goes_on = false;  // Done says that the next look should come at once
  std::function<void(storage::Connection&)> while_looking = [](storage::Connection&) {};
  std::vector<std::string> calls;  // "any", "run", "done"
};

class ScriptedDuty final : public Duty {
 public:
  explicit ScriptedDuty(Script& script) : script_(script) {}

  std::string name() const override { return "scripted"; }
  absl::Duration interval() const override { return absl::Seconds(10); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time) override {
    script_.calls.push_back("any");
    script_.while_looking(reader);
    return script_.left > 0;
  }
  absl::Status Run(storage::Transaction&) override {
    script_.calls.push_back("run");
    if (script_.fails) return absl::InternalError("on purpose");
    --script_.left;
    return absl::OkStatus();
  }
  bool Done() override {
    script_.calls.push_back("done");
    return script_.goes_on;
  }

 private:
  Script& script_;
};

class UpkeepTest : public ::testing::Test {
 protected:
  UpkeepTest() { upkeep_.Add(std::make_unique<ScriptedDuty>(script_)); }

  // What one tick sets off.
  std::vector<std::string> Tick() {
    script_.calls.clear();
    upkeep_.Tick(test_.clock.Now(), test_.clock.Now());
    Settle();
    return script_.calls;
  }
  void Settle() {
    while (executor_.RunOne() || test_.writer->RunGroup()) {
    }
  }
  void TakeLeaseFor(const std::string& hub_id, absl::Duration term) {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const bool taken, storage::TakeLease(transaction, "scripted", hub_id, term));
      EXPECT_TRUE(taken);
      return absl::OkStatus();
    }));
  }
  int64_t Leases() { return test_.Number("SELECT COUNT(*) FROM lease"); }

  TestDatabase test_;
  ManualExecutor executor_;
  Script script_;
  Upkeep upkeep_{*test_.readers, *test_.writer, executor_, "hub-1"};
};

TEST_F(UpkeepTest, LooksWhenItsTimeHasComeAndWritesNothingInVain) {
  EXPECT_THAT(Tick(), ElementsAre("any"));
  EXPECT_THAT(Tick(), IsEmpty());
  test_.clock.Advance(absl::Milliseconds(9'999));
  EXPECT_THAT(Tick(), IsEmpty());
  test_.clock.Advance(absl::Milliseconds(1));
  EXPECT_THAT(Tick(), ElementsAre("any"));
  EXPECT_EQ(Leases(), 0);
}

TEST_F(UpkeepTest, RunsWhatItFoundUnderALease) {
  script_.left = 1;
  EXPECT_THAT(Tick(), ElementsAre("any", "run", "done"));
  EXPECT_EQ(Leases(), 1);
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(UpkeepTest, GoesOnAtTheNextTickUntilNothingIsLeft) {
  script_.left = 3;
  script_.goes_on = true;
  for (int page = 0; page < 3; ++page) EXPECT_THAT(Tick(), ElementsAre("any", "run", "done"));
  EXPECT_THAT(Tick(), ElementsAre("any"));
  EXPECT_THAT(Tick(), IsEmpty());
}

TEST_F(UpkeepTest, OneLookAtATime) {
  script_.left = 1;
  upkeep_.Tick(test_.clock.Now(), test_.clock.Now());
  test_.clock.Advance(absl::Hours(1));
  upkeep_.Tick(test_.clock.Now(), test_.clock.Now());
  EXPECT_EQ(executor_.size(), 1u);
  executor_.RunAll();  // looked; the unit waits for the writer
  test_.clock.Advance(absl::Hours(1));
  upkeep_.Tick(test_.clock.Now(), test_.clock.Now());
  EXPECT_EQ(executor_.size(), 0u);
  Settle();
  EXPECT_THAT(script_.calls, ElementsAre("any", "run", "done"));
  EXPECT_THAT(Tick(), ElementsAre("any"));
}

TEST_F(UpkeepTest, ARunThatFailedIsLookedForAgainInItsTime) {
  script_.left = 1;
  script_.fails = true;
  EXPECT_THAT(Tick(), ElementsAre("any", "run"));
  EXPECT_THAT(Tick(), IsEmpty()) << "not in a hurry";
  script_.fails = false;
  test_.clock.Advance(absl::Seconds(10));
  EXPECT_THAT(Tick(), ElementsAre("any", "run", "done"));
}

TEST_F(UpkeepTest, AnotherHubsLeaseIsRespectedUntilItIsOver) {
  script_.left = 1;
  TakeLeaseFor("hub-2", absl::Seconds(15));
  EXPECT_THAT(Tick(), IsEmpty());
  test_.clock.Advance(absl::Seconds(10));
  EXPECT_THAT(Tick(), IsEmpty());
  test_.clock.Advance(absl::Seconds(10));
  EXPECT_THAT(Tick(), ElementsAre("any", "run", "done"));
}

// A duty that believed so would go on behind a page that nobody has looked at.
TEST_F(UpkeepTest, ALeaseLostBetweenLookAndRunIsNoWorkDone) {
  script_.left = 1;
  script_.while_looking = [&](storage::Connection&) {
    // Another hub is quicker.
    test_.writer->Submit(
        storage::Urgency::kStop,
        [](storage::Transaction& transaction) {
          return storage::TakeLease(transaction, "scripted", "hub-2", absl::Seconds(10)).status();
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
  };
  EXPECT_THAT(Tick(), ElementsAre("any"));
  script_.while_looking = [](storage::Connection&) {};
  EXPECT_THAT(Tick(), IsEmpty());
  test_.clock.Advance(absl::Seconds(20));
  EXPECT_THAT(Tick(), ElementsAre("any", "run", "done"));
}

TEST_F(UpkeepTest, AClockThatStepsBackHoldsNothingUp) {
  Tick();
  test_.clock.Advance(-absl::Hours(1));
  EXPECT_THAT(Tick(), ElementsAre("any"));
}

// A backup that failed leaves its heads behind when the hub is killed; they are no backup.
TEST(BackupFolder, HeadsAreNoBackup) {
  testing::TemporaryFolder folder;
  v1::AuditHead head;
  head.set_chain_id("hub-1");
  ASSERT_OK(WriteHeads(folder / "one.db.heads.json", {head}));
  EXPECT_THAT(testing::ReadFile(folder / "one.db.heads.json"), HasSubstr("\"hub-1\""));
  EXPECT_FALSE(NewestBackupTime(folder.path().string()).has_value());
  testing::WriteFile(folder / "one.db", "x");
  EXPECT_TRUE(NewestBackupTime(folder.path().string()).has_value());
  EXPECT_THAT(WriteHeads(folder / "none/one.db.heads.json", {head}),
              testing::FailsWith(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE"));
}

}  // namespace
}  // namespace switchboard::upkeep
