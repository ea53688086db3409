#include "tests/invariants/plan_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace switchboard::invariants {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Plan = v1::PaymentPlan;

// Noon in UTC of the 4th of October 2024.
constexpr int64_t kNoon = 20'000 * int64_t{86'400} + 43'200;

// A plan of 1,000 in two parts, the first one due after three days and the second after five, of
// somebody who owes as much. Its level lets it last a month, give up late fees of a tenth of what
// is due, and asks for a fifth at first and for one proof.
struct Proposal {
  Ledger ledger;
  v1::Outcome outcome;
  v1::PromiseChange told;

  Proposal() {
    v1::Contract::PlanTerms& terms = ledger.plan_terms["sakura"];
    terms.set_proof_store("https://proofs.example/");
    v1::Contract::Authority& authority = *terms.add_authorities();
    authority.set_level("lead");
    authority.set_months_max(1);
    authority.set_least_down_percent(20);
    authority.add_waivers(Plan::Waiver::KIND_LATE_FEES);
    authority.set_waiver_percent_max(10);
    authority.set_least_proofs(1);
    outcome.set_version(1);
    outcome.mutable_start_time()->set_seconds(kNoon);
    promise().mutable_amount()->set_currency_code("JPY");
    promise().mutable_amount()->set_minor_units(1'000);
    plan().set_agent_level("lead");
    Add(200, 10, 7);
    Add(800, 10, 9);
    plan().add_proofs()->set_address("https://proofs.example/1");
    Owe(1'000);
  }

  v1::Outcome::Promise& promise() { return *outcome.mutable_promise(); }
  Plan& plan() { return *promise().mutable_plan(); }
  void Add(int64_t amount, int month, int day) {
    Plan::Instalment& part = *plan().add_instalments();
    part.mutable_amount()->set_minor_units(amount);
    Due(plan().instalments_size() - 1, month, day);
  }
  void Due(int place, int month, int day, int year = 2024) {
    v1::Date& date = *plan().mutable_instalments(place)->mutable_due_date();
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    *promise().mutable_due_date() = date;
  }
  void GiveUp(Plan::Waiver::Kind kind, int64_t amount) {
    Plan::Waiver& waiver = *plan().add_waivers();
    waiver.set_kind(kind);
    waiver.mutable_amount()->set_minor_units(amount);
  }
  // The work of which it was made.
  v1::ListPlacementsResponse::Placement& Placed() {
    outcome.set_assignment_id("a-1");
    auto& placement = ledger.placements.emplace_back();
    placement.set_assignment_id("a-1");
    return placement;
  }
  // In the place of what the core has said.
  void OweInstead(int64_t amount) {
    ledger.records[0].content.mutable_account()->mutable_amount_due()->set_minor_units(amount);
  }
  // The core has said so once.
  void Owe(int64_t amount) {
    SentRecord& record = ledger.records.emplace_back();
    record.account_id = "A-1";
    record.content.mutable_account()->mutable_amount_due()->set_currency_code("JPY");
    record.content.mutable_account()->mutable_amount_due()->set_minor_units(amount);
  }
};

struct AuthorityCase {
  const char* name;
  std::function<void(Proposal&)> change;
  Plan::Beyond beyond;  // what it is then surely; UNSPECIFIED: nothing
};

const AuthorityCase kCases[] = {
    {"within the authority", [](Proposal&) {}, Plan::BEYOND_UNSPECIFIED},
    {"of nobody", [](Proposal& p) { p.plan().clear_agent_level(); }, Plan::BEYOND_LEVEL},
    {"of a level that there is not", [](Proposal& p) { p.plan().set_agent_level("boss"); },
     Plan::BEYOND_LEVEL},
    {"a month", [](Proposal& p) { p.Due(1, 11, 3); }, Plan::BEYOND_UNSPECIFIED},
    {"more than a month", [](Proposal& p) { p.Due(1, 11, 6); }, Plan::BEYOND_MONTHS},
    {"the first part is as late as a promise may be",
     [](Proposal& p) {
       p.ledger.plan_terms["sakura"].mutable_authorities(0)->set_months_max(24);
       p.Due(0, 10, 4, 2025);
       p.Due(1, 10, 5, 2025);
     },
     Plan::BEYOND_UNSPECIFIED},
    {"the first part is later than a promise may be",
     [](Proposal& p) {
       p.ledger.plan_terms["sakura"].mutable_authorities(0)->set_months_max(24);
       p.Due(0, 10, 7, 2025);
       p.Due(1, 10, 8, 2025);
     },
     Plan::BEYOND_MONTHS},
    {"too little at first",
     [](Proposal& p) {
       p.plan().mutable_instalments(0)->mutable_amount()->set_minor_units(199);
       p.plan().mutable_instalments(1)->mutable_amount()->set_minor_units(801);
     },
     Plan::BEYOND_DOWN_PAYMENT},
    {"gives up late fees",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 100);
       p.ledger.records[0].content.mutable_account()->mutable_amount_due()->set_minor_units(1'100);
     },
     Plan::BEYOND_UNSPECIFIED},
    {"gives up as much as its ceiling",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 110);
       p.OweInstead(1'109);
     },
     Plan::BEYOND_UNSPECIFIED},
    {"gives up one more than its ceiling",
     [](Proposal& p) { p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 101); }, Plan::BEYOND_WAIVER},
    {"gives up one more, and that pays for nothing",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 111);
       p.OweInstead(1'109);
       p.told.add_beyond(Plan::BEYOND_WAIVER);
     },
     Plan::BEYOND_SETTLEMENT},
    {"gives up one more of two kinds",
     [](Proposal& p) {
       p.ledger.plan_terms["sakura"].mutable_authorities(0)->add_waivers(
           Plan::Waiver::KIND_INTEREST);
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 60);
       p.GiveUp(Plan::Waiver::KIND_INTEREST, 41);
     },
     Plan::BEYOND_WAIVER},
    {"gives up what nobody could owe",
     [](Proposal& p) { p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 1'000'000'000'000'000); },
     Plan::BEYOND_WAIVER},
    {"gives up a part of what is not known",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 1);
       p.told.add_beyond(Plan::BEYOND_DUE_UNKNOWN);
     },
     Plan::BEYOND_WAIVER},
    {"gives up interest", [](Proposal& p) { p.GiveUp(Plan::Waiver::KIND_INTEREST, 100); },
     Plan::BEYOND_WAIVER},
    {"gives up what was lent, though it is named",
     [](Proposal& p) {
       p.ledger.plan_terms["sakura"].mutable_authorities(0)->add_waivers(
           Plan::Waiver::KIND_PRINCIPAL);
       p.GiveUp(Plan::Waiver::KIND_PRINCIPAL, 100);
     },
     Plan::BEYOND_WAIVER},
    {"shows nothing", [](Proposal& p) { p.plan().clear_proofs(); }, Plan::BEYOND_PROOFS},
    {"shows what lies elsewhere",
     [](Proposal& p) { p.plan().mutable_proofs(0)->set_address("https://proofs.example.net/1"); },
     Plan::BEYOND_PROOFS},
    {"shows what a path leads to elsewhere",
     [](Proposal& p) { p.plan().mutable_proofs(0)->set_address("https://proofs.example/a/../1"); },
     Plan::BEYOND_PROOFS},
    {"shows what an escaped path leads to elsewhere",
     [](Proposal& p) {
       p.plan().mutable_proofs(0)->set_address("https://proofs.example/%2E%2e/1");
     },
     Plan::BEYOND_PROOFS},
    {"less than is due",
     [](Proposal& p) {
       p.ledger.records[0].content.mutable_account()->mutable_amount_due()->set_minor_units(1'001);
     },
     Plan::BEYOND_SETTLEMENT},
    {"before the contact", [](Proposal& p) { p.Due(0, 10, 2); }, Plan::BEYOND_PAST},
    {"in work for which no contract lists the act",
     [](Proposal& p) {
       p.Placed().set_work_type(v1::WORK_TYPE_CAMPAIGN);
       p.ledger.takes_none_in["sakura"] = {v1::WORK_TYPE_CAMPAIGN};
     },
     Plan::BEYOND_LEVEL},
    {"an hour after its vendor had lost the work",
     [](Proposal& p) { p.Placed().mutable_withdraw_time()->set_seconds(kNoon - 3'600); },
     Plan::BEYOND_UNSPECIFIED},
    {"more than an hour after its vendor had lost the work",
     [](Proposal& p) { p.Placed().mutable_withdraw_time()->set_seconds(kNoon - 3'601); },
     Plan::BEYOND_WITHDRAWN},
};

Violations Check(Proposal& proposal) {
  const Versions versions = {{1, &proposal.outcome}};
  const SentRecords records(proposal.ledger);
  Violations violations;
  const PromiseWork work(proposal.ledger);
  CheckAuthority(proposal.ledger, records, work, {"A-1", "sakura", "o-1"}, versions, proposal.told,
                 violations);
  return violations;
}

TEST(PlanAuthorityTest, WhatIsBeyondIsSaid) {
  for (const AuthorityCase& one : kCases) {
    Proposal proposal;
    one.change(proposal);
    const std::string what = Plan::Beyond_Name(one.beyond);
    if (one.beyond != Plan::BEYOND_UNSPECIFIED) {
      EXPECT_THAT(Check(proposal),
                  ::testing::ElementsAre(HasSubstr(" is " + what + ", and nobody says so")))
          << one.name;
      proposal.told.add_beyond(one.beyond);
    }
    EXPECT_THAT(Check(proposal), IsEmpty()) << one.name;
  }
}

TEST(PlanAuthorityTest, WhatIsNotBeyondIsNotSaid) {
  for (const Plan::Beyond beyond :
       {Plan::BEYOND_LEVEL, Plan::BEYOND_MONTHS, Plan::BEYOND_DOWN_PAYMENT, Plan::BEYOND_WAIVER,
        Plan::BEYOND_SETTLEMENT, Plan::BEYOND_PROOFS, Plan::BEYOND_PAST, Plan::BEYOND_WITHDRAWN}) {
    Proposal proposal;
    proposal.told.add_beyond(beyond);
    const std::string said = " is said to be " + Plan::Beyond_Name(beyond) + ", and is not";
    EXPECT_THAT(Check(proposal), ::testing::ElementsAre(HasSubstr(said)));
  }
}

const AuthorityCase kBelieved[] = {
    {"on the last day of a month, by some clock", [](Proposal& p) { p.Due(1, 11, 4); },
     Plan::BEYOND_MONTHS},
    {"its contract lets promises be due so many days ahead as nobody wrote down",
     [](Proposal& p) { p.ledger.with_promise_terms = {"sakura"}; }, Plan::BEYOND_MONTHS},
    {"as many days ahead as a promise may be, by some clock",
     [](Proposal& p) {
       p.ledger.plan_terms["sakura"].mutable_authorities(0)->set_months_max(24);
       p.Due(0, 10, 6, 2025);
       p.Due(1, 10, 8, 2025);
     },
     Plan::BEYOND_MONTHS},
    {"on the day before, by some clock", [](Proposal& p) { p.Due(0, 10, 4); }, Plan::BEYOND_PAST},
    {"one of several amounts was due", [](Proposal& p) { p.Owe(1'001); }, Plan::BEYOND_SETTLEMENT},
    {"what was due was not written down",
     [](Proposal& p) { p.ledger.records[0].content.clear_account(); }, Plan::BEYOND_SETTLEMENT},
    {"what is given up is too much of one of several amounts",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 100);
       p.Owe(999);
     },
     Plan::BEYOND_WAIVER},
    {"what is given up may be of any amount",
     [](Proposal& p) {
       p.GiveUp(Plan::Waiver::KIND_LATE_FEES, 100);
       p.ledger.records[0].content.clear_account();
     },
     Plan::BEYOND_WAIVER},
    {"what was due was not known", [](Proposal&) {}, Plan::BEYOND_DUE_UNKNOWN},
    {"under a permit that nobody wrote down",
     [](Proposal& p) {
       p.Placed().mutable_withdraw_time()->set_seconds(kNoon - 3'601);
       p.outcome.set_permit_id("p-1");
     },
     Plan::BEYOND_WITHDRAWN},
    {"one of its contracts lists the act, and one does not",
     [](Proposal& p) {
       p.Placed().set_work_type(v1::WORK_TYPE_CAMPAIGN);
       p.ledger.takes_none_in["sakura"] = {v1::WORK_TYPE_CAMPAIGN};
       p.ledger.takes_promises_in = p.ledger.takes_none_in;
     },
     Plan::BEYOND_LEVEL},
    {"there was no contract", [](Proposal& p) { p.ledger.without_contract = {"sakura"}; },
     Plan::BEYOND_LEVEL},
    {"nothing is known of the contract", [](Proposal& p) { p.ledger.plan_terms.clear(); },
     Plan::BEYOND_WAIVER},
};

TEST(PlanAuthorityTest, WhatNobodyKnowsIsBelieved) {
  for (const AuthorityCase& one : kBelieved) {
    Proposal proposal;
    one.change(proposal);
    EXPECT_THAT(Check(proposal), IsEmpty()) << one.name;
    proposal.told.add_beyond(one.beyond);
    EXPECT_THAT(Check(proposal), IsEmpty()) << one.name;
  }
}

// A correction that says the same on another day changes nothing about why it waits.
TEST(PlanAuthorityTest, APlanIsJudgedAsItWasFirstSaid) {
  Proposal proposal;
  proposal.Due(1, 11, 6);
  v1::Outcome later = proposal.outcome;
  later.set_version(2);
  later.mutable_start_time()->set_seconds(kNoon + 5 * 86'400);
  const SentRecords records(proposal.ledger);
  for (const bool is_said : {false, true}) {
    if (is_said) proposal.told.add_beyond(Plan::BEYOND_MONTHS);
    Violations violations;
    CheckAuthority(proposal.ledger, records, PromiseWork(proposal.ledger), {"A-1", "sakura", "o-1"},
                   {{1, &proposal.outcome}, {2, &later}}, proposal.told, violations);
    EXPECT_THAT(violations, IsEmpty()) << is_said;
  }
}

}  // namespace
}  // namespace switchboard::invariants
