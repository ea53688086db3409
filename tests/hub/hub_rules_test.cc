// Contact rules through the whole hub: over all vendors and the issuer's own team at once.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::MakeOutcome;
using testing::MakeRecord;

class HubRulesTest : public testing::RulesTest {};

TEST_F(HubRulesTest, ADenialNamesEveryRuleAndWhenAllWouldAllow) {
  Contact("A-1");
  Contact("A-2");
  world_.clock.Advance(absl::Hours(9) + absl::Minutes(30));  // 21:30 in Tokyo
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.hours", "jp-test.calls-2-a-day"));
  EXPECT_EQ(denial_.reason(), v1::Denial::REASON_RULE);
  EXPECT_EQ(TokyoTime(denial_.retry_time()), "2026-12-01 08:00:00");
  EXPECT_THAT(denial_.clocks().zones(), ElementsAre("Asia/Tokyo"));
  EXPECT_THAT(denial_.clocks().bases(),
              ElementsAre(v1::Clocks::ZONE_BASIS_ADDRESS, v1::Clocks::ZONE_BASIS_NUMBER));
  const v1::RuleFinding& count = denial_.refusals(1);
  EXPECT_EQ(count.pack_id(), "jp-test");
  EXPECT_EQ(count.pack_version(), 1);
  EXPECT_EQ(count.source(), "the association's rules");
  EXPECT_EQ(count.strength(), v1::RulePack::STRENGTH_SELF_REGULATION);
  EXPECT_EQ(count.counted(), 2);
  EXPECT_EQ(count.at_most(), 2);
  EXPECT_EQ(count.window().days(), 1);
  EXPECT_EQ(TokyoTime(count.allowed_time()), "2026-12-01 00:00:00");
  const auto refused = LastOf(v1::AuditEvent::KIND_PERMIT_REFUSED).permit_refused();
  EXPECT_THAT(refused.rules(), ElementsAre("jp-test.hours", "jp-test.calls-2-a-day"));
  EXPECT_THAT(refused.packs(), ElementsAre("jp-test/1"));
}

// The night begins while the permit would still be open.
TEST_F(HubRulesTest, APermitEndsBeforeARuleBeginsToRefuse) {
  world_.clock.Advance(absl::Hours(9) - absl::Seconds(30));  // 20:59:30 in Tokyo
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  EXPECT_EQ(TokyoTime(permit_.expire_time()), "2026-11-30 21:00:00");
}

// While somebody holds what a decision rests on, the evening comes.
TEST_F(HubRulesTest, ADecisionIsOfTheMomentThatTheLogTells) {
  world_.ApplyPack(R"(pack_id: jp-test
version: 2
title: By day, and never
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.hours
    strength: LAW
    source: a law, article 1
    verification: CONFIRMED
    hours: {open: [{from: "08:00", to: "21:00"}]}
  - rule_id: jp-test.never
    strength: LAW
    source: a law, article 3
    verification: CONFIRMED
    count: {at_most: 0, window: {days: 1}, contacts: {same: [CONTACT_POINT]}}
)");
  const absl::Time evening = world_.clock.Now() + absl::Hours(9);  // 21:00 in Tokyo
  int by_day = 0, by_night = 0;
  for (int day = 0; day < 12; ++day) {
    const v1::RequestPermitRequest request = Call("A-1");
    world_.clock.Advance(evening + absl::Hours(24 * day) - absl::Seconds(day) - world_.clock.Now());
    world_.clock.StepAtEachReading(absl::Seconds(1));
    Refusing(request);
    world_.clock.StepAtEachReading(absl::ZeroDuration());
    const v1::AuditEvent event = LastOf(v1::AuditEvent::KIND_PERMIT_REFUSED);
    const bool is_night = TimeOf(event.time()) >= evening + absl::Hours(24 * day);
    ++(is_night ? by_night : by_day);
    EXPECT_EQ(event.permit_refused().rules_size(), is_night ? 2 : 1)
        << TokyoTime(event.time()) << " " << event.permit_refused().ShortDebugString();
  }
  EXPECT_GT(by_day, 0);
  EXPECT_GT(by_night, 0);
}

TEST_F(HubRulesTest, ABeginningNoLaterThanEndsThePermit) {
  v1::RequestPermitRequest request = Call("A-1");
  *request.mutable_begin_no_later_than() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now() + absl::Seconds(7)));
  ASSERT_THAT(Refusing(request), ElementsAre("permit"));
  EXPECT_EQ(TokyoTime(permit_.expire_time()), "2026-11-30 12:00:07");
  world_.clock.Advance(absl::Seconds(7));
  request.set_request_id("too-late");
  EXPECT_THAT(Ask(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(HubRulesTest, WhatTheIssuersOwnTeamDidCounts) {
  v1::CoreEvent event;
  event.set_event_id("call-1");
  auto& made = *event.mutable_made_contact();
  made.set_account_id("A-1");
  made.set_channel(v1::CHANNEL_PHONE);
  made.set_contact_point_id("mobile");
  made.set_result(v1::CONTACT_RESULT_CONVERSATION);
  *made.mutable_begin_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now()));
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Post({event, event}));
  EXPECT_EQ(taken.receipts(0).status(), v1::PostEventsResponse::STATUS_ACCEPTED);
  EXPECT_EQ(taken.receipts(1).status(), v1::PostEventsResponse::STATUS_REPEATED);
  Contact("A-1");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
  made.set_account_id("A-unknown");
  event.set_event_id("call-2");
  ASSERT_OK_AND_ASSIGN(const auto unknown, world_.Post({event}));
  EXPECT_EQ(unknown.receipts(0).status(), v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT);
  made.clear_result();
  event.set_event_id("call-3");
  ASSERT_OK_AND_ASSIGN(const auto invalid, world_.Post({event}));
  EXPECT_EQ(invalid.receipts(0).field(), "made_contact.result");
}

TEST_F(HubRulesTest, ACorrectionReplacesAndAReleasedOrExpiredPermitCountsNothing) {
  v1::Outcome first = Contact("A-1");
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const std::string released = permit_.permit_id();
  ASSERT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(released);
    world_.hub().vendor_api().ReleasePermit(testing::VendorPeer(VendorOf(first.assignment_id())),
                                            request, done);
  }));
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  Contact("A-2");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  // It was busy after all, which the rule does not count; a correction that says the same again
  // does not count twice.
  first.set_version(2);
  *first.mutable_result() = ResultOf(CallCode::kBusy);
  Report(first);
  first.set_version(3);
  Report(first);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// Reported the next day, it counts on the day on which it was made.
TEST_F(HubRulesTest, ALateOutcomeCountsWhenItHappened) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  v1::Outcome late = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kNoAnswer);
  late.set_permit_id(permit_.permit_id());
  world_.Advance(absl::Hours(23));
  Contact("A-1");
  Report(late);
  Contact("A-1");
  // Two of today, and three within 24 hours.
  EXPECT_THAT(Refusing("A-1"),
              ElementsAre("jp-test.calls-2-a-day", "jp-test.number-3-in-24-hours"));
  EXPECT_EQ(denial_.refusals(0).counted(), 2);
  EXPECT_EQ(denial_.refusals(1).counted(), 3);
}

TEST_F(HubRulesTest, AContactThatBeginsInTheFutureCountsNow) {
  for (int i = 0; i < 2; ++i) {
    v1::Outcome outcome = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kNoAnswer);
    SetTimes(outcome, world_.clock.Now() + absl::Hours(24 * 365));
    Report(outcome);
  }
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  world_.Advance(absl::Hours(24));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// Whoever calls back is called in return, and calls in are counted where a rule says so.
TEST_F(HubRulesTest, ContactsInAreWrittenDownAndNeedNoPermit) {
  Contact("A-1");
  Contact("A-2");
  v1::Outcome in = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kRightParty);
  in.set_direction(v1::DIRECTION_IN);
  in.set_contact_point_id("mobile");
  Report(in);
  ASSERT_OK_AND_ASSIGN(const auto feed, world_.ReadCoreFeed(0));
  EXPECT_THAT(feed.items(feed.items_size() - 1).outcome().marks(), IsEmpty());
  v1::RequestPermitRequest request = Call("A-1");
  EXPECT_THAT(Refusing(request),
              ElementsAre("jp-test.calls-2-a-day", "jp-test.number-3-in-24-hours"));
  request.set_act(v1::ACT_RETURN_CALL);
  request.set_contact_point_id("email");
  request.set_channel(v1::CHANNEL_EMAIL);
  request.set_request_id("answer");
  EXPECT_THAT(Refusing(request), ElementsAre("permit"));
  in.set_outcome_id("with-permit");
  in.set_permit_id(permit_.permit_id());
  ASSERT_OK_AND_ASSIGN(const auto refused, world_.Report(VendorOf(in.assignment_id()), {in}));
  EXPECT_EQ(refused.receipts(0).field(), "permit_id");
}

// Contacts of which nobody said where they were made count at each of the person's contact points,
// and at nobody else's, though P-2 has the same number.
TEST_F(HubRulesTest, AContactPointThatNobodySaidIsEachOfThePersons) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
    world_.clock.Advance(absl::Minutes(3));
    Report(OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kBusy));
  }
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.number-3-in-24-hours"));
  EXPECT_EQ(denial_.refusals(0).counted(), 3);
  v1::RequestPermitRequest request = Call("A-1");
  request.set_channel(v1::CHANNEL_EMAIL);
  request.set_contact_point_id("email");
  EXPECT_THAT(Refusing(request), ElementsAre("jp-test.number-3-in-24-hours"));
  EXPECT_THAT(Refusing("A-3"), ElementsAre("permit"));
  // A contact point that the person does not have can be used for nothing, whatever counts there.
  request = Call("A-1");
  request.set_contact_point_id("fax");
  Refusing(request);
  EXPECT_EQ(denial_.reason(), v1::Denial::REASON_NO_CONTACT_POINT);
}

// A letter went to no number, even if nobody said so.
TEST_F(HubRulesTest, ALetterCountsAtNoNumber) {
  for (int i = 0; i < 3; ++i) {
    v1::Outcome letter = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kBusy);
    letter.set_channel(v1::CHANNEL_LETTER);
    Report(letter);
  }
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// P-2 has the number of P-1.
TEST_F(HubRulesTest, ACapOfANumberHoldsAcrossPersonsAndCountsOpenPermits) {
  Contact("A-1");
  Contact("A-3");
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));  // open
  EXPECT_THAT(Refusing("A-3"), ElementsAre("jp-test.number-3-in-24-hours"));
  world_.clock.Advance(absl::Minutes(3));  // expired, and nobody was called
  EXPECT_THAT(Refusing("A-3"), ElementsAre("permit"));
}

TEST_F(HubRulesTest, WishesOfTheRecordAreHeardAndWarn) {
  v1::AccountRecord record = Record(4, "A-1", "P-1");
  v1::Wish& wish = *record.mutable_person()->add_wishes();
  wish.set_kind(v1::WISH_KIND_NO_CONTACT_POINT);
  wish.set_contact_point("mobile");
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Import({record}));
  EXPECT_THAT(taken.receipts(), IsEmpty());
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  ASSERT_EQ(permit_.warnings_size(), 1);
  EXPECT_EQ(permit_.warnings(0).rule_id(), "jp-test.wishes");
  EXPECT_EQ(permit_.warnings(0).strength(), v1::RulePack::STRENGTH_SHOULD);
  EXPECT_THAT(LastOf(v1::AuditEvent::KIND_PERMIT_GIVEN).permit_given().warnings(),
              ElementsAre("jp-test.wishes"));
}

TEST_F(HubRulesTest, OnlyWhatTheContractAllowsAndOnlyPartiesOfTheAccount) {
  const v1::AccountRecord record = RecordWithWife(5);
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto taken, world_.Import({record}));
  EXPECT_THAT(taken.receipts(), IsEmpty());
  v1::RequestPermitRequest request = Call("A-1");
  request.set_act(v1::ACT_NEGOTIATE);
  EXPECT_THAT(Refusing(request), ElementsAre("REASON_ACT_NOT_ALLOWED"));
  request.set_act(v1::ACT_REMIND);
  request.set_party(v1::PARTY_RELATED);
  request.set_party_id("party-1");
  request.set_contact_point_id("other-1");
  EXPECT_THAT(Refusing(request), ElementsAre("REASON_ACT_NOT_ALLOWED"));
  const std::string vendor = world_.Live("A-1").vendor_id();
  world_.ApplyContract({.vendor_id = vendor, .permit_terms = ", other_parties: [RELATED]"});
  request.set_request_id("allowed");
  ASSERT_THAT(Refusing(request), ElementsAre("permit"));
  EXPECT_EQ(permit_.dial(), "+819087654321");
  // Of the other account she is no party, nor anybody's else.
  world_.clock.Advance(absl::Minutes(3));
  v1::RequestPermitRequest of_other = Call("A-2");
  of_other.set_party(v1::PARTY_RELATED);
  of_other.set_party_id("party-1");
  of_other.set_contact_point_id("other-1");
  EXPECT_THAT(Refusing(of_other), Contains("REASON_NO_CONTACT_POINT"));
  EXPECT_THAT(denial_.all_reasons(), Contains(v1::Denial::REASON_ACT_NOT_ALLOWED));
}

// How often somebody was called, and where they live, is no more the vendor's to know (I7).
TEST_F(HubRulesTest, AnAssignmentThatEndedIsAsUnknownAsOneThatNeverWas) {
  Contact("A-1");
  Contact("A-2");
  v1::RequestPermitRequest request = Call("A-1");
  const std::string vendor = world_.Live("A-1").vendor_id();
  ASSERT_OK(world_.Post({testing::Payment("pay-1", "A-1")}));
  ASSERT_OK_AND_ASSIGN(const auto ended, Ask(request, vendor));
  request.set_assignment_id("01JBZ0V3K8Q6N5T2W4X7Y9ZABC");
  ASSERT_OK_AND_ASSIGN(const auto unknown, Ask(request, vendor));
  EXPECT_EQ(ended.SerializeAsString(), unknown.SerializeAsString());
  EXPECT_EQ(ended.denial().refusals_size(), 0);
}

TEST_F(HubRulesTest, ALetterGoesToTheAddress) {
  v1::RequestPermitRequest request = Call("A-1");
  request.set_channel(v1::CHANNEL_LETTER);
  EXPECT_THAT(Ask(request), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.clear_contact_point_id();
  ASSERT_THAT(Refusing(request), ElementsAre("permit"));
  EXPECT_FALSE(permit_.has_dial());
  EXPECT_FALSE(permit_.has_trunk_token());
  // The next record of the person does not end it.
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK(world_.Import({Record(6, "A-1", "P-1")}));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_PERMIT_OPEN"));
}

TEST_F(HubRulesTest, WhoseCountryHasNoPackIsNotContacted) {
  HubOptions options = HubWorld::Options();
  options.rule_pack_elsewhere = "";
  HubWorld world(options);
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({MakeRecord(1)}));
  const std::string assignment = world.Live("A-1").assignment_id();
  ASSERT_OK_AND_ASSIGN(const auto denied, world.Ask("sakura", "r-1", assignment));
  EXPECT_THAT(denied.denial().all_reasons(), ElementsAre(v1::Denial::REASON_NO_RULES));
  EXPECT_FALSE(denied.denial().has_retry_time());
  world.ApplyPack(testing::kTestPack);
  ASSERT_OK_AND_ASSIGN(const auto night, world.Ask("sakura", "r-1", assignment));
  EXPECT_NE(night.denial().reason(), v1::Denial::REASON_NO_RULES);
}

// A pack applied before its days begin is heard from the first of them on.
TEST_F(HubRulesTest, OfAPacksVersionsTheHighestInForceIsHeard) {
  std::string next(testing::kTestPack);
  next.replace(next.find("version: 1"), 10, "version: 2\neffective_from: 2026-12-01");
  next.replace(next.find("at_most: 2"), 10, "at_most: 0");
  world_.ApplyPack(next);
  Contact("A-1");
  world_.Advance(absl::Hours(21));  // nine in the morning, on the next day
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  EXPECT_EQ(denial_.refusals(0).pack_version(), 2);
  EXPECT_FALSE(denial_.has_retry_time());
  world_.Restart();
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
}

TEST_F(HubRulesTest, AVersionThatStandsIsNotChanged) {
  const auto put = [&](const std::string& yaml) {
    return world_.PutInForce(v1::TEXT_KIND_RULE_PACK, yaml);
  };
  std::string other(testing::kTestPack);
  ASSERT_OK_AND_ASSIGN(const auto same, put("# a comment\n" + other));
  EXPECT_FALSE(same.changed());
  other.replace(other.find("at_most: 2"), 10, "at_most: 1");
  EXPECT_THAT(put(other), FailsWith(absl::StatusCode::kFailedPrecondition, "RULE_PACK_VERSION"));
  EXPECT_THAT(put("pack_id: [\n"), FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
  // The running pack stays.
  Contact("A-1");
  Contact("A-1");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  const auto listed = world_.Await<v1::ListRulePacksResponse>(
      [&](auto done) { world_.hub().operator_api().ListRulePacks(testing::Operator(), {}, done); });
  ASSERT_OK(listed);
  ASSERT_EQ(listed->packs_size(), 2);
  EXPECT_EQ(listed->packs(0).pack_id(), "jp-test");
  EXPECT_TRUE(listed->packs(0).in_force());
  EXPECT_EQ(listed->packs(0).rules(), 4);
}

}  // namespace
}  // namespace switchboard
