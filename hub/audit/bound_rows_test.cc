// Whatever a hub writes stands in its log, and the log never says what is not so: at each moment
// the newest word on a row is what the row is, but for tables that a chain leaves open.
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/chain.h"
#include "hub/audit/made_entry.h"
#include "hub/storage/row_key.h"
#include "hub/storage/schema.h"
#include "switchboard/v1/audit_rows.pb.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using storage::Row;
using storage::TableFacts;
using storage::Transaction;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestDatabase;

constexpr char kSetLease[] =
    "INSERT INTO lease (duty, hub_id, expire_time) VALUES ($1, 'hub-1', $2) ON CONFLICT (duty) DO "
    "UPDATE SET expire_time = excluded.expire_time";
constexpr char kDropLease[] = "DELETE FROM lease WHERE duty = $1";
constexpr char kSetLateWord[] =
    "INSERT INTO late_word (vendor_id, day, taken, waiting) VALUES ($1, $2, 0, 0) ON CONFLICT "
    "(vendor_id) DO UPDATE SET day = excluded.day";
constexpr char kSetSource[] =
    "INSERT INTO import_source (actor, source, through) VALUES ('core/main', $1, $2) ON CONFLICT "
    "(actor, source) DO UPDATE SET through = excluded.through";
constexpr char kDropSource[] = "DELETE FROM import_source WHERE source = $1";

// A hub's writer of one lane, and its log.
struct Lane {
  Lane(TestDatabase& test, const std::string& hub_id)
      : log(std::make_unique<AuditLog>(hub_id, *test.sealer, 1)), test_(test) {
    storage::WriterOptions options = TestDatabase::Options();
    options.hub_id = hub_id;
    storage::Writer::Hooks hooks;
    hooks.before_commit = [this](Transaction& transaction,
                                 int number) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(std::string hash, log->Seal(transaction, number));
      if (fails_next) {
        fails_next = false;
        return absl::InternalError("on purpose");
      }
      return hash;
    };
    hooks.settled = [this](int number, bool committed) { log->Settled(number, committed); };
    hooks.owes = [this](int number) { return log->Owes(number); };
    auto opened = storage::Writer::Open(*test.database, test.clock, options, std::move(hooks));
    SWITCHBOARD_ASSERT(opened.ok());
    writer = *std::move(opened);
  }

  absl::Status Run(storage::Writer::Unit unit) {
    absl::Status result = absl::InternalError("never answered");
    writer->Submit(storage::Urgency::kUrgent, std::move(unit),
                   [&](const absl::Status& status) { result = status; });
    writer->RunGroup();
    return result;
  }
  absl::Status Execute(const char* sql, std::vector<storage::Value> parameters) {
    return Run(
        [&](Transaction& transaction) { return transaction.Execute(sql, parameters).status(); });
  }
  absl::Status SetLease(const char* duty, int64_t time) { return Execute(kSetLease, {duty, time}); }

  std::unique_ptr<AuditLog> log;
  bool fails_next = false;
  std::unique_ptr<storage::Writer> writer;

 private:
  TestDatabase& test_;
};

class BoundRowsTest : public ::testing::Test {
 protected:
  std::vector<v1::AuditEntry> Read(const std::string& chain_id) {
    std::vector<v1::AuditEntry> entries;
    ChainVerifier verifier;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      return ReadEntries(reader, chain_id, 0, 100'000, EntryForm{.written = true},
                         [&](v1::AuditEntry entry) {
                           EXPECT_OK(verifier.Add(entry));
                           entries.push_back(std::move(entry));
                           return true;
                         });
    }));
    return entries;
  }
  static v1::RowWrites WrittenBy(const v1::AuditEntry& entry) {
    v1::RowWrites written;
    EXPECT_TRUE(written.ParseFromString(entry.written()));
    return written;
  }
  // "lease late_word open: lease"
  static std::string TextOf(const v1::AuditEntry& entry) {
    const v1::RowWrites written = WrittenBy(entry);
    std::vector<std::string> words;
    for (const auto& table : written.tables())
      if (table.table() != "counter") words.push_back(table.table());
    if (written.open_tables_size() > 0) words.emplace_back("open:");
    words.insert(words.end(), written.open_tables().begin(), written.open_tables().end());
    return absl::StrJoin(words, " ");
  }
  std::vector<std::string> Texts(const std::string& chain_id) {
    std::vector<std::string> texts;
    for (const v1::AuditEntry& entry : Read(chain_id)) texts.push_back(TextOf(entry));
    return texts;
  }

  using Told = std::map<std::pair<std::string, uint64_t>, std::pair<int64_t, uint64_t>>;
  // By table and row the newest word: its order, and the content.
  Told AllTold(std::set<std::string>* open) {
    Told told;
    std::vector<std::string> chain_ids;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(chain_ids, ChainIds(reader));
      return absl::OkStatus();
    }));
    for (const std::string& chain_id : chain_ids) {
      const auto entries = Read(chain_id);
      for (const v1::AuditEntry& entry : entries) Tell(entry, told);
      const v1::RowWrites last = WrittenBy(entries.back());
      open->insert(last.open_tables().begin(), last.open_tables().end());
    }
    return told;
  }
  static void Tell(const v1::AuditEntry& entry, Told& told) {
    const v1::RowWrites written = WrittenBy(entry);
    for (const auto& table : written.tables()) {
      for (size_t at = 0; at < table.rows().size(); at += storage::kRowDigestBytes) {
        const storage::RowDigest digest = storage::ReadRowDigest(
            nullptr, std::string_view(table.rows()).substr(at, storage::kRowDigestBytes));
        auto& newest = told[{table.table(), digest.row}];
        if (entry.commit_order() >= newest.first) newest = {entry.commit_order(), digest.content};
      }
    }
  }
  // Rows that are not as the log says, by table, leaving out what is open.
  std::vector<std::string> Unfit(const std::vector<std::string>& tables) {
    std::set<std::string> open;
    const Told told = AllTold(&open);
    const Secret key = storage::RowKey(*test_.sealer);
    std::vector<std::string> unfit;
    for (const std::string& name : tables) {
      if (open.contains(name)) continue;
      const TableFacts& table = *storage::FindTable(name);
      Told left = told;
      std::erase_if(left, [&](const auto& one) {
        return one.first.first != name || one.second.second == storage::kGone;
      });
      static std::map<std::string, std::string> statements;
      std::string& sql = statements[name];
      if (sql.empty())
        sql = absl::StrCat("SELECT ", absl::StrJoin(table.columns, ", "), " FROM ", name);
      EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
        return reader.Query(sql.c_str(), {}, [&](const Row& row) {
          const auto found = left.find({name, KeyDigest(table, row, key.view())});
          if (found == left.end()) {
            unfit.push_back(name + ": unknown");
            return absl::OkStatus();
          }
          if (found->second.second != ContentDigest(table, row, key.view()))
            unfit.push_back(name + ": altered");
          left.erase(found);
          return absl::OkStatus();
        });
      }));
      for (size_t i = 0; i < left.size(); ++i) unfit.push_back(name + ": missing");
    }
    return unfit;
  }
  std::vector<std::string> Unfit() { return Unfit({"lease", "late_word", "import_source"}); }

  TestDatabase test_;
  Lane hub_{test_, "hub-1"};
};

TEST_F(BoundRowsTest, ACommitWithoutEventsHasAnEntry) {
  ASSERT_OK(hub_.Execute(kSetSource, {"file", 5}));
  ASSERT_OK(hub_.Run([](Transaction& transaction) -> absl::Status {
    Record(transaction, Event(v1::AuditEvent::KIND_EVENT, "core/main"));
    return transaction.Execute(kSetSource, {"file", 6}).status();
  }));
  ASSERT_OK(hub_.Run([](Transaction&) { return absl::OkStatus(); }));
  ASSERT_OK(hub_.Execute(kDropSource, {"none"}));
  const auto entries = Read("hub-1");
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].events_size(), 0);
  EXPECT_EQ(entries[1].events_size(), 1);
  EXPECT_GT(entries[1].commit_order(), entries[0].commit_order());
  EXPECT_THAT(Texts("hub-1"), ElementsAre("import_source", "import_source"));
  EXPECT_THAT(Unfit(), IsEmpty());
  ASSERT_OK(hub_.Execute(kDropSource, {"file"}));
  EXPECT_THAT(Unfit(), IsEmpty());
  // What goes by the hub is found.
  ASSERT_OK(test_.Run([](Transaction& transaction) {
    return transaction.Execute(kSetSource, {"forged", 1}).status();
  }));
  EXPECT_THAT(Unfit(), ElementsAre("import_source: unknown"));
}

TEST_F(BoundRowsTest, WhatAPeerCausesWithoutEventsHasFewEntries) {
  ASSERT_OK(hub_.SetLease("a", 1));
  EXPECT_THAT(Texts("hub-1"), ElementsAre("lease"));
  EXPECT_THAT(Unfit(), IsEmpty()) << "alone it leaves nothing open";
  for (int i = 0; i < 50; ++i) ASSERT_OK(hub_.SetLease("a", i));
  ASSERT_OK(hub_.SetLease("b", 1));
  EXPECT_THAT(Texts("hub-1"), ElementsAre("lease", "lease open: lease"));
  EXPECT_FALSE(hub_.writer->RunGroup()) << "nothing is due yet";

  test_.clock.Advance(OpenTables::kTimeMax);
  EXPECT_TRUE(hub_.writer->RunGroup());
  EXPECT_FALSE(hub_.writer->RunGroup());
  EXPECT_THAT(Texts("hub-1"), ElementsAre("lease", "lease open: lease", "lease"));
  EXPECT_THAT(Unfit(), IsEmpty());
  EXPECT_EQ(WrittenBy(Read("hub-1").back()).tables(0).rows().size(), 2 * storage::kRowDigestBytes);

  // However long it goes on, there are no more than three in a second.
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 10; ++j) ASSERT_OK(hub_.SetLease("c", i * j));
    test_.clock.Advance(absl::Milliseconds(100));
  }
  EXPECT_LE(Read("hub-1").size(), 3u + 3 * 11);
  EXPECT_GE(Read("hub-1").size(), 3u + 10);
}

TEST_F(BoundRowsTest, OtherTablesAreOpenedAllAtOnce) {
  ASSERT_OK(hub_.SetLease("a", 1));
  ASSERT_OK(hub_.SetLease("a", 2));
  ASSERT_OK(hub_.Execute(kSetLateWord, {"sakura", 1}));
  const auto entries = Read("hub-1");
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(WrittenBy(entries[2]).open_tables_size(), 14);
  ASSERT_OK(hub_.Execute(kSetLateWord, {"sakura", 2}));
  ASSERT_OK(hub_.SetLease("a", 3));
  EXPECT_THAT(Read("hub-1"), SizeIs(3));
  test_.clock.Advance(OpenTables::kTimeMax);
  EXPECT_TRUE(hub_.writer->RunGroup());
  EXPECT_EQ(TextOf(Read("hub-1").back()), "lease late_word");
  EXPECT_THAT(Unfit(), IsEmpty());
}

TEST_F(BoundRowsTest, EntriesInBetweenLeaveOpenWhatIs) {
  ASSERT_OK(hub_.SetLease("a", 1));
  ASSERT_OK(hub_.SetLease("a", 2));
  ASSERT_OK(hub_.SetLease("a", 3));
  ASSERT_OK(hub_.Execute(kSetSource, {"file", 5}));
  EXPECT_EQ(TextOf(Read("hub-1").back()), "import_source open: lease");
  EXPECT_THAT(Unfit(), IsEmpty());
  ASSERT_OK(hub_.SetLease("a", 4));
  EXPECT_THAT(Read("hub-1"), SizeIs(3));
}

TEST_F(BoundRowsTest, WhatIsRemovedNeverWaits) {
  ASSERT_OK(hub_.SetLease("a", 1));
  ASSERT_OK(hub_.SetLease("a", 2));
  ASSERT_OK(hub_.SetLease("b", 3));
  ASSERT_OK(hub_.Execute(kDropLease, {"b"}));
  EXPECT_THAT(Read("hub-1"), SizeIs(3));
  test_.clock.Advance(OpenTables::kTimeMax);
  EXPECT_TRUE(hub_.writer->RunGroup());
  EXPECT_THAT(Unfit(), IsEmpty());
}

TEST_F(BoundRowsTest, AnEntryThatWasNotCommittedOpensNothing) {
  ASSERT_OK(hub_.SetLease("a", 1));
  hub_.fails_next = true;
  EXPECT_FALSE(hub_.SetLease("a", 2).ok());
  ASSERT_OK(hub_.SetLease("a", 3));
  EXPECT_EQ(Read("hub-1").size(), 2u) << "this one opens";
  ASSERT_OK(hub_.SetLease("a", 4));
  EXPECT_EQ(Read("hub-1").size(), 2u);
  // Nor closes.
  test_.clock.Advance(OpenTables::kTimeMax);
  hub_.fails_next = true;
  EXPECT_FALSE(hub_.writer->RunGroup());
  EXPECT_EQ(Read("hub-1").size(), 2u);
  EXPECT_THAT(Unfit(), IsEmpty());
  EXPECT_TRUE(hub_.writer->RunGroup());
  EXPECT_EQ(TextOf(Read("hub-1").back()), "lease");
  EXPECT_THAT(Unfit(), IsEmpty());
}

// Its process died with rows that wait; the next one's start says how they are.
TEST_F(BoundRowsTest, AStartClosesWhatACrashLeftOpen) {
  ASSERT_OK(hub_.SetLease("a", 1));
  ASSERT_OK(hub_.SetLease("a", 2));
  ASSERT_OK(hub_.SetLease("a", 3));
  ASSERT_OK(hub_.SetLease("b", 4));
  hub_.writer.reset();
  // Of more lanes than it has now, and of a hub that has no place any more.
  Lane second(test_, "hub-1.2"), gone(test_, "hub-9");
  for (Lane* lane : {&second, &gone}) {
    test_.clock.Advance(absl::Seconds(5));
    for (int64_t i = 0; i < 3; ++i) ASSERT_OK(lane->Execute(kSetLateWord, {"sakura", i}));
    lane->writer.reset();
  }
  ASSERT_OK_AND_ASSIGN(const auto connection, test_.database->OpenWriter());
  AuditLog log("hub-1", *test_.sealer, 1);
  const std::string lane = "hub-1";
  ASSERT_OK(storage::RunAlone(*connection, [&]() -> absl::Status {
    Transaction transaction(*connection, test_.clock, lane);
    Record(transaction, Event(v1::AuditEvent::KIND_STARTED, "hub"));
    return log.SealStart(transaction);
  }));
  for (const char* chain_id : {"hub-1", "hub-1.2", "hub-9"})
    EXPECT_EQ(WrittenBy(Read(chain_id).back()).open_tables_size(), 0) << chain_id;
  EXPECT_EQ(Read("hub-1").back().events_size(), 1);
  EXPECT_THAT(Unfit({"lease", "late_word", "import_source", "counter"}),
              ::testing::Not(Contains(::testing::EndsWith("altered"))));
  EXPECT_THAT(Unfit(), IsEmpty());
}

TEST_F(BoundRowsTest, ARestoreSealsWhatItsStartWrote) {
  ASSERT_OK(hub_.SetLease("a", 1));
  ASSERT_OK(hub_.SetLease("a", 2));
  ASSERT_OK(hub_.SetLease("a", 3));
  EXPECT_THAT(Unfit({"data_key"}), ::testing::Not(IsEmpty()));
  Lane restoring(test_, "hub-1");
  ASSERT_OK(restoring.Run([&](Transaction& transaction) -> absl::Status {
    Record(transaction, Event(v1::AuditEvent::KIND_RESTORED, "hub"));
    return restoring.log->SealRestore(transaction);
  }));
  EXPECT_THAT(Unfit({"data_key", "schema_version", "hub", "rehearsal", "counter", "lease"}),
              IsEmpty());
}

// Two hubs, whose clocks differ by hours, write the same rows in turn, often and not.
TEST_F(BoundRowsTest, TheNewestWordIsTheRightOneWhoeverWrites) {
  Lane other(test_, "hub-2");
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const char* const names[] = {"a", "b", "c"};
  for (int step = 0; step < 1'000; ++step) {
    Lane& hub = below(2) == 0 ? hub_ : other;
    const char* name = names[below(3)];
    hub.fails_next = below(20) == 0;
    switch (below(8)) {
      case 0:
        test_.clock.Advance(absl::Milliseconds(below(700)));
        break;
      case 1:
        test_.clock.Advance(absl::Hours(-1));
        (void)hub.Execute(kSetSource, {name, step});
        test_.clock.Advance(absl::Hours(1));
        break;
      case 2:
        (void)hub.Execute(kDropSource, {name});
        break;
      case 3:
        (void)hub.Execute(kDropLease, {name});
        break;
      case 4:
        (void)hub.Execute(kSetLateWord, {name, step});
        break;
      default:
        (void)hub.SetLease(name, step);
    }
    if (step % 100 != 99) continue;
    EXPECT_THAT(Unfit(), IsEmpty()) << step;
  }
  for (Lane* hub : {&hub_, &other}) {
    hub->fails_next = false;
    test_.clock.Advance(OpenTables::kTimeMax);
    hub->writer->RunGroup();
    const std::string chain_id = hub == &hub_ ? "hub-1" : "hub-2";
    EXPECT_EQ(WrittenBy(Read(chain_id).back()).open_tables_size(), 0);
  }
  EXPECT_THAT(Unfit(), IsEmpty());
}

// What somebody who has the database does, and no key.
class AlteredLogTest : public BoundRowsTest {
 protected:
  // Moves what the engine counts entries by, back or forth.
  void SetOrder(int64_t order) {
    ASSERT_OK_AND_ASSIGN(const auto connection, test_.database->OpenWriter());
    if (testing::OnPostgres()) {
      ASSERT_OK(connection->Query("SELECT setval('commit_order', $1)", {order},
                                  [](const Row&) { return absl::OkStatus(); }));
      return;
    }
    ASSERT_OK(connection->Begin());
    ASSERT_OK(
        connection->Execute("UPDATE counter SET value = $1 WHERE name = 'commit_order'", {order}));
    ASSERT_OK(connection->Commit());
  }
  // An entry behind the chain's last one that says so, as anybody can compute it.
  void Forge(const std::string& chain_id, const v1::RowWrites& written) {
    ChainVerifier verifier;
    for (const v1::AuditEntry& entry : Read(chain_id)) ASSERT_OK(verifier.Add(entry));
    v1::AuditEntry entry;
    entry.set_chain_id(chain_id);
    entry.set_sequence(verifier.last() + 1);
    entry.set_commit_order(100);
    entry.set_previous_hash(verifier.head());
    entry.set_written(written.SerializeAsString());
    FitEntry(&entry);
    ASSERT_OK_AND_ASSIGN(const auto connection, test_.database->OpenWriter());
    ASSERT_OK(connection->Begin());
    ASSERT_OK(connection->Execute(
        "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, "
        "hash, events, written, seal) VALUES ($1, $2, 100, 0, $3, $4, $5, $6, $7)",
        {chain_id, entry.sequence(), storage::Value::Blob(entry.events_root()),
         storage::Value::Blob(entry.hash()), storage::Value::Blob(""),
         storage::Value::Blob(entry.written()), storage::Value::Blob(std::string(16, 's'))}));
    ASSERT_OK(connection->Commit());
  }
  absl::Status Starts() {
    ASSIGN_OR_RETURN(const auto connection, test_.database->OpenWriter());
    AuditLog log("hub-1", *test_.sealer, 1);
    const std::string lane = "hub-1";
    return storage::RunAlone(*connection, [&]() -> absl::Status {
      Transaction transaction(*connection, test_.clock, lane);
      Record(transaction, Event(v1::AuditEvent::KIND_STARTED, "hub"));
      return log.SealStart(transaction);
    });
  }
};

constexpr auto kLoss = absl::StatusCode::kDataLoss;

// The hub's own write would be older than the one before, which could then be put back.
TEST_F(AlteredLogTest, NothingIsWrittenOnceTheOrderWasPutBack) {
  for (int i = 0; i < 5; ++i) ASSERT_OK(hub_.Execute(kSetSource, {"a", i}));
  const int64_t last = Read("hub-1").back().commit_order();
  SetOrder(last - 3);
  EXPECT_THAT(hub_.Execute(kSetSource, {"a", 9}), FailsWith(kLoss, "AUDIT_ORDER_BACK"));
  EXPECT_THAT(Unfit(), IsEmpty());
  SetOrder(last);
  EXPECT_OK(hub_.Execute(kSetSource, {"a", 9}));
  EXPECT_THAT(Unfit(), IsEmpty());
}

// On a chain that ends far below.
TEST_F(AlteredLogTest, NothingIsWrittenOnAnotherChainEither) {
  Lane other(test_, "hub-2");
  ASSERT_OK(other.Execute(kSetSource, {"b", 1}));
  for (int i = 0; i < 5; ++i) ASSERT_OK(hub_.Execute(kSetSource, {"a", i}));
  const int64_t last = Read("hub-1").back().commit_order();
  SetOrder(last - 3);
  Lane third(test_, "hub-3");
  EXPECT_THAT(third.Execute(kSetSource, {"a", 9}), FailsWith(kLoss, "AUDIT_ORDER_BACK"));
  SetOrder(last);
  EXPECT_OK(third.Execute(kSetSource, {"a", 9}));
  EXPECT_OK(other.Execute(kSetSource, {"a", 10}));
  EXPECT_THAT(Unfit(), IsEmpty());
}

// One lane of a log knows what the other was given.
TEST_F(AlteredLogTest, LanesOfOneLogKnowEachOthersOrder) {
  hub_.writer.reset();
  AuditLog log("hub-1", *test_.sealer, 2);
  ASSERT_OK_AND_ASSIGN(const auto connection, test_.database->OpenWriter());
  const auto seal = [&](int number) {
    const std::string lane = storage::LaneName("hub-1", number);
    const absl::Status status = storage::RunAlone(*connection, [&]() -> absl::Status {
      Transaction transaction(*connection, test_.clock, lane);
      RETURN_IF_ERROR(transaction.Execute(kSetSource, {"a", number}).status());
      return log.Seal(transaction, number).status();
    });
    log.Settled(number, status.ok());
    return status;
  };
  for (const int number : {1, 0, 0, 0}) ASSERT_OK(seal(number));
  const int64_t last = Read("hub-1").back().commit_order();
  SetOrder(last - 2);
  EXPECT_THAT(seal(1), FailsWith(kLoss, "AUDIT_ORDER_BACK"));
  SetOrder(last);
  EXPECT_OK(seal(1));
}

TEST_F(AlteredLogTest, NoHubStartsWhereTheOrderWasPutBack) {
  for (int i = 0; i < 5; ++i) ASSERT_OK(hub_.Execute(kSetSource, {"a", i}));
  Lane other(test_, "hub-9");
  for (int i = 0; i < 5; ++i) ASSERT_OK(other.Execute(kSetSource, {"b", i}));
  hub_.writer.reset();
  other.writer.reset();
  const int64_t last = Read("hub-9").back().commit_order();
  SetOrder(last - 2);
  EXPECT_THAT(Starts(), FailsWith(kLoss, "AUDIT_ORDER_BACK"));
  SetOrder(last);
  EXPECT_OK(Starts());
}

// It would say that a table is open, or of a row that it is as it was once, and be the hub's own
// word once an entry of the hub's follows it.
TEST_F(AlteredLogTest, AHubDoesNotFollowAnEntryThatItDidNotMake) {
  ASSERT_OK(hub_.Execute(kSetSource, {"a", 1}));
  v1::RowWrites written;
  written.add_open_tables("lease");
  Forge("hub-1", written);
  EXPECT_THAT(hub_.Execute(kSetSource, {"a", 2}), FailsWith(kLoss, "AUDIT_FORGED"));
  EXPECT_EQ(Read("hub-1").size(), 2u);
  hub_.writer.reset();
  EXPECT_THAT(Starts(), FailsWith(kLoss, "AUDIT_FORGED"));
}

TEST_F(AlteredLogTest, AStartDoesNotBelieveAChainThatNoHubMade) {
  ASSERT_OK(hub_.SetLease("a", 1));
  hub_.writer.reset();
  v1::RowWrites written;
  written.add_open_tables("lease");
  Forge("hub-8", written);
  const absl::Status refused = Starts();
  EXPECT_THAT(refused, FailsWith(kLoss, "AUDIT_FORGED"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("chain hub-8, entry 1"));
}

// Seal and hash are as the hub left them, and the words beside them are not.
TEST_F(AlteredLogTest, AStartDoesNotBelieveWhatALastEntryIsMadeToSay) {
  ASSERT_OK(hub_.SetLease("a", 1));
  hub_.writer.reset();
  v1::RowWrites written;
  written.add_open_tables("lease");
  const std::string bytes = written.SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const auto connection, test_.database->OpenWriter());
  ASSERT_OK(connection->Begin());
  ASSERT_OK(connection->Execute("UPDATE audit_entry SET written = $1 WHERE sequence = 1",
                                {storage::Value::Blob(bytes)}));
  ASSERT_OK(connection->Commit());
  EXPECT_THAT(Starts(), FailsWith(kLoss, "AUDIT_BROKEN"));
}

}  // namespace
}  // namespace switchboard::audit
