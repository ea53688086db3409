#include "hub/audit/heads.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/made_entry.h"
#include "hub/base/digest.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;

constexpr int64_t kFirst = 1'767'225'600'000'000;  // 2026-01-01

// Entry `sequence` of a chain, committed so many seconds after the beginning of 2026.
v1::AuditEntry Entry(const std::string& chain_id, int64_t sequence, int64_t second,
                     const std::string& event = "x") {
  v1::AuditEntry entry;
  entry.set_chain_id(chain_id);
  entry.set_sequence(sequence);
  entry.set_commit_time_us(kFirst + second * 1'000'000);
  entry.add_events(event);
  FitEntry(&entry);
  return entry;
}

v1::AuditHead HeadOf(const v1::AuditEntry& entry) {
  v1::AuditHead head;
  head.set_chain_id(entry.chain_id());
  head.set_sequence(entry.sequence());
  head.set_hash(entry.hash());
  head.set_commit_time_us(entry.commit_time_us());
  return head;
}

std::string RestoreEvent(const std::vector<v1::AuditHead>& heads) {
  v1::AuditEvent event;
  event.set_kind(v1::AuditEvent::KIND_RESTORED);
  event.mutable_restored()->mutable_heads()->Assign(heads.begin(), heads.end());
  return event.SerializeAsString();
}

// What was noted was "a" at entry 7 of hub-1, a hash of many digits.
std::string Hash() { return Sha256Of("a"); }
constexpr char kHex[] = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
constexpr char kGrouped[] =
    "ca978112:ca1bbdca:fac231b3:9a23dc4d:a786eff8:147c4e72:b9807785:afee48bb";

TEST(AuditHeads, HashStandsInTheLogInGroups) { EXPECT_EQ(LogTextOfHash(Hash()), kGrouped); }

TEST(AuditHeads, AreReadInEveryFormInWhichTheyAreWritten) {
  v1::AuditHead head;
  head.set_chain_id("hub-1");
  head.set_sequence(7);
  head.set_hash(Hash());
  head.set_commit_time_us(kFirst);
  const std::string json = JsonOfHeads({head});
  const std::string fields = absl::StrCat("\"chain_id\":\"hub-1\",\"sequence\":7,\"hash\":\"",
                                          kGrouped, "\",\"commit_time_us\":", kFirst, "}");
  const std::string line = absl::StrCat("{\"event\":\"audit_heads\",", fields);
  const std::string texts[] = {
      json,
      json + "\n",
      absl::StrCat("{\"holds\":true,\"summary\":\"1 head\",\"result\":", json, "}\n"),
      absl::StrCat("{\"heads\":[{", fields, "]}"),
      line,
      absl::StrCat("switchboardd: starting\n{\"event\":\"serving\",\"port\":1}\n", line, "\n",
                   "{\"event\":\"note\",\"why\":\"audit_heads\"}\n"),
  };
  for (const std::string& text : texts) {
    const auto heads = ReadHeads(text);
    ASSERT_OK(heads) << text;
    ASSERT_EQ(heads->size(), 1u) << text;
    EXPECT_EQ(heads->front().SerializeAsString(), head.SerializeAsString()) << text;
  }
  ASSERT_OK_AND_ASSIGN(const auto two, ReadHeads(line + "\n" + line));
  EXPECT_EQ(two.size(), 2u);
}

TEST(AuditHeads, WhatHoldsNoneOrIsCutOffIsRefused) {
  const std::string whole =
      absl::StrCat("{\"event\":\"audit_heads\",\"chain_id\":\"hub-1\",\"sequence\":7,\"hash\":\"",
                   kGrouped, "\"}");
  for (const std::string& text : {
           std::string("{\"event\":\"serving\"}\n"),
           whole.substr(0, whole.size() - 9),
           whole + "\n" + whole.substr(0, 40),
           std::string("{\"heads\":[{\"chain_id\":\"hub-1\",\"sequence\":1,\"hash\":\"") +
               std::string(kHex).substr(1) + "\"}]}",
       }) {
    EXPECT_THAT(ReadHeads(text), FailsWith(absl::StatusCode::kInvalidArgument, "HEADS_INVALID"))
        << text;
  }
}

struct Seen {
  std::vector<std::string> lost;
  std::vector<std::string> other;
};

Seen Check(const std::vector<v1::AuditHead>& noted, const std::vector<v1::AuditEntry>& entries) {
  HeadCheck check(noted);
  for (const v1::AuditEntry& entry : entries) check.See(entry);
  Seen seen;
  for (const auto& problem : check.Problems())
    (problem.lost_by_restore ? seen.lost : seen.other).push_back(problem.text);
  return seen;
}

// Entries 1 to `count` of hub-1, ten seconds apart, and then what a restore from a backup with
// these wrote so many seconds after the beginning.
std::vector<v1::AuditEntry> RestoredAt(int64_t count, int64_t second) {
  std::vector<v1::AuditEntry> chain;
  for (int64_t i = 1; i <= count; ++i) chain.push_back(Entry("hub-1", i, 10 * i));
  chain.push_back(Entry("hub-1", count + 1, second, RestoreEvent({HeadOf(chain.back())})));
  return chain;
}

TEST(HeadCheck, TellsWhatARestoreLostFromWhatWasTakenAway) {
  constexpr char kLost[] =
      "chain hub-1, entry 5, noted before: lost by the restore of 2026-01-01 00:01:40 UTC (from a "
      "backup that ended at entry 3)";
  const struct {
    const char* what;
    std::function<std::vector<v1::AuditHead>()> noted;
    std::vector<std::string> lost, other;
  } rows[] = {
      {"in the backup", [] { return std::vector{HeadOf(Entry("hub-1", 3, 30))}; }, {}, {}},
      {"behind the backup", [] { return std::vector{HeadOf(Entry("hub-1", 5, 50))}; }, {kLost}, {}},
      {"another one at the place of the restore",
       [] { return std::vector{HeadOf(Entry("hub-1", 4, 40))}; },
       {"chain hub-1, entry 4, noted before: lost by the restore of 2026-01-01 00:01:40 UTC (from "
        "a backup that ended at entry 3)"},
       {}},
      {"noted after the restore, and cut off since",
       [] { return std::vector{HeadOf(Entry("hub-1", 5, 110))}; },
       {},
       {"chain hub-1, entry 5, noted before: the chain ends at 4; what came behind it was taken "
        "away"}},
      {"altered within the backup",
       [] { return std::vector{HeadOf(Entry("hub-1", 2, 20, "as it was"))}; },
       {},
       {"chain hub-1, entry 2, noted before: it is another one now"}},
      {"a chain that began after the backup",
       [] { return std::vector{HeadOf(Entry("hub-2", 1, 40))}; },
       {"chain hub-2, entry 1, noted before: lost by the restore of 2026-01-01 00:01:40 UTC (from "
        "a backup that had no entry of the chain)"},
       {}},
      {"nobody knows when it was noted",
       [] {
         auto head = HeadOf(Entry("hub-1", 5, 50));
         head.clear_commit_time_us();
         return std::vector{head};
       },
       {},
       {"chain hub-1, entry 5, noted before: the chain ends at 4; what came behind it was taken "
        "away"}},
      {"two, of which one is lost",
       [] {
         return std::vector{HeadOf(Entry("hub-1", 3, 30)), HeadOf(Entry("hub-1", 5, 50))};
       },
       {kLost},
       {}},
  };
  for (const auto& row : rows) {
    const Seen seen = Check(row.noted(), RestoredAt(3, 100));
    EXPECT_EQ(seen.lost, row.lost) << row.what;
    EXPECT_EQ(seen.other, row.other) << row.what;
  }
}

// Of several restores the one that lost it is named: the first after it was noted.
TEST(HeadCheck, NamesTheRestoreThatLostIt) {
  auto chain = RestoredAt(3, 100);
  chain.push_back(Entry("hub-1", 5, 200));
  chain.push_back(Entry("hub-1", 6, 300, RestoreEvent({HeadOf(chain.back())})));
  EXPECT_THAT(Check({HeadOf(Entry("hub-1", 6, 60))}, chain).lost,
              ElementsAre("chain hub-1, entry 6, noted before: lost by the restore of 2026-01-01 "
                          "00:01:40 UTC (from a backup that ended at entry 3)"));
  EXPECT_THAT(Check({HeadOf(Entry("hub-1", 7, 250))}, chain).lost,
              ElementsAre("chain hub-1, entry 7, noted before: lost by the restore of 2026-01-01 "
                          "00:05:00 UTC (from a backup that ended at entry 5)"));
  EXPECT_THAT(Check({HeadOf(Entry("hub-1", 5, 200))}, chain).lost, IsEmpty());
}

}  // namespace
}  // namespace switchboard::audit
