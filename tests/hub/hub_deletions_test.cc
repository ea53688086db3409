// Orders to delete: what opens them, when, and how they end.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "hub/base/digest.h"
#include "hub/retention/pause.h"
#include "tests/hub/deletion_fixture.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::FailsWith;
using testing::HubRetentionTest;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class HubDeletionsTest : public testing::DeletionsTest {};

int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::TimestampToMicroseconds(time);
}

TEST_F(HubDeletionsTest, ARecallIsOrderedAtOnceAndDueWithinWhatTheContractSays) {
  const std::string id = Place("A-1", "P-1");
  const absl::Time begin = world_.clock.Now();
  EXPECT_THAT(List().orders(), IsEmpty());
  Recall(id);
  const auto whole = Only();
  const v1::DeletionOrder& order = whole.deletion_order();
  EXPECT_EQ(order.cause(), v1::DeletionOrder::CAUSE_RECALL);
  EXPECT_EQ(order.state(), v1::DeletionOrder::STATE_OPEN);
  EXPECT_EQ(order.count(), 1);
  EXPECT_THAT(whole.assignment_ids(), ElementsAre(id));
  EXPECT_EQ(order.digest(), Sha256Of(id + "\n"));
  EXPECT_EQ(MicrosOf(order.due_time()), absl::ToUnixMicros(begin + absl::Hours(35)));
  EXPECT_THAT(whole.sub_contractor_ids(), IsEmpty());
}

// Else a vendor would be asked for its word every second of the day.
TEST_F(HubDeletionsTest, WhatEndsOneByOneIsGatheredForAnHour) {
  std::vector<std::string> ids = {Place("A-1", "P-1"), Place("A-2", "P-2")};
  const absl::Time begin = world_.clock.Now();
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  world_.Advance(absl::Minutes(30));
  EXPECT_THAT(List().orders(), IsEmpty());
  ASSERT_OK(world_.Post({Payment("pay-2", "A-2")}));
  world_.Advance(absl::Minutes(31));
  const auto whole = Only();
  EXPECT_EQ(whole.deletion_order().cause(), v1::DeletionOrder::CAUSE_ENDED);
  std::sort(ids.begin(), ids.end());
  EXPECT_THAT(whole.assignment_ids(), ElementsAreArray(ids));
  EXPECT_EQ(whole.deletion_order().digest(), Sha256Of(ids[0] + "\n" + ids[1] + "\n"));
  EXPECT_EQ(MicrosOf(whole.deletion_order().due_time()),
            absl::ToUnixMicros(begin + absl::Hours(10)));
}

TEST_F(HubDeletionsTest, AFullOrderWaitsForNoHourAndEachEndStandsInOne) {
  constexpr int kAccounts = 1'050;
  constexpr int kAtOnce = 350;
  for (int first = 1; first <= kAccounts; first += kAtOnce) {
    std::vector<v1::AccountRecord> records;
    for (int i = first; i < first + kAtOnce; ++i) {
      const std::string number = std::to_string(i);
      records.push_back(MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number}));
    }
    ASSERT_OK(world_.Import(records));
  }
  for (int first = 1; first <= kAccounts; first += kAtOnce) {
    std::vector<v1::CoreEvent> payments;
    for (int i = first; i < first + kAtOnce; ++i)
      payments.push_back(Payment("pay-" + std::to_string(i), "A-" + std::to_string(i)));
    ASSERT_OK(world_.Post(payments));
  }
  world_.Advance(absl::Seconds(5));
  EXPECT_EQ(Only().assignment_ids_size(), 1'000);
  world_.Advance(absl::Hours(1));
  const auto orders = List();
  ASSERT_EQ(orders.orders_size(), 2);
  std::set<std::string> ids;
  for (const auto& order : orders.orders())
    ids.insert(order.assignment_ids().begin(), order.assignment_ids().end());
  EXPECT_EQ(ids.size(), size_t{kAccounts});
}

TEST_F(HubDeletionsTest, AVendorWhoseContractEndedIsAskedAndMayAnswer) {
  const std::string id = Place("A-1", "P-1");
  v1::EndContractRequest request;
  request.set_vendor_id("sakura");
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); }));
  world_.Advance(absl::Seconds(10));
  world_.Advance(absl::Seconds(10));
  const auto whole = Only();
  EXPECT_EQ(whole.deletion_order().cause(), v1::DeletionOrder::CAUSE_CONTRACT);
  EXPECT_THAT(whole.assignment_ids(), ElementsAre(id));
  ASSERT_OK_AND_ASSIGN(const auto confirmed, Confirm(WordOn(whole)));
  EXPECT_EQ(confirmed.deletion_order().state(), v1::DeletionOrder::STATE_CONFIRMED);
}

// Its own vendor's orders wait until the text is put back; nobody else's do.
TEST_F(HubDeletionsTest, AContractThatWasAlteredKeepsBackItsOwnVendorsOrdersOnly) {
  const auto alter = [&](const char* sql) {
    absl::Status altered = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); },
        [&](const absl::Status& status) { altered = status; });
    world_.Settle();
    return altered;
  };
  const std::string of_sakura = Place("A-1", "P-1");
  world_.ApplyPlan(testing::PlanYaml("[{vendor_id: jade, percent: 100}]"));
  const std::string of_jade = Place("A-2", "P-2");
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1"), Payment("pay-2", "A-2")}));
  ASSERT_OK(alter("UPDATE contract SET yaml = '#' || yaml WHERE vendor_id = 'sakura'"));
  world_.Crash();  // what was compiled is forgotten
  // Jade's contract gives it longer, and an hour is the most that ends are gathered for.
  world_.Advance(absl::Minutes(61));
  world_.Advance(absl::Seconds(10));
  ASSERT_OK_AND_ASSIGN(
      const auto while_altered, world_.Await<v1::ListDeletionOrdersResponse>([&](auto done) {
        world_.hub().vendor_api().ListDeletionOrders(testing::VendorPeer("jade"), {}, done);
      }));
  ASSERT_EQ(while_altered.orders_size(), 1);
  EXPECT_THAT(while_altered.orders(0).assignment_ids(), ElementsAre(of_jade));
  ASSERT_OK(alter("UPDATE contract SET yaml = substr(yaml, 2) WHERE vendor_id = 'sakura'"));
  world_.Advance(absl::Minutes(1));
  world_.Advance(absl::Seconds(10));
  EXPECT_THAT(Only().assignment_ids(), ElementsAre(of_sakura));
}

TEST_F(HubDeletionsTest, OnlyTheVendorsOwnWordOnJustThisOrderIsTaken) {
  Recall(Place("A-1", "P-1"));
  const auto order = Only();
  const auto unknown = FailsWith(kNotFound, "DELETION_ORDER_UNKNOWN");
  const auto nobodys =
      Confirm(WordOn(order, [](v1::DeletionStatement& s) { s.set_order_id("o-1"); }));
  EXPECT_THAT(nobodys, unknown);
  const auto of_jade =
      Confirm(WordOn(order, [](v1::DeletionStatement& s) { s.set_vendor_id("jade"); }), "jade");
  EXPECT_EQ(of_jade.status(), nobodys.status());
  EXPECT_THAT(Confirm(WordOn(order), "jade"), FailsWith(kInvalid, "FIELD_INVALID"));
  v1::ConfirmDeletionRequest garbage = WordOn(order);
  garbage.set_statement("\xff");
  EXPECT_THAT(Confirm(garbage), FailsWith(kInvalid, "FIELD_INVALID"));

  const auto differs = FailsWith(kFailed, "DELETION_DIFFERS");
  EXPECT_THAT(Confirm(WordOn(order, [](auto& s) { s.set_count(2); })), differs);
  world_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(Confirm(WordOn(order, [](auto& s) { s.set_digest(std::string(32, 'x')); })), differs);
  world_.clock.Advance(absl::Seconds(1));
  v1::ConfirmDeletionRequest forged = WordOn(order);
  forged.set_signature("forged");
  EXPECT_THAT(Confirm(forged), FailsWith(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID"));
  const auto at = [&](absl::Time time) {
    return Confirm(WordOn(order, [&](auto& s) { *s.mutable_delete_time() = Timestamp(time); }));
  };
  EXPECT_THAT(at(world_.clock.Now() + absl::Minutes(2)), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(at(world_.clock.Now() - absl::Hours(1)), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(Only().deletion_order().state(), v1::DeletionOrder::STATE_OPEN);
  EXPECT_EQ(Score().confirmations_refused(), 3);
}

TEST_F(HubDeletionsTest, AConfirmationIsFinalAndKeptAsItCame) {
  const std::string id = Place("A-1", "P-1");
  Recall(id);
  const auto order = Only();
  const std::string& order_id = order.deletion_order().order_id();
  EXPECT_THAT(Confirm(WordOn(order, [](auto& s) { s.set_count(2); })),
              FailsWith(kFailed, "DELETION_DIFFERS"));
  world_.clock.Advance(absl::Seconds(1));
  const v1::ConfirmDeletionRequest word = WordOn(order);
  for (int times = 0; times < 2; ++times) {
    ASSERT_OK_AND_ASSIGN(const auto confirmed, Confirm(word));
    EXPECT_EQ(confirmed.deletion_order().state(), v1::DeletionOrder::STATE_CONFIRMED);
  }
  world_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(Confirm(WordOn(order)), FailsWith(kFailed, "DELETION_CONFIRMED"));
  EXPECT_THAT(List().orders(), IsEmpty());
  EXPECT_EQ(List(/*closed_too=*/true).orders_size(), 1);
  EXPECT_THAT(Waive(order_id), FailsWith(kFailed, "DELETION_ORDER_NOT_OPEN"));

  v1::FindDeletionOrdersRequest request;
  request.set_order_id(order_id);
  ASSERT_OK_AND_ASSIGN(const auto found, Find(request));
  ASSERT_EQ(found.lines_size(), 1);
  const auto& line = found.lines(0);
  EXPECT_EQ(line.vendor_id(), "sakura");
  EXPECT_THAT(line.assignment_ids(), ElementsAre(id));
  EXPECT_EQ(line.confirmation().SerializeAsString(), word.SerializeAsString());
  EXPECT_TRUE(line.has_confirm_time());
  EXPECT_FALSE(line.overdue());

  std::vector<std::string> steps;
  std::string digest;
  for (const auto& event : world_.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_DELETION_ORDER) continue;
    EXPECT_EQ(event.subject_id(), order_id);
    steps.push_back(event.actor() + " " + v1::DeletionOrder::State_Name(event.deletion().state()) +
                    event.deletion().refused());
    digest = event.digest();
  }
  EXPECT_THAT(steps, ElementsAre("hub STATE_OPEN", "vendor/sakura STATE_OPENDELETION_DIFFERS",
                                 "vendor/sakura STATE_CONFIRMED"));
  EXPECT_EQ(digest, Sha256Of(word.statement()));
}

TEST_F(HubDeletionsTest, WhatIsOverdueIsListedScoredAndConfirmedLate) {
  Recall(Place("A-1", "P-1"));
  v1::FindDeletionOrdersRequest overdue;
  overdue.set_overdue_only(true);
  ASSERT_OK_AND_ASSIGN(auto found, Find(overdue));
  EXPECT_THAT(found.lines(), IsEmpty());
  EXPECT_EQ(Score().deletions_due(), 1);
  EXPECT_EQ(Score().deletions_overdue(), 0);
  world_.Advance(absl::Hours(10));
  ASSERT_OK_AND_ASSIGN(found, Find(overdue));
  ASSERT_EQ(found.lines_size(), 1);
  EXPECT_TRUE(found.lines(0).overdue());
  EXPECT_EQ(Score().deletions_overdue(), 1);
  ASSERT_OK_AND_ASSIGN(const auto confirmed, Confirm(WordOn(Only())));
  EXPECT_EQ(confirmed.deletion_order().state(), v1::DeletionOrder::STATE_CONFIRMED_LATE);
  ASSERT_OK_AND_ASSIGN(found, Find(overdue));
  EXPECT_THAT(found.lines(), IsEmpty());
  const auto score = Score();
  EXPECT_EQ(score.deletions_overdue(), 0);
  EXPECT_EQ(score.deletions_late(), 1);
  EXPECT_EQ(score.deletions_in_time(), 0);
}

TEST_F(HubDeletionsTest, AWaivedOrderIsNeverConfirmed) {
  Recall(Place("A-1", "P-1"));
  const auto order = Only();
  const std::string& order_id = order.deletion_order().order_id();
  EXPECT_THAT(Waive("nothing"), FailsWith(kNotFound, "DELETION_ORDER_UNKNOWN"));
  EXPECT_THAT(Waive(order_id, "call +819012345678"), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Waive(order_id, ""), FailsWith(kInvalid, "FIELD_INVALID"));
  ASSERT_OK(Waive(order_id, "the company was dissolved"));
  ASSERT_OK(Waive(order_id, "the company was dissolved"));
  ASSERT_OK_AND_ASSIGN(const auto answer, Confirm(WordOn(order)));
  EXPECT_EQ(answer.deletion_order().state(), v1::DeletionOrder::STATE_WAIVED);
  v1::FindDeletionOrdersRequest request;
  request.set_order_id(order_id);
  ASSERT_OK_AND_ASSIGN(const auto found, Find(request));
  ASSERT_EQ(found.lines_size(), 1);
  EXPECT_EQ(found.lines(0).waived_by(), "operator/ito");
  EXPECT_EQ(found.lines(0).waive_reason(), "the company was dissolved");
  EXPECT_FALSE(found.lines(0).has_confirmation());
  EXPECT_EQ(Score().deletions_waived(), 1);
  request.set_vendor_id("sakura");
  EXPECT_THAT(Find(request), FailsWith(kInvalid, "FIELD_INVALID"));
  request.Clear();
  request.set_order_id("nothing");
  EXPECT_THAT(Find(request), FailsWith(kNotFound, "DELETION_ORDER_UNKNOWN"));
}

TEST_F(HubDeletionsTest, ALegalHoldMayLetVendorsKeepTheirs) {
  const std::string id = Place("A-1", "P-1");
  v1::PlaceLegalHoldRequest place;
  place.mutable_hold()->set_hold_id("court-1");
  place.mutable_hold()->set_person_id("P-1");
  place.mutable_hold()->set_origin(v1::LegalHold::ORIGIN_COURT);
  place.mutable_hold()->set_reference("docket of the district court");
  place.mutable_hold()->set_vendors_keep(true);
  ASSERT_OK(world_.Await<v1::PlaceLegalHoldResponse>(
      [&](auto done) { world_.hub().privacy_api().PlaceLegalHold(Operator(), place, done); }));
  Recall(id);
  world_.Advance(absl::Hours(30));
  EXPECT_THAT(List(/*closed_too=*/true).orders(), IsEmpty());
  v1::EndLegalHoldRequest end;
  end.set_hold_id("court-1");
  ASSERT_OK(world_.Await<v1::EndLegalHoldResponse>(
      [&](auto done) { world_.hub().privacy_api().EndLegalHold(Operator(), end, done); }));
  world_.Advance(absl::Seconds(5));
  const auto whole = Only();
  EXPECT_THAT(whole.assignment_ids(), ElementsAre(id));
  EXPECT_EQ(
      MicrosOf(whole.deletion_order().due_time()),
      MicrosOf(whole.deletion_order().open_time()) + absl::ToInt64Microseconds(absl::Hours(10)))
      << "the ten hours since the end of work were over before anybody asked";
}

// Else the vendor would delete what a court has ordered it to keep. What else the order names is
// asked for anew, and the rest when the hold ends.
TEST_F(HubDeletionsTest, ALegalHoldThatLetsVendorsKeepTheirsTakesOpenOrdersBack) {
  const std::vector<std::string> ids = {Place("A-1", "P-1"), Place("A-2", "P-2")};
  v1::RecallAssignmentsRequest recall;
  recall.set_reason(v1::RECALL_REASON_NO_EFFORT);
  recall.mutable_assignment_ids()->Assign(ids.begin(), ids.end());
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>(
      [&](auto done) { world_.hub().operator_api().RecallAssignments(Operator(), recall, done); }));
  world_.Advance(absl::Hours(25));
  const auto first = Only();
  ASSERT_EQ(first.assignment_ids_size(), 2);
  v1::PlaceLegalHoldRequest place;
  place.mutable_hold()->set_hold_id("court-1");
  place.mutable_hold()->set_person_id("P-1");
  place.mutable_hold()->set_origin(v1::LegalHold::ORIGIN_COURT);
  place.mutable_hold()->set_reference("docket of the district court");
  place.mutable_hold()->set_vendors_keep(true);
  ASSERT_OK(world_.Await<v1::PlaceLegalHoldResponse>(
      [&](auto done) { world_.hub().privacy_api().PlaceLegalHold(Operator(), place, done); }));
  ASSERT_OK_AND_ASSIGN(const auto answer, Confirm(WordOn(first)));
  EXPECT_EQ(answer.deletion_order().state(), v1::DeletionOrder::STATE_WAIVED);
  v1::FindDeletionOrdersRequest request;
  request.set_order_id(first.deletion_order().order_id());
  ASSERT_OK_AND_ASSIGN(const auto found, Find(request));
  ASSERT_EQ(found.lines_size(), 1);
  EXPECT_EQ(found.lines(0).waived_by(), "hub");
  EXPECT_EQ(found.lines(0).assignment_ids_size(), 2) << "as what was asked for";
  world_.Advance(absl::Seconds(5));
  EXPECT_THAT(Only().assignment_ids(), ElementsAre(ids[1]));

  v1::EndLegalHoldRequest end;
  end.set_hold_id("court-1");
  ASSERT_OK(world_.Await<v1::EndLegalHoldResponse>(
      [&](auto done) { world_.hub().privacy_api().EndLegalHold(Operator(), end, done); }));
  world_.Advance(absl::Seconds(5));
  const auto orders = List();
  ASSERT_EQ(orders.orders_size(), 2);
  std::set<std::string> asked;
  for (const auto& order : orders.orders())
    asked.insert(order.assignment_ids().begin(), order.assignment_ids().end());
  EXPECT_EQ(asked, std::set<std::string>(ids.begin(), ids.end()));
}

// The hold that lets the vendor keep this may have been lost with the rest.
TEST_F(HubDeletionsTest, ARestoredDatabaseAsksNobodyToDeleteUntilItIsResumed) {
  const std::string id = Place("A-1", "P-1");
  absl::Status paused = absl::InternalError("not run");
  world_.hub().writer().Submit(storage::Urgency::kUrgent, &retention::Pause,
                               [&](const absl::Status& status) { paused = status; });
  world_.Settle();
  ASSERT_OK(paused);
  Recall(id);
  world_.Advance(absl::Hours(30));
  EXPECT_THAT(List(/*closed_too=*/true).orders(), IsEmpty());
  ASSERT_OK(world_.Await<v1::ResumeRetentionResponse>(
      [&](auto done) { world_.hub().privacy_api().ResumeRetention(Operator(), {}, done); }));
  world_.Advance(absl::Seconds(5));
  EXPECT_THAT(Only().assignment_ids(), ElementsAre(id));
}

TEST_F(HubDeletionsTest, HeadOfficeIsTheIssuerAndIsAskedForNothing) {
  const std::string terms = "head_office: true\ncollector_kind: ISSUER\n";
  world_.ApplyContract({.vendor_id = "sakura", .more = terms});
  Recall(Place("A-1", "P-1"));
  EXPECT_THAT(List(/*closed_too=*/true).orders(), IsEmpty());
}

class HubDeletionRetentionTest : public HubRetentionTest {
 protected:
  HubDeletionRetentionTest()
      : HubRetentionTest("classes: [{keep_days: 1}]\naccounts_keep_days: 1\n", {"sakura"}) {}
  int64_t Orders() { return Count("SELECT COUNT(*) FROM deletion_order"); }
  int64_t Items() { return Count("SELECT COUNT(*) FROM deletion_item"); }
  // As Pass, but vendors' words are waited for.
  void Wait(int days) {
    world_.clock.Advance(days * absl::Hours(24) + absl::Hours(1));
    Tick(30);
  }
};

TEST_F(HubDeletionRetentionTest, WorkStaysUntilItsOrderIsClosedAndTheOrderStaysAsProof) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1")}));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Store();
  Wait(5);
  Wait(5);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Orders(), 1);
  EXPECT_EQ(Items(), 1);
  v1::FindDeletionOrdersRequest open;
  open.set_open_only(true);
  ASSERT_OK_AND_ASSIGN(const auto found,
                       world_.Await<v1::FindDeletionOrdersResponse>([&](auto done) {
                         world_.hub().privacy_api().FindDeletionOrders(Operator(), open, done);
                       }));
  ASSERT_EQ(found.lines_size(), 1);
  v1::WaiveDeletionOrderRequest waive;
  waive.set_order_id(found.lines(0).deletion_order().order_id());
  waive.set_reason("the company was dissolved");
  ASSERT_OK(world_.Await<v1::WaiveDeletionOrderResponse>(
      [&](auto done) { world_.hub().privacy_api().WaiveDeletionOrder(Operator(), waive, done); }));
  Wait(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Items(), 0);
  EXPECT_EQ(Orders(), 1);
}

}  // namespace
}  // namespace switchboard
