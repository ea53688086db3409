// Payment plans that are none, and those that come together with something else.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using testing::AddProof;
using testing::AddWaiver;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::MakeOutcome;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using testing::Yen;
using Plan = v1::PaymentPlan;
using Promise = v1::Outcome::Promise;

class HubPlanInputTest : public PlanTest {
 protected:
  // A plan of four weeks' parts, as a schedule says it.
  v1::Outcome Scheduled(const std::string& outcome_id) {
    v1::Outcome outcome = Promised(outcome_id, id_, 12'000, 0, Now());
    outcome.mutable_promise()->clear_due_date();
    Plan& plan = *outcome.mutable_promise()->mutable_plan();
    plan.set_agent_level("agent");
    *plan.mutable_schedule()->mutable_first_date() = DateOf(absl::CivilDay(2026, 12, 1));
    plan.mutable_schedule()->set_interval(Plan::INTERVAL_WEEK);
    plan.mutable_schedule()->set_count(4);
    return outcome;
  }
};

struct Bad {
  const char* what;
  void (*edit)(Promise& promise);
  const char* field;  // of the promise
};

v1::Date Day(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

Plan::Instalment& PartOf(Promise& promise, int place) {
  return *promise.mutable_plan()->mutable_instalments(place);
}

Plan::Document& ProofOf(Promise& promise) {
  AddProof(*promise.mutable_plan(), "https://proofs.example/1");
  return *promise.mutable_plan()->mutable_proofs(0);
}

Plan::Schedule& ScheduleOf(Promise& promise) { return *promise.mutable_plan()->mutable_schedule(); }

// Of three parts of 4,000, due on the 1st, 3rd and 5th of December.
const Bad kBadInstalments[] = {
    {"less than is promised", [](Promise& p) { PartOf(p, 2).mutable_amount()->set_minor_units(1); },
     "plan.instalments"},
    {"more than is promised", [](Promise& p) { p.mutable_amount()->set_minor_units(11'999); },
     "plan.instalments"},
    {"neither of both", [](Promise& p) { p.mutable_plan()->clear_instalments(); },
     "plan.instalments"},
    {"no such date", [](Promise& p) { *PartOf(p, 1).mutable_due_date() = Day(2027, 2, 31); },
     "plan.instalments[1].due_date.day"},
    {"no date", [](Promise& p) { PartOf(p, 0).clear_due_date(); },
     "plan.instalments[0].due_date.year"},
    {"a day twice", [](Promise& p) { *PartOf(p, 1).mutable_due_date() = PartOf(p, 0).due_date(); },
     "plan.instalments[1].due_date"},
    {"a day before the one before",
     [](Promise& p) { *PartOf(p, 1).mutable_due_date() = Day(2026, 11, 30); },
     "plan.instalments[1].due_date"},
    {"the last one is not the last day",
     [](Promise& p) { *p.mutable_due_date() = Day(2026, 12, 6); }, "due_date"},
    {"no last day", [](Promise& p) { p.clear_due_date(); }, "due_date.year"},
    {"beyond what any contract can allow",
     [](Promise& p) {
       *PartOf(p, 2).mutable_due_date() = Day(2200, 1, 1);
       *p.mutable_due_date() = Day(2200, 1, 1);
     },
     "plan.instalments[2].due_date"},
    {"a part of nothing",
     [](Promise& p) {
       PartOf(p, 1).mutable_amount()->set_minor_units(8'000);
       PartOf(p, 2).mutable_amount()->set_minor_units(0);
     },
     "plan.instalments[2].amount.minor_units"},
    {"a part of less than nothing",
     [](Promise& p) {
       PartOf(p, 0).mutable_amount()->set_minor_units(9'000);
       PartOf(p, 1).mutable_amount()->set_minor_units(-1'000);
     },
     "plan.instalments[1].amount.minor_units"},
    {"parts that overflow",
     [](Promise& p) {
       PartOf(p, 0).mutable_amount()->set_minor_units(INT64_MAX);
       PartOf(p, 1).mutable_amount()->set_minor_units(INT64_MAX);
     },
     "plan.instalments[0].amount.minor_units"},
    {"no amount of a part", [](Promise& p) { PartOf(p, 2).clear_amount(); },
     "plan.instalments[2].amount.currency_code"},
    {"another currency than the promise's",
     [](Promise& p) { *PartOf(p, 1).mutable_amount() = Yen(4'000, "USD"); },
     "plan.instalments[1].amount.currency_code"},
    {"another currency than the account's",
     [](Promise& p) {
       p.mutable_amount()->set_currency_code("USD");
       for (int i = 0; i < 3; ++i) PartOf(p, i).mutable_amount()->set_currency_code("USD");
     },
     "amount.currency_code"},
    {"six hundred parts",
     [](Promise& p) {
       for (int i = 3; i < 600; ++i) {
         Plan::Instalment& one = *p.mutable_plan()->add_instalments();
         *one.mutable_due_date() = DateOf(absl::CivilDay(2026, 12, 5) + i);
         *one.mutable_amount() = Yen(4'000);
         *p.mutable_due_date() = one.due_date();
       }
       p.mutable_amount()->set_minor_units(600 * 4'000);
     },
     "plan.instalments"},
    {"both of them", [](Promise& p) { ScheduleOf(p).set_count(3); }, "plan.schedule"},
    {"a level with a space", [](Promise& p) { p.mutable_plan()->set_agent_level("team lead"); },
     "plan.agent_level"},
    {"a long level", [](Promise& p) { p.mutable_plan()->set_agent_level(std::string(65, 'a')); },
     "plan.agent_level"},

    {"given up twice",
     [](Promise& p) {
       AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 1);
       AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_INTEREST, 1);
       AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 2);
     },
     "plan.waivers[2].kind"},
    {"nothing is given up",
     [](Promise& p) { AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 0); },
     "plan.waivers[0].amount.minor_units"},
    {"given up of what is not said",
     [](Promise& p) { AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_UNSPECIFIED, 1); },
     "plan.waivers[0].kind"},
    {"given up of what is not known",
     [](Promise& p) { AddWaiver(*p.mutable_plan(), static_cast<Plan::Waiver::Kind>(9), 1); },
     "plan.waivers[0].kind"},
    {"given up in another currency",
     [](Promise& p) {
       AddWaiver(*p.mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 1);
       p.mutable_plan()->mutable_waivers(0)->mutable_amount()->set_currency_code("USD");
     },
     "plan.waivers[0].amount.currency_code"},

    {"a proof nowhere", [](Promise& p) { ProofOf(p).clear_address(); }, "plan.proofs[0].address"},
    {"a proof in a long place",
     [](Promise& p) { ProofOf(p).set_address("https://a.example/" + std::string(483, 'a')); },
     "plan.proofs[0].address"},
    {"a proof at what is no address", [](Promise& p) { ProofOf(p).set_address("in the drawer"); },
     "plan.proofs[0].address"},
    {"a proof of no type", [](Promise& p) { ProofOf(p).clear_media_type(); },
     "plan.proofs[0].media_type"},
    {"a proof of half a type", [](Promise& p) { ProofOf(p).set_media_type("application/"); },
     "plan.proofs[0].media_type"},
    {"an empty proof", [](Promise& p) { ProofOf(p).set_size_bytes(0); },
     "plan.proofs[0].size_bytes"},
    {"a huge proof", [](Promise& p) { ProofOf(p).set_size_bytes((int64_t{1} << 40) + 1); },
     "plan.proofs[0].size_bytes"},
    {"a digest of another kind", [](Promise& p) { ProofOf(p).set_sha256(std::string(31, 's')); },
     "plan.proofs[0].sha256"},
    {"a proof that is kept for who knows how long",
     [](Promise& p) { ProofOf(p).clear_retention_class(); }, "plan.proofs[0].retention_class"},
    {"a class with a space", [](Promise& p) { ProofOf(p).set_retention_class("five years"); },
     "plan.proofs[0].retention_class"},
    {"a proof twice",
     [](Promise& p) {
       const std::string digest = ProofOf(p).sha256();
       AddProof(*p.mutable_plan(), "https://proofs.example/2");
       p.mutable_plan()->mutable_proofs(1)->set_sha256(digest);
     },
     "plan.proofs[1].sha256"},
    {"eleven proofs",
     [](Promise& p) {
       for (int i = 0; i < 11; ++i)
         AddProof(*p.mutable_plan(), absl::StrCat("https://proofs.example/", i));
     },
     "plan.proofs"},
};

// Of four parts, a week apart.
const Bad kBadSchedules[] = {
    {"a last day beside it", [](Promise& p) { *p.mutable_due_date() = Day(2026, 12, 22); },
     "due_date"},
    {"no part", [](Promise& p) { ScheduleOf(p).set_count(0); }, "plan.schedule.count"},
    {"fewer than none", [](Promise& p) { ScheduleOf(p).set_count(-1); }, "plan.schedule.count"},
    {"too many", [](Promise& p) { ScheduleOf(p).set_count(121); }, "plan.schedule.count"},
    {"too many with what is paid down",
     [](Promise& p) {
       ScheduleOf(p).set_count(120);
       *ScheduleOf(p).mutable_down_payment() = Yen(1);
     },
     "plan.schedule.count"},
    {"more parts than units", [](Promise& p) { p.mutable_amount()->set_minor_units(3); },
     "plan.schedule.count"},
    {"beyond what any contract can allow",
     [](Promise& p) {
       *ScheduleOf(p).mutable_first_date() = Day(2027, 2, 1);
       ScheduleOf(p).set_interval(Plan::INTERVAL_MONTH);
       ScheduleOf(p).set_count(120);
     },
     "plan.schedule.count"},
    {"no interval", [](Promise& p) { ScheduleOf(p).clear_interval(); }, "plan.schedule.interval"},
    {"an interval that is none",
     [](Promise& p) { ScheduleOf(p).set_interval(static_cast<Plan::Interval>(9)); },
     "plan.schedule.interval"},
    {"no first day", [](Promise& p) { ScheduleOf(p).clear_first_date(); },
     "plan.schedule.first_date.year"},
    {"no such day", [](Promise& p) { *ScheduleOf(p).mutable_first_date() = Day(2027, 2, 31); },
     "plan.schedule.first_date.day"},
    {"nothing down", [](Promise& p) { *ScheduleOf(p).mutable_down_payment() = Yen(0); },
     "plan.schedule.down_payment.minor_units"},
    {"all of it down", [](Promise& p) { *ScheduleOf(p).mutable_down_payment() = Yen(12'000); },
     "plan.schedule.down_payment.minor_units"},
    {"down in another currency",
     [](Promise& p) { *ScheduleOf(p).mutable_down_payment() = Yen(1, "USD"); },
     "plan.schedule.down_payment.currency_code"},
    {"a part beside it",
     [](Promise& p) { *p.mutable_plan()->add_instalments()->mutable_amount() = Yen(12'000); },
     "plan.schedule"},
};

// Each between two others in one batch, which are recorded.
TEST_F(HubPlanInputTest, WhatIsNoPlanIsRefusedByItsFieldAndNothingElseIs) {
  using Response = v1::ReportOutcomesResponse;
  std::vector<v1::Outcome> batch;
  std::vector<const Bad*> rows;
  const auto add = [&](const Bad& row, v1::Outcome outcome) {
    row.edit(*outcome.mutable_promise());
    batch.push_back(std::move(outcome));
    batch.push_back(MakeOutcome(absl::StrCat("good-", rows.size()), id_));
    rows.push_back(&row);
  };
  for (const Bad& row : kBadInstalments)
    add(row, Planned(absl::StrCat("bad-", rows.size()), id_, kThreeParts, Now()));
  for (const Bad& row : kBadSchedules) add(row, Scheduled(absl::StrCat("bad-", rows.size())));
  batch.push_back(Planned("plan", id_, kThreeParts, Now()));
  const auto response = world_.Report("sakura", batch);
  ASSERT_OK(response);
  ASSERT_EQ(response->receipts_size(), static_cast<int>(batch.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& refused = response->receipts(static_cast<int>(2 * i));
    EXPECT_EQ(refused.status(), Response::STATUS_INVALID) << rows[i]->what;
    EXPECT_EQ(refused.field(), absl::StrCat("promise.", rows[i]->field)) << rows[i]->what;
    EXPECT_EQ(response->receipts(static_cast<int>(2 * i + 1)).status(), Response::STATUS_RECORDED)
        << rows[i]->what;
  }
  EXPECT_EQ(world_.Quarantine().size(), rows.size());
  EXPECT_THAT(Told(), ElementsAre("plan v1: OPEN 12000 paid 0"));
}

TEST_F(HubPlanInputTest, TheMostThatAPlanMayHave) {
  v1::Outcome outcome = Scheduled("o-1");
  Plan& plan = *outcome.mutable_promise()->mutable_plan();
  plan.set_agent_level(std::string(64, 'a'));
  plan.mutable_schedule()->set_count(119);
  *plan.mutable_schedule()->mutable_down_payment() = Yen(1);
  AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1);
  AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 1);
  AddWaiver(plan, Plan::Waiver::KIND_PRINCIPAL, 1);
  for (int i = 0; i < 10; ++i)
    AddProof(plan, absl::StrCat("https://proofs.example/", std::string(476, 'p'), i));
  plan.mutable_proofs(0)->set_size_bytes(int64_t{1} << 40);
  EXPECT_EQ(Report(outcome), "RECORDED");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].instalments_size(), 120);
}

// The contact decides which one is the newer, not the place in the batch.
TEST_F(HubPlanInputTest, OfTwoInOneBatchThatOfTheLaterContactIsLive) {
  PassHours(3);
  const absl::Time earlier = Now() - absl::Hours(1);
  const auto both = world_.Report(
      "sakura", {Planned("o-1", id_, kThreeParts, Now()), Promised("o-2", id_, 5'000, 3, earlier)});
  EXPECT_THAT(testing::Statuses(both), ElementsAre("RECORDED", "RECORDED"));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: REPLACED 5000 paid 0", "o-1 v1: OPEN 12000 paid 0"));
  PassHours(1);
  const auto swapped = world_.Report(
      "sakura", {Planned("o-3", id_, kThreeParts, Now() - absl::Minutes(30)),
                 Promised("o-4", id_, 5'000, 3, Now()),
                 Planned("o-5", id_, kThreeParts, Now() - absl::Minutes(1), "trainee")});
  EXPECT_THAT(testing::Statuses(swapped), ElementsAre("RECORDED", "RECORDED", "RECORDED"));
  EXPECT_THAT(Told(),
              ElementsAre("o-1 v1: OPEN>REPLACED 12000 paid 0", "o-3 v1: REPLACED 12000 paid 0",
                          "o-5 v1: REPLACED 12000 paid 0", "o-4 v1: OPEN 5000 paid 0"));
}

// Whichever comes to be known first.
TEST_F(HubPlanInputTest, WhatWasPaidInTheMomentOfTheContactCounts) {
  Pay("e-1", 4'000);
  EXPECT_EQ(Report(Planned("o-1", id_, kThreeParts, Now())), "RECORDED");
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0]"));
  Report(Planned("o-1", other_id_, kThreeParts, Now(), "trainee"), "fuji");
  v1::DecidePlanRequest approval = Approval("o-1");
  approval.mutable_key()->set_account_id("A-3");
  approval.mutable_key()->set_vendor_id("fuji");
  EXPECT_EQ(Answer(approval), "OPEN");
  PlansTold();
  Pay("e-2", 3'000, Now(), "A-3");
  Pay("e-3", 1'000, Now() - absl::Microseconds(1), "A-3");
  EXPECT_THAT(PlansTold(), IsEmpty());
  Pay("e-4", 1'000, Now(), "A-3");
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN "
                                       "0] beyond LEVEL, APPROVED"));
}

}  // namespace
}  // namespace switchboard
