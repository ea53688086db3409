// Outcomes beside a permit that the vendor was never given: what they say of themselves counts, and
// may not contradict itself.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OutcomesRead;
using testing::Statuses;
using Reported = v1::ReportOutcomesResponse;

class HubUnknownPermitsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
    world_.Advance(absl::Hours(1));
  }

  v1::Outcome Under(const std::string& permit_id, const std::string& outcome_id, CallCode code) {
    v1::Outcome outcome = At(MakeOutcome(outcome_id, id_, code), world_.clock.Now());
    outcome.set_permit_id(permit_id);
    return outcome;
  }
  static void AddMessage(v1::Outcome& outcome) {
    outcome.mutable_message()->set_template_id("reminder");
    outcome.mutable_message()->set_template_version(1);
    outcome.mutable_message()->set_content_sha256(std::string(32, 'x'));
  }
  static void AddVisit(v1::Outcome& outcome) {
    outcome.mutable_visit()->set_place(v1::Visit::PLACE_HOME);
  }
  static void AddRecording(v1::Outcome& outcome) {
    v1::Recording& recording = *outcome.mutable_recording();
    recording.set_address("s3:calls/1.wav");
    recording.set_sha256(std::string(32, 'x'));
    *recording.mutable_begin_time() = outcome.start_time();
    recording.mutable_length()->set_seconds(1);
    recording.set_retention_class("calls");
  }
  // "" where it was recorded, else the field for which it is INVALID.
  std::string Refusing(const v1::Outcome& outcome) {
    const auto response = world_.Report("sakura", {outcome});
    EXPECT_OK(response);
    if (!response.ok() || response->receipts(0).status() == Reported::STATUS_RECORDED) return "";
    EXPECT_EQ(response->receipts(0).status(), Reported::STATUS_INVALID);
    return response->receipts(0).field();
  }
  // The channels of the ledger's contacts.
  std::vector<int64_t> Channels() {
    std::vector<int64_t> channels;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query("SELECT channel FROM contact ORDER BY begin_time", {},
                          [&](const storage::Row& row) {
                            channels.push_back(row.Integer(0));
                            return absl::OkStatus();
                          });
    }));
    return channels;
  }

  testing::HubWorld world_;
  std::string id_;
};

TEST_F(HubUnknownPermitsTest, WhatContradictsItselfIsRefusedByItsField) {
  v1::Outcome rang = Under("nonsense", "o-1", CallCode::kNoAnswer);
  AddMessage(rang);
  EXPECT_EQ(Refusing(rang), "result.connection");  // it was sent, since it does not say otherwise
  rang.set_channel(v1::CHANNEL_PHONE);
  EXPECT_EQ(Refusing(rang), "message");
  v1::Outcome all = Under("nonsense", "o-2", CallCode::kRightParty);
  AddMessage(all);
  AddVisit(all);
  AddRecording(all);
  EXPECT_EQ(Refusing(all), "message");
  all.set_channel(v1::CHANNEL_VISIT);
  EXPECT_EQ(Refusing(all), "message");
  all.clear_message();
  EXPECT_EQ(Refusing(all), "recording");
  all.set_channel(v1::CHANNEL_PHONE);
  EXPECT_EQ(Refusing(all), "visit");
  EXPECT_THAT(OutcomesRead(world_), ::testing::IsEmpty());
  EXPECT_THAT(Channels(), ::testing::IsEmpty());
}

TEST_F(HubUnknownPermitsTest, WhatItSaysOfItselfIsWhatTheLedgerHas) {
  v1::Outcome sent = Under("nonsense", "o-1", CallCode::kDelivered);
  sent.set_channel(v1::CHANNEL_SMS);
  sent.set_contact_point_id("mobile");
  AddMessage(sent);
  EXPECT_EQ(Refusing(sent), "");
  world_.clock.Advance(absl::Seconds(1));
  v1::Outcome called = Under("nonsense", "o-2", CallCode::kRightParty);
  AddRecording(called);
  EXPECT_EQ(Refusing(called), "");
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1: PERMIT_NOT_VALID", "2 o-2 v1: PERMIT_NOT_VALID"));
  EXPECT_THAT(Channels(), ElementsAre(int64_t{v1::CHANNEL_SMS}, int64_t{v1::CHANNEL_PHONE}));
}

// As is documented beside a permit, which a hub that was restored may have forgotten.
TEST_F(HubUnknownPermitsTest, WhatWasNoCallCountsAsWhatItWas) {
  v1::Outcome sent = Under("forgotten", "o-1", CallCode::kDelivered);
  AddMessage(sent);
  EXPECT_EQ(Refusing(sent), "");
  world_.clock.Advance(absl::Seconds(1));
  v1::Outcome visited = Under("forgotten", "o-2", CallCode::kRightParty);
  AddVisit(visited);
  EXPECT_EQ(Refusing(visited), "");
  world_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(Refusing(Under("forgotten", "o-3", CallCode::kDelivered)), "");
  world_.clock.Advance(absl::Seconds(1));
  v1::Outcome returned = Under("forgotten", "o-4", CallCode::kBusy);
  AddMessage(returned);
  returned.mutable_message()->set_delivery(v1::Message::DELIVERY_RETURNED);
  EXPECT_EQ(Refusing(returned), "");
  world_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(Refusing(Under("forgotten", "o-5", CallCode::kNoAnswer)), "");
  EXPECT_THAT(Channels(), ElementsAre(int64_t{v1::CHANNEL_SMS}, int64_t{v1::CHANNEL_VISIT},
                                      int64_t{v1::CHANNEL_SMS}, int64_t{v1::CHANNEL_SMS},
                                      int64_t{v1::CHANNEL_PHONE}));
}

// Which number it was the contact point says, here as without a permit.
TEST_F(HubUnknownPermitsTest, AWrongNumberIsStopped) {
  v1::Outcome wrong = Under("nonsense", "o-1", CallCode::kWrongNumber);
  wrong.set_contact_point_id("email");
  EXPECT_EQ(Refusing(wrong), "");
  wrong.set_version(2);
  wrong.set_contact_point_id("mobile");
  EXPECT_EQ(Refusing(wrong), "");
  EXPECT_EQ(testing::AnswerOf(world_.Ask("sakura", "r-1", id_, "mobile")), "NO_CONTACT_POINT");
  EXPECT_EQ(testing::AnswerOf(world_.Ask("sakura", "r-2", id_, "email")), "permit");
}

TEST_F(HubUnknownPermitsTest, APermitOfTheVendorsSaysItAll) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_));
  v1::Outcome outcome = Under(answer.permit().permit_id(), "o-1", CallCode::kNoAnswer);
  outcome.set_channel(v1::CHANNEL_PHONE);
  EXPECT_EQ(Refusing(outcome), "permit_id");
  outcome.clear_channel();
  outcome.set_act(v1::ACT_REMIND);
  EXPECT_EQ(Refusing(outcome), "permit_id");
  outcome.clear_act();
  EXPECT_EQ(Refusing(outcome), "");
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:"));
}

// Its permits were erased with it.
TEST_F(HubUnknownPermitsTest, OfWorkThatNobodyKnowsNoneIsMissed) {
  v1::Outcome late = Under("erased", "o-1", CallCode::kDelivered);
  late.set_assignment_id("01ARYZ6S41TSV4RRFFQ69G5FAV");
  AddMessage(late);
  EXPECT_THAT(Statuses(world_.Report("sakura", {late})), ElementsAre("UNKNOWN_ASSIGNMENT"));
}

}  // namespace
}  // namespace switchboard
