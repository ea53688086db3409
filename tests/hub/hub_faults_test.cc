// The machine under the hub: a disk that is full, a log that was torn, a clock that steps; and a
// core that sends everything once more.
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::TemporaryFolder;
using Import = v1::ImportAccountsResponse;

v1::AccountRecord Account(int64_t sequence, int64_t number) {
  return MakeRecord(sequence, {.account_id = "A-" + std::to_string(number),
                               .person_id = "P-" + std::to_string(number)});
}

std::vector<v1::AccountRecord> Accounts(int64_t from, int64_t count) {
  std::vector<v1::AccountRecord> records;
  for (int64_t i = from; i < from + count; ++i) records.push_back(Account(i, i));
  return records;
}

// A file system of so many bytes in memory, where temporary folders are made while it lives. Only
// this process sees it, so that nothing is left behind.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& bytes) {
    const char* const folder = getenv("TMPDIR");
    if (folder != nullptr) before_ = folder;
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", path().c_str(), "tmpfs", 0, ("size=" + bytes).c_str()) != 0) {
      why_not_ = strerror(errno);
      return;
    }
    setenv("TMPDIR", path().c_str(), 1);
  }
  ~SmallDisk() {
    before_.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", before_.c_str(), 1);
    if (why_not_.empty()) umount2(path().c_str(), MNT_DETACH);
  }

  // Empty if it is there.
  const std::string& why_not() const { return why_not_; }

  // Takes all that is left but so many bytes.
  void Fill(int64_t left) {
    struct statvfs facts {};
    ASSERT_EQ(statvfs(path().c_str(), &facts), 0);
    const auto free = static_cast<int64_t>(facts.f_bavail * facts.f_bsize);
    ASSERT_GT(free, left);
    testing::WriteFile(filler(), std::string(static_cast<size_t>(free - left), 'x'));
  }
  void MakeRoom() { std::filesystem::remove(filler()); }

 private:
  std::string path() const { return folder_.path().string(); }
  std::string filler() const { return folder_ / "filler"; }

  TemporaryFolder folder_;
  std::string before_;
  std::string why_not_;
};

class FullDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::OnPostgres()) GTEST_SKIP() << "the disk is the server's";
    if (!disk_.why_not().empty())
      GTEST_SKIP() << "no small disk can be mounted: " << disk_.why_not();
    world_ = std::make_unique<HubWorld>();
    world_->SetUpVendors({"sakura"});
  }

  static void ExpectRefused(const absl::Status& status) {
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
    EXPECT_TRUE(status.GetPayload(kRetryInfoUrl).has_value()) << "no time to try again";
  }

  // Imports accounts from `next` on in batches until the disk is full; the last one acknowledged.
  int64_t ImportUntilFull(int64_t next) {
    for (;; next += 50) {
      const auto response = world_->Import(Accounts(next, 50));
      if (!response.ok()) {
        ExpectRefused(response.status());
        return next - 1;
      }
      EXPECT_EQ(response->accepted(), 50);
    }
  }

  int64_t LivePlacements() {
    int64_t live = 0;
    for (const auto& placement : world_->Placements())
      live += placement.has_withdraw_time() ? 0 : 1;
    return live;
  }

  SmallDisk disk_{"16m"};
  std::unique_ptr<HubWorld> world_;
};

TEST_F(FullDiskTest, RefusesWithARetryTimeLosesNothingAndGoesOn) {
  ASSERT_OK(world_->Import(Accounts(1, 50)));
  disk_.Fill(512 * 1024);
  const int64_t acknowledged = ImportUntilFull(51);
  EXPECT_GE(acknowledged, 50);
  EXPECT_LT(acknowledged, 1'000);
  // Nothing of the refused batch is there, what was acknowledged is, and the hub still reads.
  EXPECT_EQ(LivePlacements(), acknowledged);

  disk_.MakeRoom();
  ASSERT_OK_AND_ASSIGN(const Import answer, world_->Import({}));
  EXPECT_EQ(answer.through(), acknowledged);
  ASSERT_OK(world_->Import(Accounts(acknowledged + 1, 50)));
  EXPECT_EQ(LivePlacements(), acknowledged + 50);
  world_->Restart();
  EXPECT_EQ(LivePlacements(), acknowledged + 50);
  world_->AuditEvents();  // verifies the chain
}

// Whoever asks for something that must be written down is told to come again, and then gets it.
TEST_F(FullDiskTest, EveryWriteIsRefusedTheSameWay) {
  ASSERT_OK(world_->Import(Accounts(1, 50)));
  const auto placed = world_->Live("A-1");
  disk_.Fill(256 * 1024);
  ImportUntilFull(51);
  // Smaller ones may still fit: until they do not.
  const auto post = [&](int i) {
    return world_->Post({Payment("e-" + std::to_string(i), "A-" + std::to_string(2 + i % 40))})
        .status();
  };
  const auto report = [&](int i) {
    return world_->Report("sakura", {MakeOutcome("o-" + std::to_string(i), placed.assignment_id())})
        .status();
  };
  const auto ask = [&](int i) {
    return world_->Ask("sakura", "r-" + std::to_string(i), placed.assignment_id()).status();
  };
  std::vector<int> refused_at;
  for (const std::function<absl::Status(int)>& call :
       std::vector<std::function<absl::Status(int)>>{post, report, ask}) {
    int i = 0;
    absl::Status status;
    while ((status = call(i)).ok() && i < 1'000) ++i;
    ExpectRefused(status);
    refused_at.push_back(i);
  }
  disk_.MakeRoom();
  EXPECT_OK(post(refused_at[0]));
  EXPECT_OK(report(refused_at[1]));
  EXPECT_OK(ask(refused_at[2]));
  world_->AuditEvents();
}

// Whether the little that a start writes still fits is chance: the hub starts, or says why not.
TEST_F(FullDiskTest, StartsOnAFullDiskOrSaysWhyNot) {
  disk_.Fill(256 * 1024);
  const int64_t acknowledged = ImportUntilFull(1);
  world_->WhileClosed([this](const HubOptions& options) {
    for (int i = 0; i < 3; ++i) {
      const auto hub =
          Hub::Open(options, world_->clock, world_->ids, world_->executor, world_->metrics);
      if (!hub.ok()) ExpectRefused(hub.status());
    }
    disk_.MakeRoom();
  });
  EXPECT_EQ(LivePlacements(), acknowledged);
  EXPECT_OK(world_->Import(Accounts(acknowledged + 1, 50)));
  world_->AuditEvents();
}

// Power fails while the last commits are on their way to the disk: any part of them may be there.
TEST(TornLogTest, HubStartsWithAllThatWasSynced) {
  if (testing::OnPostgres()) GTEST_SKIP() << "the log is the server's";
  HubWorld world;
  world.SetUpVendors({"sakura"});
  const std::string file = world.folder() / "hub.db", log = file + "-wal";
  std::vector<std::pair<int64_t, size_t>> synced;  // accounts, and how long the log was then
  for (int64_t next = 1; next <= 100; next += 20) {
    ASSERT_OK(world.Import(Accounts(next, 20)));
    synced.emplace_back(next + 19, std::filesystem::file_size(log));
  }
  const std::string file_bytes = testing::ReadFile(file), log_bytes = testing::ReadFile(log);
  for (size_t i = 1; i < synced.size(); ++i) {
    const size_t begin = synced[i - 1].second;
    std::string torn = log_bytes.substr(0, synced[i].second);
    torn.resize(torn.size() - (torn.size() - begin) / 3);  // the tail is missing …
    torn[begin + (torn.size() - begin) / 2] ^= 4;          // … and a bit before it is wrong
    TemporaryFolder folder;
    testing::WriteFile(folder / "hub.db", file_bytes);
    testing::WriteFile(folder / "hub.db-wal", torn);
    std::filesystem::copy_file(world.folder() / "hub.key", folder / "hub.key");
    HubOptions options;
    options.storage.sqlite_path = folder / "hub.db";
    options.wrapping.key_file = folder / "hub.key";
    ManualExecutor executor;
    telemetry::Metrics metrics;
    ASSERT_OK_AND_ASSIGN(const auto hub,
                         Hub::Open(options, world.clock, world.ids, executor, metrics));
    absl::StatusOr<v1::ListPlacementsResponse> placements = absl::InternalError("no answer");
    hub->operator_api().ListPlacements(Operator(), v1::ListPlacementsRequest(),
                                       [&](auto answer) { placements = std::move(answer); });
    executor.RunAll();
    ASSERT_OK(placements);
    EXPECT_EQ(placements->placements_size(), synced[i - 1].first);
  }
}

// --- A clock that steps

class ClockStepTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({Account(1, 1)}));
    id_ = world_.Live("A-1").assignment_id();
  }

  // Wakes up as the daemon does, without moving the clock.
  void Tick() {
    world_.hub().Tick();
    world_.Settle();
  }

  HubWorld world_;
  std::string id_;
};

TEST_F(ClockStepTest, IdsStayUniqueAndInOrder) {
  std::vector<std::string> ids = {id_};
  int64_t next = 2;
  for (const absl::Duration step :
       {-absl::Hours(1), absl::Hours(1), absl::Hours(1), -absl::Hours(1), absl::Milliseconds(1)}) {
    world_.clock.Advance(step);
    ASSERT_OK(world_.Import({Account(next, next)}));
    ids.push_back(world_.Live("A-" + std::to_string(next)).assignment_id());
    ++next;
  }
  for (size_t i = 1; i < ids.size(); ++i) {
    EXPECT_NE(ids[i - 1], ids[i]);
    EXPECT_LE(ids[i - 1].substr(0, 10), ids[i].substr(0, 10)) << i;  // the time within the id
  }
  world_.AuditEvents();  // verifies the chain over all of it
}

TEST_F(ClockStepTest, ExpiredPermitDoesNotComeToLifeAgain) {
  ASSERT_OK_AND_ASSIGN(const auto given, world_.Ask("sakura", "r-1", id_));
  const std::string permit_id = given.permit().permit_id();
  const auto in_time = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(world_.clock.Now() + absl::Minutes(1)));
  world_.Advance(absl::Minutes(3));
  world_.clock.Advance(-absl::Hours(1));
  Tick();
  EXPECT_THAT(world_.Ask("sakura", "r-1", id_),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  world_.Crash();
  EXPECT_THAT(world_.Ask("sakura", "r-1", id_),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  // Nor does it stand in the way of the next one.
  ASSERT_OK_AND_ASSIGN(const auto next, world_.Ask("sakura", "r-2", id_));
  EXPECT_TRUE(next.has_permit());
  // An outcome of a contact that began in its time still counts, once the clock is right again.
  world_.clock.Advance(absl::Hours(1));
  auto outcome = MakeOutcome("o-1", id_);
  outcome.set_permit_id(permit_id);
  *outcome.mutable_start_time() = *outcome.mutable_end_time() = in_time;
  ASSERT_OK(world_.Report("sakura", {outcome}));
  ASSERT_OK_AND_ASSIGN(const auto read, world_.ReadCoreFeed(0));
  ASSERT_EQ(read.items_size(), 1);
  EXPECT_EQ(read.items(0).outcome().marks_size(), 0) << read.items(0).outcome().ShortDebugString();
}

// What was set to happen by a clock that was wrong must not hold up what is due by the right one.
TEST_F(ClockStepTest, RecallBecomesFinalInItsTime) {
  world_.clock.Advance(absl::Hours(48));
  Tick();
  world_.clock.Advance(-absl::Hours(48));
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_TERM_ENDED);
  request.add_assignment_ids(id_);
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
    world_.hub().operator_api().RecallAssignments(Operator(), request, done);
  }));
  world_.clock.Advance(-absl::Hours(1));
  Tick();
  EXPECT_TRUE(world_.Live("A-1").has_pending_recall());
  world_.clock.Advance(absl::Hours(1) + absl::Hours(24));
  Tick();
  EXPECT_EQ(world_.Live("A-1").assignment_id(), "");
  EXPECT_EQ(world_.Placements("A-1")[0].withdraw_reason(), v1::WITHDRAW_REASON_RECALLED);
}

// A stop needs no clock.
TEST_F(ClockStepTest, StopHoldsWhateverTheClockSays) {
  ASSERT_OK(world_.Ask("sakura", "r-1", id_));
  ASSERT_OK(world_.Post({testing::AccountStop("e-1", "A-1")}));
  for (const absl::Duration step : {-absl::Hours(1), absl::Hours(2), -absl::Hours(1)}) {
    world_.clock.Advance(step);
    Tick();
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-2", id_));
    EXPECT_TRUE(answer.has_denial());
    // The old yes is not said again.
    ASSERT_OK_AND_ASSIGN(const auto repeated, world_.Ask("sakura", "r-1", id_));
    EXPECT_TRUE(repeated.has_denial());
  }
}

// --- A core that sends everything once more

TEST(RepeatedDayTest, NothingIsDoubled) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  std::vector<std::vector<v1::AccountRecord>> day;
  for (int64_t next = 1; next <= 200; next += 50) day.push_back(Accounts(next, 50));
  day.push_back({Account(301, 7), Account(302, 8)});       // a newer state of two of them
  day.back()[0].mutable_account()->set_days_past_due(90);  // … and other work
  auto unplaced = Account(303, 303);
  unplaced.mutable_person()->set_language("fr");
  day.back().push_back(unplaced);
  const absl::Time as_of = world.clock.Now();  // the same whenever the file is sent
  for (const auto& batch : day) ASSERT_OK(world.Import(batch, "file", as_of));
  // Another source has news of an account in between.
  ASSERT_OK(world.Import({Account(1, 9)}, "day-feed"));
  ASSERT_OK(world.Post({Payment("e-1", "A-10"), testing::Closure("e-2", "A-11")}));
  const auto placements = world.Placements();
  const auto sakura = world.Vendor("sakura"), fuji = world.Vendor("fuji");
  const size_t events = world.AuditEvents().size();

  for (const auto& batch : day) {
    ASSERT_OK_AND_ASSIGN(const Import response, world.Import(batch, "file", as_of));
    EXPECT_EQ(response.accepted(), 0);
    ASSERT_EQ(response.receipts_size(), static_cast<int>(batch.size()));
    for (const auto& receipt : response.receipts()) {
      const auto& account_id = batch[static_cast<size_t>(receipt.index())].account().account_id();
      EXPECT_EQ(receipt.status(),
                account_id == "A-9" ? Import::STATUS_OUTDATED : Import::STATUS_REPEATED)
          << account_id;
    }
  }
  EXPECT_EQ(world.Vendor("sakura").SerializeAsString(), sakura.SerializeAsString());
  EXPECT_EQ(world.Vendor("fuji").SerializeAsString(), fuji.SerializeAsString());
  const auto afterwards = world.Placements();
  ASSERT_EQ(afterwards.size(), placements.size());
  for (size_t i = 0; i < placements.size(); ++i)
    EXPECT_EQ(afterwards[i].SerializeAsString(), placements[i].SerializeAsString());
  EXPECT_TRUE(world.Quarantine().empty());
  EXPECT_EQ(world.AuditEvents().size(), events);
  EXPECT_FALSE(world.Live("A-10").has_pending_recall());
  EXPECT_EQ(world.Live("A-10").assignment_id(), "");  // the payment is not settled by old news
}

}  // namespace
}  // namespace switchboard
