#include "hub/audit/checkpoint.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotSigned = absl::StatusCode::kUnauthenticated;
constexpr char kRoot[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

MadeLog Log(int entries) {
  MadeLog log;
  for (int i = 1; i <= entries; ++i) {
    log.Append(i % 3 == 0 ? "hub-1.1" : "hub-1", {absl::StrCat("event ", i)});
    log.Sign();
  }
  return log;
}

Checkpoint Open(const std::string& note) { return *ParseCheckpoint(ParseNote(note)->text); }

TEST(CheckpointTest, ExampleOfTheSpecificationIsReadAndWritten) {
  const std::string text = absl::StrCat("example.com/behind-the-sofa\n20852163\n", kRoot, "\n");
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, ParseCheckpoint(text));
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20'852'163);
  EXPECT_EQ(checkpoint.Text(), text);
  ASSERT_OK_AND_ASSIGN(const Checkpoint extended, ParseCheckpoint(text + "one\ntwo\n"));
  EXPECT_EQ(extended.extensions, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(extended.Text(), text + "one\ntwo\n");
  EXPECT_OK(ParseCheckpoint(absl::StrCat("a\n0\n", kRoot, "\n")));
  EXPECT_OK(ParseCheckpoint(absl::StrCat("a\n9223372036854775807\n", kRoot, "\n")));
}

TEST(CheckpointTest, WhatIsNoCheckpointIsRefused) {
  for (const std::string& text : {
           std::string(),
           std::string("a\n"),
           std::string("a\n1\n"),
           absl::StrCat("a\n1\n", kRoot),
           absl::StrCat("\n1\n", kRoot, "\n"),
           absl::StrCat("a\n\n", kRoot, "\n"),
           absl::StrCat("a\n01\n", kRoot, "\n"),
           absl::StrCat("a\n+1\n", kRoot, "\n"),
           absl::StrCat("a\n-1\n", kRoot, "\n"),
           absl::StrCat("a\n-0\n", kRoot, "\n"),
           absl::StrCat("a\n1 \n", kRoot, "\n"),
           absl::StrCat("a\n1x\n", kRoot, "\n"),
           absl::StrCat("a\n9223372036854775808\n", kRoot, "\n"),
           std::string("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"),  // spare bits
           std::string("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n"),   // no padding
           std::string("a\n1\nCsUY\n"),                                          // too short
           absl::StrCat("a\n1\n", kRoot, "\n\n"),
           absl::StrCat("a\n1\n", kRoot, "\nextension"),
       }) {
    EXPECT_THAT(ParseCheckpoint(text), FailsWith(kInvalid, "CHECKPOINT_INVALID")) << text;
  }
}

TEST(CheckpointTest, OnlyTheLogItselfSignsIt) {
  MadeLog log = Log(3);
  const std::string note = log.notes.back();
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint, OpenCheckpoint(note, {log.key()}));
  EXPECT_EQ(checkpoint.size, 3);
  EXPECT_EQ(checkpoint.root, log.Root());
  // By a key that is believed of another log.
  const std::string text = ParseNote(note)->text;
  const std::string by_other = SignNote(text, "other", log.signer());
  EXPECT_THAT(OpenCheckpoint(by_other, {log.key(), VerifierKeyOf("other", log.signer())}),
              FailsWith(kNotSigned, "NOTE_UNKNOWN"));
  EXPECT_THAT(OpenCheckpoint(note, {MadeLog('o').key()}), FailsWith(kNotSigned, "NOTE_UNKNOWN"));
  EXPECT_THAT(OpenCheckpoint(SignNote("text\n", log.origin, log.signer()), {log.key()}),
              FailsWith(kInvalid, "CHECKPOINT_INVALID"));
  for (size_t bit = 0; bit < 8 * note.size(); ++bit) {
    std::string changed = note;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(OpenCheckpoint(changed, {log.key()}).ok()) << bit;
  }
}

TEST(ConsistencyFileTest, ExampleOfTheSpecificationIsReadAndWritten) {
  const std::string file =
      "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
      "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
      "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
      "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\nexample.com/behind-the-sofa\n20852163\n"
      "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n";
  ASSERT_OK_AND_ASSIGN(const ConsistencyFile read, ParseConsistencyFile(file));
  EXPECT_EQ(read.old_size, 20'852'014);
  EXPECT_EQ(read.proof.size(), 4u);
  EXPECT_EQ(read.note, file.substr(file.find("\n\n") + 2));
  EXPECT_EQ(read.Text(), file);
}

TEST(ConsistencyFileTest, WhatIsNoneIsRefused) {
  const std::string hash = absl::StrCat(kRoot, "\n");
  std::string many;
  for (int i = 0; i < 63; ++i) many += hash;
  EXPECT_OK(ParseConsistencyFile("old 5\n" + many + "\nnote"));
  for (const std::string& file :
       {std::string(), std::string("old"), std::string("old 5"), std::string("old 5\n"),
        std::string("old \n\n"), std::string("old  5\n\n"), std::string("old 05\n\n"),
        std::string("Old 5\n\n"), std::string("old 5\nhash\n\n"), "old 5\n" + hash,
        "old 5\n" + many + hash + "\nnote"}) {
    EXPECT_THAT(ParseConsistencyFile(file), FailsWith(kInvalid, "PROOF_INVALID")) << file;
  }
}

TEST(ConsistencyFileTest, HoldsForTheCheckpointsThatItIsAbout) {
  MadeLog log = Log(20);
  for (int64_t old_size = 1; old_size <= 20; ++old_size) {
    const Checkpoint old = Open(log.NoteOf(old_size));
    ASSERT_OK_AND_ASSIGN(const Checkpoint newest,
                         CheckConsistencyFile(log.ConsistencyText(old_size), old, {log.key()}));
    EXPECT_EQ(newest.size, 20);
    EXPECT_THAT(CheckConsistencyFile(log.ConsistencyText(old_size % 20 + 1), old, {log.key()}),
                FailsWith(absl::StatusCode::kDataLoss, "PROOF_BROKEN"));
  }
  Checkpoint other = Open(log.NoteOf(7));
  other.root.bytes[0] = static_cast<char>(other.root.bytes[0] ^ 1);
  EXPECT_THAT(CheckConsistencyFile(log.ConsistencyText(7), other, {log.key()}),
              FailsWith(absl::StatusCode::kDataLoss, "PROOF_BROKEN"));
  other = Open(log.NoteOf(7));
  other.origin += "/2";
  EXPECT_THAT(CheckConsistencyFile(log.ConsistencyText(7), other, {log.key()}),
              FailsWith(absl::StatusCode::kDataLoss, "PROOF_BROKEN"));
}

TEST(ConsistencyFileTest, OneChangedBitAnywhereFails) {
  MadeLog log = Log(20);
  const Checkpoint old = Open(log.NoteOf(7));
  const std::string file = log.ConsistencyText(7);
  ASSERT_OK(CheckConsistencyFile(file, old, {log.key()}));
  for (size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string changed = file;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(CheckConsistencyFile(changed, old, {log.key()}).ok()) << bit;
  }
}

}  // namespace
}  // namespace switchboard::audit
