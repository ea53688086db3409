// Checkpoints of a hub's log at the command line, and what is proved by them.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "clients/cli/event_name.h"
#include "clients/cli/scripted_calls.h"
#include "hub/audit/chain.h"
#include "hub/audit/event_proof.h"
#include "hub/audit/made_entry.h"
#include "hub/base/secret.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ReadFile;
using testing::WriteFile;

constexpr char kOrigin[] = "issuer.example/switchboard";

Ed25519Signer SignerOf(char seed) { return Ed25519Signer(Secret(std::string(32, seed))); }

// A log of ten entries of one chain, with two events each, as a hub has it.
class ToldLog {
 public:
  ToldLog() {
    std::string previous = audit::Genesis();
    for (int64_t sequence = 1; sequence <= 10; ++sequence) {
      v1::AuditEntry& entry = entries_.emplace_back();
      entry.set_chain_id("hub-1");
      entry.set_sequence(sequence);
      entry.set_commit_order(sequence);
      for (const char* account : {"C-1", "C-2"}) {
        v1::AuditEvent event;
        event.set_kind(v1::AuditEvent::KIND_PLACED);
        event.set_account_id(account + std::to_string(sequence));
        entry.add_events(event.SerializeAsString());
      }
      entry.set_previous_hash(previous);
      audit::FitEntry(&entry);
      previous = entry.hash();
    }
  }

  audit::VerifierKey key() const { return audit::VerifierKeyOf(kOrigin, signer_); }
  std::string Note(int64_t size, const std::string& origin = kOrigin) const {
    return SignedBy(signer_, size, origin);
  }
  std::string SignedBy(const Ed25519Signer& signer, int64_t size,
                       const std::string& origin = kOrigin) const {
    audit::Checkpoint checkpoint;
    checkpoint.origin = origin;
    checkpoint.size = size;
    checkpoint.root = NodeOf(0, size);
    return audit::SignNote(checkpoint.Text(), origin, signer);
  }
  audit::ProofFile Proof(int64_t position, int64_t index, int64_t size) const {
    audit::ProofFile file;
    file.extra =
        audit::ProveWithinEntry(entries_[static_cast<size_t>(position)], index).SerializeAsString();
    file.position = position;
    file.path = *audit::InclusionPath(position, size, Reader());
    file.note = Note(size);
    return file;
  }
  audit::ConsistencyFile Consistency(int64_t old_size, int64_t size) const {
    return {old_size, *audit::ConsistencyProof(old_size, size, Reader()), Note(size)};
  }

 private:
  audit::Hash NodeOf(int64_t begin, int64_t count) const {
    audit::CompactRange tree;
    for (int64_t i = begin; i < begin + count; ++i)
      tree.Add(*audit::HashOf(entries_[static_cast<size_t>(i)].hash()));
    return tree.Root();
  }
  std::function<absl::StatusOr<audit::Hash>(int, int64_t)> Reader() const {
    return [this](int level, int64_t index) -> absl::StatusOr<audit::Hash> {
      return NodeOf(index << level, int64_t{1} << level);
    };
  }

  const Ed25519Signer signer_ = SignerOf('k');
  std::vector<v1::AuditEntry> entries_;
};

class AuditCheckpointsTest : public ::testing::Test {
 protected:
  // What the hub says its key is, and the next listing beside it.
  v1::ListCheckpointsResponse& TellKey() {
    auto& response = script_.Answer<v1::ListCheckpointsResponse>();
    response.set_key(log_.key().Text());
    return response;
  }
  void TellProof(const std::string& file) {
    TellKey();
    script_.Answer<v1::ProveAuditResponse>().set_file(file);
  }
  Ran Run(const std::vector<std::string>& words) { return RunOnline(words, script_); }
  std::string Lay(const std::string& name, const std::string& text) {
    WriteFile(folder_ / name, text);
    return folder_ / name;
  }

  testing::TemporaryFolder folder_;
  const ToldLog log_;
  Script script_;
};

TEST_F(AuditCheckpointsTest, WhatKeyPrintsIsAFileOfKeys) {
  TellKey();
  const Ran ran = Run({"audit", "key"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  ASSERT_OK_AND_ASSIGN(const auto keys, audit::ParseVerifierKeys(ran.out));
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].Text(), log_.key().Text());
  script_.Answer<v1::ListCheckpointsResponse>().set_key("nonsense");
  EXPECT_THAT(Run({"audit", "key"}).err, HasSubstr("KEY_INVALID"));
}

TEST_F(AuditCheckpointsTest, ACheckpointIsWrittenAsItWasSigned) {
  TellKey();
  script_.Answer<v1::ListCheckpointsResponse>().add_notes(log_.Note(8));
  const std::string file = folder_ / "monday.checkpoint";
  const Ran ran = Run({"audit", "checkpoint", "--out", file});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ReadFile(file), log_.Note(8));
  EXPECT_THAT(ran.out, HasSubstr("issuer.example/switchboard, 8 entries, root "));
  EXPECT_TRUE(script_.Asked<v1::ListCheckpointsRequest>().newest());
}

TEST_F(AuditCheckpointsTest, ACheckpointIsAskedForByItsSize) {
  TellKey();
  script_.Answer<v1::ListCheckpointsResponse>().add_notes(log_.Note(5));
  EXPECT_EQ(Run({"audit", "checkpoint", "--size", "5"}).code, 0);
  EXPECT_EQ(script_.Asked<v1::ListCheckpointsRequest>().after_size(), 4);
  EXPECT_FALSE(script_.Asked<v1::ListCheckpointsRequest>().newest());
  TellKey();
  script_.Answer<v1::ListCheckpointsResponse>().add_notes(log_.Note(8));
  EXPECT_THAT(Run({"audit", "checkpoint", "--size", "5"}).err,
              AllOf(HasSubstr("CHECKPOINT_UNKNOWN"), HasSubstr("the next one is of 8")));
  TellKey();
  EXPECT_THAT(Run({"audit", "checkpoint"}).err, HasSubstr("there is no checkpoint yet"));
}

TEST_F(AuditCheckpointsTest, WhatTheKeyDidNotSignIsNotTaken) {
  const std::string file = folder_ / "monday.checkpoint";
  TellKey();
  script_.Answer<v1::ListCheckpointsResponse>().add_notes(log_.SignedBy(SignerOf('x'), 8));
  const Ran ran = Run({"audit", "checkpoint", "--out", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("NOTE_UNKNOWN"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(AuditCheckpointsTest, AllAreListedWithThePlacesThatKeepThem) {
  TellKey();
  auto& first = TellKey();
  first.add_notes(log_.Note(3));
  first.add_notes(log_.Note(5));
  // Behind a restore.
  TellKey().add_notes(log_.Note(8, std::string(kOrigin) + "/2"));
  auto& last = TellKey();
  auto& vault = *last.add_places();
  vault.set_name("vault");
  vault.set_size(5);
  vault.mutable_deliver_time()->set_seconds(1'767'225'600);
  vault.set_problem("/mnt/vault: No such file or directory");
  const std::string file = folder_ / "all.json";
  const Ran ran = Run({"audit", "checkpoints", "--json", file});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("switchboard/2 "), HasSubstr("2026-01-01 00:00:00"),
                             HasSubstr("/mnt/vault: No such file"),
                             HasSubstr("3 checkpoints, signed by issuer.example/switchboard; 1 "
                                       "place, 1 with a problem\n")));
  EXPECT_EQ(script_.Asked<v1::ListCheckpointsRequest>().after_size(), 8);
  const auto json = nlohmann::json::parse(ReadFile(file))["result"];
  EXPECT_EQ(json["checkpoints"][1]["size"], 5);
  EXPECT_EQ(json["checkpoints"][1]["note"], log_.Note(5));
  EXPECT_EQ(json["places"][0]["name"], "vault");
}

TEST_F(AuditCheckpointsTest, AnEventIsProvedIntoAFile) {
  TellProof(log_.Proof(6, 1, 10).Text());
  const std::string file = folder_ / "stop.tlog-proof";
  const Ran ran = Run({"audit", "prove", "hub-1/7/1", "--out", file});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("hub-1/7/1: "), HasSubstr("C-27"),
                             HasSubstr("the event is entry 6 of that log")));
  const audit::VerifierKey key = log_.key();
  ASSERT_OK_AND_ASSIGN(const auto proved, audit::CheckEventProof(ReadFile(file), {&key, 1}));
  EXPECT_EQ(proved.event.account_id(), "C-27");
  const auto asked = script_.Asked<v1::ProveAuditRequest>();
  EXPECT_EQ(asked.event().chain_id(), "hub-1");
  EXPECT_EQ(asked.event().sequence(), 7);
  EXPECT_EQ(asked.event().index(), 1);
  EXPECT_EQ(asked.size(), 0);
}

TEST_F(AuditCheckpointsTest, AProofIsPrintedWhereNoFileIsNamed) {
  TellProof(log_.Proof(6, 1, 10).Text());
  const std::string json_file = folder_ / "proof.json";
  const Ran ran = Run({"audit", "prove", "hub-1/7/1", "--json", json_file});
  EXPECT_THAT(ran.out, HasSubstr("c2sp.org/tlog-proof@v1\n"));
  const auto json = nlohmann::json::parse(ReadFile(json_file))["result"];
  EXPECT_EQ(json["file"], log_.Proof(6, 1, 10).Text());
  EXPECT_EQ(json["holds"], true);
  EXPECT_EQ(json["event"]["account_id"], "C-27");
}

TEST_F(AuditCheckpointsTest, AProofThatDoesNotHoldIsNotWritten) {
  const std::string file = folder_ / "stop.tlog-proof";
  audit::ProofFile other_place = log_.Proof(6, 1, 10);
  other_place.position = 5;
  audit::ProofFile other_key = log_.Proof(6, 1, 10);
  other_key.note = log_.SignedBy(SignerOf('x'), 10);
  const std::pair<std::string, std::string> cases[] = {
      {other_place.Text(), "the entry is not in the checkpoint's tree"},
      {other_key.Text(), "signed by none of the known keys"},
      {log_.Proof(6, 0, 10).Text(), "it is of the event hub-1/7/0"},
  };
  for (const auto& [proof, problem] : cases) {
    TellProof(proof);
    const Ran ran = Run({"audit", "prove", "hub-1/7/1", "--out", file});
    EXPECT_EQ(ran.code, 1) << problem;
    EXPECT_THAT(ran.out, HasSubstr("it does NOT prove it: " + problem));
    EXPECT_FALSE(std::filesystem::exists(file)) << problem;
  }
  TellProof("nonsense");
  EXPECT_THAT(Run({"audit", "prove", "hub-1/7/1"}).err, HasSubstr("PROOF_INVALID"));
}

// The hub that answers may be another one than the one that signed it then.
TEST_F(AuditCheckpointsTest, AProofLeadsToTheCheckpointThatSomebodyKept) {
  const std::string kept = Lay("monday.checkpoint", log_.Note(8));
  const std::string file = folder_ / "stop.tlog-proof";
  TellProof(log_.Proof(6, 1, 8).Text());
  const Ran ran = Run({"audit", "prove", "hub-1/7/1", "--checkpoint", kept, "--out", file});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(script_.Asked<v1::ProveAuditRequest>().size(), 8);
  EXPECT_THAT(ReadFile(file), HasSubstr(log_.Note(8)));
  // A tree of ten proves nothing to who has one of eight.
  TellProof(log_.Proof(6, 1, 10).Text());
  const Ran other = Run({"audit", "prove", "hub-1/7/1", "--checkpoint", kept});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.out, HasSubstr("does NOT prove it"));
  TellKey();
  EXPECT_THAT(Run({"audit", "prove", "hub-1/7/1", "--checkpoint", Lay("junk", "no note")}).err,
              AllOf(HasSubstr("NOTE_INVALID"), HasSubstr("junk")));
}

TEST_F(AuditCheckpointsTest, ACheckpointIsProvedToContinueAnOlderOne) {
  const std::string old = Lay("old", log_.Note(3)), newer = Lay("new", log_.Note(8));
  const std::string file = folder_ / "week.proof";
  TellProof(log_.Consistency(3, 10).Text());
  EXPECT_EQ(Run({"audit", "consistency", "--old", old, "--out", file}).code, 0);
  EXPECT_EQ(ReadFile(file), log_.Consistency(3, 10).Text());
  EXPECT_EQ(script_.Asked<v1::ProveAuditRequest>().old_size(), 3);
  EXPECT_EQ(script_.Asked<v1::ProveAuditRequest>().size(), 0);
  TellProof(log_.Consistency(3, 8).Text());
  const Ran ran = Run({"audit", "consistency", "--old", old, "--new", newer, "--out", file});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(script_.Asked<v1::ProveAuditRequest>().size(), 8);
  EXPECT_EQ(ReadFile(file), log_.Consistency(3, 8).Text());
}

TEST_F(AuditCheckpointsTest, AForkedLogIsNotProvedToGoOn) {
  audit::Checkpoint forked;
  forked.origin = kOrigin;
  forked.size = 3;
  forked.root = audit::LeafHash("another tree");
  const std::string old = Lay("old", audit::SignNote(forked.Text(), kOrigin, SignerOf('k')));
  const std::string file = folder_ / "week.proof";
  TellProof(log_.Consistency(3, 10).Text());
  const Ran ran = Run({"audit", "consistency", "--old", old, "--out", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("does not continue the one of 3"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(EventNameTest, IsWhatShowPrints) {
  const auto name = ParseEventName("hub-1.2/512/3");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->chain_id, "hub-1.2");
  EXPECT_EQ(name->sequence, 512);
  EXPECT_EQ(name->index, 3);
  EXPECT_EQ(TextOf(*name), "hub-1.2/512/3");
  for (const char* none : {"", "hub-1", "hub-1/1", "/1/0", "hub-1/0/0", "hub-1/1/-1", "hub-1/1/x",
                           "hub-1/1/0/0", "hub-1//0", "hub-1/99999999999999999999/0"})
    EXPECT_FALSE(ParseEventName(none).has_value()) << none;
}

}  // namespace
}  // namespace switchboard::cli
