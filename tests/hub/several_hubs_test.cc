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

// Whoever waits for acks reads no page, and is told of no session.
TEST_P(SeveralHubsTest, TheEndOfAContractReachesStreamsOfOtherHubsThatWait) {
  OpenStream waiting(*second_, /*window=*/1);
  ASSERT_EQ(waiting.outlet.changes(), 1);
  first_->ApplyContract({.more = "effective_to: 2026-01-01\n"});
  EXPECT_TRUE(InTime([&] { return !waiting.outlet.finished().empty(); }));
  EXPECT_THAT(waiting.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_EQ(waiting.outlet.changes(), 1);
}

TEST_P(SeveralHubsTest, WhatAContractShowsMoreOfComesOnceAtOtherHubs) {
  OpenStream sakura(*second_);
  ASSERT_EQ(sakura.outlet.told().size(), 3u);
  first_->ApplyContract({.shown = {"AMOUNT"}});
  EXPECT_TRUE(InTime([&] { return sakura.outlet.told().size() >= 6; }));
  for (const std::string& id : sakura.outlet.rows())
    EXPECT_TRUE(sakura.outlet.row(id).account().has_amount_due());
  EXPECT_EQ(sakura.outlet.told().size(), 6u);
  EXPECT_TRUE(sakura.outlet.finished().empty());
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

// All keys there were go, twice, while both hubs work and no call fails. A hub that hears nothing
// finds it in the row, or meets the floor.
TEST_P(SeveralHubsTest, KeysAreRotatedWhileBothWork) {
  second_->clock.Advance(first_->clock.Now() - second_->clock.Now());
  const auto list = [&] {
    const auto listed = first_->Await<v1::ListKeysResponse>(
        [&](auto done) { first_->hub().privacy_api().ListKeys(Operator(), {}, done); });
    EXPECT_OK(listed);
    return listed.value_or(v1::ListKeysResponse());
  };
  int64_t accounts = 3;
  const auto work = [&](HubWorld& world) {
    const std::string number = std::to_string(++accounts);
    ASSERT_OK(world.Import({Account(accounts)}));
    const std::string assignment = world.Live("A-" + number).assignment_id();
    ASSERT_OK(world.Report("sakura", {MakeOutcome("o-" + number, assignment)}));
  };
  for (int round = 1; round <= 2; ++round) {
    v1::RotateKeysRequest request;
    request.set_which(v1::RotateKeysRequest::WHICH_DATA);
    ASSERT_OK_AND_ASSIGN(const auto begun, second_->Await<v1::RotateKeysResponse>([&](auto done) {
      second_->hub().privacy_api().RotateKeys(Operator(), request, done);
    }));
    const int64_t through = begun.rotation().through_key_number();
    for (int i = 0; i < 300 && !list().rotation().has_end_time(); ++i) {
      // Shorter than a lease: who has the duty keeps it.
      for (HubWorld* world : {first_.get(), second_.get()}) {
        world->clock.Advance(absl::Seconds(5));
        world->hub().Tick();
        world->Settle();
      }
      if (i % 8 == 0) work(i % 16 == 0 ? *first_ : *second_);
    }
    const v1::ListKeysResponse done = list();
    EXPECT_EQ(done.rotation().through_key_number(), through);
    ASSERT_TRUE(done.rotation().has_end_time()) << "round " << round;
    EXPECT_TRUE(done.rotation().broken_boxes().empty());
    for (const auto& key : done.keys()) {
      const bool goes =
          key.purpose() == v1::ListKeysResponse::PURPOSE_DATA && key.key_number() <= through;
      EXPECT_EQ(key.has_destroy_time(), goes) << key.key_number();
    }
  }
  for (HubWorld* world : {first_.get(), second_.get()}) {
    work(*world);
    OpenStream stream(*world);
    EXPECT_EQ(stream.outlet.rows().size(), static_cast<size_t>(accounts));
    for (const auto& placement : world->Placements()) EXPECT_TRUE(placement.has_why());
  }
}

INSTANTIATE_TEST_SUITE_P(Words, SeveralHubsTest, ::testing::Values(Word::kHeard, Word::kLost),
                         [](const auto& word) {
                           return word.param == Word::kHeard ? "Heard" : "Lost";
                         });

}  // namespace
}  // namespace switchboard
