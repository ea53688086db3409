// What was said about being contacted, by event: wishes, consents, other parties.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/hub/answers.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using testing::Receipts;

constexpr char kWordsPack[] = R"(pack_id: jp-test
version: 2
title: What was said
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.wishes
    strength: LAW
    source: a law, article 5
    verification: CONFIRMED
    forbid: {when: [{wish: {kinds: [NOT_BEFORE, NO_CHANNEL]}}]}
  - rule_id: jp-test.text-consent
    strength: LAW
    source: a law, article 6
    verification: CONFIRMED
    asks: [{channels: [SMS]}]
    only_if: {any_of: [{consent: {what: SMS}}]}
)";

class HubSaidTest : public testing::RulesTest {
 protected:
  HubSaidTest() { world_.ApplyPack(kWordsPack); }

  // Said now, unless it says otherwise.
  static v1::CoreEvent Said(const std::string& event_id, const std::string& person_id = "P-1") {
    v1::CoreEvent event;
    event.set_event_id(event_id);
    event.mutable_said()->set_person_id(person_id);
    return event;
  }
  static v1::CoreEvent NoCalls(const std::string& event_id, const std::string& person_id = "P-1") {
    v1::CoreEvent event = Said(event_id, person_id);
    event.mutable_said()->mutable_wish()->set_kind(v1::WISH_KIND_NO_CHANNEL);
    event.mutable_said()->mutable_wish()->set_channel(v1::CHANNEL_PHONE);
    return event;
  }
  v1::CoreEvent TextsAreFine(const std::string& event_id) {
    v1::CoreEvent event = Said(event_id);
    event.mutable_said()->mutable_consent()->set_what(v1::CONSENT_KIND_SMS);
    *event.mutable_said()->mutable_consent()->mutable_given() = At(world_.clock.Now());
    return event;
  }
  static google::protobuf::Timestamp At(absl::Time time) {
    return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
  }
  v1::RequestPermitRequest Mail(const std::string& account) {
    v1::RequestPermitRequest request = Call(account);
    request.set_channel(v1::CHANNEL_EMAIL);
    request.set_contact_point_id("email");
    return request;
  }
  // The newest permit.
  bool IsVoid() {
    const auto events = world_.AuditEvents();
    return std::any_of(events.begin(), events.end(), [this](const v1::AuditEvent& event) {
      return event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED &&
             event.subject_id() == permit_.permit_id();
    });
  }
  v1::RequestPermitRequest Text(const std::string& account) {
    v1::RequestPermitRequest request = Call(account);
    request.set_channel(v1::CHANNEL_SMS);
    return request;
  }
};

TEST_F(HubSaidTest, AWishIsHeardAtOnceAndUntilItEnds) {
  ASSERT_THAT(Refusing("A-1"), ElementsAre("permit"));
  EXPECT_EQ(Post(NoCalls("w-1")), "ACCEPTED 0 1");
  EXPECT_EQ(Post(NoCalls("w-1")), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.wishes"));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.wishes"));
  v1::CoreEvent ended = Said("w-2");
  *ended.mutable_said()->mutable_wish_ended() = NoCalls("w-1").said().wish();
  EXPECT_EQ(Post(ended), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubSaidTest, AConsentIsGivenAndTakenBack) {
  EXPECT_THAT(Refusing(Text("A-1")), ElementsAre("jp-test.text-consent"));
  EXPECT_EQ(Post(TextsAreFine("c-1")), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing(Text("A-1")), ElementsAre("permit"));
  world_.clock.Advance(absl::Minutes(1));
  v1::CoreEvent back = Said("c-2");
  back.mutable_said()->mutable_consent_withdrawn()->set_what(v1::CONSENT_KIND_SMS);
  EXPECT_EQ(Post(back), "ACCEPTED 0 1");
  EXPECT_THAT(Refusing(Text("A-1")), ElementsAre("jp-test.text-consent"));
  // Given again since then.
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Post(TextsAreFine("c-3")), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing(Text("A-1")), ElementsAre("permit"));
}

// I12: what the core had read before it was said does not undo it; what it read later speaks for
// itself.
TEST_F(HubSaidTest, WordsAreOrderedAgainstImports) {
  world_.clock.Advance(absl::Minutes(1));
  const absl::Time before = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Post(NoCalls("w-1")), "ACCEPTED 0 0");
  EXPECT_TRUE(Receipts(world_.Import({Record(10, "A-1", "P-1")}, "file", before)).empty());
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.wishes"));
  world_.Restart();
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.wishes"));
  EXPECT_TRUE(Receipts(world_.Import({Record(11, "A-1", "P-1")})).empty());
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  // Said before that, and told late.
  v1::CoreEvent late = NoCalls("w-2");
  *late.mutable_said()->mutable_say_time() = At(before);
  EXPECT_EQ(Post(late), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("REASON_PERMIT_OPEN"));
}

TEST_F(HubSaidTest, AWordAboutNobodyYetIsHeardWhenItIsSentAgain) {
  EXPECT_EQ(Post(NoCalls("w-1", "P-9")), "UNKNOWN_SUBJECT 0 0");
  const absl::Time then = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(1));
  ASSERT_OK(world_.Import({Record(10, "A-9", "P-9")}, "file", then - absl::Seconds(1)));
  EXPECT_EQ(Post(NoCalls("w-1", "P-9")), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-9"), ElementsAre("jp-test.wishes"));
  // A record that was read after it speaks for itself.
  EXPECT_EQ(Post(NoCalls("w-2", "P-8")), "UNKNOWN_SUBJECT 0 0");
  world_.clock.Advance(absl::Minutes(1));
  ASSERT_OK(world_.Import({Record(11, "A-8", "P-8")}));
  EXPECT_EQ(Post(NoCalls("w-2", "P-8")), "REPEATED 0 0");
  EXPECT_THAT(Refusing("A-8"), ElementsAre("permit"));
}

// I12 among words: what was said later stays the newer one, in whatever order they arrive.
TEST_F(HubSaidTest, AnOlderWordThatComesLateDoesNotUndoANewerOne) {
  const absl::Time given = world_.clock.Now() + absl::Seconds(1);
  world_.clock.Advance(absl::Minutes(1));
  v1::CoreEvent back = Said("c-2");
  *back.mutable_said()->mutable_say_time() = At(given + absl::Seconds(1));
  back.mutable_said()->mutable_consent_withdrawn()->set_what(v1::CONSENT_KIND_SMS);
  EXPECT_EQ(Post(back), "ACCEPTED 0 0");
  v1::CoreEvent consent = Said("c-1");
  *consent.mutable_said()->mutable_say_time() = At(given);
  consent.mutable_said()->mutable_consent()->set_what(v1::CONSENT_KIND_SMS);
  *consent.mutable_said()->mutable_consent()->mutable_given() = At(given);
  EXPECT_EQ(Post(consent), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing(Text("A-1")), ElementsAre("jp-test.text-consent"));
}

// What rules read of a person may change by either way, and a permit outlives neither.
TEST_F(HubSaidTest, WordsThatComeByImportVoidPermitsToo) {
  ASSERT_THAT(Refusing(Mail("A-1")), ElementsAre("permit"));
  v1::AccountRecord record = Record(10, "A-2", "P-1");
  *record.mutable_person()->add_wishes() = NoCalls("w-1").said().wish();
  ASSERT_OK(world_.Import({record}));
  EXPECT_TRUE(IsVoid());
  EXPECT_EQ(LastOf(v1::AuditEvent::KIND_PERMIT_VOIDED).actor(), "core/main");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.wishes"));
  for (void (*change)(v1::Person&) :
       {+[](v1::Person& person) { person.add_time_zones("Asia/Seoul"); },
        +[](v1::Person& person) { person.set_employer_forbids(true); },
        +[](v1::Person& person) { person.mutable_address()->set_region("北海道"); },
        +[](v1::Person& person) { person.clear_wishes(); }}) {
    world_.clock.Advance(absl::Minutes(3));
    ASSERT_THAT(Refusing(Mail("A-1")), ElementsAre("permit"));
    record.set_sequence(record.sequence() + 1);
    change(*record.mutable_person());
    ASSERT_OK(world_.Import({record}));
    EXPECT_TRUE(IsVoid()) << record.sequence();
  }
}

TEST_F(HubSaidTest, RecordsThatChangeNothingForRulesVoidNoPermit) {
  v1::AccountRecord record = Record(10, "A-2", "P-1");
  ASSERT_THAT(Refusing(Mail("A-1")), ElementsAre("permit"));
  record.mutable_person()->set_family_name("佐藤");
  record.mutable_person()->mutable_address()->set_street("4-5-6");
  // Another way to reach the person, of no use for this permit.
  record.mutable_person()->mutable_contact_points(0)->set_state(v1::ContactPoint::STATE_GOOD);
  record.mutable_person()->mutable_contact_points(2)->set_phone("+81312345679");
  ASSERT_OK(world_.Import({record}));
  EXPECT_FALSE(IsVoid());
  // An older record of somebody about whom something was said since: it is said again.
  world_.clock.Advance(absl::Minutes(3));
  const absl::Time before = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(3));
  EXPECT_EQ(Post(NoCalls("w-1")), "ACCEPTED 0 0");
  ASSERT_THAT(Refusing(Mail("A-1")), ElementsAre("permit"));
  record.set_sequence(11);
  record.mutable_person()->set_family_name("鈴木");
  ASSERT_OK(world_.Import({record}, "file", before));
  EXPECT_FALSE(IsVoid());
  record.set_sequence(12);
  record.mutable_person()->set_employer_forbids(true);
  ASSERT_OK(world_.Import({record}, "file", before + absl::Seconds(1)));
  EXPECT_TRUE(IsVoid());
}

// A person's other account comes with an older record, again and again.
TEST_F(HubSaidTest, AConsentIsKeptOnceHoweverOftenARecordComes) {
  const absl::Time before = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Post(TextsAreFine("c-1")), "ACCEPTED 0 0");
  for (int i = 0; i < 60; ++i)
    ASSERT_OK(world_.Import({Record(100 + i, absl::StrCat("A-", 100 + i), "P-1")}, "file", before));
  EXPECT_EQ(Post(NoCalls("w-1")), "ACCEPTED 0 0");
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.wishes"));
}

TEST_F(HubSaidTest, OtherPartiesComeAndGo) {
  for (const char* vendor : {"sakura", "fuji"}) {
    testing::ContractOptions contract;
    contract.vendor_id = vendor;
    contract.permit_terms = ", other_parties: [RELATED]";
    world_.ApplyContract(contract);
  }
  v1::CoreEvent comes = Said("p-1");
  auto& guarantor = *comes.mutable_said()->mutable_other_party();
  guarantor.set_party_id("guarantor-1");
  guarantor.set_party(v1::PARTY_RELATED);
  guarantor.set_basis("signed for it");
  auto& phone = *guarantor.add_contact_points();
  phone.set_contact_point_id("guarantor-phone");
  phone.set_kind(v1::CONTACT_KIND_MOBILE);
  phone.set_phone("+819087654321");
  EXPECT_EQ(Post(comes), "ACCEPTED 0 0");
  v1::RequestPermitRequest request = Call("A-1");
  request.set_party(v1::PARTY_RELATED);
  request.set_party_id("guarantor-1");
  request.set_contact_point_id("guarantor-phone");
  EXPECT_THAT(Refusing(request), ElementsAre("permit"));
  v1::CoreEvent goes = Said("p-2");
  goes.mutable_said()->set_party_ended("guarantor-1");
  EXPECT_EQ(Post(goes), "ACCEPTED 0 1");
  request.set_request_id("r-gone");
  EXPECT_THAT(Refusing(request), ElementsAre("REASON_NO_CONTACT_POINT"));
}

TEST_F(HubSaidTest, BadWordsAreRefusedWithTheirField) {
  v1::CoreEvent event = NoCalls("x-1");
  event.mutable_said()->mutable_wish()->clear_channel();
  EXPECT_EQ(FieldOf(event), "said.wish.channel");
  EXPECT_EQ(FieldOf(Said("x-2")), "said");
  event = Said("x-3");
  event.mutable_said()->mutable_other_party()->set_party_id("proxy-1");
  EXPECT_EQ(FieldOf(event), "said.other_party.party");
  event = NoCalls("x-4");
  event.mutable_said()->mutable_say_time()->set_seconds(2'000'000'000);
  EXPECT_EQ(FieldOf(event), "said.say_time");
  event = TextsAreFine("x-5");
  event.mutable_said()->mutable_consent()->set_how("card 4111 1111 1111 1111");
  EXPECT_EQ(FieldOf(event), "said.consent.how");
  // Nothing of it was heard.
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  for (int i = 0; i < 50; ++i) {
    event = Said("n-" + std::to_string(i));
    event.mutable_said()->mutable_wish()->set_kind(v1::WISH_KIND_NOT_BEFORE);
    *event.mutable_said()->mutable_wish()->mutable_until() =
        At(world_.clock.Now() + absl::Minutes(i + 1));
    ASSERT_EQ(Post(event).substr(0, 8), "ACCEPTED");
  }
  EXPECT_EQ(FieldOf(NoCalls("x-6")), "said.wish");
}

}  // namespace
}  // namespace switchboard
