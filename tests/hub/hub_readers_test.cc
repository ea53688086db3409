// Readers of the core feed: each keeps a cursor of its own, erasure waits for all of them, and an
// operator sees and retires the one that holds it up.
#include <string>
#include <vector>

#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using testing::Core;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;

class ReadersTest : public testing::HubRetentionTest {
 protected:
  ReadersTest() : HubRetentionTest("classes: [{keep_days: 1}]\n", {"sakura"}) {}
  void SetUp() override {
    HubRetentionTest::SetUp();
    for (int i = 1; i <= 3; ++i) {
      const std::string number = std::to_string(i);
      ASSERT_OK(world_.Import(
          {MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number})}));
      ASSERT_OK(world_.Report(
          "sakura", {MakeOutcome("o-" + number, world_.Live("A-" + number).assignment_id())}));
      ASSERT_OK(world_.Post({Payment("pay-" + number, "A-" + number)}));
    }
    Acknowledge();
  }

  absl::StatusOr<v1::ReadCoreFeedResponse> Read(int64_t after, const std::string& reader = "",
                                                const std::string& core = "main",
                                                int max_items = 0) {
    v1::ReadCoreFeedRequest request;
    request.set_after(after);
    request.set_reader(reader);
    request.set_max_items(max_items);
    return world_.Await<v1::ReadCoreFeedResponse>(
        [&](auto done) { world_.hub().core_api().ReadCoreFeed(Core(core), request, done); });
  }
  absl::StatusOr<v1::RetireCoreResponse> Retire(const std::string& core, const std::string& reader,
                                                bool all_readers = false) {
    v1::RetireCoreRequest request;
    request.set_core(core);
    request.set_reader(reader);
    request.set_all_readers(all_readers);
    return world_.Await<v1::RetireCoreResponse>(
        [&](auto done) { world_.hub().operator_api().RetireCore(Operator(), request, done); });
  }
  // "core/main reader 2", with " !" behind it where it holds erasure up.
  std::vector<std::string> Readers() {
    const auto response = world_.Await<v1::ListCoresResponse>(
        [&](auto done) { world_.hub().operator_api().ListCores(Operator(), {}, done); });
    EXPECT_OK(response);
    std::vector<std::string> lines;
    if (!response.ok()) return lines;
    for (const auto& one : response->readers()) {
      lines.push_back(one.core() + " " + one.reader() + " " + std::to_string(one.confirmed()) +
                      (one.holds_up_erasure() ? " !" : ""));
    }
    return lines;
  }
  // Days go by, with a whole sweep at the end.
  void Pass(int days) {
    world_.clock.Advance(days * absl::Hours(24) + absl::Hours(1));
    for (int i = 0; i < 8; ++i) world_.Advance(absl::Seconds(1));
  }
  // Sequences of what the feed still holds.
  std::vector<int64_t> Held() {
    const auto response = Read(0);
    EXPECT_OK(response);
    std::vector<int64_t> sequences;
    if (!response.ok()) return sequences;
    for (const auto& item : response->items()) sequences.push_back(item.sequence());
    return sequences;
  }
};

TEST_F(ReadersTest, EachReadsEverythingAtItsOwnPace) {
  ASSERT_OK_AND_ASSIGN(const auto first, Read(0, "ledger", "main", 2));
  EXPECT_EQ(first.items_size(), 2);
  EXPECT_EQ(first.newest(), 3);
  ASSERT_OK_AND_ASSIGN(const auto next, Read(2, "ledger"));
  ASSERT_EQ(next.items_size(), 1);
  EXPECT_EQ(next.items(0).sequence(), 3);
  ASSERT_OK_AND_ASSIGN(const auto other, Read(0, "crm"));
  EXPECT_EQ(other.items_size(), 3);
  ASSERT_OK(Read(1, "crm"));
  ASSERT_OK(Read(3, "", "second"));
  EXPECT_THAT(Readers(), ElementsAre("core/main crm 1 !", "core/main ledger 2", "core/second  3"));
}

TEST_F(ReadersTest, ErasureWaitsForTheSlowestAndListCoresNamesIt) {
  ASSERT_OK(Read(3));
  ASSERT_OK(Read(1, "", "migration-test"));
  Pass(5);
  EXPECT_THAT(Held(), ElementsAre(2, 3));
  EXPECT_THAT(Readers(), ElementsAre("core/main  3", "core/migration-test  1 !"));
  ASSERT_OK(Read(3, "", "migration-test"));
  Pass(1);
  EXPECT_THAT(Held(), IsEmpty());
  EXPECT_THAT(Readers(), ElementsAre("core/main  3", "core/migration-test  3"));
}

TEST_F(ReadersTest, RetiredReaderHoldsNothingUpAndMayBeginAgain) {
  ASSERT_OK(Read(3));
  ASSERT_OK(Read(1, "audit"));
  ASSERT_OK(Read(2, "", "migration-test"));
  Pass(5);
  EXPECT_THAT(Held(), ElementsAre(2, 3));
  EXPECT_THAT(Retire("core/nobody", ""), FailsWith(absl::StatusCode::kNotFound, "CORE_UNKNOWN"));
  EXPECT_THAT(Retire("core/migration-test", "audit"),
              FailsWith(absl::StatusCode::kNotFound, "CORE_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const auto one, Retire("core/main", "audit"));
  EXPECT_EQ(one.readers(), 1);
  Pass(1);
  EXPECT_THAT(Held(), ElementsAre(3));
  ASSERT_OK_AND_ASSIGN(const auto all, Retire("core/migration-test", "", /*all_readers=*/true));
  EXPECT_EQ(all.readers(), 1);
  EXPECT_THAT(Readers(), ElementsAre("core/main  3"));
  Pass(1);
  EXPECT_THAT(Held(), IsEmpty());
  std::vector<std::string> retired;
  for (const auto& event : world_.AuditEvents()) {
    if (event.occurrence().what() == v1::AuditEvent::Occurrence::WHAT_CORE_RETIRED)
      retired.push_back(event.actor() + " " + event.subject_id());
  }
  EXPECT_THAT(retired,
              ElementsAre("operator/ito core/main/audit", "operator/ito core/migration-test"));
  // What it comes back to is told by erased_through.
  ASSERT_OK_AND_ASSIGN(const auto back, Read(0, "audit"));
  EXPECT_EQ(back.items_size(), 0);
  EXPECT_EQ(back.erased_through(), 3);
}

// Nothing that no core has read may be erased: it is told instead.
TEST_F(ReadersTest, WithoutAReaderOutcomesWaitAndThatIsTold) {
  const auto nobody_reads = [&] {
    const auto response = world_.Await<v1::ListCoresResponse>(
        [&](auto done) { world_.hub().operator_api().ListCores(Operator(), {}, done); });
    EXPECT_OK(response);
    return response.ok() && response->nobody_reads();
  };
  EXPECT_TRUE(nobody_reads()) << "nobody has confirmed anything yet";
  ASSERT_OK(Read(3));
  ASSERT_OK(Read(2, "", "second"));
  EXPECT_FALSE(nobody_reads());
  ASSERT_OK_AND_ASSIGN(const auto one, Retire("core/main", ""));
  EXPECT_FALSE(one.nobody_reads());
  ASSERT_OK_AND_ASSIGN(const auto last, Retire("core/second", ""));
  EXPECT_TRUE(last.nobody_reads());
  Pass(5);
  EXPECT_THAT(Held(), ElementsAre(1, 2, 3));
  EXPECT_TRUE(nobody_reads());
  ASSERT_OK(Read(3));
  Pass(1);
  EXPECT_THAT(Held(), IsEmpty());
  ASSERT_OK(Retire("core/main", ""));
  EXPECT_FALSE(nobody_reads()) << "nothing waits";
}

// Asking alone confirms nothing.
TEST_F(ReadersTest, ReaderThatConfirmedNothingIsNotWaitedFor) {
  ASSERT_OK(Read(0, "curious"));
  ASSERT_OK(Read(3));
  Pass(5);
  EXPECT_THAT(Held(), IsEmpty());
}

TEST_F(ReadersTest, WhatIsOutOfRangeIsRefused) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  for (const int max_items : {-1, 1'001})
    EXPECT_THAT(Read(0, "", "main", max_items), FailsWith(kInvalid, "FIELD_INVALID")) << max_items;
  EXPECT_OK(Read(0, "", "main", 1'000));
  for (const char* reader : {"Ledger", "a b", "a/b", "abcdefghijklmnopqrstuvwxyz0123456"})
    EXPECT_THAT(Read(0, reader), FailsWith(kInvalid, "FIELD_INVALID")) << reader;
  for (const int64_t after : {int64_t{-1}, int64_t{4}, INT64_MAX})
    EXPECT_THAT(Read(after), FailsWith(kInvalid, "CURSOR_INVALID")) << after;
  for (const int64_t seconds : {-1, 61}) {
    v1::ReadCoreFeedRequest request;
    request.mutable_max_wait()->set_seconds(seconds);
    EXPECT_THAT(world_.Await<v1::ReadCoreFeedResponse>([&](auto done) {
      world_.hub().core_api().ReadCoreFeed(Core(), request, done);
    }),
                FailsWith(kInvalid, "FIELD_INVALID"))
        << seconds;
  }
  EXPECT_THAT(Readers(), IsEmpty()) << "nothing of this confirmed anything";
}

}  // namespace
}  // namespace switchboard
