// Legal holds: placing, ending, listing, and whose rows they keep.

#include "hub/legal_holds/legal_holds.h"

#include <functional>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/legal_holds/held.h"
#include "tests/database_fixture.h"

namespace switchboard::legal_holds {
namespace {

using storage::Transaction;
using storage::Value;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestDatabase;

class LegalHoldsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* person_id : {"P-1", "P-2", "P-3"}) {
      Execute("INSERT INTO person (person_id, as_of, said, box) VALUES ($1, 0, 0, $2)",
              {person_id, Value::Blob("b")});
    }
    AddAccount("A-1", "P-1");
    AddAccount("A-2", "P-1");
    AddAccount("A-3", "P-3");
  }
  void Execute(const char* sql, const std::vector<Value>& parameters) {
    EXPECT_OK(test_.Run([&](Transaction& t) { return t.Execute(sql, parameters).status(); }));
  }
  void AddAccount(const std::string& account_id, const std::string& person_id) {
    Execute(
        "INSERT INTO account (account_id, person_id, actor, source, sequence, as_of, was_current, "
        "update_time, digest, box) VALUES ($1, $2, 'core/main', 's', 1, 0, 0, 0, $3, $3)",
        {account_id, person_id, Value::Blob("b")});
  }
  // The account goes to another person.
  void Move(const std::string& account_id, const std::string& from, const std::string& to) {
    Execute("UPDATE account SET person_id = $1 WHERE account_id = $2", {to, account_id});
    Execute("INSERT INTO former_owner (account_id, person_id) VALUES ($1, $2)", {account_id, from});
  }

  static v1::LegalHold OnPerson(const std::string& hold_id, const std::string& person_id) {
    v1::LegalHold hold;
    hold.set_hold_id(hold_id);
    hold.set_person_id(person_id);
    hold.set_origin(v1::LegalHold::ORIGIN_COURT);
    hold.set_reference("case 117, sheet 4");
    return hold;
  }
  static v1::LegalHold OnAccount(const std::string& hold_id, const std::string& account_id) {
    v1::LegalHold hold = OnPerson(hold_id, "");
    hold.set_account_id(account_id);
    return hold;
  }
  absl::StatusOr<bool> Place(const v1::LegalHold& hold) {
    bool changed = false;
    const absl::Status status = test_.Run([&](Transaction& t) -> absl::Status {
      ASSIGN_OR_RETURN(changed, holds_.Place(t, "operator/ito", hold));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return changed;
  }
  absl::Status End(const std::string& hold_id) {
    return test_.Run([&](Transaction& t) { return holds_.End(t, "operator/abe", hold_id); });
  }
  Held ReadHeld() {
    Held held;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(held, Held::Read(reader));
      return absl::OkStatus();
    }));
    return held;
  }
  // Persons and accounts that are held now, of all there are.
  std::vector<std::string> HeldIds() {
    const Held held = ReadHeld();
    std::vector<std::string> ids;
    for (const char* id : {"P-1", "P-2", "P-3"})
      if (held.Person(id)) ids.emplace_back(id);
    for (const char* id : {"A-1", "A-2", "A-3"})
      if (held.Account(id)) ids.emplace_back(id);
    return ids;
  }
  std::vector<v1::LegalHold> List(const std::string& after, bool ended_too) {
    std::vector<v1::LegalHold> listed;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(listed, holds_.List(reader, after, ended_too));
      return absl::OkStatus();
    }));
    return listed;
  }

  TestDatabase test_;
  const book::Book book_{*test_.sealer};
  const LegalHolds holds_{book_, *test_.sealer};
};

TEST_F(LegalHoldsTest, KeepsAPersonWithAllAccounts) {
  EXPECT_THAT(HeldIds(), IsEmpty());
  EXPECT_TRUE(ReadHeld().empty());
  ASSERT_OK_AND_ASSIGN(const bool changed, Place(OnPerson("h-1", "P-1")));
  EXPECT_TRUE(changed);
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "A-1", "A-2"));
  const Held held = ReadHeld();
  EXPECT_FALSE(held.empty());
  EXPECT_EQ(held.PersonRows().size(), 1u);
  EXPECT_FALSE(held.VendorsKeep("P-1"));
}

TEST_F(LegalHoldsTest, OnAnAccountKeepsItsOwnersOfAllTimes) {
  Move("A-3", "P-2", "P-3");
  v1::LegalHold hold = OnAccount("h-1", "A-3");
  hold.set_vendors_keep(true);
  ASSERT_OK(Place(hold));
  EXPECT_THAT(HeldIds(), ElementsAre("P-2", "P-3", "A-3"));
  // It goes on to another person: who had it when the hold was placed stays, and so does the new
  // owner.
  Move("A-3", "P-3", "P-1");
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "P-2", "P-3", "A-1", "A-2", "A-3"));
  const Held held = ReadHeld();
  EXPECT_TRUE(held.VendorsKeep("P-1"));
  EXPECT_TRUE(held.VendorsKeep("P-2"));
  EXPECT_TRUE(held.VendorsKeep("P-3"));
}

TEST_F(LegalHoldsTest, AnAccountThatTheHeldPersonHadBeforeStays) {
  ASSERT_OK(Place(OnPerson("h-1", "P-1")));
  Move("A-2", "P-1", "P-2");
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "A-1", "A-2"));
}

TEST_F(LegalHoldsTest, NamesTheHoldsBySubject) {
  ASSERT_OK(Place(OnPerson("h-1", "P-1")));
  ASSERT_OK(Place(OnAccount("h-2", "A-1")));
  ASSERT_OK(Place(OnPerson("h-3", "P-3")));
  const Held held = ReadHeld();
  EXPECT_THAT(held.HoldsOn("P-1"), ElementsAre("h-1", "h-2"));
  EXPECT_THAT(held.HoldsOn("P-3"), ElementsAre("h-3"));
  EXPECT_THAT(held.HoldsOn("P-2"), IsEmpty());
  EXPECT_THAT(held.HoldsOn("P-2", "A-3"), ElementsAre("h-3"));
}

TEST_F(LegalHoldsTest, PlacedTwiceIsOneHold) {
  ASSERT_OK(Place(OnPerson("h-1", "P-1")));
  ASSERT_OK_AND_ASSIGN(const bool again, Place(OnPerson("h-1", "P-1")));
  EXPECT_FALSE(again);
  v1::LegalHold other = OnPerson("h-1", "P-1");
  other.set_reference("another sheet");
  EXPECT_THAT(Place(other), FailsWith(absl::StatusCode::kAlreadyExists, "LEGAL_HOLD_EXISTS"));
  EXPECT_THAT(Place(OnPerson("h-1", "P-2")),
              FailsWith(absl::StatusCode::kAlreadyExists, "LEGAL_HOLD_EXISTS"));
  // Whoever repeats it after its end must not believe that it is in force.
  ASSERT_OK(End("h-1"));
  EXPECT_THAT(Place(OnPerson("h-1", "P-1")),
              FailsWith(absl::StatusCode::kAlreadyExists, "LEGAL_HOLD_EXISTS"));
  EXPECT_THAT(HeldIds(), IsEmpty());
}

TEST_F(LegalHoldsTest, KnowsWhomTheBookKnows) {
  EXPECT_THAT(Place(OnPerson("h-1", "P-9")),
              FailsWith(absl::StatusCode::kNotFound, "PERSON_UNKNOWN"));
  EXPECT_THAT(Place(OnAccount("h-1", "A-9")),
              FailsWith(absl::StatusCode::kNotFound, "ACCOUNT_UNKNOWN"));
  EXPECT_THAT(End("h-1"), FailsWith(absl::StatusCode::kNotFound, "LEGAL_HOLD_UNKNOWN"));
}

TEST_F(LegalHoldsTest, TheTenThousandAndFirstIsRefused) {
  std::vector<std::string> hold_ids;
  for (int number = 1; number < kHoldsMax; ++number)
    hold_ids.push_back("many-" + std::to_string(number));
  storage::Rows rows({Value::Kind::kText, Value::Kind::kBlob}, hold_ids.size());
  for (const std::string& hold_id : hold_ids) rows.Add({hold_id, Value::Blob("b")});
  Execute(
      "INSERT INTO legal_hold (hold_id, person_id, account_id, origin, vendors_keep, digest, "
      "placed_by, place_time, ended_by, box) SELECT c1, 'P-1', '', 1, 0, c2, 'o', 0, '', c2 FROM "
      "rows($1)",
      {rows});
  ASSERT_OK(Place(OnPerson("h-1", "P-2")));
  EXPECT_THAT(Place(OnPerson("h-2", "P-3")),
              FailsWith(absl::StatusCode::kResourceExhausted, "LEGAL_HOLDS_FULL"));
  ASSERT_OK_AND_ASSIGN(const bool again, Place(OnPerson("h-1", "P-2")));
  EXPECT_FALSE(again);
  ASSERT_OK(End("many-7"));
  ASSERT_OK(Place(OnPerson("h-2", "P-3")));
}

TEST_F(LegalHoldsTest, EndsOnceWhoeverSaysSo) {
  ASSERT_OK(Place(OnPerson("h-1", "P-1")));
  ASSERT_OK(Place(OnPerson("h-2", "P-1")));
  ASSERT_OK(End("h-1"));
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "A-1", "A-2")) << "the other one is in force";
  ASSERT_OK(End("h-2"));
  ASSERT_OK(End("h-2"));
  EXPECT_THAT(HeldIds(), IsEmpty());
}

TEST_F(LegalHoldsTest, EndsByItsDayAndNotBefore) {
  v1::LegalHold hold = OnPerson("h-1", "P-1");
  const absl::CivilDay today = absl::ToCivilDay(test_.clock.Now(), absl::UTCTimeZone());
  *hold.mutable_end_day() = DateOf(today + 2);
  ASSERT_OK(Place(hold));
  ASSERT_OK(Place(OnPerson("h-2", "P-3")));  // without a day
  const auto any = [&] {
    bool found = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(found, AnyToEnd(reader, test_.clock.Now()));
      return absl::OkStatus();
    }));
    return found;
  };
  const auto until = absl::FromCivil(today + 2, absl::UTCTimeZone());
  test_.clock.Advance(until - test_.clock.Now() - absl::Seconds(1));
  EXPECT_FALSE(any());
  ASSERT_OK(test_.Run(&EndByDay));
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "P-3", "A-1", "A-2", "A-3"));
  test_.clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(any());
  EXPECT_THAT(HeldIds(), ElementsAre("P-1", "P-3", "A-1", "A-2", "A-3")) << "until it is written";
  ASSERT_OK(test_.Run(&EndByDay));
  EXPECT_FALSE(any());
  EXPECT_THAT(HeldIds(), ElementsAre("P-3", "A-3"));
  const auto all = List("", true);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].ended_by(), "");
  EXPECT_TRUE(all[0].has_end_time());
}

TEST_F(LegalHoldsTest, ListsWhatTheOrderSays) {
  v1::LegalHold hold = OnAccount("h-1", "A-3");
  hold.set_vendors_keep(true);
  hold.mutable_end_day()->set_year(2199);
  hold.mutable_end_day()->set_month(6);
  hold.mutable_end_day()->set_day(30);
  ASSERT_OK(Place(hold));
  ASSERT_OK(Place(OnPerson("h-2", "P-1")));
  ASSERT_OK(Place(OnPerson("h-3", "P-1")));
  ASSERT_OK(End("h-2"));
  const auto in_force = List("", false);
  ASSERT_EQ(in_force.size(), 2u);
  EXPECT_EQ(in_force[0].account_id(), "A-3");
  EXPECT_EQ(in_force[0].person_id(), "") << "as it was placed";
  EXPECT_EQ(in_force[0].reference(), "case 117, sheet 4");
  EXPECT_EQ(in_force[0].origin(), v1::LegalHold::ORIGIN_COURT);
  EXPECT_TRUE(in_force[0].vendors_keep());
  EXPECT_EQ(in_force[0].end_day().day(), 30);
  EXPECT_EQ(in_force[0].placed_by(), "operator/ito");
  EXPECT_FALSE(in_force[0].has_end_time());
  EXPECT_EQ(in_force[1].person_id(), "P-1");
  const auto ended = List("h-1", true);
  ASSERT_EQ(ended.size(), 2u);
  EXPECT_EQ(ended[0].ended_by(), "operator/abe");
  EXPECT_TRUE(ended[0].has_end_time());
}

// The reference is sealed for its row; a hold is in force whatever became of it.
TEST_F(LegalHoldsTest, ABoxThatWasMovedHidesNoHold) {
  ASSERT_OK(Place(OnPerson("h-1", "P-1")));
  ASSERT_OK(Place(OnPerson("h-2", "P-2")));
  Execute(
      "UPDATE legal_hold SET box = (SELECT box FROM legal_hold WHERE hold_id = 'h-1') WHERE "
      "hold_id = 'h-2'",
      {});
  const auto listed = List("", false);
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].reference(), "case 117, sheet 4");
  EXPECT_EQ(listed[1].reference(), "");
  EXPECT_EQ(listed[1].person_id(), "P-2");
}

TEST(CheckHoldTest, NamesTheField) {
  const absl::Time now = absl::FromCivil(absl::CivilSecond(2026, 12, 1, 9), absl::UTCTimeZone());
  const auto good = [] {
    v1::LegalHold hold;
    hold.set_hold_id("court-2026-117");
    hold.set_person_id("P-1");
    hold.set_origin(v1::LegalHold::ORIGIN_INQUIRY);
    hold.set_reference("folder 7");
    return hold;
  };
  const auto day = [](v1::LegalHold& hold, int year, int month, int of_month) {
    hold.mutable_end_day()->set_year(year);
    hold.mutable_end_day()->set_month(month);
    hold.mutable_end_day()->set_day(of_month);
  };
  const struct {
    std::function<void(v1::LegalHold&)> change;
    const char* field;  // empty: all is well
  } rows[] = {
      {[](v1::LegalHold&) {}, ""},
      {[](v1::LegalHold& h) { h.clear_hold_id(); }, "hold.hold_id"},
      {[](v1::LegalHold& h) { h.set_hold_id("with space"); }, "hold.hold_id"},
      {[](v1::LegalHold& h) { h.clear_person_id(); }, "hold.person_id"},
      {[](v1::LegalHold& h) { h.set_account_id("A-1"); }, "hold.person_id"},
      {[](v1::LegalHold& h) {
         h.clear_person_id();
         h.set_account_id("A-1");
       },
       ""},
      {[](v1::LegalHold& h) { h.clear_origin(); }, "hold.origin"},
      {[](v1::LegalHold& h) { h.clear_reference(); }, "hold.reference"},
      {[](v1::LegalHold& h) { h.set_reference(std::string(201, 'x')); }, "hold.reference"},
      {[](v1::LegalHold& h) { h.set_reference("two\nlines"); }, "hold.reference"},
      {[&](v1::LegalHold& h) { day(h, 2026, 12, 1); }, "hold.end_day"},
      {[&](v1::LegalHold& h) { day(h, 2026, 12, 2); }, ""},
      {[&](v1::LegalHold& h) { day(h, 2027, 2, 30); }, "hold.end_day.day"},
  };
  for (const auto& row : rows) {
    v1::LegalHold hold = good();
    row.change(hold);
    const auto problem = CheckHold(hold, now);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << hold.ShortDebugString();
  }
}

}  // namespace
}  // namespace switchboard::legal_holds
