#include "hub/assignments/vendor_counter.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/database_fixture.h"

namespace switchboard::assignments {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::TestDatabase;

constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence) VALUES ('jade', 70), ('sakura', 10)";
constexpr char kSelectNewest[] = "SELECT newest_sequence FROM vendor_counter WHERE vendor_id = $1";
constexpr char kSelectSequence[] =
    "SELECT change_sequence FROM assignment WHERE assignment_id = $1";
// Where it was withdrawn, not where it was placed.
constexpr char kInsertOfAnotherLane[] =
    "INSERT INTO vendor_tally (vendor_id, segment, lane, placed, withdrawn, permits_given, "
    "permits_refused, outcomes) VALUES ('sakura', 'early', 'hub-2.3', 100, 110, 0, 0, 0)";
constexpr char kSelectTallies[] =
    "SELECT vendor_id, segment, lane, placed, withdrawn, permits_given, permits_refused, outcomes "
    "FROM vendor_tally ORDER BY vendor_id, segment, lane";

Assignment MakeAssignment(const std::string& id, const std::string& vendor_id = "sakura") {
  Assignment assignment;
  assignment.assignment_id = id;
  assignment.vendor_id = vendor_id;
  assignment.vendor_group = "g";
  assignment.person_id = "P-" + id;
  assignment.account_id = "A-" + id;
  assignment.work_type = v1::WORK_TYPE_EARLY_COLLECTIONS;
  assignment.placement = 1;
  assignment.segment = "early";
  return assignment;
}

class VendorCounterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
      return transaction.Execute(kInsertCounter, {}).status();
    }));
  }

  // One unit that leaves what `fill` fills in.
  void Submit(const std::function<void(VendorCounter&)>& fill,
              const std::string& vendor_id = "sakura") {
    test_.writer->Submit(
        storage::Urgency::kBulk,
        [fill, vendor_id](storage::Transaction& transaction) {
          fill(VendorCounter::Of(transaction, vendor_id));
          return absl::OkStatus();
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
  }

  // Rows of the table, their columns joined by spaces.
  std::vector<std::string> Tallies() {
    std::vector<std::string> tallies;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      return reader.Query(kSelectTallies, {}, [&](const storage::Row& row) {
        tallies.push_back(absl::StrCat(std::string(row.Text(0)), " '", std::string(row.Text(1)),
                                       "' ", std::string(row.Text(2))));
        for (int column = 3; column < 8; ++column)
          absl::StrAppend(&tallies.back(), " ", row.Integer(column));
        return absl::OkStatus();
      });
    }));
    return tallies;
  }

  TestDatabase test_;
};

TEST_F(VendorCounterTest, UnitsOfAGroupAddUp) {
  for (int64_t unit : {1, 10}) {
    Submit([unit](VendorCounter& counter) {
      counter.work["early"] = {.placed = 7 * unit, .withdrawn = 2 * unit};
      counter.permits_given = 3 * unit;
      counter.permits_refused = 4 * unit;
      counter.outcomes = 5 * unit;
    });
  }
  Submit([](VendorCounter& counter) { counter.work["late"] = {.placed = 1, .withdrawn = 0}; },
         "jade");
  ASSERT_TRUE(test_.writer->RunGroup());
  ASSERT_FALSE(test_.writer->RunGroup());  // it was one group
  EXPECT_THAT(Tallies(), ElementsAre("jade 'late' hub-1 1 0 0 0 0", "sakura '' hub-1 0 0 33 44 55",
                                     "sakura 'early' hub-1 77 22 0 0 0"));
  EXPECT_EQ(test_.Number(kSelectNewest, {"sakura"}), 10);  // no row changed
}

// What is in the table adds up as well, and so do the lanes when somebody asks.
TEST_F(VendorCounterTest, WhatLanesCountedIsSummedWhenRead) {
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return transaction.Execute(kInsertOfAnotherLane, {}).status();
  }));
  for (int unit = 0; unit < 2; ++unit) {
    Submit([](VendorCounter& counter) {
      counter.work["early"] = {.placed = 5, .withdrawn = 1};
      counter.work["late"] = {.placed = 1, .withdrawn = 0};
    });
    test_.writer->RunGroup();
  }
  EXPECT_THAT(Tallies(),
              ElementsAre("sakura 'early' hub-1 10 2 0 0 0", "sakura 'early' hub-2.3 100 110 0 0 0",
                          "sakura 'late' hub-1 2 0 0 0 0"));
  ASSERT_OK(test_.readers->Run([](storage::Connection& reader) -> absl::Status {
    EXPECT_EQ(*CountLive(reader, "sakura"), 0);
    EXPECT_EQ(*CountLiveInSegment(reader, "sakura", "early"), -2);
    EXPECT_EQ(*CountLiveInSegment(reader, "sakura", "late"), 2);
    EXPECT_EQ(*CountLive(reader, "jade"), 0);
    return absl::OkStatus();
  }));
}

// A row changed twice in a group appears once; new rows come behind, each with a number of its own.
TEST_F(VendorCounterTest, RowsTakeTheNextNumbers) {
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return InsertWithoutSequence(transaction,
                                 {{MakeAssignment("a"), "why"}, {MakeAssignment("b"), "why"}});
  }));
  EXPECT_EQ(test_.Number(kSelectSequence, {"a"}), 0);  // NULL
  Submit([](VendorCounter& counter) { counter.touches = {"a", "b"}; });
  Submit([](VendorCounter& counter) {
    counter.touches = {"a"};
    counter.placements = {{MakeAssignment("c"), "why"}, {MakeAssignment("d"), "why"}};
  });
  test_.writer->RunGroup();
  EXPECT_EQ(test_.Number(kSelectSequence, {"a"}), 11);
  EXPECT_EQ(test_.Number(kSelectSequence, {"b"}), 12);
  EXPECT_EQ(test_.Number(kSelectSequence, {"c"}), 13);
  EXPECT_EQ(test_.Number(kSelectSequence, {"d"}), 14);
  EXPECT_EQ(test_.Number(kSelectNewest, {"sakura"}), 14);
}

// In the order of the units, which is that of the core's file, two vendors' feeds would tell who is
// whom.
TEST_F(VendorCounterTest, RowsOfAGroupTakeTheirNumbersInRandomOrder) {
  const std::string first = "0000000001ZZZZZZZZZZZZZZ00", second = "0000000002MMMMMMMMMMMMMM00";
  const std::string third = "0000000003AAAAAAAAAAAAAA00", fourth = "0000000004KKKKKKKKKKKKKK00";
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
    return InsertWithoutSequence(transaction,
                                 {{MakeAssignment(first), "why"}, {MakeAssignment(fourth), "why"}});
  }));
  Submit([&](VendorCounter& counter) {
    counter.touches = {first};
    counter.placements = {{MakeAssignment(second), "why"}};
  });
  Submit([&](VendorCounter& counter) {
    counter.touches = {fourth, first};
    counter.placements = {{MakeAssignment(third), "why"}};
  });
  test_.writer->RunGroup();
  EXPECT_EQ(test_.Number(kSelectSequence, {fourth}), 11);
  EXPECT_EQ(test_.Number(kSelectSequence, {first}), 12);
  EXPECT_EQ(test_.Number(kSelectSequence, {third}), 13);
  EXPECT_EQ(test_.Number(kSelectSequence, {second}), 14);
}

TEST_F(VendorCounterTest, EachVendorOfAGroupHasItsOwnNumbers) {
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return InsertWithoutSequence(
        transaction, {{MakeAssignment("a"), "why"}, {MakeAssignment("b", "jade"), "why"}});
  }));
  Submit([](VendorCounter& counter) {
    counter.touches = {"a"};
    counter.placements = {{MakeAssignment("c"), "why"}};
  });
  Submit(
      [](VendorCounter& counter) {
        counter.touches = {"b"};
        counter.placements = {{MakeAssignment("d", "jade"), "why"}};
      },
      "jade");
  test_.writer->RunGroup();
  EXPECT_EQ(test_.Number(kSelectSequence, {"a"}), 11);
  EXPECT_EQ(test_.Number(kSelectSequence, {"c"}), 12);
  EXPECT_EQ(test_.Number(kSelectSequence, {"b"}), 71);
  EXPECT_EQ(test_.Number(kSelectSequence, {"d"}), 72);
  EXPECT_EQ(test_.Number(kSelectNewest, {"sakura"}), 12);
  EXPECT_EQ(test_.Number(kSelectNewest, {"jade"}), 72);
}

TEST_F(VendorCounterTest, EarlierUnitsAreSeenBeforeTheRowsShowThem) {
  std::vector<int64_t> seen;
  auto look = [&](storage::Transaction& transaction) {
    const VendorCounter* left = VendorCounter::Left(transaction, "sakura");
    seen.push_back(left == nullptr ? -1 : left->LiveChange("early"));
    return absl::OkStatus();
  };
  auto ignore = [](const absl::Status&) {};
  test_.writer->Submit(storage::Urgency::kBulk, look, ignore);
  Submit([](VendorCounter& counter) { counter.work["early"].placed = 3; });
  Submit([](VendorCounter& counter) { counter.work["early"].withdrawn = 1; });
  test_.writer->Submit(storage::Urgency::kBulk, look, ignore);
  test_.writer->RunGroup();
  EXPECT_THAT(seen, ElementsAre(-1, 2));
}

}  // namespace
}  // namespace switchboard::assignments
