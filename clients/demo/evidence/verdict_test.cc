#include "clients/demo/evidence/verdict.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "clients/demo/evidence/small_run.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::FailsWith;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;
using Audit = v1::AuditEvent;
using Placement = v1::ListPlacementsResponse::Placement;

TEST(Verdict, IsGoodWhenNothingIsWrong) {
  SmallRun run;
  EXPECT_THAT(run.Verdict(), IsEmpty());
  EXPECT_TRUE(run.result.holds()) << ::testing::PrintToString(run.result.problems);
  // A verdict about nothing would be good too.
  EXPECT_EQ(run.result.invariants.size(), 19);
  EXPECT_EQ(run.result.assignments_delivered, SmallRun::kAccounts);
  EXPECT_EQ(run.result.accounts_imported, SmallRun::kAccounts);
  EXPECT_EQ(run.result.items_read_by_core, 1);
  EXPECT_EQ(run.result.stops_posted, 1);
  EXPECT_EQ(run.result.late_sent, 1);
  EXPECT_EQ(run.result.late_held_up, 1);
  EXPECT_EQ(run.result.stop.p50_ms, 3.0);
  EXPECT_TRUE(run.result.audit_verified);
}

struct Case {
  const char* name;
  std::vector<std::string> violated;
  std::function<void(SmallRun&)> spoil;
};

// A second placement of an account that is live already.
void PlaceAgain(SmallRun& run) {
  Placement second = run.FirstAt("bright");
  second.set_vendor_id("jade");
  second.set_assignment_id("as-again");
  run.hub.Log(Audit::KIND_PLACED, "").set_assignment_id("as-again");
  run.hub.placements.push_back(second);
}

auto FirstOf(std::vector<Audit>& events, Audit::Kind kind) {
  return std::find_if(events.begin(), events.end(),
                      [&](const Audit& event) { return event.kind() == kind; });
}

// The same outcome once more, with the next sequence.
void RecordTwice(SmallRun& run) {
  run.recorded.set_sequence(2);
  run.KeepAtCore(run.recorded);
  const auto first = FirstOf(run.hub.events, Audit::KIND_OUTCOME);
  Audit second = *first;
  second.set_count(2);
  run.hub.events.insert(first + 1, second);
}

void MovePaymentAheadOfPermit(SmallRun& run) {
  const auto payment = FirstOf(run.hub.events, Audit::KIND_EVENT);
  std::rotate(FirstOf(run.hub.events, Audit::KIND_PERMIT_GIVEN), payment, payment + 1);
}

void GiveSecondPermit(SmallRun& run) {
  const auto first = FirstOf(run.hub.events, Audit::KIND_PERMIT_GIVEN);
  Audit second = *first;
  second.set_subject_id("permit-2");
  run.hub.events.insert(first + 1, second);
}

void ShowRowOfAnother(SmallRun& run) {
  v1::SyncResponse::Batch batch;
  batch.add_changes()->mutable_assigned()->set_assignment_id(run.FirstAt("sakura").assignment_id());
  run.Feed("jade", batch);
}

const Case kCases[] = {
    {"AccountsForgotten", {"I1 Durable"}, [](SmallRun& r) { r.through_afterwards = 39; }},
    {"EventLost",
     {"I1 Durable", "I8 Evident"},
     [](SmallRun& r) { r.PostFromCore("ev-2", "stop-contact-point", r.FirstAt("jade")); }},
    {"OutcomeLost", {"I1 Durable", "I2 Once"}, [](SmallRun& r) { r.core_outcomes.clear(); }},
    {"OutcomeDoubled", {"I2 Once"}, RecordTwice},
    {"OutcomeAltered",
     {"I2 Once"},
     [](SmallRun& r) {
       r.core_outcomes.clear();
       r.recorded.mutable_outcome()->mutable_outcome()->set_note("other");
       r.KeepAtCore(r.recorded);
     }},
    {"OutcomeOfNobody",
     {"I2 Once"},
     [](SmallRun& r) { r.vendors["sakura"].desk = r.LineOfPermit(SmallRun::kAskedNs); }},
    {"OutcomeOfOneThatDiedInBetween",
     {},
     [](SmallRun& r) {
       v1::Outcome outcome = r.recorded.outcome().outcome();
       outcome.set_outcome_id("out-2");
       r.vendors["sakura"].desk += LedgerLine({"report", "out-2", MessageCell(outcome)});
     }},
    {"OutcomeThatWaitsForEver",
     {"I2 Once"},
     [](SmallRun& r) {
       v1::Outcome outcome = r.recorded.outcome().outcome();
       outcome.set_outcome_id("out-2");
       r.vendors["sakura"].desk += LedgerLine({"report", "out-2", MessageCell(outcome)}) +
                                   LedgerLine({"outcome", "out-2", "1", "", "", ""});
     }},
    {"TwoHands", {"I3 One hand", "I7 Own only", "I9 Reproducible", "I10 Resumable"}, PlaceAgain},
    {"RawValueSent",
     {"I4 Masked"},
     [](SmallRun& r) {
       r.vendors["bright"].frames.emplace_back(
           "Sync", "no message " + SmallRun::Book().Record(3).account().card_number());
     }},
    {"PermitBehindStopByClock",
     {"I5 Stopped", "I12 Ordered"},
     [](SmallRun& r) { r.vendors["sakura"].desk += r.LineOfPermit(SmallRun::kAckedNs + 1); }},
    {"PermitBehindStopByLog", {"I5 Stopped", "I12 Ordered"}, MovePaymentAheadOfPermit},
    {"OpenedByWhatWasReadBeforeThePayment",
     {"I12 Ordered"},
     [](SmallRun& r) {
       Audit& settled = r.hub.Log(Audit::KIND_EVENT, "ev-1");
       settled.set_actor("core/main");
       settled.mutable_occurrence()->set_what(Audit::Occurrence::WHAT_PAYMENT_SETTLED);
       settled.mutable_occurrence()->set_settled_until_us(std::numeric_limits<int64_t>::max());
       settled.set_account_id(r.FirstAt("sakura").account_id());
     }},
    {"LiveBehindStop",
     {"I5 Stopped"},
     [](SmallRun& r) {
       r.PostFromCore("ev-2", "stop-person", r.FirstAt("jade"));
       Audit& stop = r.hub.Log(Audit::KIND_EVENT, "ev-2");
       stop.set_person_id(r.FirstAt("jade").person_id());
       stop.mutable_occurrence()->set_what(Audit::Occurrence::WHAT_STOP);
     }},
    {"TwoPermitsOpen", {"I6 Capped"}, GiveSecondPermit},
    {"RowOfAnother", {"I7 Own only", "I8 Evident"}, ShowRowOfAnother},
    {"OutcomeOfAnotherAccount",
     {"I7 Own only"},
     [](SmallRun& r) {
       r.core_outcomes.clear();
       r.recorded.mutable_outcome()->set_account_id(r.FirstAt("jade").account_id());
       r.KeepAtCore(r.recorded);
     }},
    {"EntryAltered",
     {"I8 Evident"},
     [](SmallRun& r) {
       r.hub.alter = [](auto& entries) { entries.back().set_commit_time_us(1); };
     }},
    {"NothingDisclosed", {"I8 Evident"}, [](SmallRun& r) { r.hub.disclosures.clear(); }},
    {"PermitNotLogged",
     {"I8 Evident"},
     [](SmallRun& r) { r.hub.events.erase(FirstOf(r.hub.events, Audit::KIND_PERMIT_GIVEN)); }},
    {"RoutedOtherwise",
     {"I9 Reproducible"},
     [](SmallRun& r) { r.FirstAt("jade").mutable_why()->set_position(9); }},
    {"AckMissing",
     {"I10 Resumable"},
     [](SmallRun& r) { r.hub.vendors["jade"].set_acknowledged_sequence(0); }},
    {"WithdrawalNotStored",
     {"I10 Resumable"},
     [](SmallRun& r) { r.vendors["sakura"].stored.pop_back(); }},
    {"BeyondTheWindow",
     {"I11 Bounded"},
     [](SmallRun& r) {
       v1::SyncResponse opened;
       opened.mutable_opened()->set_window(1);
       r.vendors["bright"].frames[0].second = opened.SerializeAsString();
     }},
};

class SpoiledRun : public ::testing::TestWithParam<Case> {};

TEST_P(SpoiledRun, ViolatesTheRightInvariant) {
  SmallRun run;
  GetParam().spoil(run);
  EXPECT_THAT(run.Verdict(), UnorderedElementsAreArray(GetParam().violated))
      << ::testing::PrintToString(run.result.problems);
  EXPECT_EQ(run.result.holds(), GetParam().violated.empty());
}

INSTANTIATE_TEST_SUITE_P(All, SpoiledRun, ::testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Verdict, RoutesAgainWithoutWhatWasStoppedBeforeItCame) {
  const std::string first_of_sakura = SmallRun().FirstAt("sakura").account_id();
  SmallRun run({first_of_sakura});
  EXPECT_THAT(run.Verdict(), IsEmpty());
  EXPECT_EQ(run.result.accounts_not_placed, 1);
  SmallRun other({first_of_sakura});
  other.hub.events.erase(FirstOf(other.hub.events, Audit::KIND_NOT_PLACED));
  EXPECT_THAT(other.Verdict(), ElementsAre("I9 Reproducible"));
}

TEST(Verdict, LeavesRoutingOutWhenLimitsDependOnTheVendors) {
  SmallRun run;
  ASSERT_OK_AND_ASSIGN(Evidence evidence, run.Gathered());
  EXPECT_TRUE(RoutingDiffers(evidence, SmallRun::Book()).has_value());
  evidence.plan.mutable_segments(0)->mutable_shares(0)->set_live_assignments_max(1);
  EXPECT_FALSE(RoutingDiffers(evidence, SmallRun::Book()).has_value());
}

TEST(Verdict, AsksForMoreThanTheInvariants) {
  SmallRun run;
  run.result.hub_kills = run.result.vendor_kills = 0;
  const auto receipt = [](const char* sequence, const char* status, const char* reason) {
    return LedgerLine({"receipt", kBookSource, sequence, status, reason});
  };
  run.core_events = receipt("7", "STATUS_INVALID", "NOT_PLACED_REASON_UNSPECIFIED") +
                    receipt("8", "STATUS_NOT_PLACED", "NOT_PLACED_REASON_NO_SEGMENT") +
                    receipt("9", "STATUS_REPEATED", "NOT_PLACED_REASON_UNSPECIFIED") +
                    run.core_events;
  auto& item = run.hub.quarantine.emplace_back();
  item.set_quarantine_id("q-1");
  item.set_kind("account");
  auto& rest = run.hub.quarantine_rest.emplace_back();
  rest.set_actor("vendor/sakura");
  rest.set_kind("outcome");
  rest.set_count(1'234);
  run.hub.Log(Audit::KIND_QUARANTINED, "q-1");
  EXPECT_THAT(run.Verdict(), IsEmpty());
  EXPECT_EQ(run.result.accounts_imported, SmallRun::kAccounts - 1);
  EXPECT_EQ(run.result.accounts_not_placed, 1);
  EXPECT_THAT(run.result.problems, Contains(HasSubstr("1 accounts not imported")));
  EXPECT_EQ(run.result.quarantined, 1'235);
  EXPECT_THAT(run.result.problems, Contains(HasSubstr("1 in quarantine:  account")));
  EXPECT_THAT(run.result.problems, Contains(HasSubstr("1,234 in quarantine: vendor/sakura")));
  EXPECT_THAT(run.result.problems, Contains("the hub was not killed"));
  EXPECT_THAT(run.result.problems, Contains("no vendor was killed"));
}

TEST(Verdict, AsksThatAllSayTheSameOfPlansAndRecordings) {
  SmallRun run;
  run.hub.missing_recordings.emplace_back().set_outcome_id("out-7");
  Audit& decided = run.hub.Log(Audit::KIND_PLAN_DECIDED, "out-8");
  decided.set_vendor_id("sakura");
  run.Verdict();
  EXPECT_THAT(run.result.problems,
              Contains(HasSubstr("promises and plans: 2 mistakes, the first: the promise of "
                                 "sakura's outcome out-8 was decided otherwise")));
}

TEST(Verdict, HoldsTheLogToTheCheckpointThatWasKept) {
  SmallRun good;
  good.Verdict();
  EXPECT_EQ(good.result.checkpoints_kept, 1);
  EXPECT_EQ(good.result.checkpoints_as_kept, 1);
  // The last entry was made anew since, so that all fits but what was kept.
  SmallRun run;
  run.kept_checkpoint = run.hub.SealedLog().notes.back();
  run.hub.alter = [](std::vector<v1::AuditEntry>& entries) {
    entries.back().set_commit_time_us(7);
    entries.back().set_hash(audit::EntryHash(entries.back()));
  };
  EXPECT_THAT(run.Verdict(), IsEmpty());
  EXPECT_EQ(run.result.checkpoints_as_kept, 0);
  EXPECT_THAT(run.result.problems, ElementsAre(HasSubstr("the audit log and its checkpoints: ")));
}

TEST(Verdict, TakesAPromisedPaymentForOneThatIsNotSentLate) {
  SmallRun run;
  const Placement paid = run.FirstAt("jade");
  run.PostFromCore("ev-2", "promised-payment", paid);
  Audit& payment = run.hub.Log(Audit::KIND_EVENT, "ev-2");
  payment.set_account_id(paid.account_id());
  payment.mutable_occurrence()->set_what(Audit::Occurrence::WHAT_PAYMENT);
  ASSERT_OK_AND_ASSIGN(const Evidence evidence, run.Gathered());
  EXPECT_EQ(evidence.ledger.payments.size(), 2u);
  EXPECT_EQ(evidence.ledger.stops.back().settled_until_us, SmallRun::kPaidUs);
  EXPECT_FALSE(evidence.sent_late.contains(paid.account_id()));
}

// The vendor wrote down what its rows show; stops speak of contact points as the core does.
TEST(Verdict, ReadsContactPointsOfPermitsAsTheCoreCallsThem) {
  SmallRun run;
  v1::SyncResponse::Batch batch;
  v1::Assignment& row = *batch.add_changes()->mutable_assigned();
  row.set_assignment_id(run.FirstAt("sakura").assignment_id());
  v1::MaskedContactPoint& home = *row.mutable_person()->add_contact_points();
  home.set_contact_point_id("token-of-home");
  home.set_kind(v1::CONTACT_KIND_HOME_PHONE);
  run.Feed("sakura", batch);
  run.vendors["sakura"].desk +=
      LedgerLine({"permit", "1", "2", row.assignment_id(), "token-of-home", "permit-2"});
  ASSERT_OK_AND_ASSIGN(const Evidence evidence, run.Gathered());
  std::vector<std::string> points;
  for (const auto& permit : evidence.ledger.permits) points.push_back(permit.contact_point_id);
  EXPECT_THAT(points, ElementsAre("mobile-1", "home-1"));
}

TEST(Verdict, RoutesAgainWithoutWhatWasHandedOver) {
  SmallRun run;
  Placement& former = run.FirstAt("jade");
  former.mutable_withdraw_time()->set_seconds(100);
  Placement begun = former;
  begun.set_vendor_id("head-office");
  begun.set_assignment_id("as-handed");
  begun.set_placement_number(2);
  begun.clear_withdraw_time();
  begun.mutable_why()->set_rule(v1::PlacementReason::RULE_HANDED_OVER);
  run.hub.placements.push_back(begun);
  ASSERT_OK_AND_ASSIGN(Evidence evidence, run.Gathered());
  EXPECT_THAT(*RoutingDiffers(evidence, SmallRun::Book()), IsEmpty());
  evidence.ledger.placements.back().mutable_why()->set_rule(
      v1::PlacementReason::RULE_STICKY_PERSON);
  EXPECT_THAT(*RoutingDiffers(evidence, SmallRun::Book()), Contains(HasSubstr("placements")));
}

TEST(Verdict, OfSeveralHubsAsksForAKilledDatabaseAndForEachHub) {
  SmallRun run;
  run.result.engine = "postgres";
  run.result.hubs = 2;
  EXPECT_THAT(run.Verdict(), IsEmpty());
  EXPECT_THAT(run.result.problems, UnorderedElementsAreArray({"the database was not killed",
                                                              "1 of 2 hubs left an audit chain"}));
  SmallRun good;
  good.result.engine = "postgres";
  good.result.hubs = 2;
  good.result.database_kills = 1;
  good.hub.alter = [](std::vector<v1::AuditEntry>& entries) {
    // The second hub wrote the last entry, in its second lane's chain.
    v1::AuditEntry& last = entries.back();
    last.set_chain_id("hub-2.2");
    last.set_sequence(1);
    last.set_previous_hash(audit::Genesis());
    last.set_commit_time_us(1);
    last.set_hash(audit::EntryHash(last));
  };
  EXPECT_THAT(good.Verdict(), IsEmpty());
  EXPECT_THAT(good.result.problems, IsEmpty());
  EXPECT_EQ(good.result.by_hub["hub-2"].audit_chains, 1);
  EXPECT_EQ(good.result.by_hub["hub-2"].audit_events, 1);
  EXPECT_EQ(good.result.by_hub["hub-1"].audit_events, good.result.audit_events - 1);
  EXPECT_EQ(good.result.by_hub["hub-1"].permits_given, 1);
  EXPECT_EQ(good.result.by_hub["hub-1"].outcomes, 1);
}

TEST(Verdict, SaysOnceWhatIsWrong) {
  SmallRun run;
  run.core_outcomes.clear();
  run.Verdict();
  EXPECT_EQ(run.result.outcomes_lost, 1);
  EXPECT_THAT(run.result.problems,
              Contains("I1 Durable: outcome sakura out-1 v1 was acknowledged and is lost"));
}

TEST(Evidence, IsRefusedWhenALedgerCannotBeRead) {
  SmallRun run;
  run.core_outcomes += LedgerLine({"2", "sakura", "out-2", "1", "", "", "", "not a message"});
  EXPECT_THAT(run.Gathered(), FailsWith(absl::StatusCode::kDataLoss, "LEDGER_BROKEN"));
}

TEST(Figures, CountStopsDuringAnOutageApart) {
  SmallRun run;
  run.outages.push_back({"hub", 7'000'000, 7'500'000});
  run.Verdict();
  EXPECT_EQ(run.result.stop.count, 0);
  EXPECT_EQ(run.result.stop_in_outage.count, 1);
  SmallRun failed_over;
  failed_over.outages.push_back({"database", 7'000'000, 7'500'000});
  failed_over.Verdict();
  EXPECT_EQ(failed_over.result.stop_in_outage.count, 1);
  SmallRun other;
  other.outages.push_back({"jade", 7'000'000, 7'500'000});
  other.Verdict();
  EXPECT_EQ(other.result.stop.count, 1);
}

TEST(Figures, PercentilesAreByNearestRank) {
  EXPECT_EQ(PercentilesOf({}).count, 0);
  EXPECT_EQ(PercentilesOf({5}).p99_ms, 5);
  std::vector<double> times;
  for (int i = 100; i >= 1; --i) times.push_back(i);
  EXPECT_EQ(PercentilesOf(times).p50_ms, 50);
  EXPECT_EQ(PercentilesOf(times).p99_ms, 99);
}

}  // namespace
}  // namespace switchboard::demo
