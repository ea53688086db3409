// What a transaction wrote is what it tells, on both engines alike.
#include "hub/storage/row_writes.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/storage/counter.h"
#include "hub/storage/row_key.h"
#include "hub/storage/row_touch.h"
#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using ::testing::SizeIs;
using testing::TestDatabase;
using enum Value::Kind;

// Of all tests of this file, so that what both engines give can be compared.
constexpr char kKey[] = "0123456789abcdef";

constexpr char kInsert[] =
    "INSERT INTO recording (vendor_id, outcome_id, assignment_id, call_time, due_time, sha256) "
    "VALUES ($1, $2, '', $3, $4, $5)";
constexpr char kInsertAll[] =
    "INSERT INTO recording (vendor_id, outcome_id, assignment_id, call_time, due_time, sha256) "
    "SELECT c1, c2, 'of all', c3, NULL, c4 FROM rows($1)";
constexpr char kUpsert[] =
    "INSERT INTO recording (vendor_id, outcome_id, assignment_id, call_time, due_time, sha256) "
    "VALUES ($1, $2, '', $3, NULL, $4) ON CONFLICT (vendor_id, outcome_id) DO UPDATE SET call_time "
    "= excluded.call_time WHERE recording.call_time < excluded.call_time RETURNING call_time";
constexpr char kUpdate[] =
    "UPDATE recording SET due_time = call_time + $1 WHERE vendor_id = $2 RETURNING outcome_id";
constexpr char kNoChange[] = "UPDATE recording SET due_time = due_time";
constexpr char kUpdateAll[] =
    "UPDATE recording SET call_time = c2 FROM rows($1) WHERE outcome_id = c1";
constexpr char kDelete[] = "DELETE FROM recording WHERE outcome_id = $1 RETURNING call_time";
constexpr char kDeleteAll[] = "DELETE FROM recording";
constexpr char kSelect[] =
    "SELECT vendor_id, outcome_id, assignment_id, call_time, due_time, sha256 FROM recording";

class RowWritesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(writer_, test_.database->OpenWriter());
    ASSERT_OK(writer_->Begin());
  }
  void TearDown() override { writer_->Rollback().IgnoreError(); }

  void Execute(const char* sql, Connection::Parameters parameters) {
    EXPECT_OK(writer_->Execute(sql, parameters)) << sql;
  }
  void Insert(const char* outcome_id, int64_t call_time) {
    Execute(kInsert, {"sakura", outcome_id, call_time, nullptr, Value::Blob("")});
  }
  std::vector<RowDigest> Digests() {
    std::vector<RowDigest> digests;
    writer_->row_writes().AddDigests(kKey, &digests);
    return digests;
  }
  // What stands there now, by the digest of its key.
  std::map<uint64_t, uint64_t> Stored() {
    std::map<uint64_t, uint64_t> stored;
    EXPECT_OK(writer_->Query(kSelect, {}, [&](const Row& row) {
      stored[KeyDigest(*table_, row, kKey)] = ContentDigest(*table_, row, kKey);
      return absl::OkStatus();
    }));
    return stored;
  }
  // What was told last of each row, without what is gone.
  std::map<uint64_t, uint64_t> Told() {
    for (const RowDigest& digest : Digests()) {
      EXPECT_EQ(digest.table, table_);
      told_[digest.row] = digest.content;
    }
    std::map<uint64_t, uint64_t> there;
    for (const auto& [row, content] : told_)
      if (content != kGone) there[row] = content;
    return there;
  }
  void Begin() {
    Told();
    ASSERT_OK(writer_->Commit());
    ASSERT_OK(writer_->Begin());
    EXPECT_TRUE(writer_->row_writes().empty());
  }

  TestDatabase test_;
  std::unique_ptr<WriterConnection> writer_;
  const TableFacts* const table_ = FindTable("recording");
  std::map<uint64_t, uint64_t> told_;
};

TEST_F(RowWritesTest, EveryKindOfWriteIsTold) {
  EXPECT_THAT(Digests(), IsEmpty());
  Insert("o-1", 5);
  Insert("o-2", 6);
  EXPECT_THAT(Digests(), SizeIs(2));
  EXPECT_EQ(Told(), Stored());
  Begin();

  Rows rows({kText, kText, kInteger, kBlob}, 3);
  for (const char* outcome_id : {"o-3", "o-4", "o-5"})
    rows.Add({"sakura", outcome_id, 7, Value::Blob(std::string_view("\0\xff", 2))});
  Execute(kInsertAll, {rows});
  EXPECT_THAT(Digests(), SizeIs(3));
  EXPECT_EQ(Told(), Stored());
  Begin();

  Execute(kUpsert, {"sakura", "o-1", 9, Value::Blob("x")});
  EXPECT_THAT(Digests(), SizeIs(1));
  Execute(kUpsert, {"sakura", "o-1", 8, Value::Blob("x")});
  EXPECT_THAT(Digests(), SizeIs(1)) << "nothing was changed";
  Execute(kUpsert, {"sakura", "o-6", 8, Value::Blob("x")});
  EXPECT_THAT(Digests(), SizeIs(2));
  EXPECT_EQ(Told(), Stored());
  Begin();

  std::vector<std::string> updated;
  EXPECT_OK(writer_->Query(kUpdate, {100, "sakura"}, [&](const Row& row) {
    updated.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  EXPECT_THAT(updated, SizeIs(6));
  EXPECT_THAT(Digests(), SizeIs(6));
  EXPECT_EQ(Told(), Stored());
  Rows times({kText, kInteger}, 2);
  times.Add({"o-2", 1});
  times.Add({"o-5", 2});
  times.Add({"none", 3});
  Execute(kUpdateAll, {times});
  EXPECT_THAT(Digests(), SizeIs(8));
  EXPECT_EQ(Told(), Stored());
  Begin();

  EXPECT_OK(writer_->Query(kDelete, {"o-4"}, [&](const Row& row) {
    EXPECT_EQ(row.Integer(0), 7);
    return absl::OkStatus();
  }));
  EXPECT_THAT(Digests(), SizeIs(1));
  EXPECT_EQ(Told(), Stored());
  Execute(kDeleteAll, {});
  EXPECT_THAT(Digests(), SizeIs(6));
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_THAT(Stored(), IsEmpty());
}

TEST_F(RowWritesTest, ExecuteStillSaysHowManyRowsItChanged) {
  Insert("o-1", 5);
  Insert("o-2", 6);
  EXPECT_THAT(writer_->Execute(kNoChange, {}), IsOk());
  EXPECT_EQ(*writer_->Execute(kNoChange, {}), 2);
  EXPECT_EQ(*writer_->Execute(kDelete, {"o-1"}), 1);
  EXPECT_EQ(*writer_->Execute(kDelete, {"o-1"}), 0);
}

// The log must say the same whatever engine the hub runs on, and by whatever program it is read:
// these numbers never change.
TEST_F(RowWritesTest, BothEnginesGiveTheSameDigests) {
  Execute(kInsert, {"sakura", "", -1, nullptr, Value::Blob(std::string_view("\0\x01", 2))});
  Execute(kUpdate, {2, "sakura"});
  Execute(kDelete, {""});
  const auto digests = Digests();
  ASSERT_THAT(digests, SizeIs(3));
  for (const RowDigest& digest : digests) EXPECT_EQ(digest.row, 0x233f3e93a0b1e0d2ULL);
  EXPECT_EQ(digests[0].content, 0x1c4002cfa717a911ULL);
  EXPECT_EQ(digests[1].content, 0xa6e2bbf60bac5a0ULL);
  EXPECT_EQ(digests[2].content, kGone);
}

TEST_F(RowWritesTest, WhatAColumnHoldsIsNotMistakenForAnothers) {
  // Between the texts "a", "bc" and "ab", "c", or a number and nothing, there is a difference.
  Execute(kInsert, {"a", "bc", 0, nullptr, Value::Blob("")});
  Execute(kInsert, {"ab", "c", 0, 0, Value::Blob("")});
  Execute(kInsert, {"abc", "", 0, 0, Value::Blob("")});
  const auto digests = Digests();
  ASSERT_THAT(digests, SizeIs(3));
  EXPECT_NE(digests[0].row, digests[1].row);
  EXPECT_NE(digests[1].row, digests[2].row);
  EXPECT_EQ(Told().size(), 3u);
  std::vector<RowDigest> others;
  writer_->row_writes().AddDigests("another key 1234", &others);
  EXPECT_NE(others[0].row, digests[0].row);
  EXPECT_NE(others[0].content, digests[0].content);
}

TEST_F(RowWritesTest, UnchangedRowsAreToldAsTheyAre) {
  Insert("o-1", 5);
  const auto before = Digests();
  Execute(kNoChange, {});
  const auto after = Digests();
  ASSERT_THAT(after, SizeIs(2));
  EXPECT_EQ(after[1], before[0]);
}

TEST_F(RowWritesTest, WhatIsTakenBackIsNotTold) {
  Insert("o-1", 5);
  ASSERT_OK(writer_->Savepoint());
  Insert("o-2", 6);
  Execute(kUpdate, {3, "sakura"});
  EXPECT_THAT(Digests(), SizeIs(4));
  ASSERT_OK(writer_->RollbackToSavepoint());
  EXPECT_THAT(Digests(), SizeIs(1));
  ASSERT_OK(writer_->Savepoint());
  Insert("o-3", 7);
  ASSERT_OK(writer_->ReleaseSavepoint());
  EXPECT_THAT(Digests(), SizeIs(2));
  // One that asks nothing.
  ASSERT_OK(writer_->Savepoint());
  ASSERT_OK(writer_->RollbackToSavepoint());
  EXPECT_THAT(Digests(), SizeIs(2));
  // One that fails in a statement.
  ASSERT_OK(writer_->Savepoint());
  Insert("o-4", 8);
  EXPECT_THAT(writer_->Execute(kInsert, {"sakura", "o-3", 1, nullptr, Value::Blob("")}),
              Not(IsOk()));
  ASSERT_OK(writer_->RollbackToSavepoint());
  EXPECT_EQ(Told(), Stored());
  EXPECT_THAT(Digests(), SizeIs(2));
  ASSERT_OK(writer_->Rollback());
  ASSERT_OK(writer_->Begin());
  EXPECT_THAT(Digests(), IsEmpty());
}

TEST_F(RowWritesTest, OtherTablesAndReadersTellNothing) {
  ASSERT_OK(writer_->Define("CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY)"));
  Execute("INSERT INTO thing (id) VALUES ($1)", {"x"});
  Execute(
      "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, hash, "
      "events, written, seal) VALUES ($1, 1, 1, 1, $2, $2, $2, $2, $2)",
      {"c", Value::Blob("")});
  EXPECT_OK(
      writer_->Query("SELECT value FROM counter", {}, [](const Row&) { return absl::OkStatus(); }));
  EXPECT_THAT(Digests(), IsEmpty());
}

// PostgreSQL does not tell what the key was before; no statement of the hub's changes any.
TEST_F(RowWritesTest, AChangedPrimaryKeyIsRefusedOrToldTwice) {
  Insert("o-1", 5);
  Begin();
  const auto changed = writer_->Execute("UPDATE recording SET outcome_id = 'o-2'", {});
  if (testing::OnPostgres()) {
    EXPECT_THAT(changed, Not(IsOk()));
    return;
  }
  EXPECT_OK(changed);
  EXPECT_THAT(Digests(), SizeIs(2));
  EXPECT_EQ(Told(), Stored());
}

TEST_F(RowWritesTest, KeysComeBackAsTheValuesThatTheyWere) {
  Insert("o-1", 5);
  Execute(
      "INSERT INTO permit_tally (vendor_id, day, rule_id, lane, given, denied, warned, voided, "
      "voided_by_stops, foreign_subs) VALUES ('v', -3, '', 'hub-1', 0, 0, 0, 0, 0, 0)",
      {});
  std::vector<std::string> keys;
  writer_->row_writes().ForEach([&](const RowWrites::Write& write) {
    std::string& text = keys.emplace_back(write.table->name);
    EXPECT_FALSE(write.gone);
    for (const Value& value : RowWrites::ValuesOf(*write.table, write.row))
      text += "|" + (value.kind() == kInteger ? std::to_string(value.integer())
                                              : std::string(value.bytes()));
  });
  EXPECT_THAT(keys, ElementsAre("recording|sakura|o-1", "permit_tally|v|-3||hub-1"));
}

TEST_F(RowWritesTest, TouchedRowsAreToldAsTheyAreNow) {
  for (int i = 0; i < 1'200; ++i) Insert(std::to_string(i).c_str(), i);
  std::vector<std::string> rows;
  writer_->row_writes().ForEach(
      [&](const RowWrites::Write& write) { rows.emplace_back(write.row); });
  Begin();
  Execute(kDelete, {"7"});
  Execute("UPDATE recording SET call_time = 0 WHERE outcome_id = '8'", {});
  Begin();
  ASSERT_OK(TouchRows(*writer_, *table_, {rows[6], rows[7], rows[8]}));
  EXPECT_THAT(Digests(), SizeIs(2)) << "what is gone is left to who removed it";
  EXPECT_EQ(Told(), Stored());
  Begin();
  ASSERT_OK(TouchAllRows(*writer_, *table_));
  EXPECT_THAT(Digests(), SizeIs(1'199));
  EXPECT_EQ(Told(), Stored());
}

TEST_F(RowWritesTest, DigestsStandInTheLogInSixteenBytes) {
  Insert("o-1", 5);
  const auto digests = Digests();
  std::string rows;
  AppendRowDigest(digests[0], &rows);
  EXPECT_THAT(rows, SizeIs(kRowDigestBytes));
  EXPECT_EQ(ReadRowDigest(table_, rows), digests[0]);
}

TEST_F(RowWritesTest, TheKeyOfDigestsIsTheDatabasesOwn) {
  EXPECT_THAT(RowKey(*test_.sealer).view(), SizeIs(kRowKeyBytes));
  EXPECT_EQ(RowKey(*test_.sealer).view(), RowKey(*test_.sealer).view());
}

TEST_F(RowWritesTest, NumbersOfTheOrderGrow) {
  ASSERT_OK_AND_ASSIGN(const int64_t first, writer_->NextInOrder());
  ASSERT_OK_AND_ASSIGN(const int64_t second, writer_->NextInOrder());
  EXPECT_GT(first, 0);
  EXPECT_GT(second, first);
  ASSERT_OK(writer_->Commit());
  ASSERT_OK(writer_->Begin());
  ASSERT_OK_AND_ASSIGN(const int64_t third, writer_->NextInOrder());
  EXPECT_GT(third, second);
}

}  // namespace
}  // namespace switchboard::storage
