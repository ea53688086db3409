#include "hub/outcomes/ledger_entry.h"

#include <gtest/gtest.h>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::outcomes {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;

constexpr int64_t kNowUs = 1'800'000'000'000'000;
constexpr int64_t kMinuteUs = 60'000'000;

TEST(ResultOfTest, EveryResultCountsAsSomething) {
  const struct {
    CallCode code;
    v1::ContactResult result;
  } rows[] = {
      {CallCode::kNoContact, v1::CONTACT_RESULT_NOT_PLACED},
      {CallCode::kNoAnswer, v1::CONTACT_RESULT_RANG_OUT},
      {CallCode::kBusy, v1::CONTACT_RESULT_NOT_CONNECTED},
      {CallCode::kMachine, v1::CONTACT_RESULT_MACHINE},
      {CallCode::kDisconnected, v1::CONTACT_RESULT_NOT_CONNECTED},
      {CallCode::kDelivered, v1::CONTACT_RESULT_DELIVERED},
      {CallCode::kThirdParty, v1::CONTACT_RESULT_OTHER_PERSON},
      {CallCode::kWrongNumber, v1::CONTACT_RESULT_OTHER_PERSON},
      {CallCode::kRightParty, v1::CONTACT_RESULT_CONVERSATION},
      {CallCode::kDispute, v1::CONTACT_RESULT_CONVERSATION},
  };
  for (const auto& row : rows) EXPECT_EQ(ResultOf(ResultOf(row.code)), row.result);
}

// A wife who answers is whom the contact came to be with, a neighbour is not.
TEST(PartyOfTest, WhoAnsweredIsWhomItWasWith) {
  const struct {
    v1::Reached reached;
    v1::Party meant, was;
    v1::ContactResult result;
  } rows[] = {
      {v1::REACHED_PERSON, v1::PARTY_PERSON, v1::PARTY_PERSON, v1::CONTACT_RESULT_CONVERSATION},
      {v1::REACHED_PERSON, v1::PARTY_RELATED, v1::PARTY_PERSON, v1::CONTACT_RESULT_CONVERSATION},
      {v1::REACHED_RELATED, v1::PARTY_PERSON, v1::PARTY_RELATED, v1::CONTACT_RESULT_CONVERSATION},
      {v1::REACHED_PROXY, v1::PARTY_PERSON, v1::PARTY_PROXY, v1::CONTACT_RESULT_CONVERSATION},
      {v1::REACHED_THIRD, v1::PARTY_PERSON, v1::PARTY_PERSON, v1::CONTACT_RESULT_OTHER_PERSON},
  };
  for (const auto& row : rows) {
    v1::Outcome::Result result = ResultOf(CallCode::kRightParty);
    result.set_reached(row.reached);
    EXPECT_EQ(PartyOf(result, row.meant), row.was) << row.reached;
    EXPECT_EQ(ResultOf(result), row.result) << row.reached;
  }
}

v1::Outcome OutcomeAt(int64_t begin_us) {
  v1::Outcome outcome;
  outcome.set_outcome_id("o-1");
  outcome.set_version(1);
  *outcome.mutable_result() = ResultOf(CallCode::kNoAnswer);
  *outcome.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(begin_us);
  *outcome.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(begin_us + kMinuteUs);
  return outcome;
}

class EntryOfTest : public ::testing::Test {
 protected:
  EntryOfTest() {
    assignment_.person_id = "P-1";
    assignment_.account_id = "A-1";
    permit_.permit_id = "permit-1";
    permit_.channel = v1::CHANNEL_SMS;
    permit_.contact_kind = v1::CONTACT_KIND_MOBILE;
    permit_.number_digest = "digest";
    permit_.act = v1::ACT_REMIND;
    permit_.party = v1::PARTY_RELATED;
    permit_.party_id = "wife";
    permit_.consented = true;
  }
  EntryFacts Facts() {
    EntryFacts facts{"sakura", assignment_};
    facts.collector_kind = v1::COLLECTOR_KIND_BPO;
    facts.now = absl::FromUnixMicros(kNowUs);
    return facts;
  }
  assignments::Assignment assignment_;
  permits::PermitRow permit_;
};

TEST_F(EntryOfTest, ThePermitSaysWhatTheContactWas) {
  EntryFacts facts = Facts();
  facts.permit = &permit_;
  v1::Outcome outcome = OutcomeAt(kNowUs - 5 * kMinuteUs);
  *outcome.mutable_result() = ResultOf(CallCode::kDelivered);
  const auto entry = EntryOf(outcome, facts);
  EXPECT_EQ(entry.contact_id, contacts::IdOfOutcome("sakura", "o-1"));
  EXPECT_EQ(entry.person_id, "P-1");
  EXPECT_EQ(entry.collector_kind, v1::COLLECTOR_KIND_BPO);
  EXPECT_EQ(entry.channel, v1::CHANNEL_SMS);
  EXPECT_EQ(entry.number_digest, "digest");
  EXPECT_EQ(entry.party, v1::PARTY_RELATED);
  EXPECT_EQ(entry.party_id, "wife");
  EXPECT_TRUE(entry.consented);
  EXPECT_EQ(entry.result, v1::CONTACT_RESULT_DELIVERED);
  EXPECT_EQ(entry.begin_us, kNowUs - 5 * kMinuteUs);
  // One that does not cover the contact says so too, but the contact was not made under it.
  EXPECT_EQ(entry.permit_id, "");
  facts.permitted = true;
  EXPECT_EQ(EntryOf(OutcomeAt(kNowUs), facts).permit_id, "permit-1");
}

TEST_F(EntryOfTest, WithoutAPermitTheOutcomeSaysItOrItCountsAsACallToThePerson) {
  v1::Outcome outcome = OutcomeAt(kNowUs);
  const auto bare = EntryOf(outcome, Facts());
  EXPECT_EQ(bare.direction, v1::DIRECTION_OUT);
  EXPECT_EQ(bare.channel, v1::CHANNEL_PHONE);
  EXPECT_EQ(bare.party, v1::PARTY_PERSON);
  EXPECT_EQ(bare.act, v1::ACT_UNSPECIFIED);
  outcome.set_direction(v1::DIRECTION_IN);
  outcome.set_channel(v1::CHANNEL_EMAIL);
  outcome.set_party(v1::PARTY_THIRD);
  outcome.set_party_id("neighbour");
  outcome.set_act(v1::ACT_LOCATE);
  outcome.mutable_result()->set_objected(true);
  const auto said = EntryOf(outcome, Facts());
  EXPECT_EQ(said.direction, v1::DIRECTION_IN);
  EXPECT_EQ(said.channel, v1::CHANNEL_EMAIL);
  EXPECT_EQ(said.party, v1::PARTY_THIRD);
  EXPECT_EQ(said.party_id, "neighbour");
  EXPECT_EQ(said.act, v1::ACT_LOCATE);
  EXPECT_TRUE(said.objected);
}

// It was made by now, whatever the vendor's clock says: counted from now on, and not for ever.
TEST_F(EntryOfTest, WhatBeginsInTheFutureBeganNow) {
  const auto entry = EntryOf(OutcomeAt(kNowUs + 1'000 * kMinuteUs), Facts());
  EXPECT_EQ(entry.begin_us, kNowUs);
  EXPECT_EQ(entry.end_us, kNowUs);
}

TEST(ConcernsLedgerTest, WorkWithoutAContactIsNoContactUntilItCorrectsOne) {
  v1::Outcome outcome = OutcomeAt(kNowUs);
  EXPECT_TRUE(ConcernsLedger(outcome, {}));
  *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
  EXPECT_FALSE(ConcernsLedger(outcome, {}));
  // It counted, though nobody knew what came of it.
  EXPECT_TRUE(ConcernsLedger(outcome, {"permit-1", 1}));
  outcome.set_version(2);
  EXPECT_TRUE(ConcernsLedger(outcome, {}));
}

}  // namespace
}  // namespace switchboard::outcomes
