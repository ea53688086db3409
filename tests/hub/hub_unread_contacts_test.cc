// Contacts under permits that were reported with codes which have no meaning yet: they count.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/codes/call_code.h"
#include "hub/contacts/contact_book.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Operator;
using testing::OutcomesRead;
using Occurrence = v1::AuditEvent::Occurrence;

constexpr char kObjectionPack[] = R"(pack_id: jp-test
version: 2
title: Objections
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: jp-test.after-an-objection
    strength: LAW
    source: a law, article 6
    verification: CONFIRMED
    cool_down: {window: {elapsed: 2h}, after: {objected: true}}
)";
constexpr char kRangOut[] = "{connection: RANG_OUT, reached: NOBODY, disposition: NONE}";
constexpr char kNotPlaced[] = "{connection: NOT_PLACED, reached: NOBODY, disposition: NONE}";

class HubUnreadContactsTest : public testing::RulesTest {
 protected:
  // The code NEW means this from now on.
  void Mend(const std::string& result) {
    EXPECT_OK(
        world_.PutInForce(v1::TEXT_KIND_CODE_MAP,
                          absl::StrCat("vendor_id: ", vendor_, "\nversion: 1\ntitle: A dialer\n",
                                       "declared_codes: [NEW]\nmeanings:\n  - codes: [NEW]\n",
                                       "    result: ", result, "\n")));
  }
  std::vector<std::string> Retry() {
    v1::ReplayQuarantineRequest request;
    for (const auto& item : world_.Quarantine()) request.add_quarantine_ids(item.quarantine_id());
    const auto response = world_.Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().ReplayQuarantine(Operator(), request, done);
    });
    EXPECT_OK(response);
    std::vector<std::string> statuses;
    if (!response.ok()) return statuses;
    for (const auto& receipt : response->receipts()) statuses.push_back(receipt.status());
    return statuses;
  }
  // A call on A-1 now, under a code that nobody knows.
  v1::Outcome Coded(const std::string& permit_id) {
    v1::Outcome outcome = OutcomeNow(world_.Live("A-1").assignment_id(), CallCode::kNoAnswer);
    outcome.clear_result();
    outcome.set_vendor_code("NEW");
    outcome.set_permit_id(permit_id);
    return outcome;
  }
  // A call on A-1 ten seconds ago, under a permit: who answered objected.
  v1::Outcome Objected(CallCode code, v1::Reached reached) {
    const std::string permit_id = Permit();
    v1::Outcome outcome = OutcomeNow(world_.Live("A-1").assignment_id(), code);
    outcome.set_permit_id(permit_id);
    outcome.mutable_result()->set_reached(reached);
    outcome.mutable_result()->set_objected(true);
    world_.clock.Advance(absl::Seconds(10));
    return outcome;
  }
  // A correction of it that nobody can read, and that has other times.
  v1::Outcome Corrected(v1::Outcome outcome) {
    outcome.set_version(2);
    outcome.clear_result();
    outcome.set_vendor_code("NEW");
    SetTimes(outcome, world_.clock.Now());
    return outcome;
  }
  // What the ledger has of a person, one contact.
  contacts::ContactRow ContactOf(const std::string& person_id) {
    std::vector<contacts::ContactRow> rows;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(rows, contacts::HistoryOf(reader, {person_id, "A-none", "", INT64_MIN}));
      return absl::OkStatus();
    }));
    EXPECT_EQ(rows.size(), 1u) << person_id;
    return rows.empty() ? contacts::ContactRow() : rows.front();
  }
  std::string Permit() {
    EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
    return permit_.permit_id();
  }
  std::vector<std::string> Send(const v1::Outcome& outcome) {
    return testing::Statuses(world_.Report(vendor_, {outcome}));
  }
  // "o-1 v1" of each contact that the log says counts unread.
  std::vector<std::string> Counted() {
    std::vector<std::string> counted;
    for (const v1::AuditEvent& event : world_.AuditEvents()) {
      if (event.kind() == v1::AuditEvent::KIND_EVENT &&
          event.occurrence().what() == Occurrence::WHAT_UNREAD_CONTACT)
        counted.push_back(absl::StrCat(event.subject_id(), " v", event.count()));
    }
    return counted;
  }

  const std::string vendor_ = world_.Live("A-1").vendor_id();
};

// Three a day; and what they were, once it is known, takes their place.
TEST_F(HubUnreadContactsTest, ACapHoldsAndIsFreeAgainWhereNothingWasPlaced) {
  world_.ApplyPack(absl::StrReplaceAll(testing::kTestPack, {{"version: 1", "version: 2"},
                                                            {"at_most: 3,", "at_most: 9,"},
                                                            {"at_most: 2", "at_most: 3"}}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Send(Coded(Permit())), ElementsAre("UNMAPPED"));
    world_.Advance(absl::Milliseconds(1));  // their ids in quarantine are of an order
  }
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("jp-test.calls-2-a-day"));
  EXPECT_THAT(Counted(), ElementsAre("o-1 v1", "o-2 v1", "o-3 v1"));
  EXPECT_THAT(testing::CountsWithoutPermit(world_), IsEmpty());
  // Nobody mends the map.
  world_.Advance(absl::Minutes(3));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.calls-2-a-day"));
  Mend(kNotPlaced);
  const auto retried = Retry();
  EXPECT_EQ(retried.size(), 3u);
  EXPECT_THAT(retried, Each("STATUS_RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-2 v1:", "3 o-3 v1:"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubUnreadContactsTest, ItCountsAsATalkUntilItIsKnownThatItWasNone) {
  world_.ApplyPack(testing::kTalkPack);
  EXPECT_THAT(Send(Coded(Permit())), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.after-a-talk"));
  Mend(kRangOut);
  EXPECT_THAT(Retry(), ElementsAre("STATUS_RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:"));
  EXPECT_THAT(testing::CountsWithoutPermit(world_), IsEmpty());
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubUnreadContactsTest, TheSameAgainCountsOnce) {
  const v1::Outcome outcome = Coded(Permit());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Send(outcome), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Retry(), ElementsAre("STATUS_UNMAPPED"));
  EXPECT_THAT(Counted(), ElementsAre("o-1 v1"));
  // The same contact under another permit and code.
  v1::Outcome other = outcome;
  other.set_permit_id(Permit());
  other.set_vendor_code("OTHER");
  EXPECT_THAT(Send(other), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Counted(), ElementsAre("o-1 v1"));
}

// It says in words of the hub's own that there was no contact, and names no permit.
TEST_F(HubUnreadContactsTest, WhatIsSentMendedTakesItsPlace) {
  v1::Outcome outcome = Coded(Permit());
  EXPECT_THAT(Send(outcome), ElementsAre("UNMAPPED"));
  outcome.clear_vendor_code();
  outcome.clear_permit_id();
  *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
  EXPECT_THAT(Send(outcome), ElementsAre("RECORDED"));
  EXPECT_THAT(Refusing("A-2"), ElementsAre("REASON_PERMIT_OPEN")) << "it is open again";
}

TEST_F(HubUnreadContactsTest, ACorrectionThatNobodyCanReadCountsAsATalkToo) {
  world_.ApplyPack(testing::kTalkPack);
  v1::Outcome outcome = Contact("A-1");
  outcome.set_version(2);
  outcome.clear_result();
  outcome.set_vendor_code("NEW");
  EXPECT_THAT(Send(outcome), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Counted(), ElementsAre("o-1 v2"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.after-a-talk"));
  Mend(kRangOut);
  EXPECT_THAT(Retry(), ElementsAre("STATUS_RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-1 v2: CORRECTION"));
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// It raises what counts, and takes back nothing that was said.
TEST_F(HubUnreadContactsTest, WhatWasRecordedStaysSaid) {
  world_.ApplyPack(kObjectionPack);
  const v1::Outcome said = Objected(CallCode::kThirdParty, v1::REACHED_THIRD);
  EXPECT_THAT(Send(said), ElementsAre("RECORDED"));
  EXPECT_EQ(ContactOf("P-1").result, v1::CONTACT_RESULT_OTHER_PERSON);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Send(Corrected(said)), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Counted(), ElementsAre("o-1 v2"));
  const contacts::ContactRow row = ContactOf("P-1");
  EXPECT_EQ(row.result, v1::CONTACT_RESULT_CONVERSATION);
  EXPECT_TRUE(row.objected);
  EXPECT_EQ(row.begin_us, absl::ToUnixMicros(TimeOf(said.start_time())));
  EXPECT_EQ(row.version, 2);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.after-an-objection"));
  // Until it is known that nobody answered.
  Mend(kRangOut);
  const auto retried = Retry();
  ASSERT_FALSE(retried.empty());
  EXPECT_EQ(retried.front(), "STATUS_RECORDED");
  EXPECT_FALSE(ContactOf("P-1").objected);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

TEST_F(HubUnreadContactsTest, WhatWasRecordedInTheSameBatchStaysSaidToo) {
  world_.ApplyPack(kObjectionPack);
  const v1::Outcome said = Objected(CallCode::kRightParty, v1::REACHED_RELATED);
  EXPECT_THAT(testing::Statuses(world_.Report(vendor_, {said, Corrected(said)})),
              ElementsAre("RECORDED", "UNMAPPED"));
  const contacts::ContactRow row = ContactOf("P-1");
  EXPECT_EQ(row.result, v1::CONTACT_RESULT_CONVERSATION);
  EXPECT_EQ(row.party, v1::PARTY_RELATED);
  EXPECT_TRUE(row.objected);
  EXPECT_EQ(row.begin_us, absl::ToUnixMicros(TimeOf(said.start_time())));
  EXPECT_EQ(row.version, 2);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("jp-test.after-an-objection"));
}

// What is recorded of somebody else under the same id takes nothing back.
TEST_F(HubUnreadContactsTest, AnIdThatIsUsedForTwoPersonsIsTwoContacts) {
  world_.ApplyPack(kObjectionPack);
  // Of somebody else with the same vendor.
  v1::ListPlacementsResponse::Placement other;
  std::string person_id;
  for (int i = 4; i < 20 && other.vendor_id() != vendor_; ++i) {
    person_id = absl::StrCat("P-", i);
    const std::string account_id = absl::StrCat("A-", i);
    ASSERT_OK(world_.Import({Record(i, account_id, person_id)}));
    other = world_.Live(account_id);
  }
  ASSERT_EQ(other.vendor_id(), vendor_);
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
  const v1::Outcome unread = Coded(permit_.permit_id());
  v1::Outcome elsewhere = OutcomeNow(other.assignment_id(), CallCode::kNoAnswer);
  elsewhere.set_outcome_id(unread.outcome_id());
  EXPECT_THAT(testing::Statuses(world_.Report(vendor_, {unread, elsewhere})),
              ElementsAre("UNMAPPED", "RECORDED"));
  EXPECT_EQ(ContactOf("P-1").result, v1::CONTACT_RESULT_CONVERSATION);
  EXPECT_EQ(ContactOf(person_id).result, v1::CONTACT_RESULT_RANG_OUT);
  // The permit is used, and stays so.
  EXPECT_THAT(Refusing("A-1"), ElementsAre("permit"));
}

// Without a permit of its own there is no end to what a vendor could have counted.
TEST_F(HubUnreadContactsTest, OnlyWhatIsUnderItsOwnPermitCounts) {
  const std::string permit_id = Permit();
  EXPECT_THAT(Send(Coded("")), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Send(Coded("nobodys")), ElementsAre("UNMAPPED"));
  v1::Outcome early = Coded(permit_id);
  SetTimes(early, world_.clock.Now() - absl::Hours(1));
  EXPECT_THAT(Send(early), ElementsAre("UNMAPPED"));
  v1::Outcome gap = Coded(permit_id);
  gap.set_version(2);
  EXPECT_THAT(Send(gap), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Counted(), IsEmpty());
  EXPECT_THAT(Send(Coded(permit_id)), ElementsAre("UNMAPPED"));
  EXPECT_THAT(Send(Coded(permit_id)), ElementsAre("UNMAPPED")) << "it is used by now";
  EXPECT_THAT(Counted(), ElementsAre("o-5 v1"));
}

}  // namespace
}  // namespace switchboard
