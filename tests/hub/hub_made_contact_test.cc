// Contacts of the issuer's own team that were told wrong, and are told anew.
#include <string>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::ElementsAre;

constexpr char kField[] = "made_contact.replaces_event_id";

class HubMadeContactTest : public testing::RulesTest {
 protected:
  // A call of the issuer's, told in another one's place unless that is empty.
  v1::CoreEvent Made(const std::string& event_id, const std::string& account,
                     v1::ContactResult result = v1::CONTACT_RESULT_CONVERSATION,
                     const std::string& replaces = "") {
    v1::CoreEvent event = MadeByIssuer(event_id, account, result);
    event.mutable_made_contact()->set_replaces_event_id(replaces);
    return event;
  }
};

TEST_F(HubMadeContactTest, WhatIsToldAnewCountsInTheFirstOnesPlace) {
  const v1::CoreEvent first = Made("call-1", "A-1");
  EXPECT_EQ(Post(first), "ACCEPTED 0 0");
  Contact("A-1");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
  // It was busy after all, which the rule does not count.
  const v1::CoreEvent second = Made("call-2", "A-1", v1::CONTACT_RESULT_NOT_CONNECTED, "call-1");
  EXPECT_EQ(Post(second), "ACCEPTED 0 0");
  const v1::AuditEvent logged = LastOf(v1::AuditEvent::KIND_EVENT);
  EXPECT_EQ(logged.subject_id(), "call-2");
  EXPECT_EQ(logged.occurrence().replaces_event_id(), "call-1");
  // Sent again, neither changes what the newest one says.
  EXPECT_EQ(Post(first), "REPEATED 0 0");
  EXPECT_EQ(Post(second), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  EXPECT_EQ(Post(Made("call-3", "A-1", v1::CONTACT_RESULT_CONVERSATION, "call-2")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(second), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
}

// The rule by number counts whatever has become of a call.
TEST_F(HubMadeContactTest, OneThatNeverWasIsTakenBack) {
  const v1::CoreEvent third = Made("call-3", "A-1", v1::CONTACT_RESULT_NOT_CONNECTED);
  for (const char* id : {"call-1", "call-2"})
    EXPECT_EQ(Post(Made(id, "A-1", v1::CONTACT_RESULT_NOT_CONNECTED)), "ACCEPTED 0 0");
  EXPECT_EQ(Post(third), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.number-3-in-24-hours"));
  EXPECT_EQ(Post(Made("none-3", "A-1", v1::CONTACT_RESULT_NOT_PLACED, "call-3")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(third), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  // It was made after all.
  EXPECT_EQ(Post(Made("call-4", "A-1", v1::CONTACT_RESULT_NOT_CONNECTED, "none-3")),
            "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.number-3-in-24-hours"));
}

TEST_F(HubMadeContactTest, OneThatWasToldOfAnotherAccountCountsThereNoMore) {
  EXPECT_EQ(Post(Made("call-1", "A-3")), "ACCEPTED 0 0");
  Contact("A-3");
  EXPECT_THAT(Refusing("A-3"), ElementsAre("jp-test.calls-2-a-day"));
  EXPECT_EQ(Post(Made("call-2", "A-1", v1::CONTACT_RESULT_CONVERSATION, "call-1")), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-3"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  v1::Outcome other = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kDelivered);
  other.set_channel(v1::CHANNEL_LETTER);
  Report(other);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
}

TEST_F(HubMadeContactTest, OneOfAnAccountThatNobodyKnewIsReplacedForGood) {
  v1::CoreEvent unknown = Made("call-1", "A-9");
  EXPECT_EQ(Post(unknown), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(Post(Made("call-2", "A-1", v1::CONTACT_RESULT_CONVERSATION, "call-1")), "ACCEPTED 0 0");
  ASSERT_OK(world_.Import({Record(10, "A-9", "P-9")}));
  EXPECT_EQ(Post(unknown), "REPEATED 0 0");
  Contact("A-9");
  // Two would have been enough.
  EXPECT_THAT(Refusing("A-9"), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(3));
  Contact("A-1");
  EXPECT_THAT(Refusing("A-1"), ::testing::Contains("jp-test.calls-2-a-day"));
}

// A contact stays with whom it was made, whoever has the account by now.
TEST_F(HubMadeContactTest, OneThatIsSentAgainCountsOnceThoughTheAccountHasMoved) {
  const v1::CoreEvent first = Made("call-1", "A-3");
  EXPECT_EQ(Post(first), "ACCEPTED 0 0");
  world_.clock.Advance(absl::Minutes(3));
  ASSERT_OK(world_.Import({Record(10, "A-3", "P-1")}));
  EXPECT_EQ(Post(first), "REPEATED 0 0");
  Contact("A-1");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubMadeContactTest, OnlyWhatTheCoreHasToldIsReplacedAndThatOnce) {
  const auto told_anew = [this](const std::string& event_id, const std::string& replaces) {
    return Made(event_id, "A-1", v1::CONTACT_RESULT_CONVERSATION, replaces);
  };
  EXPECT_EQ(Post(Made("call-1", "A-1")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(testing::Payment("pay-1", "A-2")), "ACCEPTED 1 0");
  EXPECT_EQ(FieldOf(told_anew("x-1", "nothing")), kField);
  EXPECT_EQ(FieldOf(told_anew("x-2", "x-2")), kField);
  EXPECT_EQ(FieldOf(told_anew("x-3", "pay-1")), kField);
  EXPECT_EQ(FieldOf(told_anew("x-4", "not an id")), kField);
  v1::PostEventsRequest request;
  *request.add_events() = told_anew("x-5", "call-1");
  ASSERT_OK_AND_ASSIGN(const auto of_other, world_.Await<v1::PostEventsResponse>([&](auto done) {
    world_.hub().core_api().PostEvents(testing::Core("loans"), request.SerializeAsString(), done);
  }));
  EXPECT_EQ(of_other.receipts(0).field(), kField);
  EXPECT_EQ(Post(told_anew("call-2", "call-1")), "ACCEPTED 0 0");
  EXPECT_EQ(FieldOf(told_anew("x-6", "call-1")), kField);
  EXPECT_EQ(Post(told_anew("call-3", "call-2")), "ACCEPTED 0 0");
  // What was refused has used up no id.
  EXPECT_EQ(Post(told_anew("x-6", "call-3")), "ACCEPTED 0 0");
}

}  // namespace
}  // namespace switchboard
