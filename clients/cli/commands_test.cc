#include "clients/cli/commands.h"

#include <nlohmann/json.hpp>

#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/chain.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Render, MoneyByTheCurrencysDecimals) {
  struct Case {
    const char* currency;
    int64_t minor_units;
    const char* text;
  };
  const Case kCases[] = {
      {"JPY", 1234567, "JPY 1,234,567"},
      {"USD", 1234567, "USD 12,345.67"},
      {"USD", 5, "USD 0.05"},
      {"USD", -105, "USD -1.05"},
      {"KWD", 1005, "KWD 1.005"},
      {"JPY", 0, "JPY 0"},
      {"USD", std::numeric_limits<int64_t>::min(), "USD -92,233,720,368,547,758.08"},
  };
  for (const Case& one : kCases) {
    v1::Money money;
    money.set_currency_code(one.currency);
    money.set_minor_units(one.minor_units);
    EXPECT_EQ(MoneyText(money), one.text);
  }
}

TEST(Render, TimesAreUtc) {
  EXPECT_EQ(UtcText(absl::FromUnixSeconds(1767225600)), "2026-01-01 00:00:00");
  EXPECT_EQ(Counted(1, "account"), "1 account");
  EXPECT_EQ(Counted(24000, "account"), "24,000 accounts");
  EXPECT_EQ(Hex(std::string("\x00\xff", 2)), "00ff");
}

TEST(VendorCommands, ListShowsStateAndHowFarBehind) {
  Script script;
  auto& sakura = *script.vendors.add_vendors();
  sakura.set_vendor_id("sakura");
  sakura.set_newest_sequence(12000);
  sakura.set_acknowledged_sequence(2000);
  sakura.set_live_assignments(7);
  sakura.set_connected(true);
  auto& jade = *script.vendors.add_vendors();
  jade.set_vendor_id("jade");
  jade.set_connected(true);
  jade.set_stopped(true);
  const Ran ran = RunOnline({"vendor", "list"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("connected"));
  EXPECT_THAT(ran.out, HasSubstr("10,000"));
  EXPECT_THAT(ran.out, HasSubstr("2 vendors, 2 connected, 1 stopped, 7 live assignments\n"));
}

TEST(VendorCommands, StopAndResumeSayWhatWasAsked) {
  Script script;
  script.stop.set_voided_permits(3);
  EXPECT_THAT(RunOnline({"vendor", "stop", "sakura"}, script).out, HasSubstr("3 open permits"));
  EXPECT_EQ(script.stop_asked.vendor_id(), "sakura");
  EXPECT_TRUE(script.stop_asked.stopped());
  EXPECT_EQ(RunOnline({"work-type", "resume", "campaign"}, script).code, 0);
  EXPECT_EQ(script.stop_asked.work_type(), v1::WORK_TYPE_CAMPAIGN);
  EXPECT_FALSE(script.stop_asked.stopped());
}

TEST(RecallCommands, UnknownIdsFailTheCommandAndAreNamed) {
  Script script;
  script.recall.set_announced(1);
  script.recall.add_unknown_ids("B");
  const Ran ran = RunOnline(
      {"recall", "announce", "--assignment", "A", "B", "--reason", "moved", "--place-again"},
      script);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("no live assignment: B"));
  EXPECT_THAT(ran.out, HasSubstr("1 recall announced, 0 pending before, 1 unknown"));
  EXPECT_EQ(script.recall_asked.assignment_ids_size(), 2);
  EXPECT_EQ(script.recall_asked.reason(), v1::RECALL_REASON_MOVED);
  EXPECT_TRUE(script.recall_asked.place_again());
}

TEST(RecallCommands, CancelAndFinal) {
  Script script;
  EXPECT_EQ(RunOnline({"recall", "cancel", "A"}, script).code, 0);
  EXPECT_EQ(script.decision_asked.decision(), v1::DecideRecallRequest::DECISION_CANCEL);
  EXPECT_EQ(RunOnline({"recall", "final", "A"}, script).code, 0);
  EXPECT_EQ(script.decision_asked.decision(), v1::DecideRecallRequest::DECISION_FINAL);
  EXPECT_EQ(script.decision_asked.assignment_id(), "A");
}

v1::ListPlacementsResponse PlacementPage(std::initializer_list<const char*> ids) {
  v1::ListPlacementsResponse page;
  for (const char* id : ids) {
    auto& placement = *page.add_placements();
    placement.set_assignment_id(id);
    placement.set_account_id("会員-1");
    *placement.mutable_place_time() = TimeUtil::SecondsToTimestamp(1767225600);
  }
  return page;
}

TEST(ListingCommands, PlacementsGoOverAllPagesAndStopAtTheLimit) {
  Script script;
  script.placements = {PlacementPage({"A", "B"}), PlacementPage({"C"})};
  const Ran all = RunOnline({"placements"}, script);
  EXPECT_THAT(all.out, HasSubstr("3 placements\n"));
  EXPECT_THAT(all.out, HasSubstr("2026-01-01 00:00:00"));
  script.placements = {PlacementPage({"A", "B"}), PlacementPage({"C"})};
  const Ran two = RunOnline({"placements", "--limit", "1"}, script);
  EXPECT_THAT(two.out, HasSubstr("1 placement; there may be more: --limit\n"));
  EXPECT_THAT(two.out, Not(HasSubstr(" B ")));
}

TEST(ListingCommands, DisclosuresGoOnOverPagesWithoutAMatch) {
  Script script;
  script.disclosures.resize(2);
  script.disclosures[0].set_next(100);
  script.disclosures[1].set_next(200);
  auto& disclosure = *script.disclosures[1].add_disclosures();
  disclosure.set_vendor_id("sakura");
  disclosure.add_assignment_ids("A");
  const Ran ran = RunOnline({"disclosures", "--assignment", "A"}, script);
  EXPECT_THAT(ran.out, HasSubstr("sakura"));
  EXPECT_THAT(ran.out, HasSubstr("1 disclosure\n"));
}

TEST(ListingCommands, QuarantineNamesSenderStatusAndField) {
  Script script;
  script.quarantine.resize(1);
  auto& item = *script.quarantine[0].add_items();
  item.set_quarantine_id("Q1");
  item.set_actor("core/main");
  item.set_kind("account");
  item.set_status("STATUS_INVALID");
  item.set_field("person.birth_date.month");
  const Ran ran = RunOnline({"quarantine", "list"}, script);
  EXPECT_THAT(ran.out, HasSubstr("core/main"));
  EXPECT_THAT(ran.out, HasSubstr(" INVALID "));
  EXPECT_THAT(ran.out, HasSubstr("person.birth_date.month"));
  EXPECT_THAT(ran.out, HasSubstr("1 item in quarantine\n"));
}

// A chain of `count` entries with two events each.
std::vector<v1::AuditEntry> Chain(int count) {
  std::vector<v1::AuditEntry> chain;
  std::string previous = audit::Genesis();
  for (int i = 1; i <= count; ++i) {
    v1::AuditEntry entry;
    entry.set_chain_id("hub-1");
    entry.set_sequence(i);
    entry.set_commit_time_us(1767225600'000'000 + i);
    entry.set_previous_hash(previous);
    for (const auto kind : {v1::AuditEvent::KIND_PLACED, v1::AuditEvent::KIND_OUTCOME}) {
      v1::AuditEvent event;
      event.set_kind(kind);
      event.set_account_id("C-" + std::to_string(i));
      entry.add_events(event.SerializeAsString());
    }
    entry.set_events_root(audit::MerkleRoot({entry.events().begin(), entry.events().end()}));
    entry.set_hash(audit::EntryHash(entry));
    previous = entry.hash();
    chain.push_back(entry);
  }
  return chain;
}

TEST(AuditCommands, VerifyRecomputesAndPrintsTheHead) {
  Script script;
  script.audit = Chain(5);
  const Ran ran = RunOnline({"audit", "verify"}, script);
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr(Hex(script.audit.back().hash())));
  EXPECT_THAT(ran.out, HasSubstr("1 chain, 5 entries, 10 events recomputed: unaltered\n"));
}

TEST(AuditCommands, VerifyFailsOnAnythingAltered) {
  struct Case {
    const char* what;
    void (*alter)(std::vector<v1::AuditEntry>&);
  };
  const Case kCases[] = {
      {"entry 3: its events were altered",
       [](auto& chain) { chain[2].set_events(0, "something else"); }},
      {"entry 4: expected entry 3", [](auto& chain) { chain.erase(chain.begin() + 2); }},
      {"entry 2: its hash does not fit", [](auto& chain) { chain[1].set_commit_time_us(1); }},
      {"entry 2: does not follow", [](auto& chain) { chain[1].set_previous_hash("x"); }},
  };
  for (const Case& one : kCases) {
    Script script;
    script.audit = Chain(5);
    one.alter(script.audit);
    const Ran ran = RunOnline({"audit", "verify"}, script);
    EXPECT_EQ(ran.code, 1) << one.what;
    EXPECT_THAT(ran.out, HasSubstr(one.what));
    EXPECT_THAT(ran.out, HasSubstr("1 BROKEN\n"));
    EXPECT_EQ(RunOnline({"audit", "show"}, script).code, 1) << one.what;
  }
}

TEST(AuditCommands, AHubWithoutAnyEntryProvesNothing) {
  Script script;
  const Ran ran = RunOnline({"audit", "verify"}, script);
  EXPECT_THAT(ran.out, HasSubstr("1 chain, 0 entries"));
}

TEST(AuditCommands, ShowFiltersByKindAndAccount) {
  Script script;
  script.audit = Chain(5);
  const Ran ran = RunOnline({"audit", "show", "--kind", "outcome", "--account", "C-4"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("C-4"));
  EXPECT_THAT(ran.out, Not(HasSubstr("C-3")));
  EXPECT_THAT(ran.out, Not(HasSubstr("PLACED")));
  EXPECT_THAT(ran.out, HasSubstr("1 event of 5 entries, which verify\n"));
}

TEST(AuditCommands, ProveGivesThePathAndFailsOnAnAlteredEntry) {
  testing::TemporaryFolder folder;
  Script script;
  script.audit = Chain(3);
  const Ran ran = RunOnline(
      {"audit", "prove", "--sequence", "2", "--event", "1", "--json", folder / "proof.json"},
      script);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const auto json = nlohmann::json::parse(testing::ReadFile(folder / "proof.json"))["result"];
  EXPECT_EQ(json["path"].size(), 1u);
  EXPECT_EQ(json["hash"], Hex(script.audit[1].hash()));
  script.audit[1].set_events(0, "something else");
  EXPECT_EQ(RunOnline({"audit", "prove", "--sequence", "2", "--event", "1"}, script).code, 1);
  const Ran unknown = RunOnline({"audit", "prove", "--sequence", "9", "--event", "0"}, script);
  EXPECT_THAT(unknown.err, HasSubstr("ENTRY_UNKNOWN"));
  const Ran beyond = RunOnline({"audit", "prove", "--sequence", "2", "--event", "2"}, script);
  EXPECT_THAT(beyond.err, HasSubstr("events 0 to 1"));
}

v1::Backup BackupIn(v1::Backup::State state) {
  v1::Backup backup;
  backup.set_name("one.db");
  backup.set_state(state);
  backup.set_bytes_total(int64_t{5} << 30);
  return backup;
}

TEST(BackupCommands, WaitsUntilItIsDone) {
  Script script;
  script.backup_started = BackupIn(v1::Backup::STATE_COPYING);
  for (const auto state :
       {v1::Backup::STATE_COPYING, v1::Backup::STATE_CHECKING, v1::Backup::STATE_DONE}) {
    *script.backups.emplace_back().mutable_backup() = BackupIn(state);
  }
  const Ran ran = RunOnline({"backup", "--name", "one.db"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script.backup_asked.name(), "one.db");
  EXPECT_TRUE(script.backups.empty());
  EXPECT_THAT(ran.out, HasSubstr("backup one.db: 5,120 MiB, checked"));
}

TEST(BackupCommands, FailureAndAnotherBackupFail) {
  Script script;
  script.backup_started = BackupIn(v1::Backup::STATE_FAILED);
  script.backup_started.set_problem("the disk of the database is full");
  const Ran failed = RunOnline({"backup"}, script);
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.out + failed.err, HasSubstr("FAILED: the disk of the database is full"));

  script.backup_started = BackupIn(v1::Backup::STATE_COPYING);
  *script.backups.emplace_back().mutable_backup() = BackupIn(v1::Backup::STATE_COPYING);
  script.backups[0].mutable_backup()->set_name("two.db");
  const Ran lost = RunOnline({"backup"}, script);
  EXPECT_EQ(lost.code, 1);
  EXPECT_THAT(lost.err, HasSubstr("another backup"));
}

}  // namespace
}  // namespace switchboard::cli
