// Two hubs over one PostgreSQL database are one hub to everybody.
#include <memory>
#include <string>
#include <vector>

#include "tests/engine.h"
#include "tests/hub/fake_stream.h"

namespace switchboard {
namespace {

using testing::Core;
using ::testing::ElementsAre;
using testing::Eventually;
using testing::HubWorld;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;
using testing::Payment;

v1::AccountRecord Account(int64_t number) {
  return MakeRecord(number, {.account_id = "A-" + std::to_string(number),
                             .person_id = "P-" + std::to_string(number)});
}

// Whether what one hub announces reaches the other, or is lost on the way.
enum class Word { kHeard, kLost };

class SeveralHubsTest : public ::testing::TestWithParam<Word> {
 protected:
  void SetUp() override {
    if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
    first_ = std::make_unique<HubWorld>();
    first_->SetUpVendors({"sakura"});
    if (GetParam() == Word::kLost) LoseEveryWord();
    second_ = std::make_unique<HubWorld>(*first_, "hub-2", /*seed=*/12);
    ASSERT_OK(first_->Import({Account(1), Account(2), Account(3)}));
  }

  // From now on pg_notify in this database is a function that does nothing.
  void LoseEveryWord() {
    ASSERT_OK_AND_ASSIGN(const auto database, storage::OpenDatabase(first_->options().storage));
    ASSERT_OK_AND_ASSIGN(const auto writer, database->OpenWriter());
    const std::string& url = first_->options().storage.postgres_url;
    const std::string name = url.substr(0, url.find('?'));
    ASSERT_OK(writer->Define("CREATE SCHEMA mute"));
    ASSERT_OK(writer->Define(
        "CREATE FUNCTION mute.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''"));
    ASSERT_OK(writer->Define("ALTER DATABASE " + name.substr(name.rfind('/') + 1) +
                             " SET search_path = public, mute, pg_catalog"));
    first_->WhileClosed([](const HubOptions&) {});
  }

  // Lets time pass at the hubs there are until the condition holds.
  bool InTime(const std::function<bool()>& holds) {
    return Eventually([&] {
      for (HubWorld* world : {first_.get(), second_.get()}) {
        if (world == nullptr) continue;
        world->clock.Advance(absl::Milliseconds(100));
        world->hub().Tick();
        world->Settle();
      }
      return holds();
    });
  }

  std::unique_ptr<HubWorld> first_;
  std::unique_ptr<HubWorld> second_;
};

TEST_P(SeveralHubsTest, NewerStreamAtAnotherHubEndsTheOlder) {
  OpenStream older(*first_);
  ASSERT_EQ(older.outlet.rows().size(), 3u);
  OpenStream newer(*second_);
  EXPECT_TRUE(InTime([&] { return !older.outlet.finished().empty(); }));
  EXPECT_THAT(older.outlet.finished(), ElementsAre("SUPERSEDED"));
  EXPECT_TRUE(newer.outlet.finished().empty());
  EXPECT_EQ(newer.outlet.rows().size(), 3u);
}

// The fence is a row: it holds before anybody has heard of the newer stream.
TEST_P(SeveralHubsTest, OlderStreamShowsAndAcknowledgesNothingAnyMore) {
  OpenStream older(*first_);
  const v1::SyncRequest ack = older.outlet.Ack();
  OpenStream newer(*second_);
  ASSERT_OK(first_->Import({Account(4)}));
  older.stream->OnRequest(ack);
  first_->Settle();
  EXPECT_EQ(older.outlet.rows().size(), 3u);
  EXPECT_EQ(first_->Vendor("sakura").acknowledged_sequence(), 0);
  EXPECT_TRUE(InTime([&] { return newer.outlet.rows().size() == 4; }));
}

TEST_P(SeveralHubsTest, StopAtOneHubIsAStopAtAllAtOnce) {
  const std::string assignment = first_->Live("A-1").assignment_id();
  ASSERT_OK_AND_ASSIGN(const auto given, first_->Ask("sakura", "r-1", assignment));
  ASSERT_TRUE(given.has_permit());
  ASSERT_OK(second_->Post({Payment("e-1", "A-1")}));
  // Nothing was heard, ticked or looked up at the first hub in between.
  ASSERT_OK_AND_ASSIGN(const auto refused, first_->Ask("sakura", "r-2", assignment));
  EXPECT_TRUE(refused.has_denial());
  int voided = 0;
  for (const auto& event : second_->AuditEvents())
    voided += event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED ? 1 : 0;
  EXPECT_EQ(voided, 1);
}

TEST_P(SeveralHubsTest, WithdrawalReachesStreamsOfOtherHubs) {
  OpenStream sakura(*first_);
  ASSERT_OK(second_->Post({Payment("e-1", "A-1")}));
  EXPECT_TRUE(InTime([&] { return sakura.outlet.rows().size() == 2; }));
  ASSERT_OK(second_->Import({Account(5)}));
  EXPECT_TRUE(InTime([&] { return sakura.outlet.rows().size() == 3; }));
}

TEST_P(SeveralHubsTest, OutcomesReportedAtOneWakeTheCoreAtAnother) {
  v1::ReadCoreFeedRequest request;
  request.mutable_max_wait()->set_seconds(20);
  std::vector<int> answers;
  first_->hub().core_api().ReadCoreFeed(Core(), request, [&](const auto& response) {
    answers.push_back(response.ok() ? response->items_size() : -1);
  });
  first_->Settle();
  ASSERT_TRUE(answers.empty());
  const std::string assignment = first_->Live("A-1").assignment_id();
  ASSERT_OK(second_->Report("sakura", {MakeOutcome("o-1", assignment)}));
  EXPECT_TRUE(InTime([&] { return !answers.empty(); }));
  EXPECT_THAT(answers, ElementsAre(1));
}

// A duty that one hub does for all is lost neither when it dies, nor done twice while it lives.
TEST_P(SeveralHubsTest, DutyOfAHubThatDiedIsDoneByAnother) {
  auto recall = [&](const std::string& account) {
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_MOVED);
    request.add_assignment_ids(second_->Live(account).assignment_id());
    ASSERT_OK(second_->Await<v1::RecallAssignmentsResponse>([&](auto done) {
      second_->hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
  };
  recall("A-1");
  first_->clock.Advance(absl::Hours(25));
  second_->clock.Advance(absl::Hours(25));
  first_->Advance(absl::ZeroDuration());
  EXPECT_TRUE(second_->Live("A-1").assignment_id().empty()) << "the first hub has the duty";
  recall("A-2");
  first_.reset();
  second_->clock.Advance(absl::Hours(25));
  EXPECT_TRUE(InTime([&] { return second_->Live("A-2").assignment_id().empty(); }));
}

INSTANTIATE_TEST_SUITE_P(Words, SeveralHubsTest, ::testing::Values(Word::kHeard, Word::kLost),
                         [](const auto& word) {
                           return word.param == Word::kHeard ? "Heard" : "Lost";
                         });

}  // namespace
}  // namespace switchboard
