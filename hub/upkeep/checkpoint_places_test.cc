#include "hub/upkeep/checkpoint_places.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/upkeep/checkpoint_folder.h"
#include "tests/checkpoint_notes.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

namespace fs = std::filesystem;
using testing::CheckpointOf;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestDatabase;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr char kOrigin[] = "issuer.example/switchboard";

class CheckpointPlacesTest : public ::testing::Test {
 protected:
  // Deliveries are noted by a writer that runs.
  void SetUp() override { test_.writer->Start(); }
  void TearDown() override { test_.writer->Stop(); }

  CheckpointPlaces Places(const std::vector<std::string>& names) {
    std::vector<CheckpointPlace> places;
    for (const std::string& name : names) places.push_back({name, folder_ / name});
    return CheckpointPlaces({log_, *test_.readers, *test_.writer, test_.clock, test_.clock},
                            std::move(places));
  }
  void MakeFolder(const std::string& name) { fs::create_directory(folder_ / name); }
  // A checkpoint of this size, as the duty keeps it.
  void Keep(int64_t size, const std::string& origin = kOrigin) {
    ASSERT_OK(test_.writer->SubmitAndWait(
        storage::Urgency::kUrgent, [&](storage::Transaction& transaction) {
          return audit::KeepCheckpoint(
              transaction, {size, test_.now_us(), log_.Sign(CheckpointOf(origin, size))});
        }));
  }
  std::vector<std::string> Files(const std::string& name) {
    std::vector<std::string> files;
    for (const auto& one : fs::directory_iterator(folder_ / name))
      files.push_back(one.path().filename().string());
    std::sort(files.begin(), files.end());
    return files;
  }
  // "vault 5 at 0: problem", in seconds of the fixture; -1: nothing came there.
  std::vector<std::string> Noted() {
    std::vector<std::string> texts;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto deliveries, audit::Deliveries(reader));
      for (const audit::Delivery& one : deliveries) {
        const int64_t at =
            one.deliver_time_us == 0 ? -1 : (one.deliver_time_us - begin_us_) / 1'000'000;
        texts.push_back(absl::StrCat(one.place, " ", one.size, " at ", at, ": ", one.problem));
      }
      return absl::OkStatus();
    }));
    return texts;
  }

  TestDatabase test_;
  const int64_t begin_us_ = test_.now_us();
  const audit::LogSigner log_{*test_.sealer, kOrigin};
  testing::TemporaryFolder folder_;
};

TEST_F(CheckpointPlacesTest, EachGetsTheNewest) {
  MakeFolder("vault");
  MakeFolder("court");
  CheckpointPlaces places = Places({"vault", "court"});
  places.Turn();
  EXPECT_THAT(Noted(), IsEmpty()) << "there is none";
  Keep(3);
  Keep(5);
  places.Turn();
  for (const char* place : {"vault", "court"})
    EXPECT_THAT(Files(place), ElementsAre("1-000000000005.checkpoint"));
  EXPECT_THAT(Noted(), ElementsAre("court 5 at 0: ", "vault 5 at 0: "));
  test_.clock.Advance(absl::Seconds(7));
  places.Turn();
  EXPECT_THAT(Noted(), ElementsAre("court 5 at 0: ", "vault 5 at 0: ")) << "writes nothing again";
  Keep(8);
  places.Turn();
  EXPECT_THAT(Files("vault"),
              ElementsAre("1-000000000005.checkpoint", "1-000000000008.checkpoint"));
  EXPECT_THAT(Noted(), ElementsAre("court 8 at 7: ", "vault 8 at 7: "));
  for (const auto& state : places.States()) {
    EXPECT_OK(state.last);
    EXPECT_OK(state.conflict);
  }
}

TEST_F(CheckpointPlacesTest, WhatIsThereIsTheNoteAsItWasSigned) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"});
  Keep(5);
  places.Turn();
  const audit::VerifierKey key = log_.KeyOf(1);
  ASSERT_OK_AND_ASSIGN(
      const audit::Checkpoint opened,
      audit::OpenCheckpoint(testing::ReadFile(folder_ / "vault/1-000000000005.checkpoint"),
                            {&key, 1}));
  EXPECT_EQ(opened.size, 5);
}

TEST_F(CheckpointPlacesTest, OneThatIsAwayIsTriedAgainEverLaterAndKeepsNoOtherWaiting) {
  MakeFolder("court");
  CheckpointPlaces places = Places({"vault", "court"});
  Keep(5);
  places.Turn();
  EXPECT_THAT(Files("court"), ElementsAre("1-000000000005.checkpoint"));
  EXPECT_THAT(places.States()[0].last, FailsWith(kUnavailable, "PLACE_UNUSABLE"));
  EXPECT_OK(places.States()[1].last);
  EXPECT_THAT(Noted(), ElementsAre("court 5 at 0: ", HasSubstr("vault 0 at -1: ")));
  EXPECT_THAT(Noted()[1], HasSubstr("No such file"));
  // At 1 and 3 seconds in vain, and from 7 on again.
  for (const int seconds : {1, 2}) {
    test_.clock.Advance(absl::Seconds(seconds));
    places.Turn();
  }
  MakeFolder("vault");
  test_.clock.Advance(absl::Milliseconds(3'999));
  places.Turn();
  EXPECT_THAT(Files("vault"), IsEmpty());
  test_.clock.Advance(absl::Milliseconds(1));
  places.Turn();
  EXPECT_THAT(Files("vault"), ElementsAre("1-000000000005.checkpoint"));
  EXPECT_OK(places.States()[0].last);
  EXPECT_THAT(Noted(), ElementsAre("court 5 at 0: ", "vault 5 at 7: "));
}

TEST_F(CheckpointPlacesTest, AClockThatStepsBackHoldsNothingUp) {
  CheckpointPlaces places = Places({"vault"});
  Keep(5);
  places.Turn();
  MakeFolder("vault");
  test_.clock.Advance(-absl::Hours(1));
  places.Turn();
  EXPECT_THAT(Files("vault"), ElementsAre("1-000000000005.checkpoint"));
}

TEST_F(CheckpointPlacesTest, WhatAnotherHubBroughtIsNotBroughtAgain) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"}), other = Places({"vault"});
  Keep(5);
  places.Turn();
  fs::remove(folder_ / "vault/1-000000000005.checkpoint");
  other.Turn();
  EXPECT_THAT(Files("vault"), IsEmpty());
  Keep(6);
  other.Turn();
  EXPECT_THAT(Files("vault"), ElementsAre("1-000000000006.checkpoint"));
}

// Two databases under one name, or somebody who writes there: later checkpoints come, and the
// alarm stays.
TEST_F(CheckpointPlacesTest, AnotherCheckpointInItsPlaceIsAConflictThatNothingMends) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"});
  Keep(5);
  const std::string other = log_.Sign(CheckpointOf(kOrigin, 6, "another tree"));
  testing::WriteFile(folder_ / "vault/1-000000000006.checkpoint", other);
  places.Turn();
  EXPECT_OK(places.States()[0].conflict);
  Keep(6);
  places.Turn();
  EXPECT_THAT(places.States()[0].conflict, FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  EXPECT_THAT(Noted(), ElementsAre(HasSubstr("vault 5 at 0: ")));
  EXPECT_THAT(Noted()[0], HasSubstr("1-000000000006.checkpoint"));
  test_.clock.Advance(absl::Minutes(1));
  Keep(7);
  places.Turn();
  EXPECT_OK(places.States()[0].last);
  EXPECT_THAT(places.States()[0].conflict, FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  EXPECT_THAT(Noted(), ElementsAre(HasSubstr("vault 7 at 60: ")));
  EXPECT_THAT(Noted()[0], HasSubstr("1-000000000006.checkpoint"));
  EXPECT_EQ(testing::ReadFile(folder_ / "vault/1-000000000006.checkpoint"), other);
}

// A database that was replaced by a new one.
TEST_F(CheckpointPlacesTest, AnotherKeysCheckpointsOfThisNameAreAConflict) {
  MakeFolder("vault");
  testing::WriteFile(folder_ / "vault/1-000000000900.checkpoint",
                     testing::SignedBy(testing::StrangersKey(), CheckpointOf(kOrigin, 900)));
  CheckpointPlaces places = Places({"vault"});
  Keep(5);
  places.Turn();
  EXPECT_THAT(places.States()[0].conflict, FailsWith(kDataLoss, "CHECKPOINT_CONFLICT"));
  EXPECT_THAT(Files("vault"),
              ElementsAre("1-000000000005.checkpoint", "1-000000000900.checkpoint"));
}

TEST_F(CheckpointPlacesTest, BehindARestoreFilesHaveTheGenerationInTheirNames) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"});
  Keep(5, log_.NameOf(2));
  places.Turn();
  EXPECT_THAT(Files("vault"), ElementsAre("2-000000000005.checkpoint"));
}

// The configured name was changed: the next checkpoint bears it.
TEST_F(CheckpointPlacesTest, ACheckpointUnderAnotherNameIsNotBrought) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"});
  Keep(5, "issuer.example/before");
  places.Turn();
  EXPECT_THAT(Files("vault"), IsEmpty());
  EXPECT_THAT(Noted(), IsEmpty());
}

TEST_F(CheckpointPlacesTest, TheThreadBringsThemUntilItIsStopped) {
  MakeFolder("vault");
  CheckpointPlaces places = Places({"vault"});
  Keep(5);
  places.Start();
  EXPECT_TRUE(testing::Eventually([&] { return !Noted().empty(); }));
  places.Stop();
  EXPECT_THAT(Files("vault"), ElementsAre("1-000000000005.checkpoint"));
  Places({}).Start();  // none, and so no thread
}

}  // namespace
}  // namespace switchboard::upkeep
