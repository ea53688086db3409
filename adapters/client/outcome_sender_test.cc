#include "adapters/client/outcome_sender.h"

#include <memory>

#include "adapters/client/feed_model.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;
using Response = v1::ReportOutcomesResponse;

class OutcomeSenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(file_, VendorFile::Open(folder_ / "vendor.db"));
    ASSERT_OK_AND_ASSIGN(outbox_, Outbox::Open(*file_, ids_));
    sender_ = NewSender();
  }
  std::unique_ptr<OutcomeSender> NewSender() {
    return std::make_unique<OutcomeSender>(
        *outbox_, transport::BackoffOptions{absl::Seconds(2), absl::Seconds(60), 2.0},
        [] { return uint64_t{1} << 63; });
  }

  void Put(int count) {
    std::vector<v1::Outcome> outcomes(count);
    ASSERT_OK(outbox_->PutAll(std::move(outcomes)));
  }
  // How many outcomes are sent now; 0: nothing.
  int Sent() {
    auto request = sender_->Next(now_);
    EXPECT_OK(request);
    request_ = request->value_or(v1::ReportOutcomesRequest());
    return request_.outcomes_size();
  }
  Response Receipts(Response::Status status = Response::STATUS_RECORDED) {
    Response response;
    for (const auto& outcome : request_.outcomes()) {
      auto& receipt = *response.add_receipts();
      receipt.set_outcome_id(outcome.outcome_id());
      receipt.set_version(outcome.version());
      receipt.set_status(status);
    }
    return response;
  }
  // The same, of outcomes that the hub has not kept.
  Response NotKept() {
    Response response = Receipts(Response::STATUS_UNMAPPED);
    for (auto& receipt : *response.mutable_receipts()) receipt.set_not_kept(true);
    return response;
  }
  auto Answer(absl::StatusOr<Response> answer) { return sender_->OnAnswer(now_, answer); }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 1};
  std::unique_ptr<VendorFile> file_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<OutcomeSender> sender_;
  absl::Time now_ = absl::FromUnixSeconds(1767225600);
  v1::ReportOutcomesRequest request_;
};

TEST_F(OutcomeSenderTest, SendsOneBatchAtATimeUntilDrained) {
  EXPECT_EQ(Sent(), 0);
  Put(1100);
  for (const int size : {500, 500, 100}) {
    EXPECT_EQ(Sent(), size);
    const auto sent = request_;
    EXPECT_EQ(Sent(), 0) << "one is under way";
    request_ = sent;
    ASSERT_OK(Answer(Receipts()));
  }
  EXPECT_EQ(Sent(), 0);
  EXPECT_EQ(outbox_->pending(), 0);
}

TEST_F(OutcomeSenderTest, SendsTheSameAgainAfterADelay) {
  Put(3);
  ASSERT_EQ(Sent(), 3);
  const std::string first = request_.SerializeAsString();
  EXPECT_FALSE(Answer(absl::UnavailableError("")).ok());
  EXPECT_EQ(Sent(), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Sent(), 3);
  EXPECT_EQ(request_.SerializeAsString(), first);
  EXPECT_FALSE(Answer(OverloadedError("full", absl::Seconds(30))).ok());
  now_ += absl::Seconds(29);
  EXPECT_EQ(Sent(), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Sent(), 3);
  ASSERT_OK(Answer(Receipts(Response::STATUS_REPEATED)));
  EXPECT_EQ(outbox_->pending(), 0);
}

TEST_F(OutcomeSenderTest, SendsTheSameToTheNextHubAtOnce) {
  OutcomeSender sender(
      *outbox_, {absl::Seconds(2), absl::Seconds(60), 2.0}, [] { return uint64_t{1} << 63; }, 2);
  Put(3);
  const auto sends = [&] {
    const auto request = sender.Next(now_);
    EXPECT_OK(request);
    return request.ok() && request->has_value();
  };
  ASSERT_TRUE(sends());
  EXPECT_FALSE(sender.OnAnswer(now_, OverloadedError("full", absl::Seconds(30))).ok());
  ASSERT_TRUE(sends());
  EXPECT_FALSE(sender.OnAnswer(now_, absl::UnavailableError("")).ok());
  now_ += absl::Seconds(29);
  EXPECT_FALSE(sends()) << "nobody is left to be asked at once";
  now_ += absl::Seconds(1);
  EXPECT_TRUE(sends());
}

TEST_F(OutcomeSenderTest, DoesNotBelieveReceiptsOfOtherOutcomes) {
  Put(2);
  ASSERT_EQ(Sent(), 2);
  Response wrong = Receipts();
  wrong.mutable_receipts()->SwapElements(0, 1);
  EXPECT_THAT(Answer(wrong), FailsWith(absl::StatusCode::kInternal, "RECEIPT_INVALID"));
  now_ += absl::Minutes(1);
  ASSERT_EQ(Sent(), 2);
  wrong = Receipts();
  wrong.mutable_receipts()->RemoveLast();
  EXPECT_THAT(Answer(wrong), FailsWith(absl::StatusCode::kInternal, "RECEIPT_INVALID"));
  now_ += absl::Minutes(1);
  ASSERT_EQ(Sent(), 2);
  EXPECT_THAT(Answer(Receipts(Response::STATUS_UNSPECIFIED)),
              FailsWith(absl::StatusCode::kInternal, "RECEIPT_INVALID"));
  EXPECT_EQ(outbox_->pending(), 2);
}

TEST_F(OutcomeSenderTest, OutcomeThatNoCallCanCarryIsSetApartAndTheOthersGo) {
  Put(8);
  const auto poison = [&] { return request_.outcomes(0).outcome_id(); };
  ASSERT_EQ(Sent(), 8);
  const std::string bad = poison();
  int calls = 0;
  while (outbox_->pending() > 0 && calls < 40) {
    if (request_.outcomes().empty()) {
      now_ += absl::Minutes(2);
      if (Sent() == 0) continue;
    }
    ++calls;
    if (poison() == bad) {
      Answer(Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "")).IgnoreError();
    } else {
      ASSERT_OK(Answer(Receipts()));
    }
    request_.Clear();
  }
  EXPECT_EQ(outbox_->pending(), 0);
  EXPECT_EQ(outbox_->refused(), 1);
  EXPECT_LT(calls, 12);
}

TEST_F(OutcomeSenderTest, WhatIsNotKeptIsSentAgainAfterDelaysThatGrow) {
  Put(2);
  ASSERT_EQ(Sent(), 2);
  ASSERT_OK_AND_ASSIGN(auto refused, Answer(NotKept()));
  EXPECT_EQ(refused.size(), 2u);
  // Half of the bound, by this random number: 30 s, 1 min, 2 min …, and half an hour in the end.
  for (const int seconds : {30, 60, 120, 240, 480, 960, 1'800, 1'800}) {
    now_ += absl::Seconds(seconds - 1);
    EXPECT_EQ(Sent(), 0) << seconds;
    Put(1);
    EXPECT_EQ(Sent(), 1) << "others do not wait for it";
    ASSERT_OK(Answer(Receipts()));
    now_ += absl::Seconds(1);
    EXPECT_EQ(Sent(), 2) << seconds;
    ASSERT_OK_AND_ASSIGN(refused, Answer(NotKept()));
    EXPECT_TRUE(refused.empty()) << "no news";
  }
  EXPECT_EQ(outbox_->pending(), 0);
  EXPECT_EQ(outbox_->not_kept(), 2);
  // Once the hub takes some, the next delay is a first one again.
  now_ += absl::Minutes(30);
  ASSERT_EQ(Sent(), 2);
  Response response = NotKept();
  response.mutable_receipts(0)->set_status(Response::STATUS_RECORDED);
  response.mutable_receipts(0)->set_not_kept(false);
  ASSERT_OK(Answer(response));
  now_ += absl::Seconds(30);
  EXPECT_EQ(Sent(), 1);
  ASSERT_OK(Answer(Receipts()));
  EXPECT_EQ(outbox_->not_kept(), 0);
  EXPECT_EQ(outbox_->refused(), 0);
  now_ += absl::Hours(2);
  EXPECT_EQ(Sent(), 0);
}

TEST_F(OutcomeSenderTest, WhatIsNotKeptIsSentAtOnceAfterARestart) {
  Put(1);
  ASSERT_EQ(Sent(), 1);
  Response response = Receipts(Response::STATUS_INVALID);
  response.mutable_receipts(0)->set_not_kept(true);
  ASSERT_OK(Answer(response));
  EXPECT_EQ(Sent(), 0);
  sender_.reset();
  outbox_.reset();
  file_.reset();
  SetUp();  // on the same file
  EXPECT_EQ(Sent(), 1);
}

TEST_F(OutcomeSenderTest, ACallThatIsRefusedForWhatIsSentAgainSendsItNoMore) {
  Put(1);
  ASSERT_EQ(Sent(), 1);
  Response response = Receipts(Response::STATUS_UNMAPPED);
  response.mutable_receipts(0)->set_not_kept(true);
  ASSERT_OK(Answer(response));
  now_ += absl::Minutes(1);
  ASSERT_EQ(Sent(), 1);
  ASSERT_OK_AND_ASSIGN(const auto refused,
                       Answer(Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "")));
  EXPECT_EQ(refused.size(), 1u);
  EXPECT_EQ(outbox_->not_kept(), 0);
  EXPECT_EQ(outbox_->refused(), 1);
}

// What cannot be sent again held up all others.
TEST_F(OutcomeSenderTest, WithoutAnythingToSendAgainTheOthersGo) {
  ASSERT_OK(file_->Transact([this] {
    return file_->connection()
        .Execute("INSERT INTO not_kept (outcome_id, version) VALUES ('forgotten', 1)", {})
        .status();
  }));
  ASSERT_OK_AND_ASSIGN(outbox_, Outbox::Open(*file_, ids_));
  sender_ = NewSender();
  ASSERT_EQ(outbox_->not_kept(), 1);
  EXPECT_EQ(Sent(), 0);
  Put(2);
  EXPECT_EQ(Sent(), 2);
  ASSERT_OK(Answer(Receipts()));
  EXPECT_EQ(outbox_->pending(), 0);
}

TEST_F(OutcomeSenderTest, ACallThatFailsForWhatIsSentAgainLetsTheOthersGoFirst) {
  Put(1);
  ASSERT_EQ(Sent(), 1);
  ASSERT_OK(Answer(NotKept()));
  now_ += absl::Seconds(30);
  Put(2);
  ASSERT_EQ(Sent(), 1);
  EXPECT_FALSE(Answer(absl::DeadlineExceededError("")).ok());
  now_ += absl::Seconds(2);
  EXPECT_EQ(Sent(), 2);
  ASSERT_OK(Answer(Receipts()));
  // A minute after it failed, and two after it fails once more.
  now_ += absl::Seconds(57);
  EXPECT_EQ(Sent(), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Sent(), 1);
  Response wrong = Receipts();
  wrong.mutable_receipts(0)->set_version(9);
  EXPECT_FALSE(Answer(wrong).ok());
  now_ += absl::Seconds(119);
  EXPECT_EQ(Sent(), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Sent(), 1);
  ASSERT_OK(Answer(Receipts()));
  EXPECT_EQ(outbox_->not_kept(), 0);
}

// Ordinary batches would let the next one grow again, and the outcome that is to blame be never
// found.
TEST_F(OutcomeSenderTest, HalvesOfWhatIsSentAgainFollowAtOnce) {
  Put(4);
  ASSERT_EQ(Sent(), 4);
  ASSERT_OK(Answer(NotKept()));
  now_ += absl::Seconds(30);
  Put(3);
  for (const int size : {4, 2, 1}) {
    EXPECT_EQ(Sent(), size);
    Answer(Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "")).IgnoreError();
    now_ += absl::Seconds(10);
  }
  EXPECT_EQ(outbox_->not_kept(), 3);
  EXPECT_EQ(outbox_->pending(), 3);
}

TEST_F(OutcomeSenderTest, LosingTheContractRefusesNothing) {
  Put(1);
  ASSERT_EQ(Sent(), 1);
  EXPECT_FALSE(Answer(Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT", "")).ok());
  EXPECT_EQ(outbox_->pending(), 1);
  EXPECT_EQ(outbox_->refused(), 0);
}

}  // namespace
}  // namespace switchboard::adapters
