// A database that comes back from a backup, and what everybody else knows that it does not.
#include "hub/restore.h"

#include <filesystem>
#include <string>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/audit/heads.h"
#include "hub/retention/pause.h"
#include "hub/storage/sqlite.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::Eventually;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::ReadFile;
using testing::WriteFile;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class HubRestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    std::vector<v1::AccountRecord> records;
    for (int i = 1; i <= 3; ++i) {
      records.push_back(MakeRecord(
          i, {.account_id = "A-" + std::to_string(i), .person_id = "P-" + std::to_string(i)}));
    }
    ASSERT_OK(world_.Import(records));
    assignment_ = world_.Live("A-1").assignment_id();
  }

  absl::StatusOr<v1::Backup> Start(const std::string& name) {
    v1::StartBackupRequest request;
    request.set_name(name);
    ASSIGN_OR_RETURN(const auto response, world_.Await<v1::StartBackupResponse>([&](auto done) {
      world_.hub().operator_api().StartBackup(Operator(), request, done);
    }));
    return response.backup();
  }
  v1::Backup Newest() {
    const auto response = world_.Await<v1::GetBackupResponse>(
        [&](auto done) { world_.hub().operator_api().GetBackup(Operator(), {}, done); });
    EXPECT_OK(response);
    return response.ok() ? response->backup() : v1::Backup();
  }
  // Makes a backup to its end; the path of the file.
  std::string BackUp(const std::string& name = "one.db") {
    EXPECT_OK(Start(name));
    EXPECT_TRUE(Eventually([&] {
      world_.Settle();
      const auto state = Newest().state();
      return state == v1::Backup::STATE_DONE || state == v1::Backup::STATE_FAILED;
    }));
    EXPECT_EQ(Newest().state(), v1::Backup::STATE_DONE) << Newest().problem();
    return (world_.folder() / "backups" / name).string();
  }

  void Report(const std::string& outcome_id) {
    ASSERT_OK_AND_ASSIGN(const auto response,
                         world_.Report("sakura", {MakeOutcome(outcome_id, assignment_)}));
    ASSERT_EQ(response.receipts(0).status(), v1::ReportOutcomesResponse::STATUS_RECORDED);
  }

  // Opens the feed as a vendor at `cursor`.
  feed::OpenedFeed OpenFeed(const v1::Cursor& cursor) {
    feed::OpenedFeed opened;
    Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(opened, world_.hub().feed().Open(transaction, "sakura", cursor));
      return absl::OkStatus();
    });
    return opened;
  }
  void Run(storage::Writer::Unit unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, std::move(unit),
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }

  absl::StatusOr<Restored> Restore(const std::string& from, int64_t core_read_through,
                                   const std::vector<v1::AuditHead>& noted = {}) {
    absl::StatusOr<Restored> restored = absl::InternalError("not run");
    world_.WhileClosed([&](const HubOptions& options) {
      restored = RestoreDatabase({options, from, core_read_through, noted}, world_.clock,
                                 [](std::string_view) {});
    });
    return restored;
  }
  // The heads of the hub's chains now.
  std::vector<v1::AuditHead> Heads() {
    std::vector<v1::AuditHead> heads;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(heads, audit::Heads(reader));
      return absl::OkStatus();
    }));
    return heads;
  }
  // As SQLite's from the backup; PostgreSQL's would be back already, and is as it was.
  absl::StatusOr<Restored> RestoreEither(const std::string& from, int64_t core_read_through) {
    return Restore(testing::OnPostgres() ? "" : from, core_read_through);
  }
  std::string BackUpEither() { return testing::OnPostgres() ? "" : BackUp(); }

  bool Granted(const std::string& request_id, const std::string& account_id = "A-1") {
    const auto answer = world_.Ask("sakura", request_id, world_.Live(account_id).assignment_id());
    EXPECT_OK(answer);
    return answer.ok() && answer->has_permit();
  }
  void Resume() {
    v1::SetStopRequest request;
    request.set_vendor_id("sakura");
    ASSERT_OK(world_.Await<v1::SetStopResponse>(
        [&](auto done) { world_.hub().operator_api().SetStop(Operator(), request, done); }));
  }

  HubWorld world_;
  std::string assignment_;
};

TEST_F(HubRestoreTest, VendorLoadsItsFeedAnew) {
  const auto before = OpenFeed({});
  v1::Cursor cursor = before.cursor;
  cursor.set_sequence(3);
  Run([&](storage::Transaction& transaction) {
    return world_.hub().feed().Acknowledge(transaction, "sakura", before.session, cursor, {});
  });
  const std::string backup = BackUpEither();
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreEither(backup, 0));
  EXPECT_THAT(restored.stopped, ElementsAre("sakura"));
  // The same place would be a fit one in the generation that the backup holds.
  const auto after = OpenFeed(cursor);
  EXPECT_NE(after.cursor.generation(), cursor.generation());
  EXPECT_EQ(after.cursor.sequence(), 0);
}

TEST_F(HubRestoreTest, NobodyIsContactedUntilTheCoreHasToldAgainAndTheVendorGoesOn) {
  const std::string backup = BackUpEither();
  ASSERT_TRUE(Granted("r-1"));
  // Acknowledged, and not in the backup.
  const auto payment = Payment("E-1", "A-2");
  if (!testing::OnPostgres()) {
    ASSERT_OK(world_.Post({payment}));
  }
  ASSERT_OK(RestoreEither(backup, 0));
  for (const char* account : {"A-1", "A-2", "A-3"})
    EXPECT_FALSE(Granted(std::string("r-2-") + account, account)) << account;
  ASSERT_OK(world_.Post({payment}));
  Resume();
  EXPECT_TRUE(Granted("r-3", "A-3"));
  EXPECT_TRUE(world_.Live("A-2").assignment_id().empty()) << "withdrawn again";
}

TEST_F(HubRestoreTest, OpenPermitsAreVoid) {
  ASSERT_TRUE(Granted("r-1"));
  const std::string backup = BackUpEither();
  ASSERT_OK(RestoreEither(backup, 0));
  int voided = 0;
  for (const auto& event : world_.AuditEvents())
    voided += event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED ? 1 : 0;
  EXPECT_EQ(voided, 1);
}

TEST_F(HubRestoreTest, OutcomesGoOnBeyondWhatTheCoreHasRead) {
  Report("O-1");
  const std::string backup = BackUpEither();
  ASSERT_OK(world_.ReadCoreFeed(0));
  const int64_t read = 7;  // the core has read six more, which are gone
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreEither(backup, read));
  EXPECT_EQ(restored.outcomes_after, read);
  Report("O-2");
  ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(read));
  ASSERT_EQ(page.items_size(), 1);
  EXPECT_EQ(page.items(0).sequence(), read + 1);
  EXPECT_EQ(page.items(0).outcome().outcome().outcome_id(), "O-2");
}

TEST_F(HubRestoreTest, NumbersNeverGoBack) {
  for (int i = 1; i <= 4; ++i) Report("O-" + std::to_string(i));
  const std::string backup = BackUpEither();
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreEither(backup, 2));
  EXPECT_EQ(restored.outcomes_after, 4);
}

TEST_F(HubRestoreTest, IsInTheAuditLogWhichVerifies) {
  const std::string backup = BackUpEither();
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreEither(backup, 12));
  EXPECT_GT(restored.audit_entries, 0);
  EXPECT_EQ(restored.newest_commit, world_.clock.Now());
  int restored_events = 0;
  for (const auto& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_RESTORED) continue;
    EXPECT_EQ(event.count(), 12);
    ++restored_events;
    ASSERT_EQ(static_cast<size_t>(event.restored().heads_size()), restored.heads.size());
    for (int i = 0; i < event.restored().heads_size(); ++i) {
      EXPECT_EQ(event.restored().heads(i).SerializeAsString(),
                restored.heads[i].SerializeAsString());
    }
  }
  EXPECT_EQ(restored_events, 1);
}

TEST_F(HubRestoreTest, BeginsBehindTheHeadsThatItTells) {
  const std::string backup = BackUpEither();
  const auto before = Heads();
  ASSERT_OK_AND_ASSIGN(const Restored restored, RestoreEither(backup, 0));
  ASSERT_FALSE(restored.heads.empty());
  int64_t told = 0, now = 0, noted = 0;
  for (const auto& head : restored.heads) told += head.sequence();
  for (const auto& head : Heads()) now += head.sequence();
  for (const auto& head : before) noted += head.sequence();
  EXPECT_EQ(now, told + 2) << "the restore itself is one entry, and the start behind it another";
  // On SQLite the copy lacks the line that it was made.
  EXPECT_EQ(told, testing::OnPostgres() ? noted : noted - 1);
  ASSERT_OK(Restore("", 0, restored.heads)) << "what it began with is still there";
}

TEST_F(HubRestoreTest, LogThatLacksANotedHeadIsNotServed) {
  auto noted = Heads();
  noted[0].set_sequence(noted[0].sequence() + 1);
  EXPECT_THAT(Restore("", 0, noted), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_NOT_AS_NOTED"));
  for (const auto& event : world_.AuditEvents())
    EXPECT_NE(event.kind(), v1::AuditEvent::KIND_RESTORED);
}

// Legal holds that were placed after the backup are not in it.
TEST_F(HubRestoreTest, NothingIsErasedUntilAnOperatorSaysSo) {
  const std::string backup = BackUpEither();
  ASSERT_OK(RestoreEither(backup, 0));
  EXPECT_OK(world_.hub().readers().Run([](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const bool paused, retention::Paused(reader));
    EXPECT_TRUE(paused);
    return absl::OkStatus();
  }));
}

TEST_F(HubRestoreTest, AgainDoesNoHarm) {
  const std::string backup = BackUpEither();
  ASSERT_OK(RestoreEither(backup, 5));
  ASSERT_OK_AND_ASSIGN(const Restored again, Restore("", 5));
  EXPECT_EQ(again.outcomes_after, 5);
  EXPECT_TRUE(world_.Vendor("sakura").stopped());
  Resume();
  EXPECT_FALSE(world_.Vendor("sakura").stopped());
}

TEST_F(HubRestoreTest, PostgresIsRestoredByItsOwnMeans) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "of PostgreSQL";
  EXPECT_THAT(Restore("some.db", 0), FailsWith(kPrecondition, "RESTORE_ELSEWHERE"));
  EXPECT_THAT(Start("one.db"), FailsWith(kPrecondition, "BACKUP_ELSEWHERE"));
}

TEST_F(HubRestoreTest, HubThatStillRunsCanWriteNoMore) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "a lock file keeps SQLite's to itself";
  // Another hub of the same database, restored while this one runs.
  ASSERT_OK(world_.Import({MakeRecord(9, {.account_id = "A-9", .person_id = "P-9"})}));
  HubOptions other = world_.options();
  other.storage.hub_id = "hub-2";
  ASSERT_OK(RestoreDatabase({other, "", 0, {}}, world_.clock, [](std::string_view) {}));
  EXPECT_THAT(world_.Import({MakeRecord(10, {.account_id = "A-10", .person_id = "P-10"})}),
              FailsWith(absl::StatusCode::kUnavailable, "HUB_ID_TAKEN"));
  EXPECT_THAT(world_.hub().fate(), FailsWith(absl::StatusCode::kUnavailable, "HUB_ID_TAKEN"));
}

// Runs a statement in the file, as whoever can write it may.
void Write(const std::string& path, const char* sql) {
  ASSERT_OK_AND_ASSIGN(const auto database, storage::SqliteDatabase::Open(path));
  ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
  ASSERT_OK(writer->Begin());
  ASSERT_OK(writer->Execute(sql, {}));
  ASSERT_OK(writer->Commit());
}

// What only a hub that copies its database itself can do, and get wrong.
class HubBackupTest : public HubRestoreTest {
 protected:
  void SetUp() override {
    if (testing::OnPostgres()) GTEST_SKIP() << "PostgreSQL is backed up by its own means";
    HubRestoreTest::SetUp();
  }
};

TEST_F(HubBackupTest, SaysWhatItIsAndIsInTheAuditLog) {
  const std::string path = BackUp("one.db");
  const v1::Backup backup = Newest();
  EXPECT_EQ(backup.name(), "one.db");
  EXPECT_EQ(backup.bytes_done(), backup.bytes_total());
  EXPECT_EQ(static_cast<int64_t>(std::filesystem::file_size(path)), backup.bytes_total());
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  const auto events = world_.AuditEvents();
  EXPECT_EQ(events.back().kind(), v1::AuditEvent::KIND_BACKED_UP);
  EXPECT_EQ(events.back().actor(), "operator/ito");
  EXPECT_EQ(events.back().subject_id(), "one.db");
  EXPECT_EQ(events.back().count(), backup.bytes_total());
}

TEST_F(HubBackupTest, LaysTheHeadsOfTheCopyBesideIt) {
  const auto before = Heads();
  const std::string path = BackUp();
  ASSERT_OK_AND_ASSIGN(const auto beside, audit::ReadHeads(ReadFile(path + ".heads.json")));
  ASSERT_EQ(beside.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(beside[i].SerializeAsString(), before[i].SerializeAsString());
  EXPECT_EQ(std::filesystem::status(path + ".heads.json").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_OK(Restore(path, 0, beside));
}

// A stop that somebody wants forgotten: its row, and the end of the log that tells of it.
TEST_F(HubBackupTest, CutOffEndOfABackupsLogShowsAgainstTheHeadsBesideIt) {
  ASSERT_OK(world_.Post({testing::PersonStop("E-1", "P-1")}));
  const std::string backup = BackUp();
  const std::string good = ReadFile(backup);
  ASSERT_OK_AND_ASSIGN(const auto noted, audit::ReadHeads(ReadFile(backup + ".heads.json")));
  Write(backup, "DELETE FROM stop");
  Write(backup, "DELETE FROM audit_entry WHERE sequence = (SELECT MAX(sequence) FROM audit_entry)");
  const auto refused = Restore(backup, 0, noted);
  EXPECT_THAT(refused, FailsWith(absl::StatusCode::kDataLoss, "AUDIT_NOT_AS_NOTED"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("was taken away"));
  EXPECT_OK(Restore(backup, 0)) << "without the heads it fits together";
  WriteFile(backup, good);
  EXPECT_OK(Restore(backup, 0, noted));
}

TEST_F(HubBackupTest, HeadNotedAfterTheBackupIsLostAndNotTakenAway) {
  const std::string backup = BackUp();
  world_.clock.Advance(absl::Minutes(1));
  Report("O-1");
  const auto noted = Heads();
  world_.clock.Advance(absl::Minutes(1));
  ASSERT_OK(Restore(backup, 1));
  const auto again = Restore("", 1, noted);
  EXPECT_THAT(again, FailsWith(absl::StatusCode::kDataLoss, "AUDIT_NOT_AS_NOTED"));
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("lost by the restore of "));
}

TEST_F(HubBackupTest, FolderIsTheHubsAlone) {
  BackUp();
  EXPECT_EQ(std::filesystem::status(world_.folder() / "backups").permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(HubBackupTest, NamesThatAreNone) {
  for (const char* name : {"../one.db", "a/b.db", ".hidden", "a b", "名.db", "one.db.heads.json"}) {
    EXPECT_THAT(Start(name), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << name;
  }
  EXPECT_THAT(Start(std::string(101, 'a')),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  BackUp("one.db");
  EXPECT_THAT(Start("one.db"), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  // Its copy has gone elsewhere, and its heads wait for it.
  std::filesystem::remove(world_.folder() / "backups/one.db");
  EXPECT_THAT(Start("one.db"), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  BackUp("");
  EXPECT_THAT(Newest().name(), HasSubstr("hub-1-"));
}

TEST_F(HubBackupTest, OneAtATimeAndTheSameNameAnswersWithItsState) {
  // Its last step waits for the writer, which runs when the world settles.
  ASSERT_OK(Start("one.db"));
  EXPECT_THAT(Start("two.db"), FailsWith(kPrecondition, "BACKUP_RUNNING"));
  ASSERT_OK_AND_ASSIGN(const auto same, Start("one.db"));
  EXPECT_EQ(same.name(), "one.db");
}

TEST_F(HubBackupTest, HubThatEndsLeavesNoHalfOfOne) {
  ASSERT_OK(Start("one.db"));
  world_.Crash();
  EXPECT_TRUE(std::filesystem::is_empty(world_.folder() / "backups"));
  EXPECT_THAT(world_.Await<v1::GetBackupResponse>(
                  [&](auto done) { world_.hub().operator_api().GetBackup(Operator(), {}, done); }),
              FailsWith(absl::StatusCode::kNotFound, "BACKUP_UNKNOWN"));
}

TEST_F(HubBackupTest, KeepsWhatWasThere) {
  const std::string backup = BackUp();
  Report("O-1");
  ASSERT_OK_AND_ASSIGN(const Restored restored, Restore(backup, 1));
  ASSERT_FALSE(restored.replaced.empty());
  EXPECT_TRUE(std::filesystem::exists(restored.replaced));
  ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(1));
  EXPECT_EQ(page.items_size(), 0) << "of after the backup";
}

// Keys of before a rotation are in a backup of before it, or of its midst, whatever became of them
// since.
TEST_F(HubBackupTest, IsReadBehindARotationThatItDoesNotKnow) {
  using Rotation = v1::ListKeysResponse::Rotation;
  const auto list = [&] {
    const auto listed = world_.Await<v1::ListKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().ListKeys(Operator(), {}, done); });
    EXPECT_OK(listed);
    return listed.value_or(v1::ListKeysResponse());
  };
  const auto rotate = [&] {
    v1::RotateKeysRequest request;
    request.set_which(v1::RotateKeysRequest::WHICH_DATA);
    ASSERT_OK(world_.Await<v1::RotateKeysResponse>(
        [&](auto done) { world_.hub().privacy_api().RotateKeys(Operator(), request, done); }));
  };
  const auto pass_to = [&](Rotation::Step step) {
    for (int i = 0; i < 100 && list().rotation().step() != step; ++i)
      world_.Advance(list().rotation().step() == Rotation::STEP_PROVING ? absl::Minutes(1)
                                                                        : absl::Seconds(1));
    ASSERT_EQ(list().rotation().step(), step);
  };
  const auto expect_readable = [&] {
    ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(0));
    ASSERT_EQ(page.items_size(), 1);
    EXPECT_EQ(page.items(0).outcome().outcome().outcome_id(), "O-1");
    EXPECT_EQ(world_.Placements().size(), 3u);
    EXPECT_OK(world_.Import({MakeRecord(1, {.account_id = "A-1", .person_id = "P-1"})}));
  };
  Report("O-1");
  const std::string before = BackUp("before.db");
  rotate();
  pass_to(Rotation::STEP_PROVING);
  const std::string midst = BackUp("midst.db");
  pass_to(Rotation::STEP_DONE);

  ASSERT_OK(Restore(before, 0));
  EXPECT_FALSE(list().has_rotation());
  expect_readable();
  rotate();
  pass_to(Rotation::STEP_DONE);
  expect_readable();

  ASSERT_OK(Restore(midst, 0));
  EXPECT_EQ(list().rotation().step(), Rotation::STEP_PROVING);
  expect_readable();
  pass_to(Rotation::STEP_DONE);
  EXPECT_TRUE(list().rotation().broken_boxes().empty());
  expect_readable();
}

TEST_F(HubBackupTest, RefusesWhileAHubRuns) {
  const std::string backup = BackUp();
  EXPECT_THAT(
      RestoreDatabase({world_.options(), backup, 0, {}}, world_.clock, [](std::string_view) {}),
      FailsWith(kPrecondition, "DATABASE_IN_USE"));
  EXPECT_TRUE(Granted("r-1")) << "the hub was disturbed";
}

TEST_F(HubBackupTest, WhatCannotBeRestoredLeavesTheDatabaseAsItWas) {
  const std::string backup = BackUp();
  Report("O-1");
  const std::string good = ReadFile(backup);
  WriteFile(backup, good.substr(0, good.size() / 2));
  EXPECT_THAT(Restore(backup, 0), FailsWith(absl::StatusCode::kDataLoss, "DATABASE_DAMAGED"));
  EXPECT_THAT(Restore(backup + ".none", 0), FailsWith(absl::StatusCode::kNotFound, "FILE_MISSING"));
  // One that was altered where only the audit log notices.
  WriteFile(backup, good);
  Write(backup, "UPDATE audit_entry SET commit_time = commit_time + 1 WHERE sequence = 2");
  EXPECT_THAT(Restore(backup, 0), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
  for (const auto& left : std::filesystem::directory_iterator(world_.folder()))
    EXPECT_THAT(left.path().string(), ::testing::Not(HasSubstr("restoring")));
  ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(0));
  EXPECT_EQ(page.items_size(), 1);
}

TEST_F(HubBackupTest, NeedsTheKeyFile) {
  const std::string backup = BackUp();
  world_.WhileClosed([&](const HubOptions& options) {
    HubOptions without = options;
    // No name of a file: it cannot even be looked for.
    without.wrapping.key_file += std::string(256, 'x');
    EXPECT_THAT(RestoreDatabase({without, backup, 0, {}}, world_.clock, [](std::string_view) {}),
                FailsWith(kPrecondition, "KEY_FILE_MISSING"));
    without.wrapping.key_file = options.wrapping.key_file + ".lost";
    EXPECT_THAT(RestoreDatabase({without, backup, 0, {}}, world_.clock, [](std::string_view) {}),
                FailsWith(kPrecondition, "KEY_FILE_MISSING"));
    EXPECT_FALSE(std::filesystem::exists(without.wrapping.key_file));
  });
}

}  // namespace
}  // namespace switchboard
