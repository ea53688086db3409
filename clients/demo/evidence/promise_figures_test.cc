#include "clients/demo/evidence/promise_figures.h"

#include <functional>

#include "hub/base/proto_time.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Decision = v1::PlanDecision;

constexpr int64_t kHourUs = 3'600'000'000;

v1::Money Twd(int64_t minor_units) {
  v1::Money money;
  money.set_currency_code("TWD");
  money.set_minor_units(minor_units);
  return money;
}

// What everybody has to say of one settlement that head office has changed, of one call whose
// recording was told, and of one whose recording is missing, both of sakura's.
struct ToldEvidence {
  ToldEvidence() {
    v1::Contract& contract = evidence.vendors["sakura"].contract;
    contract.mutable_recordings()->mutable_within()->set_seconds(3'600);
    evidence.ledger.end_us = 3 * kHourUs;
    AddCall("o-1")->mutable_promise();
    AddCall("o-2")->mutable_recording();
    v1::MissingRecording& missing = evidence.missing_recordings.emplace_back();
    missing.set_vendor_id("sakura");
    missing.set_outcome_id("o-1");
    missing.mutable_due_time()->set_seconds(3'600 + 1'800);
    AddPlan();
    Decide();
  }

  v1::Outcome* AddCall(const std::string& outcome_id) {
    v1::RecordedOutcome& recorded = *evidence.ledger.items_read.emplace_back().mutable_outcome();
    recorded.set_vendor_id("sakura");
    v1::Outcome& outcome = *recorded.mutable_outcome();
    outcome.set_outcome_id(outcome_id);
    outcome.set_version(1);
    outcome.mutable_result()->set_connection(v1::CONNECTION_ANSWERED);
    outcome.mutable_end_time()->set_seconds(1'800);
    return &outcome;
  }

  void AddPlan() {
    v1::PromiseChange& plan = *evidence.ledger.items_read.emplace_back().mutable_promise();
    plan.set_vendor_id("sakura");
    plan.set_outcome_id("o-1");
    plan.set_standing(v1::PROMISE_STANDING_OPEN);
    *plan.mutable_amount() = Twd(1'000);
    plan.add_beyond(v1::PaymentPlan::BEYOND_MONTHS);
    plan.mutable_decision()->set_verdict(Decision::VERDICT_CHANGED);
    for (const int day : {4, 18}) {
      auto& part = *plan.add_instalments();
      *part.mutable_due_date() = DateOf(absl::CivilDay(2026, 11, day));
      *part.mutable_amount() = Twd(500);
      part.set_standing(day == 4 ? v1::PROMISE_STANDING_KEPT : v1::PROMISE_STANDING_OPEN);
    }
  }

  void Decide() {
    PlanDecided& decided = evidence.plans_decided.emplace_back();
    decided.acknowledged = true;
    v1::DecidePlanRequest& request = decided.request;
    request.mutable_key()->set_vendor_id("sakura");
    request.mutable_key()->set_outcome_id("o-1");
    request.set_verdict(Decision::VERDICT_CHANGED);
    *request.mutable_amount() = Twd(1'000);
    request.mutable_plan()->mutable_schedule()->set_count(2);
    *request.mutable_plan()->mutable_schedule()->mutable_first_date() =
        DateOf(absl::CivilDay(2026, 11, 4));
    evidence.plans_logged.push_back({"sakura", "o-1", Decision::VERDICT_CHANGED});
  }

  v1::PromiseChange& plan() { return *evidence.ledger.items_read[2].mutable_promise(); }

  Evidence evidence;
};

PromiseCounts CountsOf(const Evidence& evidence) {
  RunResult result;
  result.vendors.resize(2);
  result.vendors[0].vendor_id = "sakura";
  result.vendors[1].vendor_id = "jade";
  CountPromises(evidence, &result);
  EXPECT_TRUE(result.vendors[1].promises.none());
  return result.vendors[0].promises;
}

TEST(PromiseFigures, CountWhatTheCoreWasToldLast) {
  ToldEvidence told;
  PromiseCounts counts = CountsOf(told.evidence);
  EXPECT_EQ(counts.taken, 1);
  EXPECT_EQ(counts.plans, 1);
  EXPECT_EQ(counts.changed, 1);
  EXPECT_EQ(counts.waiting + counts.approved + counts.refused, 0);
  EXPECT_THAT(counts.standings, ElementsAre(Pair("PROMISE_STANDING_OPEN", 1)));
  EXPECT_THAT(counts.open_plans, ElementsAre(Pair("1 of 2 parts kept", 1)));
  EXPECT_EQ(counts.recordings_told, 1);
  EXPECT_EQ(counts.recordings_missing, 1);
  // A later word of the same promise takes its place.
  v1::CoreItem later = told.evidence.ledger.items_read[2];
  later.mutable_promise()->set_standing(v1::PROMISE_STANDING_PARTLY_KEPT);
  told.evidence.ledger.items_read.push_back(later);
  counts = CountsOf(told.evidence);
  EXPECT_EQ(counts.taken, 1);
  EXPECT_THAT(counts.standings, ElementsAre(Pair("PROMISE_STANDING_PARTLY_KEPT", 1)));
  EXPECT_THAT(counts.open_plans, IsEmpty());
}

TEST(PromiseFigures, CountWhatWaitsAndWhatWasHandedOver) {
  ToldEvidence told;
  told.plan().clear_decision();
  told.plan().set_standing(v1::PROMISE_STANDING_PENDING);
  EXPECT_EQ(CountsOf(told.evidence).waiting, 1);
  v1::HandOver& hand_over = *told.evidence.ledger.items_read.emplace_back().mutable_hand_over();
  hand_over.set_from_vendor_id("sakura");
  hand_over.set_to_vendor_id("head-office");
  RunResult result;
  CountPromises(told.evidence, &result);
  EXPECT_THAT(result.handed_over, ElementsAre(Pair("sakura to head-office", 1)));
}

TEST(PromiseFigures, AgreeWhereNothingIsWrong) {
  EXPECT_THAT(PromiseMistakes(ToldEvidence().evidence), IsEmpty());
}

struct Case {
  const char* says;
  std::function<void(ToldEvidence&)> spoil;
};
const Case kCases[] = {
    {"waits, though head office has decided",
     [](auto& t) { t.plan().set_standing(v1::PROMISE_STANDING_PENDING); }},
    {"was decided as head office did not",
     [](auto& t) { t.plan().mutable_decision()->set_verdict(Decision::VERDICT_APPROVED); }},
    {"was decided as head office did not", [](auto& t) { t.evidence.plans_decided.clear(); }},
    {"binds otherwise than head office changed it",
     [](auto& t) { *t.plan().mutable_amount() = Twd(999); }},
    {"binds otherwise than head office changed it",
     [](auto& t) { t.plan().mutable_instalments()->RemoveLast(); }},
    {"binds otherwise than head office changed it",
     [](auto& t) { t.plan().mutable_instalments(0)->mutable_due_date()->set_day(5); }},
    {"was decided otherwise by the audit log",
     [](auto& t) {
       t.evidence.plans_logged.push_back({"sakura", "o-1", Decision::VERDICT_REFUSED});
     }},
    {"was decided otherwise by the audit log",
     [](auto& t) {
       t.evidence.plans_logged.push_back({"jade", "o-1", Decision::VERDICT_CHANGED});
     }},
    {"was decided, which the audit log does not name",
     [](auto& t) { t.evidence.plans_logged.clear(); }},
    {"was decided, and the core was told otherwise", [](auto& t) { t.plan().clear_decision(); }},
    {"is owed, and nobody misses it", [](auto& t) { t.evidence.missing_recordings.clear(); }},
    {"is missed, and is not owed since then",
     [](auto& t) { t.evidence.missing_recordings[0].mutable_due_time()->set_seconds(3'600); }},
    {"is missed, and is not owed since then",
     [](auto& t) { t.evidence.missing_recordings[0].set_outcome_id("o-2"); }},
    {"is missed, and is not owed since then",
     [](auto& t) { t.evidence.vendors["sakura"].contract.clear_recordings(); }},
    {"is missed of a call that the core did not read of",
     [](auto& t) { t.evidence.missing_recordings.emplace_back().set_vendor_id("jade"); }},
};

TEST(PromiseFigures, SayWhatIsWrong) {
  for (const Case& c : kCases) {
    ToldEvidence told;
    c.spoil(told);
    EXPECT_THAT(PromiseMistakes(told.evidence), ::testing::Contains(HasSubstr(c.says))) << c.says;
  }
}

// Its time was not up when all was quiet, or its answer was lost.
TEST(PromiseFigures, DoNotAskForWhatMayBeMissing) {
  ToldEvidence told;
  told.evidence.missing_recordings.clear();
  told.evidence.ledger.end_us = (3'600 + 1'800) * 1'000'000LL;
  EXPECT_THAT(PromiseMistakes(told.evidence), IsEmpty());
  told.evidence.plans_decided.front().acknowledged = false;
  told.evidence.plans_logged.clear();
  told.plan().clear_decision();
  EXPECT_THAT(PromiseMistakes(told.evidence), IsEmpty());
}

}  // namespace
}  // namespace switchboard::demo
