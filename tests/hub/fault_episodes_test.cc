// "A vendor never gets the same account twice" counts within one story of being late, not for ever.
#include <set>
#include <string>
#include <vector>

#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Payment;
using testing::PlanYaml;
using testing::Receipts;

constexpr char kShares[] = "[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]";

class EpisodesTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura", "fuji"}); }

  // The account comes, so late; what it is told.
  std::vector<std::string> Comes(int days_past_due) {
    world_.clock.Advance(absl::Hours(1));
    return Receipts(world_.Import({MakeRecord(++sequence_, {.days_past_due = days_past_due})}));
  }
  void IsPaid() {
    world_.clock.Advance(absl::Hours(1));
    ASSERT_OK(world_.Post({Payment("pay-" + std::to_string(++payments_), "A-1")}));
    EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  }
  // Both vendors had it, and it is late still.
  void GoThroughBoth() {
    std::set<std::string> vendors;
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(Comes(10), IsEmpty());
      vendors.insert(world_.Live("A-1").vendor_id());
      IsPaid();
    }
    EXPECT_EQ(vendors.size(), 2u);
    EXPECT_THAT(Comes(10), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
  }

  HubWorld world_;
  int64_t sequence_ = 0;
  int payments_ = 0;
};

TEST_F(EpisodesTest, AccountLateAgainInLaterMonthsIsPlacedEachTime) {
  for (int month = 1; month <= 4; ++month) {
    EXPECT_THAT(Comes(10), IsEmpty()) << month;
    EXPECT_NE(world_.Live("A-1").vendor_id(), "") << month;
    IsPaid();
    EXPECT_THAT(Comes(0), ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
    world_.clock.Advance(absl::Hours(24 * 30));
  }
}

TEST_F(EpisodesTest, PartPaymentsBeginNothingAnew) {
  GoThroughBoth();
  world_.clock.Advance(absl::Hours(24 * 30));
  EXPECT_THAT(Comes(40), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
  EXPECT_THAT(Comes(0), ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_THAT(Comes(10), IsEmpty());
}

// News of having been current that is older than the placements says nothing of them.
TEST_F(EpisodesTest, CurrentBeforeItWasPlacedBeginsNothingAnew) {
  const absl::Time before = world_.clock.Now();
  GoThroughBoth();
  const auto current = MakeRecord(1, {.days_past_due = 0});
  EXPECT_THAT(Receipts(world_.Import({current}, "another", before)),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_THAT(Comes(10), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
}

TEST_F(EpisodesTest, PlanSaysHowLongAVendorCountsAsHavingHadIt) {
  world_.ApplyPlan(PlanYaml(kShares, "plan-30") + "had_it_period: 30d\n");
  GoThroughBoth();
  world_.clock.Advance(absl::Hours(24 * 29));
  EXPECT_THAT(Comes(39), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
  world_.clock.Advance(absl::Hours(24));
  EXPECT_THAT(Comes(40), IsEmpty());
}

// A plan's period only shortens: who was current begins anew in any case.
TEST_F(EpisodesTest, CurrentInBetweenCountsBeforeThePlansPeriodIsOver) {
  world_.ApplyPlan(PlanYaml(kShares, "plan-90") + "had_it_period: 90d\n");
  GoThroughBoth();
  EXPECT_THAT(Comes(0), ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_THAT(Comes(10), IsEmpty());
}

// The core sends only who is late. What is due now fell due long after the vendors' work had ended.
TEST_F(EpisodesTest, LateAgainWithoutEverHavingBeenSeenCurrent) {
  GoThroughBoth();
  world_.clock.Advance(absl::Hours(24 * 9));
  EXPECT_THAT(Comes(10), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
  world_.clock.Advance(absl::Hours(24 * 2));
  EXPECT_THAT(Comes(45), ElementsAre("0:STATUS_NOT_PLACED:ALL_GROUPS_HAD_IT"));
  EXPECT_THAT(Comes(10), IsEmpty());
}

}  // namespace
}  // namespace switchboard
