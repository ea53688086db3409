#include "adapters/example/outcome_folder.h"

#include <filesystem>
#include <map>

#include "adapters/example/drop_folder.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using ::testing::HasSubstr;
using Response = v1::ReportOutcomesResponse;

constexpr char kLine[] = "a1,p1,NO_ANSWER,2026-11-02T09:30:00Z,2026-11-02T09:31:00Z,ag7,hello\n";

class OutcomeFolderTest : public ::testing::Test {
 protected:
  // A client that takes everything and, as the hub, answers when the test says so.
  OutcomeFolder::Client Client() {
    return {[this](v1::Outcome outcome, std::function<void(absl::StatusOr<std::string>)> done) {
              if (taken_.ok()) waiting_[outcome.outcome_id()] = outcome;
              if (taken_.ok()) {
                done(outcome.outcome_id());
              } else {
                done(taken_);
              }
            },
            [this](std::string_view id, int) {
              dropped_.emplace_back(id);
              return absl::OkStatus();
            }};
  }
  absl::Status Poll() { return folder_.Poll(Client()); }
  void Drop(const std::string& name, const std::string& content) {
    testing::WriteFile(path_ / name, content);
  }
  void AnswerAll(Response::Status status = Response::STATUS_RECORDED, bool not_kept = false) {
    for (const auto& [id, outcome] : std::exchange(waiting_, {})) {
      OutcomeFolder::Receipt receipt;
      receipt.set_outcome_id(id);
      receipt.set_version(1);
      receipt.set_status(status);
      receipt.set_not_kept(not_kept);
      if (status != Response::STATUS_RECORDED) receipt.set_field("agent_reference");
      if (status != Response::STATUS_RECORDED) receipt.set_problem("letters and digits");
      folder_.OnReceipt(receipt);
    }
  }
  bool Exists(const std::string& name) const { return std::filesystem::exists(path_ / name); }
  std::string Content(const std::string& name) const { return testing::ReadFile(path_ / name); }

  testing::TemporaryFolder path_;
  OutcomeFolder folder_{path_.path()};
  absl::Status taken_;
  std::map<std::string, v1::Outcome> waiting_;
  std::vector<std::string> dropped_;
};

TEST_F(OutcomeFolderTest, FileIsDoneWhenTheHubHasRecordedEveryLineAndNotBefore) {
  Drop("f.csv", std::string(kLine) + kLine);
  ASSERT_OK(Poll());
  ASSERT_OK(Poll());
  EXPECT_EQ(waiting_.size(), 2u);
  EXPECT_TRUE(Exists("f.csv")) << "durable here is not accepted";
  OutcomeFolder::Receipt receipt;
  receipt.set_outcome_id(OutcomeIdOf("f.csv", 1));
  receipt.set_status(Response::STATUS_REPEATED);
  folder_.OnReceipt(receipt);
  folder_.OnReceipt(receipt);
  ASSERT_OK(Poll());
  EXPECT_TRUE(Exists("f.csv")) << "one line is not answered";
  AnswerAll();
  ASSERT_OK(Poll());
  EXPECT_TRUE(Exists("f.done"));
  EXPECT_FALSE(Exists("f.csv"));
  EXPECT_FALSE(Exists("f.refused"));
}

TEST_F(OutcomeFolderTest, WhatTheHubRefusesLaterIsInRefusedWithItsReason) {
  Drop("f.csv", "not an outcome\n" + std::string(kLine));
  ASSERT_OK(Poll());
  EXPECT_FALSE(Exists("f.refused"));
  AnswerAll(Response::STATUS_INVALID);
  ASSERT_OK(Poll());
  EXPECT_EQ(Content("f.refused"),
            "line,status,field,problem\n"
            "1,LINE_INVALID,,seven columns; the last may be empty\n"
            "2,STATUS_INVALID,agent_reference,letters and digits\n");
  EXPECT_FALSE(Exists("f.done"));
  EXPECT_FALSE(Exists("f.csv"));
  EXPECT_EQ(Content("f.kept"), "not an outcome\n" + std::string(kLine));
  EXPECT_EQ(dropped_, std::vector<std::string>{OutcomeIdOf("f.csv", 2)});
}

TEST_F(OutcomeFolderTest, WhatTheHubHasNotKeptIsListedAndStaysWithTheClient) {
  Drop("f.csv", kLine);
  ASSERT_OK(Poll());
  AnswerAll(Response::STATUS_INVALID, /*not_kept=*/true);
  ASSERT_OK(Poll());
  EXPECT_EQ(Content("f.refused"),
            "line,status,field,problem\n"
            "1,STATUS_INVALID,agent_reference,letters and digits; the hub has not kept it: it is "
            "sent again by itself\n");
  EXPECT_TRUE(Exists("f.kept"));
  EXPECT_EQ(dropped_, std::vector<std::string>{});
  OutcomeFolder::Receipt kept;
  kept.set_outcome_id(OutcomeIdOf("f.csv", 1));
  kept.set_status(Response::STATUS_INVALID);
  EXPECT_FALSE(folder_.OnReceipt(kept)) << "no file waits for it";
}

TEST_F(OutcomeFolderTest, EveryNameIsTaken) {
  const std::string names[] = {"bom",      "結果_20261127", "with space", "a\nb",
                               "\xff\xfe", "-rf",           "a,\"b",      std::string(251, 'x')};
  for (const std::string& name : names) Drop(name + ".csv", "\xef\xbb\xbf" + std::string(kLine));
  Drop("UPPER.CSV", kLine);
  ASSERT_OK(Poll());
  EXPECT_EQ(waiting_.size(), std::size(names) + 1);
  AnswerAll();
  ASSERT_OK(Poll());
  for (const std::string& name : names) {
    EXPECT_TRUE(Exists(NameOf(name + ".csv") + ".done")) << name;
    EXPECT_FALSE(Exists(name + ".csv")) << name;
  }
  EXPECT_TRUE(Exists("UPPER.CSV.done"));
}

TEST_F(OutcomeFolderTest, EveryContentIsTakenOrRefusedWithAReason) {
  const std::string contents[] = {
      "",
      "\xef\xbb\xbf",
      "\n\n",
      "a,b\n",
      std::string("\xff\xfe"
                  "a\0,\0",
                  6),
      "a1,p1,NO_ANSWER,2026-11-02T09:30:00Z,2026-11-02T09:31:00Z,,\x8e\x52\n",
      std::string(kOutcomeFileBytesMax + 1, 'x')};
  for (const std::string& content : contents) {
    Drop("f.csv", content);
    ASSERT_OK(Poll());
    EXPECT_FALSE(Exists("f.csv"));
    EXPECT_FALSE(Exists("f.done"));
    EXPECT_THAT(Content("f.refused"),
                ::testing::ContainsRegex("1,(LINE_INVALID|FILE_INVALID|FILE_TOO_LARGE),,"))
        << content.size();
    std::filesystem::remove(path_ / "f.refused");
  }
  EXPECT_TRUE(waiting_.empty());
}

TEST_F(OutcomeFolderTest, OutcomeThatTheClientRefusesIsRefusedAndOneThatItCannotTakeWaits) {
  Drop("f.csv", kLine);
  taken_ = Error(absl::StatusCode::kUnavailable, "DISK_FULL", "no room");
  EXPECT_EQ(Poll(), taken_);
  EXPECT_TRUE(Exists("f.csv"));
  EXPECT_FALSE(Exists("f.refused"));
  taken_ = Error(absl::StatusCode::kAlreadyExists, "OUTCOME_REUSED", "waits with other content");
  ASSERT_OK(Poll());
  EXPECT_THAT(Content("f.refused"), HasSubstr("1,OUTCOME_REUSED,,waits with other content\n"));
}

TEST_F(OutcomeFolderTest, AfterACrashTheSameOutcomesAreReportedAgain) {
  Drop("f.csv", kLine);
  ASSERT_OK(Poll());
  const auto before = std::exchange(waiting_, {});
  OutcomeFolder next(path_.path());
  ASSERT_OK(next.Poll(Client()));
  ASSERT_EQ(waiting_.size(), 1u);
  EXPECT_EQ(waiting_.begin()->first, before.begin()->first);
}

TEST_F(OutcomeFolderTest, MendedFileOfTheSameNameTakesTheRefusalAway) {
  Drop("f.csv", "not an outcome\n");
  ASSERT_OK(Poll());
  EXPECT_TRUE(Exists("f.refused"));
  Drop("f.csv", kLine);
  ASSERT_OK(Poll());
  AnswerAll();
  ASSERT_OK(Poll());
  EXPECT_TRUE(Exists("f.done"));
  EXPECT_FALSE(Exists("f.refused"));
}

// What is put over a file that waits for the hub has not been read when the hub answers.
TEST_F(OutcomeFolderTest, FileThatWasReplacedMeanwhileIsReadAnew) {
  Drop("f.csv", kLine);
  ASSERT_OK(Poll());
  Drop("g.tmp", std::string(kLine) + kLine);
  std::filesystem::rename(path_ / "g.tmp", path_ / "f.csv");
  AnswerAll();
  ASSERT_OK(Poll());
  EXPECT_TRUE(Exists("f.csv"));
  ASSERT_OK(Poll());
  EXPECT_EQ(waiting_.size(), 2u);
}

TEST_F(OutcomeFolderTest, OtherFilesAreLeftAlone) {
  Drop("f.csv.part", kLine);
  Drop("f.done", kLine);
  std::filesystem::create_directory(path_ / "folder.csv");
  ASSERT_OK(Poll());
  EXPECT_TRUE(waiting_.empty());
  EXPECT_TRUE(Exists("f.csv.part"));
}

}  // namespace
}  // namespace switchboard::adapters
