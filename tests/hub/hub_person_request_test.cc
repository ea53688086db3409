// What a person asks of what is kept of them: to know, to correct, to delete.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"
#include "tests/hub/person_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using testing::AccountIn;
using testing::At;
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
  void AgreeToDelete(const std::string& id = "letter-1", const std::string& person_id = "P-1") {
    ASSERT_OK(Open(Asked(Request::KIND_DELETION, id, person_id)));
    ASSERT_OK(Decide(true, "abe", id));
  }
  // Refused items of long ago that were kept without their content.
  void AddEmptyItems(int count) {
    Run([count](storage::Transaction& transaction) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        const std::string id = "q-" + std::to_string(100'000 + i);
        RETURN_IF_ERROR(
            transaction
                .Execute("INSERT INTO quarantine (quarantine_id, actor, kind, source, as_of, "
                         "status, field, quarantine_time, count, size, taken, card_removed, "
                         "digest, box) VALUES ($1, 'vendor/x', 'outcome', '', 0, 'S', '', 1, 1, 1, "
                         "0, 0, $2, $2)",
                         {id, storage::Value::Blob(id)})
                .status());
      }
      return absl::OkStatus();
    });
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

TEST_F(HubPersonRequestTest, WhatWasKnownBeforePermitsAndRecordingsAreReadAsWell) {
  const auto live = world_.Live("A-1");
  const auto call = [&](const std::string& outcome_id, int32_t version, char byte) {
    auto outcome = At(MakeOutcome(outcome_id, live.assignment_id(), CallCode::kRightParty, version),
                      world_.clock.Now());
    v1::Recording& recording = *outcome.mutable_recording();
    recording.set_address("https://rec.sakura.example/o.wav");
    recording.set_sha256(std::string(32, byte));
    *recording.mutable_begin_time() = outcome.start_time();
    recording.mutable_length()->set_seconds(61);
    recording.set_retention_class("calls");
    return outcome;
  };
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       world_.Ask(live.vendor_id(), "r-1", live.assignment_id()));
  ASSERT_TRUE(answer.has_permit());
  ASSERT_OK(world_.Report(live.vendor_id(), {call("o-1", 1, 'x'), call("o-2", 1, 'y')}));
  // Of a correction the newest is told, and of one that takes the recording back nothing.
  auto without = call("o-2", 2, 'y');
  without.clear_recording();
  ASSERT_OK(world_.Report(live.vendor_id(), {call("o-1", 2, 'z'), without}));
  // That ends the permit.
  auto moved = AccountIn(3, "A-1", "P-1");
  moved.mutable_person()->mutable_address()->set_city("新宿区");
  ASSERT_OK(world_.Import({moved}));
  const int64_t now_us = absl::ToUnixMicros(world_.clock.Now());
  ASSERT_OK(Open(Asked(Request::KIND_ACCESS)));
  ASSERT_OK(Decide());
  std::vector<v1::Person> former;
  std::vector<v1::ReadPersonDataResponse::GivenPermit> permits;
  std::vector<v1::ReadPersonDataResponse::ToldRecording> recordings;
  std::string after;
  int pages = 0;
  do {
    EXPECT_EQ(Only().state(), Request::STATE_AGREED);
    ASSERT_OK_AND_ASSIGN(const auto page, Read("ito", after));
    for (const auto& section : page.sections()) {
      EXPECT_THAT(section.SerializeAsString(), ::testing::Not(HasSubstr("rec.sakura.example")));
      if (section.has_former()) former.push_back(section.former());
      if (section.has_permit()) permits.push_back(section.permit());
      if (section.has_recording()) recordings.push_back(section.recording());
    }
    after = page.next();
  } while (!after.empty() && ++pages < 10);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  ASSERT_EQ(former.size(), 1u);
  EXPECT_EQ(former[0].address().city(), "渋谷区");
  ASSERT_EQ(permits.size(), 1u);
  EXPECT_EQ(permits[0].vendor_id(), live.vendor_id());
  EXPECT_EQ(permits[0].contact_point_id(), "mobile");
  EXPECT_EQ(permits[0].channel(), v1::CHANNEL_PHONE);
  EXPECT_EQ(permits[0].party(), v1::PARTY_PERSON);
  EXPECT_NE(permits[0].act(), v1::ACT_UNSPECIFIED);
  EXPECT_TRUE(permits[0].has_give_time());
  EXPECT_LE(TimeUtil::TimestampToMicroseconds(permits[0].expire_time()), now_us);
  ASSERT_EQ(recordings.size(), 1u);
  EXPECT_EQ(recordings[0].vendor_id(), live.vendor_id());
  EXPECT_EQ(recordings[0].outcome_id(), "o-1");
  EXPECT_EQ(recordings[0].recording().sha256(), std::string(32, 'z'));
  EXPECT_EQ(recordings[0].recording().length().seconds(), 61);
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

// Refused items say in their boxes alone whom they are about; contacts count as long as a rule
// looks back.
TEST_F(HubPersonRequestTest, ADeletionIsDoneOnceNeitherRefusedItemsNorContactsAreLeft) {
  world_.ApplyPack(
      "pack_id: slow\nversion: 1\ntitle: t\ncountry: AQ\nhome_zone: UTC\nrules:\n"
      "  - {rule_id: slow.one, strength: LAW, source: s, verification: CONFIRMED, "
      "cool_down: {after: {directions: [OUT]}, window: {days: 60}}}\n");
  const auto live = world_.Live("A-1");
  v1::Outcome outcome = MakeOutcome("o-1", live.assignment_id());
  outcome.mutable_start_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()));
  *outcome.mutable_end_time() = outcome.start_time();
  ASSERT_EQ(HubRetentionTest::Report(live.vendor_id(), outcome),
            v1::ReportOutcomesResponse::STATUS_RECORDED);
  outcome.set_outcome_id("o-2");
  outcome.set_version(0);
  ASSERT_EQ(HubRetentionTest::Report(live.vendor_id(), outcome),
            v1::ReportOutcomesResponse::STATUS_INVALID);
  v1::CoreEvent unpaid = Payment("pay-x", "A-1");
  unpaid.mutable_payment()->clear_amount();
  ASSERT_OK(world_.Post({unpaid}));
  for (const char* person_id : {"P-1", "P-2"}) {
    auto broken = AccountIn(3, std::string("A-of-") + person_id, person_id);
    broken.mutable_person()->clear_given_name();
    ASSERT_OK(world_.Import({broken}));
  }
  ASSERT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 4);
  EndWork();
  AgreeToDelete();
  CoreReads();
  Pass(0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 1) << "P-2's";
  EXPECT_EQ(Persons(), 1);
  EXPECT_EQ(Only().state(), Request::STATE_AGREED);
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("rules may count contacts (1)")));
  Pass(65);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact"), 0);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_THAT(Erased(), ElementsAre("quarantine P-1", "assignment A-1", "account A-1", "person P-1",
                                    "contact P-1"));
}

// A refused item may name the account alone, which goes with its deletion.
TEST_F(HubPersonRequestTest, ItemsAreLookedThroughForEachDeletion) {
  ASSERT_OK(world_.Import({AccountIn(3, "A-3", "P-3")}));
  for (const std::string account_id : {"A-1", "A-2", "A-3"}) {
    v1::CoreEvent unpaid = Payment("bad-" + account_id, account_id);
    unpaid.mutable_payment()->clear_amount();
    ASSERT_OK(world_.Post({unpaid}));
    ASSERT_OK(world_.Post({Payment("pay-" + account_id, account_id)}));
  }
  ASSERT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 3);
  Acknowledge();
  AgreeToDelete("letter-1", "P-1");
  AgreeToDelete("letter-3", "P-3");
  CoreReads();
  world_.clock.Advance(absl::Hours(2));
  CloseOrders();
  for (int i = 0; i < 60 && Assignments() > 1; ++i) Tick(1);
  ASSERT_EQ(Assignments(), 1) << "A-2's";
  ASSERT_EQ(Accounts(), 2) << "the sweep is amidst the second deletion";
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 1);
  AgreeToDelete("letter-2", "P-2");
  CoreReads();
  Pass(0);
  Pass(0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM person_request WHERE state = 4"), 3);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 0);
  EXPECT_EQ(Persons(), 0);
}

TEST_F(HubPersonRequestTest, ItemsAreLookedThroughOnceUntilARestart) {
  auto broken = AccountIn(3, "A-9", "P-1");
  broken.mutable_person()->clear_given_name();
  ASSERT_OK(world_.Import({broken}));
  EndWork();
  AgreeToDelete();
  const auto take = [&](int64_t bytes) {
    Run([bytes](storage::Transaction& transaction) {
      return transaction.Execute("UPDATE quarantine SET taken = $1", {bytes}).status();
    });
  };
  take(0);  // without content it names nobody
  Pass(0);
  take(1);
  Pass(0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 1) << "opened once more";
  world_.Restart();
  Pass(0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 0);
  EXPECT_EQ(Only().state(), Request::STATE_AGREED) << "the core has not read";
}

TEST_F(HubPersonRequestTest, AHoldOnAFormerOwnersAccountIsNamed) {
  world_.Advance(absl::Seconds(2));
  ASSERT_OK(world_.Import({AccountIn(3, "A-1", "P-3")}));
  Acknowledge();
  Run([](storage::Transaction& transaction) {
    return transaction.Execute("DELETE FROM assignment WHERE account_id = 'A-1'", {}).status();
  });
  AgreeToDelete("letter-1", "P-3");
  CoreReads();
  PlaceHold();
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("switchboard legal-hold end court-1")));
}

TEST_F(HubPersonRequestTest, WhatIsToldOfHeldItemsIsBounded) {
  auto broken = AccountIn(3, "A-1", "P-2");
  broken.mutable_person()->clear_given_name();
  ASSERT_OK(world_.Import({broken}));
  ASSERT_OK(world_.Post({Payment("pay-2", "A-2")}));
  Acknowledge();
  AgreeToDelete("letter-1", "P-2");
  CoreReads();
  PlaceHold();
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("refused items name somebody else")));
  Run([](storage::Transaction& transaction) {
    return transaction.Execute("DELETE FROM quarantine", {}).status();
  });
  AddEmptyItems(2'000);
  EXPECT_THAT(Only().waits_for(), ElementsAre(HasSubstr("not all were looked at, may name")));
  Run([](storage::Transaction& transaction) {
    return transaction.Execute("DELETE FROM quarantine WHERE quarantine_id = 'q-100000'", {})
        .status();
  });
  EXPECT_THAT(Only().waits_for(), IsEmpty());
}

TEST_F(HubPersonRequestTest, NothingOfACorrectionOutlivesThePerson) {
  ASSERT_OK(Open(Asked(Request::KIND_CORRECTION, "letter-2")));
  ASSERT_OK(Decide(true, "abe", "letter-2"));
  EndWork();
  AgreeToDelete();
  Pass(0);
  EXPECT_EQ(Accounts(), 1);
  EXPECT_EQ(Persons(), 2) << "the core has yet to read what P-1 asked to have put right";
  CoreReads();
  Pass(0);
  EXPECT_EQ(Persons(), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM person_request WHERE state = 4"), 2);
}

// What the present owner has paid since is not the former one's to take along.
TEST_F(HubPersonRequestTest, AFormerOwnersDeletionLeavesThePresentOnesPayments) {
  const std::string id = world_.Live("A-1").assignment_id();
  world_.Advance(absl::Seconds(2));
  ASSERT_OK(world_.Import({AccountIn(3, "A-1", "P-3")}));
  world_.Advance(absl::Seconds(2));
  Run([&](storage::Transaction& transaction) -> absl::Status {
    const storage::Value box = storage::Value::Blob("box");
    RETURN_IF_ERROR(
        transaction
            .Execute("INSERT INTO promise (account_id, vendor_id, outcome_id, version, "
                     "assignment_id, take_time, standing, since_time, remind_from, remind_until, "
                     "never_binds, box, note_digest, hidden) VALUES ('A-1', 'v', 'o-1', 1, $1, 0, "
                     "3, 0, 0, 0, 0, $2, $3, $4)",
                     {id, box, box, box})
            .status());
    for (const int64_t pay_time : {int64_t{0}, transaction.now_us()}) {
      RETURN_IF_ERROR(transaction
                          .Execute("INSERT INTO payment (event_id, account_id, pay_time, box) "
                                   "VALUES ($1, 'A-1', $2, $3)",
                                   {"pay-" + std::to_string(pay_time), pay_time, box})
                          .status());
    }
    return absl::OkStatus();
  });
  Acknowledge();
  AgreeToDelete();
  CoreReads();
  Pass(0);
  EXPECT_EQ(Only().state(), Request::STATE_DONE);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment WHERE pay_time = 0"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment WHERE pay_time > 0"), 1);
}

TEST_F(HubPersonRequestTest, NobodySkipsPagesToHaveItDone) {
  ASSERT_OK(Open(Asked(Request::KIND_ACCESS)));
  ASSERT_OK(Decide());
  EXPECT_THAT(Read("ito", "stops/~"), FailsWith(kInvalid, "FIELD_INVALID"));
  ASSERT_OK_AND_ASSIGN(const auto page, Read());
  ASSERT_NE(page.next(), "");
  const std::string digest = page.next().substr(0, page.next().find('/'));
  EXPECT_THAT(Read("ito", digest + "/stops/~"), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(Only().state(), Request::STATE_AGREED);
  EXPECT_OK(Read("ito", page.next()));
}

TEST_F(HubPersonRequestTest, ABoxThatDoesNotOpenHidesNoOtherRequest) {
  ASSERT_OK(Open(Asked(Request::KIND_ACCESS)));
  ASSERT_OK(Open(Asked(Request::KIND_ACCESS, "letter-2", "P-2")));
  Run([](storage::Transaction& transaction) {
    return transaction
        .Execute("UPDATE person_request SET box = $1 WHERE request_id = 'letter-1'",
                 {storage::Value::Blob("broken")})
        .status();
  });
  ASSERT_OK_AND_ASSIGN(
      const auto listed, world_.Await<v1::ListPersonRequestsResponse>([&](auto done) {
        world_.hub().privacy_api().ListPersonRequests(testing::Operator(), {}, done);
      }));
  ASSERT_EQ(listed.requests_size(), 2);
  EXPECT_EQ(listed.requests(0).person_id(), "P-1");
  EXPECT_EQ(listed.requests(0).reference(), "");
  EXPECT_EQ(listed.requests(1).reference(), "letter of 3 May");
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
