// The vendor's client over several hubs that die, fall silent, refuse and come back. The clock
// stands still unless a test says otherwise: what comes after a delay of ours would never come.

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/client/scripted_hub.h"
#include "adapters/client/sync_client.h"
#include "clients/transport/hub_channels.h"
#include "hub/base/mutex.h"
#include "tests/servers/relay.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using servers::Relay;

constexpr absl::Duration kNever = absl::Hours(1000);
constexpr std::chrono::seconds kLong{30};  // never reached by a test that passes

class SyncClientFailoverTest : public ::testing::Test {
 protected:
  static constexpr size_t kHubs = 2;
  using Session = std::shared_ptr<ScriptedHub::Session>;

  SyncClientFailoverTest() {
    for (size_t i = 0; i < kHubs; ++i) {
      const std::string name = std::to_string(i);
      hubs_.push_back(std::make_unique<ScriptedHub>(folder_ / "hub" + name));
      wires_.push_back(std::make_unique<Relay>(folder_ / "wire" + name, folder_ / "hub" + name));
      options_.hub_addresses.push_back(wires_[i]->address());
      const auto on_permit = [this, i](const v1::RequestPermitRequest& request, auto& response) {
        response.mutable_permit()->set_permit_id(std::to_string(i));
        return Asked(i, request.request_id());
      };
      const auto on_outcomes = [this, i](const auto& request, auto& response) {
        for (const auto& outcome : request.outcomes()) {
          auto& receipt = *response.add_receipts();
          receipt.set_outcome_id(outcome.outcome_id());
          receipt.set_version(outcome.version());
          receipt.set_status(v1::ReportOutcomesResponse::STATUS_RECORDED);
        }
        return Asked(i, request.outcomes(0).outcome_id());
      };
      reactions_.push_back(hubs_[i]->OnPermit(on_permit));
      reactions_.push_back(hubs_[i]->OnOutcomes(on_outcomes));
    }
    options_.mirror_path = folder_ / "vendor.db";
    options_.call_timeout = absl::Hours(1);
    options_.tick_interval = absl::Milliseconds(1);
    options_.backoff = {kNever, kNever, 1.0};
    options_.make_channel = [this](const std::string& address) {
      return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                       transport::ArgumentsOf(channel_options_));
    };
  }
  ~SyncClientFailoverTest() override {
    for (const auto& hub : hubs_) hub->LetGo();
    if (client_ != nullptr) client_->Stop();
    // A hub waits long for a connection that stands still.
    for (const auto& wire : wires_) wire->Cut();
  }

  // Starts a client at this hub.
  void StartAt(size_t hub) {
    uint64_t seed = 0;
    do {
      ids_.emplace(clock_, ++seed);
    } while (ids_->Random() % options_.hub_addresses.size() != hub);
    ids_.emplace(clock_, seed);
    ASSERT_OK_AND_ASSIGN(client_, SyncClient::Create(options_, clock_, *ids_));
    client_->Start();
  }
  // A stream that comes to the hub without the clock being moved.
  Session SessionAt(size_t hub) {
    Session session = hubs_[hub]->SessionWithin(kLong);
    SWITCHBOARD_ASSERT(session != nullptr);
    return session;
  }
  // To a stream that has caught up at g1/2.
  Session LoadedAt(size_t hub) {
    Session session = SessionAt(hub);
    session->Read();
    session->WriteOpened(At("g1", 0));
    session->WriteBatch(BatchOf(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
    EXPECT_EQ(session->ReadAck(), 2);
    return session;
  }

  // What a hub does with a call, and how that ends.
  absl::Status Asked(size_t hub, const std::string& id) {
    {
      MutexLock lock(mutex_);
      ids_asked_[hub].push_back(id);
    }
    return hub == 0 && at_first_hub_ ? at_first_hub_() : absl::OkStatus();
  }
  std::vector<std::string> IdsAsked(size_t hub) {
    MutexLock lock(mutex_);
    return ids_asked_[hub];
  }
  // Asks for a permit, which this hub must give; the id of the request.
  std::string PermitOf(size_t hub) {
    const auto answer = client_->RequestPermit(CallTo("a", "cp"));
    EXPECT_OK(answer);
    if (!answer.ok()) return "none";
    EXPECT_EQ(answer->permit().permit_id(), std::to_string(hub));
    const std::vector<std::string> asked = IdsAsked(hub);
    return asked.empty() ? "none" : asked.back();
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  std::optional<IdMint> ids_;
  transport::ChannelOptions channel_options_;
  // Set before the client starts; captures nothing of the test's own.
  std::function<absl::Status()> at_first_hub_;
  Mutex mutex_;
  std::vector<std::string> ids_asked_[kHubs] SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<ScriptedHub>> hubs_;
  std::vector<std::unique_ptr<Relay>> wires_;  // before each hub
  std::vector<ScriptedHub::Lent> reactions_;   // end before what they use
  SyncClientOptions options_;
  std::unique_ptr<SyncClient> client_;
};

TEST_F(SyncClientFailoverTest, HubThatIsDeadAtStartIsPassedOver) {
  wires_[0]->Cut();
  StartAt(0);
  LoadedAt(1);
  PermitOf(1);
}

TEST_F(SyncClientFailoverTest, StreamGoesOnAtTheNextHubWhenItsHubDies) {
  StartAt(0);
  const Session first = LoadedAt(0);
  wires_[0]->Cut();
  const auto open = SessionAt(1)->Read();
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->open().cursor().generation(), "g1");
  EXPECT_EQ(open->open().cursor().sequence(), 2);
}

TEST_F(SyncClientFailoverTest, CallIsRepeatedUnderItsIdWhenItsHubDies) {
  at_first_hub_ = [this] {
    wires_[0]->Cut();
    return absl::OkStatus();
  };
  StartAt(0);
  const std::string permit = PermitOf(1);
  EXPECT_EQ(IdsAsked(0), std::vector<std::string>{permit});
}

TEST_F(SyncClientFailoverTest, OutcomesGoToTheNextHubWhenTheirHubDies) {
  at_first_hub_ = [this] {
    wires_[0]->Cut();
    return absl::OkStatus();
  };
  StartAt(0);
  const auto id = client_->ReportOutcome(v1::Outcome());
  ASSERT_OK(id);
  ASSERT_OK(client_->WaitUntilDrained(absl::FromChrono(kLong)));
  EXPECT_EQ(IdsAsked(0), std::vector<std::string>{*id});
  EXPECT_EQ(IdsAsked(1), std::vector<std::string>{*id});
}

TEST_F(SyncClientFailoverTest, HubThatAcceptsAndNeverAnswersGetsTheConnectTimeout) {
  channel_options_.connect_timeout = absl::Milliseconds(500);
  wires_[0]->Freeze();
  StartAt(0);
  LoadedAt(1);
  PermitOf(1);
}

TEST_F(SyncClientFailoverTest, KeepaliveFindsAHubThatVanishedWithoutAWord) {
  channel_options_.keepalive_time = absl::Milliseconds(50);
  channel_options_.keepalive_timeout = absl::Seconds(2);
  StartAt(0);
  const Session first = LoadedAt(0);
  wires_[0]->Freeze();
  SessionAt(1);
}

TEST_F(SyncClientFailoverTest, SilentHubGetsHalfOfTheTimeOfACall) {
  options_.call_timeout = absl::Seconds(4);
  at_first_hub_ = [this] {
    hubs_[0]->Hold();
    return absl::OkStatus();
  };
  StartAt(0);
  PermitOf(1);
}

TEST_F(SyncClientFailoverTest, StreamLeavesAHubThatShutsDownAtOnce) {
  StartAt(0);
  LoadedAt(0)->End(Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "shutting down"));
  SessionAt(1);
}

TEST_F(SyncClientFailoverTest, CallsLeaveAHubThatRefusesAtOnce) {
  const absl::Status refusals[] = {
      Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down"),
      absl::CancelledError("what was under way is cancelled"),
      OverloadedError("full", absl::Minutes(4)),
  };
  for (const absl::Status& refusal : refusals) {
    at_first_hub_ = [refusal] { return refusal; };
    StartAt(0);
    PermitOf(1);
    client_->Stop();
    client_.reset();
    StartAt(0);
    ASSERT_OK(client_->ReportOutcome(v1::Outcome()));
    EXPECT_OK(client_->WaitUntilDrained(absl::FromChrono(kLong))) << refusal;
    client_->Stop();
    client_.reset();
  }
  EXPECT_EQ(IdsAsked(0).size(), 6u);
}

TEST_F(SyncClientFailoverTest, FirstHubThatComesBackIsUsedAfterTheDelay) {
  options_.backoff = {absl::Seconds(1), absl::Seconds(1), 1.0};
  for (const auto& wire : wires_) wire->Cut();
  StartAt(0);
  for (const auto& wire : wires_) EXPECT_TRUE(wire->HasRefused(1));
  wires_[1]->Mend();
  hubs_[1]->NextSession(clock_);
  PermitOf(1);
}

TEST_F(SyncClientFailoverTest, NothingMovesWhenADeadHubComesBack) {
  StartAt(0);
  const Session first = LoadedAt(0);
  wires_[0]->Cut();
  const Session second = SessionAt(1);
  wires_[0]->Mend();
  for (int i = 0; i < 3; ++i) PermitOf(1);
  EXPECT_EQ(hubs_[0]->SessionWithin(std::chrono::milliseconds(0)), nullptr);
}

TEST_F(SyncClientFailoverTest, StreamGoesOnBehindAProxyWhenItsHubDies) {
  options_.hub_addresses.pop_back();
  options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(1), 1.0};
  StartAt(0);
  const Session first = LoadedAt(0);
  wires_[0]->LeadTo(folder_ / "hub1");
  wires_[0]->Cut();
  wires_[0]->Mend();
  const auto open = hubs_[1]->NextSession(clock_)->Read();
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(open->open().cursor().sequence(), 2);
  PermitOf(1);
}

// Over the connection that there is, the proxy would never be asked: a hub that is back would stay
// without vendors, and one that cannot work would keep those it has.
TEST_F(SyncClientFailoverTest, StreamThatEndsBehindAProxyGoesOnOverANewConnection) {
  options_.hub_addresses.pop_back();
  options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(1), 1.0};
  const absl::Status ends[] = {
      absl::OkStatus(), Error(absl::StatusCode::kUnavailable, "DATABASE_UNREACHABLE", "away")};
  for (const absl::Status& end : ends) {
    wires_[0]->LeadTo(folder_ / "hub0");
    StartAt(0);
    const Session first = SessionAt(0);
    PermitOf(0);
    wires_[0]->LeadTo(folder_ / "hub1");
    first->End(end);
    EXPECT_NE(hubs_[1]->NextSession(clock_), nullptr) << end;
    PermitOf(1);
    client_->Stop();
    client_.reset();
  }
}

TEST_F(SyncClientFailoverTest, StreamThatEndsForItsAgeMayGoOnAnywhere) {
  options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(1), 1.0};
  StartAt(0);
  int streams[kHubs] = {0, 0};
  for (int i = 0; i < 40; ++i) {
    Session session;
    for (size_t hub = 0; session == nullptr; hub = (hub + 1) % kHubs) {
      session = hubs_[hub]->SessionWithin(std::chrono::milliseconds(1));
      if (session != nullptr) ++streams[hub];
      clock_.Advance(absl::Milliseconds(1));
    }
    session->End(absl::OkStatus());
  }
  for (const int count : streams) EXPECT_GE(count, 8);
}

}  // namespace
}  // namespace switchboard::adapters
