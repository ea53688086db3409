#include "hub/outcomes/spoken_stops.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"

namespace switchboard::outcomes {
namespace {

using adapters::CallCode;

TEST(StopsOfTest, DispositionsAndFlagsSpeakForThemselves) {
  const std::map<CallCode, v1::StopReason> kReasons = {
      {CallCode::kAttorney, v1::STOP_REASON_ATTORNEY},
      {CallCode::kDeceased, v1::STOP_REASON_DEATH},
      {CallCode::kBankruptcy, v1::STOP_REASON_BANKRUPTCY},
      {CallCode::kWrongNumber, v1::STOP_REASON_WRONG_NUMBER},
      {CallCode::kDisconnected, v1::STOP_REASON_DISCONNECTED},
      {CallCode::kCeaseContact, v1::STOP_REASON_CEASE},
      {CallCode::kDispute, v1::STOP_REASON_DISPUTE},
      {CallCode::kFraud, v1::STOP_REASON_FRAUD},
  };
  for (int code = 0; code <= static_cast<int>(CallCode::kFraud); ++code) {
    const auto one = static_cast<CallCode>(code);
    const auto stops = StopsOf(ResultOf(one), /*only_informs=*/false);
    const auto reason = kReasons.find(one);
    ASSERT_EQ(stops.size(), reason == kReasons.end() ? 0u : 1u) << NameOf(one);
    if (!stops.empty()) {
      EXPECT_EQ(stops[0].reason, reason->second) << NameOf(one);
    }
  }
  EXPECT_EQ(StopsOf(ResultOf(CallCode::kRefusedToPay), /*only_informs=*/true),
            std::vector<SpokenStop>{{v1::STOP_REASON_RETURNED}});
}

TEST(StopsOfTest, SeveralThingsMayBeSaidAtOnce) {
  auto result = ResultOf(CallCode::kPromiseToPay);
  result.set_stop_wanted(true);
  result.set_complained(true);
  result.set_hardship(true);  // a plan may be what helps
  result.add_opted_out_of(v1::CHANNEL_SMS);
  result.add_opted_out_of(v1::CHANNEL_VISIT);
  const std::vector<SpokenStop> expected = {{v1::STOP_REASON_CEASE},
                                            {v1::STOP_REASON_COMPLAINT},
                                            {v1::STOP_REASON_CONSENT_WITHDRAWN, v1::CHANNEL_SMS},
                                            {v1::STOP_REASON_CONSENT_WITHDRAWN, v1::CHANNEL_VISIT}};
  EXPECT_EQ(StopsOf(result, /*only_informs=*/false), expected);
}

TEST(StopIdOfTest, SaysWhoseWhichAndWhy) {
  v1::Outcome outcome;
  outcome.set_outcome_id("o:1");
  outcome.set_version(1);
  const SpokenStop wrong{v1::STOP_REASON_WRONG_NUMBER};
  const SpokenStop no_sms{v1::STOP_REASON_CONSENT_WITHDRAWN, v1::CHANNEL_SMS};
  EXPECT_EQ(StopIdOf("sakura", outcome, wrong), "outcome:sakura:o:1/wrong-number");
  EXPECT_EQ(StopIdOf("sakura", outcome, no_sms), "outcome:sakura:o:1/consent-withdrawn-sms");
  outcome.set_version(3);
  EXPECT_EQ(StopIdOf("sakura", outcome, wrong), "outcome:sakura:o:1/wrong-number/3");
  EXPECT_EQ(VersionOf("outcome:sakura:o:1/wrong-number"), 1);
  EXPECT_EQ(VersionOf("outcome:sakura:o:1/wrong-number/12"), 12);
}

TEST(StandingStopTest, TheTextSaysWhatStands) {
  const std::vector<StandingStop> stops = {{"outcome:sakura:o-1/cease"},
                                           {"outcome:sakura:o-1/wrong-number/2", "mobile-1"},
                                           {"outcome:sakura:o-1/attorney/3", "", true}};
  EXPECT_EQ(TextOf(stops),
            "outcome:sakura:o-1/cease outcome:sakura:o-1/wrong-number/2@mobile-1 "
            "?outcome:sakura:o-1/attorney/3");
  EXPECT_EQ(StandingIn(TextOf(stops)), stops);
  EXPECT_EQ(TextOf({}), "");
  EXPECT_TRUE(StandingIn("").empty());
}

class ChangesOfTest : public ::testing::Test {
 protected:
  ChangesOfTest() {
    outcome_.set_outcome_id("o-1");
    outcome_.set_version(4);
  }
  StopChanges Changes(const std::vector<SpokenStop>& spoken) {
    return ChangesOf("sakura", outcome_, spoken, stood_);
  }
  v1::Outcome outcome_;
  std::vector<StandingStop> stood_;
};

TEST_F(ChangesOfTest, WhatIsSaidAgainStaysAndTheRestGoes) {
  const StandingStop cease{"outcome:sakura:o-1/cease"};
  const StandingStop attorney{"outcome:sakura:o-1/attorney/3"};
  const StandingStop no_sms{"outcome:sakura:o-1/consent-withdrawn-sms"};
  stood_ = {cease, attorney, no_sms};
  const SpokenStop no_mail{v1::STOP_REASON_CONSENT_WITHDRAWN, v1::CHANNEL_EMAIL};
  const StopChanges changes = Changes({{v1::STOP_REASON_ATTORNEY}, no_mail});
  EXPECT_EQ(changes.kept, std::vector{attorney});
  EXPECT_EQ(changes.anew, std::vector{no_mail});
  EXPECT_EQ(changes.gone, (std::vector{cease, no_sms}));
}

// What the core was asked to lift is no word of this version's: a lift may be on its way.
TEST_F(ChangesOfTest, WhatWasTakenBackIsSaidAnew) {
  const StandingStop asked{"outcome:sakura:o-1/attorney", "", true};
  stood_ = {asked};
  const StopChanges changes = Changes({{v1::STOP_REASON_ATTORNEY}});
  EXPECT_TRUE(changes.kept.empty());
  EXPECT_EQ(changes.anew, std::vector<SpokenStop>{{v1::STOP_REASON_ATTORNEY}});
  EXPECT_EQ(changes.gone, std::vector{asked});
}

TEST_F(ChangesOfTest, AnotherNumberIsAnotherStop) {
  const StandingStop wrong{"outcome:sakura:o-1/wrong-number", "mobile-1"};
  stood_ = {wrong};
  const std::vector<SpokenStop> spoken = {{v1::STOP_REASON_WRONG_NUMBER}};
  EXPECT_EQ(Changes(spoken).kept, std::vector{wrong});  // names none
  outcome_.set_contact_point_id("mobile-1");
  EXPECT_EQ(Changes(spoken).kept, std::vector{wrong});
  outcome_.set_contact_point_id("home-1");
  EXPECT_EQ(Changes(spoken).anew, spoken);
  EXPECT_EQ(Changes(spoken).gone, std::vector{wrong});
  EXPECT_EQ(NamedBy(outcome_, spoken[0]), "home-1");
  outcome_.set_permit_id("unknown");
  EXPECT_EQ(NamedBy(outcome_, spoken[0]), "home-1");
  outcome_.clear_contact_point_id();
  EXPECT_EQ(NamedBy(outcome_, spoken[0]), "unknown");
  EXPECT_EQ(NamedBy(outcome_, {v1::STOP_REASON_CEASE}), "");
}

}  // namespace
}  // namespace switchboard::outcomes
