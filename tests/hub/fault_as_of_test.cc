// Older news never wins over newer, whoever brings it and in whatever order it comes (I12).
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::AsOf;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Payment;
using testing::Receipts;
using testing::WithMobile;

class AsOfTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji"});
    read_ = world_.clock.Now();
    world_.clock.Advance(absl::Hours(1));
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    world_.clock.Advance(absl::Hours(1));
  }
  static v1::AccountRecord Owing(int64_t sequence, int64_t amount) {
    return MakeRecord(sequence, {.amount_due = amount});
  }
  v1::ImportAccountsRequest Request(const std::vector<v1::AccountRecord>& records) {
    v1::ImportAccountsRequest request;
    request.set_source("file");
    *request.mutable_as_of_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now()));
    for (const auto& record : records) *request.add_records() = record;
    return request;
  }
  v1::CoreEvent PaymentAt(const std::string& event_id, absl::Time booked) {
    auto event = Payment(event_id, "A-1");
    *event.mutable_payment()->mutable_pay_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(booked));
    return event;
  }
  std::string Live() { return world_.Live("A-1").vendor_id(); }
  // How many records are kept that another source has replaced.
  int64_t Replaced() {
    int64_t count = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query("SELECT COUNT(*) FROM replaced_record", {}, [&](const auto& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  }

  HubWorld world_;
  absl::Time read_;  // when an old file was read: before the account's first import
};

TEST_F(AsOfTest, OlderTruthChangesNothingWhoeverBringsIt) {
  const auto placed = world_.Live("A-1");
  const int64_t before = world_.Vendor(placed.vendor_id()).newest_sequence();
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 1)}, "file", read_)),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_THAT(Receipts(world_.Import({Owing(1, 1)}, "another-file", read_)),
              ElementsAre("0:STATUS_OUTDATED:"));
  v1::ImportAccountsRequest request = Request({AsOf(Owing(1, 1), read_)});
  const auto stream = world_.hub().core_api().OpenImport(testing::Core("migration"));
  EXPECT_THAT(Receipts(world_.Await<v1::ImportAccountsResponse>(
                  [&](auto done) { stream->Take(request.SerializeAsString(), done); })),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), placed.assignment_id());
  EXPECT_EQ(world_.Vendor(placed.vendor_id()).newest_sequence(), before);
  EXPECT_THAT(world_.Quarantine(), IsEmpty());
}

// Nor an account that came with older truth late, and would go to a vendor or from one.
TEST_F(AsOfTest, OlderTruthNeitherPlacesNorWithdraws) {
  auto current = MakeRecord(2);
  current.mutable_account()->set_days_past_due(0);
  current.mutable_account()->clear_due_date();
  EXPECT_THAT(Receipts(world_.Import({current}, "another", read_)),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_NE(Live(), "");
  EXPECT_THAT(Receipts(world_.Import({current})), ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(3)}, "another", read_)),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_EQ(Live(), "");
}

TEST_F(AsOfTest, RecordsOwnTimeCountsBeforeTheRequests) {
  const absl::Time now = world_.clock.Now();
  EXPECT_THAT(Receipts(world_.Import({AsOf(Owing(2, 1), read_)})),
              ElementsAre("0:STATUS_OUTDATED:"));
  EXPECT_THAT(Receipts(world_.Import({AsOf(Owing(3, 2), now)}, "file", read_)), IsEmpty());
  EXPECT_THAT(Receipts(world_.Import({AsOf(Owing(4, 3), now + absl::Minutes(2))})),
              ElementsAre("0:STATUS_INVALID:as_of_time"));
}

TEST_F(AsOfTest, KilledHubAndResumedStreamKeepTheOrder) {
  ASSERT_OK(world_.Import({Owing(2, 1)}));
  world_.Crash();
  EXPECT_THAT(Receipts(world_.Import({Owing(1, 9), Owing(3, 9)}, "file", read_)),
              ElementsAre("0:STATUS_REPEATED:", "1:STATUS_OUTDATED:"));
}

// The same bytes as before, under a sequence of their own.
TEST_F(AsOfTest, IdenticalRecordOpensNothingUnlessItIsReadAfterThePayment) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  const absl::Time paid = world_.clock.Now();
  for (const absl::Time read : {paid - absl::Minutes(30), paid}) {
    EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)}, "file", read)),
                ElementsAre(::testing::EndsWith(":STOPPED")));
    EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)}, "another", read)),
                ElementsAre(::testing::EndsWith(":STOPPED")));
    EXPECT_EQ(Live(), "");
  }
  world_.Restart();
  EXPECT_EQ(Live(), "");
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(4)})), IsEmpty());
  EXPECT_NE(Live(), "");
}

TEST_F(AsOfTest, PaymentReceivedBeforeItsBookingHoldsUntilTheBooking) {
  const absl::Time booked = world_.clock.Now() + absl::Hours(6);
  ASSERT_OK(world_.Post({PaymentAt("pay-1", booked)}));
  world_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)})), ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  world_.clock.Advance(absl::Hours(6));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(3)}, "file", booked)),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(4)}, "file", booked + absl::Microseconds(1))),
              IsEmpty());
  EXPECT_NE(Live(), "");
}

// What the core read after the booking, but before it told the hub, may or may not know of it.
TEST_F(AsOfTest, PaymentBookedLongBeforeItIsReceivedHoldsUntilItWasReceived) {
  ASSERT_OK(world_.Post({PaymentAt("pay-1", world_.clock.Now() - absl::Hours(72))}));
  const absl::Time received = world_.clock.Now();
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)}, "file", received - absl::Minutes(1))),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(3)})), IsEmpty());
}

// Each payment waits for data of its own.
TEST_F(AsOfTest, LaterPaymentHoldsOnWhenTheEarlierIsSettled) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  world_.clock.Advance(absl::Hours(1));
  const absl::Time between = world_.clock.Now();
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Post({Payment("pay-2", "A-1")}));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)}, "file", between)),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(3)})), IsEmpty());
}

// A payment is urgent and overtakes a batch that came before it.
TEST_F(AsOfTest, PaymentThatOvertakesABatchInTheQueueHolds) {
  const v1::ImportAccountsRequest request = Request({MakeRecord(2)});
  const auto stream = world_.hub().core_api().OpenImport(testing::Core());
  absl::StatusOr<v1::ImportAccountsResponse> imported = absl::InternalError("no answer");
  stream->Take(request.SerializeAsString(), [&](auto answer) { imported = std::move(answer); });
  world_.executor.RunAll();  // parsed, and in the writer's queue
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  EXPECT_OK(imported);
  EXPECT_EQ(Live(), "");
}

TEST_F(AsOfTest, OldFileAfterThePaymentOfAnUnknownAccountOpensNothing) {
  auto payment = Payment("pay-1", "A-9");
  EXPECT_EQ(AnswerOf(world_.Post({payment})), "UNKNOWN_SUBJECT 0 0");
  const auto nine = MakeRecord(9, {.account_id = "A-9", .person_id = "P-9"});
  EXPECT_THAT(Receipts(world_.Import({nine}, "file", read_)),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(world_.Live("A-9").vendor_id(), "");
}

// Of a person, the newest truth that came with any account.
TEST_F(AsOfTest, OlderOwnerBesideAnotherAccountBringsNoOldNumberBack) {
  ASSERT_OK(world_.Import({WithMobile(MakeRecord(2), "+819099998888")}));
  const auto other = MakeRecord(3, {.account_id = "A-2"});
  EXPECT_THAT(Receipts(world_.Import({other}, "file", read_)), IsEmpty());
  const auto live = world_.Live("A-1");
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       world_.Ask(live.vendor_id(), "r-1", live.assignment_id()));
  EXPECT_EQ(answer.permit().dial(), "+819099998888");
}

// Two files of the same midnight. Whoever is cut off sends again from before.
TEST_F(AsOfTest, RecordSentAgainBringsNothingBackThatAnotherSourceReplacedAtTheSameTime) {
  const absl::Time midnight = world_.clock.Now();
  world_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 100)}, "file", midnight)), IsEmpty());
  EXPECT_THAT(Receipts(world_.Import({Owing(1, 200)}, "online", midnight)), IsEmpty());
  const auto repeated = ElementsAre("0:STATUS_REPEATED:");
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 100)}, "file", midnight)), repeated);
  world_.Restart();
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 100)}, "file", midnight)), repeated);
  EXPECT_THAT(Receipts(world_.Import({Owing(1, 200)}, "online", midnight)), repeated);
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 101)}, "file", midnight)),
              ElementsAre("0:STATUS_SEQUENCE_REUSED:sequence"));
  // What it did not say before is news.
  EXPECT_THAT(Receipts(world_.Import({Owing(3, 300)}, "file", midnight)), IsEmpty());
  EXPECT_THAT(Receipts(world_.Import({Owing(1, 200)}, "online", midnight)), repeated);
}

// Files that are each numbered from 1 are sources of their own.
TEST_F(AsOfTest, SourceForEachNightLeavesNoRecordsBehind) {
  for (int night = 1; night <= 3; ++night) {
    world_.clock.Advance(absl::Hours(24));
    const std::string source = "night-" + std::to_string(night);
    const auto second = MakeRecord(2, {.account_id = "A-2"});
    EXPECT_THAT(Receipts(world_.Import({MakeRecord(1), second}, source)), IsEmpty());
    EXPECT_THAT(Receipts(world_.Import({MakeRecord(1)}, source, world_.clock.Now())),
                ElementsAre("0:STATUS_REPEATED:"));
    EXPECT_EQ(Replaced(), 0);
  }
}

TEST_F(AsOfTest, RecordReplacedAtTheSameTimeIsKeptUntilTheNextTruth) {
  const absl::Time midnight = world_.clock.Now();
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({Owing(2, 100)}, "file", midnight));
  ASSERT_OK(world_.Import({Owing(1, 200)}, "online", midnight));
  EXPECT_EQ(Replaced(), 1);
  ASSERT_OK(world_.Import({Owing(3, 300)}, "file", midnight));
  EXPECT_EQ(Replaced(), 2);
  const absl::Time noon = world_.clock.Now();
  EXPECT_THAT(Receipts(world_.Import({Owing(2, 400)}, "online", noon)), IsEmpty());
  EXPECT_EQ(Replaced(), 0);
  // Within one batch as well.
  world_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(Receipts(world_.Import({AsOf(Owing(4, 500), noon), Owing(5, 600)})), IsEmpty());
  EXPECT_EQ(Replaced(), 0);
}

}  // namespace
}  // namespace switchboard
