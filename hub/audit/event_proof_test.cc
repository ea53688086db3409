#include "hub/audit/event_proof.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kBroken = absl::StatusCode::kDataLoss;

std::string Event(const std::string& account_id) {
  v1::AuditEvent event;
  event.set_kind(v1::AuditEvent::KIND_OUTCOME);
  event.set_account_id(account_id);
  return event.SerializeAsString();
}

// Entries of one to five events in two chains, one of them signed at a time.
MadeLog Log(int entries) {
  MadeLog log;
  for (int i = 0; i < entries; ++i) {
    std::vector<std::string> events;
    for (int j = 0; j <= i % 5; ++j) events.push_back(Event(absl::StrCat("A-", i, "-", j)));
    log.Append(i % 3 == 2 ? "hub-1.1" : "hub-1", events);
    log.Sign();
  }
  return log;
}

const v1::AuditEntry& EntryAt(MadeLog& log, int64_t position) {
  const MadeLog::Range& range = log.ranges[static_cast<size_t>(position)];
  return log.chains[range.chain_id()][static_cast<size_t>(range.first_sequence() - 1)];
}

TEST(ProofFileTest, IsReadAsItIsWritten) {
  const ProofFile proof = {"extra", 73894, {*HashOf(std::string(32, 'a'))}, "note\n"};
  const std::string text = proof.Text();
  EXPECT_EQ(text,
            "c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 73894\n"
            "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\n\nnote\n");
  ASSERT_OK_AND_ASSIGN(const ProofFile read, ParseProofFile(text));
  EXPECT_EQ(read.Text(), text);
  EXPECT_EQ((ProofFile{"", 0, {}, "note\n"}.Text()), "c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n");
  EXPECT_OK(ParseProofFile("c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n"));
}

TEST(ProofFileTest, WhatIsNoneIsRefused) {
  const std::string first = "c2sp.org/tlog-proof@v1\n";
  std::string many;
  for (int i = 0; i < 64; ++i) many += "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\n";
  for (const std::string& file :
       {std::string(), first, std::string("c2sp.org/tlog-proof@v2\nindex 0\n\n"),
        first + "extra ZXh0cmE\nindex 0\n\n", first + "extra ZXh0cmE=\n\n",
        first + "extra \nindex 0\n\n", first + "extra ZXh0cmE=\nextra ZXh0cmE=\nindex 0\n\n",
        first + "index\n\n", first + "index 00\n\n", first + "index -1\n\n",
        first + "index 0\nYWFh\n\n", first + "index 0\n", first + "index 0\n" + many + "\n"}) {
    EXPECT_THAT(ParseProofFile(file), FailsWith(kInvalid, "PROOF_INVALID")) << file;
  }
}

TEST(EventProofTest, EveryEventIsProved) {
  MadeLog log = Log(20);
  for (int64_t position = 0; position < log.size(); ++position) {
    const v1::AuditEntry& entry = EntryAt(log, position);
    for (int i = 0; i < entry.events_size(); ++i) {
      ASSERT_OK_AND_ASSIGN(const ProvedEvent proved,
                           CheckEventProof(log.ProofText(entry, position, i), {log.key()}));
      EXPECT_EQ(proved.event.SerializeAsString(), entry.events(i));
      EXPECT_EQ(proved.proof.entry().sequence(), entry.sequence());
      EXPECT_EQ(proved.position, position);
      EXPECT_EQ(proved.checkpoint.size, 20);
    }
  }
}

TEST(EventProofTest, OneChangedBitAnywhereFails) {
  MadeLog log = Log(11);
  const std::string file = log.ProofText(EntryAt(log, 8), 8, 2);
  ASSERT_OK(CheckEventProof(file, {log.key()}));
  for (size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string changed = file;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(CheckEventProof(changed, {log.key()}).ok()) << bit << "\n" << changed;
  }
  const std::string extra = ParseProofFile(file)->extra;
  for (size_t bit = 0; bit < 8 * extra.size(); ++bit) {
    ProofFile changed = *ParseProofFile(file);
    changed.extra[bit / 8] = static_cast<char>(changed.extra[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(CheckEventProof(changed.Text(), {log.key()}).ok()) << "extra, " << bit;
  }
}

TEST(EventProofTest, WhatDoesNotBelongTogetherIsNamed) {
  MadeLog log = Log(11);
  const v1::AuditEntry& entry = EntryAt(log, 8);
  const ProofFile good = *ParseProofFile(log.ProofText(entry, 8, 2));
  const auto with = [&](auto change) {
    ProofFile file = good;
    v1::EventProof proof;
    EXPECT_TRUE(proof.ParseFromString(file.extra));
    change(file, proof);
    file.extra = proof.SerializeAsString();
    return CheckEventProof(file.Text(), {log.key()}).status();
  };
  using Proof = v1::EventProof;
  EXPECT_OK(with([](ProofFile&, Proof&) {}));
  const absl::Status rows[] = {
      with([](ProofFile&, Proof& proof) { proof.set_event(Event("A-forged")); }),
      with([](ProofFile&, Proof& proof) { proof.set_index(1); }),
      with([](ProofFile&, Proof& proof) { proof.set_events(5); }),
      with([](ProofFile&, Proof& proof) { proof.mutable_path()->RemoveLast(); }),
      with([](ProofFile&, Proof& proof) { proof.mutable_entry()->set_sequence(9); }),
      with([](ProofFile&, Proof& proof) { proof.mutable_entry()->set_commit_time_us(9); }),
      with([](ProofFile&, Proof& proof) { proof.mutable_entry()->set_chain_id("hub-2"); }),
      with([](ProofFile&, Proof& proof) { proof.mutable_entry()->clear_hash(); }),
      with([](ProofFile& file, Proof&) { file.position = 7; }),
      with([](ProofFile& file, Proof&) { file.path.pop_back(); }),
      with([&](ProofFile& file, Proof&) { file.note = log.NoteOf(10); }),
      // An entry that is made up fits itself, and is not in the tree.
      with([](ProofFile&, Proof& proof) {
        proof.set_event(Event("A-forged"));
        proof.clear_path();
        proof.set_index(0);
        proof.set_events(1);
        proof.mutable_entry()->set_events_root(MerkleRoot({proof.event()}));
        proof.mutable_entry()->set_hash(EntryHash(proof.entry(), 1).text());
      }),
  };
  for (const absl::Status& status : rows)
    EXPECT_THAT(status, FailsWith(kBroken, "PROOF_BROKEN")) << status;
  EXPECT_THAT(with([](ProofFile&, Proof& proof) { proof.set_path(0, "short"); }),
              FailsWith(kInvalid, "PROOF_INVALID"));
  ProofFile none = good;
  none.extra.clear();
  EXPECT_THAT(CheckEventProof(none.Text(), {log.key()}), FailsWith(kInvalid, "PROOF_INVALID"));
  EXPECT_THAT(CheckEventProof(good.Text(), {MadeLog('o').key()}),
              FailsWith(absl::StatusCode::kUnauthenticated, "NOTE_UNKNOWN"));
}

}  // namespace
}  // namespace switchboard::audit
