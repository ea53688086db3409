// Legal holds through the whole hub: what is held stays, however long and whoever looks for it, and
// goes once nobody holds it.
#include <map>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/disclosures/disclosure_book.h"
#include "hub/retention/pause.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using retention::Stage;
using storage::Transaction;
using storage::Value;
using testing::AccountIn;
using testing::AccountStop;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::kPlaced;
using testing::Lift;
using testing::MakeOutcome;
using testing::Operator;
using testing::Payment;

constexpr int kTenYears = 3'650;

class HubLegalHoldTest : public testing::HubRetentionTest {
 protected:
  // What a table has of one person.
  struct Rows {
    const char* table;
    const char* sql;
    enum Of { kPerson, kAccount, kAssignment, kOutcome, kBareEvent } of;
  };
  static constexpr Rows kTables[] = {
      {"assignment", "SELECT COUNT(*) FROM assignment WHERE person_id = $1", Rows::kPerson},
      {"former_change", "SELECT COUNT(*) FROM former_change WHERE assignment_id = $1",
       Rows::kAssignment},
      {"hand_over", "SELECT COUNT(*) FROM hand_over WHERE assignment_id = $1", Rows::kAssignment},
      {"permit", "SELECT COUNT(*) FROM permit WHERE person_id = $1", Rows::kPerson},
      {"outcome", "SELECT COUNT(*) FROM outcome WHERE account_id = $1", Rows::kAccount},
      {"recording", "SELECT COUNT(*) FROM recording WHERE outcome_id = $1", Rows::kOutcome},
      {"agent_time", "SELECT COUNT(*) FROM agent_time WHERE outcome_id = $1", Rows::kOutcome},
      {"promise", "SELECT COUNT(*) FROM promise WHERE account_id = $1", Rows::kAccount},
      {"payment", "SELECT COUNT(*) FROM payment WHERE event_id = $1", Rows::kBareEvent},
      {"core_event", "SELECT COUNT(*) FROM core_event WHERE event_id = $1", Rows::kBareEvent},
      {"unmasking", "SELECT COUNT(*) FROM unmasking WHERE person_id = $1", Rows::kPerson},
      {"passed_on", "SELECT COUNT(*) FROM passed_on WHERE assignment_id = $1", Rows::kAssignment},
      {"deletion_item", "SELECT COUNT(*) FROM deletion_item WHERE assignment_id = $1",
       Rows::kAssignment},
      {"disclosed_answer", "SELECT COUNT(*) FROM disclosed_answer WHERE person_id = $1",
       Rows::kPerson},
      {"person", "SELECT COUNT(*) FROM person WHERE person_id = $1", Rows::kPerson},
      {"person_word", "SELECT COUNT(*) FROM person_word WHERE person_id = $1", Rows::kPerson},
      {"person_past", "SELECT COUNT(*) FROM person_past WHERE person_id = $1", Rows::kPerson},
      {"account", "SELECT COUNT(*) FROM account WHERE account_id = $1", Rows::kAccount},
      {"former_owner", "SELECT COUNT(*) FROM former_owner WHERE account_id = $1", Rows::kAccount},
      {"contact", "SELECT COUNT(*) FROM contact WHERE person_id = $1", Rows::kPerson},
      {"stop", "SELECT COUNT(*) FROM stop WHERE subject = $1", Rows::kAccount},
  };

  void Execute(const char* sql, const std::vector<Value>& parameters) {
    Run([&](Transaction& transaction) { return transaction.Execute(sql, parameters).status(); });
  }
  int64_t CountOf(const char* sql, const std::string& id) {
    int64_t count = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {id}, [&](const storage::Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  }
  // Of each table how many rows it has of person P-`n`.
  std::vector<int64_t> CountAll(const std::string& n) {
    std::vector<int64_t> counts;
    for (const Rows& rows : kTables) {
      const std::string id = rows.of == Rows::kPerson      ? "P-" + n
                             : rows.of == Rows::kAccount   ? "A-" + n
                             : rows.of == Rows::kOutcome   ? "o-" + n
                             : rows.of == Rows::kBareEvent ? "bare-" + n
                                                           : assignment_ids_[n];
      counts.push_back(CountOf(rows.sql, id));
    }
    return counts;
  }

  // Work that has ended, and a row in every table, of person P-`n` with account A-`n`.
  void Fill(const std::string& n) {
    const std::string account_id = "A-" + n;
    const std::string person_id = "P-" + n;
    ASSERT_EQ(Import(AccountIn(++sequence_, account_id, person_id)), kPlaced);
    auto moved = AccountIn(++sequence_, account_id, person_id);
    moved.mutable_person()->mutable_address()->set_city("elsewhere");
    ASSERT_OK(world_.Import({moved}));
    const auto placed = world_.Live(account_id);
    const std::string& id = assignment_ids_[n] = placed.assignment_id();
    const std::string& vendor_id = placed.vendor_id();
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask(vendor_id, "r-" + n, id));
    ASSERT_TRUE(answer.permit().has_dial()) << "a number was shown";
    v1::Outcome outcome = MakeOutcome("o-" + n, id);
    outcome.set_permit_id(answer.permit().permit_id());
    ASSERT_EQ(Report(vendor_id, outcome), v1::ReportOutcomesResponse::STATUS_RECORDED);
    v1::CoreEvent said;
    said.set_event_id("said-" + n);
    said.mutable_said()->set_person_id(person_id);
    said.mutable_said()->mutable_wish()->set_kind(v1::WISH_KIND_NO_CHANNEL);
    said.mutable_said()->mutable_wish()->set_channel(v1::CHANNEL_PHONE);
    ASSERT_OK(world_.Post({said, AccountStop("stop-" + n, account_id),
                           Lift("lift-" + n, "stop-" + n), Payment("pay-" + n, account_id)}));
    auto broken = AccountIn(++sequence_, "A-broken-" + n, person_id);
    broken.mutable_person()->clear_given_name();
    ASSERT_OK(world_.Import({broken}));
    Run([&](Transaction& transaction) {
      disclosures::DisclosureBook::Write(
          transaction, {vendor_id, 1, "g", 0, 1, {{id, 0, std::string(16, 'd')}}});
      return absl::OkStatus();
    });
    FillBeside(n, id, vendor_id);
  }
  // What other calls and the core's events leave behind, without these.
  void FillBeside(const std::string& n, const std::string& id, const std::string& vendor_id) {
    const std::string account_id = "A-" + n, person_id = "P-" + n, outcome_id = "o-" + n;
    const std::string bare = "bare-" + n, owner = "P-before-" + n, digest(32, 'd');
    const Value box = Value::Blob(digest);
    Execute("INSERT INTO former_change (assignment_id, change_sequence) VALUES ($1, 999)", {id});
    Execute(
        "INSERT INTO hand_over (assignment_id, former_assignment_id, from_vendor_id, to_vendor_id, "
        "reason, hand_over_time, box, note_digest) VALUES ($1, $2, 'v', 'w', 1, 0, $3, $4)",
        {id, outcome_id, box, box});
    Execute(
        "INSERT INTO recording (vendor_id, outcome_id, assignment_id, call_time, sha256) VALUES "
        "($1, $2, $3, 0, $4) ON CONFLICT (vendor_id, outcome_id) DO NOTHING",
        {vendor_id, outcome_id, id, box});
    Execute(
        "INSERT INTO agent_time (vendor_id, outcome_id, agent, located, moment, begin_time, "
        "end_time, box) VALUES ($1, $2, 'a', 0, 'm', 0, 0, $3) ON CONFLICT (vendor_id, outcome_id) "
        "DO NOTHING",
        {vendor_id, outcome_id, box});
    Execute(
        "INSERT INTO promise (account_id, vendor_id, outcome_id, version, assignment_id, "
        "take_time, standing, since_time, remind_from, remind_until, never_binds, box, "
        "note_digest, hidden) VALUES ($1, $2, $3, 1, $4, 0, 3, 0, 0, 0, 0, $5, $6, $7)",
        {account_id, vendor_id, outcome_id, id, box, box, box});
    Execute("INSERT INTO payment (event_id, account_id, pay_time, box) VALUES ($1, $2, 0, $3)",
            {bare, account_id, box});
    Execute(
        "INSERT INTO core_event (event_id, actor, digest, event_time, contact, replaced) VALUES "
        "($1, 'core/main', $2, $3, '', 0)",
        {bare, box, absl::ToUnixMicros(world_.clock.Now())});
    Execute(
        "INSERT INTO unmasking (unmasking_id, vendor_id, assignment_id, request_id, person_id, "
        "account_id, classes, reason, contract_version, state, ask_time, decided_by, box) VALUES "
        "($1, $2, $3, 'u', $4, $5, 1, 1, 1, 4, 0, '', $6)",
        {bare, vendor_id, id, person_id, account_id, box});
    Execute(
        "INSERT INTO passed_on (assignment_id, sub_contractor_id, vendor_id, pass_time) VALUES "
        "($1, 'kita', $2, 0)",
        {id, vendor_id});
    Execute("INSERT INTO deletion_item (order_id, assignment_id) VALUES ('none', $1)", {id});
    Execute("INSERT INTO former_owner (account_id, person_id) VALUES ($1, $2)",
            {account_id, owner});
  }

  static v1::LegalHold OnPerson(const std::string& person_id) {
    v1::LegalHold hold;
    hold.set_hold_id("h-1");
    hold.set_person_id(person_id);
    hold.set_origin(v1::LegalHold::ORIGIN_COURT);
    hold.set_reference("case 117");
    return hold;
  }
  void Place(const v1::LegalHold& hold) {
    v1::PlaceLegalHoldRequest request;
    *request.mutable_hold() = hold;
    ASSERT_OK_AND_ASSIGN(const auto placed,
                         world_.Await<v1::PlaceLegalHoldResponse>([&](auto done) {
                           world_.hub().privacy_api().PlaceLegalHold(Operator(), request, done);
                         }));
    EXPECT_TRUE(placed.changed());
  }
  void End() {
    v1::EndLegalHoldRequest request;
    request.set_hold_id("h-1");
    ASSERT_OK(world_.Await<v1::EndLegalHoldResponse>([&](auto done) {
      world_.hub().privacy_api().EndLegalHold(Operator("abe"), request, done);
    }));
  }
  // What a look finds first, of this stage or a later one.
  retention::Due Look(Stage stage) {
    retention::Position position{stage};
    retention::Due due;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      while (due.stage == Stage::kEnd && position.stage != Stage::kEnd) {
        ASSIGN_OR_RETURN(due, world_.hub().eraser().Look(reader, world_.clock.Now(), position));
      }
      return absl::OkStatus();
    }));
    return due;
  }
  int64_t Erase(const retention::Due& due) {
    int64_t rows = -1;
    Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(rows, world_.hub().eraser().Erase(transaction, due));
      EXPECT_TRUE(transaction.Holds(book::LegalHoldsKey(book::Sharing::kShared)));
      return absl::OkStatus();
    });
    return rows;
  }

  int64_t sequence_ = 0;
  std::map<std::string, std::string> assignment_ids_;
};

TEST_F(HubLegalHoldTest, NothingOfAHeldPersonGoesAndAllOnceTheHoldHasEnded) {
  Fill("1");
  Fill("2");
  ASSERT_OK(world_.ReadCoreFeed(2).status());
  Acknowledge();
  Place(OnPerson("P-1"));
  const std::vector<int64_t> before = CountAll("1");
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_GT(before[i], 0) << "no row in " << kTables[i].table;
  const int64_t pages = Count("SELECT COUNT(*) FROM disclosure");
  const int64_t acknowledgements = Count("SELECT COUNT(*) FROM acknowledgement");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 2);

  Pass(kTenYears);
  Pass(kTenYears);
  Pass(1);
  EXPECT_EQ(CountAll("1"), before);
  const std::vector<int64_t> others = CountAll("2");
  for (size_t i = 0; i < others.size(); ++i) EXPECT_EQ(others[i], 0) << kTables[i].table;
  // A page names work of many, and what follows the first of the held person's stays.
  EXPECT_EQ(Count("SELECT COUNT(*) FROM disclosure"), pages);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM acknowledgement"), acknowledgements);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 1);

  End();
  Pass(1);
  Pass(30);  // the payment's stop was lifted with the account, and goes later
  const std::vector<int64_t> after = CountAll("1");
  for (size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i], 0) << kTables[i].table;
  EXPECT_EQ(Count("SELECT COUNT(*) FROM disclosure"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 0);
}

TEST_F(HubLegalHoldTest, AHoldThatComesBetweenLookAndErasureKeepsWhatTheLookFound) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  world_.clock.Advance(absl::Hours(24 * 31));
  for (const Stage stage : {Stage::kAssignments, Stage::kAccounts}) {
    const retention::Due due = Look(stage);
    ASSERT_EQ(due.stage, stage);
    v1::LegalHold hold = OnPerson("P-1");
    hold.set_hold_id(stage == Stage::kAccounts ? "h-2" : "h-1");
    Place(hold);
    EXPECT_EQ(Erase(due), 0);
    EXPECT_NE(Look(stage).stage, stage) << "a look steps over it";
    v1::EndLegalHoldRequest request;
    request.set_hold_id(hold.hold_id());
    ASSERT_OK(world_.Await<v1::EndLegalHoldResponse>(
        [&](auto done) { world_.hub().privacy_api().EndLegalHold(Operator(), request, done); }));
    EXPECT_GT(Erase(due), 0);
  }
  EXPECT_EQ(Persons(), 0);
}

TEST_F(HubLegalHoldTest, EndsByItsDay) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  v1::LegalHold hold = OnPerson("P-1");
  *hold.mutable_end_day() = DateOf(absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + 60);
  Place(hold);
  Pass(58);
  EXPECT_EQ(Assignments(), 1);
  Pass(3);
  Pass(0);  // the sweep that follows its end
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Persons(), 0);
  std::vector<std::string> steps;
  for (const auto& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_LEGAL_HOLD) continue;
    EXPECT_EQ(event.subject_id(), "h-1");
    EXPECT_EQ(event.person_id(), "P-1");
    EXPECT_FALSE(event.digest().empty());
    steps.push_back(event.actor() + (event.legal_hold().ended() ? " ended" : " placed"));
  }
  EXPECT_THAT(steps, ElementsAre("operator/ito placed", "hub ended"));
}

// The person is gone from the book, and what was said to them stays while rules count it.
TEST_F(HubLegalHoldTest, OnAPersonWhomTheBookHasForgotten) {
  world_.ApplyPack(
      "pack_id: slow\nversion: 1\ntitle: t\ncountry: AQ\nhome_zone: UTC\nrules:\n"
      "  - {rule_id: slow.one, strength: LAW, source: s, verification: CONFIRMED, "
      "cool_down: {after: {directions: [OUT]}, window: {days: 60}}}\n");
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  const auto placed = world_.Live("A-1");
  v1::Outcome outcome = MakeOutcome("o-1", placed.assignment_id());
  outcome.mutable_start_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()));
  *outcome.mutable_end_time() = outcome.start_time();
  ASSERT_EQ(Report(placed.vendor_id(), outcome), v1::ReportOutcomesResponse::STATUS_RECORDED);
  ASSERT_OK(world_.ReadCoreFeed(1).status());
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(55);
  ASSERT_EQ(Persons(), 0);
  v1::PlaceLegalHoldRequest unknown;
  *unknown.mutable_hold() = OnPerson("P-9");
  EXPECT_THAT(world_.Await<v1::PlaceLegalHoldResponse>([&](auto done) {
    world_.hub().privacy_api().PlaceLegalHold(Operator(), unknown, done);
  }),
              testing::FailsWith(absl::StatusCode::kNotFound, "PERSON_UNKNOWN"));
  Place(OnPerson("P-1"));
  Pass(10);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact"), 1);
  End();
  Pass(1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact"), 0);
}

TEST_F(HubLegalHoldTest, OfAnAccountThatMovesBothOwnersStay) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  v1::LegalHold hold = OnPerson("");
  hold.set_account_id("A-1");
  Place(hold);
  ASSERT_EQ(Import(AccountIn(2, "A-1", "P-3")), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(kTenYears);
  Pass(1);
  EXPECT_EQ(Assignments(), 2);
  EXPECT_EQ(Accounts(), 1);
  EXPECT_EQ(Persons(), 2);
  End();
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Persons(), 0);
}

// More than a page of held rows lies before what is due: the sweep steps over them, comes to its
// end and rests.
TEST_F(HubLegalHoldTest, HeldRowsAtTheFrontKeepNobodyBusy) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  Place(OnPerson("P-1"));
  Run([](Transaction& transaction) -> absl::Status {
    for (int64_t i = 1; i <= 2 * retention::kErasePage + 1; ++i) {
      const std::string person_id = i <= 2 * retention::kErasePage ? "P-1" : "P-2";
      const std::string contact_id = "c-" + std::to_string(i);
      RETURN_IF_ERROR(
          transaction
              .Execute(
                  "INSERT INTO contact (contact_id, person_id, account_id, collector, "
                  "collector_kind, direction, channel, contact_kind, number_digest, party, "
                  "party_id, act, result, consented, objected, begin_time, end_time, permit_id, "
                  "version) VALUES ($1, $2, 'A', 'issuer', 1, 1, 1, 1, '', 1, '', 1, 1, 0, 0, $3, "
                  "$4, '', 0)",
                  {contact_id, person_id, i, i})
              .status());
      RETURN_IF_ERROR(transaction
                          .Execute("INSERT INTO person_past (person_id, until_time, box) VALUES "
                                   "($1, $2, $3)",
                                   {person_id, i, Value::Blob("b")})
                          .status());
    }
    return absl::OkStatus();
  });
  Pass(30);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact"), 2 * retention::kErasePage);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM contact WHERE person_id = 'P-2'"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM person_past"), 2 * retention::kErasePage);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM counter WHERE name = 'retention/swept'"), 1);
  const size_t events = world_.AuditEvents().size();
  Pass(0);
  Pass(0);
  EXPECT_EQ(world_.AuditEvents().size(), events);
}

// What was refused says whom it is about only once it is opened.
TEST_F(HubLegalHoldTest, RefusedItemsThatMayNameTheHeldPersonStay) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1"), AccountIn(2, "A-2", "P-2")}));
  for (const char* account_id : {"A-1", "A-2"}) {
    const auto placed = world_.Live(account_id);
    auto outcome = MakeOutcome(std::string("o-") + account_id, placed.assignment_id());
    outcome.set_version(0);
    EXPECT_EQ(Report(placed.vendor_id(), outcome), v1::ReportOutcomesResponse::STATUS_INVALID);
  }
  v1::CoreEvent event = Payment("pay-x", "A-1");
  event.mutable_payment()->clear_amount();
  ASSERT_OK(world_.Post({event}));
  ASSERT_EQ(world_.Quarantine().size(), 3u);
  Place(OnPerson("P-1"));
  Pass(41);
  EXPECT_EQ(world_.Quarantine().size(), 2u) << "P-2's outcome is gone";
  // A box that does not open may be anybody's.
  Execute("UPDATE quarantine SET box = $1 WHERE kind = 'event'", {Value::Blob("broken")});
  Pass(1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 2);
  End();
  Pass(1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM quarantine"), 0);
}

TEST_F(HubLegalHoldTest, ARestoredDatabaseErasesNothingUntilItIsResumed) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Run(&retention::Pause);
  Pass(kTenYears);
  EXPECT_EQ(Assignments(), 1);
  Run([](Transaction& transaction) { return retention::Resume(transaction).status(); });
  Pass(0);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_THAT(Erased(), Contains("person P-1"));
}

}  // namespace
}  // namespace switchboard
