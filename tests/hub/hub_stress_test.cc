// The whole hub with real threads, for ThreadSanitizer: imports, events, permits, outcomes, streams
// and operators at the same time.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/storage/submit.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"
#include "tests/hub/wait.h"
#include "tests/open_pack.h"
#include "tests/put_in_force.h"

namespace switchboard {
namespace {

using testing::ContractYaml;
using testing::Core;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PlanYaml;
using testing::VendorPeer;
using testing::Wait;

constexpr int kBatches = 12;
constexpr int kBatchSize = 10;

// What a vendor was given to work.
class Worklist {
 public:
  void Add(std::string assignment_id) {
    MutexLock lock(mutex_);
    ids_.push_back(std::move(assignment_id));
    wake_.NotifyAll();
  }
  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
    wake_.NotifyAll();
  }
  // The newest one; nothing once it is closed.
  std::optional<std::string> Take() {
    MutexLock lock(mutex_);
    while (!closed_ && ids_.empty()) wake_.Wait(mutex_);
    if (closed_) return std::nullopt;
    std::string id = std::move(ids_.back());
    ids_.pop_back();
    return id;
  }

 private:
  Mutex mutex_;
  CondVar wake_;
  bool closed_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::vector<std::string> ids_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Acks each batch from a thread of its own, as a vendor does.
class AckingOutlet final : public sync::Outlet {
 public:
  explicit AckingOutlet(Worklist& work) : work_(work) {}

  void Send(masking::ToVendor<v1::SyncResponse> message) override {
    const v1::SyncResponse response = message.Read();
    if (!response.has_batch()) return;
    for (const auto& change : response.batch().changes()) {
      if (change.has_assigned()) work_.Add(change.assigned().assignment_id());
    }
    MutexLock lock(mutex_);
    through_ = response.batch().through();
    news_ = true;
    wake_.NotifyAll();
  }
  void Finish(const absl::Status&) override {
    MutexLock lock(mutex_);
    finished_ = true;
    wake_.NotifyAll();
  }
  // The next batch's cursor; nothing at the end.
  std::optional<v1::Cursor> Next() {
    MutexLock lock(mutex_);
    while (!news_ && !finished_) wake_.Wait(mutex_);
    if (!news_) return std::nullopt;
    news_ = false;
    return through_;
  }

 private:
  Worklist& work_;
  Mutex mutex_;
  CondVar wake_;
  bool news_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool finished_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  v1::Cursor through_ SWITCHBOARD_GUARDED_BY(mutex_);
};

class StressTest : public ::testing::Test {
 protected:
  void SetUp() override {
    HubOptions options;
    options.storage = testing::NewStorage(folder_.path());
    options.wrapping.key_file = folder_ / "hub.key";
    options.sessions.window_default = 16;
    options.retention = retention_;
    options.rule_pack_elsewhere = testing::kOpenPackId;
    auto hub = Hub::Open(options, clock_, ids_, pool_, metrics_);
    ASSERT_OK(hub);
    hub_ = *std::move(hub);
    hub_->Start();
    PutInForce(v1::TEXT_KIND_RULE_PACK, testing::OpenPackYaml());
    for (const char* vendor : {"sakura", "fuji"})
      PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml({.vendor_id = vendor}));
    PutInForce(v1::TEXT_KIND_ROUTING_PLAN,
               PlanYaml("[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]"));
  }
  void PutInForce(v1::TextKind kind, const std::string& yaml) {
    ASSERT_OK(Wait<v1::ReleaseTextResponse>(
        [&](auto done) { testing::PutInForce(*hub_, kind, yaml, "text.yaml", std::move(done)); }));
  }

  void Import() {
    for (int batch = 0; batch < kBatches; ++batch)
      ImportFrom("file", batch * kBatchSize + 1, kBatchSize);
  }
  void ImportFrom(const std::string& source, int first, int count) {
    const auto stream = hub_->core_api().OpenImport(Core());
    v1::ImportAccountsRequest request;
    request.set_source(source);
    request.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    for (int number = first; number < first + count; ++number) {
      const std::string name = std::to_string(number);
      *request.add_records() =
          MakeRecord(number, {.account_id = "A-" + name, .person_id = "P-" + name});
    }
    EXPECT_OK(Wait<v1::ImportAccountsResponse>(
        [&](auto done) { stream->Take(request.SerializeAsString(), done); }));
  }
  void Pay() {
    for (int i = 1; i <= 30; ++i) {
      v1::PostEventsRequest request;
      *request.add_events() = Payment("e-" + std::to_string(i), "A-" + std::to_string(i * 3));
      EXPECT_OK(Wait<v1::PostEventsResponse>([&](auto done) {
        hub_->core_api().PostEvents(Core(), request.SerializeAsString(), done);
      }));
    }
  }
  void Watch() {
    while (!over_) {
      clock_.Advance(absl::Milliseconds(300));
      hub_->Tick();
      EXPECT_OK(Wait<v1::ListVendorsResponse>(
          [&](auto done) { hub_->operator_api().ListVendors(Operator(), {}, done); }));
      EXPECT_OK(Wait<v1::ReadAuditResponse>(
          [&](auto done) { hub_->operator_api().ReadAudit(Operator(), {}, done); }));
      EXPECT_NE(metrics_.Text().size(), 0u);
    }
  }
  // Opens a stream whenever the last one ended (the clock runs fast, and a stream lives 45 min),
  // acks, asks for permits and reports.
  void Work(const std::string& vendor) {
    Worklist work;
    std::thread contacts([&] { Contact(vendor, work); });
    while (!over_) {
      AckingOutlet outlet(work);
      const auto stream = hub_->vendor_api().OpenStream(VendorPeer(vendor), &outlet);
      v1::SyncRequest open;
      open.mutable_open();
      stream->OnRequest(open);
      while (const auto cursor = outlet.Next()) {
        v1::SyncRequest ack;
        *ack.mutable_ack()->mutable_cursor() = *cursor;
        stream->OnRequest(ack);
      }
      stream->Detach();
    }
    work.Close();
    contacts.join();
  }
  void Contact(const std::string& vendor, Worklist& work) {
    while (const auto taken = work.Take()) {
      const std::string& id = *taken;
      v1::RequestPermitRequest ask;
      ask.set_request_id("r-" + id + "-" + std::to_string(++contacts_));
      ask.set_assignment_id(id);
      ask.set_contact_point_id("mobile");
      ask.set_channel(v1::CHANNEL_PHONE);
      ask.set_act(v1::ACT_REMIND);
      const auto answer = Wait<v1::RequestPermitResponse>(
          [&](auto done) { hub_->vendor_api().RequestPermit(VendorPeer(vendor), ask, done); });
      v1::ReportOutcomesRequest report;
      *report.add_outcomes() = MakeOutcome("o-" + id + "-" + std::to_string(++contacts_), id);
      if (answer.ok()) report.mutable_outcomes(0)->set_permit_id(answer->permit().permit_id());
      EXPECT_OK(Wait<v1::ReportOutcomesResponse>([&](auto done) {
        hub_->vendor_api().ReportOutcomes(VendorPeer(vendor), report.SerializeAsString(), done);
      }));
    }
  }
  // Reads until it has seen `wanted` outcomes; their sequences must be dense.
  void ReadCoreFeed(int64_t wanted) {
    int64_t after = 0;
    while (after < wanted) {
      v1::ReadCoreFeedRequest request;
      request.set_after(after);
      request.mutable_max_wait()->set_seconds(30);
      const auto read = Wait<v1::ReadCoreFeedResponse>(
          [&](auto done) { hub_->core_api().ReadCoreFeed(Core(), request, done); });
      ASSERT_OK(read);
      for (const auto& item : read->items()) EXPECT_EQ(item.sequence(), ++after);
    }
  }

  // Everything of EverybodyAtOnce; `meanwhile` runs once the core has sent all it has, with the
  // vendors still at work.
  void RunAll(const std::function<void()>& meanwhile) {
    std::vector<std::thread> vendors;
    for (const char* vendor : {"sakura", "fuji"}) {
      vendors.emplace_back([this, vendor] { Work(vendor); });
    }
    std::thread watch([this] { Watch(); });
    std::thread import([this] { Import(); });
    std::thread pay([this] { Pay(); });
    std::thread core([this] { ReadCoreFeed(20); });
    import.join();
    pay.join();
    core.join();
    meanwhile();
    over_ = true;
    watch.join();
    hub_->BeginShutdown();  // ends the streams
    for (std::thread& vendor : vendors) vendor.join();
    EXPECT_OK(Wait<v1::ListVendorsResponse>(
        [&](auto done) { hub_->operator_api().ListVendors(Operator(), {}, done); }));
    // As the daemon ends: what a tick posted still works on the hub.
    hub_->writer().Stop();
    pool_.Stop();
    hub_.reset();
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  retention::Policy retention_;
  std::atomic<bool> over_ = false;
  std::atomic<int> contacts_ = 0;  // reopened streams bring the same assignments again
  ThreadPool pool_{3};
  std::unique_ptr<Hub> hub_;
};

TEST_F(StressTest, EverybodyAtOnce) {
  RunAll([] {});
}

// The same on a hub that forgets within seconds of a clock that runs fast.
class ForgettingStressTest : public StressTest {
 protected:
  ForgettingStressTest() {
    retention::Settings settings;
    settings.add_classes()->set_keep_days(1);
    settings.set_accounts_keep_days(2);
    settings.set_quarantine_keep_days(1);
    retention_ = retention::Policy(settings, /*day=*/absl::Seconds(12));
  }

  // No vendor here says that it deleted what it was shown.
  void CloseOrders() {
    EXPECT_OK(Wait<int64_t>([&](auto done) {
      storage::SubmitFor<int64_t>(
          hub_->writer(), storage::Urgency::kUrgent, "test",
          [](storage::Transaction& transaction) {
            return transaction.Execute(
                "UPDATE assignment SET deletion_order_id = 'none' WHERE ended > 0", {});
          },
          done);
    }));
  }
  bool Erased(const char* kind) const {
    return metrics_.Text().find(std::string("switchboard_rows_erased_total{kind=\"") + kind +
                                "\"}") != std::string::npos;
  }
};

TEST_F(ForgettingStressTest, EverybodyAtOnce) {
  RunAll([this] {
    v1::PostEventsRequest request;
    *request.add_events() = Payment("e-last", "A-2");
    EXPECT_OK(Wait<v1::PostEventsResponse>([&](auto done) {
      hub_->core_api().PostEvents(Core(), request.SerializeAsString(), done);
    }));
    // A payment's event goes once it is settled, which no import has seen to if all came before.
    const absl::Time paid = clock_.Now();
    EXPECT_TRUE(testing::Eventually([&] { return clock_.Now() > paid + absl::Seconds(2); }));
    ImportFrom("after", 2, 1);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    int64_t newest = 0;
    while (!Erased("assignment") || !Erased("account") || !Erased("core_event")) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << metrics_.Text();
      CloseOrders();
      v1::ReadCoreFeedRequest read;
      read.set_after(newest);
      read.set_max_items(1000);
      const auto response = Wait<v1::ReadCoreFeedResponse>(
          [&](auto done) { hub_->core_api().ReadCoreFeed(Core(), read, done); });
      ASSERT_OK(response);
      newest = response->newest();
    }
  });
}

// Each makes keys, migrates and takes its place: one after the other, whoever comes first.
TEST(SeveralHubsTest, StartAtOnceOnAnEmptyDatabase) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "a SQLite file has one hub";
  testing::TemporaryFolder folder;
  testing::WriteFile(folder / "hub.key", std::string(64, '7') + "\n");
  std::filesystem::permissions(folder / "hub.key", std::filesystem::perms(0600));
  const storage::StorageOptions storage = testing::NewStorage(folder.path());
  ManualClock clock;
  IdMint ids(clock);
  telemetry::Metrics metrics;
  ManualExecutor executor;
  constexpr int kHubs = 4;
  std::vector<absl::StatusOr<std::unique_ptr<Hub>>> hubs(kHubs);
  std::vector<std::thread> starts;
  for (int i = 0; i < kHubs; ++i) {
    starts.emplace_back([&, i] {
      HubOptions options;
      options.storage = storage;
      options.storage.hub_id = "hub-" + std::to_string(i);
      options.wrapping.key_file = folder / "hub.key";
      hubs[static_cast<size_t>(i)] = Hub::Open(options, clock, ids, executor, metrics);
    });
  }
  for (std::thread& start : starts) start.join();
  for (const auto& hub : hubs) EXPECT_OK(hub);
}

}  // namespace
}  // namespace switchboard
