#include "hub/upkeep/checkpoint_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/checkpoint_notes.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

namespace fs = std::filesystem;
using testing::CheckpointOf;
using testing::FailsWith;
using testing::ReadFile;
using testing::TestDatabase;
using testing::WriteFile;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr char kOrigin[] = "issuer.example/switchboard";
constexpr char kName[] = "1-000000000812.checkpoint";

class CheckpointFolderTest : public ::testing::Test {
 protected:
  std::string Note(int64_t size, int64_t generation = 1) {
    return log_.Sign(CheckpointOf(log_.NameOf(generation), size));
  }
  absl::Status Write(const std::string& note) {
    return WriteCheckpointFile(folder_.path().string(), kName, note);
  }
  void Lay(const std::string& name, const std::string& note) { WriteFile(folder_ / name, note); }
  FolderContent Read() {
    auto content = ReadCheckpointFolder(folder_.path().string(), log_);
    EXPECT_OK(content);
    return content.ok() ? *std::move(content) : FolderContent();
  }
  std::string Newest() {
    const FolderContent content = Read();
    return content.newest.has_value() ? content.newest->file : "none";
  }

  TestDatabase test_;
  const audit::LogSigner log_{*test_.sealer, kOrigin};
  testing::TemporaryFolder folder_;
};

TEST_F(CheckpointFolderTest, NamesGoFromTheOldestToTheNewest) {
  EXPECT_EQ(CheckpointFileName(1, 812), kName);
  EXPECT_LT(CheckpointFileName(1, 99), CheckpointFileName(1, 100));
  EXPECT_LT(CheckpointFileName(1, 100), CheckpointFileName(2, 50));
}

TEST_F(CheckpointFolderTest, AFileIsWrittenOnceAndForAllToRead) {
  ASSERT_OK(Write("first\n"));
  EXPECT_EQ(ReadFile(folder_ / kName), "first\n");
  const auto kForAll = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  EXPECT_EQ(fs::status(folder_ / kName).permissions(), kForAll);
  EXPECT_OK(Write("first\n")) << "another hub brought it";
  EXPECT_THAT(Write("another\n"), FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  EXPECT_THAT(Write("fir"), FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  EXPECT_EQ(ReadFile(folder_ / kName), "first\n");
}

// Killed in the midst of it, or without power.
TEST_F(CheckpointFolderTest, AFileThatWasCutShortIsFinished) {
  for (const char* begun : {"", "fir", "first"}) {
    Lay(kName, begun);
    ASSERT_OK(Write("first\n")) << begun;
    EXPECT_EQ(ReadFile(folder_ / kName), "first\n");
    fs::remove(folder_ / kName);
  }
}

TEST_F(CheckpointFolderTest, WhatIsNoFileOfOursIsLeftAlone) {
  fs::create_directory(folder_ / kName);
  EXPECT_THAT(Write("first\n"), FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  fs::remove(folder_ / kName);
  ASSERT_EQ(mkfifo((folder_ / kName).c_str(), 0600), 0);
  EXPECT_THAT(Write("first\n"), FailsWith(kDataLoss, "CHECKPOINT_CONFLICT")) << "nobody waits";
  fs::remove(folder_ / kName);
  Lay("elsewhere", "");
  fs::create_symlink(folder_ / "elsewhere", folder_ / kName);
  EXPECT_FALSE(Write("first\n").ok());
  EXPECT_EQ(ReadFile(folder_ / "elsewhere"), "");
}

TEST_F(CheckpointFolderTest, AFolderThatIsAwayIsSaid) {
  const std::string none = folder_ / "none";
  EXPECT_THAT(WriteCheckpointFile(none, kName, "first\n"),
              FailsWith(kUnavailable, "PLACE_UNUSABLE"));
  EXPECT_FALSE(fs::exists(none)) << "a mount point is not made";
  EXPECT_THAT(ReadCheckpointFolder(none, log_), FailsWith(kUnavailable, "PLACE_UNUSABLE"));
  Lay("file", "x");
  EXPECT_THAT(WriteCheckpointFile(folder_ / "file", kName, "first\n"),
              FailsWith(kUnavailable, "PLACE_UNUSABLE"));
  EXPECT_THAT(ReadCheckpointFolder(folder_ / "file", log_),
              FailsWith(kUnavailable, "PLACE_UNUSABLE"));
}

TEST_F(CheckpointFolderTest, AFolderMayBeALinkToAnother) {
  fs::create_directory(folder_ / "real");
  fs::create_symlink(folder_ / "real", folder_ / "link");
  ASSERT_OK(WriteCheckpointFile(folder_ / "link", kName, Note(812)));
  ASSERT_OK_AND_ASSIGN(const auto content, ReadCheckpointFolder(folder_ / "link", log_));
  EXPECT_TRUE(content.newest.has_value());
}

TEST_F(CheckpointFolderTest, TheNewestIsFoundByGenerationAndSize) {
  EXPECT_EQ(Newest(), "none");
  for (const int64_t size : {9, 10, 99, 100}) Lay(CheckpointFileName(1, size), Note(size));
  EXPECT_EQ(Newest(), CheckpointFileName(1, 100));
  Lay(CheckpointFileName(2, 50), Note(50, 2));
  EXPECT_EQ(Newest(), CheckpointFileName(2, 50));
  Lay(CheckpointFileName(10, 7), Note(7, 10));
  const FolderContent content = Read();
  ASSERT_TRUE(content.newest.has_value());
  EXPECT_EQ(content.newest->file, CheckpointFileName(10, 7));
  EXPECT_EQ(content.newest->generation, 10);
  EXPECT_EQ(content.newest->checkpoint.size, 7);
  EXPECT_EQ(content.stranger, "");
}

// Whoever may write there hides no checkpoint behind what is none.
TEST_F(CheckpointFolderTest, WhatIsNoCheckpointOfItsNameIsPassedOver) {
  Lay(CheckpointFileName(1, 100), Note(100));
  Lay(CheckpointFileName(1, 200), "junk");
  Lay(CheckpointFileName(1, 300), Note(50));
  Lay(CheckpointFileName(1, 400), "");
  Lay(CheckpointFileName(1, 500), std::string(100'000, 'x'));
  Lay("zzz.checkpoint", Note(600));
  Lay(CheckpointFileName(2, 700), Note(700, 1));
  Lay(CheckpointFileName(1, 800), log_.Sign(CheckpointOf("issuer.example/another", 800)));
  EXPECT_EQ(Newest(), CheckpointFileName(1, 100));
  EXPECT_EQ(Read().stranger, "");
}

TEST_F(CheckpointFolderTest, AnotherKeysCheckpointOfThisNameIsAStranger) {
  Lay(CheckpointFileName(1, 100), Note(100));
  const auto forged = testing::SignedBy(testing::StrangersKey(), CheckpointOf(kOrigin, 200));
  Lay(CheckpointFileName(1, 200), forged);
  EXPECT_EQ(Newest(), CheckpointFileName(1, 100));
  EXPECT_EQ(Read().stranger, CheckpointFileName(1, 200));
}

}  // namespace
}  // namespace switchboard::upkeep
