// What was refused, or never came, uses up no sequence, version or id.
#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Payment;
using testing::Receipts;
using testing::Statuses;

v1::AccountRecord Account(int64_t sequence, int number) {
  return MakeRecord(sequence, {.account_id = "A-" + std::to_string(number),
                               .person_id = "P-" + std::to_string(number)});
}

v1::AccountRecord Broken(v1::AccountRecord record) {
  record.mutable_person()->mutable_birth_date()->set_month(13);
  return record;
}

class SequencesTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura"}); }

  HubWorld world_;
};

class FarSequenceTest : public SequencesTest, public ::testing::WithParamInterface<int64_t> {};

TEST_P(FarSequenceTest, RefusedRecordBlocksNothing) {
  const auto first = world_.Import({Account(1, 1), Broken(Account(GetParam(), 9)), Account(2, 2)});
  EXPECT_THAT(Receipts(first), ElementsAre("1:STATUS_INVALID:person.birth_date.month"));
  EXPECT_EQ(first->accepted(), 2);
  EXPECT_EQ(first->through(), 2);
  const auto second = world_.Import({Account(3, 3), Account(4, 4)});
  EXPECT_THAT(Receipts(second), IsEmpty());
  EXPECT_EQ(second->accepted(), 2);
  EXPECT_EQ(second->through(), 4);
  EXPECT_EQ(world_.Quarantine().size(), 1u);
}

// A time stamp in the sequence's column of one line, which is otherwise good.
TEST_P(FarSequenceTest, AcceptedRecordKeepsNobodyElseOut) {
  ASSERT_OK(world_.Import({Account(1, 1), Account(GetParam(), 9)}));
  const auto next = world_.Import({Account(2, 2), Account(3, 3)});
  EXPECT_THAT(Receipts(next), IsEmpty());
  EXPECT_EQ(next->through(), GetParam());
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "sakura");
}

INSTANTIATE_TEST_SUITE_P(Sequences, FarSequenceTest,
                         ::testing::Values(INT64_MAX, int64_t{20'261'127'093'000}));

TEST_F(SequencesTest, RefusedRecordIsTakenUnderTheSameSequenceOnceItIsMended) {
  const auto batch = [](const v1::AccountRecord& two) {
    return std::vector<v1::AccountRecord>{Account(1, 1), two, Account(3, 3)};
  };
  ASSERT_OK(world_.Import(batch(Broken(Account(2, 2)))));
  world_.Restart();
  const auto mended = world_.Import(batch(Account(2, 2)));
  EXPECT_THAT(Receipts(mended), ElementsAre("0:STATUS_REPEATED:", "2:STATUS_REPEATED:"));
  EXPECT_EQ(mended->accepted(), 1);
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "sakura");
  EXPECT_THAT(Receipts(world_.Import({Account(2, 2)})), ElementsAre("0:STATUS_REPEATED:"));
}

// Out of order in its batch, and under a sequence of its own account's, a record is as good as any
// once it stands where it belongs.
TEST_F(SequencesTest, RefusedForItsPlaceIsTakenInAnother) {
  EXPECT_THAT(Receipts(world_.Import({Account(5, 1), Account(5, 2)})),
              ElementsAre("1:STATUS_OUT_OF_ORDER:sequence"));
  EXPECT_THAT(Receipts(world_.Import({Account(5, 2)})), IsEmpty());
  auto other = Account(5, 1);
  other.mutable_account()->set_grade("C");
  EXPECT_THAT(Receipts(world_.Import({other})), ElementsAre("0:STATUS_SEQUENCE_REUSED:sequence"));
  other.set_sequence(6);
  EXPECT_THAT(Receipts(world_.Import({other})), IsEmpty());
}

TEST_F(SequencesTest, NothingOfOneSourceCountsForAnother) {
  ASSERT_OK(world_.Import({Account(1000, 1)}, "nightly"));
  const auto hourly = world_.Import({Account(1, 2), Account(2, 1)}, "hourly");
  EXPECT_THAT(Receipts(hourly), IsEmpty());
  EXPECT_EQ(hourly->through(), 2);
}

TEST_F(SequencesTest, RefusedItemIsKeptOnceHoweverOftenItIsSent) {
  const auto record = Broken(Account(7, 7));
  auto event = Payment("e-1", "");
  auto outcome = MakeOutcome("o-1", "nothing");
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(world_.Import({record}));
    ASSERT_OK(world_.Post({event}));
    ASSERT_OK(world_.Report("sakura", {outcome}));
    world_.Restart();
  }
  const auto kept = world_.Quarantine();
  ASSERT_EQ(kept.size(), 3u);
  for (const auto& item : kept) EXPECT_EQ(item.count(), 3) << item.kind();
  const auto events = world_.AuditEvents();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const v1::AuditEvent& one) {
                            return one.kind() == v1::AuditEvent::KIND_QUARANTINED;
                          }),
            3);
}

TEST_F(SequencesTest, RefusedEventsAndOutcomesLeaveTheirIdsFree) {
  ASSERT_OK(world_.Import({Account(1, 1)}));
  const std::string id = world_.Live("A-1").assignment_id();
  auto late = MakeOutcome("o-1", id, CallCode::kNoAnswer, 9);
  auto broken = MakeOutcome("o-1", id);
  broken.clear_start_time();
  EXPECT_THAT(Statuses(world_.Report("sakura", {late, broken, MakeOutcome("o-1", id),
                                                MakeOutcome("o-1", id, CallCode::kBusy, 2)})),
              ElementsAre("VERSION_GAP", "INVALID", "RECORDED", "RECORDED"));
  auto free = Payment("e-1", "A-1");
  free.mutable_payment()->mutable_amount()->set_minor_units(0);
  EXPECT_EQ(AnswerOf(world_.Post({free})), "INVALID 0 0");
  EXPECT_EQ(AnswerOf(world_.Post({Payment("e-1", "A-1")})), "ACCEPTED 1 0");
}

}  // namespace
}  // namespace switchboard
