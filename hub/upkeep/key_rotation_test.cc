#include "hub/upkeep/key_rotation.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/promises/promise_book.h"
#include "hub/promises/sealed_tables.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/membership.h"
#include "hub/upkeep/own_key.h"
#include "tests/database_fixture.h"
#include "tests/every_table.h"

namespace switchboard::upkeep {
namespace {

using Rotation = v1::ListKeysResponse::Rotation;
using storage::SealedRow;
using storage::SealedTable;
using storage::Transaction;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::TestDatabase;

class KeyRotationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(
          transaction
              .Execute("INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) VALUES "
                       "('hub-1', 1, 1, 0, '')",
                       {})
              .status());
      RETURN_IF_ERROR(test_.sealer->NoteSealing(transaction.connection(), transaction.now_us()));
      return testing::FillEveryTable(transaction, *test_.sealer);
    }));
    former_ = test_.sealer->sealing_key();
    MakeDuty();
  }

  // As a hub that is started anew, or another one.
  void MakeDuty(KeyRotationOptions options = {}) {
    options.sealing_page = 2;  // so that each table has two pages
    options.proof_page = 2;
    duty_ = std::make_unique<KeyRotation>(*test_.sealer, test_.clock, std::move(options));
  }

  void Start(const std::vector<std::string>& without_hubs = {}) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      return StartRotation(transaction, "operator/ito", "hub-1", without_hubs).status();
    }));
  }
  KeyRotationRow Row() {
    std::optional<KeyRotationRow> row;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(row, NewestRotation(reader));
      return absl::OkStatus();
    }));
    return row.value_or(KeyRotationRow());
  }
  void RenewOwn() { RenewOf(*test_.sealer); }
  void RenewOf(storage::Sealer& sealer) {
    ManualExecutor executor;
    OwnKey own(sealer, *test_.readers, *test_.writer, executor);
    own.Announced();
    own.Tick(test_.clock.Now());
    executor.RunAll();
    while (test_.writer->RunGroup()) {
    }
  }
  bool Look() {
    bool any = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, duty_->Any(reader, test_.clock.Now()));
      return absl::OkStatus();
    }));
    return any;
  }
  // A look and what it finds to be done; false when that is nothing.
  bool Step() {
    if (!Look()) return false;
    EXPECT_OK(test_.Run([&](Transaction& transaction) { return duty_->Run(transaction); }));
    duty_->Done();
    return true;
  }
  // Until there is nothing to be done at this time, or the rotation is in this step.
  void Go(Rotation::Step until = Rotation::STEP_DONE) {
    for (int i = 0; Row().step != until && i < 1'000; ++i) {
      if (Step()) continue;
      if (Row().step != Rotation::STEP_PROVING) return;
      test_.clock.Advance(absl::Seconds(30));
    }
  }

  void ForEachRow(const std::function<void(const SealedTable&, const SealedRow&)>& visit) {
    for (const SealedTable* table : SealedTables()) {
      std::vector<SealedRow> rows;
      ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(rows, storage::ReadSealed(reader, *table, "", 100));
        return absl::OkStatus();
      }));
      EXPECT_EQ(rows.size(), static_cast<size_t>(testing::kRowsOfEveryTable)) << table->name;
      for (const SealedRow& row : rows) visit(*table, row);
    }
  }
  absl::StatusOr<std::string> Open(const storage::BoxPlace& place, const std::string& box) {
    absl::StatusOr<std::string> opened = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      opened = test_.sealer->Open(place, box, reader);
      return absl::OkStatus();
    }));
    return opened;
  }
  // All boxes open, and lie under this key.
  void ExpectAllUnder(int64_t key) {
    ForEachRow([&](const SealedTable& table, const SealedRow& row) {
      EXPECT_EQ(storage::Sealer::KeyOf(row.box), key) << table.name;
      EXPECT_EQ(Open(row.place, row.box).value_or("broken"), testing::TextOfBox(table, row));
    });
  }
  bool IsGone(int64_t key) {
    return test_.Number(
               "SELECT COUNT(*) FROM data_key WHERE key_number = $1 AND destroy_time IS "
               "NOT NULL",
               {key}) == 1;
  }
  // Stores a box of the first person under a key of before, as a commit that was late would.
  void StoreLate(const std::string& box) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      return transaction
          .Execute("UPDATE person SET box = $1 WHERE person_id = '1'", {storage::Value::Blob(box)})
          .status();
    }));
  }
  std::string BoxOfFirstPerson() {
    std::string box;
    ForEachRow([&](const SealedTable& table, const SealedRow& row) {
      if (std::string(table.name) == "person.box" && row.key.front() == "1") box = row.box;
    });
    return box;
  }

  TestDatabase test_;
  std::unique_ptr<KeyRotation> duty_;
  int64_t former_ = 0;
};

// Whoever exchanges the boxes of two rows, of whatever table, is found out.
TEST_F(KeyRotationTest, NoBoxOpensAtAnotherRow) {
  std::map<std::string, std::vector<SealedRow>> rows;
  ForEachRow([&](const SealedTable& table, const SealedRow& row) {
    rows[table.name].push_back(row);
    ASSERT_OK(Open(row.place, row.box)) << table.name;
  });
  EXPECT_EQ(rows.size(), SealedTables().size());
  for (const auto& [name, of_table] : rows) {
    for (const auto& [other_name, of_other] : rows) {
      for (size_t i = 0; i < of_table.size(); ++i) {
        for (size_t j = 0; j < of_other.size(); ++j) {
          if (name == other_name && i == j) continue;
          EXPECT_THAT(Open(of_table[i].place, of_other[j].box),
                      FailsWith(absl::StatusCode::kDataLoss, "BOX_BROKEN"))
              << name << " with a box of " << other_name;
        }
      }
    }
  }
}

// … nor at its own one, where what the box counts for was changed.
TEST_F(KeyRotationTest, ABoxIsBoundToWhatItCountsFor) {
  for (const char* sql : {"UPDATE payment SET account_id = 'B' WHERE event_id = '1'",
                          "UPDATE payment SET pay_time = pay_time + 1 WHERE event_id = '2'",
                          "UPDATE quarantine SET actor = 'vendor/v' WHERE quarantine_id = '1'",
                          "UPDATE quarantine SET kind = 'outcome' WHERE quarantine_id = '2'",
                          "UPDATE quarantine SET source = 'other' WHERE quarantine_id = '3'",
                          "UPDATE core_item SET kind = 4 WHERE sequence = 1",
                          "UPDATE core_item SET place = 'x' WHERE sequence = 2",
                          "INSERT INTO person_word (person_id, event_id, say_time, box) SELECT "
                          "'Q', event_id, say_time, box FROM person_word WHERE event_id = '1'",
                          "DELETE FROM person_word WHERE event_id = '1' AND person_id <> 'Q'"}) {
    ASSERT_OK(
        test_.Run([&](Transaction& transaction) { return transaction.Execute(sql, {}).status(); }));
  }
  std::map<std::string, int> broken;
  ForEachRow([&](const SealedTable& table, const SealedRow& row) {
    if (!Open(row.place, row.box).ok()) ++broken[table.name];
  });
  const std::map<std::string, int> expected = {{"core_item.box", 2},
                                               {"core_item.hidden", 2},
                                               {"payment.box", 2},
                                               {"person_word.box", 1},
                                               {"quarantine.box", 3}};
  EXPECT_EQ(broken, expected);
}

TEST_F(KeyRotationTest, NothingIsDoneUntilSomebodyAsks) {
  EXPECT_FALSE(Look());
  Start();
  EXPECT_EQ(Row().through, former_);
  EXPECT_FALSE(Look()) << "its own hub seals by an old key";
}

TEST_F(KeyRotationTest, AllBoxesAreSealedAnewAndTheKeysGo) {
  Start();
  Start();
  EXPECT_EQ(test_.Number("SELECT COUNT(*) FROM key_rotation"), 1) << "the second one goes on";
  RenewOwn();
  EXPECT_EQ(test_.sealer->sealing_key(), former_ + 1);
  Go(Rotation::STEP_PROVING);
  EXPECT_EQ(Row().sealed, static_cast<int64_t>(SealedTables().size()) * testing::kRowsOfEveryTable);
  ExpectAllUnder(former_ + 1);
  EXPECT_FALSE(IsGone(former_));
  EXPECT_FALSE(Look());
  test_.clock.Advance(absl::Seconds(179));
  EXPECT_FALSE(Step()) << "what is late may be stored yet";
  Go();
  EXPECT_EQ(Row().step, Rotation::STEP_DONE);
  EXPECT_TRUE(Row().end_us.has_value());
  EXPECT_TRUE(IsGone(former_));
  EXPECT_FALSE(IsGone(1)) << "the root key stays";
  EXPECT_EQ(test_.Number("SELECT COUNT(*) FROM data_key WHERE key_number = $1 AND wrapped = $2",
                         {former_, storage::Value::Blob("")}),
            1);
  test_.sealer->Forget(former_);
  ExpectAllUnder(former_ + 1);
  EXPECT_FALSE(Look());
}

TEST_F(KeyRotationTest, ASecondRotationTakesTheKeysOfTheFirst) {
  Start();
  RenewOwn();
  Go();
  Start();
  EXPECT_EQ(Row().through, former_ + 1);
  RenewOwn();
  Go();
  EXPECT_TRUE(IsGone(former_ + 1));
  ExpectAllUnder(former_ + 2);
}

TEST_F(KeyRotationTest, HubsAreWaitedForAMinute) {
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    return transaction
        .Execute(
            "INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) VALUES ('hub-2', "
            "1, 1, $1, '')",
            {former_})
        .status();
  }));
  Start();
  RenewOwn();
  EXPECT_FALSE(Step());
  std::optional<Rotation> shown;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(shown, ShowRotation(reader));
    return absl::OkStatus();
  }));
  EXPECT_THAT(shown->waits_for_hubs(), ElementsAre("hub-2"));
  test_.clock.Advance(absl::Seconds(59));
  EXPECT_FALSE(Step());
  test_.clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(Step());
  EXPECT_EQ(Row().step, Rotation::STEP_SEALING);
  EXPECT_EQ(test_.Number("SELECT value FROM counter WHERE name = 'data_key/floor'"), former_ + 1);
}

TEST_F(KeyRotationTest, AHubThatIsGoneIsNotWaitedFor) {
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    return transaction
        .Execute(
            "INSERT INTO hub (hub_id, epoch, start_time, sealing_key, opens) VALUES ('hub-2', "
            "1, 1, $1, '')",
            {former_})
        .status();
  }));
  EXPECT_THAT(test_.Run([&](Transaction& transaction) {
    return StartRotation(transaction, "operator/ito", "hub-1", {"hub-3"}).status();
  }),
              FailsWith(absl::StatusCode::kNotFound, ""));
  Start({"hub-2"});
  RenewOwn();
  EXPECT_TRUE(Step());
  EXPECT_EQ(Row().step, Rotation::STEP_SEALING);
  EXPECT_EQ(test_.Number("SELECT epoch FROM hub WHERE hub_id = 'hub-2'"), 2);
}

// The hub may be killed behind each commit; another one goes on.
TEST_F(KeyRotationTest, GoesOnWhereAnotherHubWasKilled) {
  Start();
  RenewOwn();
  for (int i = 0; Row().step != Rotation::STEP_PROVING && i < 1'000; ++i) {
    MakeDuty();
    Step();
  }
  ExpectAllUnder(former_ + 1);
  // In the midst of the proof: what was counted is lost with the hub, and counted again.
  Look();
  test_.clock.Advance(absl::Minutes(3));
  ASSERT_TRUE(Step());
  ASSERT_FALSE(Row().after.empty());
  MakeDuty();
  Go();
  EXPECT_EQ(Row().step, Rotation::STEP_DONE);
  EXPECT_TRUE(IsGone(former_));
  EXPECT_EQ(Row().seen, static_cast<int64_t>(SealedTables().size()) * testing::kRowsOfEveryTable);
}

// Two hubs that do the duty at once: the later one finds that the row is not where it looked.
TEST_F(KeyRotationTest, WhatAnotherHubWasQuickerWithIsLeft) {
  Start();
  RenewOwn();
  ASSERT_TRUE(Step());
  ASSERT_TRUE(Look());
  auto slower = std::move(duty_);
  MakeDuty();
  ASSERT_TRUE(Step());
  const KeyRotationRow before = Row();
  ASSERT_OK(test_.Run([&](Transaction& transaction) { return slower->Run(transaction); }));
  EXPECT_EQ(Row().after, before.after);
  EXPECT_EQ(Row().sealed, before.sealed);
}

// What changed between the look and the unit is its writer's.
TEST_F(KeyRotationTest, ABoxThatChangedMeanwhileIsLeftAsItIs) {
  Start();
  RenewOwn();
  ASSERT_TRUE(Step());
  std::string written;
  while (Row().table != "person.box") ASSERT_TRUE(Step());
  ASSERT_TRUE(Look());
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    written = test_.sealer->Seal(transaction, storage::BoxPlace("person", "box").Key("1"), "newer");
    return transaction
        .Execute("UPDATE person SET box = $1 WHERE person_id = '1'",
                 {storage::Value::Blob(written)})
        .status();
  }));
  ASSERT_OK(test_.Run([&](Transaction& transaction) { return duty_->Run(transaction); }));
  EXPECT_EQ(BoxOfFirstPerson(), written);
}

// What a decision's note said lies in a box that a row which is written again does not read.
TEST_F(KeyRotationTest, ARowThatWasReadBeforeWritesNoFormerBoxBack) {
  promises::PromiseRow row;
  row.key = {"B", "v", "o"};
  row.version = 1;
  row.take_time_us = row.since_us = 1;
  row.standing = v1::PROMISE_STANDING_OPEN;
  row.note_digest = "of a note";
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    row.hidden = test_.sealer->Seal(transaction, promises::PlaceOfHidden(row.key), "a number");
    return promises::WritePromises(transaction, *test_.sealer, {row});
  }));
  promises::PromiseRows read;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(read, promises::ReadPromises(reader, *test_.sealer, {"B"}));
    return absl::OkStatus();
  }));
  ASSERT_EQ(read.size(), 1u);
  Start();
  RenewOwn();
  Go(Rotation::STEP_PROVING);
  const auto hidden = [&] {
    std::string box;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      return reader.Query("SELECT hidden FROM promise WHERE account_id = 'B'", {},
                          [&](const storage::Row& found) {
                            box = found.Blob(0);
                            return absl::OkStatus();
                          });
    }));
    return box;
  };
  const auto write = [&] {
    return test_.Run([&](Transaction& transaction) {
      return promises::WritePromises(transaction, *test_.sealer, {read.begin()->second});
    });
  };
  ASSERT_OK(write());
  EXPECT_EQ(storage::Sealer::KeyOf(hidden()), former_ + 1);
  EXPECT_EQ(Open(promises::PlaceOfHidden(row.key), hidden()).value_or("broken"), "a number");
  read.begin()->second.note_digest.clear();
  ASSERT_OK(write());
  EXPECT_EQ(hidden(), "") << "it goes with its note";
}

// A commit may wait for its standby, or its hub stand still behind the look at the floor, as long
// as it likes.
TEST_F(KeyRotationTest, WhatIsUnderWaySinceBeforeTheFloorIsWaitedForHoweverLong) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "on SQLite one writes at a time";
  const auto place = storage::BoxPlace("person", "box").Key("9");
  std::string old_box;
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    old_box = test_.sealer->Seal(transaction, place, "late");
    return absl::OkStatus();
  }));
  ASSERT_OK_AND_ASSIGN(const auto late, test_.database->OpenWriter());
  ASSERT_OK(late->Begin());
  ASSERT_OK(late->Execute("INSERT INTO person (person_id, box, as_of, said) VALUES ('9', $1, 1, 0)",
                          {storage::Value::Blob(old_box)}));
  Start();
  RenewOwn();
  Go(Rotation::STEP_PROVING);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(Step());
    test_.clock.Advance(absl::Hours(1));
  }
  EXPECT_FALSE(IsGone(former_));
  ASSERT_OK(late->Commit());
  Go();
  EXPECT_EQ(Row().step, Rotation::STEP_DONE);
  EXPECT_TRUE(IsGone(former_));
  std::string box;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) {
    return reader.Query("SELECT box FROM person WHERE person_id = '9'", {},
                        [&](const storage::Row& found) {
                          box = found.Blob(0);
                          return absl::OkStatus();
                        });
  }));
  EXPECT_EQ(Open(place, box).value_or("broken"), "late");
}

TEST_F(KeyRotationTest, TheProofFindsWhatWasStoredLate) {
  const std::string old_box = BoxOfFirstPerson();
  Start();
  RenewOwn();
  Go(Rotation::STEP_PROVING);
  StoreLate(old_box);
  Look();
  test_.clock.Advance(absl::Minutes(3));
  ASSERT_TRUE(Step());  // quarantine.box, two of three rows
  while (Row().step == Rotation::STEP_PROVING) ASSERT_TRUE(Step());
  EXPECT_EQ(Row().step, Rotation::STEP_SEALING);
  Go();
  EXPECT_EQ(Row().step, Rotation::STEP_DONE);
  ExpectAllUnder(former_ + 1);
}

// A mistake that is planted: the proof must not let the keys go.
TEST_F(KeyRotationTest, AForgottenTableKeepsTheKeys) {
  KeyRotationOptions options;
  options.forgets = "payment.box";
  MakeDuty(std::move(options));
  Start();
  RenewOwn();
  for (int i = 0; i < 500; ++i) {
    if (!Step()) test_.clock.Advance(absl::Minutes(1));
    ASSERT_NE(Row().step, Rotation::STEP_DONE);
  }
  EXPECT_FALSE(IsGone(former_));
}

TEST_F(KeyRotationTest, ABrokenBoxKeepsTheKeyThatItNames) {
  std::string broken = BoxOfFirstPerson();
  broken.back() = static_cast<char>(broken.back() ^ 1);
  StoreLate(broken);
  Start();
  RenewOwn();
  Go();
  EXPECT_EQ(Row().step, Rotation::STEP_DONE);
  EXPECT_THAT(Row().broken, ElementsAre("person.box:" + std::to_string(former_)));
  EXPECT_FALSE(IsGone(former_)) << "whoever mends the box needs it";
  EXPECT_EQ(BoxOfFirstPerson(), broken);
}

TEST_F(KeyRotationTest, AnAnnouncedHubForgetsWhatIsGone) {
  const std::string old_box = BoxOfFirstPerson();
  const auto place = storage::BoxPlace("person", "box").Key("1");
  Start();
  RenewOwn();
  Go();
  EXPECT_OK(Open(place, old_box)) << "it is known to this hub still";
  RenewOwn();
  EXPECT_THAT(Open(place, old_box), FailsWith(absl::StatusCode::kDataLoss, "BOX_BROKEN"));
  EXPECT_EQ(test_.sealer->sealing_key(), former_ + 1) << "one renewal is enough";
}

TEST_F(KeyRotationTest, AHubThatHeardOfNoRotationTakesAKeyWhenItIsOver) {
  const auto place = storage::BoxPlace("person", "box").Key("1");
  std::unique_ptr<storage::Sealer> second;
  std::string box;
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(second, testing::OpenSealer(test_.folder / "hub.key", transaction.connection(),
                                                 test_.ids, transaction.now_us(), "hub-2"));
    box = second->Seal(transaction, place, "text");
    return absl::OkStatus();
  }));
  Start();
  RenewOwn();
  Go();
  ASSERT_TRUE(IsGone(second->sealing_key()));
  RenewOf(*second);
  EXPECT_GT(second->sealing_key(), Row().through);
  absl::StatusOr<std::string> opened = absl::InternalError("not read");
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) {
    opened = second->Open(place, box, reader);
    return absl::OkStatus();
  }));
  EXPECT_THAT(opened, FailsWith(absl::StatusCode::kDataLoss, "BOX_BROKEN"));
}

}  // namespace
}  // namespace switchboard::upkeep
