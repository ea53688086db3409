// Bad input to CoreService.ImportAccounts over the wire: a typed error or a receipt that names the
// field, nothing else lost, and what was refused kept and counted.

#include <functional>

#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using testing::FailsWith;
using Response = v1::ImportAccountsResponse;

constexpr char kMethod[] = "/switchboard.v1.CoreService/ImportAccounts";
constexpr char kQuarantined[] = "switchboard_quarantined_total{kind=\"account\"}";

std::string GoodBytes(int64_t sequence) { return Record(sequence).SerializeAsString(); }

std::string Altered(int64_t sequence, const std::function<void(v1::AccountRecord&)>& alter) {
  v1::AccountRecord record = Record(sequence);
  alter(record);
  return record.SerializeAsString();
}

// Bytes of the same length that are no UTF-8, in place of `text`.
std::string Spoilt(std::string bytes, const std::string& text) {
  const size_t at = bytes.find(text);
  EXPECT_NE(at, std::string::npos);
  return bytes.replace(at, text.size(), std::string(text.size(), '\xff'));
}

class ImportInput : public ::testing::Test {
 protected:
  // Sends one batch on a stream of its own and ends the stream.
  absl::StatusOr<Response> Import(const std::string& batch) {
    return AskFor<Response>(core_, kMethod, batch);
  }
  int64_t Through(const std::string& source = "nightly") {
    const auto answer = Import(BatchOf(source, {}));
    EXPECT_OK(answer);
    return answer.ok() ? answer->through() : -1;
  }

  EdgeHub hub_;
  std::shared_ptr<grpc::Channel> core_ = hub_.Connect(kCore);
};

TEST_F(ImportInput, ABadRecordCostsOnlyItself) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* field;
  };
  const Case kCases[] = {
      {"garbage", "\xff\xff\xff nothing", ""},
      {"text that is not UTF-8", Spoilt(GoodBytes(2), "花子"), ""},
      {"unknown enum",
       Altered(2,
               [](auto& record) {
                 record.mutable_person()->mutable_contact_points(0)->set_kind(
                     static_cast<v1::ContactKind>(99));
               }),
       "person.contact_points[0].kind"},
      {"a date that is none",
       Altered(2,
               [](auto& record) {
                 record.mutable_person()->mutable_birth_date()->set_month(2);
                 record.mutable_person()->mutable_birth_date()->set_day(30);
               }),
       "person.birth_date"},
      {"an amount out of range",
       Altered(2,
               [](auto& record) {
                 record.mutable_account()->mutable_balance()->set_minor_units(
                     std::numeric_limits<int64_t>::max());
               }),
       "account.balance"},
      {"a card number for an id",
       Altered(2,
               [](auto& record) { record.mutable_account()->set_account_id("4111111111111111"); }),
       "account.account_id"},
      {"no sequence", Altered(2, [](auto& record) { record.clear_sequence(); }), "sequence"},
      {"a negative sequence", Altered(2, [](auto& record) { record.set_sequence(-7); }),
       "sequence"},
      {"nothing", "", "sequence"},
  };
  int64_t first = 0;
  double quarantined = 0;
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    // A source each, so that the sequences 1, 2, 3 are news.
    const std::string source = "source-" + std::to_string(++first);
    v1::AccountRecord before = Record(1);
    v1::AccountRecord after = Record(3);
    before.mutable_account()->set_account_id("before-" + source);
    after.mutable_account()->set_account_id("after-" + source);
    const auto answer =
        Import(BatchOf(source, {before.SerializeAsString(), one.bytes, after.SerializeAsString()}));
    ASSERT_OK(answer);
    EXPECT_EQ(answer->accepted(), 2);
    EXPECT_EQ(answer->through(), 3);
    ASSERT_EQ(answer->receipts_size(), 1) << answer->ShortDebugString();
    const auto& receipt = answer->receipts(0);
    EXPECT_EQ(receipt.index(), 1);
    EXPECT_EQ(receipt.status(), Response::STATUS_INVALID);
    EXPECT_EQ(receipt.field().substr(0, std::string(one.field).size()), one.field)
        << receipt.ShortDebugString();
    EXPECT_NE(receipt.problem(), "");
    EXPECT_EQ(hub_.Metric(kQuarantined), ++quarantined);
    EXPECT_EQ(hub_.Quarantine().back(), "core/main account STATUS_INVALID " + receipt.field());
  }
}

TEST_F(ImportInput, SequencesThatDoNotGrow) {
  v1::AccountRecord other = Record(1);
  other.mutable_account()->set_account_id("another");
  const auto answer =
      Import(BatchOf("nightly", {GoodBytes(1), other.SerializeAsString(), GoodBytes(2)}));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->accepted(), 2);
  ASSERT_EQ(answer->receipts_size(), 1);
  EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_OUT_OF_ORDER);
  EXPECT_EQ(answer->receipts(0).field(), "sequence");

  // Sequences are judged account by account.
  v1::AccountRecord altered = Record(1);
  altered.mutable_account()->set_days_past_due(altered.account().days_past_due() + 1);
  const auto later = Import(BatchOf("nightly", {altered.SerializeAsString(), GoodBytes(3)}));
  ASSERT_OK(later);
  EXPECT_EQ(later->accepted(), 1);
  ASSERT_EQ(later->receipts_size(), 1);
  EXPECT_EQ(later->receipts(0).status(), Response::STATUS_SEQUENCE_REUSED);

  const auto repeated = Import(BatchOf("nightly", {GoodBytes(1), GoodBytes(2)}));
  ASSERT_OK(repeated);
  ASSERT_EQ(repeated->receipts_size(), 2);
  EXPECT_EQ(repeated->receipts(0).status(), Response::STATUS_REPEATED);
  EXPECT_EQ(hub_.Metric(kQuarantined), 2);
}

TEST_F(ImportInput, ABatchThatIsNoMessage) {
  EXPECT_THAT(Import("\xff\xff\xff"),
              FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  EXPECT_EQ(Through(), 0);
}

TEST_F(ImportInput, TooManyRecords) {
  EXPECT_THAT(Import(BatchOf("nightly", std::vector<std::string>(1001, GoodBytes(1)))),
              FailsWith(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  EXPECT_EQ(Through(), 0);
}

TEST_F(ImportInput, ABatchOfMoreThanFourMebibytesEndsTheStreamBehindWhatWasTaken) {
  RawCall call(core_, kMethod);
  ASSERT_TRUE(call.Write(BatchOf("nightly", {GoodBytes(1)})));
  call.Write(BatchOf("nightly", {std::string(5 << 20, 'x')}));
  call.Write(BatchOf("nightly", {GoodBytes(2)}));
  const auto answer = call.ReadAs<Response>();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->through(), 1);
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE"));
  EXPECT_EQ(Through(), 1);
  // gRPC itself refuses what is larger still, and gives no reason.
  EXPECT_EQ(Import(BatchOf("nightly", {std::string(9 << 20, 'x')})).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(ImportInput, SourcesThatAreNone) {
  for (const std::string& source :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("\xff")}) {
    EXPECT_THAT(Import(BatchOf(source, {GoodBytes(1)})),
                FailsWith(absl::StatusCode::kInvalidArgument, "SOURCE_INVALID"));
  }
}

TEST_F(ImportInput, TheSourceMayNotChangeWithinAStream) {
  RawCall call(core_, kMethod);
  ASSERT_TRUE(call.Write(BatchOf("nightly", {GoodBytes(1)})));
  ASSERT_TRUE(call.ReadAs<Response>().has_value());
  ASSERT_TRUE(call.Write(BatchOf("other", {GoodBytes(2)})));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kInvalidArgument, "SOURCE_INVALID"));
  EXPECT_EQ(Through("nightly"), 1);
  EXPECT_EQ(Through("other"), 0);
}

// Otherwise the source would move past records that nobody kept.
TEST_F(ImportInput, NothingIsWrittenBehindABatchThatFailed) {
  RawCall call(core_, kMethod);
  call.Write(BatchOf("nightly", {GoodBytes(1)}));
  call.Write("\xff\xff\xff");
  call.Write(BatchOf("nightly", {GoodBytes(2), GoodBytes(3)}));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  EXPECT_EQ(Through(), 1);
  const auto again = Import(BatchOf("nightly", {GoodBytes(2), GoodBytes(3)}));
  ASSERT_OK(again);
  EXPECT_EQ(again->accepted(), 2);
  EXPECT_EQ(again->receipts_size(), 0);
}

TEST_F(ImportInput, AStreamWithoutABatchEndsWell) {
  RawCall call(core_, kMethod);
  call.HalfClose();
  EXPECT_FALSE(call.Read().has_value());
  EXPECT_OK(call.Finish());
}

TEST_F(ImportInput, AHalfClosedStreamAnswersEverything) {
  RawCall call(core_, kMethod);
  for (int64_t i = 1; i <= 20; ++i) ASSERT_TRUE(call.Write(BatchOf("nightly", {GoodBytes(i)})));
  call.HalfClose();
  for (int64_t i = 1; i <= 20; ++i) {
    const auto answer = call.ReadAs<Response>();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_EQ(answer->through(), i);
  }
  EXPECT_OK(call.Finish());
}

// What was taken stays; the source goes on where that ends.
TEST_F(ImportInput, ACoreThatGoesLosesNothingThatWasAnswered) {
  {
    RawCall call(core_, kMethod);
    ASSERT_TRUE(call.Write(BatchOf("nightly", {GoodBytes(1)})));
    ASSERT_TRUE(call.ReadAs<Response>().has_value());
    call.Cancel();
    EXPECT_EQ(call.Finish().code(), absl::StatusCode::kCancelled);
  }
  EXPECT_TRUE(hub_.MetricReaches(
      "switchboard_rpcs_total{code=\"CANCELLED\",method=\"" + std::string(kMethod) + "\"}", 1));
  EXPECT_EQ(Through(), 1);
}

// A small batch parses sooner than the large one before it.
TEST_F(ImportInput, BatchesUnderWayKeepTheirOrder) {
  RawCall call(core_, kMethod);
  int64_t next = 1;
  for (int round = 0; round < 20; ++round) {
    for (const int64_t size : {300, 1, 1, 1}) {
      std::vector<std::string> records;
      for (int64_t i = 0; i < size; ++i) records.push_back(GoodBytes(next++));
      ASSERT_TRUE(call.Write(BatchOf("nightly", records)));
    }
    for (int i = 0; i < 4; ++i) {
      const auto answer = call.ReadAs<Response>();
      ASSERT_TRUE(answer.has_value());
      ASSERT_EQ(answer->receipts_size(), 0) << answer->receipts(0).ShortDebugString();
    }
  }
  call.HalfClose();
  EXPECT_OK(call.Finish());
  EXPECT_EQ(Through(), next - 1);
  EXPECT_EQ(hub_.Metric(kQuarantined), 0);
}

}  // namespace
}  // namespace switchboard::edge_test
