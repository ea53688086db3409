#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/put_in_force.h"
#include "tests/simulation/hub_process.h"
#include "tests/simulation/scenery.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/stream_link.h"
#include "tests/simulation/vendor_store.h"
#include "tests/testing.h"

// The cases of the feed protocol that a random schedule meets rarely, each on its own, on the real
// hub and the real mirror. They are the directed cases of the protocol's model.

namespace switchboard::simulation {
namespace {

constexpr char kVendor[] = "asahi";
const identity::Peer kVendorPeer = {identity::Peer::Role::kVendor, kVendor};
const identity::Peer kCore = {identity::Peer::Role::kCore, "main"};
constexpr char kPlan[] =
    "plan_id: all-to-one\nseed: 1\nsegments:\n"
    "  - {name: all, work_type: LATE_COLLECTIONS, shares: [{vendor_id: asahi, percent: 100}]}\n";

class FeedProtocolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(hub_.Start());
    PutInForce(v1::TEXT_KIND_RULE_PACK, PackYaml(Land::kOwnPack, PackTerms()));
    PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(kVendor, ContractTerms(0)));
    PutInForce(v1::TEXT_KIND_ROUTING_PLAN, kPlan);
    ASSERT_OK(vendor_.Open());
  }

  // Everything that waits, and a second passes: what was acknowledged is purged.
  void Work() {
    clock_.Advance(absl::Seconds(1));
    ASSERT_OK(hub_.WorkAll());
  }

  void PutInForce(v1::TextKind kind, const std::string& yaml) {
    testing::PutInForce(hub_.hub(), kind, yaml, "text.yaml",
                        [](const auto& answer) { EXPECT_OK(answer); });
    Work();
  }
  void ShowAs(int shape) {
    PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(kVendor, ContractTerms(shape)));
  }

  void Import(int from, int to) {
    v1::ImportAccountsRequest request;
    request.set_source("night-file");
    request.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    for (int account = from; account < to; ++account) {
      // The dice of a record that is valid: the scenery draws some that are not.
      Dice dice(7);
      auto record = DrawRecord(dice, account, account, account + 1);
      record.mutable_person()->set_language("ja");
      *request.add_records() = std::move(record);
    }
    hub_.hub().core_api().OpenImport(kCore)->Take(
        request.SerializeAsString(), [&](const absl::StatusOr<v1::ImportAccountsResponse>& answer) {
          ASSERT_OK(answer);
          EXPECT_EQ(answer->accepted(), to - from);
          EXPECT_THAT(answer->receipts(), ::testing::IsEmpty());
        });
    Work();
  }

  void Pay(int account) {
    v1::PostEventsRequest request;
    auto& event = *request.add_events();
    event.set_event_id(absl::StrCat("payment-", account));
    event.mutable_payment()->set_account_id(AccountId(account));
    event.mutable_payment()->mutable_amount()->set_currency_code("JPY");
    event.mutable_payment()->mutable_amount()->set_minor_units(1);
    event.mutable_payment()->mutable_pay_time()->set_seconds(1767225600);
    hub_.hub().core_api().PostEvents(kCore, request.SerializeAsString(), [](const auto& answer) {
      ASSERT_OK(answer);
      EXPECT_EQ(answer->receipts(0).withdrawn_assignments(), 1);
    });
    Work();
  }

  // Opens a stream with the vendor's stored cursor and stores what Opened says.
  std::unique_ptr<StreamLink> Open(int window = 500) {
    auto link = std::make_unique<StreamLink>(hub_.hub(), kVendorPeer, nullptr);
    v1::SyncRequest request;
    request.mutable_open()->set_window(window);
    if (!vendor_.mirror().cursor().generation().empty()) {
      *request.mutable_open()->mutable_cursor() = vendor_.mirror().cursor();
    }
    link->FromVendor(request);
    link->DeliverToHub(false);
    Work();
    const auto opened = link->TakeForVendor();
    EXPECT_TRUE(opened.has_value() && opened->has_opened());
    if (opened.has_value()) {
      EXPECT_OK(vendor_.mirror().Opened(opened->opened().cursor()));
    }
    return link;
  }

  std::optional<v1::SyncResponse::Batch> Take(StreamLink& link) {
    Work();
    while (link.PeekForVendor().has_withdrawn_now())
      EXPECT_OK(vendor_.mirror().Withdraw(link.TakeForVendor()->withdrawn_now()));
    const auto response = link.TakeForVendor();
    if (!response.has_value() || !response->has_batch()) return std::nullopt;
    return response->batch();
  }

  void Ack(StreamLink& link, const v1::Cursor& cursor) {
    v1::SyncRequest request;
    *request.mutable_ack()->mutable_cursor() = cursor;
    link.FromVendor(request);
    link.DeliverToHub(false);
    Work();
  }

  // Stores and acknowledges until the last batch says caught_up; how many changes came.
  int CatchUp(StreamLink& link) {
    int changes = 0;
    while (const auto batch = Take(link)) {
      EXPECT_OK(vendor_.mirror().Apply(*batch));
      changes += batch->changes_size();
      Ack(link, batch->through());
      if (batch->caught_up() && !link.anything_for_vendor()) break;
    }
    return changes;
  }

  int64_t Number(const char* sql) {
    int64_t number = -1;
    EXPECT_OK(hub_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        number = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return number;
  }
  int64_t Acknowledged() { return Number("SELECT acknowledged_sequence FROM vendor"); }
  int64_t Tombstones() {
    return Number(
        "SELECT COUNT(*) FROM assignment WHERE ended > 0 AND change_sequence IS NOT NULL");
  }

  void GoBack() {
    vendor_.Close();
    ASSERT_TRUE(vendor_.Restore());
    ASSERT_OK(vendor_.Open());
  }
  void LoseEverything() {
    vendor_.Close();
    vendor_.Lose();
    ASSERT_OK(vendor_.Open());
  }

  const std::string& generation() { return vendor_.mirror().cursor().generation(); }

  RunFolder folder_;
  ManualClock clock_;
  Dice dice_{1};
  const Faults faults_;
  HubProcess hub_{folder_.Fresh(), clock_, dice_, faults_, retention::Policy()};
  IdMint ids_{clock_, 2};
  VendorStore vendor_{folder_.path() + "/vendor.db", ids_};
};

TEST_F(FeedProtocolTest, WithdrawalIsKeptUntilItIsAcknowledged) {
  Import(0, 3);
  auto link = Open();
  CatchUp(*link);
  ASSERT_EQ(vendor_.mirror().current_rows(), 3);
  Pay(1);
  for (int second = 0; second < 5; ++second) Work();
  EXPECT_EQ(Tombstones(), 1);
  // The message is lost with the stream.
  link.reset();
  const std::string before = generation();
  link = Open();
  EXPECT_EQ(generation(), before);
  EXPECT_EQ(CatchUp(*link), 1);
  EXPECT_EQ(vendor_.mirror().current_rows(), 2);
  Work();
  EXPECT_EQ(Tombstones(), 0);
}

// Purged under a live stream whose vendor has not stored it yet: never.
TEST_F(FeedProtocolTest, PurgeStopsAtTheAckNotAtWhatWasSent) {
  Import(0, 2);
  auto link = Open();
  CatchUp(*link);
  Pay(0);
  const auto sent = Take(*link);
  ASSERT_TRUE(sent.has_value());
  ASSERT_EQ(sent->changes_size(), 1);
  EXPECT_TRUE(sent->changes(0).has_withdrawn());
  for (int second = 0; second < 3; ++second) Work();
  EXPECT_EQ(Tombstones(), 1);
  ASSERT_OK(vendor_.mirror().Apply(*sent));
  Ack(*link, sent->through());
  Work();
  EXPECT_EQ(Tombstones(), 0);
}

TEST_F(FeedProtocolTest, VendorThatWentBackBeginsAnew) {
  Import(0, 4);
  auto link = Open();
  CatchUp(*link);
  vendor_.Backup();
  Pay(2);
  CatchUp(*link);
  Work();
  ASSERT_EQ(Tombstones(), 0);
  link.reset();
  const std::string before = generation();
  GoBack();
  EXPECT_EQ(vendor_.mirror().current_rows(), 4);
  link = Open();
  // Its copy holds a row of which no withdrawal will come any more.
  EXPECT_NE(generation(), before);
  EXPECT_EQ(vendor_.mirror().current_rows(), 0);
  EXPECT_EQ(vendor_.mirror().stored_rows(), 4);
  EXPECT_EQ(CatchUp(*link), 3);
  EXPECT_EQ(vendor_.mirror().current_rows(), 3);
  EXPECT_EQ(vendor_.mirror().stored_rows(), 3);
}

TEST_F(FeedProtocolTest, CursorBeyondTheEndBeginsAnew) {
  Import(0, 2);
  auto link = Open();
  CatchUp(*link);
  link.reset();
  v1::SyncResponse::Batch beyond;
  *beyond.mutable_after() = vendor_.mirror().cursor();
  *beyond.mutable_through() = vendor_.mirror().cursor();
  beyond.mutable_through()->set_sequence(1'000);
  ASSERT_OK(vendor_.mirror().Apply(beyond));
  const std::string before = generation();
  link = Open();
  EXPECT_NE(generation(), before);
  EXPECT_EQ(CatchUp(*link), 2);
}

TEST_F(FeedProtocolTest, UntouchedGenerationIsUsedAgain) {
  Import(0, 3);
  auto link = Open();
  CatchUp(*link);
  link.reset();
  LoseEverything();
  std::set<std::string> generations;
  for (int cut = 0; cut < 5; ++cut) {
    // Opened arrived, and the link broke before the first ack.
    link = Open();
    generations.insert(generation());
    Take(*link);
    link.reset();
    LoseEverything();
  }
  EXPECT_THAT(generations, ::testing::SizeIs(1));
}

TEST_F(FeedProtocolTest, LoadOf2000RowsCutNineteenTimesFinishesWithoutSendingTwice) {
  for (int from = 0; from < 2'000; from += 500) Import(from, from + 500);
  auto link = Open();
  CatchUp(*link);
  link.reset();
  LoseEverything();
  int sent = 0, cuts = 0;
  std::set<std::string> generations;
  while (true) {
    link = Open(/*window=*/10);
    generations.insert(generation());
    bool caught_up = false;
    const int through_rows = sent + 95;
    while (!caught_up && (sent < through_rows || cuts == 19)) {
      const auto batch = Take(*link);
      ASSERT_TRUE(batch.has_value());
      ASSERT_OK(vendor_.mirror().Apply(*batch));
      sent += batch->changes_size();
      Ack(*link, batch->through());
      caught_up = batch->caught_up();
    }
    if (caught_up) break;
    link.reset();
    ++cuts;
  }
  EXPECT_EQ(cuts, 19);
  EXPECT_EQ(sent, 2'000);
  EXPECT_EQ(vendor_.mirror().current_rows(), 2'000);
  EXPECT_THAT(generations, ::testing::SizeIs(1));
}

TEST_F(FeedProtocolTest, AckOfAReplacedStreamIsNotBelieved) {
  Import(0, 4);
  auto zombie = Open();
  const auto batch = Take(*zombie);
  ASSERT_TRUE(batch.has_value());
  // The newer stream is opened first; the older one's ack waits right behind it.
  StreamLink newer(hub_.hub(), kVendorPeer, nullptr);
  v1::SyncRequest request;
  request.mutable_open()->set_window(500);
  newer.FromVendor(request);
  newer.DeliverToHub(false);
  Ack(*zombie, batch->through());
  EXPECT_EQ(Acknowledged(), 0);
  while (zombie->TakeForVendor().has_value()) {
  }
  ASSERT_TRUE(zombie->over());
  EXPECT_THAT(zombie->why(), testing::FailsWith(absl::StatusCode::kAborted, "SUPERSEDED"));
  auto link = Open();
  EXPECT_EQ(CatchUp(*link), 4);
  EXPECT_EQ(vendor_.mirror().current_rows(), 4);
}

TEST_F(FeedProtocolTest, EachBatchFollowsTheOneBefore) {
  Import(0, 30);
  auto link = Open(/*window=*/1);
  v1::Cursor at = vendor_.mirror().cursor();
  int batches = 0;
  for (bool caught_up = false; !caught_up; ++batches) {
    const auto batch = Take(*link);
    ASSERT_TRUE(batch.has_value());
    EXPECT_EQ(batch->after().SerializeAsString(), at.SerializeAsString());
    EXPECT_EQ(batch->through().sequence(), at.sequence() + batch->changes_size());
    EXPECT_LE(batch->changes_size(), 1);
    ASSERT_OK(vendor_.mirror().Apply(*batch));
    // Once more, or out of order, is noticed and changes nothing.
    if (batch->changes_size() > 0) {
      EXPECT_THAT(vendor_.mirror().Apply(*batch),
                  testing::FailsWith(absl::StatusCode::kFailedPrecondition, "BROKEN_CHAIN"));
    }
    at = batch->through();
    caught_up = batch->caught_up();
    Ack(*link, at);
  }
  EXPECT_GE(batches, 30);
  EXPECT_EQ(vendor_.mirror().current_rows(), 30);
}

TEST_F(FeedProtocolTest, ChangedMasksBeginANewGeneration) {
  Import(0, 5);
  auto link = Open();
  CatchUp(*link);
  const std::string before = generation();
  ShowAs(1);
  while (link->TakeForVendor().has_value()) {
  }
  ASSERT_TRUE(link->over());
  EXPECT_THAT(link->why(), testing::FailsWith(absl::StatusCode::kAborted, "SUPERSEDED"));
  link = Open();
  EXPECT_NE(generation(), before);
  // What was shown before may not be worked any more.
  ASSERT_OK_AND_ASSIGN(const auto none, vendor_.mirror().NextWorkable("", 10, clock_.Now()));
  EXPECT_THAT(none, ::testing::IsEmpty());
  EXPECT_EQ(CatchUp(*link), 5);
  ASSERT_OK_AND_ASSIGN(const auto rows, vendor_.mirror().NextWorkable("", 10, clock_.Now()));
  ASSERT_THAT(rows, ::testing::SizeIs(5));
  EXPECT_FALSE(rows[0].account().has_amount_due());
}

// What was shown stays in use, and comes once more as it is shown now.
TEST_F(FeedProtocolTest, MasksThatOnlyShowMoreTouchRows) {
  Import(0, 5);
  auto link = Open();
  CatchUp(*link);
  const std::string before = generation();
  ShowAs(3);
  Work();
  EXPECT_FALSE(link->over());
  EXPECT_EQ(CatchUp(*link), 5);
  EXPECT_EQ(generation(), before);
  EXPECT_EQ(vendor_.mirror().current_rows(), 5);
  ASSERT_OK_AND_ASSIGN(const auto rows, vendor_.mirror().NextWorkable("", 10, clock_.Now()));
  ASSERT_THAT(rows, ::testing::SizeIs(5));
  for (const auto& row : rows) EXPECT_NE(row.account().product(), "");
  // Once each.
  Work();
  EXPECT_FALSE(link->anything_for_vendor());
}

TEST_F(FeedProtocolTest, CaughtUpSweepsRowsOfOlderGenerations) {
  Import(0, 6);
  auto link = Open();
  CatchUp(*link);
  ShowAs(1);
  link = Open(/*window=*/2);
  const auto batch = Take(*link);
  ASSERT_TRUE(batch.has_value());
  ASSERT_FALSE(batch->caught_up());
  ASSERT_OK(vendor_.mirror().Apply(*batch));
  EXPECT_EQ(vendor_.mirror().current_rows(), batch->changes_size());
  EXPECT_EQ(vendor_.mirror().stored_rows(), 6);
  // One of the old rows ends meanwhile; nothing will ever be said of it.
  Pay(5);
  Ack(*link, batch->through());
  CatchUp(*link);
  EXPECT_EQ(vendor_.mirror().current_rows(), 5);
  EXPECT_EQ(vendor_.mirror().stored_rows(), 5);
}

}  // namespace
}  // namespace switchboard::simulation
