// Imports through the whole hub: statuses by precedence, resending, placement, moving.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/wire.pb.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using testing::AsOf;
using testing::ContractOptions;
using testing::Core;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PlanYaml;
using testing::Receipts;
using Import = v1::ImportAccountsResponse;

v1::AccountRecord Account(int64_t sequence, int number) {
  return MakeRecord(sequence, {.account_id = "A-" + std::to_string(number),
                               .person_id = "P-" + std::to_string(number)});
}

// A request of the source "file", true as of now.
v1::ImportAccountsRequest RequestOf(HubWorld& world,
                                    const std::vector<v1::AccountRecord>& records) {
  v1::ImportAccountsRequest request;
  request.set_source("file");
  *request.mutable_as_of_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      absl::ToUnixMicros(world.clock.Now()));
  for (const auto& record : records) *request.add_records() = record;
  return request;
}

TEST(HubImportTest, PlacesAndSaysNothingWhenAllIsWell) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  ASSERT_OK_AND_ASSIGN(const Import response, world.Import({Account(1, 1), Account(5, 2)}));
  EXPECT_EQ(response.through(), 5);
  EXPECT_EQ(response.accepted(), 2);
  EXPECT_EQ(response.receipts_size(), 0);
  const auto placed = world.Live("A-1");
  EXPECT_EQ(placed.vendor_id(), "sakura");
  EXPECT_EQ(placed.person_id(), "P-1");
  EXPECT_EQ(placed.work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS);
  EXPECT_EQ(placed.placement_number(), 1);
  EXPECT_EQ(placed.why().plan_id(), "plan-1");
  EXPECT_EQ(placed.why().segment(), "early");
  EXPECT_EQ(placed.why().rule(), v1::PlacementReason::RULE_SPLIT);
}

TEST(HubImportTest, EmptyBatchAnswersWithWhatIsKnown) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  ASSERT_OK_AND_ASSIGN(Import response, world.Import({}));
  EXPECT_EQ(response.through(), 0);
  ASSERT_OK(world.Import({Account(7, 1)}));
  ASSERT_OK_AND_ASSIGN(response, world.Import({}));
  EXPECT_EQ(response.through(), 7);
  ASSERT_OK_AND_ASSIGN(response, world.Import({}, "another"));
  EXPECT_EQ(response.through(), 0);
}

TEST(HubImportTest, StatusesByPrecedence) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  const absl::Time before = world.clock.Now();
  ASSERT_OK(world.Import({Account(10, 1), Account(20, 2)}));
  auto invalid = Account(30, 3);
  invalid.mutable_person()->set_language("!");
  auto invalid_behind = Account(25, 9);
  invalid_behind.mutable_person()->clear_given_name();
  auto other_content = Account(10, 1);
  other_content.mutable_account()->set_grade("C");
  const auto response = world.Import({
      Account(10, 1),  // 0: known, same
      other_content,   // 1: same place, other content
      Account(15, 4),  // 2: accepted; that another account is further says nothing of this one
      invalid,         // 3
      Account(31, 5),  // 4: accepted
      Account(31, 6),  // 5: does not grow
      invalid_behind,  // 6: neither grows nor is valid
      AsOf(Account(35, 2), before),                                                 // 7
      MakeRecord(40, {.account_id = "A-7", .person_id = "P-7", .language = "de"}),  // 8
  });
  EXPECT_THAT(Receipts(response),
              ElementsAre("0:STATUS_REPEATED:", "1:STATUS_SEQUENCE_REUSED:sequence",
                          "3:STATUS_INVALID:person.language", "5:STATUS_OUT_OF_ORDER:sequence",
                          "6:STATUS_OUT_OF_ORDER:sequence",
                          "7:STATUS_OUTDATED:", "8:STATUS_NOT_PLACED:LANGUAGE_NOT_SERVED"));
  EXPECT_EQ(response->accepted(), 3);
  EXPECT_EQ(response->through(), 40);
  std::vector<std::string> kept;
  for (const auto& item : world.Quarantine()) kept.push_back(item.kind() + " " + item.status());
  EXPECT_THAT(kept, ::testing::UnorderedElementsAre(
                        "account STATUS_SEQUENCE_REUSED", "account STATUS_INVALID",
                        "account STATUS_OUT_OF_ORDER", "account STATUS_OUT_OF_ORDER"));
}

TEST(HubImportTest, MalformedRecordCostsOnlyItself) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  v1::ImportAccountsBytes request;
  ASSERT_TRUE(request.ParseFromString(RequestOf(world, {}).SerializeAsString()));
  request.add_records(Account(1, 1).SerializeAsString());
  request.add_records("\xff\xff\xff garbage");
  auto not_text = Account(3, 3).SerializeAsString();
  not_text.replace(not_text.find("gold-card"), 4, "\xff\xfe\xfd\xfc");
  request.add_records(not_text);
  request.add_records("");
  request.add_records(Account(4, 4).SerializeAsString());
  const auto response = world.ImportBytes(request.SerializeAsString());
  EXPECT_THAT(Receipts(response),
              ElementsAre("1:STATUS_INVALID:", "2:STATUS_INVALID:", "3:STATUS_INVALID:sequence"));
  EXPECT_EQ(response->accepted(), 2);
  EXPECT_EQ(response->through(), 4);
  EXPECT_EQ(world.Quarantine().size(), 3u);
}

TEST(HubImportTest, BadCallsAreRefusedWhole) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  auto import = [&](const std::string& bytes) { return world.ImportBytes(bytes); };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(import("\xff\xff\xff"), FailsWith(kInvalid, "MESSAGE_MALFORMED"));
  v1::ImportAccountsRequest request;
  EXPECT_THAT(import(request.SerializeAsString()), FailsWith(kInvalid, "SOURCE_INVALID"));
  request.set_source(std::string(65, 'a'));
  EXPECT_THAT(import(request.SerializeAsString()), FailsWith(kInvalid, "SOURCE_INVALID"));
  request.set_source(std::string(64, 'a'));
  request.add_records();
  EXPECT_THAT(import(request.SerializeAsString()), FailsWith(kInvalid, "AS_OF_INVALID"));
  const int64_t now = absl::ToUnixSeconds(world.clock.Now());
  for (const int64_t seconds : {int64_t{0}, int64_t{946'684'799}, now + 61, INT64_MAX}) {
    request.mutable_as_of_time()->set_seconds(seconds);
    EXPECT_THAT(import(request.SerializeAsString()), FailsWith(kInvalid, "AS_OF_INVALID"))
        << seconds;
  }
  request.mutable_as_of_time()->set_seconds(now + 60);
  request.clear_records();
  for (int i = 1; i <= 1001; ++i) request.add_records()->set_sequence(i);
  EXPECT_THAT(import(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  request.mutable_records()->RemoveLast();
  const auto limit = import(request.SerializeAsString());
  ASSERT_OK(limit);
  EXPECT_EQ(limit->receipts_size(), 1000);
}

// After a cut the core sends again what it does not know to be safe.
TEST(HubImportTest, ResendingAfterACutChangesNothing) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  auto bad = Account(2, 2);
  bad.mutable_account()->set_days_past_due(-1);
  const std::vector<v1::AccountRecord> batch = {Account(1, 1), bad, Account(3, 3)};
  ASSERT_OK(world.Import(batch));
  const auto placed = world.Placements();
  const auto before = world.Vendor("sakura").newest_sequence();
  world.Restart();
  const auto again = world.Import(batch);
  EXPECT_THAT(Receipts(again),
              ElementsAre("0:STATUS_REPEATED:", "1:STATUS_INVALID:account.days_past_due",
                          "2:STATUS_REPEATED:"));
  EXPECT_EQ(again->through(), 3);
  EXPECT_EQ(world.Quarantine().size(), 1u);
  EXPECT_EQ(world.Placements().size(), placed.size());
  EXPECT_EQ(world.Vendor("sakura").newest_sequence(), before);
}

// A batch that was under way when the hub died was not answered and is not there.
TEST(HubImportTest, CrashBeforeTheCommitLeavesNothing) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({Account(1, 1)}));
  const v1::ImportAccountsRequest request = RequestOf(world, {Account(2, 2)});
  bool answered = false;
  world.hub().core_api().OpenImport(Core())->Take(
      request.SerializeAsString(), [&](const auto& response) { answered = response.ok(); });
  world.executor.RunAll();
  world.Crash();
  EXPECT_FALSE(answered);
  EXPECT_EQ(world.Placements().size(), 1u);
  ASSERT_OK_AND_ASSIGN(const Import response, world.Import({}));
  EXPECT_EQ(response.through(), 1);
}

// Batches of one stream are written in order; behind a failed one nothing is, or it could never be
// sent again.
TEST(HubImportTest, NothingIsTakenBehindAFailedBatch) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  const auto stream = world.hub().core_api().OpenImport(Core());
  std::vector<std::string> answers;
  auto take = [&](const std::string& source, int number) {
    v1::ImportAccountsRequest request = RequestOf(world, {Account(number, number)});
    request.set_source(source);
    stream->Take(request.SerializeAsString(), [&](const absl::StatusOr<Import>& answer) {
      answers.push_back(answer.ok() ? std::to_string(answer->through())
                                    : ErrorReason(answer.status()));
    });
  };
  take("file", 1);
  take("file", 2);
  take("other", 3);
  take("file", 4);
  world.Settle();
  take("file", 5);
  world.Settle();
  std::sort(answers.begin(), answers.end());
  EXPECT_THAT(answers, ElementsAre("1", "2", "SOURCE_INVALID", "STREAM_ENDED", "STREAM_ENDED"));
  EXPECT_EQ(world.Placements().size(), 2u);
}

// Each group takes one piece.
HubOptions PieceByPiece() {
  HubOptions options = HubWorld::Options();
  options.writer.group_time_max = absl::ZeroDuration();
  options.writer.bulk_time_max = absl::ZeroDuration();
  options.writer.piece_max = 125;
  return options;
}

// 300 records, more than the writer takes at once: one out of order, one invalid and an account's
// second state, each in another piece than what it is judged by.
v1::ImportAccountsRequest ThreePieces(HubWorld& world) {
  std::vector<v1::AccountRecord> records;
  for (int number = 1; number <= 300; ++number) records.push_back(Account(number, number));
  records[200].set_sequence(5);
  records[250].mutable_person()->set_language("?");
  records[260] = Account(261, 1);
  records[260].mutable_account()->set_grade("E");
  return RequestOf(world, records);
}

void RunExecutor(HubWorld& world) {
  while (world.executor.RunOne()) {
  }
}

TEST(HubImportTest, PiecesOfABatchAreOneBatch) {
  HubWorld world(PieceByPiece());
  world.SetUpVendors({"sakura"});
  const auto answer = world.ImportBytes(ThreePieces(world).SerializeAsString());
  EXPECT_THAT(Receipts(answer), ElementsAre("200:STATUS_OUT_OF_ORDER:sequence",
                                            "250:STATUS_INVALID:person.language"));
  EXPECT_EQ(answer->through(), 300);
  EXPECT_EQ(answer->accepted(), 298);
  EXPECT_EQ(world.Placements().size(), 297u);
}

TEST(HubImportTest, AStopHasItsTurnBetweenThePiecesOfABatch) {
  HubWorld world(PieceByPiece());
  if (world.hub().writer().lanes() > 1) return;  // there it goes where nothing waits
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({Account(1, 1)}, "other"));
  const auto import = world.hub().core_api().OpenImport(Core());
  bool imported = false;
  const auto on_import = [&](const absl::StatusOr<Import>& answer) { imported = answer.ok(); };
  import->Take(ThreePieces(world).SerializeAsString(), on_import);
  RunExecutor(world);
  ASSERT_TRUE(world.hub().writer().RunGroup());
  v1::PostEventsRequest stop;
  *stop.add_events() = testing::PersonStop("e-1", "P-1");
  bool stopped = false;
  const auto on_stop = [&](const absl::StatusOr<v1::PostEventsResponse>& answer) {
    stopped = answer.ok();
  };
  world.hub().core_api().PostEvents(Core(), stop.SerializeAsString(), on_stop);
  RunExecutor(world);
  for (int groups = 0; groups < 2 && !stopped; ++groups) world.hub().writer().RunGroup();
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(imported) << "a batch that came first was not all taken first";
  world.Settle();
  EXPECT_TRUE(imported);
}

TEST(HubImportTest, BatchThatACrashCutIsTakenToItsEndWhenItIsSentAgain) {
  HubWorld world(PieceByPiece());
  world.SetUpVendors({"sakura"});
  const std::string batch = ThreePieces(world).SerializeAsString();
  const auto import = world.hub().core_api().OpenImport(Core());
  const auto on_import = [](const absl::StatusOr<Import>& answer) { EXPECT_FALSE(answer.ok()); };
  import->Take(batch, on_import);
  RunExecutor(world);
  ASSERT_TRUE(world.hub().writer().RunGroup());
  world.Crash();
  EXPECT_GT(world.Placements().size(), 0u);
  EXPECT_LT(world.Placements().size(), 297u);
  const auto answer = world.ImportBytes(batch);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->through(), 300);
  EXPECT_EQ(world.Placements().size(), 297u);
}

TEST(HubImportTest, OlderStateOfAnAccountThatMovedOnIsRepeated) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({Account(1, 1)}));
  auto newer = Account(2, 1);
  newer.mutable_account()->set_grade("E");
  ASSERT_OK(world.Import({newer}));
  // Both are sent again as they were read.
  EXPECT_THAT(Receipts(world.Import({Account(1, 1), newer}, "file", world.clock.Now())),
              ElementsAre("0:STATUS_REPEATED:", "1:STATUS_REPEATED:"));
}

TEST(HubImportTest, NotPlacedReasons) {
  HubWorld world;
  EXPECT_THAT(Receipts(world.Import({Account(1, 1)})), ElementsAre("0:STATUS_NOT_PLACED:NO_PLAN"));
  ContractOptions small;
  small.more = "live_assignments_max: 1\n";
  world.ApplyContract(small);
  world.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  ASSERT_OK(world.Post({testing::PersonStop("e-1", "P-4")}));
  EXPECT_THAT(Receipts(world.Import({
                  Account(2, 1),  // tried again, and placed now
                  Account(3, 2),
                  MakeRecord(4, {.account_id = "A-3", .person_id = "P-3", .days_past_due = 0}),
                  Account(5, 4),
              })),
              ElementsAre("1:STATUS_NOT_PLACED:CAPS_REACHED", "2:STATUS_NOT_PLACED:NO_SEGMENT",
                          "3:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(world.Live("A-1").vendor_id(), "sakura");
  EXPECT_EQ(world.Live("A-2").vendor_id(), "");
}

TEST(HubImportTest, CapsHoldWithinOneBatchAndPerSegment) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  world.ApplyPlan(
      PlanYaml("[{vendor_id: sakura, percent: 50, live_assignments_max: 3}, "
               "{vendor_id: fuji, percent: 50, live_assignments_max: 2}]",
               "plan-2"));
  std::vector<v1::AccountRecord> batch;
  for (int i = 1; i <= 8; ++i) batch.push_back(Account(i, i));
  const auto response = world.Import(batch);
  EXPECT_EQ(Receipts(response).size(), 3u);
  EXPECT_EQ(world.Vendor("sakura").live_assignments(), 3);
  EXPECT_EQ(world.Vendor("fuji").live_assignments(), 2);
  // Room comes back with a withdrawal.
  for (const auto& placement : world.Placements()) {
    if (placement.vendor_id() != "fuji") continue;
    ASSERT_OK(world.Post({Payment("pay", placement.account_id())}));
    break;
  }
  EXPECT_EQ(world.Vendor("fuji").live_assignments(), 1);
  EXPECT_TRUE(Receipts(world.Import({Account(20, 20)})).empty());
  EXPECT_EQ(world.Live("A-20").vendor_id(), "fuji");
}

TEST(HubImportTest, AccountsOfOnePersonStayTogether) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji", "ume"});
  std::vector<v1::AccountRecord> batch;
  for (int i = 1; i <= 12; ++i) {
    batch.push_back(MakeRecord(i, {.account_id = "A-" + std::to_string(i), .person_id = "P-1"}));
  }
  ASSERT_OK(world.Import({batch.begin(), batch.begin() + 6}));
  ASSERT_OK(world.Import({batch.begin() + 6, batch.end()}));
  std::set<std::string> vendors;
  for (const auto& placement : world.Placements()) vendors.insert(placement.vendor_id());
  EXPECT_EQ(vendors.size(), 1u);
  EXPECT_EQ(world.Placements().size(), 12u);
}

TEST(HubImportTest, ReimportKeepsTheVendorAndShowsTheRowAgain) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  ASSERT_OK(world.Import({Account(1, 1)}));
  const auto first = world.Live("A-1");
  const auto sequence = world.Vendor(first.vendor_id()).newest_sequence();
  auto changed = Account(2, 1);
  changed.mutable_account()->mutable_amount_due()->set_minor_units(1);
  EXPECT_TRUE(Receipts(world.Import({changed})).empty());
  EXPECT_EQ(world.Live("A-1").assignment_id(), first.assignment_id());
  EXPECT_EQ(world.Vendor(first.vendor_id()).newest_sequence(), sequence + 1);
}

TEST(HubImportTest, OtherWorkMovesTheAccount) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  ASSERT_OK(world.Import({Account(1, 1)}));
  const auto early = world.Live("A-1");
  ASSERT_OK(world.Import(
      {MakeRecord(2, {.account_id = "A-1", .person_id = "P-1", .days_past_due = 70})}));
  const auto late = world.Live("A-1");
  EXPECT_EQ(late.work_type(), v1::WORK_TYPE_LATE_COLLECTIONS);
  EXPECT_NE(late.assignment_id(), early.assignment_id());
  for (const auto& placement : world.Placements("A-1")) {
    if (placement.assignment_id() != early.assignment_id()) continue;
    EXPECT_EQ(placement.withdraw_reason(), v1::WITHDRAW_REASON_MOVED);
  }
  // Nothing to do any more: withdrawn, not placed.
  EXPECT_THAT(Receipts(world.Import(
                  {MakeRecord(3, {.account_id = "A-1", .person_id = "P-1", .days_past_due = 0})})),
              ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_EQ(world.Live("A-1").vendor_id(), "");
}

// The same account may stand twice in one file: the later line counts.
TEST(HubImportTest, AccountTwiceInOneBatchWithOtherWork) {
  HubWorld world;
  world.SetUpVendors({"sakura"});
  const auto response = world.Import(
      {Account(1, 1), MakeRecord(2, {.account_id = "A-1", .person_id = "P-1", .days_past_due = 70}),
       Account(3, 2)});
  EXPECT_TRUE(Receipts(response).empty());
  EXPECT_EQ(response->accepted(), 3);
  EXPECT_EQ(world.Live("A-1").work_type(), v1::WORK_TYPE_LATE_COLLECTIONS);
  EXPECT_EQ(world.Vendor("sakura").live_assignments(), 2);
}

TEST(HubImportTest, AccountMovingToAnotherPersonLeavesTheFirst) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  ASSERT_OK(world.Import({MakeRecord(1, {.account_id = "A-1", .person_id = "P-1"})}));
  ASSERT_OK(world.Import({MakeRecord(2, {.account_id = "A-1", .person_id = "P-2"})}));
  EXPECT_EQ(world.Live("A-1").person_id(), "P-2");
  const auto all = world.Placements();
  EXPECT_EQ(all.size(), 2u);
}

// I3 also when all of it stands in one batch.
TEST(HubImportTest, AccountMovingBetweenPersonsInOneBatch) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  std::vector<v1::AccountRecord> batch;
  for (const char* person : {"P-1", "P-2", "P-1", "P-3"}) {
    batch.push_back(MakeRecord(static_cast<int64_t>(batch.size()) + 1,
                               {.account_id = "A-1", .person_id = person}));
  }
  const auto response = world.Import(batch);
  ASSERT_OK(response);
  EXPECT_EQ(response->accepted(), 4);
  EXPECT_EQ(world.Live("A-1").person_id(), "P-3");
  int64_t live = 0;
  for (const char* vendor : {"sakura", "fuji"}) live += world.Vendor(vendor).live_assignments();
  EXPECT_EQ(live, 1);
}

// of P-1 at sakura, who speaks Japanese; fuji speaks English.
class SharedOwnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji"});
    world_.ApplyContract({.vendor_id = "fuji", .languages = "[en]"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    ASSERT_EQ(world_.Live("A-2").vendor_id(), "sakura");
  }
  int64_t LiveAssignments() {
    return world_.Vendor("sakura").live_assignments() + world_.Vendor("fuji").live_assignments();
  }

  HubWorld world_;
};

// A-2 goes elsewhere with A-1, and has nothing due then.
TEST_F(SharedOwnerTest, AccountThatFollowedItsOwnerMayEndInTheSameBatch) {
  const auto response =
      world_.Import({MakeRecord(3, {.language = "en"}),
                     MakeRecord(4, {.account_id = "A-2", .days_past_due = 0, .language = "en"})});
  EXPECT_THAT(Receipts(response), ElementsAre("1:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
  EXPECT_EQ(LiveAssignments(), 1);
}

TEST_F(SharedOwnerTest, AccountThatFollowedItsOwnerMayMoveInTheSameBatch) {
  const auto response =
      world_.Import({MakeRecord(3, {.language = "en"}),
                     MakeRecord(4, {.account_id = "A-2", .person_id = "P-7", .language = "en"})});
  EXPECT_THAT(Receipts(response), ::testing::IsEmpty());
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
  EXPECT_EQ(world_.Live("A-2").person_id(), "P-7");
  EXPECT_EQ(LiveAssignments(), 2);
}

// What the batch had placed of P-1 is not forgotten when A-1 leaves.
TEST_F(SharedOwnerTest, AccountPlacedBeforeAnotherOneMovedIsPlacedOnce) {
  const auto three = [](int64_t sequence, int64_t amount) {
    return MakeRecord(sequence, {.account_id = "A-3", .amount_due = amount});
  };
  const auto response = world_.Import({three(3, 100), MakeRecord(4, {.person_id = "P-7"}),
                                       MakeRecord(5, {.account_id = "A-4"}), three(6, 200)});
  EXPECT_THAT(Receipts(response), ::testing::IsEmpty());
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "sakura");
  EXPECT_EQ(LiveAssignments(), 4);
}

TEST(HubImportTest, SameInputsGiveTheSameAuditHead) {
  auto head = [] {
    HubWorld world;
    world.SetUpVendors({"sakura", "fuji"});
    std::vector<v1::AccountRecord> batch;
    for (int i = 1; i <= 20; ++i) batch.push_back(Account(i, i));
    EXPECT_OK(world.Import(batch));
    EXPECT_OK(world.Post({Payment("e-1", "A-3")}));
    const auto page = world.Await<v1::ReadAuditResponse>(
        [&](auto done) { world.hub().operator_api().ReadAudit(Operator(), {}, done); });
    EXPECT_OK(page);
    return page->entries(page->entries_size() - 1).hash();
  };
  EXPECT_EQ(head(), head());
}

}  // namespace
}  // namespace switchboard
