// Stops that hold work instead of ending it, end by themselves, or lie on a part only.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using testing::PersonStop;
using testing::Receipts;

constexpr char kSpacePack[] = R"(pack_id: jp-test
version: 2
title: Spaces to breathe in
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.space
    strength: LAW
    source: a law, article 3
    verification: CONFIRMED
    unless: [{ask: {parties: [PROXY]}}]
    forbid:
      when:
        - {stop: {reasons: [BREATHING_SPACE], days: 60}}
        - {stop: {reasons: [MENTAL_HEALTH_CRISIS]}}
        - {stop: {reasons: [ATTORNEY]}}
  - rule_id: jp-test.work
    strength: LAW
    source: a law, article 4
    verification: CONFIRMED
    asks: [{contact_kinds: [WORK_PHONE]}]
    forbid: {when: [{employer_forbids: true}]}
)";

class HubHoldsTest : public testing::RulesTest {
 protected:
  google::protobuf::Timestamp At(absl::Duration from_now) {
    return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now() + from_now));
  }
  v1::CoreEvent Hold(const std::string& event_id, v1::StopReason reason) {
    return PersonStop(event_id, "P-1", reason);
  }
};

// The vendor keeps the work, contacts nobody, and goes on by itself when the stop is over.
TEST_F(HubHoldsTest, AHoldEndsByItself) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const std::string assignment_id = world_.Live("A-1").assignment_id();
  v1::CoreEvent hold = Hold("hold-1", v1::STOP_REASON_HARDSHIP_PAUSE);
  const absl::Time end = world_.clock.Now() + absl::Hours(48);
  *hold.mutable_place_stop()->mutable_end_time() = At(absl::Hours(48));
  EXPECT_EQ(Post(hold), "ACCEPTED 0 1");
  EXPECT_EQ(world_.Live("A-1").assignment_id(), assignment_id);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_STOPPED"));
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2026-12-02 12:00:00");
  // What is imported meanwhile is shown, and nothing is placed.
  EXPECT_TRUE(Receipts(world_.Import({Record(10, "A-1", "P-1")})).empty());
  EXPECT_EQ(world_.Live("A-1").assignment_id(), assignment_id);
  EXPECT_THAT(Receipts(world_.Import({Record(11, "A-9", "P-1")})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  world_.clock.Advance(end - absl::Microseconds(1) - world_.clock.Now());
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  world_.clock.Advance(absl::Microseconds(1));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  EXPECT_TRUE(Receipts(world_.Import({Record(12, "A-9", "P-1")})).empty());
}

TEST_F(HubHoldsTest, AHoldIsLiftedLikeAnyStop) {
  EXPECT_EQ(Post(Hold("hold-1", v1::STOP_REASON_COMPLAINT)), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  EXPECT_FALSE(denial_.has_retry_time());
  EXPECT_EQ(Post(testing::Lift("lift-1", "hold-1")), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubHoldsTest, WorkEndsOrIsHeldAsTheCoreSays) {
  v1::CoreEvent lawyer = Hold("e-1", v1::STOP_REASON_ATTORNEY);
  lawyer.mutable_place_stop()->set_effect(v1::CoreEvent::PlaceStop::EFFECT_HOLDS_WORK);
  EXPECT_EQ(Post(lawyer), "ACCEPTED 0 0");
  v1::CoreEvent complaint = Hold("e-2", v1::STOP_REASON_COMPLAINT);
  complaint.mutable_place_stop()->set_effect(v1::CoreEvent::PlaceStop::EFFECT_ENDS_WORK);
  EXPECT_EQ(Post(complaint), "ACCEPTED 2 0");
  EXPECT_THAT(Receipts(world_.Import({Record(10, "A-1", "P-1")})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
}

// Where the core names no end, the rules that are heard for the person do.
TEST_F(HubHoldsTest, RulesEndWhatNamesNoEnd) {
  world_.ApplyPack(kSpacePack);
  v1::CoreEvent space = Hold("space-1", v1::STOP_REASON_BREATHING_SPACE);
  *space.mutable_place_stop()->mutable_begin_time() = At(-absl::Hours(24));
  EXPECT_EQ(Post(space), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  // Begun on 29 November, day 1; day 60 is 27 January.
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2027-01-28 00:00:00");
  const auto logged = LastOf(v1::AuditEvent::KIND_EVENT).occurrence();
  EXPECT_TRUE(logged.holds_work());
  EXPECT_EQ(logged.end_us(), TimeUtil::TimestampToMicroseconds(denial_.retry_time()));
  EXPECT_EQ(Post(Hold("crisis-1", v1::STOP_REASON_MENTAL_HEALTH_CRISIS)), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  EXPECT_FALSE(denial_.has_retry_time());
}

// The order in which a stop and the person or account come makes no difference (I13).
TEST_F(HubHoldsTest, RulesEndWhatCameBeforeWhatItLiesOn) {
  world_.ApplyPack(kSpacePack);
  const auto space = v1::STOP_REASON_BREATHING_SPACE;
  for (const v1::CoreEvent& stop :
       {PersonStop("space-1", "P-9", space), testing::AccountStop("space-2", "A-8", space),
        PersonStop("space-3", "P-7", space),
        PersonStop("crisis-1", "P-6", v1::STOP_REASON_MENTAL_HEALTH_CRISIS)})
    EXPECT_EQ(Post(stop), "UNKNOWN_SUBJECT 0 0");
  world_.clock.Advance(absl::Hours(24));
  EXPECT_THAT(Receipts(world_.Import(
                  {Record(10, "A-9", "P-9"), Record(11, "A-8", "P-1"), Record(12, "A-6", "P-6")})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED", "1:STATUS_NOT_PLACED:STOPPED",
                          "2:STATUS_NOT_PLACED:STOPPED"));
  std::vector<std::string> ends;
  for (const v1::AuditEvent& event : world_.AuditEvents()) {
    const auto& occurrence = event.occurrence();
    if (occurrence.what() != v1::AuditEvent::Occurrence::WHAT_STOP_END) continue;
    ends.push_back(event.person_id() + event.account_id() + " " + occurrence.stop_id() + " " +
                   TokyoTime(TimeUtil::MicrosecondsToTimestamp(occurrence.end_us())));
  }
  // Begun on 30 November, day 1; day 60 is 28 January.
  EXPECT_THAT(ends,
              ElementsAre("P-9 space-1 2027-01-29 00:00:00", "A-8 space-2 2027-01-29 00:00:00"));
  world_.clock.Advance(absl::Hours(24 * 60));
  EXPECT_THAT(Receipts(world_.Import({Record(20, "A-9", "P-9"), Record(21, "A-8", "P-1"),
                                      Record(22, "A-7", "P-7"), Record(23, "A-6", "P-6")})),
              ElementsAre("3:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(Refusing("A-9"), ElementsAre("permit"));
  EXPECT_THAT(Refusing("A-7"), ElementsAre("permit"));
}

// I5 knows no exception but those that the core names, and rules are heard for these as well.
TEST_F(HubHoldsTest, ASparedPartyMayBeSpokenTo) {
  world_.ApplyPack(kSpacePack);
  for (const char* vendor : {"sakura", "fuji"}) {
    testing::ContractOptions contract;
    contract.vendor_id = vendor;
    contract.permit_terms = ", other_parties: [PROXY]";
    world_.ApplyContract(contract);
  }
  v1::AccountRecord record = Record(10, "A-1", "P-1");
  auto& lawyer = *record.mutable_person()->add_other_parties();
  lawyer.set_party_id("lawyer-1");
  lawyer.set_party(v1::PARTY_PROXY);
  lawyer.set_basis("wrote to us");
  auto& office = *lawyer.add_contact_points();
  office.set_contact_point_id("office");
  office.set_kind(v1::CONTACT_KIND_WORK_PHONE);
  office.set_phone("+81352221111");
  ASSERT_OK(world_.Import({record}));
  v1::CoreEvent stop = Hold("e-1", v1::STOP_REASON_ATTORNEY);
  stop.mutable_place_stop()->set_effect(v1::CoreEvent::PlaceStop::EFFECT_HOLDS_WORK);
  v1::CoreEvent sparing = stop;
  sparing.mutable_place_stop()->add_spared_parties(v1::PARTY_PROXY);
  EXPECT_EQ(Post(sparing), "ACCEPTED 0 0");
  v1::RequestPermitRequest to_lawyer = Call("A-1");
  to_lawyer.set_party(v1::PARTY_PROXY);
  to_lawyer.set_party_id("lawyer-1");
  to_lawyer.set_contact_point_id("office");
  EXPECT_THAT(Refusing(to_lawyer), ElementsAre("permit"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  // Another stop that spares nobody is obeyed too.
  stop.set_event_id("e-2");
  EXPECT_EQ(Post(stop), "ACCEPTED 0 1");
  to_lawyer.set_request_id("r-again");
  EXPECT_THAT(Refusing(to_lawyer), ElementsAre("REASON_STOPPED"));
}

TEST_F(HubHoldsTest, AChannelIsStoppedAlone) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  v1::CoreEvent stop;
  stop.set_event_id("no-calls");
  auto& placed = *stop.mutable_place_stop();
  placed.mutable_person_channel()->set_person_id("P-1");
  placed.mutable_person_channel()->set_channel(v1::CHANNEL_PHONE);
  placed.set_reason(v1::STOP_REASON_CONSENT_WITHDRAWN);
  EXPECT_EQ(Post(stop), "ACCEPTED 0 1");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_STOPPED"));
  v1::RequestPermitRequest text = Call("A-1");
  text.set_channel(v1::CHANNEL_SMS);
  EXPECT_THAT(Refusing(text), ElementsAre("permit"));
  EXPECT_TRUE(Receipts(world_.Import({Record(11, "A-9", "P-1")})).empty());
  // The customer's account comes under another number: the same customer.
  EXPECT_TRUE(Receipts(world_.Import({Record(12, "A-2", "P-3")})).empty());
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_STOPPED"));
}

TEST_F(HubHoldsTest, AnEmployersBanEndsContactAtWorkAlone) {
  world_.ApplyPack(kSpacePack);
  v1::AccountRecord record = Record(10, "A-1", "P-1");
  auto& work = *record.mutable_person()->add_contact_points();
  work.set_contact_point_id("work");
  work.set_kind(v1::CONTACT_KIND_WORK_PHONE);
  work.set_phone("+81352221111");
  ASSERT_OK(world_.Import({record}));
  v1::RequestPermitRequest at_work = Call("A-1");
  at_work.set_contact_point_id("work");
  ASSERT_THAT(Refusing(at_work), ElementsAre("permit"));
  EXPECT_EQ(Post(Hold("ban-1", v1::STOP_REASON_WORKPLACE)), "ACCEPTED 0 1");
  at_work.set_request_id("r-at-work");
  // By no rule's name either is it told which stop it is.
  EXPECT_THAT(Refusing(at_work), ElementsAre("REASON_STOPPED"));
  EXPECT_THAT(denial_.all_reasons(), ElementsAre(v1::Denial::REASON_STOPPED));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  EXPECT_TRUE(Receipts(world_.Import({Record(11, "A-9", "P-1")})).empty());
}

TEST_F(HubHoldsTest, WhatContradictsItselfIsRefused) {
  using PlaceStop = v1::CoreEvent::PlaceStop;
  const auto refused = [this](const char* event_id, void (*change)(PlaceStop&)) {
    v1::CoreEvent event = Hold(event_id, v1::STOP_REASON_COMPLAINT);
    change(*event.mutable_place_stop());
    return FieldOf(event);
  };
  EXPECT_EQ(refused("x-1", [](PlaceStop& s) { s.mutable_end_time()->set_seconds(1'700'000'000); }),
            "place_stop.end_time");
  EXPECT_EQ(refused("x-2", [](PlaceStop& s) { s.mutable_begin_time()->set_seconds(2e9); }),
            "place_stop.begin_time");
  EXPECT_EQ(refused("x-3", [](PlaceStop& s) { s.add_spared_parties(v1::PARTY_PERSON); }),
            "place_stop.spared_parties");
  EXPECT_EQ(refused("x-4",
                    [](PlaceStop& s) {
                      s.set_effect(PlaceStop::EFFECT_ENDS_WORK);
                      s.add_spared_parties(v1::PARTY_PROXY);
                    }),
            "place_stop.spared_parties");
  EXPECT_EQ(refused("x-5",
                    [](PlaceStop& s) {
                      s.set_reason(v1::STOP_REASON_WORKPLACE);
                      s.set_effect(PlaceStop::EFFECT_ENDS_WORK);
                    }),
            "place_stop.effect");
  EXPECT_EQ(refused("x-6", [](PlaceStop& s) { s.set_reason(v1::STOP_REASON_RETURNED); }),
            "place_stop.reason");
  EXPECT_EQ(refused("x-7", [](PlaceStop& s) { s.mutable_person_channel()->set_person_id("P-1"); }),
            "place_stop.person_channel.channel");
}

// A vendor that may only remind does not argue: the account goes back to the issuer.
TEST_F(HubHoldsTest, ARefusalTowardsWhoMayOnlyRemindReturnsTheAccount) {
  for (const char* vendor : {"sakura", "fuji"})
    world_.ApplyContract({.vendor_id = vendor, .acts = "[REMIND]"});
  const std::string assignment_id = world_.Live("A-1").assignment_id();
  Report(OutcomeNow(assignment_id, CallCode::kRefusedToPay));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), "");
  EXPECT_NE(world_.Live("A-2").assignment_id(), "");
  EXPECT_THAT(Receipts(world_.Import({Record(10, "A-1", "P-1")})),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  ASSERT_OK_AND_ASSIGN(const auto feed, world_.ReadCoreFeed(0));
  const std::string stop_id = feed.items(0).outcome().placed_stop_ids(0);
  EXPECT_EQ(stop_id, "outcome:" + VendorOf(assignment_id) + ":o-1/returned");
  EXPECT_EQ(Post(testing::Lift("lift-1", stop_id)), "ACCEPTED 0 0");
  EXPECT_TRUE(Receipts(world_.Import({Record(11, "A-1", "P-1")})).empty());
}

TEST_F(HubHoldsTest, ARefusalTowardsWhoMayNegotiateIsAnOutcomeLikeOthers) {
  testing::ContractOptions contract;
  contract.acts = "[REMIND, NEGOTIATE]";
  for (const char* vendor : {"sakura", "fuji"}) {
    contract.vendor_id = vendor;
    world_.ApplyContract(contract);
  }
  const std::string assignment_id = world_.Live("A-1").assignment_id();
  Report(OutcomeNow(assignment_id, CallCode::kRefusedToPay));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), assignment_id);
}

}  // namespace
}  // namespace switchboard
