#include "hub/rules/longest_window.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/pack_needs.h"

namespace switchboard::rules {
namespace {

v1::RulePack PackWith(const std::string& rule) {
  const auto pack = ParseRulePack(
      absl::StrCat("pack_id: xx\nversion: 1\ntitle: t\ncountry: JP\nhome_zone: Asia/Tokyo\n"
                   "rules:\n  - {rule_id: xx.one, strength: LAW, source: s, "
                   "verification: CONFIRMED, ",
                   rule, "}\n"),
      "x.yaml");
  EXPECT_TRUE(pack.ok()) << pack.status();
  return pack.ok() ? *pack : v1::RulePack();
}

TEST(LongestWindowTest, WindowsAreFoundWhereverTheyStand) {
  const absl::Duration day = absl::Hours(24);
  const struct {
    const char* rule;
    absl::Duration longest;
  } rows[] = {
      {"forbid: {}", absl::ZeroDuration()},
      {"count: {at_most: 1, window: {elapsed: 36h}, contacts: {directions: [OUT]}}",
       absl::Hours(36)},
      // A calendar day is up to a day longer than the clock says.
      {"count: {at_most: 1, window: {days: 7}, contacts: {directions: [OUT]}}", 8 * day},
      {"cool_down: {after: {directions: [OUT]}, window: {for_ever: true}}", 3650 * day},
      {"forbid: {when: [{contact: {contacts: {directions: [OUT]}, window: {days: 2}}}]}", 3 * day},
      {"count: {at_most: 1, window: {days: 1}, contacts: {directions: [OUT]}}, "
       "unless: [{contact: {contacts: {directions: [OUT]}, window: {days: 9}}}]",
       10 * day},
      {"only_if: {any_of: [{answer: {same_day: true}}]}", 3650 * day},
      {"only_if: {any_of: [{consent: {what: CALL}}]}", 3650 * day},
      {"forbid: {when: [{only_wrong_points: {directions: [OUT]}}]}", 3650 * day},
      {"only_if: {any_of: [{failed_attempts: {attempts: {directions: [OUT]}, failures: "
       "{directions: [OUT]}, at_least: 2}}]}",
       3650 * day},
  };
  for (const auto& row : rows)
    EXPECT_EQ(LongestWindow(PackWith(row.rule)), row.longest) << row.rule;
}

// A request looks back only as far as rules that speak of it do.
TEST(LongestWindowTest, OfARequestRulesThatSpeakOfItCount) {
  const absl::Duration day = absl::Hours(24);
  const absl::Duration all = absl::InfiniteDuration();
  const struct {
    const char* rule;
    absl::Duration call, answer, call_with_consent;
  } rows[] = {
      {"forbid: {}", {}, {}, {}},
      {"count: {at_most: 1, window: {days: 7}, contacts: {directions: [OUT]}}", 8 * day, 8 * day,
       8 * day},
      {"cool_down: {after: {directions: [OUT]}, window: {for_ever: true}}", all, all, all},
      {"asks: [{channels: [EMAIL]}], count: {at_most: 1, window: {days: 7}, contacts: {directions: "
       "[IN]}}",
       {},
       {},
       {}},
      {"asks: [{channels: [PHONE]}], count: {at_most: 1, window: {elapsed: 3h}, contacts: "
       "{directions: [IN]}}",
       absl::Hours(3), absl::Hours(3), absl::Hours(3)},
      // The condition that asks for something else never holds.
      {"forbid: {when: [{ask: {channels: [SMS]}, contact: {contacts: {directions: [IN]}, window: "
       "{days: 2}}}]}",
       {},
       {},
       {}},
      {"forbid: {when: [{ask: {channels: [PHONE]}, contact: {contacts: {directions: [IN]}, window: "
       "{days: 2}}}]}",
       3 * day, 3 * day, 3 * day},
      // What is no answer does not ask what it answers.
      {"only_if: {any_of: [{answer: {same_day: true}}]}", {}, 2 * day, {}},
      {"forbid: {}, unless: [{answer: {first: true}}]", {}, all, {}},
      {"count: {at_most: 1, window: {days: 1}, contacts: {without_answers: {same_day: true}}}",
       4 * day, 4 * day, 4 * day},
      {"count: {at_most: 1, window: {days: 1}, contacts: {without_answers: {first: true}}}", all,
       all, all},
      {"only_if: {any_of: [{consent: {what: CALL}}]}", {}, {}, {}},
      {"only_if: {any_of: [{consent: {what: CALL, until_next: {directions: [OUT]}}}]}",
       {},
       {},
       all},
      {"forbid: {when: [{only_wrong_points: {directions: [OUT]}}]}", all, all, all},
      {"only_if: {any_of: [{failed_attempts: {attempts: {directions: [OUT]}, failures: "
       "{directions: [OUT]}, at_least: 2}}]}",
       all, all, all},
  };
  for (const auto& row : rows) {
    const v1::RulePack pack = PackWith(row.rule);
    Facts facts;
    facts.request.channel = v1::CHANNEL_PHONE;
    facts.request.act = v1::ACT_REMIND;
    EXPECT_EQ(LongestWindowFor(pack, facts), row.call) << row.rule;
    facts.request.act = v1::ACT_RETURN_CALL;
    EXPECT_EQ(LongestWindowFor(pack, facts), row.answer) << row.rule;
    facts.request.act = v1::ACT_REMIND;
    facts.consents.emplace_back();
    EXPECT_EQ(LongestWindowFor(pack, facts), row.call_with_consent) << row.rule;
  }
}

TEST(PackNeedsTest, WhatFewRulesAskForIsFoundWhereverItStands) {
  const struct {
    const char* rule;
    bool products, wrong_points, shared_points;
  } rows[] = {
      {"forbid: {}", false, false, false},
      {"asks: [{products: [LOAN]}], forbid: {}", true, false, false},
      {"forbid: {when: [{ask: {products: [LOAN]}}]}", true, false, false},
      {"cool_down: {after: {without_wrong_points: true}, window: {days: 1}}", false, true, false},
      {"only_if: {any_of: [{only_wrong_points: {directions: [OUT]}}]}", false, true, false},
      {"cool_down: {after: {same: [CONTACT_POINT]}, window: {days: 1}}", false, false, true},
      {"cool_down: {after: {same: [CONTACT_POINT, COLLECTOR]}, window: {days: 1}}", false, false,
       true},
      // Of one party, or one account, nobody else's contacts count.
      {"cool_down: {after: {same: [CONTACT_POINT, PARTY]}, window: {days: 1}}", false, false,
       false},
      {"cool_down: {after: {same: [ACCOUNT, CONTACT_POINT]}, window: {days: 1}}", false, false,
       false},
  };
  for (const auto& row : rows) {
    const PackNeeds needs = NeedsOf(PackWith(row.rule));
    EXPECT_EQ(needs.products, row.products) << row.rule;
    EXPECT_EQ(needs.wrong_points, row.wrong_points) << row.rule;
    EXPECT_EQ(needs.shared_points, row.shared_points) << row.rule;
  }
}

}  // namespace
}  // namespace switchboard::rules
