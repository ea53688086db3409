#include "hub/rules/permit_decision.h"

#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/rules/pack_check.h"
#include "tests/testing.h"

namespace switchboard::rules {
namespace {

using v1::Denial;
using Reasons = std::vector<Denial::Reason>;

constexpr auto kNotAssigned = Denial::REASON_NOT_ASSIGNED;
constexpr auto kExpired = Denial::REASON_EXPIRED;
constexpr auto kStopped = Denial::REASON_STOPPED;
constexpr auto kNoPoint = Denial::REASON_NO_CONTACT_POINT;
constexpr auto kOpen = Denial::REASON_PERMIT_OPEN;
constexpr auto kBudget = Denial::REASON_BUDGET_SPENT;

const absl::Time kNow = absl::FromUnixSeconds(1767225600);

// Every combination of what can stand in the way of a live assignment.
TEST(ReasonsAgainstTest, AllAreEvaluatedInOrderOfPrecedence) {
  const struct {
    bool expired, stopped, no_point, open;
    Reasons reasons;
  } rows[] = {
      {false, false, false, false, {}},
      {true, false, false, false, {kExpired}},
      {false, true, false, false, {kStopped}},
      {true, true, false, false, {kExpired, kStopped}},
      {false, false, true, false, {kNoPoint}},
      {true, false, true, false, {kExpired, kNoPoint}},
      {false, true, true, false, {kStopped, kNoPoint}},
      {true, true, true, false, {kExpired, kStopped, kNoPoint}},
      {false, false, false, true, {kOpen}},
      {true, false, false, true, {kExpired, kOpen}},
      {false, true, false, true, {kStopped, kOpen}},
      {true, true, false, true, {kExpired, kStopped, kOpen}},
      {false, false, true, true, {kNoPoint, kOpen}},
      {true, false, true, true, {kExpired, kNoPoint, kOpen}},
      {false, true, true, true, {kStopped, kNoPoint, kOpen}},
      {true, true, true, true, {kExpired, kStopped, kNoPoint, kOpen}},
  };
  for (const auto& row : rows) {
    PermitFacts facts;
    facts.assignment_live = true;
    facts.expire_time = row.expired ? kNow - absl::Seconds(1) : kNow + absl::Seconds(1);
    if (row.stopped) facts.stopped_until = absl::InfiniteFuture();
    facts.contact_point_usable = !row.no_point;
    facts.open_permit_expire_time = row.open ? kNow + absl::Seconds(1) : kNow - absl::Seconds(1);
    EXPECT_EQ(ReasonsAgainst(facts, kNow), row.reasons);
    // Of an assignment that is not the vendor's own, nothing more is said (I7).
    facts.assignment_live = false;
    EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{kNotAssigned});
  }
}

TEST(ReasonsAgainstTest, RulesComeBeforeWhatPassesSoon) {
  const auto pack = ParseRulePack(
      "pack_id: xx\nversion: 7\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
      "  - {rule_id: xx.never, strength: LAW, source: s, verification: UNVERIFIED, forbid: {}}\n"
      "  - {rule_id: xx.cool, strength: LAW, source: s, verification: CONFIRMED,\n"
      "     cool_down: {after: {directions: [OUT]}, window: {elapsed: 3h}}}\n",
      "x.yaml");
  ASSERT_OK(pack);
  const auto compiled = CompiledPack::Compile(*pack);
  PermitFacts facts;
  facts.assignment_live = facts.contact_point_usable = true;
  facts.act_allowed = facts.has_rules = false;
  facts.open_permit_expire_time = kNow + absl::Seconds(9);
  EXPECT_EQ(ReasonsAgainst(facts, kNow),
            (Reasons{Denial::REASON_ACT_NOT_ALLOWED, Denial::REASON_NO_RULES, kOpen}));
  facts.act_allowed = facts.has_rules = true;
  const absl::Time next = kNow + absl::Hours(3);
  facts.decision.refusals.push_back(
      {compiled.get(), &compiled->pack().rules(1), v1::RulePack::STRENGTH_LAW, 1, next});
  facts.clocks.add_zones("Asia/Tokyo");
  const Reasons reasons = ReasonsAgainst(facts, kNow);
  EXPECT_EQ(reasons, (Reasons{Denial::REASON_RULE, kOpen}));
  // Nobody knows of a time at which all would allow it.
  facts.retry_time_of_rules.reset();
  Denial denial = MakeDenial(reasons, facts);
  EXPECT_FALSE(denial.has_retry_time());
  EXPECT_EQ(denial.refusals(0).rule_id(), "xx.cool");
  EXPECT_EQ(denial.refusals(0).pack_version(), 7);
  EXPECT_EQ(denial.refusals(0).at_most(), 0);
  EXPECT_EQ(denial.refusals(0).counted(), 1);
  EXPECT_EQ(denial.refusals(0).window().elapsed().seconds(), 3 * 3600);
  EXPECT_EQ(denial.refusals(0).allowed_time().seconds(), absl::ToUnixSeconds(next));
  EXPECT_EQ(denial.clocks().zones(0), "Asia/Tokyo");
  // Of an assignment that is not the vendor's own, rules say nothing either (I7).
  facts.assignment_live = false;
  denial = MakeDenial(ReasonsAgainst(facts, kNow), facts);
  EXPECT_EQ(denial.refusals_size(), 0);
  EXPECT_FALSE(denial.has_clocks());
  facts.assignment_live = true;
  facts.retry_time_of_rules = next;
  denial = MakeDenial(reasons, facts);
  EXPECT_EQ(denial.retry_time().seconds(), absl::ToUnixSeconds(next));
  // What else lasts longer decides.
  facts.open_permit_expire_time = next + absl::Seconds(1);
  denial = MakeDenial(reasons, facts);
  EXPECT_EQ(denial.retry_time().seconds(), absl::ToUnixSeconds(next) + 1);
}

TEST(ReasonsAgainstTest, ASubContractorThatIsNotRegisteredComesBehindTheVendorsOwnTerms) {
  PermitFacts facts;
  facts.assignment_live = facts.contact_point_usable = true;
  facts.sub_contractor_allowed = false;
  facts.budget_spent_until = kNow + absl::Hours(1);
  const Reasons reasons = ReasonsAgainst(facts, kNow);
  EXPECT_EQ(reasons, (Reasons{Denial::REASON_SUB_CONTRACTOR, kBudget}));
  // No time makes it one that is.
  EXPECT_FALSE(MakeDenial(reasons, facts).has_retry_time());
  EXPECT_FALSE(MakeDenial(reasons, facts).explanation().empty());
  facts.act_allowed = facts.has_rules = false;
  EXPECT_EQ(ReasonsAgainst(facts, kNow),
            (Reasons{Denial::REASON_ACT_NOT_ALLOWED, Denial::REASON_SUB_CONTRACTOR,
                     Denial::REASON_NO_RULES, kBudget}));
}

TEST(ReasonsAgainstTest, ASpentBudgetComesLastAndPassesWithTime) {
  PermitFacts facts;
  facts.assignment_live = facts.contact_point_usable = true;
  facts.budget_spent_until = kNow;
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{});
  facts.budget_spent_until = kNow + absl::Hours(1);
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{kBudget});
  EXPECT_EQ(MakeDenial({kBudget}, facts).retry_time().seconds(),
            absl::ToUnixSeconds(kNow + absl::Hours(1)));
  facts.open_permit_expire_time = kNow + absl::Hours(2);
  EXPECT_EQ(ReasonsAgainst(facts, kNow), (Reasons{kOpen, kBudget}));
  EXPECT_EQ(MakeDenial({kOpen, kBudget}, facts).retry_time().seconds(),
            absl::ToUnixSeconds(kNow + absl::Hours(2)));
  facts.stopped_until = absl::InfiniteFuture();
  EXPECT_FALSE(MakeDenial({kStopped, kOpen, kBudget}, facts).has_retry_time());
}

TEST(ReasonsAgainstTest, DefaultsSayNo) {
  EXPECT_EQ(ReasonsAgainst(PermitFacts(), kNow), Reasons{kNotAssigned});
}

TEST(ReasonsAgainstTest, LimitsOfTime) {
  PermitFacts facts;
  facts.assignment_live = facts.contact_point_usable = true;
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{});
  facts.expire_time = kNow;  // void from here on
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{kExpired});
  facts.expire_time = kNow + absl::Microseconds(1);
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{});
  facts.open_permit_expire_time = kNow;
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{});
  facts.open_permit_expire_time = kNow + absl::Microseconds(1);
  EXPECT_EQ(ReasonsAgainst(facts, kNow), Reasons{kOpen});
}

TEST(MakeDenialTest, NamesTheFirstReasonAndAll) {
  PermitFacts facts;
  facts.stopped_until = absl::InfiniteFuture();
  const Denial denial = MakeDenial({kStopped, kOpen}, facts);
  EXPECT_EQ(denial.reason(), kStopped);
  ASSERT_EQ(denial.all_reasons_size(), 2);
  EXPECT_EQ(denial.all_reasons(1), kOpen);
  EXPECT_FALSE(denial.explanation().empty());
}

TEST(MakeDenialTest, RetryTimeOnlyWhenWaitingAloneHelps) {
  using google::protobuf::util::TimeUtil;
  PermitFacts facts;
  facts.open_permit_expire_time = kNow + absl::Seconds(90);
  const auto stopped_until = [&facts](absl::Time until) {
    PermitFacts held = facts;
    held.stopped_until = until;
    return TimeUtil::TimestampToSeconds(MakeDenial({kStopped, kOpen}, held).retry_time());
  };
  const Denial waits = MakeDenial({kOpen}, facts);
  EXPECT_EQ(TimeUtil::TimestampToSeconds(waits.retry_time()), absl::ToUnixSeconds(kNow) + 90);
  facts.stopped_until = absl::InfiniteFuture();
  EXPECT_FALSE(MakeDenial({kStopped, kOpen}, facts).has_retry_time());
  // A stop that ends by itself is waited for.
  EXPECT_EQ(stopped_until(kNow + absl::Hours(2)), absl::ToUnixSeconds(kNow) + 7'200);
  for (const auto reason : {kNotAssigned, kExpired, kStopped, kNoPoint}) {
    const Denial denial = MakeDenial({reason}, facts);
    EXPECT_FALSE(denial.has_retry_time());
    EXPECT_FALSE(denial.explanation().empty());
  }
}

TEST(MakeDenialDeathTest, NeedsAReason) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(MakeDenial({}, PermitFacts()), "assertion failed");
}

}  // namespace
}  // namespace switchboard::rules
