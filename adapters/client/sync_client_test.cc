#include "adapters/client/sync_client.h"

#include <atomic>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "adapters/client/scripted_hub.h"
#include "hub/base/mutex.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;
using Response = v1::ReportOutcomesResponse;

constexpr absl::Duration kLong = absl::Seconds(60);  // never reached by a test that passes

class SyncClientTest : public ::testing::Test {
 protected:
  SyncClientTest() {
    options_.hub_addresses = {"hub"};
    options_.mirror_path = folder_ / "vendor.db";
    options_.adapter = "test/1";
    options_.call_timeout = kLong;
    options_.tick_interval = absl::Milliseconds(1);
    options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(2), 2.0};
    options_.make_channel = [this](const std::string& address) {
      if (address == "hub") return hub_.Channel();
      // An address where nobody listens.
      return grpc::CreateChannel("unix:" + (folder_ / "nobody"),
                                 grpc::InsecureChannelCredentials());
    };
    options_.on_new_generation = [this] { Saw("new generation"); };
    options_.on_change = [this](const v1::SyncResponse::Change& change) {
      Saw(change.has_assigned() ? "+" + change.assigned().assignment_id()
                                : "-" + change.withdrawn().assignment_id());
    };
    options_.on_caught_up = [this] { Saw("caught up"); };
    options_.on_recorded = [this](const auto& receipt) {
      MutexLock lock(mutex_);
      recorded_.push_back(receipt.outcome_id() +
                          (receipt.promise_not_binding() ? " binds nobody" : ""));
    };
    options_.on_refused = [this](const auto& receipt) { Saw("refused " + receipt.outcome_id()); };
    options_.on_trouble = [this](const absl::Status& status) {
      Saw("trouble " + ErrorReason(status));
    };
  }
  // After the test's own locals: what the client calls back must not capture them.
  ~SyncClientTest() override {
    if (client_ != nullptr) client_->Stop();
  }

  void Create() { ASSERT_OK_AND_ASSIGN(client_, SyncClient::Create(options_, clock_, ids_)); }
  void Start() {
    Create();
    client_->Start();
  }
  std::shared_ptr<ScriptedHub::Session> NextSession() { return hub_.NextSession(clock_); }
  // To a stream that has caught up at g1/2 with rows a and b.
  std::shared_ptr<ScriptedHub::Session> Loaded() {
    auto session = NextSession();
    session->Read();
    session->WriteOpened(At("g1", 0));
    session->WriteBatch(BatchOf(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
    EXPECT_EQ(session->ReadAck(), 2);
    return session;
  }

  void Saw(const std::string& event) {
    MutexLock lock(mutex_);
    if (event.rfind("trouble", 0) == 0) {
      troubles_.push_back(event);
    } else {
      events_.push_back(event);
    }
  }
  std::vector<std::string> Events() {
    MutexLock lock(mutex_);
    return std::exchange(events_, {});
  }
  std::vector<std::string> Troubles() {
    MutexLock lock(mutex_);
    return troubles_;
  }
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    EXPECT_OK(client_->ForEachWorkable([&](const v1::Assignment& row) {
      rows.push_back(row.assignment_id());
      return absl::OkStatus();
    }));
    return rows;
  }

  using List = std::vector<std::string>;
  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 1};
  ScriptedHub hub_;
  SyncClientOptions options_;
  std::unique_ptr<SyncClient> client_;
  Mutex mutex_;
  List events_ SWITCHBOARD_GUARDED_BY(mutex_);
  List recorded_ SWITCHBOARD_GUARDED_BY(mutex_);
  List troubles_ SWITCHBOARD_GUARDED_BY(mutex_);
};

TEST_F(SyncClientTest, RefusesOptionsThatCannotWork) {
  const struct {
    const char* field;
    std::function<void(SyncClientOptions&)> spoil;
  } cases[] = {
      {"hub_addresses", [](auto& options) { options.hub_addresses.clear(); }},
      {"window", [](auto& options) { options.window = 0; }},
      {"window", [](auto& options) { options.window = 10'001; }},
      {"adapter", [](auto& options) { options.adapter = std::string(101, 'x'); }},
      {"mirror_path", [](auto& options) { options.mirror_path.clear(); }},
      {"tick_interval", [](auto& options) { options.tick_interval = absl::ZeroDuration(); }},
      {"backoff", [](auto& options) { options.backoff.factor = 0.5; }},
  };
  for (const auto& [field, spoil] : cases) {
    SyncClientOptions options = options_;
    spoil(options);
    const auto client = SyncClient::Create(options, clock_, ids_);
    EXPECT_THAT(client, FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
    EXPECT_EQ(ErrorMetadata(client.status(), "field"), field);
  }
  options_.make_channel = nullptr;
  options_.tls_directory = folder_ / "no such directory";
  EXPECT_FALSE(SyncClient::Create(options_, clock_, ids_).ok());
}

TEST_F(SyncClientTest, LoadsAcksAndTells) {
  options_.on_change = [this](const v1::SyncResponse::Change& change) {
    Saw("+" + change.assigned().assignment_id() + (client_->Workable("b").ok() ? " durable" : ""));
  };
  Start();
  auto session = NextSession();
  const auto open = session->Read();
  ASSERT_TRUE(open.has_value() && open->has_open());
  EXPECT_FALSE(open->open().has_cursor());
  EXPECT_EQ(open->open().window(), 500);
  EXPECT_EQ(open->open().adapter(), "test/1");
  session->WriteOpened(At("g1", 0));
  session->WriteBatch(BatchOf(At("g1", 0), At("g1", 2), {Assigned("a"), Assigned("b")}, true));
  EXPECT_EQ(session->ReadAck(), 2);
  ASSERT_OK(client_->WaitUntilCaughtUp(kLong));
  EXPECT_EQ(Events(), (List{"new generation", "+a durable", "+b durable", "caught up"}));
  EXPECT_EQ(Rows(), (List{"a", "b"}));
  const SyncClientState state = client_->State();
  EXPECT_TRUE(state.streaming);
  EXPECT_EQ(state.workable_rows, 2);
  EXPECT_EQ(state.changes_applied, 2);
  EXPECT_EQ(state.streams_opened, 1);
  EXPECT_EQ(state.cursor.sequence(), 2);
}

TEST_F(SyncClientTest, ResumesAfterACut) {
  Start();
  Loaded()->End(absl::UnavailableError("cut"));
  auto session = NextSession();
  const auto open = session->Read();
  EXPECT_EQ(open->open().cursor().generation(), "g1");
  EXPECT_EQ(open->open().cursor().sequence(), 2);
  session->WriteOpened(At("g1", 2));
  session->WriteBatch(BatchOf(At("g1", 2), At("g1", 3), {Withdrawn("a")}, true));
  EXPECT_EQ(session->ReadAck(), 3);
  EXPECT_EQ(Rows(), (List{"b"}));
}

TEST_F(SyncClientTest, ResumesAfterItsOwnRestart) {
  Start();
  auto session = Loaded();
  client_.reset();
  Start();
  EXPECT_EQ(NextSession()->Read()->open().cursor().sequence(), 2);
  EXPECT_EQ(Rows(), (List{"a", "b"}));
}

TEST_F(SyncClientTest, RepeatedBatchIsABrokenChainAndEndsTheStream) {
  Start();
  auto session = Loaded();
  session->WriteBatch(BatchOf(At("g1", 0), At("g1", 2), {Assigned("x")}, true));
  EXPECT_FALSE(session->Read().has_value()) << "the client hangs up";
  EXPECT_EQ(NextSession()->Read()->open().cursor().sequence(), 2);
  EXPECT_EQ(Rows(), (List{"a", "b"}));
  EXPECT_EQ(Troubles(), (List{"trouble BROKEN_CHAIN"}));
}

TEST_F(SyncClientTest, NewGenerationStopsWorkUntilRowsComeAgain) {
  Start();
  Loaded()->End(Error(absl::StatusCode::kAborted, "SUPERSEDED", "the generation changed"));
  auto session = NextSession();
  session->Read();
  Events();
  session->WriteOpened(At("g2", 0));
  session->WriteBatch(BatchOf(At("g2", 0), At("g2", 1), {Assigned("b")}));
  EXPECT_EQ(session->ReadAck(), 1);
  EXPECT_EQ(Rows(), (List{"b"}));
  session->WriteBatch(BatchOf(At("g2", 1), At("g2", 1), {}, true));
  EXPECT_EQ(session->ReadAck(), 1);
  ASSERT_OK(client_->WaitUntilCaughtUp(kLong));
  EXPECT_EQ(Events(), (List{"new generation", "+b", "caught up"}));
  EXPECT_EQ(Troubles(), (List{"trouble SUPERSEDED"}));
}

TEST_F(SyncClientTest, SilentHubIsLeftAfterThreeHeartbeats) {
  Start();
  auto session = Loaded();
  clock_.Advance(absl::Seconds(31));
  EXPECT_FALSE(session->Read().has_value());
  NextSession();
  EXPECT_EQ(Troubles(), (List{"trouble HUB_SILENT"}));
}

TEST_F(SyncClientTest, HubThatStartsWithABatchIsLeft) {
  Start();
  auto session = NextSession();
  session->Read();
  session->WriteBatch(BatchOf(At("g1", 0), At("g1", 1), {Assigned("a")}));
  EXPECT_FALSE(session->Read().has_value());
  EXPECT_EQ(Rows(), List{});
}

TEST_F(SyncClientTest, RejectionsTravelWithTheAck) {
  options_.on_change = [this](const v1::SyncResponse::Change& change) {
    client_->Reject(change.assigned().assignment_id(),
                    v1::SyncRequest::Rejection::REASON_NOT_SERVED);
  };
  Start();
  auto session = NextSession();
  session->Read();
  session->WriteOpened(At("g1", 0));
  session->WriteBatch(BatchOf(At("g1", 0), At("g1", 1), {Assigned("a")}));
  const auto ack = session->Read();
  ASSERT_EQ(ack->ack().rejections_size(), 1);
  EXPECT_EQ(ack->ack().rejections(0).assignment_id(), "a");
  EXPECT_EQ(ack->ack().rejections(0).reason(), v1::SyncRequest::Rejection::REASON_NOT_SERVED);
}

TEST_F(SyncClientTest, TriesTheNextAddress) {
  options_.hub_addresses = {"nobody", "hub"};
  const auto permits = hub_.OnPermit([](const auto&, auto& response) {
    response.mutable_permit()->set_permit_id("p");
    return absl::OkStatus();
  });
  Start();
  Loaded();
  EXPECT_OK(client_->RequestPermit(CallTo("a", "cp")));
}

TEST_F(SyncClientTest, TapSeesEverythingTheHubSends) {
  struct Seen {
    Mutex mutex;
    std::map<std::string, std::string> bytes;  // by method
  };
  const auto seen = std::make_shared<Seen>();
  options_.tap = [seen](std::string_view method, std::string_view bytes) {
    MutexLock lock(seen->mutex);
    seen->bytes[std::string(method)] += bytes;
  };
  const auto permits = hub_.OnPermit([](const auto& request, auto& response) {
    if (request.contact_point_id() == "bad") {
      return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "told in an error");
    }
    response.mutable_permit()->set_dial("+81355550100");
    return absl::OkStatus();
  });
  Start();
  auto session = Loaded();
  ASSERT_OK(client_->RequestPermit(CallTo("a", "cp")));
  EXPECT_THAT(client_->RequestPermit(CallTo("a", "bad")),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  session->End(absl::UnavailableError("told at the end of a stream"));
  NextSession();
  client_->Stop();
  EXPECT_NE(seen->bytes["Sync"].find("g1"), std::string::npos);
  EXPECT_NE(seen->bytes["Sync"].find("told at the end of a stream"), std::string::npos);
  EXPECT_NE(seen->bytes["RequestPermit"].find("+81355550100"), std::string::npos);
  EXPECT_NE(seen->bytes["RequestPermit"].find("told in an error"), std::string::npos);
}

// --- Calls

TEST_F(SyncClientTest, PermitIsAskedForAgainUnderTheSameId) {
  std::set<std::string> request_ids;
  int calls = 0;
  const auto permits = hub_.OnPermit([&](const v1::RequestPermitRequest& request, auto& response) {
    request_ids.insert(request.request_id());
    if (++calls < 3) return absl::UnavailableError("restarting");
    response.mutable_denial()->set_reason(v1::Denial::REASON_STOPPED);
    return absl::OkStatus();
  });
  Start();
  ASSERT_OK_AND_ASSIGN(const auto answer, client_->RequestPermit(CallTo("a", "cp")));
  EXPECT_EQ(answer.denial().reason(), v1::Denial::REASON_STOPPED);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(request_ids.size(), 1u);
  EXPECT_EQ(request_ids.begin()->size(), 26u);
}

TEST_F(SyncClientTest, PermitIsNotAskedForAgainWhenTheAnswerIsFinal) {
  int calls = 0;
  const auto permits = hub_.OnPermit([&](const auto&, auto&) {
    ++calls;
    return Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT", "none in force");
  });
  Start();
  EXPECT_THAT(client_->RequestPermit(CallTo("a", "cp")),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
  EXPECT_EQ(calls, 1);
}

TEST_F(SyncClientTest, PermitGivesUpAtItsDeadline) {
  options_.call_timeout = absl::Milliseconds(50);
  const auto permits =
      hub_.OnPermit([](const auto&, auto&) { return absl::UnavailableError("for ever"); });
  Start();
  const auto answer = client_->RequestPermit(CallTo("a", "cp"));
  EXPECT_TRUE(answer.status().code() == absl::StatusCode::kUnavailable ||
              answer.status().code() == absl::StatusCode::kDeadlineExceeded)
      << answer.status();
}

TEST_F(SyncClientTest, ManyPermitsAreOutstandingAtATime) {
  const auto permits = hub_.OnPermit([](const v1::RequestPermitRequest& request, auto& response) {
    response.mutable_permit()->set_permit_id("permit of " + request.assignment_id());
    return absl::OkStatus();
  });
  Start();
  constexpr int kPermits = 300;
  struct Answers {
    std::atomic<int> right{0}, left{kPermits};
    std::promise<void> all;
  };
  const auto answers = std::make_shared<Answers>();
  for (int i = 0; i < kPermits; ++i) {
    const std::string id = std::to_string(i);
    client_->RequestPermitAsync(CallTo(id, "cp"), [answers, id](auto answer) {
      if (answer.ok() && answer->permit().permit_id() == "permit of " + id) ++answers->right;
      if (--answers->left == 0) answers->all.set_value();
    });
  }
  answers->all.get_future().wait();
  EXPECT_EQ(answers->right, kPermits);
}

TEST_F(SyncClientTest, ReleasesAndObjects) {
  const auto releases = hub_.OnRelease([](const v1::ReleasePermitRequest& request, auto&) {
    if (request.permit_id() == "p") return absl::OkStatus();
    return Error(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN", "none");
  });
  const auto objections =
      hub_.OnObjection([](const v1::ObjectToRecallRequest& request, auto& response) {
        EXPECT_EQ(request.reason(), v1::ObjectToRecallRequest::REASON_PROMISE);
        response.mutable_final_time()->set_seconds(1000);
        return absl::OkStatus();
      });
  Start();
  EXPECT_OK(client_->ReleasePermit("p"));
  EXPECT_THAT(client_->ReleasePermit("q"),
              FailsWith(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const absl::Time final_time,
                       client_->ObjectToRecall("a", v1::ObjectToRecallRequest::REASON_PROMISE));
  EXPECT_EQ(final_time, absl::FromUnixSeconds(1000));
}

TEST_F(SyncClientTest, HandsOverOrSaysWhyNot) {
  const auto hand_overs = hub_.OnHandOver([](const v1::HandOverRequest& request, auto&) {
    EXPECT_EQ(request.reason(), v1::HAND_OVER_REASON_ESCALATED);
    if (request.to_vendor_id() == "head-office") return absl::OkStatus();
    return Error(absl::StatusCode::kFailedPrecondition, "HAND_OVER_NOT_ALLOWED", "not named");
  });
  Start();
  const auto hand_over_to = [&](const std::string& vendor_id) {
    v1::HandOverRequest request;
    request.set_assignment_id("a");
    request.set_to_vendor_id(vendor_id);
    request.set_reason(v1::HAND_OVER_REASON_ESCALATED);
    std::promise<absl::Status> answer;
    client_->HandOverAsync(std::move(request),
                           [&](const absl::Status& status) { answer.set_value(status); });
    return answer.get_future().get();
  };
  EXPECT_OK(hand_over_to("head-office"));
  EXPECT_THAT(hand_over_to("jade"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "HAND_OVER_NOT_ALLOWED"));
}

TEST_F(SyncClientTest, StopEndsWhatIsUnderWayAndWhatComesLater) {
  const auto permits = hub_.OnPermit([this](const auto&, auto&) {
    hub_.Hold();
    return absl::OkStatus();
  });
  Start();
  auto session = Loaded();
  auto answer =
      std::async(std::launch::async, [this] { return client_->RequestPermit(CallTo("a", "cp")); });
  hub_.WaitUntilHeld();
  client_->Stop();
  EXPECT_THAT(answer.get(), FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  hub_.LetGo();
  EXPECT_THAT(client_->RequestPermit(CallTo("a", "cp")),
              FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  EXPECT_THAT(client_->ReportOutcome(v1::Outcome()),
              FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  EXPECT_THAT(client_->Workable("a"), FailsWith(absl::StatusCode::kCancelled, "CLIENT_STOPPED"));
  EXPECT_FALSE(session->Read().has_value());
  client_->Stop();
}

// --- Outcomes

// Records as a hub does, and can be told to fail.
class RecordingHub {
 public:
  explicit RecordingHub(ScriptedHub& hub)
      : lent_(hub.OnOutcomes(
            [this](const auto& request, auto& response) { return Take(request, response); })) {}
  std::deque<absl::Status> failures;  // of the first calls
  std::set<std::string> refuse;       // by assignment_id

  std::map<std::string, int> recorded() {
    MutexLock lock(mutex_);
    return recorded_;
  }
  int calls() {
    MutexLock lock(mutex_);
    return calls_;
  }

 private:
  absl::Status Take(const v1::ReportOutcomesRequest& request, Response& response) {
    MutexLock lock(mutex_);
    ++calls_;
    EXPECT_LE(request.outcomes_size(), 500);
    for (const auto& outcome : request.outcomes()) {
      auto& receipt = *response.add_receipts();
      receipt.set_outcome_id(outcome.outcome_id());
      receipt.set_version(outcome.version());
      if (refuse.count(outcome.assignment_id()) > 0) {
        receipt.set_status(Response::STATUS_UNKNOWN_ASSIGNMENT);
      } else {
        receipt.set_status(recorded_.count(outcome.outcome_id()) > 0 ? Response::STATUS_REPEATED
                                                                     : Response::STATUS_RECORDED);
        receipt.set_promise_not_binding(outcome.has_promise());
        recorded_[outcome.outcome_id()] = outcome.version();
      }
    }
    if (failures.empty()) return absl::OkStatus();
    const absl::Status failure = failures.front();  // recorded, but the answer is lost
    failures.pop_front();
    return failure;
  }

  Mutex mutex_;
  std::map<std::string, int> recorded_ SWITCHBOARD_GUARDED_BY(mutex_);
  int calls_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
  const ScriptedHub::Lent lent_;  // last: it uses all of the above
};

TEST_F(SyncClientTest, OutcomeIsSentAgainUntilItsReceiptComes) {
  RecordingHub recorder(hub_);
  recorder.failures = {absl::UnavailableError("lost"),
                       OverloadedError("full", absl::Milliseconds(1))};
  Start();
  ASSERT_OK_AND_ASSIGN(const std::string id, client_->ReportOutcome(v1::Outcome()));
  while (client_->WaitUntilDrained(absl::Milliseconds(5)).code() ==
         absl::StatusCode::kDeadlineExceeded) {
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(recorder.recorded(), (std::map<std::string, int>{{id, 1}}));
  EXPECT_EQ(recorder.calls(), 3);
  MutexLock lock(mutex_);
  EXPECT_EQ(recorded_, List{id}) << "told once its receipt came, and only then";
}

// Nothing else says it.
TEST_F(SyncClientTest, APromiseThatBindsNobodyIsToldWithItsReceipt) {
  RecordingHub recorder(hub_);
  Start();
  v1::Outcome outcome;
  outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  ASSERT_OK_AND_ASSIGN(const std::string id, client_->ReportOutcome(outcome));
  ASSERT_OK(client_->WaitUntilDrained(kLong));
  MutexLock lock(mutex_);
  EXPECT_EQ(recorded_, List{id + " binds nobody"});
}

TEST_F(SyncClientTest, OutcomeOfAStoppedClientIsSentByTheNext) {
  RecordingHub recorder(hub_);
  Create();  // never started
  ASSERT_OK_AND_ASSIGN(const std::string id, client_->ReportOutcome(v1::Outcome()));
  EXPECT_THAT(client_->WaitUntilDrained(absl::ZeroDuration()),
              FailsWith(absl::StatusCode::kDeadlineExceeded, "NOT_DRAINED"));
  client_.reset();
  EXPECT_EQ(recorder.calls(), 0);
  Start();
  ASSERT_OK(client_->WaitUntilDrained(kLong));
  EXPECT_EQ(recorder.recorded().count(id), 1u);
}

TEST_F(SyncClientTest, RefusedOutcomeIsKeptApart) {
  RecordingHub recorder(hub_);
  recorder.refuse = {"unknown"};
  Start();
  v1::Outcome outcome;
  outcome.set_assignment_id("unknown");
  ASSERT_OK_AND_ASSIGN(const std::string id, client_->ReportOutcome(outcome));
  ASSERT_OK(client_->WaitUntilDrained(kLong));
  int refused = 0;
  ASSERT_OK(client_->ForEachRefused([&](const v1::Outcome& kept, const auto& receipt) {
    EXPECT_EQ(kept.assignment_id(), "unknown");
    EXPECT_EQ(receipt.status(), Response::STATUS_UNKNOWN_ASSIGNMENT);
    ++refused;
    return absl::OkStatus();
  }));
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(client_->State().refused_outcomes, 1);
  EXPECT_EQ(Events(), (List{"refused " + id}));
  {
    MutexLock lock(mutex_);
    EXPECT_EQ(recorded_, List{});
  }
  EXPECT_OK(client_->DropRefused(id, 1));
}

TEST_F(SyncClientTest, ManyThreadsReportAndEachOutcomeArrivesOnce) {
  RecordingHub recorder(hub_);
  recorder.failures = {absl::UnavailableError("lost")};
  Start();
  constexpr int kThreads = 4, kEach = 60;
  Mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const auto id = client_->ReportOutcome(v1::Outcome());
        ASSERT_OK(id);
        MutexLock lock(mutex);
        ids.insert(*id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  while (client_->WaitUntilDrained(absl::Milliseconds(5)).code() ==
         absl::StatusCode::kDeadlineExceeded) {
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(ids.size(), size_t{kThreads * kEach});
  const auto recorded = recorder.recorded();
  EXPECT_EQ(recorded.size(), ids.size());
  for (const std::string& id : ids) EXPECT_EQ(recorded.count(id), 1u);
}

TEST_F(SyncClientTest, OutcomeReportedFromACallbackIsDurableAtOnce) {
  RecordingHub recorder(hub_);
  options_.on_change = [this](const v1::SyncResponse::Change& change) {
    v1::Outcome outcome;
    outcome.set_assignment_id(change.assigned().assignment_id());
    EXPECT_OK(client_->ReportOutcome(outcome));
  };
  Start();
  Loaded();
  ASSERT_OK(client_->WaitUntilDrained(kLong));
  EXPECT_EQ(recorder.recorded().size(), 2u);
}

}  // namespace
}  // namespace switchboard::adapters
