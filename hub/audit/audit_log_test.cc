#include "hub/audit/audit_log.h"

#include <memory>
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/audit/quarantine.h"
#include "hub/audit/sealed_tables.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;
using testing::TestDatabase;

// `log` is made behind the database that it needs.
storage::Writer::Hooks SealWith(const std::unique_ptr<AuditLog>& log) {
  storage::Writer::Hooks hooks;
  hooks.before_commit = [&log](Transaction& transaction, int lane) {
    return log->Seal(transaction, lane);
  };
  return hooks;
}

class AuditLogTest : public ::testing::Test {
 protected:
  // One commit with an event for each actor.
  absl::Status Commit(const std::vector<std::string>& actors) {
    return test_.Run([&](Transaction& transaction) {
      for (const std::string& actor : actors) {
        Record(transaction, Event(v1::AuditEvent::KIND_EVENT, actor));
      }
      return absl::OkStatus();
    });
  }
  std::vector<v1::AuditEntry> Read(const std::string& chain_id, int64_t after = 0, int max = 1000,
                                   size_t stop_at = 1000) {
    std::vector<v1::AuditEntry> entries;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      return ReadEntries(reader, chain_id, after, max, [&](v1::AuditEntry entry) {
        entries.push_back(std::move(entry));
        return entries.size() < stop_at;
      });
    }));
    return entries;
  }

  std::unique_ptr<AuditLog> log_;
  TestDatabase test_{TestDatabase::Options(), SealWith(log_)};

 public:
  AuditLogTest() { log_ = std::make_unique<AuditLog>("hub-1", *test_.sealer, 1); }
};

TEST_F(AuditLogTest, OneEntryPerCommitWithEvents) {
  ASSERT_OK(Commit({"core/main", "vendor/sakura"}));
  ASSERT_OK(Commit({}));
  test_.clock.Advance(absl::Seconds(5));
  ASSERT_OK(Commit({"operator/ito"}));
  const auto entries = Read("hub-1");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].sequence(), 1);
  EXPECT_EQ(entries[0].previous_hash(), Genesis());
  EXPECT_EQ(entries[0].events_size(), 2);
  EXPECT_EQ(entries[1].sequence(), 2);
  EXPECT_EQ(entries[1].commit_time_us() - entries[0].commit_time_us(), 5'000'000);
  EXPECT_GT(entries[1].commit_order(), entries[0].commit_order());
  v1::AuditEvent event;
  ASSERT_TRUE(event.ParseFromString(entries[1].events(0)));
  EXPECT_EQ(event.actor(), "operator/ito");
  EXPECT_EQ(event.time().seconds(), absl::ToUnixSeconds(test_.clock.Now()));
  ChainVerifier verifier;
  for (const auto& entry : entries) EXPECT_OK(verifier.Add(entry));
}

TEST_F(AuditLogTest, EventsOfAFailedUnitAreNotInTheLog) {
  ASSERT_OK(Commit({"first"}));
  EXPECT_FALSE(test_
                   .Run([](Transaction& transaction) {
                     Record(transaction, Event(v1::AuditEvent::KIND_EVENT, "failed"));
                     return absl::AbortedError("on purpose");
                   })
                   .ok());
  EXPECT_EQ(Read("hub-1").size(), 1u);
}

TEST_F(AuditLogTest, ReadsPagesThatVerifyOneAfterTheOther) {
  for (int i = 0; i < 10; ++i) ASSERT_OK(Commit({"core/main"}));
  ChainVerifier verifier;
  while (true) {
    const auto page = Read("hub-1", verifier.entries(), 3);
    if (page.empty()) break;
    EXPECT_LE(page.size(), 3u);
    for (const auto& entry : page) ASSERT_OK(verifier.Add(entry));
  }
  EXPECT_EQ(verifier.entries(), 10);
  EXPECT_EQ(Read("hub-1", 0, 100, 2).size(), 2u);  // the visitor may end it
  EXPECT_TRUE(Read("hub-1", 10).empty());
  EXPECT_TRUE(Read("no such chain").empty());
}

TEST_F(AuditLogTest, EachLaneHasItsOwnChain) {
  ASSERT_OK(Commit({"core/main"}));
  AuditLog other("a-hub", *test_.sealer, 2);
  std::string first, second;
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    Record(transaction, Event(v1::AuditEvent::KIND_EVENT, "x"));
    ASSIGN_OR_RETURN(first, other.Seal(transaction, 0));
    ASSIGN_OR_RETURN(second, other.Seal(transaction, 1));
    return absl::OkStatus();
  }));
  std::vector<std::string> ids;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(ids, ChainIds(reader));
    return absl::OkStatus();
  }));
  EXPECT_THAT(ids, ElementsAre("a-hub", "a-hub.2", "hub-1"));
  EXPECT_EQ(Read("a-hub").at(0).previous_hash(), Genesis());
  EXPECT_EQ(Read("a-hub.2").at(0).previous_hash(), Genesis());
  EXPECT_LT(Read("a-hub").at(0).commit_order(), Read("a-hub.2").at(0).commit_order());
  // By its hash a lane knows its last commit again.
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const bool own, other.EndsWith(reader, 1, second));
    ASSIGN_OR_RETURN(const bool of_another, other.EndsWith(reader, 0, second));
    EXPECT_TRUE(own);
    EXPECT_FALSE(of_another);
    return absl::OkStatus();
  }));
}

TEST_F(AuditLogTest, AlteringTheTableIsSeen) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Commit({"core/main"}));
  const struct {
    const char* sql;
  } rows[] = {
      {"UPDATE audit_entry SET commit_time = commit_time + 1 WHERE sequence = 2"},
      {"UPDATE audit_entry SET events = (SELECT e.events FROM audit_entry e WHERE e.sequence = 3), "
       "events_root = hash WHERE sequence = 2"},
      {"DELETE FROM audit_entry WHERE sequence = 2"},
  };
  for (const auto& row : rows) {
    ASSERT_OK(test_.Run(
        [&](Transaction& transaction) { return transaction.Execute(row.sql, {}).status(); }));
    ChainVerifier verifier;
    absl::Status status;
    for (const auto& entry : Read("hub-1")) {
      if (status.ok()) status = verifier.Add(entry);
    }
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN")) << row.sql;
  }
}

TEST_F(AuditLogTest, QuarantineKeepsTheBytesSealed) {
  const std::string bytes("山田 4111111111111111\0\xff", 26);
  const storage::DiskRoom disk({});
  const Quarantine quarantine(*test_.sealer, test_.ids, disk, {});
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    return quarantine
        .Put(transaction,
             {"core/main", "account", "file", 0, "STATUS_INVALID", "person.given_name", bytes})
        .status();
  }));
  constexpr char kSelect[] =
      "SELECT quarantine_id, actor, kind, status, field, quarantine_time, box FROM quarantine";
  int found = 0;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) {
    return reader.Query(kSelect, {}, [&](const storage::Row& row) -> absl::Status {
      ++found;
      EXPECT_EQ(row.Text(1), "core/main");
      EXPECT_EQ(row.Text(2), "account");
      EXPECT_EQ(row.Text(3), "STATUS_INVALID");
      EXPECT_EQ(row.Text(4), "person.given_name");
      EXPECT_EQ(row.Integer(5), test_.now_us());
      EXPECT_EQ(row.Blob(6).find("4111"), std::string_view::npos);
      const std::string id(row.Text(0));
      ASSIGN_OR_RETURN(const std::string kept,
                       test_.sealer->Open(PlaceOfQuarantined(id, "core/main", "account", "file"),
                                          row.Blob(6), reader));
      EXPECT_EQ(kept, bytes);
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(found, 1);
  v1::AuditEvent event;
  ASSERT_TRUE(event.ParseFromString(Read("hub-1").at(0).events(0)));
  EXPECT_EQ(event.kind(), v1::AuditEvent::KIND_QUARANTINED);
  EXPECT_EQ(event.refused().kind(), "account");
  EXPECT_EQ(event.refused().status(), "STATUS_INVALID");
  EXPECT_EQ(event.refused().field(), "person.given_name");
}

}  // namespace
}  // namespace switchboard::audit
