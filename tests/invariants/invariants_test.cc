#include "tests/invariants/invariants.h"

#include <functional>

#include "hub/audit/chain.h"
#include "tests/testing.h"

namespace switchboard::invariants {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Receipts = v1::ReportOutcomesResponse;

constexpr int64_t kMinuteUs = 60 * 1'000'000;

v1::AuditEvent EventAt(int64_t second, v1::AuditEvent::Kind kind, const std::string& subject_id) {
  v1::AuditEvent event;
  event.set_kind(kind);
  event.mutable_time()->set_seconds(second);
  event.set_actor("core/main");
  event.set_subject_id(subject_id);
  return event;
}

// One entry per event, sealed as the hub does it.
void AppendBytes(Ledger& ledger, const std::string& event) {
  v1::AuditEntry entry;
  entry.set_chain_id("hub-1");
  entry.set_sequence(static_cast<int64_t>(ledger.audit.size()) + 1);
  entry.set_previous_hash(ledger.audit.empty() ? audit::Genesis() : ledger.audit.back().hash());
  entry.add_events(event);
  entry.set_events_root(audit::MerkleRoot({event}));
  entry.set_hash(audit::EntryHash(entry));
  ledger.audit.push_back(std::move(entry));
}

void Append(Ledger& ledger, const v1::AuditEvent& event) {
  AppendBytes(ledger, event.SerializeAsString());
}

v1::AuditEvent Permit(int64_t second, const std::string& permit_id) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PERMIT_GIVEN, permit_id);
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_person_id("P-1");
  event.set_assignment_id("as-1");
  event.set_detail("contact_point=mobile-1 number=withheld");
  return event;
}

v1::AuditEvent Stop(int64_t second, const std::string& id, const std::string& detail) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_EVENT, id);
  event.set_detail(detail);
  return event;
}

v1::AuditEvent Outcome(int64_t second, int64_t sequence, const std::string& id) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_OUTCOME, id);
  event.set_vendor_id("sakura");
  event.set_assignment_id("as-1");
  event.set_count(sequence);
  return event;
}

v1::ListPlacementsResponse::Placement Placed(const std::string& id, const std::string& vendor_id,
                                             int64_t from, int64_t to) {
  v1::ListPlacementsResponse::Placement placement;
  placement.set_assignment_id(id);
  placement.set_vendor_id(vendor_id);
  placement.set_account_id("A-1");
  placement.set_person_id("P-1");
  placement.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  placement.mutable_place_time()->set_seconds(from);
  if (to != 0) placement.mutable_withdraw_time()->set_seconds(to);
  return placement;
}

v1::RecordedOutcome Recorded(int64_t sequence, const std::string& id,
                             const std::string& permit_id) {
  v1::RecordedOutcome outcome;
  outcome.set_sequence(sequence);
  outcome.set_vendor_id("sakura");
  outcome.set_account_id("A-1");
  outcome.mutable_outcome()->set_outcome_id(id);
  outcome.mutable_outcome()->set_version(1);
  outcome.mutable_outcome()->set_assignment_id("as-1");
  outcome.mutable_outcome()->set_permit_id(permit_id);
  outcome.mutable_outcome()->set_disposition(v1::DISPOSITION_RIGHT_PARTY);
  return outcome;
}

// One account at one vendor, one permit, one outcome: all is well.
Ledger Good() {
  Ledger ledger;
  ledger.vendor_groups = {{"sakura", "sakura"}, {"jade", "jade"}};
  ledger.permit_lifetimes_us = {{"sakura", 2 * kMinuteUs}};
  ledger.withheld = {{"sakura", {"4242424242424242"}}};
  ledger.bytes_shown = {{"sakura", {"a row"}}};
  ledger.placed_accounts = {"A-1"};
  ledger.through = {{"night", 7}};
  ledger.through_afterwards = {{"night", 7}};
  ledger.placements = {Placed("as-1", "sakura", 10, 0)};
  v1::Assignment row;
  row.set_assignment_id("as-1");
  row.mutable_person()->set_person_token("token-1");
  ledger.shown = {{"sakura", row}};
  v1::ListDisclosuresResponse::Disclosure disclosure;
  disclosure.set_vendor_id("sakura");
  disclosure.add_assignment_ids("as-1");
  ledger.disclosures = {disclosure};
  ledger.permits = {{"sakura", "pm-1", "as-1", "mobile-1", 100, 110}};
  ledger.outcomes_read = {Recorded(1, "oc-1", "pm-1")};
  ledger.outcomes_reported = {
      {"sakura", ledger.outcomes_read[0].outcome(), Receipts::STATUS_RECORDED}};
  ledger.feeds = {{"sakura", {{"as-1", "row"}}, {{"as-1", "row"}}, 1, 3, 3, 3, 0}};
  ledger.streams = {{"sakura", 10, 10}};
  v1::AuditEvent placed = EventAt(10, v1::AuditEvent::KIND_PLACED, "");
  placed.set_assignment_id("as-1");
  placed.set_account_id("A-1");
  placed.set_vendor_id("sakura");
  Append(ledger, placed);
  v1::AuditEvent disclosed = EventAt(11, v1::AuditEvent::KIND_DISCLOSED, "1");
  disclosed.set_vendor_id("sakura");
  Append(ledger, disclosed);
  Append(ledger, Permit(20, "pm-1"));
  Append(ledger, Outcome(30, 1, "oc-1"));
  return ledger;
}

struct Case {
  const char* name;
  const char* invariant;  // the one that must complain; empty: none may
  std::function<void(Ledger&)> spoil;
};

void AddStop(Ledger& ledger, int64_t second, const char* detail, const char* account,
             const char* person) {
  v1::AuditEvent stop = Stop(second, "ev-1", detail);
  stop.set_account_id(account);
  stop.set_person_id(person);
  Append(ledger, stop);
}

// What a stop does to the one assignment.
void Withdraw(Ledger& ledger, int64_t second) {
  v1::AuditEvent withdrawn = EventAt(second, v1::AuditEvent::KIND_WITHDRAWN, "");
  withdrawn.set_assignment_id("as-1");
  Append(ledger, withdrawn);
  ledger.placements[0].mutable_withdraw_time()->set_seconds(second);
}

v1::AuditEvent Confirmed(const std::string& core, int64_t through) {
  v1::AuditEvent event = EventAt(50, v1::AuditEvent::KIND_OUTCOMES_CONFIRMED, "");
  event.set_actor(core);
  event.set_count(through);
  return event;
}

v1::AuditEvent Erased(int64_t second) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_ERASED, "");
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_person_id("P-1");
  event.set_assignment_id("as-1");
  event.set_detail("assignment work_type=WORK_TYPE_CAMPAIGN country=JP permits=1 outcomes=1");
  event.set_count(3);
  return event;
}

// The one assignment ends at second 30, is kept a minute and erased at `second`; another one is
// there.
void EraseAll(Ledger& ledger, int64_t second) {
  ledger.keeps_us = {{{v1::WORK_TYPE_CAMPAIGN, "JP"}, kMinuteUs}};
  ledger.countries = {{"P-1", "JP"}};
  Withdraw(ledger, 30);
  Append(ledger, Confirmed("core/main", 1));
  Append(ledger, Erased(second));
  v1::AuditEvent placed = EventAt(second, v1::AuditEvent::KIND_PLACED, "");
  placed.set_assignment_id("as-2");
  placed.set_account_id("A-1");
  Append(ledger, placed);
  ledger.placements = {Placed("as-2", "jade", second, 0)};
}

const Case kCases[] = {
    {"AllIsWell", "", [](Ledger&) {}},
    {"AccountLost", "I1 Durable", [](Ledger& l) { l.placed_accounts.push_back("A-2"); }},
    {"OutcomeLost", "I1 Durable",
     [](Ledger& l) {
       l.outcomes_reported.push_back(
           {"sakura", Recorded(2, "oc-2", "").outcome(), Receipts::STATUS_RECORDED});
     }},
    {"SourceWentBack", "I1 Durable", [](Ledger& l) { l.through_afterwards["night"] = 6; }},
    {"EventLost", "I1 Durable", [](Ledger& l) { l.acknowledged_events.push_back("ev-7"); }},
    {"RecordedAndNeverRead", "I2 Once", [](Ledger& l) { Append(l, Outcome(40, 2, "oc-2")); }},
    {"OutcomeTwice", "I2 Once",
     [](Ledger& l) { l.outcomes_read.push_back(Recorded(2, "oc-1", "")); }},
    {"Gap", "I2 Once", [](Ledger& l) { l.outcomes_read[0].set_sequence(2); }},
    {"FromNobody", "I2 Once", [](Ledger& l) { l.outcomes_reported.clear(); }},
    {"Altered", "I2 Once", [](Ledger& l) { l.outcomes_reported[0].outcome.set_note("other"); }},
    {"WaitsForEver", "I2 Once",
     [](Ledger& l) {
       l.outcomes_reported.push_back({"sakura", Recorded(0, "oc-3", "").outcome()});
     }},
    {"LostWithTheVendorsFile", "",
     [](Ledger& l) {
       l.outcomes_reported.push_back(
           {"sakura", Recorded(0, "oc-3", "").outcome(), Receipts::STATUS_UNSPECIFIED, true});
     }},
    {"RefusedAndDropped", "I2 Once",
     [](Ledger& l) {
       l.outcomes_reported.push_back(
           {"sakura", Recorded(0, "oc-3", "").outcome(), Receipts::STATUS_INVALID});
     }},
    {"TwoHands", "I3 One hand",
     [](Ledger& l) { l.placements.push_back(Placed("as-2", "jade", 12, 15)); }},
    {"OneHandAfterTheOther", "I8 Evident",  // what is missing is its trace
     [](Ledger& l) { l.placements.push_back(Placed("as-2", "jade", 5, 10)); }},
    {"SameGroupAgain", "I3 One hand",
     [](Ledger& l) { l.placements.push_back(Placed("as-2", "sakura", 5, 10)); }},
    {"RawValueShown", "I4 Masked",
     [](Ledger& l) { l.bytes_shown["sakura"].push_back("x4242424242424242x"); }},
    {"RawValueFoundElsewhere", "I4 Masked",
     [](Ledger& l) { l.withheld_found["sakura"]["phone"] = 1; }},
    {"PermitBehindPayment", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, "payment", "A-1", "");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitBehindPaymentOfAnother", "",
     [](Ledger& l) {
       AddStop(l, 40, "payment", "A-2", "");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOncePlacedAnew", "",
     [](Ledger& l) {
       AddStop(l, 40, "payment", "A-1", "");
       v1::AuditEvent placed = EventAt(41, v1::AuditEvent::KIND_PLACED, "");
       placed.set_account_id("A-1");
       Append(l, placed);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitBehindStopPlacedAnew", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, "stop STOP_REASON_ATTORNEY", "", "P-1");
       v1::AuditEvent placed = EventAt(41, v1::AuditEvent::KIND_PLACED, "");
       placed.set_account_id("A-1");
       Append(l, placed);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOnceLifted", "",
     [](Ledger& l) {
       AddStop(l, 40, "stop STOP_REASON_ATTORNEY", "", "P-1");
       Append(l, Stop(41, "ev-2", "lift ev-1"));
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitByStoppedContactPoint", "I5 Stopped",
     [](Ledger& l) {
       AddStop(l, 40, "contact_point_stop STOP_REASON_ATTORNEY contact_point=mobile-1", "", "P-1");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitByOtherContactPoint", "",
     [](Ledger& l) {
       AddStop(l, 40, "contact_point_stop STOP_REASON_ATTORNEY contact_point=mail-1", "", "P-1");
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfStoppedVendor", "I5 Stopped",
     [](Ledger& l) {
       v1::AuditEvent stop = Stop(40, "", "stop sakura");
       stop.set_actor("operator/ito");
       stop.set_vendor_id("sakura");
       Append(l, stop);
       Append(l, Permit(500, "pm-2"));
     }},
    {"PermitOfStoppedWorkType", "I5 Stopped",
     [](Ledger& l) {
       v1::AuditEvent stop = Stop(40, "", "stop WORK_TYPE_CAMPAIGN");
       stop.set_actor("operator/ito");
       Append(l, stop);
       Append(l, Permit(500, "pm-2"));
     }},
    {"OpenPermitHonouredBehindStop", "I5 Stopped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 410, "payment", "A-1", "");
       Append(l, Outcome(420, 2, "oc-2"));
       l.outcomes_read.push_back(Recorded(2, "oc-2", "pm-2"));
       l.outcomes_reported.push_back(
           {"sakura", Recorded(2, "oc-2", "pm-2").outcome(), Receipts::STATUS_RECORDED});
     }},
    {"UsedInItsTimeAndToldLate", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       AddStop(l, 600, "payment", "A-1", "");
       Withdraw(l, 600);
       Append(l, Outcome(620, 2, "oc-2"));
       l.outcomes_read.push_back(Recorded(2, "oc-2", "pm-2"));
       l.outcomes_reported.push_back(
           {"sakura", Recorded(2, "oc-2", "pm-2").outcome(), Receipts::STATUS_RECORDED});
     }},
    {"LiveBehindStopOfAccount", "I5 Stopped",
     [](Ledger& l) { AddStop(l, 40, "closure", "A-1", ""); }},
    {"LiveBehindStopOfPerson", "I5 Stopped",
     [](Ledger& l) { AddStop(l, 40, "stop STOP_REASON_ATTORNEY", "", "P-1"); }},
    {"WithdrawnBehindStop", "",
     [](Ledger& l) {
       AddStop(l, 40, "closure", "A-1", "");
       Withdraw(l, 40);
     }},
    {"AskedBehindAcknowledgedStop", "I5 Stopped",
     [](Ledger& l) {
       l.stops.push_back({"ev-1", "", "A-1", "", 99});
     }},
    {"AskedBeforeAcknowledgedStop", "",
     [](Ledger& l) {
       l.stops.push_back({"ev-1", "", "A-1", "", 101});
     }},
    {"AskedOnceALiftWasSent", "",
     [](Ledger& l) {
       l.stops.push_back({"ev-1", "", "A-1", "", 50, 60});
     }},
    {"LiftSentWhileAsked", "",
     [](Ledger& l) {
       l.stops.push_back({"ev-1", "", "A-1", "", 50, 105});
     }},
    {"LiftSentLater", "I5 Stopped",
     [](Ledger& l) {
       l.stops.push_back({"ev-1", "", "A-1", "", 50, 120});
     }},
    {"PermitUsedTwice", "I6 Capped",
     [](Ledger& l) {
       Append(l, Outcome(40, 2, "oc-2"));
       l.outcomes_read.push_back(Recorded(2, "oc-2", "pm-1"));
       l.outcomes_reported.push_back(
           {"sakura", Recorded(2, "oc-2", "pm-1").outcome(), Receipts::STATUS_RECORDED});
     }},
    {"TwoPermitsOpen", "I6 Capped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       Append(l, Permit(410, "pm-3"));
     }},
    {"OnePermitAfterTheOther", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       Append(l, EventAt(405, v1::AuditEvent::KIND_PERMIT_RELEASED, "pm-2"));
       Append(l, Permit(410, "pm-3"));
       Append(l, Permit(530, "pm-4"));
     }},
    {"ShownOfAnother", "I7 Own only",
     [](Ledger& l) { l.shown[0].second.set_assignment_id("as-9"); }},
    {"PermitOfAnother", "I7 Own only", [](Ledger& l) { l.permits[0].vendor_id = "jade"; }},
    {"OutcomeOfAnotherAccount", "I7 Own only",
     [](Ledger& l) { l.outcomes_read[0].set_account_id("A-2"); }},
    {"SharedToken", "I7 Own only",
     [](Ledger& l) { l.shown.emplace_back("jade", l.shown[0].second); }},
    {"ChainBroken", "I8 Evident", [](Ledger& l) { l.audit[1].set_previous_hash("x"); }},
    {"EntryMissing", "I8 Evident", [](Ledger& l) { l.audit.erase(l.audit.begin() + 1); }},
    {"EventUnreadable", "I8 Evident", [](Ledger& l) { AppendBytes(l, "\xff"); }},
    {"EventNotLogged", "I8 Evident", [](Ledger& l) { l.acknowledged_events.push_back("ev-7"); }},
    {"PermitNotLogged", "I8 Evident",
     [](Ledger& l) {
       l.permits.push_back({"sakura", "pm-8", "as-1", "mobile-1", 1, 2});
     }},
    {"EventTakenTwice", "I8 Evident",
     [](Ledger& l) {
       l.acknowledged_events.push_back("ev-7");
       Append(l, Stop(40, "ev-7", "closure"));
       Append(l, Stop(41, "ev-7", "closure"));
     }},
    {"PermitGivenTwice", "I8 Evident", [](Ledger& l) { Append(l, Permit(21, "pm-1")); }},
    {"ShownAndNotDisclosed", "I8 Evident",
     [](Ledger& l) { l.disclosures[0].clear_assignment_ids(); }},
    {"ErasedWhenItsTimeWasUp", "", [](Ledger& l) { EraseAll(l, 30 + 61); }},
    {"ErasedTooEarly", "I8 Evident", [](Ledger& l) { EraseAll(l, 30 + 59); }},
    {"ErasedTwice", "I8 Evident",
     [](Ledger& l) {
       EraseAll(l, 100);
       Append(l, Erased(101));
     }},
    {"ErasedWhileLive", "I8 Evident",
     [](Ledger& l) {
       Append(l, Confirmed("core/main", 1));
       Append(l, Erased(100));
       l.placements = {Placed("as-2", "jade", 12, 15)};
     }},
    {"ErasedAndThere", "I8 Evident",
     [](Ledger& l) {
       const auto placements = l.placements;
       EraseAll(l, 100);
       l.placements = placements;
     }},
    {"ErasedWithoutATrace", "I8 Evident",
     [](Ledger& l) { l.placements = {Placed("as-2", "jade", 12, 15)}; }},
    {"ErasedAndNeverPlaced", "I8 Evident",
     [](Ledger& l) {
       v1::AuditEvent erased = Erased(100);
       erased.set_assignment_id("as-7");
       Append(l, erased);
     }},
    {"ErasedBeforeConfirmed", "I2 Once",
     [](Ledger& l) {
       Append(l, Confirmed("core/second", 0));
       EraseAll(l, 100);
     }},
    {"RefusedAndErasedLater", "",
     [](Ledger& l) {
       l.outcomes_reported.push_back(
           {"sakura", Recorded(0, "oc-3", "").outcome(), Receipts::STATUS_INVALID});
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "");
       erased.set_detail("quarantine");
       erased.set_count(1);
       Append(l, erased);
     }},
    {"DisclosureErased", "",
     [](Ledger& l) {
       l.disclosures.clear();
       v1::AuditEvent erased = EventAt(100, v1::AuditEvent::KIND_ERASED, "1");
       erased.set_detail("disclosure");
       erased.set_count(1);
       Append(l, erased);
     }},
    {"DisclosureErasedWithoutATrace", "I8 Evident", [](Ledger& l) { l.disclosures.clear(); }},
    {"RowMissing", "I10 Resumable", [](Ledger& l) { l.feeds[0].workable.clear(); }},
    {"RowLeftOver", "I10 Resumable", [](Ledger& l) { l.feeds[0].live.clear(); }},
    {"RowOutdated", "I10 Resumable", [](Ledger& l) { l.feeds[0].live["as-1"] = "newer row"; }},
    {"OldRowsKept", "I10 Resumable", [](Ledger& l) { l.feeds[0].stored_rows = 2; }},
    {"AckLost", "I10 Resumable", [](Ledger& l) { l.feeds[0].acknowledged = 2; }},
    {"LoadedAnewForNothing", "I10 Resumable",
     [](Ledger& l) {
       v1::AuditEvent event = EventAt(50, v1::AuditEvent::KIND_GENERATION, "g2");
       event.set_actor("hub");
       event.set_vendor_id("sakura");
       Append(l, event);
     }},
    {"BeyondTheWindow", "I11 Bounded", [](Ledger& l) { l.streams[0].in_flight_max = 11; }},
    {"QueueTooLong", "I11 Bounded",
     [](Ledger& l) {
       l.queue_limit = 5;
       l.queue_length_max = 6;
     }},
};

class InvariantsTest : public ::testing::TestWithParam<Case> {};

TEST_P(InvariantsTest, ComplainsWhenItDoesNotHold) {
  Ledger ledger = Good();
  GetParam().spoil(ledger);
  const std::string expected = GetParam().invariant;
  for (const auto& [name, violations] : CheckAll(ledger)) {
    if (name == expected) {
      EXPECT_THAT(violations, Not(IsEmpty())) << name;
    }
    if (expected.empty()) {
      EXPECT_THAT(violations, IsEmpty()) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, InvariantsTest, ::testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(InvariantsTest, BothHalvesOfStoppedAreInTheWhole) {
  Ledger ledger = Good();
  AddStop(ledger, 40, "closure", "A-1", "");
  ledger.stops.push_back({"ev-1", "", "A-1", "", 99});
  EXPECT_THAT(StoppedByLog(ledger), SizeIs(1));
  EXPECT_THAT(StoppedByTimes(ledger), SizeIs(1));
  EXPECT_THAT(Stopped(ledger), SizeIs(2));
}

TEST(InvariantsTest, OutcomesAreCountedAsTheyAreJudged) {
  Ledger ledger = Good();
  const auto report = [&](const char* id, Receipts::Status receipt, bool lost_by_vendor) {
    ledger.outcomes_reported.push_back(
        {"sakura", Recorded(0, id, "").outcome(), receipt, lost_by_vendor});
  };
  report("acknowledged", Receipts::STATUS_RECORDED, false);
  report("waits", Receipts::STATUS_UNSPECIFIED, false);
  report("gone with its vendor", Receipts::STATUS_UNSPECIFIED, true);
  report("refused", Receipts::STATUS_INVALID, false);
  ledger.outcomes_read.push_back(Recorded(2, "oc-1", ""));
  const OutcomeCounts counts = CountOutcomes(ledger);
  EXPECT_EQ(counts.reported, 5);
  EXPECT_EQ(counts.read, 2);
  EXPECT_EQ(counts.lost, 2);
  EXPECT_EQ(counts.doubled, 1);
}

TEST(InvariantsTest, ReproducibleComparesAuditRoutingAndMasks) {
  EXPECT_THAT(Reproducible(Good(), Good()), IsEmpty());
  Ledger other = Good();
  other.audit.pop_back();
  EXPECT_THAT(Reproducible(Good(), other), Not(IsEmpty()));
  other = Good();
  other.placements[0].set_vendor_id("jade");
  EXPECT_THAT(Reproducible(Good(), other), Not(IsEmpty()));
  other = Good();
  other.shown[0].second.mutable_person()->set_name("clear");
  EXPECT_THAT(Reproducible(Good(), other), Not(IsEmpty()));
}

}  // namespace
}  // namespace switchboard::invariants
