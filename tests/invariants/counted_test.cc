#include "adapters/codes/call_code.h"
#include "google/protobuf/text_format.h"
#include "tests/invariants/good_ledger.h"

// The validator of I6 that counts contacts again.

namespace switchboard::invariants {
namespace {

using adapters::CallCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Occurrence = v1::AuditEvent::Occurrence;
using Made = v1::PostEventsResponse;

constexpr char kNumber[] = "+819012345678";

// The ledger of a run with one pack of one rule: a permit at second 20 and its outcome at 30, of
// second 25.
class CountedTest : public ::testing::Test {
 protected:
  CountedTest() : ledger_(Good()) {
    SetTime(ledger_.items_read[0], 25);
    ledger_.acts = {v1::ACT_REMIND};
    ledger_.channels = {v1::CHANNEL_PHONE};
    SetNumber("P-1", kNumber);
    pack_.set_pack_id("p");
    pack_.set_version(1);
    pack_.set_home_zone("UTC");
    SetRule("count {at_most: 1 window {elapsed {seconds: 3600}}}");
    ledger_.audit.clear();
    Apply(10, 1);
    Append(ledger_, Given(20, "pm-1"));
    Append(ledger_, Outcome(30, 1, "oc-1"));
  }

  // What the rule p.r says beside its strength.
  void SetRule(const std::string& text) {
    pack_.clear_rules();
    AddRule("p.r", "strength: STRENGTH_LAW " + text);
  }
  void AddRule(const std::string& id, const std::string& text) {
    v1::RulePack::Rule& rule = *pack_.add_rules();
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &rule)) << text;
    rule.set_rule_id(id);
  }
  void SetNumber(const std::string& person_id, const std::string& number) {
    ledger_.persons[person_id].points["mobile-1"] = {{v1::CONTACT_KIND_MOBILE}, {number}};
  }
  static void SetTime(v1::CoreItem& item, int64_t second) {
    item.mutable_outcome()->mutable_outcome()->mutable_start_time()->set_seconds(second);
  }

  void Apply(int64_t second, int64_t version) {
    v1::AuditEvent applied = EventAt(second, v1::AuditEvent::KIND_RULE_PACK, "p");
    applied.set_count(version);
    Append(ledger_, applied);
  }
  static v1::AuditEvent Given(int64_t second, const std::string& permit_id) {
    v1::AuditEvent given = Permit(second, permit_id);
    given.mutable_permit_given()->set_channel(v1::CHANNEL_PHONE);
    given.mutable_permit_given()->set_party(v1::PARTY_PERSON);
    given.mutable_permit_given()->add_packs("p/1");
    return given;
  }
  static v1::AuditEvent GivenTo(const std::string& person_id, int64_t second,
                                const std::string& permit_id) {
    v1::AuditEvent given = Given(second, permit_id);
    given.set_person_id(person_id);
    return given;
  }
  v1::AuditEvent Report(int64_t second, const std::string& id, const std::string& permit_id,
                        CallCode code, int32_t version = 1) {
    const auto sequence = static_cast<int64_t>(ledger_.items_read.size()) + 1;
    v1::CoreItem item = Recorded(sequence, id, permit_id);
    SetTime(item, second);
    *item.mutable_outcome()->mutable_outcome()->mutable_result() = ResultOf(code);
    item.mutable_outcome()->mutable_outcome()->set_version(version);
    ledger_.items_read.push_back(item);
    return Outcome(second, sequence, id);
  }
  void AddOutcome(int64_t second, const std::string& id, const std::string& permit_id,
                  CallCode code, int32_t version = 1) {
    Append(ledger_, Report(second, id, permit_id, code, version));
  }
  static v1::AuditEvent Refused(int64_t second) {
    v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PERMIT_REFUSED, "r-1");
    event.set_assignment_id("as-1");
    event.set_account_id("A-1");
    event.mutable_permit_refused()->add_rules("p.r");
    event.mutable_permit_refused()->add_packs("p/1");
    return event;
  }
  void AddRefusal(int64_t second) { Append(ledger_, Refused(second)); }
  // A call of the issuer's own team, of the second before.
  IssuersContact& AddMade(int64_t second, const std::string& event_id,
                          const std::string& replaces = "") {
    IssuersContact& made = ledger_.issuers_contacts.emplace_back();
    made.answer = Made::STATUS_ACCEPTED;
    made.event.set_event_id(event_id);
    auto& contact = *made.event.mutable_made_contact();
    contact.set_account_id("A-1");
    contact.mutable_begin_time()->set_seconds(second - 1);
    contact.set_channel(v1::CHANNEL_PHONE);
    contact.set_result(v1::CONTACT_RESULT_RANG_OUT);
    contact.set_replaces_event_id(replaces);
    Append(ledger_, Occurred(second, event_id, Occurrence::WHAT_MADE_CONTACT));
    return made;
  }
  // Several events in one commit.
  void AppendTogether(const std::vector<v1::AuditEvent>& events) {
    v1::AuditEntry& entry = ledger_.audit.emplace_back();
    entry.set_chain_id("hub-1");
    entry.set_sequence(static_cast<int64_t>(ledger_.audit.size()));
    for (const v1::AuditEvent& event : events) entry.add_events(event.SerializeAsString());
  }
  Violations Found() {
    ledger_.rule_packs = {pack_};
    return Counted(ledger_);
  }

  Ledger ledger_;
  v1::RulePack pack_;
};

TEST_F(CountedTest, APermitBeyondTheCapIsFoundAndOneBehindTheWindowIsNone) {
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Given(25 + 3600, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Given(25 + 3600, "pm-3"));  // pm-2 is open, which is another validator's
  EXPECT_THAT(Found(), IsEmpty());
  SetRule("count {at_most: 1 window {elapsed {seconds: 3601}}}");
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 was given against p.r, which counts 1",
                                   "permit pm-3 was given against p.r, which counts 1"));
}

TEST_F(CountedTest, APauseIsACountOfNone) {
  SetRule(
      "cool_down {after {results: CONTACT_RESULT_CONVERSATION} window {elapsed {seconds: 99}}}");
  Append(ledger_, Given(25 + 99, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  ledger_.audit.pop_back();
  Append(ledger_, Given(25 + 98, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
}

// A code without a meaning is a talk until it is recorded as something else.
TEST_F(CountedTest, WhatWaitsForItsCodeCountsAsATalk) {
  SetRule(
      "cool_down {after {results: CONTACT_RESULT_CONVERSATION} window {elapsed {seconds: 3600}}}");
  Append(ledger_, Given(4'000, "pm-2"));
  ReportUnmapped(ledger_, "oc-2", "pm-2", 4'001);
  Append(ledger_, Unread(4'002, "oc-2", "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Given(4'100, "pm-3"));
  EXPECT_THAT(Found(), ElementsAre("permit pm-3 was given against p.r, which counts 1"));
  ledger_.audit.pop_back();
  AddOutcome(4'050, "oc-2", "pm-2", CallCode::kNoAnswer);
  Append(ledger_, Given(4'100, "pm-3"));
  EXPECT_THAT(Found(), IsEmpty());
}

// A correction whose code has no meaning takes nothing back that was recorded.
TEST_F(CountedTest, WhatWasRecordedStaysBesideACorrectionThatWaits) {
  SetRule("cool_down {after {objected: true} window {elapsed {seconds: 3600}}}");
  Append(ledger_, Given(4'000, "pm-2"));
  const v1::AuditEvent told = Report(4'001, "oc-2", "pm-2", CallCode::kThirdParty);
  v1::Outcome& said = *ledger_.items_read.back().mutable_outcome()->mutable_outcome();
  said.mutable_result()->set_objected(true);
  v1::CoreItem corrected = ledger_.items_read.back();
  corrected.mutable_outcome()->mutable_outcome()->set_version(2);
  corrected.mutable_outcome()->mutable_outcome()->clear_result();
  corrected.mutable_outcome()->mutable_outcome()->set_vendor_code("NEW");
  invariants::Report(ledger_, corrected, Receipts::STATUS_UNMAPPED);
  v1::AuditEvent waits = Unread(4'002, "oc-2", "pm-2");
  waits.set_count(2);
  Ledger apart = ledger_;
  // In one commit, where the log names what was recorded last.
  AppendTogether({waits, told});
  Append(ledger_, Given(4'100, "pm-3"));
  EXPECT_THAT(Found(), ElementsAre("permit pm-3 was given against p.r, which counts 1"));
  // In two.
  ledger_ = std::move(apart);
  Append(ledger_, told);
  Append(ledger_, waits);
  Append(ledger_, Given(4'100, "pm-3"));
  EXPECT_THAT(Found(), ElementsAre("permit pm-3 was given against p.r, which counts 1"));
  SetRule(
      "cool_down {after {results: CONTACT_RESULT_CONVERSATION} window {elapsed {seconds: 3600}}}");
  EXPECT_THAT(Found(), ElementsAre("permit pm-3 was given against p.r, which counts 1"));
  // Nobody objected, and it was no talk.
  ledger_.audit.pop_back();
  AddOutcome(4'050, "oc-2", "pm-2", CallCode::kNoAnswer, 2);
  Append(ledger_, Given(4'100, "pm-3"));
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, ARefusalNeedsACause) {
  AddRefusal(40);
  EXPECT_THAT(Found(), IsEmpty());
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  EXPECT_THAT(Found(), ElementsAre("a contact of P-1 was refused by p.r, which counts 1"));
  AddOutcome(50, "oc-2", "", CallCode::kRightParty);
  AddRefusal(51);
  EXPECT_THAT(Found(), SizeIs(1));  // the first still
}

TEST_F(CountedTest, APackIsHeardOfWhoLivesThere) {
  pack_.set_country("JP");
  ledger_.countries["P-1"] = "TW";
  EXPECT_THAT(Found(), ElementsAre("permit pm-1 was given by p/1, a pack of elsewhere"));
  ledger_.number_countries = {"JP"};
  EXPECT_THAT(Found(), IsEmpty());
  ledger_.number_countries.clear();
  ledger_.pack_elsewhere = "p";
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Permit(25 + 3600, "pm-2"));  // nothing is heard
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 was given without a word of p/1"));
  ledger_.countries["P-1"] = "JP";
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 was given without a word of p/1"));
  pack_.set_region("NY/New York City");
  EXPECT_THAT(Found(), IsEmpty());  // whose part of the country is not known
  ledger_.persons["P-1"].region = "NY/New York City";
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 was given without a word of p/1"));
  ledger_.persons["P-1"].region = "MA";
  EXPECT_THAT(Found(), ElementsAre("permit pm-1 was given by p/1, a pack of elsewhere"));
}

TEST_F(CountedTest, VersionsAreThoseOfTheDay) {
  v1::RulePack later = pack_;
  later.set_version(2);
  later.mutable_effective_from()->set_year(1970);
  later.mutable_effective_from()->set_month(1);
  later.mutable_effective_from()->set_day(2);
  Apply(40, 2);
  Append(ledger_, Given(86'400 - 120, "pm-2"));
  ledger_.rule_packs = {pack_, later};
  EXPECT_THAT(Counted(ledger_), IsEmpty());
  Append(ledger_, Given(86'400 - 119, "pm-3"));
  EXPECT_THAT(Counted(ledger_), ElementsAre("permit pm-3 was given by p/1, which is not in force"));
  Apply(86'500, 3);
  EXPECT_THAT(Counted(ledger_), SizeIs(2));  // nobody told what it says
}

// A day's plan that no text of the day allows is refused by the last of them.
TEST_F(CountedTest, APlanMayBeRefusedByATextThatBeginsLaterThatDay) {
  v1::RulePack later = pack_;
  later.set_version(2);
  later.mutable_effective_from()->set_year(1970);
  later.mutable_effective_from()->set_month(1);
  later.mutable_effective_from()->set_day(4);
  Apply(40, 2);
  ledger_.rule_packs = {pack_, later};
  v1::AuditEvent refused = Refused(3 * 86'400 - 90);
  refused.mutable_permit_refused()->set_packs(0, "p/2");
  refused.mutable_permit_refused()->clear_rules();
  refused.mutable_permit_refused()->set_begin_us(3 * 86'400'000'000);
  Append(ledger_, refused);
  EXPECT_THAT(Counted(ledger_), IsEmpty());
  ledger_.audit.pop_back();
  refused.mutable_permit_refused()->clear_begin_us();  // as if asked for at once
  Append(ledger_, refused);
  EXPECT_THAT(Counted(ledger_),
              ElementsAre("a contact of P-1 was refused by p/2, which is not in force"));
}

// A refusal is judged at the moment at which the contact would have begun, and at no other.
TEST_F(CountedTest, WhatWillBeForbiddenIsRefusedAheadOnly) {
  SetRule("hours {open {to {hour: 23}}}");
  v1::AuditEvent refused = Refused(23 * 3600 - 90);
  refused.mutable_permit_refused()->set_begin_us(23 * int64_t{3'600'000'000});
  Append(ledger_, refused);
  EXPECT_THAT(Found(), IsEmpty());
  AddRefusal(23 * 3600 - 80);
  EXPECT_THAT(Found(), ElementsAre("a contact of P-1 was refused by p.r, which counts 0"));
}

TEST_F(CountedTest, ACorrectionReplacesWhatItCorrects) {
  SetRule(
      "count {at_most: 1 window {elapsed {seconds: 3600}} "
      "contacts {results: CONTACT_RESULT_CONVERSATION}}");
  AddOutcome(40, "oc-1", "pm-1", CallCode::kNoAnswer, 2);
  AddRefusal(41);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Given(42, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, EventAt(43, v1::AuditEvent::KIND_PERMIT_RELEASED, "pm-2"));
  AddOutcome(43, "oc-1", "pm-1", CallCode::kRightParty, 3);
  Append(ledger_, Given(44, "pm-3"));
  EXPECT_THAT(Found(), SizeIs(1));
}

// A correction to "nobody was contacted" takes the contact away; as a first report it is none.
TEST_F(CountedTest, WorkWithoutAContactIsNone) {
  SetRule(
      "count {at_most: 1 window {elapsed {seconds: 3600}} "
      "contacts {results: CONTACT_RESULT_CONVERSATION results: CONTACT_RESULT_RANG_OUT}}");
  AddOutcome(40, "oc-2", "", CallCode::kNoContact);
  AddOutcome(41, "oc-1", "pm-1", CallCode::kNoContact, 2);
  Append(ledger_, Given(42, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
}

// On the day of the person's clocks second 25 of 1970 is nine in the morning.
TEST_F(CountedTest, DaysAndNightsAreThoseOfThePersonsClocks) {
  ledger_.persons["P-1"].zones = {"Asia/Tokyo"};
  SetRule("count {at_most: 1 window {days: 1}}");
  Append(ledger_, Given(15 * 3600 - 1, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Given(15 * 3600, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  SetRule("hours {open {from {minute: 1} to {hour: 23}}}");
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule("hours {open {to {minute: 1}} open {from {hour: 8} to {hour: 23}}}");
  EXPECT_THAT(Found(), SizeIs(1));  // its last moment
  SetRule("hours {open {to {minute: 2}} open {from {hour: 8} to {hour: 23}}}");
  EXPECT_THAT(Found(), IsEmpty());
  // Where the number may say another zone, it refuses that zone's hours as well.
  AddRefusal(15 * 3600 + 60);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.persons["P-1"].more_zones = {"Asia/Taipei"};
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, OfASharedNumberOthersCountAndTheirOpenPermits) {
  SetRule(
      "count {at_most: 2 window {elapsed {seconds: 3600}} "
      "contacts {same: SAMENESS_CONTACT_POINT}}");
  Append(ledger_, GivenTo("P-2", 40, "pm-2"));
  Append(ledger_, Given(50, "pm-3"));
  SetNumber("P-2", "+819099999999");
  EXPECT_THAT(Found(), IsEmpty());
  SetNumber("P-2", kNumber);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.persons["P-2"].points["mobile-1"].numbers.insert("+819099999999");
  EXPECT_THAT(Found(), IsEmpty());  // it may have been the other number
  ledger_.permits.push_back({"sakura", "pm-2", "as-1", "mobile-1", 1, 2, kNumber});
  EXPECT_THAT(Found(), SizeIs(1));  // it was this one
  ledger_.audit.pop_back();
  Append(ledger_, Given(40 + 120, "pm-3"));  // pm-2 has expired
  EXPECT_THAT(Found(), IsEmpty());
}

// What nobody said where it was made counts at each of the person's numbers, and at nobody else's.
TEST_F(CountedTest, AContactPointThatNobodySaidIsEachOfThePersons) {
  SetRule(
      "count {at_most: 3 window {elapsed {seconds: 3600}} "
      "contacts {same: SAMENESS_CONTACT_POINT}}");
  SetNumber("P-2", kNumber);
  AddOutcome(40, "oc-2", "", CallCode::kNoAnswer);
  AddRefusal(41);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  AddOutcome(42, "oc-3", "", CallCode::kNoAnswer);
  AddRefusal(43);
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, GivenTo("P-2", 44, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, Given(44 + 120, "pm-3"));
  EXPECT_THAT(Found(), SizeIs(1));
}

// Within a commit the log does not say what came first.
TEST_F(CountedTest, WhatIsOfOneCommitMayHaveComeInAnyOrder) {
  ledger_.audit.resize(2);  // up to the permit
  AppendTogether({Given(30, "pm-2"), Refused(30), Outcome(30, 1, "oc-1")});
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, TheIssuersOwnContactsCount) {
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  AddMade(36, "ev-9");
  Append(ledger_, Given(40, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  // What was answered in another way the hub may have or not.
  ledger_.issuers_contacts[0].answer = Made::STATUS_UNKNOWN_SUBJECT;
  AddRefusal(41);
  EXPECT_THAT(Found(), IsEmpty());
  ledger_.issuers_contacts.clear();
  EXPECT_THAT(Found(), SizeIs(2));  // nobody told of it, and the refusal has no cause
}

TEST_F(CountedTest, TheIssuersContactToldAnewCountsInThePlaceOfTheOther) {
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  AddMade(36, "ev-9");
  AddMade(37, "ev-10", "ev-9");
  IssuersContact& last = AddMade(38, "ev-11", "ev-10");
  AddRefusal(39);
  EXPECT_THAT(Found(), IsEmpty());
  last.event.mutable_made_contact()->set_result(v1::CONTACT_RESULT_NOT_PLACED);
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.audit.pop_back();
  Append(ledger_, Given(40, "pm-2"));
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, ACallOfThePersonsCountsWhereTheRuleSaysSo) {
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  AddOutcome(35, "oc-2", "", CallCode::kRightParty);
  ledger_.items_read.back().mutable_outcome()->mutable_outcome()->set_direction(v1::DIRECTION_IN);
  Append(ledger_, Given(40, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule(
      "count {at_most: 2 window {elapsed {seconds: 3600}} contacts {directions: DIRECTION_OUT}}");
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, AVoidPermitCountsUntilItsTimeIsUp) {
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  Append(ledger_, Given(40, "pm-2"));
  Append(ledger_, EventAt(50, v1::AuditEvent::KIND_PERMIT_VOIDED, "pm-2"));
  Append(ledger_, Given(160, "pm-3"));
  EXPECT_THAT(Found(), IsEmpty());
  ledger_.audit.pop_back();
  Append(ledger_, Given(159, "pm-3"));
  EXPECT_THAT(Found(), ElementsAre("permit pm-3 was given against p.r, which counts 2"));
  ledger_.audit.pop_back();
  AddRefusal(159);
  EXPECT_THAT(Found(), IsEmpty());
  Append(ledger_, EventAt(159, v1::AuditEvent::KIND_PERMIT_RELEASED, "pm-2"));
  Append(ledger_, Given(159, "pm-3"));
  EXPECT_THAT(Found(), IsEmpty());
}

// What was reserved for one contact is not there for another.
TEST_F(CountedTest, APermitThatCouldNotBeGivenAnyMoreDoesNotStayOpen) {
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  Append(ledger_, Given(40, "pm-2"));
  const v1::AuditEvent called = Report(50, "oc-2", "", CallCode::kRightParty);
  Append(ledger_, called);
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 stayed open against p.r, which counts 2"));
  ledger_.without_contract = {"sakura"};
  EXPECT_THAT(Found(), IsEmpty());
  ledger_.without_contract.clear();
  ledger_.audit.pop_back();
  AppendTogether({called, EventAt(50, v1::AuditEvent::KIND_PERMIT_VOIDED, "pm-2")});
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, EachAttemptOfAPlanCounts) {
  SetRule("count {at_most: 3 window {elapsed {seconds: 3600}}}");
  v1::AuditEvent plan = Given(40, "pm-2");
  plan.mutable_permit_given()->set_attempts(2);
  Append(ledger_, plan);
  EXPECT_THAT(Found(), IsEmpty());
  SetRule("count {at_most: 2 window {elapsed {seconds: 3600}}}");
  EXPECT_THAT(Found(), SizeIs(1));
}

TEST_F(CountedTest, WhatMayHaveBeenExcusedIsNotAccused) {
  const std::string count = "count {at_most: 1 window {elapsed {seconds: 3600}}} ";
  Append(ledger_, Given(40, "pm-2"));
  SetRule(count + "unless {consent {what: CONSENT_KIND_CALL}}");
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.persons["P-1"].consents = {v1::CONSENT_KIND_CALL};
  EXPECT_THAT(Found(), IsEmpty());
  SetRule(count + "unless {ask {acts: ACT_RETURN_CALL}}");
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule(count + "unless {ask {acts: ACT_REMIND}}");
  AddRefusal(41);
  EXPECT_THAT(Found(), SizeIs(1));  // the refusal: the rule does not speak of what is asked for
}

TEST_F(CountedTest, NumbersThatMayBeWrongMayBeLeftOut) {
  SetRule(
      "count {at_most: 1 window {elapsed {seconds: 3600}} contacts {without_wrong_points: true}}");
  Append(ledger_, Given(40, "pm-2"));
  EXPECT_THAT(Found(), SizeIs(1));
  ledger_.persons["P-1"].bad_numbers = {kNumber};
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(CountedTest, WarningsAreCountedAgain) {
  pack_.clear_rules();
  AddRule("p.r", "strength: STRENGTH_SHOULD count {at_most: 1 window {elapsed {seconds: 3600}}}");
  v1::AuditEvent given = Given(40, "pm-2");
  Append(ledger_, given);
  EXPECT_THAT(Found(),
              ElementsAre("permit pm-2 was given without a warning of p.r, which counts 1"));
  ledger_.audit.pop_back();
  given.mutable_permit_given()->add_warnings("p.r");
  Append(ledger_, given);
  EXPECT_THAT(Found(), IsEmpty());
  pack_.mutable_rules(0)->mutable_count()->set_at_most(2);
  EXPECT_THAT(Found(), ElementsAre("permit pm-2 was given with a warning of p.r, which counts 1"));
}

TEST_F(CountedTest, ARuleThatCannotBeCountedAgainIsTold) {
  const std::string count = "count {at_most: 9 window {elapsed {seconds: 3600}}} ";
  SetRule(count + "unless {stop {reasons: STOP_REASON_DISPUTE}}");
  EXPECT_THAT(Found(), ElementsAre("pack p/1 cannot be counted again: rule p.r has an exception of "
                                   "which the log says nothing"));
  SetRule(count + "asks {products: PRODUCT_KIND_LOAN}");
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule(count + "strength_where {strength: STRENGTH_SHOULD}");
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule(count);
  pack_.mutable_rules(0)
      ->mutable_count()
      ->GetReflection()
      ->MutableUnknownFields(pack_.mutable_rules(0)->mutable_count())
      ->AddVarint(99, 1);
  EXPECT_THAT(Found(), SizeIs(1));
  SetRule("forbid {}");
  EXPECT_THAT(Found(), IsEmpty());  // no matter of counts
}

}  // namespace
}  // namespace switchboard::invariants
