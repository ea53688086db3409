// What was refused: counted once, read by two operators' word and masked, and taken again when the
// rule or the contract has changed.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using Receipt = v1::ReplayQuarantineResponse::Receipt;
using What = v1::AuditEvent::Occurrence;

// A time that the hub takes a day later only: ahead of its clock by more than it allows.
constexpr absl::Duration kTooEarly = absl::Hours(30);

class QuarantineTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura"}); }

  absl::StatusOr<v1::VouchForQuarantineResponse> Vouch(const std::string& name,
                                                       const std::string& id) {
    v1::VouchForQuarantineRequest request;
    request.set_quarantine_id(id);
    return world_.Await<v1::VouchForQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().VouchForQuarantine(Operator(name), request, done);
    });
  }
  absl::StatusOr<v1::ReadQuarantineResponse> Read(const std::string& id) {
    v1::ReadQuarantineRequest request;
    request.set_quarantine_id(id);
    return world_.Await<v1::ReadQuarantineResponse>(
        [&](auto done) { world_.hub().operator_api().ReadQuarantine(Operator(), request, done); });
  }
  // Both have given their word now.
  absl::StatusOr<v1::ReadQuarantineResponse> ReadByTwo(const std::string& id) {
    RETURN_IF_ERROR(Vouch("ito", id).status());
    RETURN_IF_ERROR(Vouch("sato", id).status());
    return Read(id);
  }
  std::vector<Receipt> Replay(const std::vector<std::string>& ids) {
    v1::ReplayQuarantineRequest request;
    for (const std::string& id : ids) request.add_quarantine_ids(id);
    const auto response = world_.Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().ReplayQuarantine(Operator(), request, done);
    });
    EXPECT_OK(response);
    if (!response.ok()) return {};
    return {response->receipts().begin(), response->receipts().end()};
  }
  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    for (const auto& item : world_.Quarantine()) ids.push_back(item.quarantine_id());
    return ids;
  }
  google::protobuf::Timestamp At(absl::Duration from_now) {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now() + from_now));
  }
  // Good but for its own as_of_time, which lies ahead.
  v1::AccountRecord OfTomorrow(int64_t sequence, const std::string& account_id = "A-1") {
    auto record = MakeRecord(sequence, {.account_id = account_id});
    *record.mutable_as_of_time() = At(kTooEarly);
    return record;
  }
  int CountOf(What::What what) {
    int count = 0;
    for (const auto& event : world_.AuditEvents()) count += event.occurrence().what() == what;
    return count;
  }

  HubWorld world_;
};

TEST_F(QuarantineTest, TheSameContentIsKeptOnceAndCounted) {
  auto broken = MakeRecord(1);
  broken.mutable_person()->clear_given_name();
  for (int i = 0; i < 3; ++i) ASSERT_OK(world_.Import({broken}));
  broken.mutable_person()->clear_family_name();
  ASSERT_OK(world_.Import({broken}));
  const auto items = world_.Quarantine();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].count(), 3);
  EXPECT_EQ(items[1].count(), 1);
  int recorded = 0;
  for (const auto& event : world_.AuditEvents())
    recorded += event.kind() == v1::AuditEvent::KIND_QUARANTINED ? 1 : 0;
  EXPECT_EQ(recorded, 2);
  // Of another source it is another item.
  ASSERT_OK(world_.Import({broken}, "other"));
  EXPECT_EQ(world_.Quarantine().size(), 3u);
}

TEST_F(QuarantineTest, ContentTakesTheWordsOfTwoOperatorsWithinADay) {
  ASSERT_OK(world_.Import({OfTomorrow(1)}));
  const std::string id = Ids().at(0);
  const auto needed = FailsWith(absl::StatusCode::kFailedPrecondition, "TWO_WORDS_NEEDED");
  EXPECT_THAT(Read(id), needed);
  for (int i = 0; i < 2; ++i) {  // the same one twice is one
    ASSERT_OK_AND_ASSIGN(const auto given, Vouch("ito", id));
    EXPECT_EQ(given.words(), 1);
  }
  EXPECT_THAT(Read(id), needed);
  world_.clock.Advance(absl::Hours(23));
  ASSERT_OK_AND_ASSIGN(const auto second, Vouch("sato", id));
  EXPECT_EQ(second.words(), 2);
  ASSERT_OK(Read(id));
  world_.clock.Advance(absl::Hours(1) + absl::Seconds(1));  // the first word is over
  EXPECT_THAT(Read(id), needed);
  EXPECT_EQ(CountOf(What::WHAT_QUARANTINE_VOUCHED), 3);
  EXPECT_EQ(CountOf(What::WHAT_QUARANTINE_READ), 1);
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "ITEM_UNKNOWN");
  EXPECT_THAT(Vouch("ito", "no-such-item"), unknown);
  EXPECT_THAT(Read("no-such-item"), unknown);
}

TEST_F(QuarantineTest, ContentShowsWhatIsWrongAndNotWhoseItIs) {
  auto broken = MakeRecord(7);
  broken.mutable_person()->mutable_birth_date()->set_month(13);
  ASSERT_OK(world_.Import({broken}));
  ASSERT_OK_AND_ASSIGN(const auto read, ReadByTwo(Ids().at(0)));
  EXPECT_EQ(read.item().kind(), "account");
  EXPECT_EQ(read.item().status(), "STATUS_INVALID");
  EXPECT_EQ(read.item().field(), "person.birth_date.month");
  EXPECT_EQ(read.item().bytes(), static_cast<int64_t>(broken.ByteSizeLong()));
  const auto& fields = read.content().fields();
  EXPECT_EQ(fields.at("sequence").string_value(), "7");
  const auto& person = fields.at("person").struct_value().fields();
  EXPECT_EQ(person.at("family_name").string_value(), "字字");
  EXPECT_EQ(person.at("birth_date").struct_value().fields().at("month").string_value(), "99");
  const std::string shown = read.content().ShortDebugString();
  for (const char* raw : {"山田", "太郎", "P-1", "A-1", "9012345678", "4111", "taro", "watch"})
    EXPECT_EQ(shown.find(raw), std::string::npos) << raw;
}

TEST_F(QuarantineTest, BytesThatAreNoMessageHaveNoContent) {
  v1::ImportAccountsRequest request;
  request.set_source("file");
  *request.mutable_as_of_time() = At(absl::ZeroDuration());
  // Field 2, a record of two bytes that end in the middle of a number.
  const std::string bytes = request.SerializeAsString() + std::string("\x12\x02\x08\xff", 4);
  ASSERT_OK(world_.ImportBytes(bytes));
  ASSERT_OK_AND_ASSIGN(const auto read, ReadByTwo(Ids().at(0)));
  EXPECT_TRUE(read.content().fields().empty());
  EXPECT_EQ(read.item().bytes(), 2);
}

TEST_F(QuarantineTest, AccountIsTakenOnceTheRuleAllowsIt) {
  ASSERT_OK(world_.Import({OfTomorrow(1)}));
  const std::string id = Ids().at(0);
  auto receipts = Replay({id});
  ASSERT_EQ(receipts.size(), 1u);
  EXPECT_FALSE(receipts[0].taken());
  EXPECT_EQ(receipts[0].status(), "STATUS_INVALID");
  EXPECT_EQ(receipts[0].field(), "as_of_time");
  EXPECT_THAT(Ids(), ElementsAre(id));
  EXPECT_EQ(world_.Quarantine()[0].count(), 1) << "it came once";
  EXPECT_TRUE(world_.Live("A-1").assignment_id().empty());
  world_.clock.Advance(kTooEarly);
  receipts = Replay({id, "no-such-item"});
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_TRUE(receipts[0].taken());
  EXPECT_EQ(receipts[0].status(), "STATUS_ACCEPTED");
  EXPECT_FALSE(receipts[1].taken());
  EXPECT_EQ(receipts[1].status(), "ITEM_UNKNOWN");
  EXPECT_THAT(Ids(), IsEmpty());
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "sakura");
  EXPECT_EQ(CountOf(What::WHAT_QUARANTINE_REPLAYED), 1);
  EXPECT_EQ(Replay({id}).at(0).status(), "ITEM_UNKNOWN");
}

// Each is judged with what the one before it did in the same call.
TEST_F(QuarantineTest, ReplayedTogetherAnAccountIsPlacedOnceAndItsPaymentCounts) {
  ASSERT_OK(world_.Import({OfTomorrow(1), OfTomorrow(2), OfTomorrow(3, "A-2")}));
  auto payment = Payment("e-1", "A-2");
  *payment.mutable_payment()->mutable_pay_time() = At(kTooEarly);
  ASSERT_OK(world_.Post({payment}));
  const auto ids = Ids();
  ASSERT_EQ(ids.size(), 4u);
  world_.clock.Advance(kTooEarly);
  for (const Receipt& receipt : Replay(ids)) EXPECT_TRUE(receipt.taken()) << receipt.status();
  EXPECT_EQ(world_.Placements("A-1").size(), 1u);
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "sakura");
  EXPECT_TRUE(world_.Live("A-2").assignment_id().empty()) << "it is paid";
  EXPECT_EQ(world_.Vendor("sakura").live_assignments(), 1);
  EXPECT_THAT(Ids(), IsEmpty());
}

TEST_F(QuarantineTest, EventIsTakenOnceTheRuleAllowsIt) {
  ASSERT_OK(world_.Import({MakeRecord(1)}));
  auto payment = Payment("e-1", "A-1");
  *payment.mutable_payment()->mutable_pay_time() = At(kTooEarly);
  ASSERT_OK(world_.Post({payment}));
  ASSERT_EQ(world_.Live("A-1").vendor_id(), "sakura");
  const std::string id = Ids().at(0);
  EXPECT_FALSE(Replay({id}).at(0).taken());
  world_.clock.Advance(kTooEarly);
  const Receipt receipt = Replay({id}).at(0);
  EXPECT_TRUE(receipt.taken());
  EXPECT_EQ(receipt.status(), "STATUS_ACCEPTED");
  EXPECT_TRUE(world_.Live("A-1").assignment_id().empty());
  ASSERT_OK_AND_ASSIGN(const auto again, world_.Post({payment}));
  EXPECT_EQ(again.receipts(0).status(), v1::PostEventsResponse::STATUS_REPEATED);
}

// A correction that overtook what it corrects.
TEST_F(QuarantineTest, OutcomeIsTakenOnceItsTimeHasCome) {
  ASSERT_OK(world_.Import({MakeRecord(1)}));
  const std::string assignment = world_.Live("A-1").assignment_id();
  ASSERT_OK(world_.Report("sakura", {MakeOutcome("o-1", assignment, CallCode::kAttorney, 2)}));
  const std::string id = Ids().at(0);
  const Receipt early = Replay({id}).at(0);
  EXPECT_FALSE(early.taken());
  EXPECT_EQ(early.status(), "STATUS_VERSION_GAP");
  ASSERT_OK(world_.Report("sakura", {MakeOutcome("o-1", assignment)}));
  const Receipt receipt = Replay({id}).at(0);
  EXPECT_TRUE(receipt.taken());
  EXPECT_EQ(receipt.status(), "STATUS_RECORDED");
  ASSERT_OK_AND_ASSIGN(const auto read, world_.ReadCoreFeed(0));
  ASSERT_EQ(read.items_size(), 2);
  EXPECT_EQ(read.items(1).outcome().outcome().version(), 2);
  EXPECT_TRUE(world_.Live("A-1").assignment_id().empty()) << "it stops the person";
}

TEST_F(QuarantineTest, ReplayTakesOneToAHundredIds) {
  v1::ReplayQuarantineRequest request;
  for (const int count : {0, 101}) {
    request.clear_quarantine_ids();
    for (int i = 0; i < count; ++i) request.add_quarantine_ids("x" + std::to_string(i));
    EXPECT_THAT(world_.Await<v1::ReplayQuarantineResponse>([&](auto done) {
      world_.hub().operator_api().ReplayQuarantine(Operator(), request, done);
    }),
                FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << count;
  }
  request.mutable_quarantine_ids()->DeleteSubrange(100, 1);
  EXPECT_OK(world_.Await<v1::ReplayQuarantineResponse>(
      [&](auto done) { world_.hub().operator_api().ReplayQuarantine(Operator(), request, done); }));
}

// Sent again it is news of that day, and not replayed as of the day when it came first.
TEST_F(QuarantineTest, SentAgainItIsTrueAsOfTheLaterTime) {
  auto born_too_late = MakeRecord(1, {.amount_due = 700});
  auto& birth_date = *born_too_late.mutable_person()->mutable_birth_date();
  birth_date.set_year(2026);
  birth_date.set_month(1);
  birth_date.set_day(9);
  ASSERT_OK(world_.Import({born_too_late}));
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({MakeRecord(1)}, "online"));
  world_.clock.Advance(absl::Hours(1));
  ASSERT_OK(world_.Import({born_too_late}));
  EXPECT_EQ(world_.Quarantine().at(0).count(), 2);
  world_.clock.Advance(absl::Hours(24 * 14));
  EXPECT_EQ(Replay(Ids()).at(0).status(), "STATUS_ACCEPTED");
}

}  // namespace
}  // namespace switchboard
