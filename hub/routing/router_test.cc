#include "hub/routing/router.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace switchboard::routing {
namespace {

using Parts = std::vector<std::pair<std::string, int>>;

v1::RoutingPlan PlanOf(const Parts& shares, int64_t seed = 42) {
  v1::RoutingPlan plan;
  plan.set_plan_id("2026-11-a");
  plan.set_seed(seed);
  auto* segment = plan.add_segments();
  segment->set_name("early-ja");
  segment->set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  for (const auto& [vendor, percent] : shares) {
    auto* share = segment->add_shares();
    share->set_vendor_id(vendor);
    share->set_percent(percent);
  }
  return plan;
}

VendorFacts Vendor(const std::string& id, const std::string& group = "",
                   std::vector<std::string> languages = {"ja"}) {
  return {id, group, std::move(languages), {v1::WORK_TYPE_EARLY_COLLECTIONS}, 0};
}

AccountFacts Account(const std::string& grade = "A") {
  AccountFacts facts;
  facts.account_id = "A-1";
  facts.person_id = "P-1";
  facts.currency_code = "JPY";
  facts.amount_due_minor_units = 5'000;
  facts.grade = grade;
  facts.language = "ja-JP";
  return facts;
}

// Without the enum's prefix; empty when it is placed.
std::string NameOf(v1::NotPlacedReason reason) {
  if (reason == v1::NOT_PLACED_REASON_UNSPECIFIED) return "";
  return v1::NotPlacedReason_Name(reason).substr(sizeof("NOT_PLACED_REASON"));
}

Situation At(int64_t position) {
  Situation situation;
  situation.stratum_position = position;
  return situation;
}

Decision MustDecide(const Router& router, const AccountFacts& account, const Situation& situation) {
  const auto match = router.Find(account);
  EXPECT_TRUE(match.has_value());
  auto decision = router.Decide(account, *match, situation);
  EXPECT_OK(decision);
  return *std::move(decision);
}

// Vendors of the first `n` accounts of a stratum, one letter each: the vendor's first.
std::string VendorsOfFirst(const Router& router, const AccountFacts& account, int n) {
  std::string vendors;
  for (int i = 0; i < n; ++i) vendors += MustDecide(router, account, At(i)).vendor_id.substr(0, 1);
  return vendors;
}

const std::vector<VendorFacts>& ThreeVendors() {
  static const std::vector<VendorFacts> vendors = {Vendor("a"), Vendor("b"), Vendor("c")};
  return vendors;
}

TEST(RouterTest, SplitIsExactInEveryBlock) {
  struct Row {
    Parts shares;
    int block;
  };
  const std::vector<Row> rows = {{{{"a", 50}, {"b", 30}, {"c", 20}}, 10},
                                 {{{"a", 60}, {"b", 40}}, 5},
                                 {{{"a", 100}}, 1},
                                 {{{"a", 33}, {"b", 33}, {"c", 34}}, 100}};
  for (const Row& row : rows) {
    const Router router(PlanOf(row.shares), ThreeVendors());
    const std::string run = VendorsOfFirst(router, Account(), 10 * row.block);
    for (int block = 0; block < 10; ++block) {
      std::map<std::string, int> counts;
      for (char c : run.substr(block * row.block, row.block)) ++counts[std::string(1, c)];
      for (const auto& [vendor, percent] : row.shares) {
        EXPECT_EQ(counts[vendor] * 100, percent * row.block) << vendor << " in block " << block;
      }
    }
  }
}

TEST(RouterTest, EachStratumHasAnOrderOfItsOwn) {
  auto plan = PlanOf({{"a", 50}, {"b", 30}, {"c", 20}});
  plan.mutable_segments(0)->add_stratify_by(v1::RoutingPlan::STRATUM_GRADE);
  const Router router(plan, ThreeVendors());
  const std::string grade_a = VendorsOfFirst(router, Account("A"), 30);
  const std::string grade_b = VendorsOfFirst(router, Account("B"), 30);
  EXPECT_NE(grade_a, grade_b);
  for (const std::string& run : {grade_a, grade_b}) {
    EXPECT_EQ(std::count(run.begin(), run.end(), 'a'), 15);
    EXPECT_EQ(std::count(run.begin(), run.end(), 'b'), 9);
    EXPECT_EQ(std::count(run.begin(), run.end(), 'c'), 6);
  }
}

TEST(RouterTest, TheSameSeedGivesTheSamePlacementsAndAnotherDoesNot) {
  const Parts shares = {{"a", 50}, {"b", 30}, {"c", 20}};
  const Router first(PlanOf(shares, 42), ThreeVendors());
  const Router again(PlanOf(shares, 42), ThreeVendors());
  const Router other(PlanOf(shares, 43), ThreeVendors());
  EXPECT_EQ(VendorsOfFirst(first, Account(), 100), VendorsOfFirst(again, Account(), 100));
  EXPECT_NE(VendorsOfFirst(first, Account(), 100), VendorsOfFirst(other, Account(), 100));
  // As the definition of the order in block_split.h has it.
  EXPECT_EQ(VendorsOfFirst(first, Account(), 20), "abaabccaabacbaacabba");
}

TEST(RouterTest, TheFirstSegmentThatMatchesDecides) {
  auto plan = PlanOf({{"a", 100}});
  plan.mutable_segments(0)->mutable_when()->add_grades("A");
  *plan.add_segments() = PlanOf({{"b", 100}}).segments(0);
  plan.mutable_segments(1)->set_name("rest-ja");
  plan.mutable_segments(1)->mutable_when()->add_languages("ja");
  const Router router(plan, ThreeVendors());

  EXPECT_EQ(router.Find(Account("A"))->segment, "early-ja");
  const auto rest = router.Find(Account("B"));
  EXPECT_EQ(rest->segment, "rest-ja");
  EXPECT_EQ(rest->segment_index, 1);
  EXPECT_EQ(rest->stratum, "all");
  EXPECT_EQ(rest->work_type, v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(MustDecide(router, Account("B"), At(0)).vendor_id, "b");

  AccountFacts english = Account("B");
  english.language = "en";
  EXPECT_FALSE(router.Find(english).has_value());
  const Decision unmatched = router.DecideUnmatched();
  EXPECT_FALSE(unmatched.placed());
  EXPECT_FALSE(unmatched.takes_position);
  EXPECT_EQ(unmatched.not_placed_reason, v1::NOT_PLACED_REASON_NO_SEGMENT);
  EXPECT_EQ(unmatched.why.ShortDebugString(),
            "plan_id: \"2026-11-a\" rule: RULE_NOT_PLACED "
            "not_placed_reason: NOT_PLACED_REASON_NO_SEGMENT");
}

TEST(RouterTest, SaysWhy) {
  auto plan = PlanOf({{"a", 50}, {"b", 30}, {"c", 20}});
  const Router router(plan, ThreeVendors());
  const std::string head = R"(plan_id: "2026-11-a" segment: "early-ja" stratum: "all" rule: )";

  Decision decision = MustDecide(router, Account(), At(11));
  EXPECT_EQ(decision.vendor_id, "c");
  EXPECT_EQ(decision.segment, "early-ja");
  EXPECT_EQ(decision.stratum, "all");
  EXPECT_EQ(decision.work_type, v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(decision.why.ShortDebugString(), head + "RULE_SPLIT position: 11 slot: 1");
  EXPECT_TRUE(decision.takes_position);

  // The order of the second block is a c b a a c a b b a.
  Situation situation = At(11);
  situation.groups_had_it = {"c"};
  decision = MustDecide(router, Account(), situation);
  EXPECT_EQ(decision.vendor_id, "b");
  EXPECT_EQ(decision.why.ShortDebugString(), head + "RULE_NEXT_IN_SLOT position: 11 slot: 2");
  EXPECT_TRUE(decision.takes_position);

  situation = At(11);
  situation.vendor_of_same_person = "a";
  decision = MustDecide(router, Account(), situation);
  EXPECT_EQ(decision.vendor_id, "a");
  EXPECT_EQ(decision.why.ShortDebugString(), head + "RULE_STICKY_PERSON");
  EXPECT_FALSE(decision.takes_position);

  situation = At(11);
  situation.groups_had_it = {"a", "b", "c"};
  decision = MustDecide(router, Account(), situation);
  EXPECT_FALSE(decision.placed());
  EXPECT_EQ(decision.why.ShortDebugString(),
            head + "RULE_NOT_PLACED not_placed_reason: NOT_PLACED_REASON_ALL_GROUPS_HAD_IT");
  EXPECT_FALSE(decision.takes_position);
}

TEST(RouterTest, WhyCannotBeForgedByNames) {
  auto plan = PlanOf({{"a", 100}});
  plan.mutable_segments(0)->add_stratify_by(v1::RoutingPlan::STRATUM_GRADE);
  plan.mutable_segments(0)->add_stratify_by(v1::RoutingPlan::STRATUM_PRODUCT);
  const Router router(plan, ThreeVendors());
  EXPECT_EQ(MustDecide(router, Account("A,product:x"), At(0)).why.stratum(),
            "grade:A%2Cproduct%3Ax,product:");
}

TEST(RouterTest, TheSearchForTheNextSlotTurnsRoundAtTheEndOfTheBlock) {
  // Block 0 is "baaba": a holder of slot 4 that had the account leaves it to slot 0.
  const Router router(PlanOf({{"a", 60}, {"b", 40}}), ThreeVendors());
  ASSERT_EQ(VendorsOfFirst(router, Account(), 5), "baaba");
  Situation situation = At(4);
  situation.groups_had_it = {"a"};
  const Decision decision = MustDecide(router, Account(), situation);
  EXPECT_EQ(decision.vendor_id, "b");
  EXPECT_EQ(decision.why.rule(), v1::PlacementReason::RULE_NEXT_IN_SLOT);
  EXPECT_EQ(decision.why.position(), 4);
  EXPECT_EQ(decision.why.slot(), 0);
}

TEST(RouterTest, APersonStaysWithOneVendorWhereThatVendorMay) {
  struct Row {
    const char* what;
    std::string vendor_of_same_person;
    std::vector<std::string> groups_had_it;
    std::string language;
    std::string vendor_id;
  };
  // Position 0 belongs to a. Vendor d is not in the segment; b speaks Japanese only.
  const std::vector<Row> rows = {
      {"no other account", "", {}, "ja", "a"},
      {"sticky wins over the split", "b", {}, "ja", "b"},
      {"its group had this account", "b", {"b"}, "ja", "a"},
      {"it does not speak the language", "b", {}, "en", "a"},
      {"it is not in the segment", "d", {}, "ja", "a"},
      {"it is gone", "long-gone", {}, "ja", "a"},
  };
  const Router router(PlanOf({{"a", 50}, {"b", 30}, {"c", 20}}),
                      {Vendor("a", "", {"ja", "en"}), Vendor("b"), Vendor("c"), Vendor("d")});
  for (const Row& row : rows) {
    Situation situation = At(0);
    situation.vendor_of_same_person = row.vendor_of_same_person;
    situation.groups_had_it = row.groups_had_it;
    AccountFacts account = Account();
    account.language = row.language;
    EXPECT_EQ(MustDecide(router, account, situation).vendor_id, row.vendor_id) << row.what;
  }
}

TEST(RouterTest, NeverTheSameGroupTwice) {
  const Router router(PlanOf({{"a", 50}, {"b", 30}, {"c", 20}}),
                      {Vendor("a", "north"), Vendor("b", "north"), Vendor("c", "south")});
  for (int position = 0; position < 100; ++position) {
    Situation situation = At(position);
    situation.groups_had_it = {"north"};
    EXPECT_EQ(MustDecide(router, Account(), situation).vendor_id, "c");
    // Stickiness does not help the sister company either.
    situation.vendor_of_same_person = "b";
    EXPECT_EQ(MustDecide(router, Account(), situation).vendor_id, "c");
    situation.groups_had_it = {"south", "north"};
    EXPECT_EQ(MustDecide(router, Account(), situation).not_placed_reason,
              v1::NOT_PLACED_REASON_ALL_GROUPS_HAD_IT);
  }
}

TEST(RouterTest, LimitsHold) {
  struct Row {
    const char* what;
    int64_t live;             // of vendor a, in all
    int64_t live_in_segment;  // of vendor a
    std::string vendor_id;
  };
  // Position 0 belongs to a, which may have 10 in all and 5 of this segment.
  const std::vector<Row> rows = {
      {"empty", 0, 0, "a"},
      {"one below both", 9, 4, "a"},
      {"segment full", 5, 5, "b"},
      {"vendor full", 10, 0, "b"},
      {"more than full, after a limit was lowered", 50, 50, "b"},
  };
  auto plan = PlanOf({{"a", 60}, {"b", 40}}, 1);
  plan.mutable_segments(0)->mutable_shares(0)->set_live_assignments_max(5);
  std::vector<VendorFacts> vendors = ThreeVendors();
  vendors[0].live_assignments_max = 10;
  const Router router(plan, vendors);
  int64_t position = 0;
  const auto counts = [&](int64_t of_a) {
    return [of_a](std::string_view vendor_id) -> absl::StatusOr<int64_t> {
      EXPECT_EQ(vendor_id, "a") << "b has no limit and must not be counted";
      return of_a;
    };
  };
  Situation empty = At(0);
  empty.live_at_vendor = counts(0);
  empty.live_in_segment_at_vendor = counts(0);
  while (MustDecide(router, Account(), empty).vendor_id != "a") {
    empty.stratum_position = ++position;
  }
  for (const Row& row : rows) {
    Situation situation = At(position);
    situation.live_at_vendor = counts(row.live);
    situation.live_in_segment_at_vendor = counts(row.live_in_segment);
    EXPECT_EQ(MustDecide(router, Account(), situation).vendor_id, row.vendor_id) << row.what;
    situation.vendor_of_same_person = "a";
    EXPECT_EQ(MustDecide(router, Account(), situation).vendor_id, row.vendor_id)
        << row.what << ", sticky";
  }
}

TEST(RouterTest, AnErrorWhileCountingEndsTheDecision) {
  auto plan = PlanOf({{"a", 100}});
  plan.mutable_segments(0)->mutable_shares(0)->set_live_assignments_max(5);
  const Router router(plan, ThreeVendors());
  Situation situation = At(0);
  situation.live_in_segment_at_vendor = [](std::string_view) -> absl::StatusOr<int64_t> {
    return Error(absl::StatusCode::kUnavailable, "DATABASE_LOST", "the database is gone");
  };
  const auto match = router.Find(Account());
  EXPECT_THAT(router.Decide(Account(), *match, situation),
              testing::FailsWith(absl::StatusCode::kUnavailable, "DATABASE_LOST"));
}

TEST(RouterTest, TheVendorThatCameFurthestNamesTheReason) {
  struct Row {
    const char* what;
    std::vector<VendorFacts> vendors;
    std::vector<std::string> groups_had_it;
    bool full;
    std::string reason;
  };
  VendorFacts wrong_work = Vendor("b");
  wrong_work.work_types = {v1::WORK_TYPE_CAMPAIGN};
  const std::vector<VendorFacts> both = {Vendor("a"), Vendor("b")};
  const std::vector<VendorFacts> a_english = {Vendor("a", "", {"en"}), Vendor("b")};
  const std::vector<Row> rows = {
      {"no contract in force", {}, {}, false, "NO_ELIGIBLE_VENDOR"},
      {"contract for other work", {wrong_work}, {}, false, "NO_ELIGIBLE_VENDOR"},
      {"one gone, one English", {Vendor("b", "", {"en"})}, {}, false, "LANGUAGE_NOT_SERVED"},
      {"both English",
       {Vendor("a", "", {"en"}), Vendor("b", "", {"en"})},
       {},
       false,
       "LANGUAGE_NOT_SERVED"},
      {"one English, one had it", a_english, {"b"}, false, "ALL_GROUPS_HAD_IT"},
      {"both had it", both, {"b", "a"}, true, "ALL_GROUPS_HAD_IT"},
      {"one had it, one full", both, {"b"}, true, "CAPS_REACHED"},
      {"one English, one full", a_english, {}, true, "CAPS_REACHED"},
      {"both full", both, {}, true, "CAPS_REACHED"},
      {"room", both, {}, false, ""},
  };
  auto plan = PlanOf({{"a", 60}, {"b", 40}});
  for (auto& share : *plan.mutable_segments(0)->mutable_shares()) {
    share.set_live_assignments_max(5);
  }
  for (const Row& row : rows) {
    const Router router(plan, row.vendors);
    for (int position = 0; position < 5; ++position) {
      Situation situation = At(position);
      situation.groups_had_it = row.groups_had_it;
      situation.live_in_segment_at_vendor = [&](std::string_view) -> absl::StatusOr<int64_t> {
        return row.full ? 5 : 0;
      };
      const Decision decision = MustDecide(router, Account(), situation);
      EXPECT_EQ(NameOf(decision.not_placed_reason), row.reason) << row.what;
      EXPECT_EQ(decision.placed(), row.reason.empty()) << row.what;
    }
  }
}

TEST(RouterTest, AMatchOfAnotherRouterAndAVendorTwiceAreAsserted) {
  const Router router(PlanOf({{"a", 100}}), ThreeVendors());
  auto match = *router.Find(Account());
  match.segment = "of-another-plan";
  EXPECT_DEATH(router.Decide(Account(), match, At(0)).IgnoreError(), "assertion failed");
  match.segment_index = 1;
  EXPECT_DEATH(router.Decide(Account(), match, At(0)).IgnoreError(), "assertion failed");
  EXPECT_DEATH(Router(PlanOf({{"a", 100}}), {Vendor("a"), Vendor("a")}), "assertion failed");
}

TEST(RouterTest, ALanguageThatIsNotKnownIsServedByNobody) {
  const Router router(PlanOf({{"a", 100}}), ThreeVendors());
  AccountFacts account = Account();
  account.language = "";
  EXPECT_EQ(MustDecide(router, account, At(0)).not_placed_reason,
            v1::NOT_PLACED_REASON_LANGUAGE_NOT_SERVED);
}

}  // namespace
}  // namespace switchboard::routing
