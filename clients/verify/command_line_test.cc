#include "clients/verify/command_line.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::verify {
namespace {

using ::testing::HasSubstr;

struct Ran {
  int code;
  std::string out, err;
};

Ran RunLine(const std::vector<std::string>& words) {
  std::vector<const char*> arguments = {"switchboard-verify"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  std::ostringstream out, err;
  const int code = Run(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {code, out.str(), err.str()};
}

// Who has nothing but files: of a log of nine entries.
class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    for (int i = 1; i <= 9; ++i) {
      v1::AuditEvent event;
      event.set_kind(v1::AuditEvent::KIND_PERMIT_GIVEN);
      event.set_account_id(absl::StrCat("A-", i));
      log_.Append(i % 2 == 0 ? "hub-1.1" : "hub-1", {event.SerializeAsString(), "x", "y"});
      log_.Sign();
    }
    Write("key", "# noted on Monday\n" + log_.key().Text() + "\n");
    Write("old", log_.NoteOf(4));
    Write("new", log_.NoteOf(9));
    Write("consistency", log_.ConsistencyText(4));
    Write("proof", log_.ProofText(log_.chains["hub-1"][2], 4, 0));
  }

  void Write(const std::string& name, const std::string& content) {
    testing::WriteFile(folder_ / name, content);
  }
  // Runs a command on files of the folder, believing the key.
  Ran Verify(const std::string& command, const std::vector<std::string>& files,
             const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {command};
    for (const std::string& file : files) words.push_back(folder_ / file);
    words.insert(words.end(), {"--key", folder_ / "key"});
    words.insert(words.end(), more.begin(), more.end());
    return RunLine(words);
  }
  // The checkpoint of all leaves with the cosignature of a witness.
  std::string Cosigned(const audit::VerifierKey& witness, const Ed25519Signer& signer) {
    const std::string note = log_.NoteOf(9);
    const std::string text = audit::ParseNote(note)->text;
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes += static_cast<char>(witness.id() >> shift & 0xff);
    bytes += std::string(7, '\0') + std::string(1, 5);
    bytes += signer.Sign(absl::StrCat("cosignature/v1\ntime 5\n", text));
    return absl::StrCat(note, "\u2014 ", witness.name, " ", absl::Base64Escape(bytes), "\n");
  }

  audit::MadeLog log_;
  testing::TemporaryFolder folder_;
};

TEST_F(VerifyTest, CheckpointOfTheLogHolds) {
  const Ran ran = Verify("checkpoint", {"new"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("the checkpoint of 9 entries of issuer.example/switchboard is "
                                 "signed by the log\n"));
  // The key as it is, instead of a file.
  EXPECT_EQ(RunLine({"checkpoint", folder_ / "new", "--key", log_.key().Text()}).code, kExitOk);
}

TEST_F(VerifyTest, CheckpointOfAnotherKeyDoesNot) {
  const Ran ran =
      RunLine({"checkpoint", folder_ / "new", "--key", audit::MadeLog('o').key().Text()});
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("does NOT hold: signed by none of the known keys"));
  EXPECT_THAT(ran.err, HasSubstr("[NOTE_UNKNOWN]"));
}

TEST_F(VerifyTest, EachWitnessMustHaveSigned) {
  const Ed25519Signer signer(Secret(std::string(kEd25519KeyBytes, 'w')));
  const audit::VerifierKey witness = {"witness.example/w1", audit::VerifierKey::kCosignature,
                                      signer.public_key()};
  Write("cosigned", Cosigned(witness, signer));
  const std::vector<std::string> asked = {"--witness", witness.Text()};
  const Ran good = Verify("checkpoint", {"cosigned"}, asked);
  EXPECT_EQ(good.code, kExitOk) << good.err;
  EXPECT_THAT(good.out, HasSubstr("  witness   witness.example/w1\n"));
  const Ran bad = Verify("checkpoint", {"new"}, asked);
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.err, HasSubstr("witness witness.example/w1: "));
  Write("forged", Cosigned(witness, log_.signer()));
  EXPECT_THAT(Verify("checkpoint", {"forged"}, asked).err, HasSubstr("[NOTE_FORGED]"));
}

TEST_F(VerifyTest, LaterCheckpointContinuesTheEarlierOne) {
  const Ran ran = Verify("consistency", {"old", "consistency"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("continues the one of 4: none of those was altered or taken "
                                 "away\n"));
  Write("other", log_.NoteOf(5));
  const Ran other = Verify("consistency", {"other", "consistency"});
  EXPECT_EQ(other.code, kExitFailed);
  EXPECT_THAT(other.err, HasSubstr("about a checkpoint of 4, not of 5 [PROOF_BROKEN]"));
  Write("unsigned", audit::ParseNote(log_.NoteOf(4))->text);
  EXPECT_THAT(Verify("consistency", {"unsigned", "consistency"}).err,
              HasSubstr("the old checkpoint: "));
}

// The log is computed anew, and the new one signed with the log's own key.
TEST_F(VerifyTest, LogThatWasComputedAnewDoesNotContinueIt) {
  log_.chains["hub-1"][0].set_events(0, "forged");
  log_.Seal("hub-1", 0);
  log_.MakeTreeAnew();
  Write("anew", log_.ConsistencyText(4));
  const Ran ran = Verify("consistency", {"old", "anew"});
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("the checkpoint of 9 does not continue the one of 4"));
}

TEST_F(VerifyTest, EventIsProvedAndPrinted) {
  const Ran ran = Verify("proof", {"proof"}, {"--json", folder_ / "json"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("  entry     hub-1/3, at position 4, committed 2026-01-01 "
                                 "00:00:05 UTC\n  event     0 of 3, from 0: "
                                 "{\"kind\":\"KIND_PERMIT_GIVEN\",\"account_id\":\"A-5\"}\n"));
  EXPECT_THAT(ran.out, HasSubstr("the event is in the log, since 2026-01-01 00:00:05 UTC by the "
                                 "hub's clock; the checkpoint of 9 entries of "
                                 "issuer.example/switchboard signs it\n"));
  const auto json = nlohmann::json::parse(testing::ReadFile(folder_ / "json"));
  EXPECT_EQ(json["holds"], true);
  EXPECT_EQ(json["checkpoint"]["size"], 9);
  EXPECT_EQ(json["checkpoint"]["origin"], log_.origin);
  EXPECT_THAT(log_.NoteOf(9), HasSubstr(json["checkpoint"]["root"].get<std::string>() + "\n"));
  EXPECT_EQ(json["entry"]["sequence"], 3);
  EXPECT_EQ(json["event"]["account_id"], "A-5");
}

TEST_F(VerifyTest, WhatDoesNotHoldIsToldToProgramsAsWell) {
  std::string proof = testing::ReadFile(folder_ / "proof");
  const size_t at = proof.find("index 4");
  proof[at + 6] = '3';
  Write("moved", proof);
  const Ran ran = Verify("proof", {"moved"}, {"--json", "-"});
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("does NOT hold: the entry is not in the checkpoint's tree"));
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["holds"], false);
  EXPECT_EQ(json["reason"], "PROOF_BROKEN");
}

TEST_F(VerifyTest, WithJsonOnStandardOutputNothingElseIsThere) {
  const Ran ran = Verify("checkpoint", {"new"}, {"--json", "-"});
  EXPECT_EQ(nlohmann::json::parse(ran.out)["holds"], true);
  EXPECT_THAT(ran.err, HasSubstr("is signed by the log"));
}

TEST_F(VerifyTest, FilesAndKeysThatCannotBeReadAreNamed) {
  const Ran missing = Verify("checkpoint", {"none"});
  EXPECT_EQ(missing.code, kExitFailed);
  EXPECT_THAT(missing.err, HasSubstr("none: cannot be read [FILE_MISSING]"));
  const Ran folder = RunLine({"checkpoint", folder_ / "new", "--key", folder_ / "new"});
  EXPECT_EQ(folder.code, kExitFailed);
  EXPECT_THAT(folder.err, HasSubstr("[KEY_INVALID]"));
  Write("large", std::string(1024 * 1024 + 1, 'x'));
  EXPECT_THAT(Verify("proof", {"large"}).err, HasSubstr("[FILE_TOO_LARGE]"));
  Write("empty", "");
  EXPECT_THAT(Verify("proof", {"empty"}).err, HasSubstr("[PROOF_INVALID]"));
  EXPECT_EQ(Verify("checkpoint", {"new"}, {"--json", folder_ / "no/such"}).code, kExitFailed);
}

TEST_F(VerifyTest, UsageIsTold) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"checkpoint"},
                                                {"checkpoint", "file"},
                                                {"nothing"},
                                                {"consistency", "old", "--key", "k"}}) {
    const Ran ran = RunLine(words);
    EXPECT_EQ(ran.code, kExitUsage);
    EXPECT_THAT(ran.err, HasSubstr("(see --help)"));
  }
  const Ran help = RunLine({"--help"});
  EXPECT_EQ(help.code, kExitOk);
  EXPECT_THAT(help.out, HasSubstr("Examples:\n  switchboard-verify checkpoint"));
  for (const char* command : {"checkpoint", "consistency", "proof"}) {
    EXPECT_THAT(RunLine({command, "--help"}).out,
                HasSubstr(absl::StrCat("Example:\n  switchboard-verify ", command)));
  }
  EXPECT_THAT(RunLine({"--version"}).out, HasSubstr("switchboard-verify "));
}

}  // namespace
}  // namespace switchboard::verify
