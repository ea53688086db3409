#include "hub/assignments/vendor_counter.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/database_fixture.h"

namespace switchboard::assignments {
namespace {

using testing::IsOk;
using testing::TestDatabase;

constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence, live_assignments, placed, withdrawn, "
    "permits_given, permits_refused, outcomes) VALUES ('sakura', 10, 0, 0, 0, 0, 0, 0)";
constexpr char kSelectSequence[] =
    "SELECT change_sequence FROM assignment WHERE assignment_id = $1";
constexpr char kSelectLoad[] =
    "SELECT live_assignments FROM segment_load WHERE vendor_id = 'sakura' AND segment = $1";

Assignment MakeAssignment(const std::string& id) {
  Assignment assignment;
  assignment.assignment_id = id;
  assignment.vendor_id = "sakura";
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
  void Submit(const std::function<void(VendorCounter&)>& fill) {
    test_.writer->Submit(
        storage::Urgency::kBulk,
        [fill](storage::Transaction& transaction) {
          fill(VendorCounter::Of(transaction, "sakura"));
          return absl::OkStatus();
        },
        [](const absl::Status& status) { EXPECT_OK(status); });
  }

  int64_t Column(const std::string& column) {
    // Statements are kept by the address of their text.
    static std::map<std::string, std::string> texts;
    std::string& text = texts[column];
    text = "SELECT " + column + " FROM vendor_counter WHERE vendor_id = 'sakura'";
    return test_.Number(text.c_str());
  }

  TestDatabase test_;
};

TEST_F(VendorCounterTest, UnitsOfAGroupAddUp) {
  for (int64_t unit : {1, 10}) {
    Submit([unit](VendorCounter& counter) {
      counter.placed = 7 * unit;
      counter.withdrawn = 2 * unit;
      counter.permits_given = 3 * unit;
      counter.permits_refused = 4 * unit;
      counter.outcomes = 5 * unit;
      counter.live_by_segment["early"] = 5 * unit;
    });
  }
  ASSERT_TRUE(test_.writer->RunGroup());
  ASSERT_FALSE(test_.writer->RunGroup());  // it was one group
  EXPECT_EQ(Column("placed"), 77);
  EXPECT_EQ(Column("withdrawn"), 22);
  EXPECT_EQ(Column("live_assignments"), 55);
  EXPECT_EQ(Column("permits_given"), 33);
  EXPECT_EQ(Column("permits_refused"), 44);
  EXPECT_EQ(Column("outcomes"), 55);
  EXPECT_EQ(Column("newest_sequence"), 10);  // no row changed
  EXPECT_EQ(test_.Number(kSelectLoad, {"early"}), 55);
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
    counter.placed = 2;
    counter.placements = {{MakeAssignment("c"), "why"}, {MakeAssignment("d"), "why"}};
  });
  test_.writer->RunGroup();
  EXPECT_EQ(test_.Number(kSelectSequence, {"a"}), 11);
  EXPECT_EQ(test_.Number(kSelectSequence, {"b"}), 12);
  EXPECT_EQ(test_.Number(kSelectSequence, {"c"}), 13);
  EXPECT_EQ(test_.Number(kSelectSequence, {"d"}), 14);
  EXPECT_EQ(Column("newest_sequence"), 14);
}

TEST_F(VendorCounterTest, EarlierUnitsAreSeenBeforeTheRowsShowThem) {
  std::vector<int64_t> seen;
  auto look = [&](storage::Transaction& transaction) {
    const VendorCounter* left = VendorCounter::Left(transaction, "sakura");
    seen.push_back(left == nullptr ? -1 : left->LiveIn("early"));
    return absl::OkStatus();
  };
  auto ignore = [](const absl::Status&) {};
  test_.writer->Submit(storage::Urgency::kBulk, look, ignore);
  Submit([](VendorCounter& counter) { counter.live_by_segment["early"] = 3; });
  Submit([](VendorCounter& counter) { counter.live_by_segment["early"] = -1; });
  test_.writer->Submit(storage::Urgency::kBulk, look, ignore);
  test_.writer->RunGroup();
  EXPECT_THAT(seen, ::testing::ElementsAre(-1, 2));
}

}  // namespace
}  // namespace switchboard::assignments
