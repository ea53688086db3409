// The end of a server: whoever is connected is told, at once and with a reason, and who does not
// listen costs little.

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "adapters/codes/call_code.h"
#include "hub/base/mutex.h"
#include "hub/identity/tls_probe.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using adapters::CallCode;
using testing::FailsWith;

constexpr char kSync[] = "/switchboard.v1.VendorService/Sync";
constexpr char kImport[] = "/switchboard.v1.CoreService/ImportAccounts";
constexpr char kReadCoreFeed[] = "/switchboard.v1.CoreService/ReadCoreFeed";
constexpr char kListVendors[] = "/switchboard.v1.OperatorService/ListVendors";
constexpr char kSent[] = "switchboard_feed_changes_sent_total{vendor_id=\"sakura\"}";

std::string OpenOf(int window) {
  v1::SyncRequest request;
  request.mutable_open()->set_window(window);
  return request.SerializeAsString();
}

class Shutdown : public ::testing::Test {
 protected:
  // Far below the grace of ten minutes: nothing was waited for.
  void ExpectQuick() {
    SystemClock clock;
    const absl::Time begin = clock.Now();
    hub_.server().Shutdown(absl::Minutes(10));
    EXPECT_LT(clock.Now() - begin, absl::Seconds(15));
  }

  // Up to where the source's records are kept, asked of the hub itself.
  int64_t KeptThrough() {
    const auto through = std::make_shared<std::promise<int64_t>>();
    const auto stream = hub_.hub().core_api().OpenImport({identity::Peer::Role::kCore, "main"});
    stream->Take(BatchOf("nightly", {}),
                 [through](const absl::StatusOr<v1::ImportAccountsResponse>& answer) {
                   through->set_value(answer.ok() ? answer->through() : -1);
                 });
    return through->get_future().get();
  }

  EdgeHub hub_;
};

TEST_F(Shutdown, EndsStreamsAndLongPollsAtOnce) {
  hub_.Import(1, 1);
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(OpenOf(0)));
  ASSERT_TRUE(sync.Read().has_value());
  const auto batch = sync.ReadAs<v1::SyncResponse>();
  ASSERT_TRUE(batch.has_value() && batch->batch().changes_size() == 1);
  v1::Outcome outcome;
  outcome.set_outcome_id("o");
  outcome.set_version(1);
  outcome.set_assignment_id(batch->batch().changes(0).assigned().assignment_id());
  *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
  outcome.mutable_start_time()->set_seconds(1767225600);
  outcome.mutable_end_time()->set_seconds(1767225600);
  ASSERT_OK(Ask(hub_.Connect(kVendor), "/switchboard.v1.VendorService/ReportOutcomes",
                ItemsOf({outcome.SerializeAsString()})));
  RawCall poll(hub_.Connect(kCore), kReadCoreFeed);
  v1::ReadCoreFeedRequest request;
  request.set_after(1);
  request.mutable_max_wait()->set_seconds(60);
  ASSERT_TRUE(poll.Write(request));
  poll.HalfClose();
  // It confirms what it asks behind: so the hub has it.
  ASSERT_TRUE(hub_.MetricReaches(
      "switchboard_core_feed_confirmed{core=\"core/main\",reader=\"[unnamed]\"}", 1));

  ExpectQuick();
  EXPECT_THAT(sync.Finish(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  const auto polled = poll.ReadAs<v1::ReadCoreFeedResponse>();
  ASSERT_TRUE(polled.has_value());
  EXPECT_EQ(polled->newest(), 1);
  EXPECT_EQ(polled->items_size(), 0);
}

TEST_F(Shutdown, EndsIdleImportStreamsAtOnce) {
  const auto channel = hub_.Connect(kCore);
  RawCall idle(channel, kImport);
  ASSERT_TRUE(idle.Write(BatchOf("nightly", {Record(1).SerializeAsString()})));
  ASSERT_TRUE(idle.Read().has_value());
  RawCall silent(channel, kImport);  // never sent a batch
  ASSERT_OK(Ask(channel, kReadCoreFeed, ""));

  ExpectQuick();
  EXPECT_THAT(idle.Finish(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  EXPECT_THAT(silent.Finish(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
}

// No batch is taken without an answer.
TEST_F(Shutdown, AnswersTheBatchesThatAreUnderWay) {
  RawCall call(hub_.Connect(kCore), kImport);
  int64_t next = 1;
  for (int batch = 0; batch < 4; ++batch) {
    std::vector<std::string> records;
    for (int i = 0; i < 500; ++i) records.push_back(Record(next++).SerializeAsString());
    ASSERT_TRUE(call.Write(BatchOf("nightly", records)));
  }
  ASSERT_TRUE(call.Read().has_value());  // the rest is on its way

  ExpectQuick();
  int64_t through = 500;
  while (const auto answer = call.ReadAs<v1::ImportAccountsResponse>()) through = answer->through();
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  EXPECT_EQ(KeptThrough(), through);
}

// From peers that take no refusal for an answer. Whatever instant a call hits, it may be tried
// again.
TEST_F(Shutdown, CallsThatComeAllTheTimeAreServedOrUnavailable) {
  constexpr int kPeers = 4;
  std::atomic<bool> over = false;
  std::atomic<int> served = 0;
  std::vector<std::thread> peers;
  for (int peer = 0; peer < kPeers; ++peer) {
    peers.emplace_back([&] {
      const auto channel = hub_.Connect(kOperator);
      while (!over) {
        const absl::Status status = Ask(channel, kListVendors, "").status();
        if (status.ok()) ++served;
        EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return served >= 20 * kPeers; }));
  ExpectQuick();
  over = true;
  for (std::thread& peer : peers) peer.join();
}

// Over a connection that is open, while the shutdown waits for somebody else.
TEST_F(Shutdown, CallsThatComeMeanwhileAreToldWhy) {
  hub_.Import(1, 3000);
  auto unread = std::make_unique<RawCall>(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(unread->Write(OpenOf(10'000)));
  ASSERT_TRUE(hub_.MetricReaches(kSent, 3000));
  const auto channel = hub_.Connect(kOperator);
  ASSERT_OK(Ask(channel, kListVendors, ""));
  RawCall poll(hub_.Connect(kCore), kReadCoreFeed);
  v1::ReadCoreFeedRequest request;
  request.mutable_max_wait()->set_seconds(60);
  ASSERT_TRUE(poll.Write(request));
  poll.HalfClose();
  std::thread shutdown([&] { hub_.server().Shutdown(absl::Minutes(10)); });
  poll.Read();  // ends with the shutdown's first word
  EXPECT_THAT(Ask(channel, kListVendors, "").status(),
              FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  unread.reset();
  shutdown.join();
}

TEST_F(Shutdown, WhatIsNotAnsweredWithinTheGraceIsToldWhy) {
  Mutex mutex;
  CondVar changed;
  bool over = false;
  int stuck = 0;
  const auto wait_until = [&](const std::function<bool()>& holds) {
    MutexLock lock(mutex);
    return changed.WaitFor(mutex, absl::Minutes(2), holds);
  };
  for (int thread = 0; thread < 2; ++thread) {
    hub_.executor().Post([&] {
      MutexLock lock(mutex);
      ++stuck;
      changed.NotifyAll();
      changed.Wait(mutex, [&] { return over; });
      --stuck;
      changed.NotifyAll();
    });
  }
  ASSERT_TRUE(wait_until([&] { return stuck == 2; }));
  RawCall call(hub_.Connect(kOperator), kListVendors);  // its answer comes from there
  ASSERT_TRUE(call.Write(std::string()));
  call.HalfClose();
  hub_.server().Shutdown(absl::Milliseconds(50));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  // The answer comes after the server is gone, and is dropped.
  {
    MutexLock lock(mutex);
    over = true;
    changed.NotifyAll();
  }
  ASSERT_TRUE(wait_until([&] { return stuck == 0; }));
}

TEST_F(Shutdown, APeerThatNeverReadsCostsAtMostTheGrace) {
  hub_.Import(1, 3000);
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(OpenOf(10'000)));
  ASSERT_TRUE(hub_.MetricReaches(kSent, 3000));
  SystemClock clock;
  const absl::Time begin = clock.Now();
  hub_.server().Shutdown(absl::Milliseconds(200));
  EXPECT_LT(clock.Now() - begin, absl::Seconds(30));
}

// Like a client that looks at its connection only while it calls: it sees no GOAWAY and answers no
// ping.
TEST_F(Shutdown, AnIdleConnectionCostsNothing) {
  SystemClock clock;
  const auto own =
      identity::CheckTlsMaterial(hub_.Folder(kOperator), identity::TlsUse::kClient, clock);
  ASSERT_OK(own);
  ASSERT_OK_AND_ASSIGN(const auto idle,
                       identity::TlsProbe::Connect(hub_.address(), absl::Seconds(30)));
  ASSERT_OK(idle->Handshake(&*own));
  ASSERT_OK(idle->AwaitSettings());
  ExpectQuick();
}

}  // namespace
}  // namespace switchboard::edge_test
