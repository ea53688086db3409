#include "adapters/client/outbox.h"

#include <memory>
#include <string>

#include "adapters/client/feed_model.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;
using Response = v1::ReportOutcomesResponse;

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { Restart(); }

  void Restart() {
    outbox_.reset();
    file_.reset();
    ASSERT_OK_AND_ASSIGN(auto connection, DyingConnection::Open(folder_ / "vendor.db"));
    connection_ = connection.get();
    ASSERT_OK_AND_ASSIGN(file_, VendorFile::Adopt(std::move(connection)));
    ASSERT_OK_AND_ASSIGN(outbox_, Outbox::Open(*file_, ids_));
  }

  static v1::Outcome Named(const std::string& id, int version = 1, const std::string& note = "") {
    v1::Outcome outcome;
    outcome.set_outcome_id(id);
    outcome.set_version(version);
    outcome.set_note(note);
    return outcome;
  }

  std::vector<std::string> Waiting(int limit = 500) {
    std::vector<std::string> ids;
    auto batch = outbox_->NextBatch(limit);
    EXPECT_OK(batch);
    for (const auto& outcome : batch->outcomes()) {
      ids.push_back(outcome.outcome_id() + "/" + std::to_string(outcome.version()));
    }
    return ids;
  }

  static Response Receipts(const std::vector<std::pair<std::string, Response::Status>>& receipts) {
    Response response;
    for (const auto& [id, status] : receipts) {
      auto& receipt = *response.add_receipts();
      receipt.set_outcome_id(id);
      receipt.set_version(1);
      receipt.set_status(status);
      if (status != Response::STATUS_RECORDED) receipt.set_field("promise.amount");
    }
    return response;
  }

  // The same, of outcomes that the hub has not kept.
  static Response NotKept(const std::vector<std::string>& ids,
                          Response::Status status = Response::STATUS_UNMAPPED) {
    Response response;
    for (const std::string& id : ids) {
      auto& receipt = *response.add_receipts();
      receipt.set_outcome_id(id);
      receipt.set_version(1);
      receipt.set_status(status);
      receipt.set_not_kept(true);
    }
    return response;
  }
  // Ids of what is to be sent again, in that order.
  std::vector<std::string> Again(int limit = 500) {
    std::vector<std::string> ids;
    const auto batch = outbox_->NextNotKept(limit);
    EXPECT_OK(batch);
    for (const auto& outcome : batch->outcomes()) ids.push_back(outcome.outcome_id());
    return ids;
  }

  // Behind the outbox's back.
  void Change(const char* sql) {
    ASSERT_OK(file_->Transact([&] { return file_->connection().Execute(sql, {}).status(); }));
  }

  std::vector<std::string> Refused() {
    std::vector<std::string> refused;
    EXPECT_OK(outbox_->ForEachRefused([&](const v1::Outcome& outcome, const auto& receipt) {
      EXPECT_EQ(outcome.outcome_id(), receipt.outcome_id());
      refused.push_back(receipt.outcome_id() + " " + Response::Status_Name(receipt.status()) + " " +
                        receipt.field());
      return absl::OkStatus();
    }));
    return refused;
  }

  using Ids = std::vector<std::string>;
  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 1};
  std::unique_ptr<VendorFile> file_;
  std::unique_ptr<Outbox> outbox_;
  DyingConnection* connection_ = nullptr;
};

TEST_F(OutboxTest, MintsTimeOrderedIdsAndKeepsThem) {
  ASSERT_OK_AND_ASSIGN(const std::string first, outbox_->Put(v1::Outcome()));
  clock_.Advance(absl::Milliseconds(1));
  ASSERT_OK_AND_ASSIGN(const std::string second, outbox_->Put(v1::Outcome()));
  EXPECT_LT(first, second);
  Restart();
  EXPECT_EQ(Waiting(), (Ids{first + "/1", second + "/1"}));
  EXPECT_EQ(outbox_->pending(), 2);
}

TEST_F(OutboxTest, KeepsTheOrderInWhichOutcomesCame) {
  for (const char* id : {"z", "a", "m"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK(outbox_->Put(Named("z", 2)));
  EXPECT_EQ(Waiting(), (Ids{"z/1", "a/1", "m/1", "z/2"}));
  EXPECT_EQ(Waiting(2), (Ids{"z/1", "a/1"}));
}

TEST_F(OutboxTest, SameOutcomeTwiceIsOnce) {
  ASSERT_OK(outbox_->Put(Named("a", 1, "x")));
  ASSERT_OK(outbox_->Put(Named("a", 1, "x")));
  EXPECT_EQ(outbox_->pending(), 1);
  EXPECT_THAT(outbox_->Put(Named("a", 1, "y")),
              FailsWith(absl::StatusCode::kAlreadyExists, "OUTCOME_REUSED"));
  EXPECT_EQ(outbox_->pending(), 1);
}

TEST_F(OutboxTest, RefusedOutcomeDoesNotKeepItsNeighboursOut) {
  std::vector<v1::Outcome> outcomes = {Named("a"), Named("b", 1, std::string(70'000, 'x')),
                                       Named("c", 1, "\xc3\x28"), Named("d")};
  ASSERT_OK_AND_ASSIGN(auto results, outbox_->PutAll(outcomes));
  ASSERT_EQ(results.size(), 4u);
  EXPECT_OK(results[0]);
  EXPECT_THAT(results[1], FailsWith(absl::StatusCode::kInvalidArgument, "OUTCOME_TOO_LARGE"));
  EXPECT_THAT(results[2], FailsWith(absl::StatusCode::kInvalidArgument, "OUTCOME_MALFORMED"));
  EXPECT_OK(results[3]);
  EXPECT_EQ(Waiting(), (Ids{"a/1", "d/1"}));
}

TEST_F(OutboxTest, BatchStaysBelowTheMessageLimit) {
  for (int i = 0; i < 40; ++i) {
    ASSERT_OK(outbox_->Put(Named("o" + std::to_string(i), 1, std::string(60'000, 'x'))));
  }
  ASSERT_OK_AND_ASSIGN(const auto batch, outbox_->NextBatch(500));
  EXPECT_GT(batch.outcomes_size(), 10);
  EXPECT_LE(batch.ByteSizeLong(), size_t{1} << 20);
}

TEST_F(OutboxTest, SettlesByReceipt) {
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK_AND_ASSIGN(const auto refused,
                       outbox_->Settle(Receipts({{"a", Response::STATUS_RECORDED},
                                                 {"b", Response::STATUS_REPEATED},
                                                 {"c", Response::STATUS_INVALID},
                                                 {"never put", Response::STATUS_INVALID}})));
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].outcome_id(), "c");
  Restart();
  EXPECT_EQ(Waiting(), (Ids{"d/1"}));
  EXPECT_EQ(Refused(), (Ids{"c STATUS_INVALID promise.amount"}));
  EXPECT_EQ(outbox_->pending(), 1);
  EXPECT_EQ(outbox_->refused(), 1);
}

TEST_F(OutboxTest, WhatTheHubHasNotKeptIsSentAgainUntilItIsKept) {
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK(outbox_->Settle(Receipts({{"d", Response::STATUS_INVALID}})));
  ASSERT_OK_AND_ASSIGN(auto refused, outbox_->Settle(NotKept({"a", "b", "c"})));
  EXPECT_EQ(refused.size(), 3u);
  Restart();
  EXPECT_EQ(Waiting(), Ids{}) << "it holds up nothing";
  EXPECT_EQ(outbox_->refused(), 4);
  EXPECT_EQ(outbox_->not_kept(), 3);
  EXPECT_EQ(Again(), (Ids{"a", "b", "c"}));
  // No news, and behind the others.
  ASSERT_OK_AND_ASSIGN(refused, outbox_->SettleNotKept(NotKept({"a"})));
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(Again(2), (Ids{"b", "c"}));
  // Kept at last; recorded at last; refused for something else.
  ASSERT_OK_AND_ASSIGN(
      refused, outbox_->SettleNotKept(
                   Receipts({{"b", Response::STATUS_UNMAPPED}, {"c", Response::STATUS_RECORDED}})));
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].outcome_id(), "b");
  ASSERT_OK_AND_ASSIGN(refused, outbox_->SettleNotKept(NotKept({"a"}, Response::STATUS_INVALID)));
  EXPECT_EQ(refused.size(), 1u);
  Restart();
  EXPECT_EQ(Again(), Ids{"a"});
  EXPECT_EQ(outbox_->not_kept(), 1);
  std::vector<std::string> not_kept;
  ASSERT_OK(outbox_->ForEachRefused([&](const v1::Outcome&, const auto& receipt) {
    if (receipt.not_kept()) not_kept.push_back(receipt.outcome_id());
    return absl::OkStatus();
  }));
  EXPECT_EQ(not_kept, Ids{"a"});
  EXPECT_EQ(outbox_->refused(), 3);
}

TEST_F(OutboxTest, NotKeptOutcomeThatIsDroppedOrPutAgainIsSentAgainNoMore) {
  for (const char* id : {"a", "b"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK(outbox_->Settle(NotKept({"a", "b"})));
  ASSERT_OK(outbox_->DropRefused("a", 1));
  ASSERT_OK(outbox_->Put(Named("b", 1, "mended")));
  EXPECT_EQ(Again(), Ids{});
  EXPECT_EQ(outbox_->not_kept(), 0);
  EXPECT_EQ(outbox_->refused(), 0);
  // The answer to what was under way meanwhile is not about what was mended.
  ASSERT_OK(outbox_->SettleNotKept(
      Receipts({{"a", Response::STATUS_RECORDED}, {"b", Response::STATUS_RECORDED}})));
  EXPECT_EQ(Waiting(), Ids{"b/1"});
  Restart();
  EXPECT_EQ(outbox_->not_kept(), 0);
  EXPECT_EQ(outbox_->pending(), 1);
}

TEST_F(OutboxTest, KilledWhileItIsSettledNothingThatIsNotKeptIsLost) {
  for (const char* id : {"a", "b"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK(outbox_->Settle(NotKept({"a", "b"})));
  Response response = NotKept({"a"});
  *response.add_receipts() = Receipts({{"b", Response::STATUS_RECORDED}}).receipts(0);
  constexpr int kWrites = 6;  // a: taken out, set apart, put behind; b: taken out, dropped; commit
  for (int n = 0; n < kWrites; ++n) {
    connection_->DieAtWrite(n);
    EXPECT_FALSE(outbox_->SettleNotKept(response).ok()) << n;
    Restart();
    EXPECT_EQ(Again(), (Ids{"a", "b"})) << n;
    EXPECT_EQ(outbox_->refused(), 2) << n;
  }
  ASSERT_OK(outbox_->SettleNotKept(response));
  EXPECT_EQ(outbox_->not_kept(), 1);
  EXPECT_EQ(outbox_->refused(), 1);
}

// As a program that knows nothing of not_kept leaves the file behind: refused, put again, and what
// was refused forgotten.
TEST_F(OutboxTest, WhatAnOlderProgramForgotIsNotSentAgain) {
  for (const char* id : {"a", "b"}) ASSERT_OK(outbox_->Put(Named(id)));
  ASSERT_OK(outbox_->Settle(NotKept({"a", "b"})));
  Change("DELETE FROM refused WHERE outcome_id = 'a'");
  Restart();
  EXPECT_EQ(outbox_->not_kept(), 1);
  EXPECT_EQ(Again(), Ids{"b"});
}

TEST_F(OutboxTest, WhatIsToBeSentAgainAlreadyIsNotKeptOnceMore) {
  Change("INSERT INTO not_kept (outcome_id, version) VALUES ('a', 1)");
  ASSERT_OK_AND_ASSIGN(outbox_, Outbox::Open(*file_, ids_));
  ASSERT_OK(outbox_->Put(Named("a")));
  ASSERT_OK_AND_ASSIGN(const auto refused, outbox_->Settle(NotKept({"a"})));
  EXPECT_EQ(refused.size(), 1u);
  EXPECT_EQ(outbox_->pending(), 0);
  EXPECT_EQ(outbox_->not_kept(), 1);
  EXPECT_EQ(Again(), Ids{"a"});
}

TEST_F(OutboxTest, SameReceiptTwiceIsOnce) {
  ASSERT_OK(outbox_->Put(Named("a")));
  const Response response = Receipts({{"a", Response::STATUS_VERSION_GAP}});
  ASSERT_OK(outbox_->Settle(response));
  ASSERT_OK_AND_ASSIGN(const auto refused, outbox_->Settle(response));
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(outbox_->pending(), 0);
  EXPECT_EQ(outbox_->refused(), 1);
}

TEST_F(OutboxTest, StatusOfALaterHubCountsAsRefused) {
  ASSERT_OK(outbox_->Put(Named("a")));
  ASSERT_OK(outbox_->Settle(Receipts({{"a", static_cast<Response::Status>(99)}})));
  EXPECT_EQ(outbox_->refused(), 1);
}

TEST_F(OutboxTest, ReceiptWithoutAStatusSettlesNothing) {
  ASSERT_OK(outbox_->Put(Named("a")));
  ASSERT_OK(outbox_->Put(Named("b")));
  EXPECT_THAT(outbox_->Settle(Receipts(
                  {{"a", Response::STATUS_RECORDED}, {"b", Response::STATUS_UNSPECIFIED}})),
              FailsWith(absl::StatusCode::kInternal, "RECEIPT_INVALID"));
  EXPECT_EQ(Waiting(), (Ids{"a/1", "b/1"}));
}

TEST_F(OutboxTest, DropsARefusedOutcome) {
  ASSERT_OK(outbox_->Put(Named("a")));
  ASSERT_OK(outbox_->Settle(Receipts({{"a", Response::STATUS_INVALID}})));
  ASSERT_OK(outbox_->DropRefused("a", 1));
  EXPECT_THAT(outbox_->DropRefused("a", 1),
              FailsWith(absl::StatusCode::kNotFound, "OUTCOME_UNKNOWN"));
  EXPECT_EQ(outbox_->refused(), 0);
}

TEST_F(OutboxTest, RefusedOutcomeThatIsPutAgainIsRefusedNoLonger) {
  ASSERT_OK(outbox_->Put(Named("a")));
  ASSERT_OK(outbox_->Settle(Receipts({{"a", Response::STATUS_UNKNOWN_ASSIGNMENT}})));
  ASSERT_OK(outbox_->Put(Named("a")));
  EXPECT_EQ(outbox_->refused(), 0);
  EXPECT_EQ(Refused(), Ids{});
  ASSERT_OK(outbox_->Settle(Receipts({{"a", Response::STATUS_RECORDED}})));
  EXPECT_EQ(outbox_->refused(), 0);
  EXPECT_EQ(Waiting(), Ids{});
}

TEST_F(OutboxTest, KilledWhileSettlingNothingIsLostOrHalfDone) {
  for (const char* id : {"a", "b"}) ASSERT_OK(outbox_->Put(Named(id)));
  const Response response =
      Receipts({{"a", Response::STATUS_RECORDED}, {"b", Response::STATUS_INVALID}});
  constexpr int kWrites = 4;  // forget a; forget b, set it apart; commit
  for (int n = 0; n < kWrites; ++n) {
    connection_->DieAtWrite(n);
    EXPECT_FALSE(outbox_->Settle(response).ok()) << n;
    Restart();
    EXPECT_EQ(Waiting(), (Ids{"a/1", "b/1"})) << n;
    EXPECT_EQ(outbox_->refused(), 0) << n;
  }
  ASSERT_OK(outbox_->Settle(response));
  EXPECT_EQ(outbox_->pending(), 0);
  EXPECT_EQ(outbox_->refused(), 1);
}

TEST_F(OutboxTest, KilledWhilePuttingTheIdWasNotGivenOut) {
  connection_->DieAtWrite(1);  // the commit
  EXPECT_FALSE(outbox_->Put(Named("a")).ok());
  Restart();
  EXPECT_EQ(outbox_->pending(), 0);
}

}  // namespace
}  // namespace switchboard::adapters
