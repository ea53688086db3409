// Retention through the whole hub: what goes, what waits, what stays, and what comes back.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "adapters/codes/call_code.h"
#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"
#include "hub/disclosures/disclosure_book.h"
#include "hub/outcomes/outcome_book.h"
#include "tests/engine.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using storage::Transaction;
using testing::AccountIn;
using testing::AccountStop;
using testing::Core;
using ::testing::ElementsAre;
using testing::HubRetentionTest;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kPlaced;
using testing::Lift;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PersonStop;
using Reported = v1::ReportOutcomesResponse;
using Imported = v1::ImportAccountsResponse;

TEST_F(HubRetentionTest, AnAssignmentGoesWithAllThatHangsOnIt) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  const auto placed = world_.Live("A-1");
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       world_.Ask(placed.vendor_id(), "r-1", placed.assignment_id()));
  auto outcome = MakeOutcome("o-1", placed.assignment_id());
  outcome.set_permit_id(answer.permit().permit_id());
  EXPECT_EQ(Report(placed.vendor_id(), outcome), Reported::STATUS_RECORDED);
  ASSERT_OK(world_.ReadCoreFeed(1));  // confirms
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(19);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_THAT(Erased(), IsEmpty());
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM permit"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM outcome"), 0);
  // No rule counts a contact of that age any more.
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact"), 0);
  // That the vendor saw a number with its permit goes as well.
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "disclosure 1", "contact 1"));
  const auto events = world_.AuditEvents();
  const auto& event = events[events.size() - 3];
  EXPECT_EQ(event.assignment_id(), placed.assignment_id());
  EXPECT_EQ(event.vendor_id(), placed.vendor_id());
  EXPECT_EQ(event.person_id(), "P-1");
  EXPECT_EQ(event.count(), 3);
  EXPECT_EQ(event.erased().what(), v1::AuditEvent::Erased::WHAT_ASSIGNMENT);
  EXPECT_EQ(event.erased().work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(event.erased().country(), "JP");
  EXPECT_EQ(event.erased().permits(), 1);
  EXPECT_EQ(event.erased().outcomes(), 1);
  EXPECT_TRUE(absl::StrContains(world_.metrics.Text(),
                                "switchboard_rows_erased_total{kind=\"assignment\"} 3"));
  // What comes late finds nothing, and is kept as what it is.
  EXPECT_EQ(Report(placed.vendor_id(), MakeOutcome("o-2", placed.assignment_id())),
            Reported::STATUS_UNKNOWN_ASSIGNMENT);
  EXPECT_EQ(
      Report(placed.vendor_id(), MakeOutcome("o-1", placed.assignment_id(), CallCode::kBusy, 2)),
      Reported::STATUS_UNKNOWN_ASSIGNMENT);
  EXPECT_EQ(world_.Quarantine().size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto read, world_.ReadCoreFeed(0));
  EXPECT_EQ(read.items_size(), 0);
  EXPECT_EQ(read.newest(), 1);
  EXPECT_EQ(read.erased_through(), 1);
  v1::RecallAssignmentsRequest recall;
  recall.add_assignment_ids(placed.assignment_id());
  recall.set_reason(v1::RECALL_REASON_MOVED);
  ASSERT_OK_AND_ASSIGN(const auto recalled,
                       world_.Await<v1::RecallAssignmentsResponse>([&](auto d) {
                         world_.hub().operator_api().RecallAssignments(Operator(), recall, d);
                       }));
  EXPECT_EQ(recalled.unknown_ids_size(), 1);
  // What the vendor did is still counted, and the account is placed like any other.
  EXPECT_EQ(world_.Vendor(placed.vendor_id()).outcomes(), 1);
  EXPECT_EQ(Import(AccountIn(2, "A-1", "P-1")), kPlaced);
  EXPECT_EQ(world_.Live("A-1").placement_number(), 1);
}

// An assignment goes after twenty days, and with it its outcome; that somebody was called does not
// go before no rule can count it any more.
TEST_F(HubRetentionTest, ContactsStayAsLongAsARuleMayCountThem) {
  world_.ApplyPack(
      "pack_id: slow\nversion: 1\ntitle: t\ncountry: AQ\nhome_zone: UTC\nrules:\n"
      "  - {rule_id: slow.one, strength: LAW, source: s, verification: CONFIRMED, "
      "cool_down: {after: {directions: [OUT]}, window: {days: 60}}}\n");
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  const auto placed = world_.Live("A-1");
  v1::Outcome outcome = MakeOutcome("o-1", placed.assignment_id());
  outcome.mutable_start_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()));
  *outcome.mutable_end_time() = outcome.start_time();
  EXPECT_EQ(Report(placed.vendor_id(), outcome), Reported::STATUS_RECORDED);
  ASSERT_OK(world_.ReadCoreFeed(1).status());
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  const char* contacts = "SELECT COUNT(*) FROM contact";
  Pass(55);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Persons(), 0);
  EXPECT_EQ(Count(contacts), 1);
  Pass(10);
  EXPECT_EQ(Count(contacts), 0);
  EXPECT_THAT(Erased(), ::testing::Contains(::testing::StartsWith("contact")));
}

TEST_F(HubRetentionTest, KeysGoWithThePersonAndThePermit) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "one lane of one hub holds everything";
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  const auto placed = world_.Live("A-1");
  ASSERT_OK(world_.Ask(placed.vendor_id(), "r-1", placed.assignment_id()).status());
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  const char* persons = "SELECT COUNT(*) FROM held_key WHERE name = 'person/P-1'";
  const char* numbers = "SELECT COUNT(*) FROM held_key WHERE name LIKE 'number/%'";
  EXPECT_EQ(Count(persons), 1);
  EXPECT_EQ(Count(numbers), 1);
  Acknowledge();
  Pass(20);
  EXPECT_EQ(Count(persons), 1);
  EXPECT_EQ(Count(numbers), 0);
  Pass(80);
  EXPECT_EQ(Persons(), 0);
  EXPECT_EQ(Count(persons), 0);
  EXPECT_EQ(Import(AccountIn(2, "A-1", "P-1")), kPlaced);
  EXPECT_EQ(Count(persons), 1);
}

TEST_F(HubRetentionTest, TheCountryDecidesAndWhereItIsNotKnownTheLongest) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-jp", "P-1"), AccountIn(2, "A-tw", "P-2", "TW"),
                           AccountIn(3, "A-old", "P-3", "TW")}));
  Run([](Transaction& transaction) {
    return transaction
        .Execute("UPDATE assignment SET country = $1 WHERE account_id = $2", {"", "A-old"})
        .status();
  });
  ASSERT_OK(
      world_.Post({Payment("pay-1", "A-jp"), Payment("pay-2", "A-tw"), Payment("pay-3", "A-old")}));
  Acknowledge();
  Pass(9);
  EXPECT_THAT(Erased(), IsEmpty());
  Pass(2);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-tw"));
  Pass(8);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-tw"));
  Pass(2);
  EXPECT_EQ(Assignments(), 0);
}

TEST_F(HubRetentionTest, WaitsForEveryCore) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1", "TW")), kPlaced);
  const auto placed = world_.Live("A-1");
  EXPECT_EQ(Report(placed.vendor_id(), MakeOutcome("o-1", placed.assignment_id())),
            Reported::STATUS_RECORDED);
  EXPECT_EQ(Report(placed.vendor_id(), MakeOutcome("o-2", placed.assignment_id())),
            Reported::STATUS_RECORDED);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  const auto confirm = [&](const char* core, int64_t through) {
    v1::ReadCoreFeedRequest request;
    request.set_after(through);
    EXPECT_OK(world_.Await<v1::ReadCoreFeedResponse>(
        [&](auto done) { world_.hub().core_api().ReadCoreFeed(Core(core), request, done); }));
  };
  Pass(11);  // nobody has read
  EXPECT_EQ(Assignments(), 1);
  confirm("main", 1);
  Pass(1);
  confirm("main", 2);
  confirm("second", 1);
  Pass(1);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM outcome"), 2);
  confirm("second", 2);
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM outcome"), 0);
}

// A late outcome and the unit that erases may meet in one group, at whose end outcomes are written.
TEST_F(HubRetentionTest, AnOutcomeOfTheSameGroupIsSeen) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1", "TW")), kPlaced);
  const auto placed = world_.Live("A-1");
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(1);
  world_.clock.Advance(absl::Hours(24) * 10);
  const retention::Eraser& eraser = world_.hub().eraser();
  retention::Due due{retention::Stage::kAssignments,
                     absl::ToUnixMicros(world_.clock.Now() - absl::Hours(240)),
                     {v1::WORK_TYPE_EARLY_COLLECTIONS, "TW"},
                     {{placed.assignment_id(), placed.vendor_id(), "P-1", "A-1", 0}},
                     {},
                     {}};
  // What a unit of the group left, and then the eraser: one group, whatever lanes there are.
  Run([&](Transaction& transaction) -> absl::Status {
    outcomes::OutcomeBook::Write(
        transaction, {placed.vendor_id(), "o-1", 1, placed.assignment_id(), "A-1", 0, "digest"},
        core_feed::CoreFeedBook::Append(transaction,
                                        {core_feed::ItemKind::kOutcome, "place", "facts", "box"}));
    transaction.KeepUnit();
    transaction.BeginUnit();
    ASSIGN_OR_RETURN(const int64_t rows, eraser.Erase(transaction, due));
    EXPECT_EQ(rows, 0);
    return absl::OkStatus();
  });
  EXPECT_EQ(Assignments(), 1);
  // Without it nothing would have been in the way.
  Run([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute("DELETE FROM outcome", {}).status());
    ASSIGN_OR_RETURN(const int64_t rows, eraser.Erase(transaction, due));
    EXPECT_EQ(rows, 1);
    return absl::OkStatus();
  });
}

TEST_F(HubRetentionTest, AStopOutlivesThePersonAndStillDenies) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_OK(world_.Post({PersonStop("stop-1", "P-1", v1::STOP_REASON_ATTORNEY)}));
  Acknowledge();
  Pass(100);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "account A-1", "person P-1"));
  EXPECT_EQ(Persons(), 0);
  EXPECT_EQ(Import(AccountIn(2, "A-1", "P-1")), v1::NOT_PLACED_REASON_STOPPED);
  EXPECT_EQ(Import(AccountIn(3, "A-2", "P-1")), v1::NOT_PLACED_REASON_STOPPED);
  ASSERT_OK(world_.Post({Lift("lift-1", "stop-1")}));
  EXPECT_EQ(Import(AccountIn(4, "A-1", "P-1")), kPlaced);
}

TEST_F(HubRetentionTest, KeepsNumbersApart) {
  // One after the other, at another vendor each time.
  for (int placement = 1; placement <= 3; ++placement) {
    ASSERT_EQ(Import(AccountIn(placement, "A-1", "P-1", "TW")), kPlaced);
    EXPECT_EQ(world_.Live("A-1").placement_number(), placement);
    ASSERT_OK(world_.Post({Payment("pay-" + std::to_string(placement), "A-1")}));
    EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
    Acknowledge();
    Pass(6);
  }
  EXPECT_EQ(Assignments(), 1);
}

TEST_F(HubRetentionTest, PersonsGoWithTheirLastAccount) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1"), AccountIn(2, "A-2", "P-1"),
                           AccountIn(3, "A-3", "P-3"), AccountIn(4, "A-4", "P-4")}));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1"), Payment("pay-2", "A-2"), Payment("pay-3", "A-3"),
                         testing::Closure("close-4", "A-4")}));
  Acknowledge();
  Pass(25);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Accounts(), 4);
  // A-2 is sent again and has nothing due; A-4 changes its owner, and P-4 has none left.
  auto quiet = AccountIn(5, "A-2", "P-1");
  quiet.mutable_account()->set_days_past_due(0);
  EXPECT_EQ(Import(quiet), v1::NOT_PLACED_REASON_NO_SEGMENT);
  EXPECT_EQ(Import(AccountIn(6, "A-4", "P-5")), v1::NOT_PLACED_REASON_STOPPED);
  Pass(6);
  EXPECT_EQ(Accounts(), 2);
  EXPECT_EQ(Persons(), 2);
  const auto erased = Erased();
  EXPECT_TRUE(std::count(erased.begin(), erased.end(), "account A-1"));
  EXPECT_TRUE(std::count(erased.begin(), erased.end(), "person P-3"));
  EXPECT_TRUE(std::count(erased.begin(), erased.end(), "person P-4"));
  EXPECT_FALSE(std::count(erased.begin(), erased.end(), "person P-1"));
  Pass(25);
  EXPECT_EQ(Accounts(), 0);
  EXPECT_EQ(Persons(), 0);
  // A payment says nothing about what an account owes that comes back; a closure is for ever.
  EXPECT_EQ(Import(AccountIn(7, "A-1", "P-1")), kPlaced);
  EXPECT_EQ(Import(AccountIn(8, "A-4", "P-4")), v1::NOT_PLACED_REASON_STOPPED);
}

TEST_F(HubRetentionTest, WordsGoWithThePersonWhoSaidThem) {
  // Longer than what a string keeps within itself.
  const std::string goes = "P-who-is-not-known-for-long";
  const std::string stays = "P-who-is-known-for-longer";
  ASSERT_EQ(Import(AccountIn(1, "A-1", goes)), kPlaced);
  ASSERT_EQ(Import(AccountIn(2, "A-2", stays)), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(28);
  for (const std::string& person_id : {goes, stays}) {
    v1::CoreEvent event;
    event.set_event_id("said-by-" + person_id);
    event.mutable_said()->set_person_id(person_id);
    event.mutable_said()->mutable_wish()->set_kind(v1::WISH_KIND_NO_CHANNEL);
    event.mutable_said()->mutable_wish()->set_channel(v1::CHANNEL_PHONE);
    ASSERT_OK(world_.Post({event}));
  }
  const char* words = "SELECT COUNT(*) FROM person_word";
  const char* past = "SELECT COUNT(*) FROM person_past";  // until each said so
  EXPECT_EQ(Count(words), 2);
  EXPECT_EQ(Count(past), 2);
  Pass(3);
  EXPECT_EQ(Persons(), 1);
  EXPECT_EQ(Count(words), 1);
  EXPECT_EQ(Count(past), 1);
}

// Whoever is never called has a past all the same, which nobody asks about any more.
TEST_F(HubRetentionTest, WhatWasKnownOfAPersonGoesWithThatTimesContacts) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  auto renamed = AccountIn(2, "A-1", "P-1");
  renamed.mutable_person()->set_family_name("Other");
  ASSERT_OK(world_.Import({renamed}));
  const char* past = "SELECT COUNT(*) FROM person_past";
  EXPECT_EQ(Count(past), 0) << "no rule reads a name";
  auto moved = AccountIn(3, "A-1", "P-1");
  moved.mutable_person()->mutable_address()->set_city("elsewhere");
  ASSERT_OK(world_.Import({moved}));
  EXPECT_EQ(Count(past), 1);
  Pass(10);
  EXPECT_EQ(Count(past), 1);
  Pass(90);
  EXPECT_EQ(Count(past), 0);
  EXPECT_EQ(Persons(), 1);
}

// The row of the former owner is still on its way to the vendor when the account is gone.
TEST_F(HubRetentionTest, AWithdrawalOutlivesItsAccount) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  const auto placed = world_.Live("A-1");
  auto moved = AccountIn(2, "A-1", "P-2");
  moved.mutable_account()->set_days_past_due(0);
  EXPECT_EQ(Import(moved), v1::NOT_PLACED_REASON_NO_SEGMENT);
  Pass(60);
  EXPECT_EQ(Accounts(), 0);
  EXPECT_THAT(Erased(), ElementsAre("account A-1", "person P-2"));
  Run([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const auto opened,
                     world_.hub().feed().Open(transaction, placed.vendor_id(), v1::Cursor()));
    ASSIGN_OR_RETURN(const auto page, world_.hub().feed().ReadPage(
                                          transaction.connection(), placed.vendor_id(),
                                          opened.session, opened.cursor, 10, world_.clock.Now()));
    const v1::SyncResponse::Batch batch = page.shown.Read();
    EXPECT_EQ(batch.changes_size(), 1);
    EXPECT_EQ(batch.changes(0).withdrawn().assignment_id(), placed.assignment_id());
    return absl::OkStatus();
  });
}

TEST_F(HubRetentionTest, TheRestGoesWithTheLongestClass) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1"), AccountIn(2, "A-2", "P-2")}));
  ASSERT_OK(world_.Post({AccountStop("stop-1", "A-1"), AccountStop("stop-2", "A-2"),
                         Lift("lift-1", "stop-1"), Lift("lift-none", "nothing")}));
  auto broken = AccountIn(3, "A-3", "P-3");
  broken.mutable_person()->clear_given_name();
  ASSERT_OK(world_.Import({broken}));
  Run([](Transaction& transaction) {
    const std::string digest(16, 'd');
    disclosures::DisclosureBook::Write(
        transaction, {"sakura", 1, "g", 0, 2, {{"as-1", 0, digest}, {"as-2", 0, digest}}});
    disclosures::DisclosureBook::Write(transaction, {"fuji", 1, "g", 0, 1, {{"as-3", 0, digest}}});
    return absl::OkStatus();
  });
  Pass(19);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM stop"), 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_event"), 4);
  Pass(1);
  // What still forbids stays, with the event that says where it comes from.
  EXPECT_EQ(Count("SELECT COUNT(*) FROM stop"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_event"), 1);
  EXPECT_THAT(Erased(), ElementsAre("stop 1", "core_event 3", "disclosure 2"));
  EXPECT_EQ(world_.AuditEvents().back().subject_id(), "2");
  EXPECT_EQ(world_.Quarantine().size(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto again, world_.Post({AccountStop("stop-2", "A-2")}));
  EXPECT_EQ(again.receipts(0).status(), v1::PostEventsResponse::STATUS_REPEATED);
  ASSERT_OK_AND_ASSIGN(const auto anew, world_.Post({AccountStop("stop-1", "A-1")}));
  EXPECT_EQ(anew.receipts(0).status(), v1::PostEventsResponse::STATUS_ACCEPTED);
  Pass(20);
  EXPECT_EQ(world_.Quarantine().size(), 0u);
}

// A vendor that uses an outcome's id again after years neither fails for ever nor lifts what lies
// on somebody else.
TEST_F(HubRetentionTest, AnIdThatComesBackDoesNoHarm) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1", "TW")), kPlaced);
  const auto first = world_.Live("A-1");
  const std::string vendor = first.vendor_id();
  EXPECT_EQ(Report(vendor, MakeOutcome("o-1", first.assignment_id(), CallCode::kAttorney)),
            Reported::STATUS_RECORDED);
  ASSERT_OK(world_.ReadCoreFeed(1));
  Acknowledge();
  Pass(11);
  EXPECT_EQ(Assignments(), 0);
  ASSERT_EQ(Import(AccountIn(2, "A-2", "P-2", "TW")), kPlaced);
  for (int64_t sequence = 3; world_.Live("A-2").vendor_id() != vendor; ++sequence) {
    ASSERT_LT(sequence, 5);
    ASSERT_OK(world_.Post({Payment("pay-" + std::to_string(sequence), "A-2")}));
    ASSERT_EQ(Import(AccountIn(sequence, "A-2", "P-2", "TW")), kPlaced);
  }
  const std::string id = world_.Live("A-2").assignment_id();
  EXPECT_EQ(Report(vendor, MakeOutcome("o-1", id, CallCode::kAttorney)),
            Reported::STATUS_ID_REUSED);
  EXPECT_EQ(Report(vendor, MakeOutcome("o-1", id, CallCode::kBusy)), Reported::STATUS_RECORDED);
  EXPECT_EQ(Report(vendor, MakeOutcome("o-1", id, CallCode::kNoAnswer, 2)),
            Reported::STATUS_RECORDED);
  EXPECT_EQ(Import(AccountIn(9, "A-1", "P-1", "TW")), v1::NOT_PLACED_REASON_STOPPED);
}

// But once a sweep that it has looked.
TEST_F(HubRetentionTest, AnIdleHubWritesNothing) {
  constexpr char kLeases[] =
      "SELECT COALESCE(MAX(expire_time), 0) FROM lease WHERE duty <> 'retention'";
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1"), AccountIn(2, "A-2", "P-2")}));
  Tick(5);   // the vendors are looked through once …
  Tick(65);  // … and what that wrote is signed
  const size_t events = world_.AuditEvents().size();
  const int64_t checkpoints = Count("SELECT COUNT(*) FROM audit_checkpoint");
  EXPECT_GT(checkpoints, 0);
  const int64_t leases = Count(kLeases);
  for (int day = 0; day < 5; ++day) Pass(1);
  EXPECT_EQ(world_.AuditEvents().size(), events);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM audit_checkpoint"), checkpoints);
  EXPECT_EQ(Count(kLeases), leases);
}

// Many more than fit into a page, of which some wait: these hold nobody up.
TEST_F(HubRetentionTest, PagesFollowOneAnother) {
  std::vector<v1::AccountRecord> records;
  for (int i = 1; i <= 130; ++i) {
    records.push_back(
        AccountIn(i, "A-" + std::to_string(i), "P-" + std::to_string(i), i % 2 == 0 ? "TW" : "US"));
  }
  ASSERT_OK(world_.Import(records));
  for (int i = 1; i <= 60; ++i) {
    const auto live = world_.Live("A-" + std::to_string(i));
    EXPECT_EQ(Report(live.vendor_id(), MakeOutcome("o-" + std::to_string(i), live.assignment_id())),
              Reported::STATUS_RECORDED);
  }
  std::vector<v1::CoreEvent> events;
  for (int i = 1; i <= 130; ++i) {
    events.push_back(Payment("pay-" + std::to_string(i), "A-" + std::to_string(i)));
  }
  ASSERT_OK(world_.Post(events));
  Acknowledge();
  Pass(11);
  EXPECT_EQ(Assignments(), 60);
  ASSERT_OK(world_.ReadCoreFeed(60));
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
}

// Nothing that was erased is to be read in the files: not the sealed records, and the ids only in
// the audit log.
TEST_F(HubRetentionTest, GoneFromTheFiles) {
  if (testing::OnPostgres()) GTEST_SKIP() << "there VACUUM, the server's own, clears the pages";
  const std::string account_id = "ACCOUNT-THAT-WILL-BE-GONE";
  ASSERT_EQ(Import(AccountIn(1, account_id, "P-1")), kPlaced);
  const auto placed = world_.Live(account_id);
  EXPECT_EQ(Report(placed.vendor_id(), MakeOutcome("o-1", placed.assignment_id())),
            Reported::STATUS_RECORDED);
  ASSERT_OK(world_.ReadCoreFeed(1));
  std::vector<std::string> boxes;
  std::string events;
  const auto read = [&](const char* sql, auto take) {
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        take(row.Blob(0));
        return absl::OkStatus();
      });
    }));
  };
  for (const char* sql : {"SELECT box FROM person", "SELECT box FROM account",
                          "SELECT box FROM core_item", "SELECT why FROM assignment"}) {
    read(sql, [&](std::string_view box) { boxes.emplace_back(box); });
  }
  ASSERT_EQ(boxes.size(), 4u);
  const auto times = [](const std::string& text, const std::string& part) {
    int count = 0;
    for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
  };
  const auto in_files = [&](const std::string& part) {
    int count = 0;
    for (const std::string& file : testing::StorageFiles(world_.folder()))
      count += times(testing::ReadFile(file), part);
    return count;
  };
  for (const std::string& box : boxes) EXPECT_GT(in_files(box), 0);
  // Records around it, so that its pages live on.
  for (int i = 2; i < 40; ++i) Import(AccountIn(i, "A-" + std::to_string(i), "P-x"));
  ASSERT_OK(world_.Post({Payment("pay-1", account_id)}));
  Acknowledge();
  world_.Restart();  // everything is in the file
  for (const std::string& box : boxes) EXPECT_GT(in_files(box), 0);
  Pass(31);
  Pass(21);  // the payment's stop was lifted with the account, and goes later
  EXPECT_EQ(Count("SELECT COUNT(*) FROM person WHERE person_id = 'P-1'"), 0);
  world_.Restart();
  for (const std::string& box : boxes) EXPECT_EQ(in_files(box), 0);
  read("SELECT events FROM audit_entry", [&](std::string_view one) { events += one; });
  EXPECT_GT(times(events, account_id), 0);
  EXPECT_EQ(in_files(account_id), times(events, account_id));
}

class HubWithoutRetentionTest : public HubRetentionTest {
 protected:
  HubWithoutRetentionTest() : HubRetentionTest("{}") {}
};

TEST_F(HubWithoutRetentionTest, KeepsEverything) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(36'000);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Persons(), 1);
  EXPECT_THAT(Erased(), IsEmpty());
}

}  // namespace
}  // namespace switchboard
