// Random plans, vendors and books, drawn from printed seeds: what Router promises must hold for all
// of them.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/routing/router.h"
#include "tests/testing.h"

namespace switchboard::routing {
namespace {

// The engine's numbers are the same in every standard library; those of the distributions are not.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<uint64_t>(bound)); }
  bool Coin() { return Below(2) == 0; }

 private:
  std::mt19937_64 engine_;
};

const std::vector<std::string> kVendors = {"a", "b", "c", "d", "e"};
const std::vector<std::string> kGroups = {"", "north", "south"};
const std::vector<std::string> kLanguages = {"ja", "zh", "en"};
const std::vector<std::string> kTags = {"ja", "ja-JP", "zh-Hant", "en", "ko", ""};
const std::vector<std::string> kGrades = {"A", "B", "C"};

std::string PrimaryOf(const std::string& tag) { return tag.substr(0, tag.find('-')); }

std::vector<VendorFacts> RandomVendors(Dice& dice) {
  std::vector<VendorFacts> vendors;
  for (const std::string& id : kVendors) {
    if (dice.Below(6) == 0) continue;  // its contract has run out
    VendorFacts vendor{id, kGroups[dice.Below(3)], {}, {}, 0};
    for (const std::string& language : kLanguages) {
      if (dice.Coin()) vendor.languages.push_back(language);
    }
    for (auto type : {v1::WORK_TYPE_EARLY_COLLECTIONS, v1::WORK_TYPE_CAMPAIGN}) {
      if (dice.Below(4) != 0) vendor.work_types.push_back(type);
    }
    if (dice.Coin()) vendor.live_assignments_max = 1 + dice.Below(40);
    vendors.push_back(std::move(vendor));
  }
  return vendors;
}

v1::RoutingPlan RandomPlan(Dice& dice) {
  v1::RoutingPlan plan;
  plan.set_plan_id("random");
  plan.set_seed(dice.Below(1'000'000) - 500'000);
  for (int i = 1 + dice.Below(4); i > 0; --i) {
    auto* segment = plan.add_segments();
    segment->set_name("segment-" + std::to_string(i));
    segment->set_work_type(dice.Coin() ? v1::WORK_TYPE_EARLY_COLLECTIONS : v1::WORK_TYPE_CAMPAIGN);
    if (dice.Coin()) segment->mutable_when()->add_grades(kGrades[dice.Below(3)]);
    if (dice.Coin()) segment->add_stratify_by(v1::RoutingPlan::STRATUM_GRADE);
    if (dice.Coin()) segment->add_stratify_by(v1::RoutingPlan::STRATUM_AMOUNT);
    const int step = dice.Coin() ? 10 : 1;
    int rest = 100;
    for (size_t v = 0; v < kVendors.size() && rest > 0; ++v) {
      const bool last = v + 1 == kVendors.size();
      const int percent = last ? rest : std::min(rest, step * (1 + dice.Below(80 / step)));
      auto* share = segment->add_shares();
      share->set_vendor_id(kVendors[v]);
      share->set_percent(percent);
      if (dice.Below(3) == 0) share->set_live_assignments_max(1 + dice.Below(30));
      rest -= percent;
    }
  }
  return plan;
}

struct Book {
  std::map<std::string, int64_t> live;
  std::map<std::string, int64_t> live_in_segment;  // by segment and vendor
  std::map<std::string, int64_t> position;         // by segment and stratum
};

// Said again from the protocol's comments, in other words than the router's.
bool Eligible(const v1::RoutingPlan::Segment& segment, const std::string& vendor_id,
              const std::vector<VendorFacts>& vendors, const AccountFacts& account,
              const Situation& situation, Book& book) {
  const auto share = std::find_if(segment.shares().begin(), segment.shares().end(),
                                  [&](const auto& s) { return s.vendor_id() == vendor_id; });
  const auto vendor = std::find_if(vendors.begin(), vendors.end(),
                                   [&](const auto& v) { return v.vendor_id == vendor_id; });
  if (share == segment.shares().end() || vendor == vendors.end()) return false;
  const std::string group = vendor->vendor_group.empty() ? vendor_id : vendor->vendor_group;
  const auto has = [](const auto& list, const auto& value) {
    return std::count(list.begin(), list.end(), value) > 0;
  };
  const int64_t in_segment = book.live_in_segment[segment.name() + "/" + vendor_id];
  return has(vendor->work_types, segment.work_type()) &&
         has(vendor->languages, PrimaryOf(account.language)) &&
         !has(situation.groups_had_it, group) &&
         (vendor->live_assignments_max == 0 ||
          book.live[vendor_id] < vendor->live_assignments_max) &&
         (share->live_assignments_max() == 0 || in_segment < share->live_assignments_max());
}

TEST(RouterPropertyTest, TheVendorIsAlwaysEligibleAndNobodyWaitsInVain) {
  int64_t placed = 0, not_placed = 0, sticky = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Dice dice(seed);
    const v1::RoutingPlan plan = RandomPlan(dice);
    const std::vector<VendorFacts> vendors = RandomVendors(dice);
    const Router router(plan, vendors);
    Book book;
    for (int i = 0; i < 200; ++i) {
      AccountFacts account;
      account.grade = kGrades[dice.Below(3)];
      account.language = kTags[dice.Below(6)];
      account.currency_code = "JPY";
      account.amount_due_minor_units = dice.Below(100'000);
      const auto match = router.Find(account);
      if (!match.has_value()) continue;
      const auto& segment = plan.segments(match->segment_index);
      int64_t& position = book.position[match->segment + "/" + match->stratum];
      Situation situation;
      situation.stratum_position = position;
      if (dice.Below(3) == 0) situation.groups_had_it.push_back(kGroups[1 + dice.Below(2)]);
      if (dice.Below(3) == 0) situation.groups_had_it.push_back(kVendors[dice.Below(5)]);
      if (dice.Below(3) == 0) situation.vendor_of_same_person = kVendors[dice.Below(5)];
      situation.live_at_vendor = [&](std::string_view v) -> absl::StatusOr<int64_t> {
        return book.live[std::string(v)];
      };
      situation.live_in_segment_at_vendor = [&](std::string_view v) -> absl::StatusOr<int64_t> {
        return book.live_in_segment[segment.name() + "/" + std::string(v)];
      };
      const auto may = [&](const std::string& vendor_id) {
        return Eligible(segment, vendor_id, vendors, account, situation, book);
      };
      ASSERT_OK_AND_ASSIGN(const Decision decision, router.Decide(account, *match, situation));
      const bool anybody = std::any_of(kVendors.begin(), kVendors.end(), may);
      ASSERT_EQ(decision.placed(), anybody) << decision.why.ShortDebugString();
      ASSERT_EQ(decision.placed(), decision.not_placed_reason == v1::NOT_PLACED_REASON_UNSPECIFIED);
      if (!decision.placed()) {
        ASSERT_FALSE(decision.takes_position);
        ++not_placed;
        continue;
      }
      ASSERT_TRUE(may(decision.vendor_id)) << decision.why.ShortDebugString();
      if (may(situation.vendor_of_same_person)) {
        ASSERT_EQ(decision.vendor_id, situation.vendor_of_same_person);
        ++sticky;
      }
      ++placed;
      ++book.live[decision.vendor_id];
      ++book.live_in_segment[segment.name() + "/" + decision.vendor_id];
      if (decision.takes_position) ++position;
    }
  }
  // The draws above must reach all three kinds, or the test says little.
  EXPECT_GT(placed, 10'000);
  EXPECT_GT(not_placed, 10'000);
  EXPECT_GT(sticky, 1'000);
}

TEST(RouterPropertyTest, SharesAreWithinOneBlockOfExactInEveryStratum) {
  std::vector<VendorFacts> vendors;
  for (const std::string& id : kVendors) {
    vendors.push_back(
        {id, "", {"ja"}, {v1::WORK_TYPE_EARLY_COLLECTIONS, v1::WORK_TYPE_CAMPAIGN}, 0});
  }
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Dice dice(seed);
    v1::RoutingPlan plan = RandomPlan(dice);
    for (auto& segment : *plan.mutable_segments()) {
      for (auto& share : *segment.mutable_shares()) share.set_live_assignments_max(0);
    }
    const Router router(plan, vendors);
    std::map<std::string, int64_t> positions;
    std::map<std::string, std::map<std::string, int64_t>> got;  // stratum, vendor
    for (int i = 0; i < 500; ++i) {
      AccountFacts account;
      account.grade = kGrades[dice.Below(3)];
      account.language = "ja";
      account.currency_code = "JPY";
      account.amount_due_minor_units = dice.Below(20'000);
      const auto match = router.Find(account);
      if (!match.has_value()) continue;
      const std::string stratum = match->segment + "/" + match->stratum;
      Situation situation;
      situation.stratum_position = positions[stratum]++;
      ASSERT_OK_AND_ASSIGN(const Decision decision, router.Decide(account, *match, situation));
      ++got[stratum][decision.vendor_id];
      for (const auto& share : plan.segments(match->segment_index).shares()) {
        const int64_t hundredfold_gap =
            got[stratum][share.vendor_id()] * 100 - positions[stratum] * share.percent();
        ASSERT_LT(std::abs(hundredfold_gap), 100 * share.percent()) << stratum;
      }
    }
  }
}

}  // namespace
}  // namespace switchboard::routing
