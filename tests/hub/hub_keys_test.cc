// Rotation of data keys while a hub works, is killed, or is one of several.
#include <set>
#include <string>
#include <vector>

#include "tests/engine.h"
#include "tests/hub/fake_stream.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;
using testing::Payment;
using Rotation = v1::ListKeysResponse::Rotation;

class HubKeysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    for (int i = 0; i < 10; ++i) Work(world_);
  }

  // An account more with an outcome and, of every second one, a payment.
  void Work(HubWorld& world) {
    const std::string number = std::to_string(++accounts_);
    ASSERT_OK(world.Import(
        {MakeRecord(accounts_, {.account_id = "A-" + number, .person_id = "P-" + number})}));
    const auto placed = world.Live("A-" + number);
    ASSERT_OK(world.Report("sakura", {MakeOutcome("o-" + number, placed.assignment_id())}));
    if (accounts_ % 2 == 0) {
      ASSERT_OK(world.Post({Payment("e-" + number, "A-" + number)}));
    }
  }

  absl::StatusOr<v1::RotateKeysResponse> Rotate(const std::vector<std::string>& without = {}) {
    v1::RotateKeysRequest request;
    request.set_which(v1::RotateKeysRequest::WHICH_DATA);
    request.mutable_without_hubs()->Assign(without.begin(), without.end());
    return world_.Await<v1::RotateKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().RotateKeys(Operator(), request, done); });
  }
  v1::ListKeysResponse List() {
    const auto listed = world_.Await<v1::ListKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().ListKeys(Operator(), {}, done); });
    EXPECT_OK(listed);
    return listed.value_or(v1::ListKeysResponse());
  }
  Rotation::Step Step() { return List().rotation().step(); }

  // Lets time pass until the rotation has come to this step.
  void PassTo(Rotation::Step step) {
    for (int i = 0; i < 100 && Step() != step; ++i)
      world_.Advance(Step() == Rotation::STEP_PROVING ? absl::Minutes(1) : absl::Seconds(1));
    ASSERT_EQ(Step(), step);
  }

  // Everything is read as it was written: the core feed, why work is where it is, and the records
  // of what a vendor is shown.
  void ExpectAllReadable(HubWorld& world) {
    std::set<std::string> outcomes;
    for (int64_t after = 0;;) {
      const auto page = world.ReadCoreFeed(after);
      ASSERT_OK(page);
      if (page->items().empty()) break;
      for (const auto& item : page->items()) {
        if (item.has_outcome()) outcomes.insert(item.outcome().outcome().outcome_id());
        after = item.sequence();
      }
    }
    EXPECT_EQ(outcomes.size(), static_cast<size_t>(accounts_));
    size_t live = 0;
    for (const auto& placement : world.Placements()) {
      EXPECT_EQ(placement.why().rule(), world.Placements("A-1").front().why().rule());
      live += placement.has_withdraw_time() ? 0 : 1;
    }
    OpenStream stream(world);
    EXPECT_EQ(stream.outlet.rows().size(), live);
    EXPECT_GE(live, static_cast<size_t>(accounts_ / 2));
  }
  int Gone() {
    int gone = 0;
    const v1::ListKeysResponse listed = List();
    for (const auto& key : listed.keys()) gone += key.has_destroy_time() ? 1 : 0;
    return gone;
  }
  std::vector<v1::KeyStep::Step> Logged() {
    std::vector<v1::KeyStep::Step> steps;
    for (const v1::AuditEvent& event : world_.AuditEvents())
      if (event.kind() == v1::AuditEvent::KIND_KEYS) steps.push_back(event.keys().step());
    return steps;
  }

  HubWorld world_;
  int accounts_ = 0;
};

TEST_F(HubKeysTest, RotatesWhileWorkGoesOn) {
  const int64_t before = List().hubs(0).sealing_key();
  ASSERT_OK_AND_ASSIGN(const auto begun, Rotate());
  EXPECT_EQ(begun.rotation().step(), Rotation::STEP_SWITCHING);
  EXPECT_EQ(begun.rotation().through_key_number(), before);
  EXPECT_EQ(begun.rotation().actor(), "operator/ito");
  for (int i = 0; i < 100 && Step() != Rotation::STEP_DONE; ++i) {
    Work(world_);
    world_.Advance(Step() == Rotation::STEP_PROVING ? absl::Minutes(1) : absl::Seconds(1));
  }
  EXPECT_EQ(Step(), Rotation::STEP_DONE);
  EXPECT_EQ(Gone(), 1);
  EXPECT_EQ(List().hubs(0).sealing_key(), before + 1);
  EXPECT_TRUE(List().rotation().broken_boxes().empty());
  EXPECT_GE(List().rotation().boxes_sealed(), 40);
  ExpectAllReadable(world_);
  world_.Restart();
  ExpectAllReadable(world_);
  EXPECT_THAT(Logged(), ElementsAre(v1::KeyStep::STEP_ROTATION_BEGUN, v1::KeyStep::STEP_DESTROYED));
}

TEST_F(HubKeysTest, OldKeysAreNotInTheFilesAnyMore) {
  if (testing::OnPostgres()) GTEST_SKIP() << "there VACUUM, the server's own, clears the pages";
  std::vector<std::string> wrapped;
  EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
    return reader.Query("SELECT wrapped FROM data_key WHERE purpose = 'data'", {},
                        [&](const storage::Row& row) {
                          wrapped.emplace_back(row.Blob(0));
                          return absl::OkStatus();
                        });
  }));
  ASSERT_EQ(wrapped.size(), 1u);
  const auto in_files = [&] {
    int found = 0;
    for (const std::string& file : testing::StorageFiles(world_.folder()))
      found += testing::ReadFile(file).find(wrapped.front()) == std::string::npos ? 0 : 1;
    return found;
  };
  EXPECT_GT(in_files(), 0);
  ASSERT_OK(Rotate());
  PassTo(Rotation::STEP_DONE);
  world_.Restart();
  EXPECT_EQ(in_files(), 0);
  ExpectAllReadable(world_);
}

// A crash loses what is queued and under way, and each start seals by a key of its own.
TEST_F(HubKeysTest, GoesOnBehindCrashes) {
  ASSERT_OK(Rotate());
  world_.Crash();
  for (int i = 0; i < 200 && Step() != Rotation::STEP_PROVING; ++i) {
    world_.clock.Advance(absl::Seconds(1));
    world_.hub().Tick();
    // Every second time in the midst of it.
    if (i % 2 == 0) world_.Settle();
    world_.Crash();
    if (i % 10 == 0) Work(world_);
  }
  ASSERT_EQ(Step(), Rotation::STEP_PROVING);
  world_.Advance(absl::Minutes(2));
  world_.Crash();
  PassTo(Rotation::STEP_DONE);
  EXPECT_GE(Gone(), 1);
  ExpectAllReadable(world_);
  EXPECT_THAT(Logged(), ElementsAre(v1::KeyStep::STEP_ROTATION_BEGUN, v1::KeyStep::STEP_DESTROYED));
}

// It hears nothing and looks at nothing, and goes on all the same: its first commit below the floor
// makes it take a new key.
TEST_F(HubKeysTest, AHubThatHearsNothingIsMadeToRenewItsKey) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
  HubWorld second(world_, "hub-2", /*seed=*/12);
  second.clock.Advance(world_.clock.Now() - second.clock.Now());
  Work(second);
  ASSERT_OK(Rotate());
  const int64_t through = List().rotation().through_key_number();
  world_.Advance(absl::Seconds(1));
  EXPECT_THAT(List().rotation().waits_for_hubs(), ElementsAre("hub-2"));
  world_.Advance(absl::Seconds(61));
  EXPECT_NE(Step(), Rotation::STEP_SWITCHING);
  Work(second);
  EXPECT_GT(List().hubs(1).sealing_key(), through);
  PassTo(Rotation::STEP_DONE);
  Work(second);
  ExpectAllReadable(world_);
  ExpectAllReadable(second);
}

TEST_F(HubKeysTest, AHubThatIsLeftBehindWritesNothingAnyMore) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
  HubWorld second(world_, "hub-2", /*seed=*/12);
  second.clock.Advance(world_.clock.Now() - second.clock.Now());
  ASSERT_OK(Rotate({"hub-2"}));
  // It hears of the rotation and would take a new key: its place is not its own any more.
  second.hub().Tick();
  second.Settle();
  EXPECT_FALSE(second.hub().fate().ok());
  EXPECT_EQ(List().hubs_size(), 1) << "it has no place";
  EXPECT_THAT(second.Import({MakeRecord(1, {.account_id = "B-1", .person_id = "Q-1"})}, "other"),
              FailsWith(absl::StatusCode::kUnavailable, "HUB_ID_TAKEN"));
  EXPECT_FALSE(second.hub().fate().ok());
  PassTo(Rotation::STEP_DONE);
  ExpectAllReadable(world_);
}

TEST_F(HubKeysTest, NamesOfHubsThatThereAreNotAreRefused) {
  EXPECT_THAT(Rotate({"hub-7"}), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_FALSE(List().has_rotation());
}

}  // namespace
}  // namespace switchboard
