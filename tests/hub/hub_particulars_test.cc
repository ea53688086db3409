// What was sent, and where a visit was, is said, or its absence is told to the core.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OutcomesRead;

class HubParticularsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
    world_.Advance(absl::Hours(1));
  }

  v1::Outcome By(v1::Channel channel, const std::string& outcome_id, CallCode code) {
    v1::Outcome outcome = At(MakeOutcome(outcome_id, id_, code), world_.clock.Now());
    outcome.set_channel(channel);
    return outcome;
  }
  static v1::Outcome WithMessage(v1::Outcome outcome, v1::Message::Delivery delivery) {
    outcome.mutable_message()->set_template_id("reminder");
    outcome.mutable_message()->set_template_version(1);
    outcome.mutable_message()->set_content_sha256(std::string(32, 'x'));
    outcome.mutable_message()->set_delivery(delivery);
    return outcome;
  }
  void Report(const std::vector<v1::Outcome>& outcomes) {
    EXPECT_THAT(testing::Statuses(world_.Report("sakura", outcomes)), Each("RECORDED"));
  }

  testing::HubWorld world_;
  std::string id_;
};

TEST_F(HubParticularsTest, WhatWasSentIsSaidOrMissed) {
  const v1::Outcome letter = By(v1::CHANNEL_LETTER, "o-2", CallCode::kDelivered);
  v1::Outcome back = By(v1::CHANNEL_LETTER, "o-2", CallCode::kBusy);
  back.set_version(2);
  Report({By(v1::CHANNEL_SMS, "o-1", CallCode::kDelivered),
          WithMessage(letter, v1::Message::DELIVERY_SENT),
          WithMessage(back, v1::Message::DELIVERY_RETURNED),
          By(v1::CHANNEL_EMAIL, "o-3", CallCode::kBusy)});
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1: WITHOUT_PERMIT WITHOUT_PARTICULARS",
                          "2 o-2 v1: WITHOUT_PERMIT", "3 o-2 v2: WITHOUT_PERMIT CORRECTION",
                          "4 o-3 v1: WITHOUT_PERMIT WITHOUT_PARTICULARS"));
}

// The channel is the permit's, and a correction may say what was missing.
TEST_F(HubParticularsTest, UnderAPermitToo) {
  ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_, "email"));
  v1::Outcome mail = By(v1::CHANNEL_UNSPECIFIED, "o-1", CallCode::kDelivered);
  mail.set_permit_id(answer.permit().permit_id());
  v1::Outcome said = WithMessage(mail, v1::Message::DELIVERY_ARRIVED);
  said.set_version(2);
  Report({mail, said});
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1: WITHOUT_PARTICULARS", "2 o-1 v2: CORRECTION"));
}

TEST_F(HubParticularsTest, WhereAVisitWasIsSaidOrMissed) {
  v1::Outcome said = By(v1::CHANNEL_VISIT, "o-2", CallCode::kRightParty);
  said.mutable_visit()->set_place(v1::Visit::PLACE_WORK);
  Report({By(v1::CHANNEL_VISIT, "o-1", CallCode::kNoAnswer), said});
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1: WITHOUT_PERMIT WITHOUT_PARTICULARS",
                                                "2 o-2 v1: WITHOUT_PERMIT"));
}

// What came in the vendor did not write, and what was never sent is not there to be shown.
TEST_F(HubParticularsTest, NothingIsMissedWhereTheVendorSentNothing) {
  v1::Outcome answer = By(v1::CHANNEL_SMS, "o-1", CallCode::kRightParty);
  answer.set_direction(v1::DIRECTION_IN);
  Report({answer, By(v1::CHANNEL_LETTER, "o-2", CallCode::kNoContact),
          By(v1::CHANNEL_PHONE, "o-3", CallCode::kRightParty)});
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1:", "2 o-2 v1:", "3 o-3 v1: WITHOUT_PERMIT"));
}

}  // namespace
}  // namespace switchboard
