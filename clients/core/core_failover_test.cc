// The core's client over several hubs that die, fall silent, refuse and come back. A delay of ours
// is so long here that no test would see its end.

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/core/core_client.h"
#include "clients/core/scripted_hub.h"
#include "clients/transport/hub_channels.h"
#include "tests/servers/relay.h"
#include "tests/testing.h"

namespace switchboard::clients {
namespace {

using servers::Relay;
using testing::FailsWith;

constexpr absl::Duration kNever = absl::Hours(1000);

class CoreFailoverTest : public ::testing::Test {
 protected:
  static constexpr size_t kHubs = 2;

  CoreFailoverTest() {
    for (size_t i = 0; i < kHubs; ++i) {
      const std::string name = std::to_string(i);
      hubs_.push_back(std::make_unique<ScriptedHub>(folder_ / "hub" + name));
      wires_.push_back(std::make_unique<Relay>(folder_ / "wire" + name, folder_ / "hub" + name));
      options_.hub_addresses.push_back(wires_[i]->address());
    }
    options_.call_timeout = absl::Hours(1);
    options_.backoff = {kNever, kNever, 1.0};
    options_.attempts_max = 1;
    options_.make_channel = [this](const std::string& address) {
      return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                       transport::ArgumentsOf(channel_options_));
    };
  }

  ~CoreFailoverTest() override {
    // A hub waits long for a connection that stands still.
    for (const auto& wire : wires_) wire->Cut();
  }

  // A client that starts at this hub.
  void StartAt(size_t hub) {
    uint64_t seed = 0;
    do {
      ids_.emplace(clock_, ++seed);
    } while (ids_->Random() % options_.hub_addresses.size() != hub);
    ids_.emplace(clock_, seed);
    client_.reset();
    ASSERT_OK_AND_ASSIGN(client_, CoreClient::Create(options_, clock_, *ids_));
  }
  absl::Status Post() {
    v1::PostEventsRequest request;
    request.add_events()->set_event_id("e1");
    return client_->PostEvents(request).status();
  }
  absl::Status Import(int64_t count) {
    int64_t next = 0;
    return client_
        ->ImportAccounts("nightly", absl::FromUnixSeconds(1767225600),
                         [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
                           record.set_sequence(next + 1);
                           return next++ < count;
                         })
        .status();
  }
  absl::Status Read() {
    return CoreFeedReader(*client_, {.stop_when_caught_up = true}).Run(0, [](const auto&) {
      return absl::OkStatus();
    });
  }
  std::vector<int> Posts() const {
    std::vector<int> posts;
    for (const auto& hub : hubs_) posts.push_back(hub->posts);
    return posts;
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;
  std::optional<IdMint> ids_;
  transport::ChannelOptions channel_options_;
  std::vector<std::unique_ptr<Relay>> wires_;       // before each hub
  std::vector<std::unique_ptr<ScriptedHub>> hubs_;  // go first: what they do uses the wires
  CoreClientOptions options_;
  std::unique_ptr<CoreClient> client_;
};

TEST_F(CoreFailoverTest, HubThatIsDeadAtStartIsPassedOver) {
  wires_[0]->Cut();
  StartAt(0);
  EXPECT_OK(Post());
  EXPECT_EQ(Posts(), (std::vector<int>{0, 1}));
  StartAt(0);
  EXPECT_OK(Import(1500));
  EXPECT_EQ(hubs_[1]->sequences.size(), 1500u);
  StartAt(0);
  EXPECT_OK(Read());
  EXPECT_EQ(hubs_[1]->reads.size(), 1u);
}

TEST_F(CoreFailoverTest, AddressWhereNobodyListensIsPassedOver) {
  options_.hub_addresses[0] = "unix:" + (folder_ / "nobody");
  StartAt(0);
  EXPECT_OK(Post());
}

TEST_F(CoreFailoverTest, CallIsRepeatedAtTheNextHubWhenItsHubDies) {
  hubs_[1]->items = 3;
  const std::function<absl::Status()> calls[] = {
      [this] { return Post(); }, [this] { return Import(1500); }, [this] { return Read(); }};
  hubs_[0]->before_answer = [this] { wires_[0]->Cut(); };
  for (const auto& call : calls) {
    StartAt(0);
    EXPECT_OK(call());
    wires_[0]->Mend();
  }
  EXPECT_EQ(Posts(), (std::vector<int>{1, 1}));
  EXPECT_EQ(hubs_[1]->sequences.size(), 1500u);
  EXPECT_EQ(hubs_[1]->reads.back().after(), 3);
}

TEST_F(CoreFailoverTest, HubThatAcceptsAndNeverAnswersGetsTheConnectTimeout) {
  wires_[0]->Freeze();
  channel_options_.connect_timeout = absl::Milliseconds(500);
  StartAt(0);
  EXPECT_OK(Post());
  StartAt(0);
  EXPECT_OK(Import(10));
  EXPECT_EQ(Posts(), (std::vector<int>{0, 1}));
}

TEST_F(CoreFailoverTest, KeepaliveFindsAHubThatVanishedWithoutAWord) {
  channel_options_.keepalive_time = absl::Milliseconds(50);
  channel_options_.keepalive_timeout = absl::Seconds(2);
  StartAt(0);
  ASSERT_OK(Post());
  wires_[0]->Freeze();
  EXPECT_OK(Post());
  EXPECT_EQ(Posts(), (std::vector<int>{1, 1}));
}

TEST_F(CoreFailoverTest, HubThatRefusesIsLeftAtOnce) {
  const absl::Status refusals[] = {
      Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down"),
      absl::CancelledError("what was under way is cancelled"),
      OverloadedError("full", absl::Minutes(4)),
  };
  for (const absl::Status& refusal : refusals) {
    hubs_[0]->failures = {refusal};
    hubs_[0]->cuts = {{0, refusal, false}};
    StartAt(0);
    EXPECT_OK(Post()) << refusal;
    StartAt(0);
    EXPECT_OK(Import(10)) << refusal;
  }
  EXPECT_EQ(Posts(), (std::vector<int>{3, 3}));
}

TEST_F(CoreFailoverTest, HubsThatAreAllOverloadedGetTheTimeTheyAskFor) {
  options_.attempts_max = 2;
  options_.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1.0};
  for (const auto& hub : hubs_) {
    hub->failures = {OverloadedError("full", absl::Milliseconds(1))};
  }
  StartAt(0);
  EXPECT_OK(Post());
  EXPECT_EQ(Posts(), (std::vector<int>{2, 1}));
}

TEST_F(CoreFailoverTest, FirstHubThatComesBackIsUsedAtOnce) {
  options_.attempts_max = 2;
  const std::function<absl::Status()> calls[] = {[this] { return Post(); },
                                                 [this] { return Import(10); }};
  for (const auto& call : calls) {
    for (const auto& wire : wires_) wire->Cut();
    const int refused[] = {wires_[0]->refused(), wires_[1]->refused()};
    StartAt(0);
    auto answer = std::async(std::launch::async, call);
    for (size_t i = 0; i < kHubs; ++i) EXPECT_TRUE(wires_[i]->HasRefused(refused[i] + 1));
    wires_[1]->Mend();
    EXPECT_OK(answer.get());
  }
  EXPECT_EQ(Posts(), (std::vector<int>{0, 1}));
}

TEST_F(CoreFailoverTest, OnlyHubIsWaitedFor) {
  options_.hub_addresses.pop_back();
  wires_[0]->Cut();
  StartAt(0);
  auto posted = std::async(std::launch::async, [this] { return Post(); });
  EXPECT_TRUE(wires_[0]->HasRefused(1));
  wires_[0]->Mend();
  EXPECT_OK(posted.get());
}

TEST_F(CoreFailoverTest, ImportGoesOnWhenTheOnlyHubIsBack) {
  options_.hub_addresses.pop_back();
  options_.attempts_max = 2;
  wires_[0]->Cut();
  StartAt(0);
  auto imported = std::async(std::launch::async, [this] { return Import(10); });
  EXPECT_TRUE(wires_[0]->HasRefused(1));
  wires_[0]->Mend();
  EXPECT_OK(imported.get());
}

TEST_F(CoreFailoverTest, NothingMovesWhenADeadHubComesBack) {
  StartAt(0);
  ASSERT_OK(Post());
  wires_[0]->Cut();
  ASSERT_OK(Post());
  wires_[0]->Mend();
  for (int i = 0; i < 3; ++i) EXPECT_OK(Post());
  EXPECT_EQ(Posts(), (std::vector<int>{1, 4}));
}

TEST_F(CoreFailoverTest, NewClientsSpread) {
  for (uint64_t seed = 1; seed <= 32; ++seed) {
    IdMint ids(clock_, seed);
    ASSERT_OK_AND_ASSIGN(client_, CoreClient::Create(options_, clock_, ids));
    ASSERT_OK(Post());
    client_.reset();
  }
  for (const int posts : Posts()) EXPECT_GE(posts, 8);
}

TEST_F(CoreFailoverTest, GivesUpAfterAsManyRoundsAsAllowed) {
  options_.attempts_max = 3;
  options_.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1.0};
  for (const auto& hub : hubs_) {
    hub->failures.assign(10, Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", ""));
  }
  StartAt(1);
  EXPECT_THAT(Post(), FailsWith(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  EXPECT_EQ(Posts(), (std::vector<int>{3, 3}));
}

// Over the connection that there is, the proxy would never be asked.
TEST_F(CoreFailoverTest, HubThatFailsBehindAProxyIsLeftByConnectingAnew) {
  options_.hub_addresses.pop_back();
  options_.attempts_max = 2;
  options_.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1.0};
  const absl::Status away = Error(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE", "");
  const std::function<absl::Status()> calls[] = {[this] { return Post(); },
                                                 [this] { return Import(10); }};
  for (const auto& call : calls) {
    wires_[0]->LeadTo(folder_ / "hub0");
    StartAt(0);
    ASSERT_OK(Post());
    wires_[0]->LeadTo(folder_ / "hub1");
    hubs_[0]->failures.assign(10, away);
    hubs_[0]->cuts.assign(10, {0, away, false});
    EXPECT_OK(call());
    EXPECT_OK(Post());
    hubs_[0]->failures.clear();
  }
  EXPECT_EQ(Posts(), (std::vector<int>{3, 3}));
  EXPECT_EQ(hubs_[1]->sequences.size(), 10u);
}

TEST_F(CoreFailoverTest, CallGoesOnBehindAProxyWhenItsHubDies) {
  options_.hub_addresses.pop_back();
  options_.attempts_max = 2;
  options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(1), 1.0};
  hubs_[0]->before_answer = [this] {
    wires_[0]->LeadTo(folder_ / "hub1");
    wires_[0]->Cut();
    wires_[0]->Mend();
  };
  StartAt(0);
  EXPECT_OK(Post());
  EXPECT_EQ(Posts(), (std::vector<int>{1, 1}));
}

TEST_F(CoreFailoverTest, CancelEndsTheWaitForAHub) {
  options_.attempts_max = 2;
  for (const auto& wire : wires_) wire->Cut();
  StartAt(0);
  auto posted = std::async(std::launch::async, [this] { return Post(); });
  for (const auto& wire : wires_) EXPECT_TRUE(wire->HasRefused(1));
  client_->Cancel();
  EXPECT_THAT(posted.get(), FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
}

}  // namespace
}  // namespace switchboard::clients
