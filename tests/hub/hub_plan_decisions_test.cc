// What head office says of payment plans that wait for it.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "hub/base/canonical.h"
#include "hub/base/digest.h"
#include "hub/storage/open_database.h"
#include "tests/hub/plan_fixture.h"
#include "tests/open_sealer.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AddProof;
using testing::AddWaiver;
using testing::At;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::MakeOutcome;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using testing::Version;
using testing::WordsOf;
using testing::Yen;
using Decided = v1::PlanDecision;

class HubPlanDecisionsTest : public PlanTest {
 protected:
  // A plan that waits, and nothing of it is left to be told.
  v1::Outcome Propose(const std::string& outcome_id = "o-1") {
    const v1::Outcome outcome = Planned(outcome_id, id_, kThreeParts, Now(), "trainee");
    EXPECT_EQ(Report(outcome), "RECORDED");
    EXPECT_THAT(
        PlansTold(),
        ElementsAre(absl::StrCat(
            outcome_id, " v1: PENDING 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] beyond LEVEL")));
    return outcome;
  }
  // By the key of the hub's database.
  std::string DigestOf(v1::PromiseRecord record) {
    std::string digest;
    world_.WhileClosed([&](const HubOptions& options) {
      ASSERT_OK_AND_ASSIGN(const auto database, storage::OpenDatabase(options.storage));
      ASSERT_OK_AND_ASSIGN(const auto connection, database->OpenWriter());
      ASSERT_OK_AND_ASSIGN(const auto sealer,
                           testing::OpenSealer(options.wrapping.key_file, *connection, world_.ids,
                                               absl::ToUnixMicros(world_.clock.Now())));
      digest = sealer->Digest(CanonicalBytes(record));
    });
    return digest;
  }
};

TEST_F(HubPlanDecisionsTest, AnApprovedPlanBindsAsItWasProposed) {
  Propose();
  world_.Advance(absl::Minutes(5));
  v1::DecidePlanRequest request = Approval("o-1");
  request.set_note("means are shown");
  EXPECT_EQ(Answer(request), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(testing::SpeltPlan(changes[0]),
            "o-1 v1: PENDING>OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] beyond LEVEL, APPROVED");
  EXPECT_EQ(changes[0].decision().note(), "means are shown");
  EXPECT_EQ(changes[0].decision().actor(), "operator/ito");
  EXPECT_EQ(TimeOf(changes[0].decision().decide_time()), Now());
  EXPECT_EQ(TimeOf(changes[0].since_time()), Midnight(2));
  EXPECT_EQ(CivilDayOf(changes[0].due_date()), absl::CivilDay(2026, 12, 5));

  EXPECT_EQ(Answer(request), "OPEN again");
  EXPECT_THAT(PlansTold(), IsEmpty());
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_DECIDED);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "operator/ito");
  EXPECT_EQ(events[0].vendor_id(), "sakura");
  EXPECT_EQ(events[0].account_id(), "A-1");
  EXPECT_EQ(events[0].subject_id(), "o-1");
  EXPECT_EQ(events[0].plan().verdict(), Decided::VERDICT_APPROVED);
}

TEST_F(HubPlanDecisionsTest, ARefusedPlanBindsNever) {
  Propose();
  world_.Advance(absl::Minutes(5));
  v1::DecidePlanRequest request = Refusal("o-1");
  request.set_note("two months at most");
  EXPECT_EQ(Answer(request), "REFUSED");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(testing::SpeltPlan(changes[0]),
            "o-1 v1: PENDING>REFUSED 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] beyond LEVEL, REFUSED "
            "TOO_LONG");
  EXPECT_EQ(changes[0].decision().note(), "two months at most");
  EXPECT_EQ(TimeOf(changes[0].since_time()), Now());
  EXPECT_EQ(Answer(request), "REFUSED again");
  // Nobody waits for it, and what is paid is not paid on it.
  EXPECT_EQ(Ask("r-1"), "permit");
  Pay("e-1", 12'000);
  PassUntil(Midnight(7));
  EXPECT_THAT(PlansTold(), IsEmpty());
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_DECIDED);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].plan().verdict(), Decided::VERDICT_REFUSED);
  EXPECT_EQ(events[0].plan().reason(), Decided::REASON_TOO_LONG);
}

TEST_F(HubPlanDecisionsTest, AChangedPlanBindsAsHeadOfficeSays) {
  Propose();
  v1::DecidePlanRequest request = Change("o-1", {{2, 5'000}, {4, 6'000}});
  request.set_reason(Decided::REASON_TOO_LITTLE);
  AddWaiver(*request.mutable_plan(), v1::PaymentPlan::Waiver::KIND_PRINCIPAL, 1'000);
  EXPECT_EQ(Answer(request), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(testing::SpeltPlan(changes[0]),
            "o-1 v1: PENDING>OPEN 11000 paid 0 [OPEN 0, OPEN 0] beyond LEVEL, CHANGED TOO_LITTLE");
  EXPECT_EQ(CivilDayOf(changes[0].due_date()), absl::CivilDay(2026, 12, 4));
  EXPECT_EQ(CivilDayOf(changes[0].instalments(0).due_date()), absl::CivilDay(2026, 12, 2));
  EXPECT_EQ(TimeOf(changes[0].since_time()), Midnight(3));
  EXPECT_EQ(WordsOf(changes[0].waivers()), "PRINCIPAL 1000");
  EXPECT_EQ(Answer(request), "OPEN again");
  Pay("e-1", 5'000);
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-1 v1: OPEN>OPEN 11000 paid 5000 [KEPT 5000, OPEN 0] beyond LEVEL, "
                          "CHANGED TOO_LITTLE"));
}

// The same debt, whose plans take each other's place, gives up what one of them does.
TEST_F(HubPlanDecisionsTest, WaiversOfOnePlanHoldAtMost) {
  std::map<std::string, std::string> held;  // as the core was told last
  const auto read = [&] {
    for (const v1::PromiseChange& change : Changes()) {
      held[change.outcome_id()] =
          absl::StrCat(testing::WordOf(change.standing()), " ", WordsOf(change.waivers()));
    }
  };
  const auto report = [&](const std::string& outcome_id, v1::PaymentPlan::Waiver::Kind kind) {
    v1::Outcome outcome = Planned(outcome_id, id_, {{1, 5'400}, {3, 5'400}}, Now());
    AddWaiver(*outcome.mutable_promise()->mutable_plan(), kind, 1'200);
    EXPECT_EQ(Report(outcome), "RECORDED");
    world_.Advance(absl::Minutes(5));
    read();
  };
  report("o-1", v1::PaymentPlan::Waiver::KIND_LATE_FEES);
  EXPECT_EQ(held["o-1"], "OPEN LATE_FEES 1200");
  report("o-2", v1::PaymentPlan::Waiver::KIND_LATE_FEES);
  EXPECT_EQ(held["o-1"], "REPLACED ");
  EXPECT_EQ(held["o-2"], "OPEN LATE_FEES 1200");
  report("o-3", v1::PaymentPlan::Waiver::KIND_INTEREST);
  EXPECT_EQ(held["o-3"], "PENDING INTEREST 1200");
  EXPECT_EQ(Answer(Refusal("o-3")), "REFUSED");
  read();
  EXPECT_EQ(held["o-3"], "REFUSED ");
  PassUntil(Midnight(3));
  read();
  EXPECT_EQ(held["o-2"], "BROKEN ");
  report("o-4", v1::PaymentPlan::Waiver::KIND_LATE_FEES);
  Pay("e-1", 10'800);
  read();
  EXPECT_EQ(held["o-4"], "KEPT LATE_FEES 1200");
}

// What was proposed to be given up is given up by an approval, and by a change only where it is
// said again.
TEST_F(HubPlanDecisionsTest, TheCoreReadsWhatIsGivenUp) {
  for (const bool changed : {false, true}) {
    const std::string outcome_id = changed ? "o-2" : "o-1";
    v1::Outcome outcome = Planned(outcome_id, id_, {{1, 5'000}, {3, 6'000}}, Now());
    AddWaiver(*outcome.mutable_promise()->mutable_plan(), v1::PaymentPlan::Waiver::KIND_INTEREST,
              1'000);
    EXPECT_EQ(Report(outcome), "RECORDED");
    const auto proposed = Changes();
    ASSERT_FALSE(proposed.empty());
    EXPECT_EQ(WordsOf(proposed.back().beyond()), "WAIVER SETTLEMENT");
    EXPECT_EQ(WordsOf(proposed.back().waivers()), "INTEREST 1000");
    const auto request =
        changed ? Change(outcome_id, {{1, 5'000}, {3, 6'000}}) : Approval(outcome_id);
    EXPECT_EQ(Answer(request), "OPEN");
    const auto decided = Changes();
    ASSERT_FALSE(decided.empty());
    EXPECT_EQ(decided.back().outcome_id(), outcome_id);
    EXPECT_EQ(WordsOf(decided.back().waivers()), changed ? "" : "INTEREST 1000");
    world_.Advance(absl::Minutes(5));
  }
}

// Whoever has the database's key, and what the core was told, can prove what was decided.
TEST_F(HubPlanDecisionsTest, TheLogVouchesForWhatWasDecided) {
  v1::Outcome outcome = Propose();
  outcome.set_version(2);
  outcome.mutable_promise()->mutable_plan()->set_agent_level("boss");
  EXPECT_EQ(Report(outcome), "RECORDED");
  Changes();
  v1::DecidePlanRequest request = Change("o-1", {{2, 5'000}, {4, 6'000}});
  request.set_outcome_version(2);
  request.set_note("as agreed by phone");
  AddWaiver(*request.mutable_plan(), v1::PaymentPlan::Waiver::KIND_PRINCIPAL, 1'000);
  EXPECT_EQ(Answer(request), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);

  v1::PromiseRecord decided;
  *decided.mutable_promise() = outcome.promise();
  *decided.mutable_decision() = changes[0].decision();
  *decided.mutable_agreed()->mutable_amount() = request.amount();
  *decided.mutable_agreed()->mutable_due_date() = changes[0].due_date();
  *decided.mutable_agreed()->mutable_plan() = request.plan();
  v1::PromiseRecord other = decided;
  other.mutable_agreed()->mutable_plan()->mutable_waivers(0)->mutable_amount()->set_minor_units(
      1'001);
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_DECIDED);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].plan().outcome_version(), 2);
  EXPECT_EQ(events[0].digest(), DigestOf(decided));
  EXPECT_NE(events[0].digest(), DigestOf(other));
  EXPECT_NE(events[0].digest(), Sha256Of(CanonicalBytes(decided)));
}

TEST_F(HubPlanDecisionsTest, TheLogVouchesForAnApproval) {
  const v1::Outcome outcome = Propose();
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  v1::PromiseRecord decided;
  *decided.mutable_promise() = outcome.promise();
  *decided.mutable_decision() = changes[0].decision();
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_DECIDED);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].plan().outcome_version(), 1);
  EXPECT_EQ(events[0].digest(), DigestOf(decided));
}

TEST_F(HubPlanDecisionsTest, AChangeMayBeASchedule) {
  Propose();
  v1::DecidePlanRequest request = Decision("o-1", Decided::VERDICT_CHANGED);
  *request.mutable_amount() = Yen(9'000);
  v1::PaymentPlan::Schedule& schedule = *request.mutable_plan()->mutable_schedule();
  *schedule.mutable_down_payment() = Yen(2'000);
  *schedule.mutable_first_date() = DateOf(absl::CivilDay(2026, 12, 1));
  schedule.set_interval(v1::PaymentPlan::INTERVAL_WEEK);
  schedule.set_count(2);
  EXPECT_EQ(Answer(request), "OPEN");
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].amount().minor_units(), 9'000);
  std::vector<std::string> parts;
  for (const v1::InstalmentStanding& one : changes[0].instalments()) {
    parts.push_back(absl::StrCat(absl::FormatCivilTime(CivilDayOf(one.due_date())), " ",
                                 one.amount().minor_units()));
  }
  EXPECT_THAT(parts, ElementsAre("2026-12-01 2000", "2026-12-08 3500", "2026-12-15 3500"));
  EXPECT_EQ(Answer(request), "OPEN again");
}

// What was paid since the contact counts, and what stood open until the decision is replaced by it.
TEST_F(HubPlanDecisionsTest, ItBindsFromTheDecisionOn) {
  Report(Promised("o-0", id_, 5'000, 3, Now()));
  world_.Advance(absl::Minutes(5));
  Told();
  Propose();
  EXPECT_THAT(Told(), IsEmpty());
  Pay("e-1", 4'000);
  EXPECT_THAT(Told(), IsEmpty());
  world_.Advance(absl::Minutes(5));
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  EXPECT_THAT(PlansTold(),
              ElementsAre("o-0 v1: OPEN>REPLACED 5000 paid 4000",
                          "o-1 v1: PENDING>OPEN 12000 paid 4000 [KEPT 4000, OPEN 0, OPEN 0] beyond "
                          "LEVEL, APPROVED"));
  Pay("e-2", 1'000);
  EXPECT_THAT(PlansTold(), IsEmpty());
}

TEST_F(HubPlanDecisionsTest, ADecisionStandsWhateverComesToBeKnownLater) {
  const absl::Time proposed = Now();
  Propose();
  PassHours(1);
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  Told();
  Report(Promised("o-2", id_, 5'000, 3, proposed + absl::Minutes(30)));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: REPLACED 5000 paid 0"));
  world_.Advance(absl::Minutes(1));
  Report(Promised("o-3", id_, 5'000, 3, Now()));
  EXPECT_THAT(Told(),
              ElementsAre("o-1 v1: OPEN>REPLACED 12000 paid 0", "o-3 v1: OPEN 5000 paid 0"));
}

TEST_F(HubPlanDecisionsTest, ANewerPromiseTakesThePlaceOfOneThatWaits) {
  Propose();
  world_.Advance(absl::Minutes(5));
  Report(Promised("o-2", id_, 5'000, 3, Now()));
  EXPECT_THAT(Told(),
              ElementsAre("o-1 v1: PENDING>REPLACED 12000 paid 0", "o-2 v1: OPEN 5000 paid 0"));
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Answer(Approval("o-1")), "PLAN_NOT_PENDING");
  // One that was made earlier does not, nor one that waits itself.
  Propose("o-3");
  Report(Promised("o-4", id_, 6'000, 3, Now() - absl::Minutes(1)));
  world_.Advance(absl::Minutes(1));
  Report(Planned("o-5", id_, kThreeParts, Now(), "trainee"));
  EXPECT_THAT(Waiting(), ElementsAre("A-1 sakura/o-3 v1", "A-1 sakura/o-5 v1"));
  // An approved one does, of those that were made before it was approved.
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(Answer(Approval("o-3")), "OPEN");
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Answer(Approval("o-5")), "PLAN_NOT_PENDING");
}

TEST_F(HubPlanDecisionsTest, WhatDoesNotWaitIsNotDecidedOn) {
  const v1::Outcome outcome = Propose();
  EXPECT_EQ(Answer(Approval("o-1", 2)), "PLAN_NOT_PENDING");
  v1::Outcome other = Version(outcome, 2);
  other.mutable_promise()->mutable_plan()->set_agent_level("lead");
  Report(other);
  EXPECT_EQ(Answer(Approval("o-1", 1)), "PLAN_NOT_PENDING");
  EXPECT_EQ(Answer(Approval("o-1", 2)), "OPEN");
  EXPECT_EQ(Answer(Refusal("o-1", 2)), "PLAN_NOT_PENDING");
  // One within authority.
  Report(Planned("o-2", id_, kThreeParts, Now()));
  EXPECT_EQ(Answer(Refusal("o-2")), "PLAN_NOT_PENDING");
  EXPECT_EQ(EventsOf(v1::AuditEvent::KIND_PLAN_DECIDED).size(), 1u);
}

TEST_F(HubPlanDecisionsTest, OneThatWasTakenBackWaitsNoMore) {
  Propose();
  Report(At(MakeOutcome("o-1", id_, CallCode::kRefusedToPay, 2), Now()));
  Told();
  for (const int32_t version : {1, 2}) {
    EXPECT_THAT(Decide(Approval("o-1", version)),
                FailsWith(absl::StatusCode::kNotFound, "PLAN_UNKNOWN"))
        << version;
  }
  EXPECT_THAT(PlansTold(), IsEmpty());
}

// Its first part is due on the second day, and there are no days of grace.
TEST_F(HubPlanDecisionsTest, WhatBindsHasItsDaysBeforeIt) {
  Propose();
  world_.Advance(Midnight(2) - Now());
  EXPECT_THAT(Decide(Approval("o-1")),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(PlansTold(), IsEmpty());
  EXPECT_EQ(Answer(Refusal("o-1")), "REFUSED");
}

TEST_F(HubPlanDecisionsTest, ASecondBeforeItIsInTime) {
  Propose();
  world_.clock.Advance(Midnight(2) - absl::Seconds(1) - Now());
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
}

// Whoever looked at what was proposed before is not told that this is what was decided.
TEST_F(HubPlanDecisionsTest, TheSameSaidOfAnotherPlanIsNoRepeat) {
  const v1::Outcome outcome = Propose();
  v1::Outcome other = Version(outcome, 2);
  other.mutable_promise()->mutable_plan()->set_agent_level("lead");
  Report(other);
  EXPECT_EQ(Answer(Approval("o-1", 2)), "OPEN");
  EXPECT_EQ(Answer(Approval("o-1", 2)), "OPEN again");
  EXPECT_EQ(Answer(Approval("o-1", 1)), "PLAN_NOT_PENDING");
}

TEST_F(HubPlanDecisionsTest, WhatIsNoPlanIsUnknown) {
  Propose();
  const struct {
    const char* account;
    const char* vendor;
    const char* outcome;
  } rows[] = {
      {"A-2", "sakura", "o-1"}, {"A-77", "sakura", "o-1"}, {"A-1", "fuji", "o-1"},
      {"A-1", "ume", "o-1"},    {"A-1", "sakura", "o-2"},
  };
  for (const auto& row : rows) {
    v1::DecidePlanRequest request = Approval(row.outcome);
    request.mutable_key()->set_account_id(row.account);
    request.mutable_key()->set_vendor_id(row.vendor);
    EXPECT_THAT(Decide(request), FailsWith(absl::StatusCode::kNotFound, "PLAN_UNKNOWN"))
        << row.account << " " << row.vendor << "/" << row.outcome;
  }
}

TEST_F(HubPlanDecisionsTest, BadInputNamesItsField) {
  Propose();
  using Request = v1::DecidePlanRequest;
  const auto change = [this] { return Change("o-1", {{2, 5'000}, {4, 6'000}}); };
  const struct {
    const char* what;
    Request request;
    std::function<void(Request&)> edit;
    const char* field;
  } rows[] = {
      {"no account", Approval("o-1"), [](Request& r) { r.mutable_key()->clear_account_id(); },
       "key.account_id"},
      {"no vendor", Approval("o-1"), [](Request& r) { r.mutable_key()->clear_vendor_id(); },
       "key.vendor_id"},
      {"no outcome", Approval("o-1"), [](Request& r) { r.mutable_key()->clear_outcome_id(); },
       "key.outcome_id"},
      {"no version", Approval("o-1"), [](Request& r) { r.clear_outcome_version(); },
       "outcome_version"},
      {"no verdict", Approval("o-1"), [](Request& r) { r.clear_verdict(); }, "verdict"},
      {"a verdict that is none", Approval("o-1"),
       [](Request& r) { r.set_verdict(static_cast<Decided::Verdict>(9)); }, "verdict"},
      {"refused for no reason", Refusal("o-1"), [](Request& r) { r.clear_reason(); }, "reason"},
      {"a reason that is none", Refusal("o-1"),
       [](Request& r) { r.set_reason(static_cast<Decided::Reason>(99)); }, "reason"},
      {"a long note", Approval("o-1"), [](Request& r) { r.set_note(std::string(501, 'n')); },
       "note"},
      {"a note that is no text", Approval("o-1"), [](Request& r) { r.set_note("a\x01"); }, "note"},
      {"no amount", change(), [](Request& r) { r.clear_amount(); }, "amount"},
      {"an amount of nothing", change(), [](Request& r) { r.mutable_amount()->set_minor_units(0); },
       "amount.minor_units"},
      {"an amount beside an approval", Approval("o-1"),
       [](Request& r) { *r.mutable_amount() = Yen(11'000); }, "amount"},
      {"a plan beside a refusal", Refusal("o-1"), [](Request& r) { r.mutable_plan(); }, "plan"},
      {"no plan", change(), [](Request& r) { r.clear_plan(); }, "plan"},
      {"an empty plan", change(), [](Request& r) { r.mutable_plan()->clear_instalments(); },
       "plan.instalments"},
      {"a plan that does not sum", change(),
       [](Request& r) { r.mutable_amount()->set_minor_units(11'001); }, "plan.instalments"},
      {"days that do not grow", change(),
       [](Request& r) {
         *r.mutable_plan()->mutable_instalments(1)->mutable_due_date() =
             r.plan().instalments(0).due_date();
       },
       "plan.instalments[1].due_date"},
      {"longer than any contract can allow", change(),
       [](Request& r) {
         r.mutable_plan()->mutable_instalments(1)->mutable_due_date()->set_year(2037);
       },
       "plan.instalments[1].due_date"},
      {"a part in another currency", change(),
       [](Request& r) {
         *r.mutable_plan()->mutable_instalments(1)->mutable_amount() = Yen(6'000, "USD");
       },
       "plan.instalments[1].amount.currency_code"},
      {"all in another currency than was proposed", change(),
       [](Request& r) {
         r.mutable_amount()->set_currency_code("USD");
         for (auto& one : *r.mutable_plan()->mutable_instalments())
           one.mutable_amount()->set_currency_code("USD");
       },
       "amount.currency_code"},
      {"a waiver of no kind", change(),
       [](Request& r) {
         AddWaiver(*r.mutable_plan(), v1::PaymentPlan::Waiver::KIND_UNSPECIFIED, 1);
       },
       "plan.waivers[0].kind"},
      {"a level", change(), [](Request& r) { r.mutable_plan()->set_agent_level("agent"); },
       "plan.agent_level"},
      {"proofs", change(), [](Request& r) { AddProof(*r.mutable_plan(), "https://a.example/1"); },
       "plan.proofs"},
  };
  for (const auto& row : rows) {
    Request request = row.request;
    row.edit(request);
    const auto answer = Decide(request);
    EXPECT_THAT(answer, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID")) << row.what;
    EXPECT_EQ(ErrorMetadata(answer.status(), "field"), row.field) << row.what;
  }
  EXPECT_THAT(PlansTold(), IsEmpty());
  EXPECT_THAT(Waiting(), ElementsAre("A-1 sakura/o-1 v1"));
}

// A permit that was open goes with the decision by which somebody is left alone.
TEST_F(HubPlanDecisionsTest, AnApprovalHoldsRemindersBack) {
  Report(Planned("o-1", id_, {{3, 6'000}, {7, 6'000}}, Now(), "trainee"));
  EXPECT_EQ(Ask("r-1"), "permit");
  EXPECT_THAT(EventsOf(v1::AuditEvent::KIND_PERMIT_VOIDED), IsEmpty());
  EXPECT_EQ(Answer(Approval("o-1")), "OPEN");
  const auto voided = EventsOf(v1::AuditEvent::KIND_PERMIT_VOIDED);
  ASSERT_EQ(voided.size(), 1u);
  EXPECT_EQ(voided[0].subject_id(), permit_id_);
  EXPECT_EQ(voided[0].permit_voided().cause(), v1::AuditEvent::PermitVoided::CAUSE_PROMISE);
  EXPECT_EQ(Ask("r-2"), "PROMISE_LIVE");
}

}  // namespace
}  // namespace switchboard
