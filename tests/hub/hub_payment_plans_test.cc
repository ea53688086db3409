// Payment plans through the whole hub: which of them vendors may agree to by themselves.
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
using testing::kAgents;
using testing::kThreeParts;
using testing::MakeRecord;
using testing::Part;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using testing::WordsOf;
using Plan = v1::PaymentPlan;

class HubPaymentPlansTest : public PlanTest {
 protected:
};

// How many days from the day of the contacts of these tests.
int DaysTo(int year, int month, int day) {
  return static_cast<int>(absl::CivilDay(year, month, day) - absl::CivilDay(2026, 11, 30));
}

struct Boundary {
  const char* what;
  const char* authority;  // of the level "agent"
  std::vector<Part> parts;
  void (*edit)(Plan& plan);  // null: nothing
  const char* standing;
};

// Of each what is still within, and one more; 12,000 are due.
const Boundary kBoundaries[] = {
    {"within all", "months_max: 3", {{0, 12'000}}, nullptr, "OPEN"},
    {"a level that is none",
     "months_max: 3",
     {{0, 12'000}},
     [](Plan& plan) { plan.set_agent_level("agents"); },
     "PENDING LEVEL"},
    {"a level in other letters",
     "months_max: 3",
     {{0, 12'000}},
     [](Plan& plan) { plan.set_agent_level("Agent"); },
     "PENDING LEVEL"},
    {"no level",
     "months_max: 3",
     {{0, 12'000}},
     [](Plan& plan) { plan.clear_agent_level(); },
     "PENDING LEVEL"},

    {"a month", "months_max: 1", {{DaysTo(2026, 12, 30), 12'000}}, nullptr, "OPEN"},
    {"and a day", "months_max: 1", {{DaysTo(2026, 12, 31), 12'000}}, nullptr, "PENDING MONTHS"},
    {"to the end of a shorter month",
     "months_max: 3",
     {{DaysTo(2027, 2, 28), 12'000}},
     nullptr,
     "OPEN"},
    {"and a day", "months_max: 3", {{DaysTo(2027, 3, 1), 12'000}}, nullptr, "PENDING MONTHS"},
    {"to that of a leap year",
     "months_max: 15",
     {{0, 6'000}, {DaysTo(2028, 2, 29), 6'000}},
     nullptr,
     "OPEN"},
    {"and a day",
     "months_max: 15",
     {{0, 6'000}, {DaysTo(2028, 3, 1), 6'000}},
     nullptr,
     "PENDING MONTHS"},
    {"the first one is as late as a promise may be",
     "months_max: 15",
     {{366, 6'000}, {367, 6'000}},
     nullptr,
     "OPEN"},
    {"and a day", "months_max: 15", {{367, 12'000}}, nullptr, "PENDING MONTHS"},
    {"the last one counts",
     "months_max: 1",
     {{0, 6'000}, {DaysTo(2026, 12, 31), 6'000}},
     nullptr,
     "PENDING MONTHS"},

    {"a quarter down",
     "months_max: 3, least_down_percent: 25",
     {{0, 3'000}, {30, 9'000}},
     nullptr,
     "OPEN"},
    {"less by one",
     "months_max: 3, least_down_percent: 25",
     {{0, 2'999}, {30, 9'001}},
     nullptr,
     "PENDING DOWN_PAYMENT"},
    {"33% of 12,001 are 3,960.33",
     "months_max: 3, least_down_percent: 33",
     {{0, 3'961}, {30, 8'040}},
     nullptr,
     "OPEN"},
    {"less by one",
     "months_max: 3, least_down_percent: 33",
     {{0, 3'960}, {30, 8'041}},
     nullptr,
     "PENDING DOWN_PAYMENT"},
    {"all of it down", "months_max: 3, least_down_percent: 100", {{0, 12'000}}, nullptr, "OPEN"},
    {"a share of what is paid, not of what is due",
     "months_max: 3, least_down_percent: 50, waivers: [LATE_FEES], waiver_percent_max: 34",
     {{0, 4'000}, {30, 4'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 4'000); },
     "OPEN"},

    {"what may be given up",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 11'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1'000); },
     "OPEN"},
    {"what may not",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 12'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 1); },
     "PENDING WAIVER"},
    {"one of two may not",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 12'000}},
     [](Plan& plan) {
       AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1);
       AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 1);
     },
     "PENDING WAIVER"},
    {"principal, which nobody may",
     "months_max: 3, waivers: [LATE_FEES, INTEREST], waiver_percent_max: 10",
     {{0, 12'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_PRINCIPAL, 1); },
     "PENDING WAIVER"},
    {"what may not be given up pays for nothing",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 11'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 1'000); },
     "PENDING WAIVER SETTLEMENT"},

    {"as much as the ceiling",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 10'800}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1'200); },
     "OPEN"},
    {"more by one, which pays for nothing",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 10'799}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1'201); },
     "PENDING WAIVER SETTLEMENT"},
    {"more by one beside all that is due",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 12'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 1'201); },
     "PENDING WAIVER"},
    {"all but a hundredth is called late fees",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 120}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 11'880); },
     "PENDING WAIVER SETTLEMENT"},
    {"two kinds are under one ceiling",
     "months_max: 3, waivers: [LATE_FEES, INTEREST], waiver_percent_max: 10",
     {{0, 10'800}},
     [](Plan& plan) {
       AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 600);
       AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 600);
     },
     "OPEN"},
    {"more by one of two",
     "months_max: 3, waivers: [LATE_FEES, INTEREST], waiver_percent_max: 10",
     {{0, 10'800}},
     [](Plan& plan) {
       AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 600);
       AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 601);
     },
     "PENDING WAIVER SETTLEMENT"},

    {"more than is due", "months_max: 3", {{0, 12'001}}, nullptr, "OPEN"},
    {"less by one", "months_max: 3", {{0, 11'999}}, nullptr, "PENDING SETTLEMENT"},
    {"less by one beside what is given up",
     "months_max: 3, waivers: [LATE_FEES], waiver_percent_max: 10",
     {{0, 11'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_LATE_FEES, 999); },
     "PENDING SETTLEMENT"},

    {"two proofs",
     "months_max: 3, least_proofs: 2",
     {{0, 12'000}},
     [](Plan& plan) {
       AddProof(plan, "https://elsewhere.example/1");
       AddProof(plan, "https://elsewhere.example/2");
     },
     "OPEN"},
    {"one",
     "months_max: 3, least_proofs: 2",
     {{0, 12'000}},
     [](Plan& plan) { AddProof(plan, "https://elsewhere.example/1"); },
     "PENDING PROOFS"},
    {"proofs that nobody asks for",
     "months_max: 3",
     {{0, 12'000}},
     [](Plan& plan) { AddProof(plan, "https://elsewhere.example/1"); },
     "OPEN"},

    {"on the day of the contact", "months_max: 3", {{0, 6'000}, {10, 6'000}}, nullptr, "OPEN"},
    {"the day before", "months_max: 3", {{-1, 6'000}, {10, 6'000}}, nullptr, "PENDING PAST"},

    {"all at once",
     "months_max: 1, least_down_percent: 50, least_proofs: 1",
     {{-1, 1'000}, {40, 9'000}},
     [](Plan& plan) { AddWaiver(plan, Plan::Waiver::KIND_INTEREST, 500); },
     "PENDING MONTHS DOWN_PAYMENT WAIVER SETTLEMENT PROOFS PAST"},
};

TEST_F(HubPaymentPlansTest, AuthorityEndsWhereTheContractSays) {
  int number = 0;
  for (const Boundary& row : kBoundaries) {
    Apply(absl::StrCat("plans: {authorities: [{level: agent, ", row.authority, "}]}\n"));
    const std::string outcome_id = absl::StrCat("o-", ++number);
    v1::Outcome outcome = Planned(outcome_id, id_, row.parts, Now());
    if (row.edit != nullptr) row.edit(*outcome.mutable_promise()->mutable_plan());
    EXPECT_EQ(Report(outcome), "RECORDED") << row.what;
    EXPECT_EQ(Standing(outcome_id), row.standing) << row.what;
    world_.Advance(absl::Minutes(1));
  }
}

TEST_F(HubPaymentPlansTest, ALevelHasAnAuthorityOfItsOwn) {
  Apply(
      "plans: {authorities: [{level: agent, months_max: 1}, {level: team/lead, months_max: 3}]}\n");
  const std::vector<Part> parts = {{0, 6'000}, {60, 6'000}};
  Report(Planned("o-1", id_, parts, Now(), "agent"));
  EXPECT_EQ(Standing("o-1"), "PENDING MONTHS");
  Report(Planned("o-2", id_, parts, Now(), "team/lead"));
  EXPECT_EQ(Standing("o-2"), "OPEN");
}

// Where the issuer names a store, what lies elsewhere is no proof.
TEST_F(HubPaymentPlansTest, ProofsLieInTheStoreOfTheContract) {
  Apply(
      "plans: {authorities: [{level: agent, months_max: 3, least_proofs: 1}], proof_store: "
      "\"https://proofs.issuer.example/sakura/\"}\n");
  const struct {
    const char* address;
    const char* standing;
  } rows[] = {
      {"https://proofs.issuer.example/sakura/1", "OPEN"},
      {"https://proofs.issuer.example/sakura-2/1", "PENDING PROOFS"},
      {"http://proofs.issuer.example/sakura/1", "PENDING PROOFS"},
      {"https://elsewhere.example/https://proofs.issuer.example/sakura/1", "PENDING PROOFS"},
      {"https://proofs.issuer.example/sakura/../fuji/1", "PENDING PROOFS"},
      {"https://proofs.issuer.example/sakura/%2E%2e/fuji/1", "PENDING PROOFS"},
  };
  int number = 0;
  for (const auto& row : rows) {
    const std::string outcome_id = absl::StrCat("o-", ++number);
    v1::Outcome outcome = Planned(outcome_id, id_, {{0, 12'000}}, Now());
    AddProof(*outcome.mutable_promise()->mutable_plan(), row.address);
    EXPECT_EQ(Report(outcome), "RECORDED") << row.address;
    EXPECT_EQ(Standing(outcome_id), row.standing) << row.address;
  }
  v1::Outcome both = Planned("o-both", id_, {{0, 12'000}}, Now());
  for (const auto& row : rows) AddProof(*both.mutable_promise()->mutable_plan(), row.address);
  Report(both);
  EXPECT_EQ(Standing("o-both"), "OPEN");
}

TEST_F(HubPaymentPlansTest, WithoutTermsOfPlansEachWaits) {
  Report(Planned("o-1", other_id_, kThreeParts, Now()), "fuji");
  EXPECT_EQ(Standing("o-1"), "PENDING LEVEL");
  // Before it had a contract, and before the hub knew the account.
  Report(Planned("o-2", id_, kThreeParts, Now() - absl::Hours(24 * 3)));
  EXPECT_EQ(Standing("o-2"), "PENDING LEVEL DUE_UNKNOWN");
}

TEST_F(HubPaymentPlansTest, WhatWasDueMustBeKnown) {
  const absl::Time taken = Now();
  world_.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({testing::InTokyo(MakeRecord(9))}));
  Report(Planned("o-1", id_, kThreeParts, taken));
  EXPECT_EQ(Standing("o-1"), "PENDING DUE_UNKNOWN");
  v1::Outcome waives = Planned("o-3", id_, kThreeParts, taken);
  AddWaiver(*waives.mutable_promise()->mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 1);
  Report(waives);
  EXPECT_EQ(Standing("o-3"), "PENDING WAIVER DUE_UNKNOWN");
  Report(Planned("o-2", id_, kThreeParts, Now()));
  EXPECT_EQ(Standing("o-2"), "OPEN");
}

// At noon in Tokyo it is the evening of the day before in New York.
TEST_F(HubPaymentPlansTest, ADayThatIsRightOnOneOfTheirClocksIsRight) {
  auto record = testing::InTokyo(MakeRecord(4, {.account_id = "A-9", .person_id = "P-9"}));
  record.mutable_person()->add_time_zones("America/New_York");
  ASSERT_OK(world_.Import({record}));
  const std::string id = world_.Live("A-9").assignment_id();
  const struct {
    std::vector<Part> parts;
    const char* standing;
  } rows[] = {
      {{{-1, 6'000}, {10, 6'000}}, "OPEN"},          // today in New York
      {{{-2, 6'000}, {10, 6'000}}, "PENDING PAST"},  // nowhere
      {{{DaysTo(2026, 12, 30), 12'000}}, "OPEN"},    // a month in Tokyo
      {{{DaysTo(2026, 12, 31), 12'000}}, "PENDING MONTHS"},
  };
  world_.ApplyContract(
      {.vendor_id = "fuji", .more = "plans: {authorities: [{level: agent, months_max: 1}]}\n"});
  int number = 0;
  for (const auto& row : rows) {
    const std::string outcome_id = absl::StrCat("o-", ++number);
    Report(Planned(outcome_id, id, row.parts, Now()), "fuji");
    EXPECT_EQ(Standing(outcome_id), row.standing) << outcome_id;
  }
}

// A plan in one part is what a promise is, but for the share that it must be of what is due.
TEST_F(HubPaymentPlansTest, ItsFirstPartIsDueNoLaterThanAPromiseMayBe) {
  Apply(
      "promises: {days_ahead_max: 30}\n"
      "plans: {authorities: [{level: agent, months_max: 12}]}\n");
  const struct {
    std::vector<Part> parts;
    const char* standing;
  } rows[] = {
      {{{330, 12'000}}, "PENDING MONTHS"},
      {{{31, 6'000}, {60, 6'000}}, "PENDING MONTHS"},
      {{{30, 6'000}, {330, 6'000}}, "OPEN"},
  };
  int number = 0;
  for (const auto& row : rows) {
    const std::string outcome_id = absl::StrCat("o-", ++number);
    Report(Planned(outcome_id, id_, row.parts, Now()));
    EXPECT_EQ(Standing(outcome_id), row.standing) << outcome_id;
    world_.Advance(absl::Minutes(1));
  }
  // Head office is bound by no contract.
  v1::Outcome late = Planned("o-late", id_, {{330, 12'000}}, Now());
  EXPECT_EQ(Report(late), "RECORDED");
  EXPECT_EQ(Answer(Approval("o-late")), "OPEN");
}

// Terms of promises are about those that are paid at once, but for how many there may be and by
// when the first of it is due.
TEST_F(HubPaymentPlansTest, OfTheTermsOfPromisesTheCountHolds) {
  Apply(absl::StrCat(kAgents,
                     "promises: {days_ahead_max: 0, least_percent: 100, count_max: 1, "
                     "within_days: 30}\n"));
  const std::vector<Part> parts = {{0, 6'000}, {60, 6'000}};
  Report(Promised("o-1", id_, 12'000, 60, Now()));
  EXPECT_EQ(Standing("o-1"), "NOT_BINDING");
  Report(Planned("o-2", id_, parts, Now()));
  EXPECT_EQ(Standing("o-2"), "OPEN");
  const auto one_too_many = world_.Report("sakura", {Planned("o-3", id_, parts, Now())});
  ASSERT_OK(one_too_many);
  EXPECT_TRUE(one_too_many->receipts(0).promise_not_binding());
  EXPECT_EQ(Standing("o-3"), "NOT_BINDING");
  // One that waits is not counted; what head office agrees to is bound by no contract.
  const auto waits = world_.Report("sakura", {Planned("o-4", id_, parts, Now(), "trainee")});
  ASSERT_OK(waits);
  EXPECT_FALSE(waits->receipts(0).promise_not_binding());
  EXPECT_EQ(Standing("o-4"), "PENDING LEVEL");
  EXPECT_EQ(Answer(Approval("o-4")), "OPEN");
}

TEST_F(HubPaymentPlansTest, TheCoreReadsWhatIsProposed) {
  v1::Outcome outcome = Planned("o-1", id_, {{2, 4'000}, {200, 8'000}}, Now());
  AddWaiver(*outcome.mutable_promise()->mutable_plan(), Plan::Waiver::KIND_LATE_FEES, 500);
  EXPECT_EQ(Report(outcome), "RECORDED");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(testing::SpeltPlan(changes[0]),
            "o-1 v1: PENDING 12000 paid 0 [OPEN 0, OPEN 0] beyond MONTHS");
  EXPECT_FALSE(changes[0].has_decision());
  EXPECT_EQ(TimeOf(changes[0].since_time()), Now());
  EXPECT_EQ(CivilDayOf(changes[0].due_date()), absl::CivilDay(2027, 6, 18));
  EXPECT_EQ(CivilDayOf(changes[0].instalments(0).due_date()), absl::CivilDay(2026, 12, 2));
  EXPECT_EQ(changes[0].instalments(1).amount().minor_units(), 8'000);
  EXPECT_EQ(changes[0].instalments(1).amount().currency_code(), "JPY");
  EXPECT_EQ(WordsOf(changes[0].waivers()), "LATE_FEES 500");
  EXPECT_EQ(changes[0].waivers(0).amount().currency_code(), "JPY");
}

// The core reads the instalments that the hub made of it, and so does whoever decides.
TEST_F(HubPaymentPlansTest, AScheduleBecomesInstalments) {
  v1::Outcome outcome = Promised("o-1", id_, 10'000, 0, Now());
  outcome.mutable_promise()->clear_due_date();
  Plan& plan = *outcome.mutable_promise()->mutable_plan();
  plan.set_agent_level("agent");
  *plan.mutable_schedule()->mutable_first_date() = DateOf(absl::CivilDay(2027, 1, 31));
  plan.mutable_schedule()->set_interval(Plan::INTERVAL_MONTH);
  plan.mutable_schedule()->set_count(3);
  EXPECT_EQ(Report(outcome), "RECORDED");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  std::vector<std::string> parts;
  for (const v1::InstalmentStanding& one : changes[0].instalments())
    parts.push_back(absl::StrCat(absl::FormatCivilTime(CivilDayOf(one.due_date())), " ",
                                 one.amount().minor_units()));
  EXPECT_THAT(parts, ElementsAre("2027-01-31 3333", "2027-02-28 3333", "2027-03-31 3334"));
  EXPECT_EQ(CivilDayOf(changes[0].due_date()), absl::CivilDay(2027, 3, 31));

  const auto read = world_.ReadCoreFeed(0);
  ASSERT_OK(read);
  ASSERT_TRUE(read->items(0).has_outcome());
  const v1::Outcome::Promise& recorded = read->items(0).outcome().outcome().promise();
  EXPECT_EQ(recorded.plan().instalments_size(), 3);
  EXPECT_EQ(CivilDayOf(recorded.due_date()), absl::CivilDay(2027, 3, 31));
  EXPECT_EQ(Report(outcome), "REPEATED");
  EXPECT_THAT(Told(), IsEmpty());
}

}  // namespace
}  // namespace switchboard
