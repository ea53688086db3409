#include "hub/upkeep/log_continuity.h"

#include <filesystem>
#include <string>
#include <vector>

#include "hub/audit/log_tree.h"
#include "hub/audit/tiles.h"
#include "hub/upkeep/checkpoint_folder.h"
#include "tests/audit_rows.h"
#include "tests/checkpoint_notes.h"
#include "tests/database_fixture.h"

namespace switchboard::upkeep {
namespace {

using ::testing::AllOf;
using testing::CheckpointOf;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::TestDatabase;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr char kReason[] = "LOG_BEHIND_CHECKPOINT";
constexpr char kOrigin[] = "issuer.example/switchboard";

// A log of ten entries, and a folder with what was said of it.
class LogContinuityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(testing::AddEntries(transaction, *test_.sealer, "hub-1", 1, 10));
      return audit::AddLeaves(transaction, audit::EntrySeal(*test_.sealer), 100).status();
    }));
  }

  // Lays a checkpoint of this size there, with the root that the log has, or another one.
  void Lay(int64_t size, int64_t generation = 1, const std::string& root = "") {
    audit::Checkpoint checkpoint = CheckpointOf(log_.NameOf(generation), size, root);
    if (root.empty()) {
      ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(checkpoint.root, audit::Tiles(reader).RootAt(size));
        return absl::OkStatus();
      }));
    }
    LayNote(CheckpointFileName(generation, size), log_.Sign(checkpoint));
  }
  void LayNote(const std::string& name, const std::string& note) {
    testing::WriteFile(folder_ / name, note);
  }
  void BeginLog(int64_t generation) {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
      return audit::LogSigner::Begin(transaction, generation);
    }));
  }
  absl::Status Check() {
    return test_.readers->Run(
        [&](storage::Connection& reader) { return CheckLogGoesOn(reader, log_, places_); });
  }
  int64_t Next() {
    int64_t next = 0;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(next, NextGeneration(reader, log_, places_));
      return absl::OkStatus();
    }));
    return next;
  }

  TestDatabase test_;
  const audit::LogSigner log_{*test_.sealer, kOrigin};
  testing::TemporaryFolder folder_;
  // The first one is away.
  std::vector<CheckpointPlace> places_ = {{"court", folder_ / "none"},
                                          {"vault", folder_.path().string()}};
};

TEST_F(LogContinuityTest, ALogThatGoesOnWhereItWasIsServed) {
  EXPECT_OK(Check()) << "nothing is there";
  Lay(3);
  EXPECT_OK(Check());
  Lay(10);
  EXPECT_OK(Check());
}

TEST_F(LogContinuityTest, ALogThatEndsBeforeItsCheckpointIsNot) {
  Lay(10);
  Lay(11, 1, "whatever came then");
  const absl::Status refused = Check();
  EXPECT_THAT(refused, FailsWith(kPrecondition, kReason));
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("1-000000000011.checkpoint"), HasSubstr("had 11 entries"),
                    HasSubstr("holds 10"), HasSubstr("switchboard restore")));
}

TEST_F(LogContinuityTest, AnotherLogOfTheSameNameAndKeyIsNot) {
  Lay(9, 1, "another tree");
  EXPECT_THAT(Check(), FailsWith(kPrecondition, kReason));
  // The newest one says it, whatever lies before.
  Lay(10);
  EXPECT_OK(Check());
}

TEST_F(LogContinuityTest, WhatOthersSignedSaysNothing) {
  const auto stranger = testing::StrangersKey();
  LayNote(CheckpointFileName(1, 900), testing::SignedBy(stranger, CheckpointOf(kOrigin, 900)));
  LayNote(CheckpointFileName(1, 901), log_.Sign(CheckpointOf("issuer.example/another", 901)));
  LayNote(CheckpointFileName(1, 902), "junk");
  EXPECT_OK(Check());
  Lay(11, 1, "behind it");
  EXPECT_THAT(Check(), FailsWith(kPrecondition, kReason)) << "and hides nothing";
}

// What was made since is lost with it, and may be larger.
TEST_F(LogContinuityTest, WhatIsOfBeforeARestoreSaysNothingMore) {
  Lay(900, 1, "lost");
  EXPECT_THAT(Check(), FailsWith(kPrecondition, kReason));
  BeginLog(2);
  EXPECT_OK(Check());
  Lay(11, 2, "since");
  EXPECT_THAT(Check(), FailsWith(kPrecondition, kReason));
}

TEST_F(LogContinuityTest, ADatabaseOfBeforeARestoreIsNotServed) {
  Lay(5, 2);
  const absl::Status refused = Check();
  EXPECT_THAT(refused, FailsWith(kPrecondition, kReason));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("issuer.example/switchboard/2 since"));
}

// The same backup restored twice would go on twice under one name.
TEST_F(LogContinuityTest, ARestoreBeginsWhatNoPlaceKnows) {
  EXPECT_EQ(Next(), 2);
  Lay(5, 4);
  EXPECT_EQ(Next(), 5);
  BeginLog(7);
  EXPECT_EQ(Next(), 8);
}

}  // namespace
}  // namespace switchboard::upkeep
