#include "adapters/codes/call_code.h"
#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using adapters::CallCode;
using ::testing::IsEmpty;
using ::testing::Not;
using Occurrence = v1::AuditEvent::Occurrence;

// A contact under pm-2, and by its second version there was none after all.
void TellOfContact(Ledger& ledger, int version) {
  v1::CoreItem item = Recorded(version + 1, "oc-2", "pm-2");
  v1::Outcome& outcome = *item.mutable_outcome()->mutable_outcome();
  outcome.set_version(version);
  if (version == 2) *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
  Append(ledger, Outcome(400 + version, version + 1, "oc-2"));
  ledger.items_read.push_back(item);
  Report(ledger, item);
}

void UseAndGiveBack(Ledger& ledger) {
  Append(ledger, Permit(400, "pm-2"));
  for (int version : {1, 2}) TellOfContact(ledger, version);
}

const Case kCases[] = {
    {"AllIsWell", "", [](Ledger&) {}},
    {"AccountLost", "I1 Durable", [](Ledger& l) { l.placed_accounts.push_back("A-2"); }},
    {"OutcomeLost", "I1 Durable", [](Ledger& l) { Report(l, Recorded(2, "oc-2", "")); }},
    {"SourceWentBack", "I1 Durable", [](Ledger& l) { l.through_afterwards["night"] = 6; }},
    {"EventLost", "I1 Durable", [](Ledger& l) { l.acknowledged_events.push_back("ev-7"); }},
    {"RecordedAndNeverRead", "I2 Once", [](Ledger& l) { Append(l, Outcome(40, 2, "oc-2")); }},
    {"OutcomeTwice", "I2 Once", [](Ledger& l) { l.items_read.push_back(Recorded(2, "oc-1", "")); }},
    {"Gap", "I2 Once", [](Ledger& l) { l.items_read[0].set_sequence(2); }},
    {"FromNobody", "I2 Once", [](Ledger& l) { l.outcomes_reported.clear(); }},
    {"Altered", "I2 Once", [](Ledger& l) { l.outcomes_reported[0].outcome.set_note("other"); }},
    {"WaitsForEver", "I2 Once",
     [](Ledger& l) {
       l.outcomes_reported.push_back({"sakura", Recorded(0, "oc-3", "").outcome().outcome()});
     }},
    {"LostWithTheVendorsFile", "",
     [](Ledger& l) {
       l.outcomes_reported.push_back({"sakura", Recorded(0, "oc-3", "").outcome().outcome(),
                                      Receipts::STATUS_UNSPECIFIED, true});
     }},
    {"RefusedAndDropped", "I2 Once",
     [](Ledger& l) { Report(l, Recorded(0, "oc-3", ""), Receipts::STATUS_INVALID); }},
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
    {"RawValueWithheldOnTheWire", "I4 Masked",
     [](Ledger& l) {
       Append(l, EventAt(41, v1::AuditEvent::KIND_QUARANTINED, "q-1"));
       auto& item = l.quarantine.emplace_back();
       item.set_quarantine_id("q-1");
       item.set_kind("shown");
     }},
    {"PermitUsedTwice", "I6 Capped",
     [](Ledger& l) {
       Append(l, Outcome(40, 2, "oc-2"));
       l.items_read.push_back(Recorded(2, "oc-2", "pm-1"));
       Report(l, Recorded(2, "oc-2", "pm-1"));
     }},
    {"PermitUsedByACorrection", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       for (int64_t sequence : {2, 3}) {
         Append(l, Outcome(400 + sequence, sequence, "oc-2"));
         v1::CoreItem item = Recorded(sequence, "oc-2", "pm-2");
         v1::Outcome& outcome = *item.mutable_outcome()->mutable_outcome();
         outcome.set_version(static_cast<int32_t>(sequence - 1));
         if (sequence == 2) *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
         l.items_read.push_back(item);
         Report(l, item);
       }
       Append(l, Permit(410, "pm-3"));
     }},
    {"PermitGivenBackAndUsedByAnother", "",
     [](Ledger& l) {
       UseAndGiveBack(l);
       Append(l, Outcome(404, 4, "oc-3"));
       l.items_read.push_back(Recorded(4, "oc-3", "pm-2"));
       Report(l, l.items_read.back());
       Append(l, Permit(410, "pm-3"));
     }},
    {"PermitGivenBackAndOpenBesideAnother", "I6 Capped",
     [](Ledger& l) {
       UseAndGiveBack(l);
       Append(l, Permit(410, "pm-3"));
     }},
    {"PermitGivenBackWhileAnotherIsOpen", "I6 Capped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       TellOfContact(l, 1);
       Append(l, Permit(401, "pm-3"));
       TellOfContact(l, 2);
     }},
    {"WaitsForItsCodeAndCounts", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       ReportUnmapped(l, "oc-2", "pm-2", 402);
       Append(l, Unread(403, "oc-2", "pm-2"));
       Append(l, Permit(410, "pm-3"));
     }},
    {"WaitsForItsCodeAndCountsNowhere", "I6 Capped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       ReportUnmapped(l, "oc-2", "pm-2", 402);
     }},
    {"WaitsForItsCodeUnderWhatWasReleased", "",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       Append(l, EventAt(401, v1::AuditEvent::KIND_PERMIT_RELEASED, "pm-2"));
       ReportUnmapped(l, "oc-2", "pm-2", 402);
     }},
    {"CountedTwiceWhileItWaits", "I6 Capped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       ReportUnmapped(l, "oc-2", "pm-2", 402);
       Append(l, Unread(403, "oc-2", "pm-2"));
       Append(l, Unread(404, "oc-2", "pm-2"));
     }},
    {"CountedAndNeverReported", "I6 Capped",
     [](Ledger& l) {
       Append(l, Permit(400, "pm-2"));
       Append(l, Unread(403, "oc-2", "pm-2"));
     }},
    {"WaitsForACodeThatHasAMeaning", "I2 Mapped",
     [](Ledger& l) {
       v1::CodeMap& map = l.code_maps.emplace_back();
       map.set_vendor_id("sakura");
       map.set_version(1);
       map.add_meanings()->add_codes("NEW");
       v1::AuditEvent applied = EventAt(399, v1::AuditEvent::KIND_CODE_MAP, "sakura");
       applied.set_count(1);
       Append(l, applied);
       Append(l, Permit(400, "pm-2"));
       ReportUnmapped(l, "oc-2", "pm-2", 402);
       Append(l, Unread(403, "oc-2", "pm-2"));
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
     [](Ledger& l) { l.items_read[0].mutable_outcome()->set_account_id("A-2"); }},
    {"SharedToken", "I7 Own only",
     [](Ledger& l) { l.shown.emplace_back("jade", l.shown[0].second); }},
    {"ChainBroken", "I8 Evident", [](Ledger& l) { l.audit[1].set_previous_hash("x"); }},
    {"EntryMissing", "I8 Evident", [](Ledger& l) { l.audit.erase(l.audit.begin() + 1); }},
    {"EventUnreadable", "I8 Evident", [](Ledger& l) { AppendBytes(l, "\xff"); }},
    {"HandOverNotLogged", "I8 Evident",
     [](Ledger& l) {
       l.placements[0].mutable_why()->set_rule(v1::PlacementReason::RULE_HANDED_OVER);
     }},
    {"EventNotLogged", "I8 Evident", [](Ledger& l) { l.acknowledged_events.push_back("ev-7"); }},
    {"PermitNotLogged", "I8 Evident",
     [](Ledger& l) {
       l.permits.push_back({"sakura", "pm-8", "as-1", "mobile-1", 1, 2, ""});
     }},
    {"EventTakenTwice", "I8 Evident",
     [](Ledger& l) {
       l.acknowledged_events.push_back("ev-7");
       Append(l, Occurred(40, "ev-7", Occurrence::WHAT_CLOSURE));
       Append(l, Occurred(41, "ev-7", Occurrence::WHAT_CLOSURE));
     }},
    {"PermitGivenTwice", "I8 Evident", [](Ledger& l) { Append(l, Permit(21, "pm-1")); }},
    {"ShownAndNotDisclosed", "I8 Evident",
     [](Ledger& l) { l.disclosures[0].clear_assignment_ids(); }},
    {"RowMissing", "I10 Resumable", [](Ledger& l) { l.feeds[0].workable.clear(); }},
    {"RowLeftOver", "I10 Resumable", [](Ledger& l) { l.feeds[0].live.clear(); }},
    {"RowOutdated", "I10 Resumable", [](Ledger& l) { l.feeds[0].live["as-1"] = "newer row"; }},
    {"OldRowsKept", "I10 Resumable", [](Ledger& l) { l.feeds[0].stored_rows = 2; }},
    {"FeedWentOn", "I10 Resumable", [](Ledger& l) { ++l.feeds[0].newest; }},
    {"FeedWentOnOnceItsVendorWasStopped", "",
     [](Ledger& l) { l.feeds[0].newest_before = l.feeds[0].newest++; }},
    {"NotEvenThatFar", "I10 Resumable",
     [](Ledger& l) {
       l.feeds[0].newest_before = l.feeds[0].newest++;
       l.feeds[0].acknowledged = --l.feeds[0].cursor;
     }},
    {"BeyondTheFeed", "I10 Resumable",
     [](Ledger& l) { l.feeds[0].newest_before = --l.feeds[0].newest; }},
    {"AckLost", "I10 Resumable", [](Ledger& l) { l.feeds[0].acknowledged = 2; }},
    {"WithdrawalUndone", "I10 Resumable",
     [](Ledger& l) { l.undone_withdrawals.emplace_back("v0", "as-1"); }},
    {"LoadedAnewForNothing", "I10 Resumable",
     [](Ledger& l) {
       v1::AuditEvent event = EventAt(50, v1::AuditEvent::KIND_GENERATION, "g2");
       event.set_generation(v1::AuditEvent::GENERATION_REASON_CURSOR);
       event.set_vendor_id("sakura");
       Append(l, event);
     }},
    {"BeyondTheWindow", "I11 Bounded", [](Ledger& l) { l.streams[0].in_flight_max = 11; }},
    {"QueueTooLong", "I11 Bounded",
     [](Ledger& l) {
       l.queue_limit = 5;
       l.queue_length_max = 6;
     }},
    {"GroupAgainOnceItWasCurrent", "I8 Evident",  // what is missing is its trace
     [](Ledger& l) {
       Send(l, 3, 1).content.mutable_account()->set_days_past_due(0);
       l.placements.push_back(Placed("as-2", "sakura", 5, 10));
     }},
    {"HeldByOneWhoseContractEnded", "I7 Own only", [](Ledger& l) { l.allowed["sakura"] = {}; }},
    {"HeldForWorkThatTheContractLost", "I7 Own only",
     [](Ledger& l) {
       l.allowed["sakura"] = {{v1::WORK_TYPE_LATE_COLLECTIONS}, {"ja"}};
     }},
    {"HeldInALanguageThatTheVendorLost", "I7 Own only",
     [](Ledger& l) {
       Send(l, 5, 1);
       l.allowed["sakura"] = {{v1::WORK_TYPE_CAMPAIGN}, {"zh"}};
     }},
    {"HeldAsTheContractAllows", "",
     [](Ledger& l) {
       Send(l, 5, 1);
       l.allowed["sakura"] = {{v1::WORK_TYPE_CAMPAIGN}, {"ja"}};
     }},
    {"CopyOfOneWhoseContractEnded", "",
     [](Ledger& l) {
       l.feeds[0].live.clear();
       l.feeds[0].cut_off = true;
     }},
};

class InvariantsTest : public ::testing::TestWithParam<Case> {};

TEST_P(InvariantsTest, ComplainsWhenItDoesNotHold) { ExpectComplaint(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, InvariantsTest, ::testing::ValuesIn(kCases), NameOf);

TEST(InvariantsTest, OutcomesAreCountedAsTheyAreJudged) {
  Ledger ledger = Good();
  const auto report = [&](const char* id, Receipts::Status receipt, bool lost_by_vendor) {
    ledger.outcomes_reported.push_back(
        {"sakura", Recorded(0, id, "").outcome().outcome(), receipt, lost_by_vendor});
  };
  report("acknowledged", Receipts::STATUS_RECORDED, false);
  report("waits", Receipts::STATUS_UNSPECIFIED, false);
  report("gone with its vendor", Receipts::STATUS_UNSPECIFIED, true);
  report("refused", Receipts::STATUS_INVALID, false);
  ledger.items_read.push_back(Recorded(2, "oc-1", ""));
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

// It is void, or its time is over, or the other one was used.
TEST(CappedTest, WhatIsGivenBackStandsBesideNoOpenPermit) {
  Ledger ledger = Good();
  Append(ledger, Permit(400, "pm-2"));
  TellOfContact(ledger, 1);
  Append(ledger, Permit(401, "pm-3"));
  Ledger used = ledger, is_void = ledger, over = ledger;
  TellOfContact(ledger, 2);
  EXPECT_THAT(Capped(ledger),
              ::testing::ElementsAre("permit pm-2 was given back while pm-3 was open for the same "
                                     "person"));
  Append(used, Outcome(402, 4, "oc-3"));
  used.items_read.push_back(Recorded(4, "oc-3", "pm-3"));
  TellOfContact(used, 2);
  EXPECT_THAT(Capped(used), IsEmpty());
  Append(is_void, EventAt(402, v1::AuditEvent::KIND_PERMIT_VOIDED, "pm-2"));
  TellOfContact(is_void, 2);
  EXPECT_THAT(Capped(is_void), IsEmpty());
  Append(over, EventAt(520, v1::AuditEvent::KIND_QUARANTINED, "q-1"));
  TellOfContact(over, 2);
  EXPECT_THAT(Capped(over), IsEmpty());
}

// What is recorded of one person takes nothing back that waits of another.
TEST(CappedTest, AnIdOfTwoPersonsIsTwoOutcomes) {
  Ledger ledger = Good();
  auto other = Placed("as-2", "sakura", 10, 0);
  other.set_account_id("A-2");
  other.set_person_id("P-2");
  ledger.placements.push_back(other);
  Append(ledger, Permit(400, "pm-2"));
  ReportUnmapped(ledger, "oc-2", "pm-2", 402);
  Append(ledger, Unread(403, "oc-2", "pm-2"));
  v1::CoreItem item = Recorded(2, "oc-2", "");
  item.mutable_outcome()->set_account_id("A-2");
  item.mutable_outcome()->mutable_outcome()->set_assignment_id("as-2");
  ledger.items_read.push_back(item);
  v1::AuditEvent recorded = Outcome(404, 2, "oc-2");
  recorded.set_assignment_id("as-2");
  Append(ledger, recorded);
  Append(ledger, Permit(410, "pm-3"));
  EXPECT_THAT(Capped(ledger), IsEmpty());
}

// What is twenty days past due began twenty days before: what was due until then had been paid.
TEST(OneHandTest, GroupMayHaveTheAccountAgainForAnotherDebt) {
  constexpr int64_t kTwentyDays = 20 * 86'400;
  Ledger ledger = Good();
  ledger.placements = {Placed("as-0", "sakura", 1, 5), Placed("as-1", "sakura", 10, 0)};
  EXPECT_THAT(OneHand(ledger), Not(IsEmpty()));
  Send(ledger, kTwentyDays + 5, 1);
  EXPECT_THAT(OneHand(ledger), Not(IsEmpty()));
  Send(ledger, kTwentyDays + 6, 1);
  EXPECT_THAT(OneHand(ledger), IsEmpty());
}

}  // namespace
}  // namespace switchboard::invariants
