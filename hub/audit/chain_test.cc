#include "hub/audit/chain.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "hub/audit/made_entry.h"
#include "hub/audit/published_tree.h"
#include "hub/base/digest.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

TEST(MerkleTest, RootsMatchThePublishedOnes) {
  for (size_t count = 0; count <= 8; ++count) {
    EXPECT_EQ(absl::BytesToHexString(MerkleRoot(PublishedLeaves(count))), kPublishedRoots[count])
        << count;
  }
}

TEST(MerkleTest, InclusionProofsMatchThePublishedOnes) {
  const struct {
    size_t index, count;
    std::vector<const char*> path;
  } rows[] = {
      {0, 1, {}},
      {0,
       8,
       {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
      {5,
       8,
       {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
      {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
      {1,
       5,
       {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
  };
  for (const auto& row : rows) {
    std::vector<std::string> path;
    for (const char* node : row.path) path.push_back(Bytes(node));
    EXPECT_EQ(InclusionProof(PublishedLeaves(row.count), row.index), path);
    EXPECT_TRUE(VerifyInclusion(PublishedLeaves(8)[row.index], row.index, row.count, path,
                                Bytes(kPublishedRoots[row.count])));
  }
}

TEST(MerkleTest, EveryProofHoldsForItsEventAndPlaceOnly) {
  for (size_t count = 1; count <= 8; ++count) {
    const auto leaves = PublishedLeaves(count);
    const std::string root = MerkleRoot(leaves);
    for (size_t index = 0; index < count; ++index) {
      SCOPED_TRACE(std::to_string(index) + " of " + std::to_string(count));
      const auto proof = InclusionProof(leaves, index);
      EXPECT_TRUE(VerifyInclusion(leaves[index], index, count, proof, root));
      EXPECT_FALSE(VerifyInclusion("another", index, count, proof, root));
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, count, proof, Bytes(kPublishedRoots[0])));
      for (size_t other = 0; other < count + 2; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(VerifyInclusion(leaves[index], other, count, proof, root)) << other;
      }
      auto longer = proof;
      longer.push_back(root);
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, count, longer, root));
      if (proof.empty()) continue;
      auto shorter = proof;
      shorter.pop_back();
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, count, shorter, root));
      auto altered = proof;
      altered[0][0] = static_cast<char>(altered[0][0] ^ 1);
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, count, altered, root));
    }
  }
  EXPECT_FALSE(VerifyInclusion("x", 0, 0, {}, MerkleRoot({})));
}

// A node must not pass for an event: leaves and nodes are hashed with different prefixes.
TEST(MerkleTest, NodesAreNoLeaves) {
  const std::string left = Sha256Of(std::string("\0a", 2)), right = Sha256Of(std::string("\0b", 2));
  EXPECT_NE(MerkleRoot({"a", "b"}), MerkleRoot({left + right}));
}

v1::AuditEntry Entry(int64_t sequence, const std::string& previous,
                     const std::vector<std::string>& events, int64_t order = 0) {
  v1::AuditEntry entry;
  entry.set_chain_id("hub-1");
  entry.set_sequence(sequence);
  entry.set_commit_time_us(1'000'000 + sequence);
  entry.set_previous_hash(previous);
  entry.set_commit_order(order == 0 ? 10 * sequence : order);
  for (const std::string& event : events) entry.add_events(event);
  FitEntry(&entry);
  return entry;
}

std::vector<v1::AuditEntry> Chain() {
  std::vector<v1::AuditEntry> chain;
  std::string previous = Genesis();
  for (int64_t sequence = 1; sequence <= 5; ++sequence) {
    const std::string number = std::to_string(sequence);
    chain.push_back(Entry(sequence, previous, {"event " + number, "other " + number}));
    previous = chain.back().hash();
  }
  return chain;
}

absl::Status Verify(const std::vector<v1::AuditEntry>& chain) {
  ChainVerifier verifier;
  for (const auto& entry : chain) RETURN_IF_ERROR(verifier.Add(entry));
  return absl::OkStatus();
}

TEST(ChainVerifierTest, AcceptsAChainAndCounts) {
  ChainVerifier verifier;
  EXPECT_EQ(verifier.head(), std::string(32, '\0'));
  for (const auto& entry : Chain()) ASSERT_OK(verifier.Add(entry));
  EXPECT_EQ(verifier.entries(), 5);
  EXPECT_EQ(verifier.events(), 10);
  EXPECT_EQ(verifier.head(), Chain().back().hash());
}

TEST(ChainVerifierTest, GoesOnBehindAKnownEntry) {
  const auto chain = Chain();
  ChainVerifier verifier("hub-1", 3, chain[2].hash());
  ASSERT_OK(verifier.Add(chain[3]));
  ASSERT_OK(verifier.Add(chain[4]));
  EXPECT_EQ(verifier.entries(), 2);
  EXPECT_EQ(verifier.head(), chain[4].hash());
  const struct {
    ChainVerifier verifier;
    const char* found;
  } rows[] = {
      {{"hub-1", 3, chain[1].hash()}, "entry 4: does not follow the entry before"},
      {{"hub-1", 2, chain[2].hash()}, "entry 4: expected entry 3"},
      {{"hub-2", 3, chain[2].hash()}, "entry 4: belongs to another chain"},
  };
  for (const auto& row : rows) {
    ChainVerifier other = row.verifier;
    EXPECT_THAT(std::string(other.Add(chain[3]).message()), HasSubstr(row.found));
  }
}

// The arithmetic is part of what others verify with: it must never change.
TEST(ChainVerifierTest, EntryHashIsOverTheDocumentedBytes) {
  const v1::AuditEntry entry = Entry(3, std::string(32, 'p'), {"a"});
  const std::string root = MerkleRoot({"a"}), nothing = Sha256Of("");
  EXPECT_EQ(entry.hash(), Sha256()
                              .Add(std::string(1, '\0'))
                              .Add("switchboard-audit-2")
                              .AddNumber(5)
                              .Add("hub-1")
                              .AddNumber(3)
                              .AddNumber(30)
                              .AddNumber(1'000'003)
                              .AddNumber(1)
                              .Add(std::string(32, 'p'))
                              .Add(root)
                              .Add(nothing)
                              .Finish());
}

// So that an entry is a leaf of the tree over all chains as it is.
TEST(ChainVerifierTest, EntryHashIsTheHashOfALeaf) {
  const v1::AuditEntry entry = Entry(3, std::string(32, 'p'), {"a", "b"});
  const auto number = [](char last) { return std::string(7, '\0') + last; };
  const std::string leaf = "switchboard-audit-2" + number(5) + "hub-1" + number(3) + number(30) +
                           Bytes("00000000000f4243") + number(2) + std::string(32, 'p') +
                           entry.events_root() + Sha256Of("");
  EXPECT_EQ(entry.hash(), LeafHash(leaf).view());
}

std::string Stored(const std::vector<std::string>& events) {
  v1::AuditEntry entry;
  for (const std::string& event : events) entry.add_events(event);
  return entry.SerializeAsString();
}

// As a hub reads it from a row: nothing was parsed, and so nothing must get past.
TEST(ChainVerifierTest, EventsMayBeAsTheyAreStored) {
  const std::vector<std::string> events = {"", "short", std::string(20'000, 'x')};
  v1::AuditEntry entry = Entry(1, Genesis(), events);
  entry.clear_events();
  entry.set_stored_events(Stored(events));
  ChainVerifier verifier;
  ASSERT_OK(verifier.Add(entry));
  EXPECT_EQ(verifier.events(), 3);
  EXPECT_EQ(verifier.last(), 1);

  std::vector<std::string> seen;
  EXPECT_TRUE(ForEachEvent(entry, [&](std::string_view event) { seen.emplace_back(event); }));
  EXPECT_EQ(seen, events);
}

TEST(ChainVerifierTest, WhatIsStoredBesidesEventsIsFound) {
  const std::string good = Stored({"one", "two"});
  const std::string rows[] = {
      good.substr(1),
      good.substr(0, good.size() - 1),
      good + "x",
      good + std::string("\x0a\x01x", 3),                     // a chain id
      good + std::string("\x3a", 1),                          // no length
      good + std::string("\x3a\xff\xff\xff\xff\xff\x01", 7),  // one without an end
      good + std::string("\x3a\xff\xff\xff\xff\x0f", 6),      // beyond the end
      "",
  };
  for (const std::string& stored : rows) {
    v1::AuditEntry entry = Entry(1, Genesis(), {"one", "two"});
    entry.clear_events();
    entry.set_stored_events(stored);
    EXPECT_THAT(ChainVerifier().Add(entry), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"))
        << absl::BytesToHexString(stored);
  }
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    v1::AuditEntry entry = Entry(1, Genesis(), {"one", "two"});
    entry.clear_events();
    std::string stored = good;
    stored[bit / 8] = static_cast<char>(stored[bit / 8] ^ (1 << bit % 8));
    entry.set_stored_events(stored);
    EXPECT_FALSE(ChainVerifier().Add(entry).ok()) << bit;
  }
}

TEST(ChainVerifierTest, WhatWasWrittenIsHeldAgainstItsHashWhereItIsThere) {
  v1::AuditEntry entry = Entry(1, Genesis(), {});
  entry.set_written("rows");
  FitEntry(&entry);
  ChainVerifier whole;
  EXPECT_OK(whole.Add(entry));
  EXPECT_EQ(whole.entries(), 1);
  EXPECT_EQ(whole.events(), 0);
  entry.clear_written();
  EXPECT_OK(ChainVerifier().Add(entry)) << "nobody asked for it";
}

TEST(ChainVerifierTest, EventsAreStoredAsTheMessageIs) {
  std::vector<std::string> events = {"", "x", std::string(127, 'a'), std::string(128, 'b'),
                                     std::string(70'000, 'c')};
  std::string stored;
  for (const std::string& event : events) AppendStoredEvent(event, &stored);
  EXPECT_EQ(stored, Stored(events));
}

// Whoever alters an entry may also make its own hash fit again; the link behind it gives it away.
TEST(ChainVerifierTest, CatchesEveryChange) {
  using Entries = std::vector<v1::AuditEntry>;
  const struct {
    const char* what;
    void (*change)(Entries&);
    const char* found;
  } rows[] = {
      {"changed event", [](Entries& c) { c[2].set_events(0, "forged"); },
       "entry 3: its events were altered"},
      {"changed event and root",
       [](Entries& c) {
         c[2].set_events(0, "forged");
         c[2].set_events_root(MerkleRoot({c[2].events(0), c[2].events(1)}));
       },
       "entry 3: its hash does not fit"},
      {"changed event, root and hash",
       [](Entries& c) {
         c[2] = Entry(3, c[1].hash(), {"forged", "other 3"});
       },
       "entry 4: does not follow the entry before"},
      {"swapped events", [](Entries& c) { c[2].mutable_events()->SwapElements(0, 1); },
       "entry 3: its events were altered"},
      {"dropped event", [](Entries& c) { c[2].mutable_events()->RemoveLast(); },
       "entry 3: its events were altered"},
      {"removed entry", [](Entries& c) { c.erase(c.begin() + 2); }, "entry 4: expected entry 3"},
      {"removed first entry", [](Entries& c) { c.erase(c.begin()); }, "entry 2: expected entry 1"},
      {"removed and renumbered",
       [](Entries& c) {
         c.erase(c.begin() + 2);
         c[2].set_sequence(3);
       },
       "entry 3: does not follow the entry before"},
      {"inserted entry",
       [](Entries& c) { c.insert(c.begin() + 2, Entry(3, c[1].hash(), {"inserted"})); },
       "entry 3: expected entry 4"},
      {"reordered entries", [](Entries& c) { std::swap(c[1], c[2]); }, "entry 3: expected entry 2"},
      {"repeated entry", [](Entries& c) { c.insert(c.begin() + 2, c[1]); },
       "entry 2: expected entry 3"},
      {"changed time", [](Entries& c) { c[2].set_commit_time_us(7); },
       "entry 3: its hash does not fit"},
      {"changed order", [](Entries& c) { c[2].set_commit_order(31); },
       "entry 3: its hash does not fit"},
      {"order back", [](Entries& c) { c[2] = Entry(3, c[1].hash(), {"x"}, 19); },
       "entry 3: its order is not above that of the entry before"},
      {"same order", [](Entries& c) { c[2] = Entry(3, c[1].hash(), {"x"}, 20); },
       "entry 3: its order is not above that of the entry before"},
      {"changed word on what was written",
       [](Entries& c) { c[2].set_written_sha256(std::string(32, 'x')); },
       "entry 3: its hash does not fit"},
      {"another word on what was written", [](Entries& c) { c[2].set_written("forged"); },
       "entry 3: what it says was written was altered"},
      {"no word on what was written", [](Entries& c) { c[2].clear_written_sha256(); },
       "entry 3: what it says was written was altered"},
      {"another chain", [](Entries& c) { c[2].set_chain_id("hub-2"); },
       "entry 3: belongs to another chain"},
      {"changed hash", [](Entries& c) { c[4].set_hash(std::string(32, 'x')); },
       "entry 5: its hash does not fit"},
      {"forged beginning", [](Entries& c) { c[0].set_previous_hash(std::string(32, 'x')); },
       "entry 1: does not follow the entry before"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    Entries chain = Chain();
    row.change(chain);
    const absl::Status status = Verify(chain);
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.found));
  }
  EXPECT_OK(Verify(Chain()));
}

// What a chain alone cannot show: that its end is missing. Whoever kept an earlier head, a
// checkpoint, sees it; without one a shorter chain is a whole chain.
TEST(ChainVerifierTest, MissingEndShowsOnlyAgainstACheckpoint) {
  auto chain = Chain();
  const std::string checkpoint = chain.back().hash();
  chain.pop_back();
  ChainVerifier verifier;
  for (const auto& entry : chain) ASSERT_OK(verifier.Add(entry));
  EXPECT_NE(verifier.head(), checkpoint);
  EXPECT_EQ(verifier.entries(), 4);
}

}  // namespace
}  // namespace switchboard::audit
