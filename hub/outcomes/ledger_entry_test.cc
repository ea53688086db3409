#include "hub/outcomes/ledger_entry.h"

#include <gtest/gtest.h>

#include "google/protobuf/util/time_util.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kNowUs = 1'800'000'000'000'000;
constexpr int64_t kMinuteUs = 60'000'000;

TEST(ResultOfTest, EveryDispositionCountsAsSomething) {
  const struct {
    v1::Disposition disposition;
    v1::ContactResult by_phone, by_sms;
  } rows[] = {
      {v1::DISPOSITION_NO_CONTACT, v1::CONTACT_RESULT_NOT_PLACED, v1::CONTACT_RESULT_NOT_PLACED},
      {v1::DISPOSITION_NO_ANSWER, v1::CONTACT_RESULT_RANG_OUT, v1::CONTACT_RESULT_DELIVERED},
      {v1::DISPOSITION_BUSY, v1::CONTACT_RESULT_NOT_CONNECTED, v1::CONTACT_RESULT_NOT_CONNECTED},
      {v1::DISPOSITION_MACHINE, v1::CONTACT_RESULT_MACHINE, v1::CONTACT_RESULT_DELIVERED},
      {v1::DISPOSITION_DISCONNECTED, v1::CONTACT_RESULT_NOT_CONNECTED,
       v1::CONTACT_RESULT_NOT_CONNECTED},
      {v1::DISPOSITION_DELIVERED, v1::CONTACT_RESULT_DELIVERED, v1::CONTACT_RESULT_DELIVERED},
      {v1::DISPOSITION_THIRD_PARTY, v1::CONTACT_RESULT_OTHER_PERSON,
       v1::CONTACT_RESULT_OTHER_PERSON},
      {v1::DISPOSITION_WRONG_NUMBER, v1::CONTACT_RESULT_OTHER_PERSON,
       v1::CONTACT_RESULT_OTHER_PERSON},
      {v1::DISPOSITION_RIGHT_PARTY, v1::CONTACT_RESULT_CONVERSATION,
       v1::CONTACT_RESULT_CONVERSATION},
      {v1::DISPOSITION_DISPUTE, v1::CONTACT_RESULT_CONVERSATION, v1::CONTACT_RESULT_CONVERSATION},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ResultOf(row.disposition, v1::CHANNEL_PHONE), row.by_phone) << row.disposition;
    EXPECT_EQ(ResultOf(row.disposition, v1::CHANNEL_VISIT), row.by_phone) << row.disposition;
    EXPECT_EQ(ResultOf(row.disposition, v1::CHANNEL_SMS), row.by_sms) << row.disposition;
    EXPECT_EQ(ResultOf(row.disposition, v1::CHANNEL_LETTER), row.by_sms) << row.disposition;
  }
}

v1::Outcome OutcomeAt(int64_t begin_us) {
  v1::Outcome outcome;
  outcome.set_outcome_id("o-1");
  outcome.set_version(1);
  outcome.set_disposition(v1::DISPOSITION_NO_ANSWER);
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
  const auto entry = EntryOf(OutcomeAt(kNowUs - 5 * kMinuteUs), facts);
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
  outcome.set_objected(true);
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
  EXPECT_TRUE(ConcernsLedger(outcome));
  outcome.set_disposition(v1::DISPOSITION_NO_CONTACT);
  EXPECT_FALSE(ConcernsLedger(outcome));
  outcome.set_version(2);
  EXPECT_TRUE(ConcernsLedger(outcome));
}

}  // namespace
}  // namespace switchboard::outcomes
