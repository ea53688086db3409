// Contacts under a consent, and what limits count of them.
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::ElementsAre;

// Two unanswered calls in seven days, those under a consent apart, which lasts a week for the
// account that it names: of the kind of 12 CFR 1006.14(b).
constexpr char kWeekPack[] = R"(pack_id: jp-test
version: 2
title: Weeks
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.calls-2-in-7
    strength: LAW
    source: a law, article 7
    verification: CONFIRMED
    unless:
      - consent:
          what: CALL
          direct: true
          same_account: true
          days: 7
          until_next: {results: [CONVERSATION], same: [ACCOUNT]}
    count:
      at_most: 2
      window: {days: 7}
      contacts: {directions: [OUT], same: [ACCOUNT], without_consented: true}
)";

class HubConsentsTest : public testing::RulesTest {
 protected:
  HubConsentsTest() {
    world_.ApplyPack(kWeekPack);
    v1::CoreEvent event;
    event.set_event_id("consent-1");
    event.mutable_said()->set_person_id("P-1");
    auto& consent = *event.mutable_said()->mutable_consent();
    consent.set_what(v1::CONSENT_KIND_CALL);
    consent.set_collector(VendorOf(world_.Live("A-1").assignment_id()));
    consent.set_account("A-1");
    *consent.mutable_given() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now()));
    EXPECT_EQ(Post(event), "ACCEPTED 0 0");
  }
};

// Under the consent they are not counted; once its week is over they are, though nobody has taken
// it back.
TEST_F(HubConsentsTest, AConsentThatIsOverExemptsNothing) {
  for (int i = 0; i < 5; ++i) Contact("A-1");
  world_.Advance(absl::Hours(7 * 24));
  Contact("A-1");
  Contact("A-1");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-in-7"));
  EXPECT_EQ(denial_.refusals(0).counted(), 2);
}

// A talk uses it up.
TEST_F(HubConsentsTest, AConsentThatWasUsedExemptsNothing) {
  world_.clock.Advance(absl::Minutes(1));
  Contact("A-1");
  Contact("A-1", CallCode::kRightParty);
  world_.clock.Advance(absl::Minutes(1));
  Contact("A-1");
  Contact("A-1");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-in-7"));
}

TEST_F(HubConsentsTest, AConsentAboutOneDebtExemptsNoCallsAboutAnother) {
  Contact("A-2");
  Contact("A-2");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-in-7"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

}  // namespace
}  // namespace switchboard
