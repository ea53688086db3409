#include "tests/invariants/good_ledger.h"

// The validator of I6 that counts contacts again.

namespace switchboard::invariants {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kHourUs = 60 * kMinuteUs;

// The ledger of a run with one rule: a permit at second 20 and its outcome at 30, of second 25.
class CountedTest : public ::testing::Test {
 protected:
  CountedTest() : ledger_(Good()) {
    SetTime(ledger_.outcomes_read[0], 25);
    rule_.rule_id = "r";
    rule_.at_most = 1;
    rule_.elapsed_us = kHourUs;
  }
  static void SetTime(v1::CoreItem& item, int64_t second) {
    item.mutable_outcome()->mutable_outcome()->mutable_start_time()->set_seconds(second);
  }
  void AddOutcome(int64_t second, const std::string& id, const std::string& permit_id,
                  v1::Disposition disposition, int32_t version = 1) {
    const auto sequence = static_cast<int64_t>(ledger_.outcomes_read.size()) + 1;
    v1::CoreItem item = Recorded(sequence, id, permit_id);
    SetTime(item, second);
    item.mutable_outcome()->mutable_outcome()->set_disposition(disposition);
    item.mutable_outcome()->mutable_outcome()->set_version(version);
    ledger_.outcomes_read.push_back(item);
    Append(ledger_, Outcome(second, sequence, id));
  }
  void AddRefusal(int64_t second) {
    v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PERMIT_REFUSED, "r-1");
    event.set_assignment_id("as-1");
    event.mutable_permit_refused()->add_rules("r");
    Append(ledger_, event);
  }
  Violations Found() {
    ledger_.contact_rules = {rule_};
    return Counted(ledger_);
  }

  Ledger ledger_;
  ContactRule rule_;
};

TEST_F(CountedTest, APermitBeyondTheCapIsFoundAndOneBehindTheWindowIsNone) {
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Permit(25 + 3600, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Permit(25 + 3600, "pm-3"));  // pm-2 is open, which is another validator's
  EXPECT_THAT(Found(), IsEmpty());
  rule_.elapsed_us = kHourUs + 1;
  EXPECT_THAT(Found(), SizeIs(2));
}

TEST_F(CountedTest, ARefusalNeedsACause) {
  AddRefusal(40);
  EXPECT_THAT(Found(), IsEmpty());
  rule_.at_most = 2;
  EXPECT_THAT(Found(), SizeIs(1));
  AddOutcome(50, "oc-2", "", v1::DISPOSITION_RIGHT_PARTY);
  AddRefusal(51);
  EXPECT_THAT(Found(), SizeIs(1));  // the first still
}

TEST_F(CountedTest, ARuleOfACountryConcernsWhoLivesThere) {
  rule_.elapsed_us = kHourUs + 1;
  Append(ledger_, Permit(25 + 3600, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  AddRefusal(25 + 3600);
  EXPECT_THAT(Found(), SizeIs(1));  // it had a cause
  rule_.country = "JP";
  EXPECT_THAT(Found(), ElementsAre("a contact of P-1 was refused by r, a rule of elsewhere"));
  ledger_.countries["P-1"] = "JP";
  EXPECT_THAT(Found(), SizeIs(1));
  rule_.not_vendor = "sakura";
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, ACorrectionReplacesWhatItCorrects) {
  rule_.talks_only = true;
  AddOutcome(40, "oc-1", "pm-1", v1::DISPOSITION_NO_ANSWER, 2);
  AddRefusal(41);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Permit(42, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  AddOutcome(43, "oc-1", "pm-1", v1::DISPOSITION_RIGHT_PARTY, 3);
  Append(ledger_, Permit(44, "pm-3"));
  EXPECT_THAT(Found(), SizeIs(1));
}

// A correction to "nobody was contacted" takes the contact away; as a first report it is none.
TEST_F(CountedTest, WorkWithoutAContactIsNone) {
  AddOutcome(40, "oc-2", "", v1::DISPOSITION_NO_CONTACT);
  AddOutcome(41, "oc-1", "pm-1", v1::DISPOSITION_NO_CONTACT, 2);
  Append(ledger_, Permit(42, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
}

// The day of the rule's clocks, on which second 25 of 1970 is nine in the morning.
TEST_F(CountedTest, DaysAndNightsAreThoseOfTheRulesClocks) {
  rule_.elapsed_us = 0;
  rule_.days = 1;
  rule_.utc_offset_us = 9 * kHourUs;
  Append(ledger_, Permit(15 * 3600 - 1, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Permit(15 * 3600, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  rule_.closed_from = 23 * 60;
  rule_.closed_to = 1;
  EXPECT_THAT(Found(), SizeIs(1));
  rule_.closed_from = 0;
  EXPECT_THAT(Found(), SizeIs(1));
  rule_.closed_from = 1;
  rule_.closed_to = 2;
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, OfASharedNumberOthersCountAndTheirOpenPermits) {
  rule_.of_number = true;
  rule_.at_most = 2;
  v1::AuditEvent other = Permit(40, "pm-2");
  other.set_person_id("P-2");
  Append(ledger_, other);
  Append(ledger_, Permit(50, "pm-3"));
  EXPECT_THAT(Found(), IsEmpty());  // nobody said that the number is shared
  ledger_.shared_point = "mobile-1";
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Permit(40 + 120, "pm-3"));  // pm-2 has expired
  EXPECT_THAT(Found(), IsEmpty());
}

// Within a commit the log does not say what came first.
TEST_F(CountedTest, WhatIsOfOneCommitMayHaveComeInAnyOrder) {
  ledger_.audit.resize(3);  // up to the permit
  v1::AuditEntry& entry = ledger_.audit.emplace_back();
  entry.set_chain_id("hub-1");
  entry.set_sequence(4);
  v1::AuditEvent refused = EventAt(30, v1::AuditEvent::KIND_PERMIT_REFUSED, "r-1");
  refused.set_assignment_id("as-1");
  refused.mutable_permit_refused()->add_rules("r");
  entry.add_events(Permit(30, "pm-2").SerializeAsString());
  entry.add_events(refused.SerializeAsString());
  entry.add_events(Outcome(30, 1, "oc-1").SerializeAsString());
  EXPECT_THAT(Found(), IsEmpty());
}

}  // namespace
}  // namespace switchboard::invariants
