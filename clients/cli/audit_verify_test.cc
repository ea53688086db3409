#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/scripted_calls.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A log of twelve entries in two chains, signed every four, and a folder where its checkpoints lie.
class AuditVerifyTest : public ::testing::Test {
 protected:
  AuditVerifyTest() {
    script_.log = &log_;
    std::filesystem::create_directory(places_);
    Grow(log_, 12);
    for (const std::string& note : log_.notes) Note(note);
    testing::WriteFile(key_, log_.key().Text() + "\n");
  }

  static void Grow(audit::MadeLog& log, int entries) {
    for (int i = 1; i <= entries; ++i) {
      log.Append(i % 3 == 0 ? "hub-1.1" : "hub-1", {absl::StrCat("event ", i), "another"});
      if (i % 4 == 0) log.Sign();
    }
  }

  void Note(const std::string& note) {
    const auto checkpoint = audit::ParseCheckpoint(audit::ParseNote(note)->text);
    testing::WriteFile(places_ + "/" + std::to_string(checkpoint->size) + ".checkpoint", note);
  }
  Ran Verify(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"audit", "verify", "--json", json_};
    words.insert(words.end(), more.begin(), more.end());
    return RunOnline(words, script_);
  }
  Ran VerifyNoted() { return Verify({"--checkpoint", places_, "--key", key_}); }
  nlohmann::json Json() const { return nlohmann::json::parse(testing::ReadFile(json_))["result"]; }

  testing::TemporaryFolder folder_;
  const std::string json_ = folder_ / "verify.json", key_ = folder_ / "log.key";
  const std::string places_ = folder_ / "places";
  audit::MadeLog log_;
  Script script_;
};

TEST_F(AuditVerifyTest, LogAndCheckpointsThatFitHold) {
  const Ran plain = Verify();
  EXPECT_EQ(plain.code, 0) << plain.out << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("2 chains, 12 entries, 24 events recomputed: unaltered; 12 of "
                                   "12 leaves of its tree hold, with 3 own checkpoints\n"));
  const Ran noted = VerifyNoted();
  EXPECT_EQ(noted.code, 0) << noted.out << noted.err;
  EXPECT_THAT(noted.out, HasSubstr("own checkpoints; 3 noted checkpoints as noted\n"));
  EXPECT_THAT(noted.out, Not(HasSubstr("believed by")));
  EXPECT_EQ(Json()["tree"]["size"], 12);
  EXPECT_EQ(Json()["checkpoints"]["as_noted"], 3);
  EXPECT_EQ(Json()["findings"].size(), 0u);
  EXPECT_EQ(Json()["keys"][0], log_.key().Text());
}

TEST_F(AuditVerifyTest, RowsAreHeldAgainstTheLog) {
  log_.Commit("hub-1", {{"permit", 7, 70}, {"permit", 8, 80}, {"stop", 9, 90}});
  log_.Commit("hub-1", {{"permit", 7, 71}});
  const Ran fit = Verify();
  EXPECT_EQ(fit.code, 0) << fit.out << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("; 3 rows of 2 tables fit the log\n"));
  EXPECT_EQ(Json()["rows"]["fit"], 3);
  log_.tables["permit"] = {{7, 70}, {8, 81}, {10, 100}};
  log_.tables["stop"].clear();
  const Ran ran = Verify({"--memory", "1"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  OLDER  permit K-7: is as hub-1/9 of "));
  EXPECT_THAT(ran.out, HasSubstr("  ALTERED  permit K-8: is not as hub-1/9 of "));
  EXPECT_THAT(ran.out, HasSubstr("  UNKNOWN  permit K-10: no entry wrote this row\n"));
  EXPECT_THAT(ran.out, HasSubstr("  MISSING  stop #0000000000000009: hub-1/9 of "));
  EXPECT_THAT(ran.out, HasSubstr("; 0 rows of 2 tables fit the log, 4 do NOT\n"));
  EXPECT_EQ(Json()["rows"]["wrong"], 4);
  const Ran log_only = Verify({"--log-only"});
  EXPECT_EQ(log_only.code, 0);
  EXPECT_THAT(log_only.out, HasSubstr("; rows were not asked for\n"));
  EXPECT_FALSE(Json()["rows"]["compared"]);
}

TEST_F(AuditVerifyTest, RowsOfOpenTablesAreCounted) {
  log_.Commit("hub-1", {{"vendor", 7, 70}}, {"vendor"});
  log_.tables["vendor"][7] = 71;
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("; 0 rows of 1 table fit the log, 1 not sealed yet\n"));
  // A log that is broken says nothing of rows.
  log_.chains["hub-1"][2].set_events(0, "forged");
  EXPECT_THAT(Verify().out, HasSubstr("; rows were NOT compared with a log that is broken\n"));
}

// Who gives no key of their own is told whose word that is.
TEST_F(AuditVerifyTest, KeyThatTheHubNamesIsNamed) {
  const Ran ran = Verify({"--checkpoint", places_ + "/4.checkpoint"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(
      ran.out,
      HasSubstr("believed by the key that the hub names itself: " + log_.key().Text() + "\n"));
  EXPECT_THAT(ran.out, HasSubstr("1 noted checkpoint as noted\n"));
}

TEST_F(AuditVerifyTest, OlderDatabaseIsCut) {
  audit::MadeLog older;
  Grow(older, 9);
  script_.log = &older;
  EXPECT_EQ(Verify().code, 0) << "it cannot know";
  const Ran ran = VerifyNoted();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  CUT  the log's tree ends at 8 entries; the checkpoint of 12 "));
  EXPECT_THAT(ran.out, HasSubstr("recomputed: CUT; 8 of 8 leaves of its tree hold, with 2 own "
                                 "checkpoints; 1 of 3 noted checkpoints NOT as noted\n"));
  EXPECT_EQ(Json()["findings"][0]["kind"], "CUT");
  EXPECT_EQ(Json()["findings"][0]["place"], "position 8");
}

TEST_F(AuditVerifyTest, LogThatWasComputedAnewIsFound) {
  log_.chains["hub-1"][4].set_events(0, "forged");
  log_.Seal("hub-1", 4);
  log_.MakeTreeAnew();
  const Ran ran = VerifyNoted();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  FORKED  the checkpoint of 8"));
  EXPECT_THAT(ran.out, HasSubstr("  NOT AS NOTED  the checkpoint of 8"));
  EXPECT_THAT(ran.out, HasSubstr("2 of 3 noted checkpoints NOT as noted\n"));
  EXPECT_EQ(Json()["not_as_noted"].size(), 1u);
}

TEST_F(AuditVerifyTest, WhatAnotherKeySignedIsForged) {
  const audit::MadeLog other('o');
  testing::WriteFile(key_, other.key().Text());
  const Ran ran = VerifyNoted();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  FORGED  " + places_ + "/12.checkpoint: signed by none"));
}

TEST_F(AuditVerifyTest, TreeThatIsNotOfTheEntriesIsFound) {
  log_.root[0] = static_cast<char>(log_.root[0] ^ 1);
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  TREE  the root that the tree keeps of 12 leaves is not"));
  EXPECT_THAT(ran.out, HasSubstr("unaltered; its tree does NOT hold\n"));
}

TEST_F(AuditVerifyTest, FilesThatHoldNothingAreErrors) {
  const std::string none = folder_ / "none";
  std::filesystem::create_directory(none);
  EXPECT_THAT(Verify({"--checkpoint", none}).err, HasSubstr("CHECKPOINTS_MISSING"));
  EXPECT_THAT(Verify({"--checkpoint", none + "/x"}).err, HasSubstr("FILE_MISSING"));
  EXPECT_THAT(Verify({"--key", places_ + "/4.checkpoint"}).err, HasSubstr("KEY_INVALID"));
  // What is given as a checkpoint and is none is no error of who asks.
  testing::WriteFile(none + "/x", "no note");
  const Ran ran = Verify({"--checkpoint", none + "/x"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  FORGED  " + none + "/x: no signed note"));
}

}  // namespace
}  // namespace switchboard::cli
