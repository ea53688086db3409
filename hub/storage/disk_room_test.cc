#include "hub/storage/disk_room.h"

#include <sys/stat.h>

#include <filesystem>

#include "tests/testing.h"

namespace switchboard::storage {
namespace {

using testing::TemporaryFolder;

class DiskRoomTest : public ::testing::Test {
 protected:
  DiskRoomOptions Options() {
    return {.database_path = folder_ / "hub.db", .floor_bytes = 10'000, .reserve_bytes = 4'000};
  }
  DiskRoom::Probe Probe() {
    return [this](const std::string&) { return free_; };
  }
  bool HasFile() { return std::filesystem::exists(folder_ / "hub.db.reserve"); }

  TemporaryFolder folder_;
  std::optional<int64_t> free_ = 1'000'000;
};

TEST_F(DiskRoomTest, MakesAReserveWhereThereIsRoomAndGivesItUpBeforeTheEnd) {
  DiskRoom room(Options(), Probe());
  EXPECT_FALSE(room.has_reserve());
  room.Look();
  EXPECT_TRUE(room.has_reserve());
  struct stat facts {};
  ASSERT_EQ(stat((folder_ / "hub.db.reserve").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(facts.st_size, 4'000);
  EXPECT_GE(facts.st_blocks * 512, 4'000) << "not sparse";

  free_ = 1'000;
  room.Look();
  EXPECT_TRUE(room.low());
  EXPECT_TRUE(HasFile());
  free_ = 999;
  room.Look();
  EXPECT_FALSE(HasFile());
  free_ = 4'999;  // what was given up; not enough to take it back
  room.Look();
  EXPECT_FALSE(room.has_reserve());
  EXPECT_TRUE(room.low());
  free_ = 14'000;
  room.Look();
  EXPECT_FALSE(room.low());
  EXPECT_TRUE(room.has_reserve());
}

TEST_F(DiskRoomTest, AroundTheFloorItDoesNotFlutter) {
  DiskRoom room(Options(), Probe());
  free_ = 10'000;
  room.Look();
  free_ = 9'999;
  room.Look();
  EXPECT_TRUE(room.low());
  free_ = 10'999;
  room.Look();
  EXPECT_TRUE(room.low());
  free_ = 11'000;
  room.Look();
  EXPECT_FALSE(room.low());
  EXPECT_EQ(room.free_bytes(), 11'000);
  free_.reset();
  room.Look();
  EXPECT_FALSE(room.low());
  EXPECT_EQ(room.free_bytes(), -1);
}

TEST_F(DiskRoomTest, TheReserveOfTheLastProcessIsFoundOnAFullDisk) {
  {
    DiskRoom room(Options(), Probe());
    room.Look();
    ASSERT_TRUE(HasFile());
  }
  free_ = 0;
  DiskRoom room(Options(), Probe());
  EXPECT_TRUE(room.has_reserve());
  room.Look();
  EXPECT_TRUE(room.low());
  EXPECT_FALSE(HasFile());
}

TEST_F(DiskRoomTest, WhoMeetsTheEndFirstTakesTheReserveOnce) {
  DiskRoom room(Options(), Probe());
  room.Look();
  ASSERT_TRUE(room.has_reserve());
  EXPECT_TRUE(room.GiveUpReserve());
  EXPECT_FALSE(room.has_reserve());
  EXPECT_FALSE(room.GiveUpReserve());
}

TEST_F(DiskRoomTest, AnEngineWithADiskOfItsOwnIsNeverLow) {
  free_ = 0;
  DiskRoom room({.database_path = ""}, Probe());
  room.Look();
  EXPECT_FALSE(room.low());
  EXPECT_GT(DiskRoom::FreeBytes(folder_.path().string()).value_or(0), 0);
  EXPECT_EQ(DiskRoom::FreeBytes(folder_ / "nowhere"), std::nullopt);
}

}  // namespace
}  // namespace switchboard::storage
