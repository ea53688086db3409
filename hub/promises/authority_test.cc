#include "hub/promises/authority.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"

namespace switchboard::promises {
namespace {

using Plan = v1::PaymentPlan;

v1::Money Yen(int64_t minor_units) {
  v1::Money money;
  money.set_currency_code("JPY");
  money.set_minor_units(minor_units);
  return money;
}

// 30,000 in three months, the first tenth at once.
v1::Outcome::Promise Good() {
  v1::Outcome::Promise promise;
  *promise.mutable_amount() = Yen(30'000);
  promise.mutable_plan()->set_agent_level("agent");
  const int64_t amounts[] = {3'000, 13'500, 13'500};
  for (int i = 0; i < 3; ++i) {
    Plan::Instalment& one = *promise.mutable_plan()->add_instalments();
    *one.mutable_amount() = Yen(amounts[i]);
    *one.mutable_due_date() = DateOf(absl::CivilDay(2026, 9 + i, 30));
  }
  *promise.mutable_due_date() = DateOf(absl::CivilDay(2026, 11, 30));
  return promise;
}

v1::Contract::PlanTerms Terms() {
  v1::Contract::PlanTerms terms;
  terms.set_proof_store("https://proofs.example/");
  v1::Contract::Authority& agent = *terms.add_authorities();
  agent.set_level("agent");
  agent.set_months_max(3);
  agent.set_least_down_percent(10);
  agent.add_waivers(Plan::Waiver::KIND_LATE_FEES);
  agent.set_waiver_percent_max(10);
  v1::Contract::Authority& lead = *terms.add_authorities();
  lead.set_level("lead");
  lead.set_months_max(12);
  lead.set_least_proofs(1);
  v1::Contract::Authority& fee_lead = *terms.add_authorities();
  fee_lead.set_level("fee-lead");
  fee_lead.set_months_max(12);
  fee_lead.add_waivers(Plan::Waiver::KIND_LATE_FEES);
  fee_lead.add_waivers(Plan::Waiver::KIND_INTEREST);
  fee_lead.set_waiver_percent_max(100);
  return terms;
}

void Waive(v1::Outcome::Promise& promise, Plan::Waiver::Kind kind, int64_t amount) {
  Plan::Waiver& waiver = *promise.mutable_plan()->add_waivers();
  waiver.set_kind(kind);
  *waiver.mutable_amount() = Yen(amount);
}

void MoveLast(v1::Outcome::Promise& promise, absl::CivilDay day) {
  *promise.mutable_plan()->mutable_instalments(2)->mutable_due_date() = DateOf(day);
  *promise.mutable_due_date() = DateOf(day);
}

std::string Spelt(const std::vector<Plan::Beyond>& beyond) {
  return absl::StrJoin(beyond, " ", [](std::string* out, Plan::Beyond one) {
    *out += Plan::Beyond_Name(one).substr(sizeof("BEYOND_") - 1);
  });
}

// How many days after the contact the first part may be due.
constexpr int kAhead = 60;

// Noon of the 31st of August.
absl::Time Contact() {
  return absl::FromCivil(absl::CivilHour(2026, 8, 31, 12), absl::UTCTimeZone());
}

TEST(AuthorityTest, BothSidesOfEachBoundary) {
  const struct {
    const char* what;
    std::function<void(v1::Outcome::Promise&)> change;
    int64_t owed;
    const char* expected;
  } rows[] = {
      {"within", [](auto&) {}, 30'000, ""},
      {"a level that the contract does not know",
       [](auto& p) { p.mutable_plan()->set_agent_level("boss"); }, 30'000, "LEVEL"},
      {"no level", [](auto& p) { p.mutable_plan()->clear_agent_level(); }, 30'000, "LEVEL"},
      {"three months after the 31st of August is the last of November",
       [](auto& p) { MoveLast(p, absl::CivilDay(2026, 11, 30)); }, 30'000, ""},
      {"a day later is beyond", [](auto& p) { MoveLast(p, absl::CivilDay(2026, 12, 1)); }, 30'000,
       "MONTHS"},
      {"a unit less at first",
       [](auto& p) { *p.mutable_plan()->mutable_instalments(0)->mutable_amount() = Yen(2'999); },
       30'000, "DOWN_PAYMENT"},
      {"a unit less than is due", [](auto&) {}, 30'001, "SETTLEMENT"},
      {"which a waiver explains", [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 1); },
       30'001, ""},
      {"but not enough", [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 1); }, 30'002,
       "SETTLEMENT"},
      {"a waiver that is not listed", [](auto& p) { Waive(p, Plan::Waiver::KIND_INTEREST, 1); },
       30'000, "WAIVER"},
      {"and explains nothing", [](auto& p) { Waive(p, Plan::Waiver::KIND_INTEREST, 1); }, 30'001,
       "WAIVER SETTLEMENT"},
      {"what was lent", [](auto& p) { Waive(p, Plan::Waiver::KIND_PRINCIPAL, 1); }, 30'000,
       "WAIVER"},
      {"as much as the ceiling: a tenth of what is due",
       [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 3'333); }, 33'333, ""},
      {"a unit more, which explains nothing",
       [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 3'334); }, 33'333, "WAIVER SETTLEMENT"},
      {"a unit more beside all that is due",
       [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 3'001); }, 30'000, "WAIVER"},
      {"nothing but fees", [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 970'000); },
       1'000'000, "WAIVER SETTLEMENT"},
      {"what is not listed is under the ceiling too",
       [](auto& p) {
         Waive(p, Plan::Waiver::KIND_LATE_FEES, 1);
         Waive(p, Plan::Waiver::KIND_PRINCIPAL, 3'000);
       },
       30'001, "WAIVER SETTLEMENT"},
      {"two kinds up to their ceiling",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("fee-lead");
         Waive(p, Plan::Waiver::KIND_LATE_FEES, 20'000);
         Waive(p, Plan::Waiver::KIND_INTEREST, 30'000);
       },
       50'000, ""},
      {"and a unit more",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("fee-lead");
         Waive(p, Plan::Waiver::KIND_LATE_FEES, 20'000);
         Waive(p, Plan::Waiver::KIND_INTEREST, 30'001);
       },
       50'000, "WAIVER SETTLEMENT"},
      {"the largest amounts",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("fee-lead");
         Waive(p, Plan::Waiver::KIND_LATE_FEES, kMinorUnitsMax);
       },
       kMinorUnitsMax, ""},
      {"and twice of them",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("fee-lead");
         Waive(p, Plan::Waiver::KIND_LATE_FEES, kMinorUnitsMax);
         Waive(p, Plan::Waiver::KIND_INTEREST, kMinorUnitsMax);
       },
       kMinorUnitsMax, "WAIVER SETTLEMENT"},
      {"nothing is due, and something given up",
       [](auto& p) { Waive(p, Plan::Waiver::KIND_LATE_FEES, 1); }, 0, "WAIVER"},
      {"a level that wants a proof", [](auto& p) { p.mutable_plan()->set_agent_level("lead"); },
       30'000, "PROOFS"},
      {"and has it",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("lead");
         p.mutable_plan()->add_proofs()->set_address("https://proofs.example/1");
       },
       30'000, ""},
      {"which lies elsewhere",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("lead");
         p.mutable_plan()->add_proofs()->set_address("https://elsewhere.example/1");
       },
       30'000, "PROOFS"},
      {"which leads out of the store",
       [](auto& p) {
         p.mutable_plan()->set_agent_level("lead");
         p.mutable_plan()->add_proofs()->set_address("https://proofs.example/../elsewhere/1");
       },
       30'000, "PROOFS"},
      {"on the day of the contact",
       [](auto& p) {
         *p.mutable_plan()->mutable_instalments(0)->mutable_due_date() =
             DateOf(absl::CivilDay(2026, 8, 31));
       },
       30'000, ""},
      {"the day before",
       [](auto& p) {
         *p.mutable_plan()->mutable_instalments(0)->mutable_due_date() =
             DateOf(absl::CivilDay(2026, 8, 30));
       },
       30'000, "PAST"},
  };
  for (const auto& row : rows) {
    v1::Outcome::Promise promise = Good();
    row.change(promise);
    const v1::Contract::PlanTerms terms = Terms();
    const v1::Money owed = Yen(row.owed);
    const std::vector<absl::TimeZone> utc = {absl::UTCTimeZone()};
    EXPECT_EQ(Spelt(BeyondAuthority(promise, Contact(), &terms, kAhead, &owed, utc)), row.expected)
        << row.what;
  }
}

TEST(AuthorityTest, WhatIsNotKnownWaitsForHeadOffice) {
  const v1::Outcome::Promise promise = Good();
  const v1::Contract::PlanTerms terms = Terms();
  const v1::Money owed = Yen(30'000);
  v1::Money dollars = owed;
  dollars.set_currency_code("USD");
  const std::vector<absl::TimeZone> utc = {absl::UTCTimeZone()};
  EXPECT_EQ(Spelt(BeyondAuthority(promise, Contact(), nullptr, kAhead, &owed, utc)), "LEVEL");
  for (const v1::Money* unknown : {static_cast<const v1::Money*>(nullptr), &std::as_const(dollars)})
    EXPECT_EQ(Spelt(BeyondAuthority(promise, Contact(), &terms, kAhead, unknown, utc)),
              "DUE_UNKNOWN");
  // A share of what is not known is none.
  v1::Outcome::Promise waives = Good();
  Waive(waives, Plan::Waiver::KIND_LATE_FEES, 1);
  EXPECT_EQ(Spelt(BeyondAuthority(waives, Contact(), nullptr, kAhead, &owed, utc)), "LEVEL");
  for (const v1::Money* unknown : {static_cast<const v1::Money*>(nullptr), &std::as_const(dollars)})
    EXPECT_EQ(Spelt(BeyondAuthority(waives, Contact(), &terms, kAhead, unknown, utc)),
              "WAIVER DUE_UNKNOWN");
}

// A promise in one part, or one whose first part is late, is no way around the terms of promises.
TEST(AuthorityTest, TheFirstPartIsDueNoLaterThanAPromise) {
  const v1::Contract::PlanTerms terms = Terms();
  const v1::Money owed = Yen(30'000);
  const absl::TimeZone tokyo = absl::FixedTimeZone(9 * 60 * 60);
  v1::Outcome::Promise one = Good();
  one.mutable_plan()->set_agent_level("fee-lead");
  one.mutable_plan()->mutable_instalments()->DeleteSubrange(1, 2);
  *one.mutable_plan()->mutable_instalments(0)->mutable_amount() = Yen(30'000);
  const auto due = [&](absl::CivilDay day) {
    *one.mutable_plan()->mutable_instalments(0)->mutable_due_date() = DateOf(day);
    *one.mutable_due_date() = DateOf(day);
    return one;
  };
  const auto beyond = [&](const v1::Outcome::Promise& promise, int ahead,
                          const std::vector<absl::TimeZone>& zones = {absl::UTCTimeZone()}) {
    const absl::Time evening = Contact() + absl::Hours(8);
    return Spelt(BeyondAuthority(promise, evening, &terms, ahead, &owed, zones));
  };
  EXPECT_EQ(beyond(due(absl::CivilDay(2027, 7, 31)), 30), "MONTHS");
  EXPECT_EQ(beyond(due(absl::CivilDay(2026, 9, 30)), 30), "");
  EXPECT_EQ(beyond(due(absl::CivilDay(2026, 10, 1)), 30), "MONTHS");
  EXPECT_EQ(beyond(one, 30, {absl::UTCTimeZone(), tokyo}), "");
  // The later parts have the months of the level.
  EXPECT_EQ(beyond(Good(), 30), "");
  EXPECT_EQ(beyond(Good(), 29), "MONTHS");
  // Once, however many of both it is beyond.
  EXPECT_EQ(beyond(due(absl::CivilDay(2028, 9, 1)), 30), "MONTHS");
}

TEST(AuthorityTest, WithoutAStoreAProofMayLieAnywhere) {
  v1::Outcome::Promise promise = Good();
  promise.mutable_plan()->set_agent_level("lead");
  promise.mutable_plan()->add_proofs()->set_address("https://elsewhere.example/1");
  v1::Contract::PlanTerms terms = Terms();
  terms.clear_proof_store();
  const v1::Money owed = Yen(30'000);
  const std::vector<absl::TimeZone> utc = {absl::UTCTimeZone()};
  EXPECT_EQ(Spelt(BeyondAuthority(promise, Contact(), &terms, kAhead, &owed, utc)), "");
}

// The 1st of September in Tokyo is the 31st of August still in London.
TEST(AuthorityTest, ADayThatIsRightInOneZoneIsRight) {
  v1::Outcome::Promise promise = Good();
  *promise.mutable_plan()->mutable_instalments(0)->mutable_due_date() =
      DateOf(absl::CivilDay(2026, 8, 31));
  const v1::Contract::PlanTerms terms = Terms();
  const v1::Money owed = Yen(30'000);
  const absl::TimeZone tokyo = absl::FixedTimeZone(9 * 60 * 60);
  const absl::Time evening = Contact() + absl::Hours(8);
  EXPECT_EQ(Spelt(BeyondAuthority(promise, evening, &terms, kAhead, &owed, {tokyo})), "PAST");
  const std::vector<absl::TimeZone> both = {tokyo, absl::UTCTimeZone()};
  EXPECT_EQ(Spelt(BeyondAuthority(promise, evening, &terms, kAhead, &owed, both)), "");
}

}  // namespace
}  // namespace switchboard::promises
