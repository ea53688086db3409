#include "hub/promises/policy.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_join.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::promises {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) << problem;
  return time;
}

std::vector<absl::TimeZone> Zones(const std::vector<std::string>& names) {
  std::vector<absl::TimeZone> zones;
  for (const std::string& name : names) zones.push_back(rules::FindZone(name).value());
  return zones;
}

v1::Outcome::Promise Promise(int64_t amount, int month, int day) {
  v1::Outcome::Promise promise;
  promise.mutable_amount()->set_currency_code("JPY");
  promise.mutable_amount()->set_minor_units(amount);
  promise.mutable_due_date()->set_year(2026);
  promise.mutable_due_date()->set_month(month);
  promise.mutable_due_date()->set_day(day);
  return promise;
}

v1::Money Owed(int64_t amount, const std::string& currency_code = "JPY") {
  v1::Money money;
  money.set_currency_code(currency_code);
  money.set_minor_units(amount);
  return money;
}

v1::Contract::PromiseTerms Terms(int days_ahead_max, int least_percent) {
  v1::Contract::PromiseTerms terms;
  terms.set_days_ahead_max(days_ahead_max);
  terms.set_least_percent(least_percent);
  return terms;
}

// 15:30 UTC on the 10th is 00:30 on the 11th in Tokyo.
TEST(PolicyTest, WhatTheContractAllowsEndsOnThePersonsOwnDays) {
  const auto tokyo = Zones({"Asia/Tokyo"});
  const absl::Time take = At("2026-06-10T15:30:00Z");
  const v1::Money owed = Owed(999);
  const struct {
    const char* what;
    v1::Outcome::Promise promise;
    v1::Contract::PromiseTerms terms;
    const v1::Money* owed;
    bool within;
  } rows[] = {
      {"today", Promise(500, 6, 11), Terms(7, 0), &owed, true},
      {"yesterday", Promise(500, 6, 10), Terms(7, 0), &owed, false},
      {"the last day", Promise(500, 6, 18), Terms(7, 0), &owed, true},
      {"a day too late", Promise(500, 6, 19), Terms(7, 0), &owed, false},
      {"none ahead", Promise(500, 6, 11), Terms(0, 0), &owed, true},
      {"without terms", Promise(500, 12, 31), {}, &owed, true},
      {"half of what is due, and a unit less", Promise(499, 6, 11), Terms(7, 50), &owed, false},
      {"half of what is due", Promise(500, 6, 11), Terms(7, 50), &owed, true},
      {"all of it", Promise(999, 6, 11), Terms(7, 100), &owed, true},
      {"what is due is not known", Promise(1, 6, 11), Terms(7, 100), nullptr, true},
  };
  for (const auto& row : rows)
    EXPECT_EQ(WithinTerms(row.promise, take, row.terms, row.owed, tokyo), row.within) << row.what;
}

// Where several zones may be theirs, one in which it is kept is enough.
TEST(PolicyTest, OneOfTheZonesIsEnough) {
  const auto both = Zones({"Asia/Tokyo", "America/New_York"});
  const absl::Time take = At("2026-06-10T15:30:00Z");
  EXPECT_TRUE(WithinTerms(Promise(1, 6, 10), take, Terms(0, 0), nullptr, both));
  EXPECT_TRUE(WithinTerms(Promise(1, 6, 11), take, Terms(0, 0), nullptr, both));
  EXPECT_FALSE(WithinTerms(Promise(1, 6, 9), take, Terms(7, 0), nullptr, both));
}

TEST(PolicyTest, ARecordGoesOnToBeJudgedAsItWasFirst) {
  v1::Config::PromisePolicy policy;
  policy.set_grace_days(2);
  auto& tolerance = *policy.add_tolerances();
  tolerance.set_currency_code("JPY");
  tolerance.set_minor_units(10);
  const auto first = RecordOf(Promise(500, 6, 11), policy, Zones({"Asia/Tokyo"}), nullptr);
  EXPECT_EQ(first.grace_days(), 2);
  EXPECT_EQ(first.tolerance_minor_units(), 10);
  EXPECT_EQ(first.reminder_days(), kReminderDays);
  EXPECT_EQ(first.zones(0), "Asia/Tokyo");

  policy.set_grace_days(9);
  policy.set_reminder_days(0);
  const auto corrected = RecordOf(Promise(700, 6, 12), policy, Zones({"America/New_York"}), &first);
  EXPECT_EQ(corrected.promise().amount().minor_units(), 700);
  EXPECT_EQ(corrected.grace_days(), 2);
  EXPECT_EQ(corrected.reminder_days(), kReminderDays);
  EXPECT_EQ(corrected.zones(0), "Asia/Tokyo");

  const auto other = RecordOf(Promise(500, 6, 11), policy, Zones({"Asia/Tokyo"}), nullptr);
  EXPECT_EQ(other.grace_days(), 9);
  EXPECT_EQ(other.reminder_days(), 0);
}

// Two parts.
v1::Outcome::Promise Plan(int64_t first, int64_t second) {
  v1::Outcome::Promise plan = Promise(first + second, 6, 12);
  for (const auto& part : {Promise(first, 6, 11), Promise(second, 6, 12)}) {
    v1::PaymentPlan::Instalment& instalment = *plan.mutable_plan()->add_instalments();
    *instalment.mutable_due_date() = part.due_date();
    *instalment.mutable_amount() = part.amount();
  }
  return plan;
}

// Whatever else is said of a plan, its break is acted on once, as long as its parts are the same.
TEST(PolicyTest, ABreakIsActedOnOnceForTheSameInstalments) {
  const v1::Config::PromisePolicy policy;
  const auto tokyo = Zones({"Asia/Tokyo"});
  v1::PromiseRecord broken = RecordOf(Plan(300, 200), policy, tokyo, nullptr);
  EXPECT_FALSE(broken.acted_on_break());
  broken.set_acted_on_break(true);
  v1::Outcome::Promise same = Plan(300, 200);
  EXPECT_TRUE(RecordOf(same, policy, tokyo, &broken).acted_on_break());
  same.set_script_id("another");
  EXPECT_TRUE(RecordOf(same, policy, tokyo, &broken).acted_on_break());
  same.mutable_plan()->add_proofs()->set_address("https://proofs.example/1");
  EXPECT_TRUE(RecordOf(same, policy, tokyo, &broken).acted_on_break());
  EXPECT_FALSE(RecordOf(Plan(200, 300), policy, tokyo, &broken).acted_on_break());
  EXPECT_FALSE(RecordOf(Promise(500, 6, 12), policy, tokyo, &broken).acted_on_break());
  // Head office had agreed to other ones: those are what was broken.
  *broken.mutable_agreed() = Plan(100, 400);
  EXPECT_FALSE(RecordOf(same, policy, tokyo, &broken).acted_on_break());
  EXPECT_TRUE(RecordOf(Plan(100, 400), policy, tokyo, &broken).acted_on_break());
}

TEST(PolicyTest, ItIsRemindedOfOnTheDaysBeforeItsDayInEveryZone) {
  v1::Config::PromisePolicy policy;
  policy.set_reminder_days(2);
  const auto tokyo =
      RemindingOf(RecordOf(Promise(1, 6, 11), policy, Zones({"Asia/Tokyo"}), nullptr));
  EXPECT_EQ(tokyo.from, At("2026-06-09T00:00:00+09:00"));
  EXPECT_EQ(tokyo.until, At("2026-06-11T00:00:00+09:00"));
  const auto both = RemindingOf(RecordOf(
      Promise(1, 6, 11), policy, Zones({"America/New_York", "America/Los_Angeles"}), nullptr));
  EXPECT_EQ(both.from, At("2026-06-09T00:00:00-07:00"));
  EXPECT_EQ(both.until, At("2026-06-11T00:00:00-04:00"));
  policy.set_reminder_days(0);
  const auto never =
      RemindingOf(RecordOf(Promise(1, 6, 11), policy, Zones({"Asia/Tokyo"}), nullptr));
  EXPECT_GE(never.from, never.until);
}

}  // namespace
}  // namespace switchboard::promises
