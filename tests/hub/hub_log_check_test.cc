// The whole log of a hub, recomputed by who has noted its checkpoints, after somebody wrote into
// its tables.
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "hub/audit/chain.h"
#include "hub/audit/log_check.h"
#include "tests/hub/world_log.h"

namespace switchboard {
namespace {

using audit::Finding;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::WorldLog;

class HubLogCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 4; ++i) {
        const std::string number = std::to_string(++imported_);
        ASSERT_OK(world_.Import(
            {MakeRecord(imported_, {.account_id = "A-" + number, .person_id = "P-" + number})}));
        ASSERT_OK(world_.Post({testing::Payment("e-" + number, "A-" + number)}));
      }
      for (int times = 0; times < 2; ++times) world_.Advance(absl::Minutes(1));
    }
    WorldLog log(world_);
    ASSERT_OK_AND_ASSIGN(const auto kept, log.Checkpoints(0));
    ASSERT_GE(kept.notes_size(), 3);
    ASSERT_OK_AND_ASSIGN(options_.keys.emplace_back(), audit::ParseVerifierKey(kept.key()));
    for (const std::string& note : kept.notes())
      options_.checkpoints.push_back({"file " + std::to_string(options_.checkpoints.size()), note});
  }

  audit::LogReport Check() {
    WorldLog log(world_);
    auto report = audit::CheckLog(log, options_, [](int64_t, int64_t) {});
    EXPECT_OK(report);
    return report.ok() ? *report : audit::LogReport();
  }
  static std::string TextOf(const audit::LogReport& report) {
    return absl::StrJoin(report.findings, "\n", [](std::string* text, const Finding& finding) {
      absl::StrAppend(text, finding.kind, " at ", finding.place, ": ", finding.text);
    });
  }

  void Run(const std::string& sql, const std::vector<storage::Value>& parameters = {}) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) {
          return transaction.Execute(sql.c_str(), parameters).status();
        },
        [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }
  std::string ReadBytes(const char* sql) {
    std::string bytes;
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) {
          return transaction.Query(sql, {}, [&](const storage::Row& row) {
            bytes = row.Blob(0);
            return absl::OkStatus();
          });
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
    world_.Settle();
    return bytes;
  }

  HubWorld world_;
  int imported_ = 0;
  audit::LogCheckOptions options_;
};

TEST_F(HubLogCheckTest, LogThatNobodyTouchedIsAsNoted) {
  const audit::LogReport report = Check();
  EXPECT_THAT(report.findings, IsEmpty()) << TextOf(report);
  EXPECT_EQ(report.checkpoints_as_noted, report.noted_checkpoints);
  EXPECT_GE(report.checkpoints_as_noted, 3);
  EXPECT_EQ(report.leaves, report.tree_size);
  EXPECT_EQ(report.events, static_cast<int64_t>(world_.AuditEvents().size()));
  // It goes on, and stays so.
  ASSERT_OK(world_.Post({testing::Payment("e-later", "A-1")}));
  world_.Restart();
  const audit::LogReport later = Check();
  EXPECT_THAT(later.findings, IsEmpty()) << TextOf(later);
  EXPECT_GT(later.entries, report.entries);
  EXPECT_EQ(later.checkpoints_as_noted, report.noted_checkpoints);
}

// Entries of all sizes, whose events nobody parsed, are the same entries.
TEST_F(HubLogCheckTest, EventsMayComeAsTheyAreStored) {
  for (int batch = 0; batch < 80; ++batch) {
    std::vector<v1::CoreEvent> events;
    for (int i = 0; i <= batch % 9; ++i) {
      const std::string number = std::to_string(batch) + "-" + std::to_string(i);
      events.push_back(testing::Payment("s-" + number, "A-1"));
    }
    ASSERT_OK(world_.Post(events));
  }
  const auto read = [&](const v1::ReadAuditRequest& request) {
    return world_.Await<v1::ReadAuditResponse>(
        [&](auto done) { world_.hub().operator_api().ReadAudit(Operator(), request, done); });
  };
  v1::ReadAuditRequest request;
  request.set_max_entries(1'000);
  ASSERT_OK_AND_ASSIGN(const auto first, read(request));
  for (const std::string& chain_id : first.chain_ids()) {
    request.set_chain_id(chain_id);
    request.set_stored(false);
    ASSERT_OK_AND_ASSIGN(const auto parsed, read(request));
    request.set_stored(true);
    ASSERT_OK_AND_ASSIGN(const auto stored, read(request));
    ASSERT_EQ(stored.entries_size(), parsed.entries_size());
    audit::ChainVerifier verifier;
    for (int i = 0; i < stored.entries_size(); ++i) {
      EXPECT_TRUE(stored.entries(i).events().empty());
      ASSERT_OK(verifier.Add(stored.entries(i)));
      v1::AuditEntry events;
      *events.mutable_events() = parsed.entries(i).events();
      EXPECT_EQ(stored.entries(i).stored_events(), events.SerializeAsString());
      EXPECT_EQ(stored.entries(i).hash(), parsed.entries(i).hash());
    }
    EXPECT_EQ(verifier.entries(), parsed.entries_size());
  }
}

// The chain with most entries; all that a statement of a change is about.
#define LONGEST_CHAIN \
  "(SELECT chain_id FROM audit_entry GROUP BY chain_id ORDER BY COUNT(*) DESC, chain_id LIMIT 1)"

// Of one table after the other, by a statement.
struct Change {
  const char* name;
  const char* sql;
  Finding::Kind kind;
};
const Change kChanges[] = {
    {"TimeOfAnEntry", "UPDATE audit_entry SET commit_time = commit_time + 1 WHERE sequence = 2",
     Finding::kBroken},
    {"RootOfAnEntry", "UPDATE audit_entry SET events_root = hash WHERE sequence = 2",
     Finding::kBroken},
    {"HashOfAnEntry", "UPDATE audit_entry SET hash = events_root WHERE sequence = 2",
     Finding::kBroken},
    {"EventsOfAnEntry", "UPDATE audit_entry SET events = hash WHERE sequence = 2",
     Finding::kBroken},
    {"EventsOfAnotherEntry",
     "UPDATE audit_entry SET events = (SELECT other.events FROM audit_entry AS other WHERE "
     "other.chain_id = audit_entry.chain_id AND other.sequence = 1) WHERE sequence = 2",
     Finding::kBroken},
    {"NumberOfAnEntry", "UPDATE audit_entry SET sequence = sequence + 1000 WHERE sequence = 2",
     Finding::kBroken},
    {"FirstEntry", "DELETE FROM audit_entry WHERE sequence = 1 AND chain_id = " LONGEST_CHAIN,
     Finding::kBroken},
    {"EndOfAChain", "DELETE FROM audit_entry WHERE sequence > 2 AND chain_id = " LONGEST_CHAIN,
     Finding::kCut},
    {"WholeChain", "DELETE FROM audit_entry WHERE chain_id = " LONGEST_CHAIN, Finding::kCut},
    {"CountOfARange", "UPDATE audit_range SET count = count - 1 WHERE first_position = 0",
     Finding::kTree},
    {"EntryOfARange",
     "UPDATE audit_range SET first_sequence = first_sequence - 1 WHERE first_position = 0",
     Finding::kTree},
    {"ChainOfARange", "UPDATE audit_range SET chain_id = 'hub-9' WHERE first_position = 0",
     Finding::kCut},
    {"Range", "DELETE FROM audit_range WHERE first_position = 0", Finding::kTree},
    {"LastRange",
     "DELETE FROM audit_range WHERE first_position = (SELECT MAX(first_position) FROM audit_range)",
     Finding::kCut},
    {"Note",
     "UPDATE audit_checkpoint SET note = 'none' WHERE size = (SELECT MIN(size) FROM "
     "audit_checkpoint)",
     Finding::kForged},
};

class TamperedLogTest : public HubLogCheckTest, public ::testing::WithParamInterface<Change> {};

TEST_P(TamperedLogTest, IsFoundAndTold) {
  Run(GetParam().sql);
  const audit::LogReport report = Check();
  const bool found =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [](const Finding& finding) { return finding.kind == GetParam().kind; });
  EXPECT_TRUE(found) << TextOf(report);
  for (const Finding& finding : report.findings) EXPECT_NE(finding.place, "");
}

INSTANTIATE_TEST_SUITE_P(Changes, TamperedLogTest, ::testing::ValuesIn(kChanges),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(HubLogCheckTest, TileThatWasAlteredIsFound) {
  std::string hashes = ReadBytes("SELECT hashes FROM audit_tile WHERE level = 0 AND number = 0");
  ASSERT_GE(hashes.size(), 64u);
  hashes[40] = static_cast<char>(hashes[40] ^ 1);
  Run("UPDATE audit_tile SET hashes = $1 WHERE level = 0 AND number = 0",
      {storage::Value::Blob(hashes)});
  const audit::LogReport report = Check();
  ASSERT_EQ(report.findings.size(), 1u) << TextOf(report);
  EXPECT_EQ(report.findings[0].kind, Finding::kTree);
}

// Who writes an event anew, and the entry's root and hash to go with it, breaks the link behind it;
// of the last entry there is none, but it is a leaf.
TEST_F(HubLogCheckTest, LastEntryThatWasMadeAnewIsNoLeafOfTheTree) {
  WorldLog log(world_);
  ASSERT_OK_AND_ASSIGN(const auto tree, log.Tree(0));
  const auto& range = *tree.ranges().rbegin();
  v1::ReadAuditRequest request;
  request.set_chain_id(range.chain_id());
  request.set_after(range.first_sequence() + range.count() - 2);
  request.set_max_entries(1);
  request.set_stored(true);
  ASSERT_OK_AND_ASSIGN(const auto page, log.Entries(request));
  ASSERT_EQ(page.entries_size(), 1);
  v1::AuditEntry entry = page.entries(0);
  v1::AuditEntry events;
  events.add_events("something else");
  entry.set_events_root(audit::MerkleRoot({events.events(0)}));
  const std::string hash = audit::EntryHash(entry, 1).text();
  const std::string bytes = events.SerializeAsString();
  Run("UPDATE audit_entry SET events = $1, events_root = $2, hash = $3 WHERE chain_id = $4 AND "
      "sequence = $5",
      {storage::Value::Blob(bytes), storage::Value::Blob(entry.events_root()),
       storage::Value::Blob(hash), entry.chain_id(), entry.sequence()});
  const audit::LogReport report = Check();
  const bool noted =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [](const Finding& finding) { return finding.kind == Finding::kNotAsNoted; });
  EXPECT_TRUE(noted) << TextOf(report);
}

}  // namespace
}  // namespace switchboard
