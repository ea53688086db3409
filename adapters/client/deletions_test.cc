#include "adapters/client/deletions.h"

#include <filesystem>
#include <string>
#include <vector>

#include "adapters/client/feed_model.h"
#include "hub/base/clock.h"
#include "hub/base/digest.h"
#include "hub/base/proto_time.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;
using List = std::vector<std::string>;
using Order = Deletions::Order;

constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;

Order OrderOf(const std::string& order_id, const List& assignment_ids, absl::Time open_time) {
  Order order;
  auto& deletion_order = *order.mutable_deletion_order();
  deletion_order.set_order_id(order_id);
  deletion_order.set_cause(v1::DeletionOrder::CAUSE_RECALL);
  deletion_order.mutable_open_time()->set_seconds(absl::ToUnixSeconds(open_time));
  deletion_order.set_count(static_cast<int64_t>(assignment_ids.size()));
  std::string lines;
  for (const std::string& id : assignment_ids) {
    order.add_assignment_ids(id);
    lines += id + "\n";
  }
  deletion_order.set_digest(Sha256Of(lines));
  return order;
}

class DeletionsTest : public ::testing::Test {
 protected:
  DeletionsTest() {
    callbacks_.on_change = [this](const v1::SyncResponse::Change& change) {
      told_.push_back(change.withdrawn().assignment_id());
    };
    Restart();
    EXPECT_OK(mirror_->Opened(At("g1", 0)));
    EXPECT_OK(Apply(0, 3, {Assigned("a"), Assigned("b"), Assigned("c")}));
  }

  void Restart() {
    Shut();
    ASSERT_OK_AND_ASSIGN(auto connection, DyingConnection::Open(path_));
    connection_ = connection.get();
    ASSERT_OK_AND_ASSIGN(file_, VendorFile::Adopt(std::move(connection)));
    ASSERT_OK_AND_ASSIGN(mirror_, Mirror::Open(*file_, &clock_));
    deletions_ = std::make_unique<Deletions>(
        *file_, *mirror_, [] { return ~uint64_t{0}; }, callbacks_);
    (void)deletions_->Next(clock_.Now());  // the clock begins to run
  }
  void Shut() {
    deletions_.reset();
    mirror_.reset();
    file_.reset();
  }
  absl::Status Apply(int64_t after, int64_t through,
                     const std::vector<v1::SyncResponse::Change>& changes,
                     const std::string& generation = "g1", bool caught_up = true) {
    return mirror_->Apply(
        BatchOf(At(generation, after), At(generation, through), changes, caught_up));
  }

  // The next question, after this time; false when there is none. `after`: what it goes on from.
  bool Asks(absl::Duration later = absl::ZeroDuration(), const std::string& after = "") {
    clock_.Advance(later);
    const auto step = deletions_->Next(clock_.Now());
    EXPECT_OK(step);
    if (!step.ok() || !step->has_value()) return false;
    const auto* request = std::get_if<v1::ListDeletionOrdersRequest>(&**step);
    EXPECT_NE(request, nullptr) << "a statement";
    if (request == nullptr) return false;
    EXPECT_EQ(request->after(), after);
    return true;
  }
  absl::Status Answer(const std::vector<Order>& orders) {
    v1::ListDeletionOrdersResponse response;
    for (const Order& order : orders) *response.add_orders() = order;
    return deletions_->OnOrders(clock_.Now(), response);
  }
  // The statement to be signed now.
  v1::DeletionStatement Statement() {
    const auto step = deletions_->Next(clock_.Now());
    EXPECT_OK(step);
    if (!step.ok() || !step->has_value()) return {};
    const auto* statement = std::get_if<v1::DeletionStatement>(&**step);
    EXPECT_NE(statement, nullptr) << "a question";
    return statement == nullptr ? v1::DeletionStatement() : *statement;
  }
  // The round up to the statement of one order.
  v1::DeletionStatement StatementOf(const Order& order) {
    EXPECT_TRUE(Asks(Deletions::kAsk));
    EXPECT_OK(Answer({order}));
    return Statement();
  }
  absl::Status Confirmed(const absl::Status& status = absl::OkStatus()) {
    return deletions_->OnConfirmed(clock_.Now(), status);
  }
  // Ends a round that has come to this order.
  void EndRound(const std::string& after) {
    EXPECT_TRUE(Asks(absl::ZeroDuration(), after));
    EXPECT_OK(Answer({}));
  }

  List Rows() {
    List rows;
    const auto found = mirror_->NextWorkable("", 100, clock_.Now());
    EXPECT_OK(found);
    for (const auto& row : *found) rows.push_back(row.assignment_id());
    return rows;
  }
  int64_t Noted() {
    int64_t count = -1;
    EXPECT_OK(
        file_->connection().Query("SELECT COUNT(*) FROM deleted", {}, [&](const storage::Row& row) {
          count = row.Integer(0);
          return absl::OkStatus();
        }));
    return count;
  }
  Order OrderAB() { return OrderOf("d1", {"a", "b"}, clock_.Now()); }

  testing::TemporaryFolder folder_;
  const std::string path_ = folder_ / "vendor.db";
  ManualClock clock_;
  Deletions::Callbacks callbacks_;
  List told_;
  DyingConnection* connection_ = nullptr;
  std::unique_ptr<VendorFile> file_;
  std::unique_ptr<Mirror> mirror_;
  std::unique_ptr<Deletions> deletions_;
};

// As where the contract has ended, and with it the feed.
TEST_F(DeletionsTest, AnOrderIsCarriedOutByWhatItSays) {
  EXPECT_FALSE(Asks());
  EXPECT_TRUE(Asks(Deletions::kAskSoon));
  EXPECT_FALSE(Asks(Deletions::kAsk)) << "a question is under way";
  const Order order = OrderAB();
  ASSERT_OK(Answer({order}));
  const v1::DeletionStatement statement = Statement();
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_EQ(told_, (List{"a", "b"}));
  EXPECT_EQ(statement.order_id(), "d1");
  EXPECT_EQ(statement.vendor_id(), "") << "who signs puts it in";
  EXPECT_EQ(statement.count(), 2);
  EXPECT_EQ(statement.digest(), order.deletion_order().digest());
  EXPECT_EQ(TimeOf(statement.delete_time()), clock_.Now());
  EXPECT_FALSE(Asks(Deletions::kAsk)) << "the statement is under way";
  ASSERT_OK(Confirmed());
  EndRound("d1");
  EXPECT_FALSE(Asks(Deletions::kAsk - absl::Seconds(1)));
  EXPECT_TRUE(Asks(absl::Seconds(1)));
}

TEST_F(DeletionsTest, WhatTheFeedHadWithdrawnWasDeletedThen) {
  clock_.Advance(absl::Seconds(5));
  const absl::Time withdrawn = clock_.Now();
  ASSERT_OK(Apply(3, 5, {Withdrawn("a")}));
  v1::SyncResponse::WithdrawnNow ahead;
  ahead.set_assignment_id("b");
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK(mirror_->Withdraw(ahead));
  Restart();
  const v1::DeletionStatement statement = StatementOf(OrderAB());
  EXPECT_EQ(TimeOf(statement.delete_time()), withdrawn + absl::Seconds(1));
  EXPECT_EQ(told_, List()) << "the feed has told it";
}

TEST_F(DeletionsTest, WhatANewGenerationSweepsIsNoted) {
  ASSERT_OK(mirror_->Opened(At("g2", 0)));
  clock_.Advance(absl::Seconds(5));
  const absl::Time swept = clock_.Now();
  ASSERT_OK(Apply(0, 1, {Assigned("c")}, "g2"));
  EXPECT_EQ(Noted(), 2);
  EXPECT_EQ(TimeOf(StatementOf(OrderAB()).delete_time()), swept);
}

TEST_F(DeletionsTest, ACrashBetweenDeletingAndConfirmingChangesNothing) {
  const std::string before = StatementOf(OrderAB()).SerializeAsString();
  const absl::Time deleted = clock_.Now();
  Restart();
  Order again = OrderAB();
  *again.mutable_deletion_order()->mutable_open_time() =
      OrderOf("", {}, deleted).deletion_order().open_time();
  EXPECT_EQ(StatementOf(again).SerializeAsString(), before);
  EXPECT_EQ(told_, (List{"a", "b"})) << "told twice";
}

TEST_F(DeletionsTest, KilledAtAnyWriteAllRowsOfAnOrderAreThereOrNone) {
  constexpr int kWrites = 5;  // two rows and their notes, commit
  for (int n = 0; n < kWrites; ++n) {
    ASSERT_TRUE(Asks(Deletions::kAsk));
    ASSERT_OK(Answer({OrderAB()}));
    connection_->DieAtWrite(n);
    EXPECT_FALSE(deletions_->Next(clock_.Now()).ok()) << n;
    Restart();
    EXPECT_EQ(Rows(), (List{"a", "b", "c"})) << n;
    EXPECT_EQ(Noted(), 0) << n;
  }
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({OrderAB()}));
  connection_->DieAtWrite(kWrites);
  EXPECT_EQ(Statement().count(), 2);
  Restart();
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_EQ(Noted(), 2);
}

// The order is open still, since its confirmation was lost with the newer file.
TEST_F(DeletionsTest, AFileThatWasRestoredIsDeletedFromAgain) {
  Shut();
  std::filesystem::copy_file(path_, path_ + ".backup");
  Restart();
  const absl::Time first = TimeOf(StatementOf(OrderAB()).delete_time());
  EXPECT_EQ(Rows(), List{"c"});
  Shut();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  std::filesystem::copy_file(path_ + ".backup", path_);
  Restart();
  EXPECT_EQ(Rows(), (List{"a", "b", "c"}));
  const v1::DeletionStatement statement = StatementOf(OrderAB());
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_EQ(TimeOf(statement.delete_time()), clock_.Now());
  EXPECT_GT(TimeOf(statement.delete_time()), first);
}

TEST_F(DeletionsTest, LaterIsAskedAgainAfterAMinuteAndUpToAnHour) {
  DeletionAnswer answer = DeletionAnswer::kLater;
  List asked;
  callbacks_.on_order = [&](const Order& order) {
    EXPECT_EQ(Rows(), List{"c"}) << "the mirror's rows go first";
    asked.push_back(order.deletion_order().order_id());
    return answer;
  };
  Restart();
  absl::Duration wait = Deletions::kAskSoon;
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(Asks(wait - absl::Milliseconds(1)));
    ASSERT_TRUE(Asks(absl::Milliseconds(1)));
    ASSERT_OK(Answer({OrderAB()}));
    EndRound("d1");
    if (i > 0) wait = std::min(2 * wait, Deletions::kAsk);
  }
  EXPECT_EQ(asked.size(), 8u);
  answer = DeletionAnswer::kDeleted;
  const absl::Time said = clock_.Now() + Deletions::kAsk;
  EXPECT_EQ(TimeOf(StatementOf(OrderAB()).delete_time()), said);
  // The hub did not answer: what is sent again is the same.
  EXPECT_FALSE(Confirmed(absl::UnavailableError("away")).ok());
  const v1::DeletionStatement again = StatementOf(OrderAB());
  EXPECT_GT(clock_.Now(), said);
  EXPECT_EQ(TimeOf(again.delete_time()), said);
  // Who takes it back has not deleted by then.
  EXPECT_FALSE(Confirmed(absl::UnavailableError("away")).ok());
  answer = DeletionAnswer::kLater;
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({OrderAB()}));
  EndRound("d1");
  answer = DeletionAnswer::kDeleted;
  const v1::DeletionStatement anew = StatementOf(OrderAB());
  EXPECT_EQ(TimeOf(anew.delete_time()), clock_.Now());
}

TEST_F(DeletionsTest, WorkThatNeverCameIsDeletedSinceTheOrderWasOpened) {
  const absl::Time opened = clock_.Now() - absl::Seconds(7);
  const v1::DeletionStatement statement = StatementOf(OrderOf("d1", {"x", "y"}, opened));
  EXPECT_EQ(statement.count(), 2);
  EXPECT_EQ(TimeOf(statement.delete_time()), opened);
  EXPECT_EQ(Rows(), (List{"a", "b", "c"}));
}

TEST_F(DeletionsTest, OfSubContractorsCopiesOnlyTheAdapterKnows) {
  Order order = OrderAB();
  order.add_sub_contractor_ids("kita");
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({order, OrderOf("d2", {"c"}, clock_.Now())}));
  EXPECT_THAT(deletions_->Next(clock_.Now()), FailsWith(kRefused, "DELETION_NOT_ANSWERED"));
  EXPECT_EQ(Rows(), List{"c"}) << "the own copy goes all the same";
  EXPECT_EQ(Statement().order_id(), "d2");

  callbacks_.on_order = [](const Order&) { return DeletionAnswer::kDeleted; };
  Restart();
  const v1::DeletionStatement statement = StatementOf(order);
  ASSERT_EQ(statement.sub_contractor_ids_size(), 1);
  EXPECT_EQ(statement.sub_contractor_ids(0), "kita");
}

TEST_F(DeletionsTest, AnOrderThatContradictsItselfDeletesNothing) {
  Order count = OrderAB(), digest = OrderAB(), unsorted = OrderOf("d3", {"b", "a"}, clock_.Now());
  count.mutable_deletion_order()->set_count(3);
  digest.mutable_deletion_order()->set_digest(std::string(32, 'x'));
  digest.mutable_deletion_order()->set_order_id("d2");
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({count, digest, unsorted, OrderOf("d4", {"c"}, clock_.Now())}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(deletions_->Next(clock_.Now()),
                FailsWith(absl::StatusCode::kInternal, "DELETION_ORDER_BROKEN"));
  }
  EXPECT_EQ(Rows(), (List{"a", "b", "c"}));
  EXPECT_EQ(Statement().order_id(), "d4");
}

TEST_F(DeletionsTest, AHubThatListsTheSameForEverIsLeft) {
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({OrderAB()}));
  Statement();
  ASSERT_OK(Confirmed());
  ASSERT_TRUE(Asks(absl::ZeroDuration(), "d1"));
  EXPECT_THAT(Answer({OrderAB()}), FailsWith(absl::StatusCode::kInternal, "DELETION_ORDER_BROKEN"));
  EXPECT_FALSE(Asks());
  EXPECT_TRUE(Asks(Deletions::kAskSoon));
}

TEST_F(DeletionsTest, WhatTheHubRefusesIsLeftAndTheOthersGoOn) {
  const Order d1 = OrderOf("d1", {"a"}, clock_.Now()), d2 = OrderOf("d2", {"b"}, clock_.Now()),
              d3 = OrderOf("d3", {"c"}, clock_.Now());
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({d1, d2, d3}));
  EXPECT_EQ(Statement().order_id(), "d1");
  EXPECT_THAT(Confirmed(Error(kRefused, "DELETION_DIFFERS", "")),
              FailsWith(kRefused, "DELETION_DIFFERS"));
  EXPECT_EQ(Statement().order_id(), "d2");
  EXPECT_OK(Confirmed(Error(kRefused, "DELETION_CONFIRMED", ""))) << "by an answer that was lost";
  EXPECT_EQ(Statement().order_id(), "d3");
  EXPECT_OK(Confirmed(Error(absl::StatusCode::kNotFound, "DELETION_ORDER_UNKNOWN", "")));
  EndRound("d3");
  EXPECT_TRUE(Asks(Deletions::kAskSoon)) << "one is left";
  ASSERT_OK(Answer({d1}));
  const absl::Time deleted = TimeOf(Statement().delete_time());
  EXPECT_LT(deleted, clock_.Now());
  // A hub that is away is asked for none of the others.
  EXPECT_FALSE(Confirmed(absl::UnavailableError("away")).ok());
  EXPECT_FALSE(Asks());
  // The clock was wrong when it was deleted: by now it is gone.
  EXPECT_EQ(TimeOf(StatementOf(d1).delete_time()), deleted);
  EXPECT_FALSE(
      Confirmed(Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "delete_time")).ok());
  const absl::Time refused = clock_.Now();
  EndRound("d1");
  EXPECT_EQ(TimeOf(StatementOf(d1).delete_time()), refused);
}

// The clock was put right after the adapter had said that all is gone.
TEST_F(DeletionsTest, AWordOfAWrongClockIsGivenAnew) {
  callbacks_.on_order = [](const Order&) { return DeletionAnswer::kDeleted; };
  Restart();
  const absl::Time early = TimeOf(StatementOf(OrderAB()).delete_time());
  clock_.Advance(absl::Hours(5));
  const absl::Time right = clock_.Now();
  EXPECT_FALSE(
      Confirmed(Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "delete_time")).ok());
  EndRound("d1");
  EXPECT_LT(early, right);
  EXPECT_EQ(TimeOf(StatementOf(OrderAB()).delete_time()), right);
}

TEST_F(DeletionsTest, AClockThatRanAheadHoldsNoWordUp) {
  clock_.Advance(absl::Hours(1000));
  ASSERT_OK(Apply(3, 5, {Withdrawn("a"), Withdrawn("b")}));
  clock_.Advance(-absl::Hours(1000));
  const v1::DeletionStatement statement = StatementOf(OrderAB());
  EXPECT_EQ(TimeOf(statement.delete_time()), clock_.Now());
}

TEST_F(DeletionsTest, WithdrawalsAreAskedForSoon) {
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({}));
  clock_.Advance(absl::Minutes(10));
  deletions_->AskSoon(clock_.Now());
  EXPECT_FALSE(Asks(absl::Seconds(59)));
  deletions_->AskSoon(clock_.Now());  // another one does not put it off
  ASSERT_TRUE(Asks(absl::Seconds(1)));
  deletions_->AskSoon(clock_.Now());  // while it is asked
  ASSERT_OK(Answer({}));
  EXPECT_TRUE(Asks(Deletions::kAskSoon));
  ASSERT_OK(Answer({}));
  EXPECT_FALSE(Asks(Deletions::kAskSoon));
  deletions_->AskNow();
  EXPECT_TRUE(Asks());
}

TEST_F(DeletionsTest, AClockThatStepsBackHoldsNothingUp) {
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({}));
  EXPECT_FALSE(Asks(absl::Hours(-1000)));
  EXPECT_TRUE(Asks(Deletions::kAsk));
}

TEST_F(DeletionsTest, WhatWasDeletedIsForgottenInTheEnd) {
  ASSERT_OK(Apply(3, 4, {Withdrawn("a")}));
  clock_.Advance(Deletions::kKept);
  ASSERT_OK(Apply(4, 5, {Withdrawn("b")}));
  ASSERT_TRUE(Asks());
  ASSERT_OK(Answer({}));
  EXPECT_EQ(Noted(), 2);
  ASSERT_TRUE(Asks(Deletions::kAsk));
  ASSERT_OK(Answer({}));
  EXPECT_EQ(Noted(), 1);
}

TEST_F(DeletionsTest, ARowThatWasOnItsWayDoesNotComeBack) {
  StatementOf(OrderAB());
  ASSERT_OK(Apply(3, 4, {Assigned("a", 2)}));
  EXPECT_EQ(Rows(), List{"c"});
  ASSERT_OK(Apply(4, 5, {Withdrawn("a")}));
  EXPECT_EQ(Rows(), List{"c"});
  // In another generation it is another story.
  ASSERT_OK(mirror_->Opened(At("g2", 0)));
  ASSERT_OK(Apply(0, 1, {Assigned("b")}, "g2"));
  EXPECT_EQ(Rows(), List{"b"});
}

TEST(VendorFileLayoutTest, AFileOfBeforeIsRaised) {
  testing::TemporaryFolder folder;
  const std::string path = folder / "vendor.db";
  ASSERT_OK_AND_ASSIGN(auto file, VendorFile::Open(path));
  ASSERT_OK(file->Transact([&]() -> absl::Status {
    RETURN_IF_ERROR(file->connection().Execute("DROP TABLE deleted", {}).status());
    return file->connection().Execute("UPDATE mirror_state SET layout = 1", {}).status();
  }));
  file.reset();
  ASSERT_OK_AND_ASSIGN(file, VendorFile::Open(path));
  int64_t layout = 0;
  ASSERT_OK(
      file->connection().Query("SELECT layout + (SELECT COUNT(*) FROM deleted)"
                               " FROM mirror_state",
                               {}, [&](const storage::Row& row) {
                                 layout = row.Integer(0);
                                 return absl::OkStatus();
                               }));
  EXPECT_EQ(layout, 2);
}

}  // namespace
}  // namespace switchboard::adapters
