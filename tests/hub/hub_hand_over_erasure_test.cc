// What is forgotten of work that was handed over.
#include <string>

#include "tests/hub/hand_over_fixture.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using testing::HandOverTo;

class HubHandOverErasureTest : public testing::HubRetentionTest {
 protected:
  HubHandOverErasureTest()
      : HubRetentionTest("classes: [{keep_days: 10}]\naccounts_keep_days: 30\n",
                         {"sakura", "fuji"}) {}
  int64_t HandOvers() { return Count("SELECT COUNT(*) FROM hand_over"); }
  int64_t Items() { return Count("SELECT COUNT(*) FROM core_item"); }
};

// The one that ended by it need not wait for that.
TEST_F(HubHandOverErasureTest, ItGoesWithWhatBeganByItOnceTheCoreHasReadIt) {
  world_.ApplyContract({.vendor_id = "sakura", .more = "hand_over_to: [fuji]\n"});
  world_.ApplyContract({.vendor_id = "fuji", .more = "hand_over_to: [sakura]\n"});
  EXPECT_EQ(Import(AccountIn(1, "A-1", "P-1")), testing::kPlaced);
  const auto placed = world_.Live("A-1");
  const std::string other = placed.vendor_id() == "sakura" ? "fuji" : "sakura";
  ASSERT_OK(testing::HandOver(
      world_, placed.vendor_id(),
      HandOverTo(other, placed.assignment_id(), v1::HAND_OVER_REASON_DISPUTE, "says no")));
  Acknowledge();
  Pass(11);
  // Of what is live nothing goes.
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(world_.Live("A-1").former_assignment_id(), placed.assignment_id());
  EXPECT_EQ(HandOvers(), 1);
  EXPECT_OK(world_.Post({testing::Closure("e-1", "A-1")}));
  Acknowledge();
  Pass(11);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(HandOvers(), 1);
  EXPECT_EQ(Items(), 1);
  EXPECT_OK(world_.ReadCoreFeed(1));
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(HandOvers(), 0);
  EXPECT_EQ(Items(), 0);
  for (const v1::AuditEvent& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_ERASED ||
        event.erased().what() != v1::AuditEvent::Erased::WHAT_ASSIGNMENT)
      continue;
    // Itself, and the hand-over.
    const int hand_overs = event.assignment_id() == placed.assignment_id() ? 0 : 1;
    EXPECT_EQ(event.erased().hand_overs(), hand_overs);
    EXPECT_EQ(event.count(), 1 + hand_overs);
  }
}

}  // namespace
}  // namespace switchboard
