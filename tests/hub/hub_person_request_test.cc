// What a person asks of what is kept of them: to know, to correct, to delete.
#include <string>
#include <vector>

#include "tests/hub/person_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::Payment;
using testing::PersonStop;
using testing::PersonTest;
using Request = v1::PersonRequest;

constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class HubPersonRequestTest : public PersonTest {
 protected:
  // Work of P-1 has ended, its vendors know, and so does the core.
  void EndWork() {
    ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
    Acknowledge();
  }
  void AgreeToDelete() {
    ASSERT_OK(Open(Asked(Request::KIND_DELETION)));
    ASSERT_OK(Decide());
  }
};

TEST_F(HubPersonRequestTest, ItTakesTwoOperators) {
  const Request asked = Asked(Request::KIND_ACCESS);
  ASSERT_OK_AND_ASSIGN(const Request opened, Open(asked));
  EXPECT_EQ(opened.state(), Request::STATE_OPEN);
  EXPECT_EQ(opened.opened_by(), "operator/ito");
  EXPECT_THAT(Decide(true, "ito"), FailsWith(kFailed, "TWO_OPERATORS_NEEDED"));
  ASSERT_OK_AND_ASSIGN(const Request agreed, Decide());
  EXPECT_EQ(agreed.state(), Request::STATE_AGREED);
  EXPECT_EQ(agreed.decided_by(), "operator/abe");
  EXPECT_OK(Decide());
  EXPECT_THAT(Decide(false), FailsWith(kFailed, "PERSON_REQUEST_CLOSED"));
  EXPECT_THAT(Decide(true, "abe", "letter-2"), FailsWith(kNotFound, "PERSON_REQUEST_UNKNOWN"));
  // One event for each change, none for what was said again.
  EXPECT_EQ(EventsOf(v1::AuditEvent::KIND_PERSON_REQUEST), 2);
}

TEST_F(HubPersonRequestTest, RepeatedItIsTheSame) {
  Request asked = Asked(Request::KIND_CORRECTION);
  ASSERT_OK(Open(asked));
  ASSERT_OK_AND_ASSIGN(const Request again, Open(asked, "abe"));
  EXPECT_EQ(again.opened_by(), "operator/ito");
  EXPECT_THAT(again.fields(), ElementsAre("address.city"));
  asked.set_reference("another letter");
  EXPECT_THAT(Open(asked), FailsWith(absl::StatusCode::kAlreadyExists, "PERSON_REQUEST_EXISTS"));
  EXPECT_THAT(Open(Asked(Request::KIND_ACCESS, "letter-2", "P-9")),
              FailsWith(kNotFound, "PERSON_UNKNOWN"));
  asked = Asked(Request::KIND_CORRECTION, "letter-3");
  asked.add_fields("adress");
  EXPECT_THAT(Open(asked), FailsWith(kInvalid, "FIELD_INVALID"));
  asked.clear_fields();
  EXPECT_THAT(Open(asked), FailsWith(kInvalid, "FIELD_INVALID"));
  asked = Asked(Request::KIND_ACCESS, "letter-3");
  asked.add_fields("address");
  EXPECT_THAT(Open(asked), FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(HubPersonRequestTest, WhoOpenedItReadsForADay) {
  const auto live = world_.Live("A-1");
  ASSERT_OK(world_.Report(live.vendor_id(), {MakeOutcome("o-1", live.assignment_id())}));
  ASSERT_OK(world_.Post({PersonStop("stop-1", "P-1")}));
  ASSERT_OK(Open(Asked(Request::KIND_ACCESS)));
  EXPECT_THAT(Read(), FailsWith(kFailed, "TWO_OPERATORS_NEEDED"));
  ASSERT_OK(Decide());
  EXPECT_THAT(Read("abe"), FailsWith(kNotFound, "PERSON_REQUEST_UNKNOWN"));
  EXPECT_THAT(Read("ito", "cellar/1"), FailsWith(kInvalid, "FIELD_INVALID"));
  std::string after;
  bool person = false, account = false;
  int pages = 0, items = 0, contacts = 0, stops = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Read("ito", after));
    ++pages;
    for (const auto& section : page.sections()) {
      EXPECT_THAT(section.SerializeAsString(), ::testing::Not(HasSubstr("watch list")));
      items += section.item().outcome().outcome().outcome_id() == "o-1" ? 1 : 0;
      contacts += section.contact().collector() == live.vendor_id() ? 1 : 0;
      stops += section.has_stop() && !section.stop().has_end_time() ? 1 : 0;
      if (section.has_person()) person = section.person().person_id() == "P-1";
      if (!section.has_account()) continue;
      EXPECT_EQ(section.account().account_id(), "A-1");
      EXPECT_EQ(section.account().card_number(), "4111111111111111");
      account = true;
    }
    after = page.next();
  } while (!after.empty() && pages < 10);
  EXPECT_TRUE(person && account);
  EXPECT_EQ(items, 1);
  EXPECT_EQ(contacts, 1);
  EXPECT_EQ(stops, 1);
  EXPECT_GE(pages, 2);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM disclosed_answer WHERE kind = 7 AND person_id = 'P-1' AND "
                  "shown_to = 'operator/ito'"),
            pages);
  v1::PersonRequestStep last;
  for (const auto& event : world_.AuditEvents())
    if (event.has_person_request()) last = event.person_request();
  EXPECT_EQ(last.pages(), pages);
  EXPECT_EQ(last.state(), Request::STATE_DONE);
  EXPECT_OK(Read());
  world_.clock.Advance(absl::Hours(24));
  EXPECT_THAT(Read(), FailsWith(kFailed, "TWO_OPERATORS_NEEDED"));
}

TEST_F(HubPersonRequestTest, ACorrectionIsDoneByALaterTruth) {
  ASSERT_OK(Open(Asked(Request::KIND_CORRECTION)));
  const absl::Time before = world_.clock.Now();
  world_.Advance(absl::Seconds(2));
  ASSERT_OK(Decide());
  ASSERT_OK_AND_ASSIGN(const auto feed, world_.ReadCoreFeed(0));
  ASSERT_EQ(feed.items_size(), 1);
  const Request& told = feed.items(0).person_request();
  EXPECT_EQ(told.request_id(), "letter-1");
  EXPECT_EQ(told.person_id(), "P-1");
  EXPECT_EQ(told.reference(), "letter of 3 May");
  EXPECT_THAT(told.fields(), ElementsAre("address.city"));
  EXPECT_EQ(told.state(), Request::STATE_AGREED);
  world_.Advance(absl::Seconds(2));
  auto record = AccountIn(3, "A-1", "P-1");
  record.mutable_account()->set_grade("C");
  ASSERT_OK(world_.Import({record}, "file", before + absl::Seconds(1)));
  EXPECT_EQ(Only().state(), Request::STATE_AGREED);
  record.set_sequence(4);
  record.mutable_person()->mutable_address()->set_city("新宿区");
  ASSERT_OK(world_.Import({record}));
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_TRUE(Only().has_end_time());
}

TEST_F(HubPersonRequestTest, ADeletionIsNotAgreedToWhileWorkIsLive) {
  ASSERT_OK(Open(Asked(Request::KIND_DELETION)));
  EXPECT_THAT(Decide(), FailsWith(kFailed, "WORK_IS_LIVE"));
  EXPECT_EQ(Only().state(), Request::STATE_OPEN);
  EXPECT_OK(Decide(false));
  EXPECT_EQ(Only().state(), Request::STATE_REFUSED);
}

TEST_F(HubPersonRequestTest, ADeletionWaitsForVendorsAndForTheCore) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  AgreeToDelete();
  EXPECT_THAT(Only().waits_for(), Contains(HasSubstr("has not acknowledged the end of work")));
  EXPECT_THAT(Only().waits_for(), Contains(HasSubstr("core has not confirmed")));
  Pass(1);
  EXPECT_THAT(Erased(), IsEmpty());
  Acknowledge();
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("core has not confirmed")));
  Pass(0);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "account A-1", "person P-1"));
  EXPECT_EQ(Only().state(), Request::STATE_AGREED);
  CoreReads();
  EXPECT_THAT(Only().waits_for(), IsEmpty());
  Pass(0);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 0);
  EXPECT_EQ(Persons(), 1);
  EXPECT_EQ(Accounts(), 1);
}

TEST_F(HubPersonRequestTest, WhatCameInLaterStays) {
  EndWork();
  AgreeToDelete();
  world_.Advance(absl::Seconds(2));
  ASSERT_OK(world_.Import({AccountIn(3, "A-1", "P-1")}));
  CoreReads();
  Pass(0);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_EQ(Accounts(), 2);
  EXPECT_EQ(Persons(), 2);
}

TEST_F(HubPersonRequestTest, ALegalHoldIsStronger) {
  EndWork();
  AgreeToDelete();
  CoreReads();
  PlaceHold();
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("switchboard legal-hold end court-1")));
  Pass(1);
  EXPECT_THAT(Erased(), IsEmpty());
  EndHold();
  Pass(0);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "account A-1", "person P-1"));
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
}

class HubFindPersonsTest : public PersonTest {
 protected:
  std::vector<std::string> ByPhone(const std::string& phone) {
    v1::FindPersonsRequest request;
    request.set_phone(phone);
    const auto found = Find(request);
    EXPECT_OK(found);
    if (!found.ok()) return {};
    return {found->person_ids().begin(), found->person_ids().end()};
  }
};

TEST_F(HubFindPersonsTest, ByANumberAnAddressOrACard) {
  auto other = AccountIn(3, "A-3", "P-3");
  other.mutable_person()->mutable_contact_points(0)->set_phone("+819087654321");
  other.mutable_person()->mutable_contact_points(1)->set_email("hanako@example.org");
  other.mutable_account()->set_card_number("5555555555554444");
  ASSERT_OK(world_.Import({other}));
  EXPECT_THAT(ByPhone("+819087654321"), ElementsAre("P-3"));
  EXPECT_THAT(ByPhone("+819012345678"), ElementsAre("P-1", "P-2"));
  EXPECT_THAT(ByPhone("+819011112222"), IsEmpty());
  v1::FindPersonsRequest request;
  request.set_email("hanako@example.org");
  ASSERT_OK_AND_ASSIGN(const auto by_email, Find(request));
  EXPECT_THAT(by_email.person_ids(), ElementsAre("P-3"));
  request.set_card_number("5555555555554444");
  ASSERT_OK_AND_ASSIGN(const auto by_card, Find(request));
  EXPECT_THAT(by_card.person_ids(), ElementsAre("P-3"));
  // One for each who was found, and one for the look-up that found nobody.
  EXPECT_EQ(EventsOf(v1::AuditEvent::KIND_LOOKED_UP), 6);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM disclosed_answer WHERE kind = 6"), 5);
}

TEST_F(HubFindPersonsTest, ByNothingElse) {
  v1::FindPersonsRequest request;
  EXPECT_THAT(Find(request), FailsWith(kInvalid, "FIELD_INVALID"));
  request.set_phone("0312345678");
  EXPECT_THAT(Find(request), FailsWith(kInvalid, "FIELD_INVALID"));
  request.set_card_number("4111 1111 1111 1111");
  EXPECT_THAT(Find(request), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(EventsOf(v1::AuditEvent::KIND_LOOKED_UP), 0);
}

TEST_F(HubFindPersonsTest, AHundredADayOfEachOperator) {
  v1::FindPersonsRequest request;
  request.set_phone("+819011112222");
  for (int i = 0; i < 100; ++i) ASSERT_OK(Find(request));
  EXPECT_THAT(Find(request), FailsWith(absl::StatusCode::kResourceExhausted, "TOO_MANY_LOOK_UPS"));
  EXPECT_OK(Find(request, "abe"));
  world_.clock.Advance(absl::Hours(24));
  EXPECT_OK(Find(request));
}

}  // namespace
}  // namespace switchboard
